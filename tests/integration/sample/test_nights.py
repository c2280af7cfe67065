"""Several nights: what is corrected, undone, sent twice, sent late, broken off or not sent."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from reading import id_no, read

from bidui.sample import county as county_module
from bidui.sample import generate

if TYPE_CHECKING:
    from conftest import Made

from conftest import AS_OF, make


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def status(small: Made, night: int) -> dict[str, str]:
    return {batch["extract"]: batch["status"] for batch in small.batches if batch["night"] == str(night)}


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    one, two = make(tmp_path / "one", 600, 2), make(tmp_path / "two", 600, 2)
    assert digests(one.out) == digests(two.out)
    assert digests(one.truth) == digests(two.truth)
    times = [{p.stat().st_mtime for p in made.out.glob("night_1/*/*/*")} for made in (one, two)]
    assert times[0] == times[1]
    other = make(tmp_path / "three", 600, 1, seed=2)
    assert not set(digests(other.out / "night_1").values()) & set(digests(one.out / "night_1").values())


def test_a_night_does_not_depend_on_how_many_follow(tmp_path: Path, small: Made) -> None:
    generate(1250, 1, 3, AS_OF, tmp_path / "out")
    assert digests(tmp_path / "out" / "night_3") == digests(small.out / "night_3")
    generate(1250, 1, 3, AS_OF, tmp_path / "alone", first=3)
    assert digests(tmp_path / "alone" / "night_3") == digests(small.out / "night_3")


def test_rows_are_accounted_for_on_every_night(small: Made) -> None:
    for batch in small.batches:
        if batch["status"] in ("missing", "duplicate"):
            continue
        found = read(small.path(batch), batch["extract"])
        assert (found.rows_read, found.rows_skipped) == (int(batch["rows_read"]), int(batch["rows_skipped"]))


def test_the_second_night_has_its_mishaps(small: Made) -> None:
    found = status(small, 2)
    assert found["hi_settlement"] == "missing"
    assert found["death"] == "duplicate"
    assert found["dibao"] == "held"
    first = {b["extract"]: b for b in small.batches if b["night"] == "1"}
    second = {b["extract"]: b for b in small.batches if b["night"] == "2"}
    assert int(second["dibao"]["rows_landed"]) < 0.6 * int(first["dibao"]["rows_landed"])
    assert small.path(second["death"]).read_bytes() == small.path(first["death"]).read_bytes()
    assert second["hi_chronic"]["data_date"] < first["hi_chronic"]["data_date"]
    assert second["hi_roll"]["data_date"] > first["hi_roll"]["data_date"]
    assert not (small.out / "night_2" / "health_insurance" / "hi_settlement").exists()


def test_contradictions_are_corrected_undone_and_new(small: Made) -> None:
    keys = {
        night: {
            (row["origin"], row["subject_key"], row["field"])
            for row in small.table("contradiction")
            if row["night"] == str(night) and row["origin"] != "natural"
        }
        for night in range(1, 6)
    }
    assert keys[1] - keys[2]
    assert keys[2] - keys[1]
    back = [key for a in range(1, 4) for b in range(a + 1, 5) for key in (keys[a] & keys[b + 1]) - keys[b]]
    assert back, "something that was corrected is wrong again on a later night"


def test_a_correction_is_in_the_files(small: Made) -> None:
    def absent(night: int) -> set[str]:
        return {
            row["subject_key"]
            for row in small.table("contradiction")
            if row["night"] == str(night) and row["origin"] == "roll_absent"
        }

    ids = {str(row["person_no"]): id_no(row["id_no"]) for row in small.file("registry_person").data.values()}
    rolls = {night: {id_no(row["id_no"]) for row in small.file("hi_roll", night).data.values()} for night in (1, 2, 3)}
    for night, roll in rolls.items():
        for person in absent(1) | absent(2) | absent(3):
            assert (ids[person] in roll) == (person not in absent(night))


def test_households_split_and_numbers_are_reissued(small: Made) -> None:
    changes = [row for row in small.table("alias") if row["night"] == "2"]
    assert {row["kind"] for row in changes} == {"split", "person_no", "household_no"}
    assert not [row for row in small.table("alias") if row["night"] == "1"]
    before = {str(row["household_no"]) for row in small.file("registry_household", 1).data.values()}
    after = {str(row["household_no"]) for row in small.file("registry_household", 2).data.values()}
    persons_before = {str(row["person_no"]) for row in small.file("registry_person", 1).data.values()}
    persons_after = {str(row["person_no"]) for row in small.file("registry_person", 2).data.values()}
    for row in changes:
        if row["kind"] == "split":
            assert row["old_no"] in before & after
            assert row["new_no"] in after - before
        elif row["kind"] == "household_no":
            assert (row["old_no"] in before - after, row["new_no"] in after - before) == (True, True)
        else:
            assert row["old_no"] in persons_before - persons_after
            assert row["new_no"] in persons_after - persons_before
    heads = [row for row in small.file("registry_person", 2).data.values() if row["relation_to_head"] == "户主"]
    assert {str(row["household_no"]).removesuffix(".0").zfill(12) for row in heads} == {number.zfill(12) for number in after}


def test_a_large_county_is_sent_as_csv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(county_module, "LARGE", 500)
    made = make(tmp_path, 600, 1)
    assert {Path(batch["file"]).suffix for batch in made.batches} == {".csv"}
    for batch in made.batches:
        found = read(made.path(batch), batch["extract"])
        assert (found.rows_read, found.rows_skipped) == (int(batch["rows_read"]), int(batch["rows_skipped"]))


def test_more_persons_are_more_towns_of_the_same_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A county above the calibrated size gets more towns; numbers never meet between towns."""
    from dataclasses import replace

    from bidui.sample import plan

    small_town = plan.scaled(plan.town_plan(), 0.02)
    monkeypatch.setattr(plan, "town_plan", lambda: replace(small_town))
    made = make(tmp_path, 41 + small_town.persons * 11, 1)
    rows = list(made.file("registry_person").data.values())
    assert len({row["town_name"] for row in rows if str(row["town_name"]).endswith(("镇", "乡"))}) == 12
    people = made.table("person")
    assert len({row["person_no"] for row in people}) == len(people) == 41 + small_town.persons * 11
    numbers = [id_no(row["id_no"]) for row in made.file("hi_roll").data.values()]
    valid = [number for number in numbers if len(number) == 18 and number.startswith("47")]
    assert len(set(valid)) > 0.985 * len(valid)
