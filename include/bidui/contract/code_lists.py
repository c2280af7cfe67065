"""Names of the shipped code lists, so that a contract cannot name one that is not there."""

from __future__ import annotations

import csv

from bidui.home import dbt_dir


def shipped_code_lists() -> frozenset[str] | None:
    """Names in the seed `code_list.csv`, or None when there is no seed to ask."""
    path = dbt_dir() / "seeds" / "code_list.csv"
    if not path.exists():
        return None
    with path.open(encoding="utf-8", newline="") as stream:
        return frozenset(row["list"] for row in csv.DictReader(stream))
