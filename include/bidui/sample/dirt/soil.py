"""Which damage which column of an extract takes."""

from __future__ import annotations

from typing import Any

import numpy as np

from bidui.contract import Column
from bidui.sample import draw
from bidui.sample.dirt.cell_form import (
    ACCOUNTS,
    AMOUNTS,
    AREAS,
    HOUSEHOLD_NUMBERS,
    code_forms,
    soil_blanks,
    soil_codes,
    soil_losses,
    soil_some,
)  # fmt: skip
from bidui.sample.dirt.date_form import soil_dates
from bidui.sample.dirt.id_number import soil_numbers
from bidui.sample.dirt.person_name import soil_names
from bidui.sample.dirt.place_name import soil_places
from bidui.sample.draw import Array
from bidui.sample.layout import Layout, is_amount
from bidui.sample.place import Place
from bidui.sample.table import Table

NAME_COLUMNS = {"head_name", "guardian_name"}
PLACE_COLUMNS = {"village_name", "town_name", "county_name"}


def soil(
    table: Table, layout: Layout, place: Place, style: str, container: str, rates: dict[str, Any], disability: Array
) -> None:
    """Write dates in the file's style, then damage cells of the table at the stated rates.

    `disability` holds per person the 20- or 22-character disability number ("" for none).
    """
    dirt = rates["dirt"]
    registry = layout.department == "registry"
    # A number that is lost quarantines the row, for the others whom it names too.
    harmless = len(layout.persons) > 1
    for person in layout.persons:
        if person.id:
            people = table.people[person.role]
            soil_numbers(table, person.id, people, dirt, disability, registry=registry, harmless=harmless)
    personal = {person.id for person in layout.persons} | {person.name for person in layout.persons}
    for column in layout.columns:
        name = column.name
        if column.type in ("date", "month", "timestamp"):
            lossy = f"{table.extract}.{name}" in dirt["lossy_columns"]
            soil_dates(table, name, column.type, style, container, dirt, lossy=lossy)
        else:
            _soil_text(table, column, place, dirt)
        if name in NAME_COLUMNS or (name in personal and name.endswith("_name")):
            soil_names(table, name, dirt["name"])
        if (column.type == "text" or is_amount(column)) and name not in personal and name not in dirt["no_null_token"]:
            soil_blanks(table, name, dirt["null_token"])
    copies = draw.chance(table.key, f"{table.extract} duplicate", dirt["duplicate_row"]) & ~table.locked
    table.append_copies(np.flatnonzero(copies))


def _soil_text(table: Table, column: Column, place: Place, dirt: dict[str, Any]) -> None:
    """Write some cells of a column in another form, where its values have one."""
    name = column.name
    if is_amount(column):
        soil_some(table, name, dirt["amount"], AREAS if name.endswith("_m2") else AMOUNTS)
        soil_losses(table, name)
    elif column.codes in code_forms():
        soil_codes(table, name, code_forms()[column.codes], dirt["code"])
    elif name in PLACE_COLUMNS:
        soil_places(table, name, place, dirt)
    elif name == "bank_account":
        soil_some(table, name, dirt["account"], ACCOUNTS)
    elif name == "household_no" and table.extract != "registry_household":
        soil_some(table, name, dirt["household_no"], HOUSEHOLD_NUMBERS)
