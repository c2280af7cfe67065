"""The handbook says what is configured, all of it, and loads nothing from anywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bidui import handbook
from bidui.contract import load_sources
from bidui.home import dbt_dir
from bidui.rule import load
from bidui.warehouse import outward


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    written = handbook.build(tmp_path_factory.mktemp("handbook"))
    return {page: path.read_text(encoding="utf-8") for page, path in written.items()}


def anchors(text: str) -> set[str]:
    return set(re.findall(r' id="([^"]+)"', text))


def test_every_outward_table_and_column_is_in_the_dictionary(pages: dict[str, str]) -> None:
    tables = outward.interface().values()
    assert anchors(pages["dictionary"]) == {f"{table.schema}.{table.name}" for table in tables}
    assert pages["dictionary"].count("<tr><td><code>") == sum(len(table.columns) for table in tables)


def test_every_rule_is_in_the_book_with_its_parameters(pages: dict[str, str]) -> None:
    catalogue = load(dbt_dir() / "rules")
    assert anchors(pages["rules"]) == {rule.id for rule in catalogue.rules} | {"not-carried"}
    assert all(f"<td>{rule.id}</td>" in pages["rules"] for rule in catalogue.not_carried)
    assert "新生儿参保宽限天数" in pages["rules"]
    assert all(f'<a href="#{rule.id}">' in pages["rules"] for rule in catalogue.rules)
    assert "医疗保障局 · Health insurance bureau" in pages["rules"]
    assert not re.search(r"<td>(critical|high|error|warn|info|health_insurance)</td>", pages["rules"])


def test_every_extract_is_in_the_timetable(pages: dict[str, str]) -> None:
    sources = load_sources()
    assert anchors(pages["sources"]) == set(sources.extracts) | {source.department for source in sources.departments}


def test_nothing_is_loaded_from_anywhere(pages: dict[str, str]) -> None:
    for text in pages.values():
        assert not re.search(r"(src|href)=\"(?!#|(dictionary|rules|sources)\.html)", text)


def test_it_is_written_whole_and_again(tmp_path: Path) -> None:
    first = {page: path.read_bytes() for page, path in handbook.build(tmp_path).items()}
    assert {page: path.read_bytes() for page, path in handbook.build(tmp_path).items()} == first
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{page}.html" for page in handbook.PAGES)
