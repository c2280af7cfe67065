"""Which departments there are, as cheaply as a DAG file may ask."""

from __future__ import annotations

import re

from bidui.home import sources_dir

DEPARTMENT = re.compile(r"^department:\s*([a-z][a-z0-9_]*)\s*(?:#.*)?$", re.MULTILINE)


def departments() -> list[str]:
    """Departments that have a source contract: the word after `department:` at the start of a line.

    Nothing else is read here: a contract with a typo must not take a DAG away, its tasks say what is wrong.
    """
    texts = (path.read_text(encoding="utf-8") for path in sources_dir().glob("*.yml"))
    return sorted(found[1] for text in texts if (found := DEPARTMENT.search(text)))
