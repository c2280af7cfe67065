import csv
from pathlib import Path

from bidui.sample import place
from bidui.sample.names import name_parts


def test_village_names_old_and_new_are_unique_in_a_county() -> None:
    towns = [place.town(number, 22, name_parts()) for number in range(place.TOWNS_PER_COUNTY)]
    names = [v.name for one in towns for v in one.villages]
    names += [v.old_name for one in towns for v in one.villages if v.old_name]
    assert len(names) == len(set(names)) == 10 * 24
    assert len({one.name for one in towns}) == 10
    assert len({one.county for one in towns}) == 1


def test_reference_files_are_complete(tmp_path: Path) -> None:
    towns = [place.town(number, 22, name_parts()) for number in (0, 1, 10)]
    place.write_reference(tmp_path, towns)
    with (tmp_path / "divisions.csv").open(encoding="utf-8") as stream:
        divisions = list(csv.DictReader(stream))
    codes = {row["division_code"] for row in divisions}
    assert all(len(code) == 12 and code.isdigit() and code.startswith("47") for code in codes)
    assert all(row["parent_code"] in codes for row in divisions if row["division_level"] != "province")
    assert sum(row["division_level"] == "village" for row in divisions) == 3 * 23
    merged = [row for row in divisions if row["valid_to"] == "2020-07-01"]
    assert len(merged) == 3
    with (tmp_path / "division_aliases.csv").open(encoding="utf-8") as stream:
        aliases = list(csv.DictReader(stream))
    assert {row["division_code"] for row in aliases} <= codes
    known = {row["alias"] for row in aliases}
    village = towns[0].villages[3]
    assert {village.stem, f"{village.stem}村委会", f"{village.stem}社区", village.old_name, towns[0].full_path(village)} <= known
