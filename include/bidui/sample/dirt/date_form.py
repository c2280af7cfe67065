"""Dates in the forms that ledgers write them in, several to a column."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np

from bidui.sample import draw
from bidui.sample.table import REPAIRED, Damage, Table

EXCEL_EPOCH = date(1899, 12, 30)


def _serial(day: str) -> int:
    return (date.fromisoformat(day[:10]) - EXCEL_EPOCH).days


def _parts(day: str) -> tuple[int, int, int]:
    return int(day[:4]), int(day[5:7]), int(day[8:10])


_DAYS: dict[str, Callable[[str], Any]] = {
    "iso": lambda d: d[:10],
    "slash": lambda d: "{}/{}/{}".format(*_parts(d)),
    "dot": lambda d: "{}.{}.{}".format(*_parts(d)),
    "compact": lambda d: d[:10].replace("-", ""),
    "zh": lambda d: "{}年{}月{}日".format(*_parts(d)),
    "serial": _serial,
}
_MONTHS: dict[str, Callable[[str], Any]] = {
    "iso": lambda d: d[:7],
    "slash": lambda d: f"{int(d[:4])}/{int(d[5:7])}",
    "dot": lambda d: f"{int(d[:4])}.{d[5:7]}",
    "compact": lambda d: d[:7].replace("-", ""),
    "zh": lambda d: f"{int(d[:4])}年{int(d[5:7])}月",
    "serial": lambda d: d[:7],
    "float": lambda d: d[:7].replace("-", "") + ".0",
}
_TIMES: dict[str, Callable[[str], Any]] = {name: lambda d: d for name in _DAYS} | {
    "slash": lambda d: d.replace("-", "/"),
    "day_only": lambda d: d[:10],
    "compact": lambda d: d.replace("-", "").replace(":", "").replace(" ", ""),
}
# How a column of each type is written in a style: the text in ISO form in, the cell out.
_STYLES: dict[str, dict[str, Callable[[str], Any]]] = {"date": _DAYS, "month": _MONTHS, "timestamp": _TIMES}
_FORMS = {
    "date": ("iso", "slash", "dot", "compact", "zh", "serial"),
    "month": ("iso", "slash", "dot", "compact", "zh", "float"),
    "timestamp": ("slash", "day_only", "compact"),
}


def soil_dates(
    table: Table, column: str, kind: str, style: str, container: str, dirt: dict[str, Any], *, lossy: bool
) -> None:
    """Write a column of dates in the file's style, some in another; where the day is not compared (`lossy`), drop it or
    write a word. `kind` is the column's type: date, month or timestamp."""
    plain = table.columns[column]
    cells = [_STYLES[kind][style](cell) if cell else "" for cell in plain]
    table.columns[column] = cells
    forms = [form for form in _FORMS[kind] if form != style]
    name = f"{table.extract}.{column}"
    picked = draw.integer(table.key, f"{name} form", 0, len(forms) - 1)
    changed = draw.chance(table.key, f"{name} other form", dirt["date"])
    for row in np.flatnonzero(changed).tolist():
        if not plain[row]:
            continue
        form = forms[picked[row]]
        value = _STYLES[kind][form](plain[row])
        if form == "serial" and (container == "csv" or table.key[row] % np.uint64(2)):
            value = str(value)
        elif form == "slash" and kind == "date" and container in ("xlsx", "zip", "xls"):
            value, form = date.fromisoformat(plain[row][:10]), "date_cell"
        cells[row] = value
        table.damage.append(Damage(row, column, f"date_{form}", REPAIRED))
    if lossy:
        for row in np.flatnonzero(draw.chance(table.key, f"{name} lossy", dirt["lossy_date"]) & ~changed).tolist():
            if plain[row] and not table.locked[row]:
                form = int(table.key[row] % np.uint64(3))
                cells[row] = (plain[row][:7].replace("-", ""), plain[row][:7], "无")[form]
                table.damage.append(Damage(row, column, "date_word" if form == 2 else "date_month_only", REPAIRED))
