"""Names as old systems and other input methods write them."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import opencc

from bidui.sample import draw
from bidui.sample.names import name_parts
from bidui.sample.table import REPAIRED, RESIDUAL, Damage, Table


@cache
def traditional(text: str) -> str:
    """Return a name in traditional characters, itself where there is no way back to the same text."""
    converted: str = _opencc("s2t").convert(text)
    return converted if _opencc("t2s").convert(converted) == text else text


@cache
def _opencc(config: str) -> Any:
    return opencc.OpenCC(config)


def soil_names(table: Table, column: str, rates: dict[str, float]) -> None:
    """Damage a column of names: rare characters lost or spelt out, other dots, blanks, traditional characters."""
    parts = name_parts()
    rare, dots = parts["rare_pinyin"], parts["middle_dots"]
    cells = table.columns[column]
    for row in np.flatnonzero(draw.chance(table.key, f"{table.extract}.{column} rare", 0.3)).tolist():
        letters = [letter for letter in cells[row] if letter in rare]
        if not letters:
            continue
        lost = (int(table.key[row]) >> 7) % 10 < 10 * rates["rare_question"] / (rates["rare_question"] + rates["rare_pinyin"])
        kind = "rare_question" if lost else "rare_pinyin"
        if table.locked[row]:
            continue
        cells[row] = cells[row].replace(letters[0], "?" if lost else rare[letters[0]])
        table.damage.append(Damage(row, column, kind, RESIDUAL))
    for row in np.flatnonzero(draw.chance(table.key, f"{table.extract}.{column} dot", 0.5)).tolist():
        if "·" in cells[row]:
            cells[row] = cells[row].replace("·", dots[1 + (int(table.key[row]) >> 9) % (len(dots) - 1)])
            table.damage.append(Damage(row, column, "middle_dot", REPAIRED))
    kinds = ("inner_space", "trailing_space", "traditional")
    picked = draw.kind(table.key, f"{table.extract}.{column} name", [rates[kind] for kind in kinds])
    for row in np.flatnonzero(picked >= 0).tolist():
        kind, cell = kinds[picked[row]], cells[row]
        if not cell or not "\u4e00" <= cell[0] <= "\u9fff":
            continue
        if kind == "inner_space":
            damaged = " ".join(cell) if len(cell) == 2 else f"{cell[0]} {cell[1:]}"
        else:
            damaged = cell + " " if kind == "trailing_space" else traditional(cell)
        if damaged != cell:
            cells[row] = damaged
            table.damage.append(Damage(row, column, kind, REPAIRED))
