"""How a town's people live on the night: study, illness, labour, benefits, insurance, whatever any list says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from bidui.sample import assistance, draw
from bidui.sample.draw import Array
from bidui.sample.facts import (
    BACHELOR,
    COLLEGE,
    JUNIOR,
    LOST,
    NEVER,
    NONE,
    ORDINARY,
    PRESCHOOL,
    PRIMARY,
    SENIOR,
    SKILLED,
    VOCATIONAL,
    WEAK,
)
from bidui.sample.periods import Periods
from bidui.sample.plan import figures
from bidui.sample.population import Population


@dataclass(frozen=True)
class Life:
    """Arrays per person, those of households by their name."""

    stage: Array  # -1: not a student
    grade: Array  # year within the stage
    chronic: Array
    major: Array
    disabled: Array
    disability_grade: Array  # 1 to 4, of everybody: what it would be
    labour: Array
    works: Array
    post: Array  # a public-welfare post
    tekun: Array
    dibao: Array
    dibao_household: Array
    tekun_household: Array
    monitor_of_household: Array  # -1: not monitored
    cleared_household: Array
    unexited_causes: dict[int, str]  # household -> cause of poverty, of those that have not left poverty
    identity: Array  # of assistance; -1: none
    employee: Array  # insured by an employer
    resident: Array  # insured as a resident
    died: Array  # date, NaT: alive

    @cached_property
    def student(self) -> Array:
        """Who is at school."""
        student: Array = self.stage >= 0
        return student

    @cached_property
    def alive(self) -> Array:
        """Who lives on the night."""
        alive: Array = np.isnat(self.died)
        return alive


def live(p: Population, rates: dict[str, Any], periods: Periods, double_benefits: int) -> Life:
    """Return the life of a town; `double_benefits` places are left free in its tekun plan."""
    as_of = periods.as_of
    age = p.age_on(as_of)
    stage, grade = _study(p, p.age_on(periods.school_start))
    student = stage >= 0
    chronic, major, disabled = _health(p, age, student, rates)
    tekun = assistance.tekun_persons(p, age, double_benefits)
    tekun_household = p.per_household(tekun & p.registered) > 0
    dibao, dibao_household = assistance.dibao_persons(p, tekun)
    monitor, cleared = assistance.monitoring(p, dibao_household, tekun_household)
    causes = _unexited_causes(p, chronic, major, disabled, student, age)
    disability_grade = draw.choice(p.key, "disability grade", [0.12, 0.25, 0.33, 0.30]) + 1
    labour = _labour(p, age, student, chronic, major, disabled, disability_grade)
    labour = _without_spare_labour(p, labour, causes)
    works, post = _work(p, age, labour, disabled)
    died = _deaths(p, age, rates, as_of)
    employee = draw.chance(p.key, "employee", np.where(p.registered, 0.02, 0.12)) & (age >= 22) & (age < 60) & ~student
    return Life(
        stage=stage,
        grade=grade,
        chronic=chronic,
        major=major,
        disabled=disabled,
        disability_grade=disability_grade,
        labour=labour,
        works=works,
        post=post,
        tekun=tekun,
        dibao=dibao,
        dibao_household=dibao_household,
        tekun_household=tekun_household,
        monitor_of_household=monitor,
        cleared_household=cleared,
        unexited_causes=causes,
        identity=assistance.identities(p, dibao, tekun, monitor, cleared),
        employee=employee,
        resident=_residents(p, employee, died, as_of),
        died=died,
    )


def _study(p: Population, age: Array) -> tuple[Array, Array]:
    """Return stage and year within the stage from the age on 1 September."""
    stage = np.full(p.size, -1, dtype=np.int64)
    grade = np.zeros(p.size, dtype=np.int64)

    def put(mask: Array, which: int, years: Array) -> None:
        stage[mask], grade[mask] = which, years[mask]

    path = draw.uniform(p.key, "path")
    put((age >= 3) & (age < 6) & draw.chance(p.key, "preschool", 0.85), PRESCHOOL, age - 2)
    put((age >= 6) & (age < 12), PRIMARY, age - 5)
    put((age >= 12) & (age < 15), JUNIOR, age - 11)
    teen = (age >= 15) & (age < 18) & ((age == 15) | draw.chance(p.key, "stays at school", 0.9))
    put(teen & (path < 0.6), SENIOR, age - 14)
    put(teen & (path >= 0.6), VOCATIONAL, age - 14)
    young = (age >= 18) & (age < 21)
    put(young & (path < 0.14), BACHELOR, age - 17)
    put(young & (path >= 0.14) & (path < 0.42), COLLEGE, age - 17)
    put((age == 21) & (path < 0.14), BACHELOR, age - 17)
    return stage, grade


def _health(p: Population, age: Array, student: Array, rates: dict[str, Any]) -> tuple[Array, Array, Array]:
    """Return chronic illness, serious illness and disability."""
    general = rates["general"]
    bands = np.digitize(age, (16, 40, 60, 75))
    chronic_share = np.array([0.004, 0.04, 0.18, 0.40, 0.46])[bands]
    disabled_share = np.array([0.008, 0.05, 0.11, 0.09, 0.09])[bands]
    factor = np.where(p.registered, 1.0, general["health_factor"])
    chronic = draw.chance(p.key, "chronic", chronic_share * factor)
    major = draw.chance(p.key, "major", 0.015 * factor)
    disabled = draw.chance(p.key, "disabled", disabled_share * factor)
    if p.plan.kind == "village":
        disabled = np.zeros(p.size, dtype=bool)
        wanted = p.plan.general_disabled or 0
        households, registered = _reported_disabled()
        old = p.registered & ~student & (age >= 60)
        disabled[draw.first(p.key, "disabled", old, registered)] = True
        # Two households have two disabled members each, as the report's households and persons say.
        heads = draw.first(p.household_key, "disabled", p.household_cohort < 0, households)
        disabled[p.household_start[heads]] = True
        extra = p.household_start[heads[p.household_size[heads] > 1][: max(wanted - households, 0)]] + 1
        disabled[extra] = True
    return chronic, major, disabled


def _reported_disabled() -> tuple[int, int]:
    """Return, for the village, general households with a disabled member and registered disabled persons."""
    f = figures()
    registered = f["village", "disabled_subsidised", "2020"]
    return f["village", "disabled_households", "2020"] - registered, registered


def _unexited_causes(
    p: Population, chronic: Array, major: Array, disabled: Array, student: Array, age: Array
) -> dict[int, str]:
    """Return the stated cause of each unexited household, and make its members fit it (changes the health arrays)."""
    attributes = np.array([c.exit_attribute for c in p.plan.cohorts] + [""], dtype=object)[p.household_cohort]
    free = attributes != ""
    free &= attributes != "已脱贫"
    old_or_young = (age >= 60) | (age < 16)
    fits = {
        "因学": p.per_household(student) > 0,
        "缺劳动力": p.per_household(old_or_young) == p.household_size,
    }
    causes: dict[int, str] = {}
    for cause in ("因学", "缺劳动力", "自身发展动力不足", "因灾", "因残", "因病"):
        count = p.plan.unexited_causes.get(cause, 0)
        suitable = fits.get(cause, np.ones(p.households, dtype=bool))
        for household in draw.first(p.household_key, cause, free & suitable, count).tolist():
            free[household] = False
            causes[household] = cause
            members = slice(int(p.household_start[household]), int(p.household_start[household] + p.household_size[household]))
            if cause == "因病" and not (chronic[members] | major[members]).any():
                chronic[members.start] = True
            if cause == "因残" and not disabled[members].any():
                disabled[members.start] = True
    return causes


def _labour(
    p: Population, age: Array, student: Array, chronic: Array, major: Array, disabled: Array, grade: Array
) -> Array:
    """Return labour skill; a healthy person of working age outside school is never without labour."""
    labour = np.where(draw.chance(p.key, "skilled", 0.12), SKILLED, ORDINARY)
    sick = chronic | major | disabled
    labour = np.where(sick & draw.chance(p.key, "weakened", 0.45), WEAK, labour)
    labour = np.where((age >= 60) & draw.chance(p.key, "ageing", np.where(sick, 0.9, 0.6)), WEAK, labour)
    labour = np.where(disabled & (grade <= 2), LOST, labour)
    labour = np.where((age >= 75) & (labour != LOST), NONE, labour)
    labour = np.where((age < 16) | student, NONE, labour)
    return labour.astype(np.int64)


def _without_spare_labour(p: Population, labour: Array, causes: dict[int, str]) -> Array:
    """A household that lacks labour has none to spare, whatever the age of its members says."""
    worn_out = np.zeros(p.households, dtype=bool)
    worn_out[[household for household, cause in causes.items() if cause == "缺劳动力"]] = True
    spared: Array = np.where(worn_out[p.household] & (labour <= SKILLED), WEAK, labour)
    return spared


def _work(p: Population, age: Array, labour: Array, disabled: Array) -> tuple[Array, Array]:
    """Return who works for wages, and who has a public-welfare post."""
    works = (labour <= SKILLED) & (age >= 18) & (age < 65) & draw.chance(p.key, "works", 0.7)
    post = ~works & (labour <= WEAK) & (age >= 18) & (age < 70) & p.registered & draw.chance(p.key, "post", 0.12)
    if p.plan.kind == "village":
        post = _village_posts(p, labour, age, disabled)
        works &= ~(post & p.registered)
    return works, post


def _village_posts(p: Population, labour: Array, age: Array, disabled: Array) -> Array:
    post = np.zeros(p.size, dtype=bool)
    fit = p.registered & (age >= 18) & (age < 70) & ~disabled & (labour <= WEAK)
    post[draw.first(p.key, "post", fit, figures()["village", "public_posts", "2020"])] = True
    return post


def _deaths(p: Population, age: Array, rates: dict[str, Any], as_of: date) -> Array:
    """Return dates of death of people outside the registry over the last two years (NaT: alive)."""
    died = np.full(p.size, NEVER)
    share = np.array([0.0004, 0.002, 0.012, 0.06])[np.digitize(age, (40, 60, 75))] * rates["general"]["death_factor"]
    gone = ~p.registered & draw.chance(p.key, "dies", share) & (age > 1)
    back = draw.integer(p.key, "death day", 12, 700)
    died[gone] = np.datetime64(as_of) - back[gone].astype("timedelta64[D]")
    return died


def _residents(p: Population, employee: Array, died: Array, as_of: date) -> Array:
    """Return who is insured as a resident; whoever died within the year was."""
    elsewhere = ~p.registered & draw.chance(p.key, "insured elsewhere", 0.05)
    alive_at_start = np.isnat(died) | (died >= np.datetime64(date(as_of.year, 1, 1)))
    residents: Array = ~employee & ~elsewhere & alive_at_start
    return residents
