import pytest

from bidui.sample.plan import default_persons, figures, scaled, town_plan, towns, village_plan


def test_the_default_county_is_the_two_reports() -> None:
    plans = towns(default_persons())
    assert [(plan.kind, plan.households, plan.persons) for plan in plans] == [("town", 4862, 12457), ("village", 11, 41)]
    assert default_persons() == 12498


def test_cohorts_follow_the_town_report() -> None:
    plan, f = town_plan(), figures()
    by_year = {year: sum(c.households for c in plan.cohorts if c.exit_year == year) for year in range(2014, 2020)}
    assert [by_year[year] for year in (2017, 2018, 2019)] == [815, 1170, 792]
    # Three households left twice: a registry row holds one exit, so the earlier one is not in the extracts.
    assert sum(by_year[year] for year in (2014, 2015, 2016)) == 1906 - f["town", "returned_households_exited_2019", "2019"]
    unexited = [c for c in plan.cohorts if c.exit_attribute in ("未脱贫", "返贫")]
    assert (sum(c.households for c in unexited), sum(c.persons for c in unexited)) == (184, 480)
    assert sum(plan.unexited_causes.values()) == 184


def test_the_village_follows_the_village_report() -> None:
    plan = village_plan()
    assert [(c.exit_year, c.households, c.persons) for c in plan.cohorts] == [
        (2017, 3, 18),
        (2018, 3, 10),
        (2019, 1, 5),
        (2020, 4, 8),
    ]
    assert sum(plan.assistance) == 4188


@pytest.mark.parametrize("persons", [150, 1000, 12_498, 30_000, 100_000])
def test_sizes_come_near_what_was_asked(persons: int) -> None:
    made = sum(plan.persons for plan in towns(persons))
    assert abs(made - persons) <= max(0.02 * persons, 5)


def test_a_scaled_town_keeps_its_proportions() -> None:
    plan = scaled(town_plan(), 0.1)
    assert plan.population == 12_900
    assert abs(plan.dibao[1] - 401) <= 1
    assert sum(plan.unexited_causes.values()) == sum(c.households for c in plan.cohorts if c.exit_attribute != "已脱贫")
    assert plan.unexited_causes["因病"] >= plan.unexited_causes["因学"]
