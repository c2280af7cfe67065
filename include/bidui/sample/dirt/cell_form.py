"""Amounts, codes, accounts, numbers and blanks: the same value written another way."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import yaml

from bidui.sample import draw
from bidui.sample.dirt.full_width import full_width
from bidui.sample.table import REPAIRED, Damage, Table

HERE = Path(__file__).parent
NULL_TOKENS = ("无", "/", "——", "-", "暂无")


@cache
def code_forms() -> dict[str, dict[str, list[str]]]:
    """Return the other forms of code-list values."""
    forms: dict[str, dict[str, list[str]]] = yaml.safe_load((HERE / "code_forms.yml").read_text(encoding="utf-8"))
    return forms


def _thousands(text: str) -> str:
    return f"{float(text):,.2f}" if float(text) >= 1000 else text


def _ten_thousands(text: str) -> str:
    value = float(text)
    if value <= 0 or value != int(value):
        return text
    return f"{int(value) / 10000:.4f}".rstrip("0") + "万元"


AMOUNTS: dict[str, Callable[[str], str]] = {
    "amount_thousands": _thousands,
    "amount_yuan": lambda t: t + "元",
    "amount_ten_thousands": _ten_thousands,
    "amount_full_width": full_width,
    "amount_trailing_space": lambda t: t + " ",
}
AREAS = {name: AMOUNTS[name] for name in ("amount_full_width", "amount_trailing_space")}
ACCOUNTS: dict[str, Callable[[str], str]] = {"account_scientific": lambda t: f"{int(t):.2E}"}
HOUSEHOLD_NUMBERS: dict[str, Callable[[str], str]] = {
    "number_float": lambda t: t.lstrip("0") + ".0",
    "leading_zero_lost": lambda t: t.lstrip("0"),
}


def soil_some(table: Table, column: str, rate: float, forms: dict[str, Callable[[str], str]]) -> None:
    """Write some cells of a text column in one of several forms."""
    cells = table.columns[column]
    names = list(forms)
    where = f"{table.extract}.{column}"
    picked = draw.integer(table.key, f"{where} form", 0, len(names) - 1)
    for row in np.flatnonzero(draw.chance(table.key, f"{where} other form", rate)).tolist():
        cell, kind = cells[row], names[picked[row]]
        damaged = forms[kind](cell) if isinstance(cell, str) and cell else cell
        if damaged != cell:
            cells[row] = damaged
            table.damage.append(Damage(row, column, kind, REPAIRED))


def soil_losses(table: Table, column: str) -> None:
    """Write half of the negative amounts in brackets, as bookkeepers do."""
    cells = table.columns[column]
    for row in np.flatnonzero(draw.chance(table.key, f"{table.extract}.{column} brackets", 0.5)).tolist():
        if isinstance(cells[row], str) and cells[row].startswith("-"):
            cells[row] = f"({cells[row][1:]})"
            table.damage.append(Damage(row, column, "amount_brackets", REPAIRED))


def soil_codes(table: Table, column: str, forms: dict[str, list[str]], rate: float) -> None:
    """Write some values of a code list in one of their other `forms`."""
    cells = table.columns[column]
    where = f"{table.extract}.{column}"
    pick = draw.bits(table.key, f"{where} form")
    for row in np.flatnonzero(draw.chance(table.key, f"{where} other form", rate)).tolist():
        if options := forms.get(cells[row]):
            cells[row] = options[int(pick[row] % np.uint64(len(options)))]
            table.damage.append(Damage(row, column, "code_form", REPAIRED))


def soil_blanks(table: Table, column: str, rate: float) -> None:
    """Write a word or a mark for nothing in some of the empty cells."""
    cells = table.columns[column]
    hits = draw.chance(table.key, f"{table.extract}.{column} blank", rate)
    pick = draw.integer(table.key, f"{table.extract}.{column} token", 0, len(NULL_TOKENS) - 1)
    for row in np.flatnonzero(hits).tolist():
        if cells[row] == "":
            cells[row] = NULL_TOKENS[pick[row]]
            table.damage.append(Damage(row, column, "null_token", REPAIRED))
