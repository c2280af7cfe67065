"""Statements kept as files: each is read by the module that its first lines name, and none is left over."""

from __future__ import annotations

import re
from pathlib import Path

import bidui
from bidui.home import sql_dir
from bidui.warehouse.query import query

PACKAGE = Path(bidui.__file__).parent
FILES = {path.stem: path.read_text(encoding="utf-8") for path in (sql_dir() / "query").glob("*.sql")}


def test_every_statement_is_read_by_the_module_that_it_names() -> None:
    assert FILES
    for name, text in FILES.items():
        named = re.search(r"\A(?:--.*\n)*?--.*\bRead by bidui\.([\w.]+\w)", text)
        assert named, name
        module = (PACKAGE / f"{named[1].replace('.', '/')}.py").read_text(encoding="utf-8")
        assert f'query("{name}")' in module, name


def test_every_statement_that_is_asked_for_is_there() -> None:
    asked = {name for path in PACKAGE.rglob("*.py") for name in re.findall(r'\bquery\("(\w+)"\)', path.read_text("utf-8"))}
    assert asked == FILES.keys()
    assert query("visit_sheet") == FILES["visit_sheet"]
