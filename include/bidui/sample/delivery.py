"""How an extract is packed on a night: file name, titles, header words, data date, footer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bidui.sample import draw
from bidui.sample.layout import Layout
from bidui.sample.periods import last_day_with, last_month_end, last_term_day

CONFIG = Path(__file__).parent / "deliveries.yml"


@dataclass(frozen=True)
class Packing:
    """One entry of `deliveries.yml`."""

    extract: str
    bundle: str
    container: str
    file_name: str
    titles: tuple[str, ...]
    due: dict[str, Any]
    style: str
    footer: bool
    signature: bool
    blank_before_footer: bool
    extra: dict[str, str]

    def data_date(self, night: date) -> date:
        """Return the newest data date that is due by a night."""
        rule, value = next(iter(self.due.items()))
        if rule == "lag":
            return night - timedelta(days=value)
        if rule == "day":
            return last_day_with(night, value)
        if rule == "month_end":
            return last_month_end(night)
        if rule == "quarter_end":
            return last_month_end(night, 3)
        if rule == "term":
            return last_term_day(night, value)
        if rule == "fixed":
            fixed: date = value
            return fixed
        raise ValueError(f"{self.extract}: no such date rule: {rule}")


@cache
def packings() -> dict[str, Packing]:
    """Return how each extract is delivered."""
    entries = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    return {
        key: Packing(
            extract=key,
            bundle=entry["bundle"],
            container=entry["container"],
            file_name=entry["file_name"],
            titles=tuple(entry.get("titles", ())),
            due=entry["date"],
            style=entry["style"],
            footer=entry.get("footer", False),
            signature=entry.get("signature", False),
            blank_before_footer=entry.get("blank_before_footer", False),
            extra=entry.get("extra", {}),
        )
        for key, entry in entries.items()
    }


def fill(text: str, county: str, data_date: date, number: int) -> str:
    """Return a title or file name with its date, county and export number filled in."""
    return text.format(
        county=county,
        compact=f"{data_date:%Y%m%d}",
        dot=f"{data_date:%Y.%m.%d}",
        zh=f"{data_date.year}年{data_date.month:02d}月{data_date.day:02d}日",
        month=f"{data_date.year}年{data_date.month:02d}月",
        number=number,
    )


def headers(layout: Layout, seed: int, variant: str) -> list[str]:
    """Return the header words of one file: mostly the contract's, now and then an alias or other brackets.

    A word that another column of the same extract also answers to is never used.
    """
    key = draw.keys(len(layout.columns), seed, "header", layout.extract, variant)
    aliased = draw.chance(key, "alias", 0.22)
    wide = draw.chance(key, "brackets", 0.5)
    spaced = draw.chance(key, "spaces", 0.06)
    pick = draw.bits(key, "which")
    taken = {word for column in layout.columns for word in (column.header, *column.aliases)}
    counts = {
        word: sum(word in (column.header, *column.aliases) for column in layout.columns) for word in taken
    }
    words = []
    for index, column in enumerate(layout.columns):
        word = column.header
        usable = [alias for alias in column.aliases if counts[alias] == 1]
        if usable and aliased[index]:
            word = usable[int(pick[index] % np.uint64(len(usable)))]
        if wide[index]:
            word = word.replace("(", "（").replace(")", "）")
        if spaced[index] and len(word) == 2:
            word = f"{word[0]} {word[1]}"
        words.append(word)
    return words
