"""Places under names that are not the register's."""

from __future__ import annotations

from typing import Any

import numpy as np

from bidui.sample import draw
from bidui.sample.place import Place
from bidui.sample.table import REPAIRED, Damage, Table


def soil_places(table: Table, column: str, place: Place, dirt: dict[str, Any]) -> None:
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
