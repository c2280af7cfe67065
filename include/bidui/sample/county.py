"""The whole county: for each night the files of each department, written town by town, and the truth beside them."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bidui.sample import dirt, facts, place, plan, population
from bidui.sample.delivery import Packing, fill, headers, packings
from bidui.sample.extract import BUILDERS
from bidui.sample.layout import Layout, layouts
from bidui.sample.periods import Periods
from bidui.sample.scene import Numbers, Scene
from bidui.sample.table import Table
from bidui.sample.truth import Truth
from bidui.sample.writer import Sheet, open_sheet

HERE = Path(__file__).parent
LARGE = 50_000  # registry persons; above, extracts that grow with the county are sent as CSV


@dataclass
class OutFile:
    """A file being written and what a reader will count in it."""

    layout: Layout
    packing: Packing
    path: Path
    data_date: date
    container: str
    sheet: Sheet
    landed: int = 0
    skipped: int = 0
    quarantined: int = 0
    sums: dict[str, float] = field(default_factory=dict)

    @property
    def next_row(self) -> int:
        return self.sheet.line


def rates() -> dict[str, Any]:
    """Return the shares at which things go wrong."""
    loaded: dict[str, Any] = yaml.safe_load((HERE / "rates.yml").read_text(encoding="utf-8"))
    return loaded


def generate(persons: int, seed: int, nights: int, as_of: date, out: Path, truth: Path | None = None) -> None:
    """Write a synthetic county of about `persons` registry persons (exactly so for the default) as drop folders.

    `out/night_<k>/<department>/<extract>/<file>` is the drop folder of the night `as_of + k - 1` days,
    `out/reference/` the county's own reference data, `truth/` (when given) what is true of all of it. The same
    arguments give the same bytes.
    """
    plans = plan.towns(persons)
    parts = population.name_parts()
    towns = [place.town(number, town.villages, parts) for number, town in enumerate(plans)]
    write_reference(out / "reference", towns)
    with Truth(truth) as record:
        for night in range(1, nights + 1):
            _night(night, plans, towns, seed, as_of, out, record, persons)


def write_reference(folder: Path, towns: list[place.Place]) -> None:
    """Write the county's divisions, aliases and own parameters."""
    place.write_reference(folder, towns)
    with (folder / "parameters.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("rule_id", "parameter", "key", "value"))
        for index, identity in enumerate(facts.IDENTITIES):
            if identity.endswith(("不稳定人口", "困难人口")):
                writer.writerow(("MED-08", "personal_amount", identity, facts.PERSONAL_SHARE[index]))
                writer.writerow(("MED-08", "subsidy_amount", identity, facts.SUBSIDY[index]))


def _night(
    night: int,
    plans: list[plan.TownPlan],
    towns: list[place.Place],
    seed: int,
    first_night: date,
    out: Path,
    record: Truth,
    persons: int,
) -> None:
    today = first_night + timedelta(days=night - 1)
    rate = rates()
    folder = out / f"night_{night}"
    with ExitStack() as stack:
        files = {
            key: _open(stack, folder, layouts()[key], packings()[key], today, towns[0], seed, persons)
            for key in BUILDERS
        }
        for number, (town_plan, town) in enumerate(zip(plans, towns, strict=True)):
            for key, table in _town_tables(seed, number, town, town_plan, first_night, today, rate, files, record, night):
                _append(files[key], table, night, record)
        for file in files.values():
            _close(file, today)
            _record_batch(file, night, record)
    for file in files.values():
        stamp = datetime(file.data_date.year, file.data_date.month, file.data_date.day, 12, tzinfo=timezone.utc).timestamp()
        os.utime(file.path, (stamp, stamp))


def _town_tables(
    seed: int,
    number: int,
    town: place.Place,
    town_plan: plan.TownPlan,
    first_night: date,
    today: date,
    rate: dict[str, Any],
    files: dict[str, OutFile],
    record: Truth,
    night: int,
) -> Iterator[tuple[str, Table]]:
    people = population.build(seed, number, town, town_plan, first_night)
    known = facts.derive(people, rate, Periods(first_night), 3 if town_plan.kind == "town" else 0)
    past = facts.history(people, rate)
    numbers = registry_numbers(people)
    scene = Scene(people, known, past, numbers, today, today)
    record.add("person", _persons(scene, night))
    for key in files:
        scene.data_date = files[key].data_date
        table = BUILDERS[key](scene)
        layout = layouts()[key]
        dirt.soil(table, layout, town, files[key].packing.style, files[key].container, rate, scene.disability_numbers)
        record.add("link", _links(table, files[key], scene, night))
        yield key, table


def registry_numbers(people: population.Population) -> Numbers:
    """Return 户编号 and 人编号: they begin with 0, which spreadsheets lose."""
    stem = f"0{people.place.county_code[-2:]}{people.place.code[-2:]}"
    household = np.array(
        [f"{stem}{index + 1:06d}" if cohort >= 0 else "" for index, cohort in enumerate(people.household_cohort.tolist())],
        dtype=object,
    )
    person = np.array(
        [
            f"{number}{position + 1:02d}" if number else ""
            for number, position in zip(household[people.household].tolist(), people.position.tolist(), strict=True)
        ],
        dtype=object,
    )
    return Numbers(household, person, people.household.copy())


def _persons(scene: Scene, night: int) -> Iterator[tuple[Any, ...]]:
    town = scene.people.place.code
    for person in np.flatnonzero(scene.people.registered).tolist():
        household = scene.numbers.household_of[person]
        yield (
            night,
            f"{town}-{person:06d}",
            scene.numbers.person_no[person],
            scene.numbers.household_no[household],
        )


def _links(table: Table, file: OutFile, scene: Scene, night: int) -> Iterator[tuple[Any, ...]]:
    first = file.next_row
    roles = [role.role for role in file.layout.persons]
    for role in roles:
        who = table.people[role]
        numbers = np.where(who >= 0, scene.numbers.person_no[np.maximum(who, 0)], "").tolist()
        for row, number in enumerate(numbers):
            yield night, table.extract, file.path.name, first + row, role, number


def _open(
    stack: ExitStack, folder: Path, layout: Layout, packing: Packing, night: date, town: place.Place, seed: int, persons: int
) -> OutFile:
    data_date = packing.data_date(night)
    container = packing.container
    counter = 1 + (night.toordinal() * 7 + len(layout.extract)) % 97
    name = fill(packing.file_name, town.county, data_date, counter)
    if persons > LARGE and container != "csv":
        container, name = "csv", str(Path(name).with_suffix(".csv"))
    path = folder / layout.department / layout.extract / name
    sheet = open_sheet(path, container, layout.encoding, len(layout.columns), layout.title.split("/")[0].strip()[:20] or "Sheet1")
    stack.callback(lambda: None)
    file = OutFile(layout, packing, path, data_date, container, sheet)
    _write_head(file, town, seed, f"{night:%Y%m%d}", counter)
    return file


def _write_head(file: OutFile, town: place.Place, seed: int, variant: str, counter: int) -> None:
    layout, sheet = file.layout, file.sheet
    width = len(layout.columns)
    row = 1
    for index in range(layout.title_rows):
        text = file.packing.titles[index] if index < len(file.packing.titles) else ""
        sheet.merge(row, row, 0, width - 1, fill(text, town.county, file.data_date, counter))
        row += 1
    words = headers(layout, seed, variant)
    if layout.header_rows == 1:
        for column, word in enumerate(words):
            sheet.merge(row, row, column, column, word)
    else:
        _write_groups(file, words, row)
    sheet.write([])
    file.skipped = file.sheet.line - 1


def _write_groups(file: OutFile, words: list[str], row: int) -> None:
    """Write a header of several rows: group titles merged over their columns, other headers merged downwards."""
    layout, sheet = file.layout, file.sheet
    last = row + layout.header_rows - 1
    column = 0
    while column < len(words):
        group = layout.group_of(layout.columns[column].name)
        end = column
        if group is None:
            sheet.merge(row, last, column, column, words[column])
        else:
            while end + 1 < len(words) and layout.group_of(layout.columns[end + 1].name) == group:
                end += 1
            sheet.merge(row, last - 1, column, end, group)
            for inner in range(column, end + 1):
                sheet.merge(last, last, inner, inner, words[inner])
        column = end + 1


def _append(file: OutFile, table: Table, night: int, record: Truth) -> None:
    """Write a table's rows and record its damage."""
    first = file.next_row
    names = [column.name for column in file.layout.columns]
    if "serial_no" in table.columns:
        table.columns["serial_no"] = list(range(file.landed + 1, file.landed + 1 + table.rows))
    file.sheet.write(zip(*(table.columns[name] for name in names), strict=True))
    file.landed += table.rows
    file.quarantined += len(table.quarantined_rows())
    for name in file.layout.sums:
        file.sums[name] = file.sums.get(name, 0.0) + sum(_number(cell) for cell in table.columns[name])
    record.add(
        "dirt",
        (
            (night, table.extract, file.path.name, first + d.row, d.column, d.kind, d.treatment)
            for d in sorted(table.damage, key=lambda d: (d.row, d.column))
        ),
    )


def _number(cell: Any) -> float:
    try:
        return float(cell)
    except (TypeError, ValueError):
        return 0.0


def _close(file: OutFile, today: date) -> None:
    """Write the footer, if the list has one, and close the file."""
    names = [column.name for column in file.layout.columns]
    packing, sheet = file.packing, file.sheet
    before = sheet.line
    width = len(names)
    if packing.blank_before_footer:
        sheet.write([[""] * width])
    if packing.footer:
        cells: list[Any] = ["合计"] + [""] * (width - 1)
        for name, total in file.sums.items():
            if names.index(name):
                cells[names.index(name)] = f"{total:.2f}"
        sheet.write([cells])
    if packing.signature:
        sheet.write([[f"制表人：经办员    审核人：股长    制表日期：{file.data_date:%Y.%m.%d}"] + [""] * (width - 1)])
    file.skipped += sheet.line - before
    sheet.close()


def _record_batch(file: OutFile, night: int, record: Truth) -> None:
    record.add(
        "batch",
        [
            (
                night,
                file.layout.extract,
                file.path.name,
                "accepted",
                file.data_date.isoformat(),
                file.landed + file.skipped,
                file.skipped,
                file.landed,
                file.landed - file.quarantined,
                file.quarantined,
                "",
            )
        ],
    )
