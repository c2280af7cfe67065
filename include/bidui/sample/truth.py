"""What is true of a generated county, kept apart from its files. Only tests read it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

TABLES: dict[str, tuple[str, ...]] = {
    "person": ("night", "truth_person", "person_no", "household_no"),
    "link": ("night", "extract", "file", "row", "subject_role", "person_no"),
    "dirt": ("night", "extract", "file", "row", "column", "kind", "treatment"),
    "contradiction": (
        "night", "subject_kind", "subject_key", "department", "field", "verdict", "origin", "certain",
    ),
    "registry_mistake": ("night", "subject_kind", "subject_key", "column", "true_value", "origin"),
    "finding": ("night", "rule_id", "subject_kind", "subject_key", "object_key", "origin", "certain"),
    "batch": (
        "night", "extract", "file", "status", "data_date", "rows_read", "rows_skipped", "rows_landed", "rows_accepted",
        "rows_quarantined", "reason",
    ),
    "trap": ("night", "extract", "file", "row", "kind", "person_no"),
    "unclear": ("night", "extract", "row", "subject_role", "person_no", "reason"),
    "alias": ("night", "kind", "old_no", "new_no"),
    "calibration": ("place", "town_code", "figure", "period", "value"),
}  # fmt: skip


class Truth:
    """Writes the truth tables as CSV (UTF-8); with no folder it swallows everything."""

    def __init__(self, folder: Path | None) -> None:
        self._streams: list[Any] = []
        self._writers: dict[str, Any] = {}
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            for name, header in TABLES.items():
                stream = (folder / f"{name}.csv").open("w", encoding="utf-8", newline="")
                self._streams.append(stream)
                self._writers[name] = csv.writer(stream, lineterminator="\n")
                self._writers[name].writerow(header)

    @property
    def kept(self) -> bool:
        """Whether anything is written."""
        return bool(self._writers)

    def add(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """Append rows to a truth table, in the order of its header."""
        if table in self._writers:
            self._writers[table].writerows(rows)

    def __enter__(self) -> Truth:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for stream in self._streams:
            stream.close()
