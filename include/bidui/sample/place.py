"""The invented divisions: province, prefecture, counties, towns and villages, with old names and aliases.

Codes start with 47, which GB/T 2260 never gave to a province, so no number made here can belong to anybody.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROVINCE = ("47", "澄江省")
PREFECTURE = ("4799", "霁州市")
TOWNS_PER_COUNTY = 10
VILLAGES_PER_TOWN = 24  # room for names; a town has fewer
OUTSIDE_PREFIX = 479950  # people who came from elsewhere: 479951 belongs to the first county's region, and so on
OLD_COUNTY_CODE = 479980  # the first county's code before it was renamed: still on old hukou entries

DIVISION_COLUMNS = ("division_code", "division_level", "name", "parent_code", "valid_from", "valid_to")
ALIAS_COLUMNS = ("alias", "division_code", "valid_from", "valid_to", "note")


@dataclass(frozen=True)
class Village:
    """A village, with the name it had before it was renamed or took in a neighbour (None: never)."""

    code: str
    name: str
    old_name: str | None = None
    merged: bool = False

    @property
    def stem(self) -> str:
        """The name without 村."""
        return self.name.removesuffix("村")


@dataclass(frozen=True)
class Place:
    """A town with its county and villages."""

    county_code: str
    county: str
    code: str
    name: str
    villages: tuple[Village, ...]

    @property
    def county_prefix(self) -> int:
        """First six digits of the numbers of people born here."""
        return int(self.county_code)

    @property
    def outside_prefix(self) -> int:
        """First six digits of the numbers of people who came from elsewhere."""
        return OUTSIDE_PREFIX + self.county_prefix % 100

    def full_path(self, village: Village) -> str:
        """Province to village in one text."""
        return f"{PROVINCE[1]}{PREFECTURE[1]}{self.county}{self.name}{village.name}"


def town(number: int, villages: int, parts: dict[str, Any]) -> Place:
    """Return the town with this running number (0, 1, …) and so many villages; names never repeat in a county."""
    county = number // TOWNS_PER_COUNTY
    within = number % TOWNS_PER_COUNTY
    first, last = parts["county_first"], parts["county_last"]
    county_name = f"{first[county % len(first)]}{last[(county // len(first) + county) % len(last)]}县"
    first, last = parts["town_first"], parts["town_last"]
    town_name = f"{first[within]}{last[(within + county) % len(last)]}{parts['town_kinds'][within % 3 == 2]}"
    county_code = str(int(PREFECTURE[0]) * 100 + 1 + county)
    town_code = f"{county_code}{101 + within}"
    places = []
    for index in range(villages):
        name = f"{_village_name(parts, within * VILLAGES_PER_TOWN + index)}村"
        old = _village_name(parts, (TOWNS_PER_COUNTY + within) * VILLAGES_PER_TOWN + index)
        code = f"{town_code}{200 + index}"
        if index == 3:
            places.append(Village(code, name, old_name=f"{old}村"))
        elif index == 7:
            places.append(Village(code, name, old_name=f"{old}村", merged=True))
        else:
            places.append(Village(code, name))
    return Place(county_code, county_name, town_code, town_name, tuple(places))


def _village_name(parts: dict[str, Any], number: int) -> str:
    """Return the stem of a village name; numbers below `len(first) * len(last)` never share one."""
    first, last = parts["village_first"], parts["village_last"]
    return f"{first[number % len(first)]}{last[(number // len(first) + number) % len(last)]}"


def pad(code: str) -> str:
    """Return a code in its published form of 12 digits."""
    return code.ljust(12, "0")


def write_reference(folder: Path, towns: list[Place]) -> None:
    """Write `divisions.csv` and `division_aliases.csv` for these towns and everything above them."""
    folder.mkdir(parents=True, exist_ok=True)
    divisions: dict[tuple[str, str], tuple[str, ...]] = {}
    aliases: dict[tuple[str, str], tuple[str, ...]] = {}

    def division(code: str, level: str, name: str, parent: str, start: str = "", end: str = "") -> None:
        above = pad(parent) if parent else ""
        divisions[(pad(code), start)] = (pad(code), level, name, above, start, end)

    def alias(text: str, code: str, note: str) -> None:
        aliases[(text, pad(code))] = (text, pad(code), "", "", note)

    division(PROVINCE[0], "province", PROVINCE[1], "")
    division(PREFECTURE[0], "prefecture", PREFECTURE[1], PROVINCE[0])
    for place in towns:
        if (pad(place.county_code), "") not in divisions:
            division(place.county_code, "county", place.county, PREFECTURE[0])
            alias(place.county.removesuffix("县"), place.county_code, "省略“县” · without the suffix")
            outside = str(place.outside_prefix)
            division(outside, "county", f"{place.county[0]}阳县", PREFECTURE[0])
            if place.county_code.endswith("01"):
                division(str(OLD_COUNTY_CODE), "county", f"古{place.county}", PREFECTURE[0], "1984-01-01", "1996-01-01")
        division(place.code, "town", place.name, place.county_code)
        alias(place.name[:-1], place.code, "省略“镇/乡” · without the suffix")
        for village in place.villages:
            division(village.code, "village", village.name, place.code)
            for suffix in ("", "社区", "村委会", "村民委员会"):
                alias(village.stem + suffix, village.code, "写法不同 · another way to write it")
            alias(place.full_path(village), village.code, "单元格内为全路径 · full path in one cell")
            alias(f"{place.county}{place.name}{village.name}", village.code, "单元格内为全路径 · full path in one cell")
            if village.old_name and village.merged:
                old_code = f"{place.code}{int(village.code[-3:]) + 300}"
                division(old_code, "village", village.old_name, place.code, "", "2020-07-01")
                alias(village.old_name, village.code, "2020 年并入 · merged into it in 2020")
            elif village.old_name:
                alias(village.old_name, village.code, "2018 年更名 · renamed in 2018")
    _write(folder / "divisions.csv", DIVISION_COLUMNS, [divisions[key] for key in sorted(divisions)])
    _write(folder / "division_aliases.csv", ALIAS_COLUMNS, [aliases[key] for key in sorted(aliases)])


def _write(path: Path, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
