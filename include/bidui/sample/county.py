"""The whole county: for each night the files of each department, written town by town, and the truth beside them."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bidui.sample import expect, facts, mistake, names, place, plan
from bidui.sample import town as towns
from bidui.sample.delivery import packings
from bidui.sample.dirt import soil
from bidui.sample.extract import BUILDERS
from bidui.sample.file import OutFile, open_file, set_time
from bidui.sample.layout import layouts
from bidui.sample.night_plan import DUPLICATE, HALF_EMPTY, LATE_OLDER, MISSING, Dispatch, dispatches, registry_changes
from bidui.sample.scene import Scene
from bidui.sample.table import REPAIRED, Table
from bidui.sample.town import Town
from bidui.sample.truth import Truth

HERE = Path(__file__).parent
LARGE = 50_000  # registry persons; above, every extract is sent as CSV
REMEMBERED_TOWNS = 3  # of a small county, kept between nights; a large one is built anew, town by town
HALF_EMPTY_SHARE = 0.45


@dataclass
class County:
    """A county's plan and where it is written."""

    persons: int
    seed: int
    first_night: date
    out: Path
    record: Truth
    plans: list[plan.TownPlan]
    places: list[place.Place]
    rates: dict[str, Any]
    remembered: dict[int, Town] = field(default_factory=dict)
    unusable: dict[int, list[tuple[str, int]]] = field(default_factory=dict)  # per town: rule, registry person

    def town(self, number: int) -> Town:
        """Return a town, remembered when the county is small."""
        if number in self.remembered:
            return self.remembered[number]
        built = towns.build(
            self.seed, number, self.places[number], self.plans[number], self.first_night, self.rates
        )
        if len(self.plans) <= REMEMBERED_TOWNS:
            self.remembered[number] = built
        return built


def generate(
    persons: int, seed: int, nights: int, as_of: date, out: Path, truth: Path | None = None, first: int = 1
) -> None:
    """Write a synthetic county of about `persons` registry persons (exactly so for the default) as drop folders.

    `out/night_<k>/<department>/<extract>/<file>` is the drop folder of the night `as_of + k - 1` days,
    `out/reference/` the county's own reference data, `truth/` (when given) what is true of all of it. The same
    arguments give the same bytes, and night k does not depend on how many follow; `first` leaves out earlier nights.
    """
    plans = plan.towns(persons)
    parts = names.name_parts()
    places = [place.town(number, one.villages, parts) for number, one in enumerate(plans)]
    rates: dict[str, Any] = yaml.safe_load((HERE / "rates.yml").read_text(encoding="utf-8"))
    write_reference(out / "reference", places)
    with Truth(truth) as record:
        county = County(persons, seed, as_of, out, record, plans, places, rates)
        record.add("calibration", _calibration(county))
        for night in range(first, nights + 1):
            _night(county, night)


def write_reference(folder: Path, places: list[place.Place]) -> None:
    """Write the county's divisions, aliases and the parameters that it brings itself."""
    place.write_reference(folder, places)
    with (folder / "parameters.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("rule_id", "parameter", "key", "value"))
        for identity, (personal, subsidy) in facts.COUNTY_AMOUNTS.items():
            writer.writerow(("MED-08", "personal_amount", identity, personal))
            writer.writerow(("MED-08", "subsidy_amount", identity, subsidy))


def _night(county: County, night: int) -> None:
    """Write one night's files and its truth."""
    today = county.first_night + timedelta(days=night - 1)
    folder = county.out / f"night_{night}"
    arriving = dispatches(night)
    files = {
        one.extract: open_file(
            folder,
            layouts()[one.extract],
            packings()[one.extract],
            today,
            one.data_date(night, today),
            county.places[0],
            county.seed,
            county.persons > LARGE,
            one.how,
        )
        for one in arriving
        if one.how not in (DUPLICATE, MISSING)
    }
    for number in range(len(county.plans)):
        town = county.town(number)
        _write_town(county, town, night, today, files)
        if county.record.kept:
            numbers = town.numbers(night)
            county.record.add("person", _persons(town, night))
            county.record.add("alias", _aliases(town, night))
            county.record.add("contradiction", expect.contradictions(town, numbers, night))
            county.record.add("finding", expect.findings(town, numbers, night, county.first_night))
            county.record.add("finding", expect.unusable_numbers(county.unusable.get(number, []), numbers, night))
    for file in files.values():
        file.close()
        county.record.add("batch", [_batch(file, night)])
    for one in arriving:
        if one.how in (DUPLICATE, MISSING):
            county.record.add("batch", [_copy(county, one, folder, night)])


def _write_town(county: County, town: Town, night: int, today: date, files: dict[str, OutFile]) -> None:
    scenes: dict[int, Scene] = {}
    for extract, file in files.items():
        # A list that comes late is what it was on the first night, before anything was corrected.
        as_known = 1 if file.how == LATE_OLDER else night
        if as_known not in scenes:
            scenes[as_known] = town.scene(as_known, today)
        scene = scenes[as_known]
        scene.data_date = file.data_date
        table = BUILDERS[extract](scene)
        table.locked |= _locked(table, town)
        soil(
            table,
            file.layout,
            town.people.place,
            file.packing.style,
            file.container,
            county.rates,
            scene.disability_numbers,
        )
        if file.how == HALF_EMPTY:
            table.keep_first(int(table.rows * HALF_EMPTY_SHARE))
        if extract == "registry_person":
            county.unusable[town.people.number] = expect.number_damage(table)
        first = file.append(table)
        if county.record.kept:
            name = file.path.name
            county.record.add("dirt", _damage(table, name, first, night))
            county.record.add("link", _links(table, file, first, scene, night))
            traps = list(_traps(table, town, scene, name, first, night))
            county.record.add("trap", traps)
            county.record.add("unclear", _unclear(table, scene, traps, first, night))
            if extract in mistake.JUDGED:
                county.record.add("registry_mistake", mistake.registry_mistakes(town, scene, table, night))


def _locked(table: Table, town: Town) -> np.ndarray:
    """Rows about people of planted, trapped or renumbered households keep their numbers readable."""
    locked = np.zeros(table.rows, dtype=bool)
    for who in table.people.values():
        locked |= (who >= 0) & town.reserved[np.maximum(who, 0)]
    return locked


def _damage(table: Table, name: str, first: int, night: int) -> Iterator[tuple[Any, ...]]:
    for one in sorted(table.damage, key=lambda d: (d.row, d.column, d.kind)):
        yield night, table.extract, name, first + one.row, one.column, one.kind, one.treatment


def _links(table: Table, file: OutFile, first: int, scene: Scene, night: int) -> Iterator[tuple[Any, ...]]:
    for person in file.layout.persons:
        who = table.people[person.role]
        numbers = np.where(who >= 0, scene.numbers.person_no[np.maximum(who, 0)], "").tolist()
        for row, number in enumerate(numbers, start=first):
            yield night, table.extract, file.path.name, row, person.role, number


def _traps(table: Table, town: Town, scene: Scene, name: str, first: int, night: int) -> Iterator[tuple[Any, ...]]:
    kinds = {trap.person: trap.kind for trap in town.traps.traps if trap.extract == table.extract}
    if table.extract in ("hi_roll", "registry_person"):
        for alike in town.people.look_alikes:
            kinds.setdefault(alike.person, alike.kind)
    for row, person in enumerate(table.people.get("self", np.zeros(0, dtype=np.int64)).tolist()):
        if person in kinds:
            yield night, table.extract, name, first + row, kinds[person], scene.numbers.person_no[person]


def _unclear(
    table: Table, scene: Scene, traps: list[tuple[Any, ...]], first: int, night: int
) -> Iterator[tuple[Any, ...]]:
    """Yield the registry persons about whom a list says nothing sure: a lost or doubtful number, or a trap."""
    reasons = {one.row: one.kind for one in table.damage if one.treatment != REPAIRED}
    reasons |= {row - first: kind for _, _, _, row, kind, _ in traps}
    for row, reason in sorted(reasons.items()):
        for role, who in table.people.items():
            if who[row] >= 0 and scene.numbers.person_no[who[row]]:
                yield night, table.extract, first + row, role, scene.numbers.person_no[who[row]], reason


def _persons(town: Town, night: int) -> Iterator[tuple[Any, ...]]:
    people, numbers = town.people, town.numbers(night)
    for person in np.flatnonzero(people.registered).tolist():
        household = numbers.household_no[numbers.household_of[person]]
        yield night, f"{people.place.code}-{person:06d}", numbers.person_no[person], household


def _aliases(town: Town, night: int) -> Iterator[tuple[Any, ...]]:
    if not registry_changes(night):
        return
    old, new, changes = towns.first_numbers(town.people), town.numbers(night), town.renumbering
    for household, member in changes.splits:
        yield night, "split", old.household_no[household], new.household_no[new.household_of[member]]
    for person in changes.persons:
        yield night, "person_no", old.person_no[person], new.person_no[person]
    for household in changes.households:
        yield night, "household_no", old.household_no[household], new.household_no[household]


def _batch(file: OutFile, night: int) -> tuple[Any, ...]:
    held = file.how == HALF_EMPTY
    return (
        night,
        file.layout.extract,
        file.path.name,
        "held" if held else "accepted",
        file.data_date.isoformat(),
        file.landed + file.skipped,
        file.skipped,
        file.landed,
        file.landed - file.quarantined,
        file.quarantined,
        "row_drop" if held else "late_older" if file.how == LATE_OLDER else "",
    )


def _copy(county: County, one: Dispatch, folder: Path, night: int) -> tuple[Any, ...]:
    """Send the first night's file again under another name (or record that nothing came)."""
    if one.how == MISSING:
        return night, one.extract, "", "missing", "", 0, 0, 0, 0, 0, "missing"
    layout = layouts()[one.extract]
    place_in = Path(layout.department) / layout.extract
    earlier = county.out / "night_1" / place_in
    if not earlier.exists():
        raise FileNotFoundError("the first night must be written before a night that sends one of its files again")
    original = next(iter(sorted(earlier.iterdir())))
    target = folder / place_in / f"{original.stem}(1){original.suffix}"
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(original, target)
    data_date = Dispatch(one.extract, one.how).data_date(1, county.first_night)
    set_time(target, data_date)
    return night, one.extract, target.name, "duplicate", data_date.isoformat(), 0, 0, 0, 0, 0, "duplicate"


def _calibration(county: County) -> Iterator[tuple[Any, ...]]:
    """Yield the reported figures of the two calibrated places (only where they are at full size)."""
    wanted = {"town": plan.town_plan(), "village": plan.village_plan()}
    for one, at in zip(county.plans, county.places, strict=True):
        if one.kind in wanted and one == wanted.pop(one.kind):
            for (kind, figure, period), value in plan.figures().items():
                if kind == one.kind:
                    yield kind, at.code, figure, period, value
        elif one.kind not in wanted:
            continue
