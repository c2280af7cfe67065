from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import pytest
from reading import Read, read

from bidui.contract import load_sources
from bidui.sample import default_persons, generate

AS_OF = date(2026, 10, 16)


@dataclass
class Made:
    """A generated county."""

    out: Path
    truth: Path

    def table(self, name: str) -> list[dict[str, str]]:
        with (self.truth / f"{name}.csv").open(encoding="utf-8") as stream:
            return list(csv.DictReader(stream))

    @cached_property
    def batches(self) -> list[dict[str, str]]:
        return self.table("batch")

    def path(self, batch: dict[str, str]) -> Path:
        department = load_sources().extract(batch["extract"]).department
        return self.out / f"night_{batch['night']}" / department / batch["extract"] / batch["file"]

    def file(self, extract: str, night: int = 1) -> Read:
        batch = next(b for b in self.batches if b["extract"] == extract and b["night"] == str(night))
        return read(self.path(batch), extract)

    def person_nos(self, extract: str, role: str, night: int = 1) -> dict[int, str]:
        """Registry person per row of an extract ("" for everybody else)."""
        return {
            int(row["row"]): row["person_no"]
            for row in self.links
            if row["extract"] == extract and row["night"] == str(night) and row["subject_role"] == role
        }

    @cached_property
    def links(self) -> list[dict[str, str]]:
        return self.table("link")

    def repeats(self, extract: str, night: int = 1) -> set[int]:
        """Rows that repeat another one exactly."""
        return {
            int(row["row"])
            for row in self.table("dirt")
            if row["extract"] == extract and row["night"] == str(night) and row["kind"] == "duplicate_row"
        }


def make(folder: Path, persons: int, nights: int, seed: int = 1) -> Made:
    generate(persons, seed, nights, AS_OF, folder / "out", folder / "truth")
    return Made(folder / "out", folder / "truth")


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The calibrated county's first night."""
    return make(tmp_path_factory.mktemp("county"), default_persons(), 1)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A tenth of the county over five nights."""
    return make(tmp_path_factory.mktemp("small"), 1250, 5)
