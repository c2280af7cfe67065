import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml

from bidui.home import dbt_dir
from bidui.sample import names, place, town
from bidui.sample.county import HERE
from bidui.sample.plan import scaled, town_plan
from bidui.sample.plants import PLANTS
from bidui.sample.town import Town

RATES = yaml.safe_load((HERE / "rates.yml").read_text(encoding="utf-8"))
# What a registry of registered households cannot show: nobody in it is without a claim to the subsidy, every child of
# a household may be declared without a second home.
ONE_SIDED = {("premium_subsidy", "department_only"), ("other_dwelling", "registry_only")}


@pytest.fixture(scope="module")
def built() -> Town:
    plan = scaled(town_plan(), 0.25)
    return town.build(3, 0, place.town(0, plan.villages, names.name_parts()), plan, date(2026, 10, 16), RATES)


def compared_fields() -> dict[tuple[str, str], str]:
    path = Path(dbt_dir()) / "seeds" / "compared_field.csv"
    with path.open(encoding="utf-8") as stream:
        return {(row["department"], row["field"]): row["kind"] for row in csv.DictReader(stream)}


def test_every_compared_field_is_contradicted_in_each_direction() -> None:
    planted = {(v.department, v.field, v.verdict) for plant in PLANTS for v in plant.verdicts if v.certain}
    for (department, field), kind in compared_fields().items():
        wanted = {"differ"} if kind == "attribute" else {"registry_only", "department_only"}
        for verdict in wanted:
            if (field, verdict) not in ONE_SIDED:
                assert (department, field, verdict) in planted, f"{field} {verdict}"
    assert len(compared_fields()) == 31


def test_every_plant_has_a_rate_and_every_rate_a_plant() -> None:
    assert {plant.name for plant in PLANTS} == set(RATES["plants"])


def test_a_household_carries_one_plant_at_most(built: Town) -> None:
    households: list[int] = []
    for plant in built.planted.plants:
        chosen = built.planted.chosen[plant.name]
        assert len(chosen) > 0, f"{plant.name} found nobody"
        households += (chosen if plant.per_household else built.people.household[chosen]).tolist()
    for trap in built.traps.traps:
        if built.people.registered[trap.person]:
            assert int(built.people.household[trap.person]) not in households
    assert len(households) == len(set(households))


def test_without_plants_both_sides_agree(built: Town) -> None:
    f, p = built.world.facts, built.people
    reg = p.registered
    assert (f.r_resident == f.resident)[reg].all()
    assert (f.r_dibao == f.dibao)[reg].all()
    assert (f.r_tekun == f.tekun)[reg].all()
    assert (f.r_disabled == f.disabled)[reg].all()
    assert (f.r_assist == f.assisted)[reg].all()
    assert (f.r_stage == f.stage)[reg].all()
    assert (f.on_roll == (f.stage >= 0))[reg].all()
    assert ((f.certificate == 1) == f.r_chronic)[reg].all()
    assert not (f.dibao & f.tekun)[reg].any()
    assert np.isnat(f.died)[reg].all()
    assert (f.h_grade == f.graded).all()
    age = p.age_on(date(2026, 10, 16))
    able = reg & (age >= 16) & (age < 60) & ~f.r_chronic & ~f.r_major & ~f.r_disabled & (f.r_stage < 0)
    assert (f.r_labour[able] <= 1).all(), "healthy people of working age have labour"


def test_causes_are_borne_out_by_members(built: Town) -> None:
    f, p = built.world.facts, built.people
    registered = p.household_cohort >= 0
    ill, disabled = p.per_household(f.r_chronic | f.r_major) > 0, p.per_household(f.r_disabled) > 0
    student, labour = p.per_household(f.r_stage >= 0) > 0, p.per_household(f.r_labour <= 1) / p.household_size
    cause = f.h_cause
    assert ill[registered & (cause == "因病")].all()
    assert disabled[registered & (cause == "因残")].all()
    assert student[registered & (cause == "因学")].all()
    assert (labour[registered & (cause == "缺劳动力")] <= 0.25).all()


def test_plants_are_corrected_come_back_and_are_new(built: Town) -> None:
    courses = np.concatenate([built.planted.course[plant.name] for plant in built.planted.plants])
    assert set(courses.tolist()) == {0, 1, 2, 3}
    for plant in built.planted.plants:
        if plant.steady:
            assert set(built.planted.course[plant.name].tolist()) == {0}
    later = [{(p.name, int(i)) for p in built.planted.plants for i in built.planted.active(p.name, n)} for n in (1, 2, 3)]
    assert later[0] - later[1], "corrected on the second night"
    assert (later[2] & later[0]) - later[1], "undone on the third night"
    assert later[1] - later[0], "new on the second night"


def test_the_first_night_has_the_reported_contracts(built: Town) -> None:
    signed = built.facts(1).signed & built.people.registered
    assert signed.sum() == built.people.plan.contracts


def test_a_split_keeps_person_numbers_and_makes_a_household_number(built: Town) -> None:
    before, after = built.numbers(1), built.numbers(2)
    household, member = built.renumbering.splits[0]
    assert before.person_no[member] == after.person_no[member]
    assert before.household_no[before.household_of[member]] == before.household_no[household]
    assert after.household_no[after.household_of[member]] != before.household_no[household]
    person = built.renumbering.persons[0]
    assert before.person_no[person] != after.person_no[person]
    renumbered = built.renumbering.households[0]
    assert before.household_no[renumbered] != after.household_no[renumbered]
    assert len(set(after.household_no[after.household_no != ""])) == sum(after.household_no != "")


def test_look_alikes_are_what_they_claim(built: Town) -> None:
    p = built.people
    kinds = {alike.kind for alike in p.look_alikes}
    assert kinds == {"stranger", "twins", "namesakes"}
    for alike in p.look_alikes:
        one, other = alike.person, alike.other
        assert p.id_no(one) != p.id_no(other)
        assert p.village[one] == p.village[other]
        if alike.kind == "twins":
            assert p.birth[one] == p.birth[other]
            assert p.household[one] == p.household[other]
            assert p.name[one] != p.name[other]
        else:
            assert p.name[one] == p.name[other]
        if alike.kind == "stranger":
            assert not p.registered[one]
            assert p.registered[other]
