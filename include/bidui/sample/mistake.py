"""What the registry has wrong on a night, and what is true: the side that cleansing proposals are measured against."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from bidui.sample.extract import BUILDERS
from bidui.sample.plant import REGISTRY_BUNDLE
from bidui.sample.scene import Scene
from bidui.sample.table import REPAIRED, Table
from bidui.sample.town import Town

# Columns that are judged per registry extract, and the column that names the subject.
JUDGED = {
    "registry_person": (
        "person", "person_no",
        ("id_no", "person_name", "sex", "birth_date", "student_status", "is_dropout", "health_status",
         "has_resident_insurance", "has_employee_insurance", "has_serious_illness_insurance", "has_medical_assistance",
         "dibao_status", "tekun_status"),
    ),
    "registry_household": (
        "household", "household_no",
        ("household_type", "cause_1", "is_unsafe_house", "house_grade", "house_area_m2", "measure_housing", "income_transfer"),
    ),
}  # fmt: skip
ID_LENGTH = 18  # what follows is the disability card's own suffix


def registry_mistakes(town: Town, scene: Scene, soiled: Table, night: int) -> Iterator[tuple[Any, ...]]:
    """Yield (night, subject kind, subject key, column, true value, origin) of each wrong cell of a registry extract.

    `origin` is the plant, the kind of damage, or `shared_number`. A cell that staging repairs is not wrong. Whoever has
    died is wrongly a member (column `member`, value the day).
    """
    kind, key, columns = JUDGED[soiled.extract]
    build = BUILDERS[soiled.extract]
    written, true = build(scene), build(replace(scene, facts=town.facts_but(night, REGISTRY_BUNDLE), extra_ids={}))
    plants = _plants(town, scene, soiled, night)
    lost = {(one.row, one.column): one.kind for one in soiled.damage if one.treatment != REPAIRED}
    subjects = written.columns[key]
    for column in columns:
        pairs = zip(written.columns[column], true.columns[column], strict=True)
        for row, (cell, real) in enumerate(pairs):
            if column == "id_no":
                cell, real = cell[:ID_LENGTH], real[:ID_LENGTH]
            origin = lost.get((row, column)) or (plants.get(row, "shared_number") if cell != real else None)
            if origin:
                yield night, kind, subjects[row], column, real, origin
    if kind == "person":
        died = scene.facts.died[soiled.people["self"][: written.rows]]
        for row in np.flatnonzero(~np.isnat(died)).tolist():
            yield night, kind, subjects[row], "member", str(died[row]), plants.get(row, "natural")


def _plants(town: Town, scene: Scene, table: Table, night: int) -> dict[int, str]:
    """The plant that is active in the household of each row's person; a household has one at most."""
    by_household: dict[int, str] = {}
    for plant in town.planted.plants:
        for index in town.planted.active(plant.name, night).tolist():
            by_household[index if plant.per_household else int(scene.people.household[index])] = plant.name
    role = "self" if "self" in table.people else "head"
    households = scene.people.household[table.people[role]].tolist()
    return {row: by_household[household] for row, household in enumerate(households) if household in by_household}
