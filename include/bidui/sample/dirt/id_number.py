"""Identity numbers as spreadsheets, typists and old forms leave them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bidui.sample import draw, id_number
from bidui.sample.dirt.full_width import full_width
from bidui.sample.draw import Array
from bidui.sample.table import QUARANTINED, REPAIRED, RESIDUAL, Damage, Table

LOST = {"scientific", "zeros", "placeholder", "blank", "wrong_digit"}  # the number is gone: quarantine
UNSURE = {"fifteen_digits", "other_number"}  # a candidate only


def soil_numbers(
    table: Table, column: str, people: Array, dirt: dict[str, Any], disability: Array, *, registry: bool, harmless: bool
) -> None:
    """Damage a column of identity numbers of `people` (indices); `registry` has rates of its own, `harmless` allows only
    what staging repairs. `disability` holds per person the number on the disability card ("" for none)."""
    rates = dirt["registry_id"] if registry else dirt["id"]
    kinds = list(rates)
    picked = draw.kind(table.key, f"{table.extract}.{column}", list(rates.values()))
    cells = table.columns[column]
    blanks = int(dirt["max_blank_share"] * table.rows)
    mangled = int(dirt["max_mangled_share"] * table.rows)
    for row in np.flatnonzero(picked >= 0).tolist():
        kind, cell = kinds[picked[row]], cells[row]
        severe = kind in LOST or kind in UNSURE
        if len(cell) != 18 or (severe and (harmless or table.locked[row])):
            continue
        if kind in ("blank", "placeholder"):
            blanks -= 1
            if blanks < 0 and not registry:
                continue
        if kind in ("scientific", "zeros"):
            mangled -= 1
            if mangled < 0:
                continue
        if kind == "disability_number":
            card = disability[people[row]] if people[row] >= 0 else ""
            damaged = card if card.startswith(cell) else cell
        else:
            damaged = _NUMBERS[kind](cell)
        if damaged == cell or (not damaged and kind != "blank"):
            continue
        cells[row] = damaged
        lost = RESIDUAL if registry else QUARANTINED
        treatment = lost if kind in LOST else RESIDUAL if kind in UNSURE else REPAIRED
        table.damage.append(Damage(row, column, kind, treatment))


def _wrong_digit(number: str) -> str:
    return number[:15] + str((int(number[15]) + 1) % 10) + number[16:]


def _other_number(number: str) -> str:
    """Another valid number that was given to nobody: the county code ends in 90."""
    stem = int("479990" + number[6:17])
    return id_number.numbers(np.array([stem]))[0]


def _fifteen(number: str) -> str:
    return number[:6] + number[8:17] if number[6:8] == "19" else number


def _zeros(number: str) -> str:
    mangled = number[:15] + "000"
    check = id_number.check_characters(np.array([int(mangled[:17])]))[0]
    return number if check == "0" else mangled


_NUMBERS: dict[str, Callable[[str], str]] = {
    "trailing_space": lambda n: n + " ",
    "ideographic_space": lambda n: n + "\u3000",
    "apostrophe": lambda n: "'" + n,
    "full_width": full_width,
    "inner_space": lambda n: f"{n[:6]} {n[6:14]} {n[14:]}",
    "lower_x": str.lower,
    "fifteen_digits": _fifteen,
    "other_number": _other_number,
    "scientific": lambda n: f"{int(n[:17] + '0'):.2E}",
    "zeros": _zeros,
    "placeholder": lambda n: "999999" + n[6:14] + "0000",
    "blank": lambda _: "",
    "wrong_digit": _wrong_digit,
}
