"""What each town of the county must add up to: the reported figures, scaled to the number of persons asked for."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent

CAUSES = {
    "cause_illness": "因病",
    "cause_disability": "因残",
    "cause_labour": "缺劳动力",
    "cause_education": "因学",
    "cause_motivation": "自身发展动力不足",
    "cause_disaster": "因灾",
}


@dataclass(frozen=True)
class Cohort:
    """Households that left poverty (or did not) together."""

    exit_attribute: str
    exit_year: int | None
    households: int
    persons: int


@dataclass(frozen=True)
class TownPlan:
    """Figures that one town's extracts reproduce. Counts are of registry households and persons unless named otherwise."""

    kind: str  # "town" follows the town report, "village" the village report
    villages: int
    population: int  # everybody, registered or not
    cohorts: tuple[Cohort, ...]
    unexited_causes: dict[str, int]
    dibao: tuple[int, int]  # households, persons
    tekun: tuple[int, int]
    premiums: dict[int, tuple[int, int]]  # year: households, persons
    contracts: int
    edu_aid: dict[str, int]  # term: persons
    yulu: dict[str, int]
    renovations: dict[int, int]  # plan year: households
    general_dibao: tuple[int, int]  # households and persons outside the registry
    general_tekun: tuple[int, int]
    general_disabled: int | None = None  # None: by a share of the population
    assistance: tuple[int, ...] = field(default=())  # yuan of medical assistance, one household each

    @property
    def persons(self) -> int:
        """Registry persons."""
        return sum(cohort.persons for cohort in self.cohorts)

    @property
    def households(self) -> int:
        """Registry households."""
        return sum(cohort.households for cohort in self.cohorts)


@cache
def figures() -> dict[tuple[str, str, str], int]:
    """Return the calibration figures by (place, figure, period): calibration.csv names them in reported_figures.csv."""
    stated = {(row["report"], row["indicator_en"], row["period"]): row["value"] for row in _rows("reported_figures.csv")}
    return {
        (row["place"], row["figure"], row["period"]): int(stated[row["report"], row["indicator"], row["report_period"]])
        for row in _rows("calibration.csv")
    }


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _series(place: str, figure: str) -> dict[str, int]:
    return {period: value for (p, f, period), value in figures().items() if (p, f) == (place, figure)}


def town_plan() -> TownPlan:
    """Return the plan of the town report.

    The report counts households that fell back twice: once when they first left poverty and once as they are now.
    A registry row carries one exit only, so the first exit of those that left again in 2019 is not in the extracts.
    """
    f = figures()
    twice = (f["town", "returned_households_exited_2019", "2019"], f["town", "returned_persons_exited_2019", "2019"])
    back = (f["town", "unexited_returned_households", "2020-05"], f["town", "unexited_returned_persons", "2020-05"])
    early = (
        f["town", "exited_households", "2014-2016"] - twice[0] - back[0],
        f["town", "exited_persons", "2014-2016"] - twice[1] - back[1],
    )
    years = _split(early, (0.26, 0.31, 0.43))
    cohorts = [Cohort("已脱贫", year, *part) for year, part in zip((2014, 2015, 2016), years, strict=True)]
    cohorts.append(Cohort("返贫", 2016, *back))
    cohorts.extend(
        Cohort("已脱贫", year, f["town", "exited_households", str(year)], f["town", "exited_persons", str(year)])
        for year in (2017, 2018, 2019)
    )
    cohorts.append(
        Cohort(
            "未脱贫",
            None,
            f["town", "unexited_households", "2020-05"] - back[0],
            f["town", "unexited_persons", "2020-05"] - back[1],
        )
    )
    premium_households, premium_persons = _series("town", "premium_paid_households"), _series("town", "premium_paid_persons")
    return TownPlan(
        kind="town",
        villages=f["town", "villages", "2020"],
        population=f["town", "population", "2020"],
        cohorts=tuple(cohorts),
        unexited_causes={CAUSES[name]: f["town", name, "2020-05"] for name in CAUSES},
        dibao=(f["town", "dibao_households", "2020-05"], f["town", "dibao_persons", "2020-05"]),
        tekun=(f["town", "tekun_households", "2020-05"], f["town", "tekun_persons", "2020-05"]),
        premiums={int(year): (premium_households[year], premium_persons[year]) for year in premium_households},
        contracts=f["town", "family_doctor_contracts", "2019"],
        edu_aid=_series("town", "edu_aid"),
        yulu=_series("town", "yulu"),
        renovations={int(year): count for year, count in _series("town", "house_renovation").items()},
        general_dibao=(640, 1150),
        general_tekun=(95, 110),
    )


def village_plan() -> TownPlan:
    """Return the plan of the village report: every figure of it is about the whole village."""
    f = figures()
    years = [int(year) for year in _series("village", "exited_households")]
    registered_dibao, registered_tekun = (5, 14), (1, 2)
    return TownPlan(
        kind="village",
        villages=1,
        population=f["village", "persons", "2020"],
        cohorts=tuple(
            Cohort(
                "已脱贫",
                year,
                f["village", "exited_households", str(year)],
                f["village", "exited_persons", str(year)],
            )
            for year in years
        ),
        unexited_causes={},
        dibao=registered_dibao,
        tekun=registered_tekun,
        premiums={},
        contracts=20,
        edu_aid={},
        yulu={},
        renovations={},
        general_dibao=(
            f["village", "dibao_households", "2020"] - registered_dibao[0],
            f["village", "dibao_persons", "2020"] - registered_dibao[1],
        ),
        general_tekun=(
            f["village", "tekun_households", "2020"] - registered_tekun[0],
            f["village", "tekun_persons", "2020"] - registered_tekun[1],
        ),
        general_disabled=f["village", "disabled_persons", "2020"] - f["village", "disabled_subsidised", "2020"],
        assistance=tuple(_series("village", "medical_assistance_household").values()),
    )


def scaled(plan: TownPlan, share: float) -> TownPlan:
    """Return the same town at a share of its size, every figure in proportion (and 1.0 unchanged)."""
    if share >= 1.0:
        return plan

    def part(value: int) -> int:
        return round(value * share)

    cohorts = []
    for cohort in plan.cohorts:
        households = part(cohort.households)
        if households:
            persons = max(part(cohort.persons), households)
            cohorts.append(Cohort(cohort.exit_attribute, cohort.exit_year, households, persons))
    unexited = sum(c.households for c in cohorts if c.exit_attribute != "已脱贫")
    causes = dict.fromkeys(plan.unexited_causes, 0)
    for index, cause in zip(range(unexited), _turns(plan.unexited_causes), strict=False):
        causes[cause] += 1
        del index
    return TownPlan(
        kind=plan.kind,
        villages=max(1, min(plan.villages, round(plan.villages * share * 3))),
        population=part(plan.population),
        cohorts=tuple(cohorts),
        unexited_causes=causes,
        dibao=(part(plan.dibao[0]), part(plan.dibao[1])),
        tekun=(part(plan.tekun[0]), part(plan.tekun[1])),
        premiums={year: (part(pair[0]), part(pair[1])) for year, pair in plan.premiums.items()},
        contracts=part(plan.contracts),
        edu_aid={term: part(count) for term, count in plan.edu_aid.items()},
        yulu={term: part(count) for term, count in plan.yulu.items()},
        renovations={year: part(count) for year, count in plan.renovations.items()},
        general_dibao=(part(plan.general_dibao[0]), part(plan.general_dibao[1])),
        general_tekun=(part(plan.general_tekun[0]), part(plan.general_tekun[1])),
    )


def towns(persons: int) -> list[TownPlan]:
    """Return the plans whose registry persons add up to about `persons` (exactly for the default county).

    The first is the calibrated town, the second the calibrated village (left out below 500 persons); more towns of
    the same pattern follow, the last one smaller.
    """
    town, village = town_plan(), village_plan()
    rest = persons - village.persons
    if persons < 500:
        return [scaled(town, persons / town.persons)]
    plans = [scaled(town, min(1.0, rest / town.persons)), village]
    rest -= town.persons
    while rest > town.persons * 0.02:
        plans.append(scaled(town, min(1.0, rest / town.persons)))
        rest -= town.persons
    return plans


def default_persons() -> int:
    """Registry persons of the calibrated county."""
    return town_plan().persons + village_plan().persons


def _split(pair: tuple[int, int], shares: tuple[float, ...]) -> list[tuple[int, int]]:
    """Split (households, persons) by shares; the last part takes what rounding leaves."""
    parts = [(round(pair[0] * share), round(pair[1] * share)) for share in shares[:-1]]
    parts.append((pair[0] - sum(p[0] for p in parts), pair[1] - sum(p[1] for p in parts)))
    return parts


def _turns(counts: dict[str, int]) -> list[str]:
    """Return the names in an order in which every stretch has them in proportion to their counts."""
    places = [(rank / count, name) for name, count in counts.items() for rank in np.arange(count) + 0.5]
    return [name for _, name in sorted(places)]
