"""The two published reports, recomputed from the files of the default county."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from reading import number, plain

from bidui.sample.periods import term_label
from bidui.sample.plan import CAUSES, figures

if TYPE_CHECKING:
    from conftest import Made

F = figures()
TOWN, VILLAGE = "479901101", "479901102"


@pytest.fixture(scope="module")
def town_of(county: Made) -> dict[str, str]:
    """Town of each registry person and household number."""
    towns = {}
    for row in county.table("person"):
        towns[row["person_no"]] = towns[row["household_no"]] = row["truth_person"].partition("-")[0]
    return towns


def households(county: Made, town_of: dict[str, str], town: str) -> list[dict[str, object]]:
    repeats = county.repeats("registry_household")
    rows = county.file("registry_household").data
    return [row for at, row in rows.items() if at not in repeats and town_of[str(row["household_no"])] == town]


def members(county: Made, town_of: dict[str, str], town: str) -> list[dict[str, object]]:
    repeats = county.repeats("registry_person")
    rows = county.file("registry_person").data
    return [row for at, row in rows.items() if at not in repeats and town_of[str(row["person_no"])] == town]


def registered_rows(
    county: Made, town_of: dict[str, str], extract: str, role: str = "self", town: str = TOWN
) -> list[tuple[str, dict[str, object]]]:
    """Rows of an extract about a town's registry persons, exact repeats once."""
    repeats = county.repeats(extract)
    who = county.person_nos(extract, role)
    rows = county.file(extract).data
    return [(who[at], row) for at, row in rows.items() if who[at] and at not in repeats and town_of[who[at]] == town]


def test_registered_households_and_persons(county: Made, town_of: dict[str, str]) -> None:
    assert len(households(county, town_of, TOWN)) == F["town", "registered_households", "2020-05"] == 4862
    assert len(members(county, town_of, TOWN)) == F["town", "registered_persons", "2020-05"] == 12457
    assert len(households(county, town_of, VILLAGE)) == F["village", "registered_households", "2020"] == 11
    assert len(members(county, town_of, VILLAGE)) == F["village", "registered_persons", "2020"] == 41


def test_exits_by_year(county: Made, town_of: dict[str, str]) -> None:
    size = Counter(str(row["person_no"])[:-2] for row in members(county, town_of, TOWN))
    count: Counter[str] = Counter()
    persons: Counter[str] = Counter()
    for row in households(county, town_of, TOWN):
        count[str(row["exit_year"])] += 1
        persons[str(row["exit_year"])] += size[str(row["household_no"])]
    for year in ("2017", "2018", "2019"):
        assert count[year] == F["town", "exited_households", year]
        assert persons[year] == F["town", "exited_persons", year]
    # Three households (11 persons) left twice; their row holds the later exit.
    twice = F["town", "returned_households_exited_2019", "2019"], F["town", "returned_persons_exited_2019", "2019"]
    assert sum(count[y] for y in ("2014", "2015", "2016")) + twice[0] == F["town", "exited_households", "2014-2016"]
    assert sum(persons[y] for y in ("2014", "2015", "2016")) + twice[1] == F["town", "exited_persons", "2014-2016"]
    village = Counter(str(row["exit_year"]) for row in households(county, town_of, VILLAGE))
    assert village == {year: F["village", "exited_households", year] for year in ("2017", "2018", "2019", "2020")}


def test_causes_of_the_unexited(county: Made, town_of: dict[str, str]) -> None:
    poor = [row for row in households(county, town_of, TOWN) if row["exit_attribute"] in ("未脱贫", "返贫")]
    causes = Counter(str(row["cause_1"]).replace("缺劳力", "缺劳动力") for row in poor)
    # A plant may contradict a stated cause; there are fewer of those than ten.
    expected = {cause: F["town", name, "2020-05"] for name, cause in CAUSES.items()}
    assert len(poor) == sum(expected.values()) == 184
    assert sum((Counter(expected) - causes).values()) < 10


def test_dibao(county: Made, town_of: dict[str, str]) -> None:
    rows = registered_rows(county, town_of, "dibao", "head")
    assert len(rows) == F["town", "dibao_households", "2020-05"] == 2116
    assert sum(number(row["dibao_persons"]) for _, row in rows) == F["town", "dibao_persons", "2020-05"] == 4007
    tiers = {letter: F["town", f"dibao_rate_{letter.lower()}", "2020-05"] for letter in "ABC"}
    forms = {"一类": "A", "二类": "B", "三类": "C"}
    off = 0
    for _, row in rows:
        tier = forms.get(str(row["dibao_tier"]), plain(row["dibao_tier"])[0])
        off += number(row["monthly_amount"]) != number(row["dibao_persons"]) * tiers[tier]
    assert off == sum(row["rule_id"] == "CIV-05" for row in county.table("finding")) > 0


def test_tekun(county: Made, town_of: dict[str, str]) -> None:
    rows = registered_rows(county, town_of, "tekun")
    assert len(rows) == F["town", "tekun_persons", "2020-05"] == 179
    assert len({who[:-2] for who, _ in rows}) == F["town", "tekun_households", "2020-05"] == 112


def test_premiums_by_year(county: Made, town_of: dict[str, str]) -> None:
    rows = registered_rows(county, town_of, "hi_premium_request")
    for year in ("2017", "2018", "2019"):
        paid = {who for who, row in rows if str(row["request_batch"]).startswith(year)}
        assert len(paid) == F["town", "premium_paid_persons", year]
        assert len({who[:-2] for who in paid}) == F["town", "premium_paid_households", year]
    now = {who for who, row in rows if str(row["request_batch"]).startswith("2026")}
    assert len(now) > 12_000, "most are subsidised this year"


def test_family_doctor_contracts(county: Made, town_of: dict[str, str]) -> None:
    rows = registered_rows(county, town_of, "hi_chronic")
    signed = {who for who, row in rows if row["signed_on"] not in ("", None)}
    assert len(signed) == F["town", "family_doctor_contracts", "2019"] == 6401


@pytest.mark.parametrize("figure", ["edu_aid", "yulu"])
def test_aid_by_term(county: Made, town_of: dict[str, str], figure: str) -> None:
    extract = "edu_compare" if figure == "edu_aid" else "yulu"
    rows = registered_rows(county, town_of, extract)
    terms: Counter[str] = Counter()
    for _, row in rows:
        if number(row["aid_amount"]) > 0:
            terms[label(str(row["term"]))] += 1
    for (place, name, term), value in F.items():
        if (place, name) == ("town", figure):
            assert terms[term_label(term)] == value, term
    assert terms[term_label("2026A")] > 100, "the running term is paid too"


def label(term: str) -> str:
    if "学年" not in term:
        return term
    first, second = term[:4], term[5:9]
    return f"{first}年秋季学期" if "第一" in term else f"{second}年春季学期"


def test_renovations_by_year(county: Made, town_of: dict[str, str]) -> None:
    rows = registered_rows(county, town_of, "renovation", "head")
    years = Counter(str(row["plan_year"]) for _, row in rows)
    for year in range(2014, 2020):
        assert years[str(year)] == F["town", "house_renovation", str(year)]


def test_most_of_the_roll_is_not_in_the_registry(county: Made) -> None:
    who = county.person_nos("hi_roll", "self")
    assert len(who) > 120_000
    assert sum(bool(number) for number in who.values()) < 13_000
    codes = {str(row["village_name"]) for row in county.file("hi_roll").data.values()}
    assert len(codes) > 23


def test_the_village(county: Made, town_of: dict[str, str]) -> None:
    dibao = county.file("dibao").data
    repeats = county.repeats("dibao")
    heads = county.person_nos("dibao", "head")
    village_names = village_forms(county)
    rows = [row for at, row in dibao.items() if at not in repeats and str(row["village_name"]) in village_names]
    assert len(rows) == F["village", "dibao_households", "2020"] == 27
    assert sum(number(row["dibao_persons"]) for row in rows) == F["village", "dibao_persons", "2020"] == 64
    assert heads
    tekun = county.file("tekun").data
    repeats = county.repeats("tekun")
    listed = [row for at, row in tekun.items() if at not in repeats and str(row["village_name"]) in village_names]
    assert len(listed) == F["village", "tekun_persons", "2020"] == 11

    people = members(county, town_of, VILLAGE)
    assert sum(row["public_post"] not in ("", "无", "/", "——", "-", "暂无") for row in people) == 17
    now = [row for _, row in registered_rows(county, town_of, "edu_compare", town=VILLAGE) if number(row["aid_amount"])]
    assert len(now) == F["village", "students_subsidised", "2020"] == 9
    disabled = registered_rows(county, town_of, "disability", town=VILLAGE)
    assert len(disabled) == F["village", "disabled_subsidised", "2020"] == 6
    assisted: Counter[str] = Counter()
    for who, row in registered_rows(county, town_of, "hi_settlement", town=VILLAGE):
        assisted[who[:-2]] += round(number(row["assist_fund_pay"]))
    stated = sorted(value for (place, name, _), value in F.items() if (place, name) == ("village", "medical_assistance_household"))
    assert sorted(value for value in assisted.values() if value) == stated
    assert sum(stated) == 4188


def village_forms(county: Made) -> set[str]:
    with (county.out / "reference" / "division_aliases.csv").open(encoding="utf-8") as stream:
        names = {line.split(",")[0] for line in stream if f",{VILLAGE}200," in line}
    with (county.out / "reference" / "divisions.csv").open(encoding="utf-8") as stream:
        names |= {line.split(",")[2] for line in stream if line.startswith(f"{VILLAGE}200,")}
    return names
