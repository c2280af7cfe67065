"""Damage: the ways in which departments' cells differ from what they mean.

Kinds that staging repairs go anywhere; kinds that cost a row its number stay away from locked rows, so that a planted
contradiction is never hidden by a damaged cell. Every damaged cell is recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import opencc
import yaml

from bidui.sample import draw, id_number
from bidui.sample.draw import Array
from bidui.sample.layout import Layout, is_amount
from bidui.sample.names import name_parts
from bidui.sample.place import Place
from bidui.sample.table import QUARANTINED, REPAIRED, RESIDUAL, Damage, Table

HERE = Path(__file__).parent
FULL_WIDTH = str.maketrans("0123456789X.,", "０１２３４５６７８９Ｘ．，")
EXCEL_EPOCH = date(1899, 12, 30)
LOST = {"scientific", "zeros", "placeholder", "blank", "wrong_digit"}  # the number is gone: quarantine
UNSURE = {"fifteen_digits", "other_number"}  # a candidate only
NAME_COLUMNS = {"head_name", "guardian_name"}
PLACE_COLUMNS = {"village_name", "town_name", "county_name"}
NULL_TOKENS = ("无", "/", "——", "-", "暂无")


@cache
def code_forms() -> dict[str, dict[str, list[str]]]:
    """Return the other forms of code-list values."""
    forms: dict[str, dict[str, list[str]]] = yaml.safe_load((HERE / "code_forms.yml").read_text(encoding="utf-8"))
    return forms


@cache
def traditional(text: str) -> str:
    """Return a name in traditional characters, itself where there is no way back to the same text."""
    converted: str = _opencc("s2t").convert(text)
    return converted if _opencc("t2s").convert(converted) == text else text


@cache
def _opencc(config: str) -> Any:
    return opencc.OpenCC(config)


def soil(
    table: Table, layout: Layout, place: Place, style: str, container: str, rates: dict[str, Any], disability: Array
) -> None:
    """Write dates in the file's style, then damage cells of the table at the stated rates.

    `disability` holds per person the 20- or 22-character disability number ("" for none).
    """
    dirt = rates["dirt"]
    registry = layout.department == "registry"
    personal = {person.id for person in layout.persons} | {person.name for person in layout.persons}
    for person in layout.persons:
        if person.id:
            both = len(layout.persons) > 1
            _soil_numbers(table, person.id, table.people[person.role], dirt, registry, both, disability)
    for column in layout.columns:
        name = column.name
        cells = table.columns[name]
        where = f"{table.extract}.{name}"
        if column.type in ("date", "month", "timestamp"):
            plain = list(cells)
            table.columns[name] = [_STYLES[column.type][style](cell) if cell else "" for cell in cells]
            _soil_dates(table, name, plain, column.type, style, container, dirt, where in dirt["lossy_columns"])
        elif is_amount(column):
            _soil_some(table, name, dirt["amount"], _AREAS if name.endswith("_m2") else _AMOUNTS)
            _soil_losses(table, name)
        elif column.codes in code_forms():
            _soil_codes(table, name, code_forms()[column.codes], dirt["code"])
        elif name in PLACE_COLUMNS:
            _soil_places(table, name, place, dirt)
        elif name == "bank_account":
            _soil_some(table, name, dirt["account"], _ACCOUNTS)
        elif name == "household_no" and table.extract != "registry_household":
            _soil_some(table, name, dirt["household_no"], _HOUSEHOLD_NUMBERS)
        if name in NAME_COLUMNS or (name in personal and name.endswith("_name")):
            _soil_names(table, name, dirt["name"])
        if (column.type == "text" or is_amount(column)) and name not in personal and name not in dirt["no_null_token"]:
            _soil_blanks(table, name, dirt["null_token"])
    copies = draw.chance(table.key, f"{table.extract} duplicate", dirt["duplicate_row"]) & ~table.locked
    table.append_copies(np.flatnonzero(copies))


# -- identity numbers --------------------------------------------------------------------------------------------------


def _soil_numbers(
    table: Table, column: str, people: Array, dirt: dict[str, Any], registry: bool, harmless: bool, disability: Array
) -> None:
    """Damage a column of identity numbers; `harmless` allows only what staging repairs."""
    rates = dirt["registry_id"] if registry else dirt["id"]
    kinds = list(rates)
    picked = _kinds(table.key, f"{table.extract}.{column}", list(rates.values()))
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
    "full_width": lambda n: n.translate(FULL_WIDTH),
    "inner_space": lambda n: f"{n[:6]} {n[6:14]} {n[14:]}",
    "lower_x": str.lower,
    "fifteen_digits": _fifteen,
    "other_number": _other_number,
    "scientific": lambda n: f"{int(n[:17] + '0'):.2E}",
    "zeros": _zeros,
    "placeholder": lambda n: "999999" + n[6:14] + "0000",
    "blank": lambda n: "",
    "wrong_digit": _wrong_digit,
}


# -- names -------------------------------------------------------------------------------------------------------------


def _soil_names(table: Table, column: str, rates: dict[str, float]) -> None:
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
    picked = _kinds(table.key, f"{table.extract}.{column} name", [rates[kind] for kind in kinds])
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


# -- dates -------------------------------------------------------------------------------------------------------------


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
_STYLES: dict[str, dict[str, Callable[[str], Any]]] = {"date": _DAYS, "month": _MONTHS, "timestamp": _TIMES}
_FORMS = {
    "date": ("iso", "slash", "dot", "compact", "zh", "serial"),
    "month": ("iso", "slash", "dot", "compact", "zh", "float"),
    "timestamp": ("slash", "day_only", "compact"),
}


def _soil_dates(
    table: Table, column: str, plain: list[Any], kind: str, style: str, container: str, dirt: dict[str, Any], lossy: bool
) -> None:
    """Write some dates in another form; where the day is not compared, drop it or write a word."""
    cells = table.columns[column]
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


# -- amounts, codes, places, numbers -----------------------------------------------------------------------------------


def _thousands(text: str) -> str:
    return f"{float(text):,.2f}" if float(text) >= 1000 else text


def _ten_thousands(text: str) -> str:
    value = float(text)
    if value <= 0 or value != int(value):
        return text
    return f"{int(value) / 10000:.4f}".rstrip("0") + "万元"


_AMOUNTS: dict[str, Callable[[str], str]] = {
    "amount_thousands": _thousands,
    "amount_yuan": lambda t: t + "元",
    "amount_ten_thousands": _ten_thousands,
    "amount_full_width": lambda t: t.translate(FULL_WIDTH),
    "amount_trailing_space": lambda t: t + " ",
}
_AREAS = {name: _AMOUNTS[name] for name in ("amount_full_width", "amount_trailing_space")}
_ACCOUNTS: dict[str, Callable[[str], str]] = {"account_scientific": lambda t: f"{int(t):.2E}"}
_HOUSEHOLD_NUMBERS: dict[str, Callable[[str], str]] = {
    "number_float": lambda t: t.lstrip("0") + ".0",
    "leading_zero_lost": lambda t: t.lstrip("0"),
}


def _soil_some(table: Table, column: str, rate: float, forms: dict[str, Callable[[str], str]]) -> None:
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


def _soil_losses(table: Table, column: str) -> None:
    """Write half of the negative amounts in brackets, as bookkeepers do."""
    cells = table.columns[column]
    for row in np.flatnonzero(draw.chance(table.key, f"{table.extract}.{column} brackets", 0.5)).tolist():
        if isinstance(cells[row], str) and cells[row].startswith("-"):
            cells[row] = f"({cells[row][1:]})"
            table.damage.append(Damage(row, column, "amount_brackets", REPAIRED))


def _soil_codes(table: Table, column: str, forms: dict[str, list[str]], rate: float) -> None:
    cells = table.columns[column]
    where = f"{table.extract}.{column}"
    pick = draw.bits(table.key, f"{where} form")
    for row in np.flatnonzero(draw.chance(table.key, f"{where} other form", rate)).tolist():
        if options := forms.get(cells[row]):
            cells[row] = options[int(pick[row] % np.uint64(len(options)))]
            table.damage.append(Damage(row, column, "code_form", REPAIRED))


def _soil_places(table: Table, column: str, place: Place, dirt: dict[str, Any]) -> None:
    """Write places with other endings, under old names, or as a full path in one cell."""
    cells = table.columns[column]
    where = f"{table.extract}.{column}"
    if column != "village_name":
        short = {place.name: place.name[:-1], place.county: place.county.removesuffix("县")}
        for row in np.flatnonzero(draw.chance(table.key, f"{where} form", dirt["division"] / 4)).tolist():
            if cells[row] in short:
                cells[row] = short[cells[row]]
                table.damage.append(Damage(row, column, "division_ending", REPAIRED))
        return
    old = {village.name: village.old_name for village in place.villages if village.old_name}
    villages = {village.name: village for village in place.villages}
    aged = draw.chance(table.key, f"{where} old", dirt["old_division"])
    other = draw.chance(table.key, f"{where} form", dirt["division"])
    pick = draw.integer(table.key, f"{where} which", 0, 4).tolist()
    if table.extract in ("registry_person", "registry_household"):
        aged &= False  # the registry follows the renaming; ledgers of others do not
    for row in np.flatnonzero(aged | other).tolist():
        cell = cells[row]
        if cell not in villages:
            continue
        if aged[row] and cell in old:
            cells[row] = old[cell]
            table.damage.append(Damage(row, column, "division_old_name", REPAIRED))
        elif other[row]:
            village = villages[cell]
            forms = (village.stem, village.stem + "社区", village.stem + "村委会", village.stem + "村民委员会", place.full_path(village))
            cells[row] = forms[pick[row]]
            kind = "division_full_path" if pick[row] == 4 else "division_ending"
            table.damage.append(Damage(row, column, kind, REPAIRED))


def _soil_blanks(table: Table, column: str, rate: float) -> None:
    cells = table.columns[column]
    hits = draw.chance(table.key, f"{table.extract}.{column} blank", rate)
    pick = draw.integer(table.key, f"{table.extract}.{column} token", 0, len(NULL_TOKENS) - 1)
    for row in np.flatnonzero(hits).tolist():
        if cells[row] == "":
            cells[row] = NULL_TOKENS[pick[row]]
            table.damage.append(Damage(row, column, "null_token", REPAIRED))


def _kinds(key: Array, name: str, rates: list[float]) -> Array:
    """Return per key the index of the kind it takes (-1: none)."""
    edges = np.cumsum(rates)
    drawn = draw.uniform(key, name)
    return np.where(drawn < edges[-1], np.searchsorted(edges, drawn, side="right"), -1)
