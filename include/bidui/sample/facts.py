"""What is true of a town's people, as the registry has it and as each department has it.

`derive` builds a county in which both sides agree everywhere. Contradictions are planted afterwards by changing one
side of a copy (`plant`), so every disagreement in the files is a known one.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from bidui.sample import draw
from bidui.sample.draw import Array
from bidui.sample.periods import Periods, term_first_day
from bidui.sample.plan import figures
from bidui.sample.population import SPOUSE, Population

# Stages of education; -1 is "not a student".
PRESCHOOL, PRIMARY, JUNIOR, SENIOR, VOCATIONAL, COLLEGE, BACHELOR = range(7)
STAGES = ("学前", "小学", "初中", "普通高中", "中职", "高职高专", "本科")
ORDINARY, SKILLED, WEAK, LOST, NONE = range(5)
LABOUR = ("普通劳动力", "技能劳动力", "弱劳动力或半劳动力", "丧失劳动力", "无劳动力")
GENERAL_TYPE, DIBAO_TYPE, TEKUN_TYPE = range(3)
UNSTABLE, SUDDEN = range(2)
MONITOR = ("脱贫不稳定户", "突发严重困难户")
# Identities by rank; the names are those of the code list.
TEKUN_ID, DIBAO_ID, UNSTABLE_ID, SUDDEN_ID, EXITED_ID = range(5)
IDENTITIES = ("特困人员", "低保对象", "脱贫不稳定人口", "突发严重困难人口", "脱贫人口")
PERSONAL_SHARE = (0, 80, 200, 200, 300)  # yuan a year that the person pays, by identity
SUBSIDY = (400, 320, 200, 200, 100)
PREMIUM = 400
# What the county's own parameters add to the shipped table: yuan that the person pays, and that is paid for them.
COUNTY_AMOUNTS = {"返贫致贫人口": (200, 200), "脱贫不稳定人口": (200, 200), "突发严重困难人口": (200, 200)}
CERTIFICATE_NONE, CERTIFICATE_VALID, CERTIFICATE_EXPIRED = range(3)
TIERS = ("A", "B", "C")
GRADES = ("A", "B", "C", "D")
NEVER = np.datetime64("NaT", "D")


@dataclass
class Facts:
    """Arrays per person (p), per household (h); `r_` is the registry's side, the rest is what departments hold."""

    # registry, per person
    r_male: Array
    r_birth: Array
    r_stage: Array
    r_grade: Array
    r_dropout: Array
    r_chronic: Array
    r_major: Array
    r_disabled: Array
    r_labour: Array
    r_works: Array
    r_resident: Array
    r_employee: Array
    r_serious: Array
    r_assist: Array
    r_dibao: Array
    r_urban: Array
    r_tekun: Array
    r_post: Array
    r_card_grade: Array  # grade on the disability number that stands for the identity number
    r_number_length: Array  # 18, or 20/22 where a disability number stands for the identity number
    # registry, per household
    h_type: Array
    h_monitor: Array  # -1: not monitored
    h_cleared: Array
    h_cause: Array  # text
    h_income: Array  # yuan per person
    h_wage: Array  # yuan per household
    h_business: Array
    h_transfer: Array
    h_unsafe: Array
    h_grade: Array
    h_area: Array
    h_renovated: Array
    h_declared: Array
    # health insurance, per person
    resident: Array
    employee: Array
    serious: Array
    roll_male: Array
    subsidised: Array
    identity: Array  # -1: none
    listed: Array  # on the target list
    certificate: Array
    signed: Array
    assisted: Array
    low_inpatient: Array
    low_chronic: Array
    not_one_stop: Array
    inpatient: Array  # number of stays in the year
    chronic_visits: Array
    late_claim: Array
    # civil affairs
    dibao: Array  # covered, per person
    dibao_household: Array  # per household
    dibao_urban: Array  # per household
    tier: Array  # per household
    wrong_amount: Array  # per household
    tekun: Array
    disabled: Array  # on the list
    disability_grade: Array  # 1 to 4
    disability_unpaid: Array
    died: Array
    # education
    stage: Array
    grade: Array
    on_roll: Array
    school_male: Array
    school_birth: Array
    aided: Array
    absence: Array
    yulu: Array
    claimed_poor: Array  # aid as a registered pupil without being one
    # housing, per household
    appraised: Array
    graded: Array
    area: Array
    renovation_year: Array  # 0: none
    renovation_type: Array  # household type that the project states
    dwelling: Array
    second_dwelling: Array
    # names that one extract writes differently: extract -> person -> name
    other_names: dict[str, dict[int, str]] = field(default_factory=dict)

    def copy(self) -> Facts:
        """Return a copy whose arrays can be changed."""
        values: dict[str, Any] = {}
        for name, value in vars(self).items():
            values[name] = value.copy() if isinstance(value, np.ndarray) else copy.deepcopy(value)
        return Facts(**values)


@dataclass(frozen=True)
class History:
    """Past years and terms, as person or household indices; no comparison of the night reads them."""

    premiums: dict[int, Array]
    edu_aid: dict[str, Array]
    yulu: dict[str, Array]


def derive(population: Population, rates: dict[str, Any], periods: Periods, double_benefits: int) -> Facts:
    """Return the facts of a town in which both sides agree.

    `double_benefits` persons will get dibao and tekun at once: so many places are left free in the tekun plan.
    """
    p, key = population, population.key
    as_of = periods.as_of
    age, school_age = p.age_on(as_of), p.age_on(periods.school_start)
    reg = p.registered
    n, h = p.size, p.households
    falsep, falseh = np.zeros(n, dtype=bool), np.zeros(h, dtype=bool)

    stage, grade = _study(p, school_age)
    student = stage >= 0
    chronic, major, disabled = _health(p, age, student, rates)
    tekun = _tekun(p, age, student, double_benefits)
    tekun_household = p.per_household(tekun & reg) > 0
    dibao, dibao_household = _dibao(p, tekun)
    causes = _unexited_causes(p, chronic, major, disabled, student, age)
    worn_out = np.zeros(h, dtype=bool)
    worn_out[[household for household, cause in causes.items() if cause == "缺劳动力"]] = True
    disability_grade = draw.choice(key, "disability grade", [0.12, 0.25, 0.33, 0.30]) + 1
    labour = _labour(p, age, student, chronic, major, disabled, disability_grade)
    # A household that lacks labour has none to spare, whatever the age of its members says.
    labour = np.where(worn_out[p.household] & (labour <= SKILLED), WEAK, labour)
    works = (labour <= SKILLED) & (age >= 18) & (age < 65) & draw.chance(key, "works", 0.7)
    post = ~works & (labour <= WEAK) & (age >= 18) & (age < 70) & reg & draw.chance(key, "post", 0.12)
    if p.plan.kind == "village":
        post = _village_posts(p, labour, age, disabled)
        works &= ~(post & reg)

    employee = draw.chance(key, "employee", np.where(reg, 0.02, 0.12)) & (age >= 22) & (age < 60) & ~student
    elsewhere = ~reg & draw.chance(key, "insured elsewhere", 0.05)
    died = _deaths(p, age, rates, as_of)
    alive_at_start = np.isnat(died) | (died >= np.datetime64(date(as_of.year, 1, 1)))
    resident = ~employee & ~elsewhere & alive_at_start
    monitor = np.full(h, -1, dtype=np.int64)
    eligible = (p.household_cohort >= 0) & ~dibao_household & ~tekun_household
    for index, share in ((UNSTABLE, 0.014), (SUDDEN, 0.006)):
        monitor[eligible & (monitor < 0) & draw.chance(p.household_key, f"monitor {index}", share)] = index
    cleared = (monitor >= 0) & draw.chance(p.household_key, "cleared", 0.4)
    identity = _identity(p, dibao, tekun, monitor, cleared)

    inpatient = draw.chance(key, "inpatient", np.where(reg, 0.16, 0.075)) & np.isnat(died)
    chronic_visits = np.where(chronic, draw.integer(key, "chronic visits", 0, 4), 0)
    chronic_visits = np.where(np.isnat(died), chronic_visits, 0)
    assisted = (inpatient & (identity >= 0) & draw.chance(key, "assisted", 0.7)).astype(bool)
    if p.plan.kind == "village":
        inpatient, chronic_visits, assisted = _village_claims(p, inpatient, chronic_visits, assisted)

    graded, area, dwelling, renovation_year = _houses(p, rates)
    household_type = np.where(tekun_household, TEKUN_TYPE, np.where(dibao_household, DIBAO_TYPE, GENERAL_TYPE))
    number_length = np.where(
        reg & disabled & draw.chance(key, "disability number", 0.3),
        np.where(draw.chance(key, "reissued card", 0.25), 22, 20),
        18,
    )
    tier = draw.choice(p.household_key, "tier", [0.15, 0.5, 0.35])
    aided = reg & np.isin(stage, (PRIMARY, JUNIOR))
    aided |= ~reg & np.isin(stage, (PRIMARY, JUNIOR)) & draw.chance(key, "other aid", 0.03)
    yulu = reg & np.isin(stage, (VOCATIONAL, COLLEGE))
    income, wage, business, transfer = _income(p, dibao, tekun, disabled, works, rates)
    certificate = np.where(
        chronic & (reg | draw.chance(key, "applied", 0.6)), CERTIFICATE_VALID, CERTIFICATE_NONE
    ) * np.isnat(died)

    return Facts(
        r_male=p.male.copy(),
        r_birth=p.birth.copy(),
        r_stage=stage.copy(),
        r_grade=grade.copy(),
        r_dropout=falsep.copy(),
        r_chronic=chronic.copy(),
        r_major=major,
        r_disabled=disabled.copy(),
        r_labour=labour,
        r_works=works,
        r_resident=resident.copy(),
        r_employee=employee.copy(),
        r_serious=resident | employee,
        r_assist=assisted.copy(),
        r_dibao=dibao.copy(),
        r_urban=draw.chance(p.household_key, "urban dibao", 0.03)[p.household],
        r_tekun=tekun.copy(),
        r_post=post,
        r_card_grade=disability_grade.copy(),
        r_number_length=number_length,
        h_type=household_type,
        h_monitor=monitor,
        h_cleared=cleared,
        h_cause=_causes(p, causes, chronic | major, disabled, student, labour),
        h_income=income,
        h_wage=wage,
        h_business=business,
        h_transfer=transfer,
        h_unsafe=falseh.copy(),
        h_grade=graded.copy(),
        h_area=area.copy(),
        h_renovated=renovation_year > 0,
        h_declared=p.household_size.copy(),
        resident=resident,
        employee=employee,
        serious=resident | employee,
        roll_male=p.male.copy(),
        subsidised=(identity >= 0) & resident,
        identity=identity,
        listed=(identity >= 0) & (reg | np.isnat(died)),
        certificate=certificate.astype(np.int64),
        signed=chronic & reg & np.isnat(died),
        assisted=assisted,
        low_inpatient=falsep.copy(),
        low_chronic=falsep.copy(),
        not_one_stop=falsep.copy(),
        inpatient=inpatient.astype(np.int64),
        chronic_visits=chronic_visits,
        late_claim=falsep.copy(),
        dibao=dibao,
        dibao_household=dibao_household,
        dibao_urban=draw.chance(p.household_key, "urban dibao", 0.03),
        tier=tier,
        wrong_amount=falseh.copy(),
        tekun=tekun,
        disabled=disabled & np.isnat(died),
        disability_grade=disability_grade,
        disability_unpaid=falsep.copy(),
        died=died,
        stage=stage,
        grade=grade,
        on_roll=student & np.isnat(died) & (reg | (stage < COLLEGE)),
        school_male=p.male.copy(),
        school_birth=p.birth.copy(),
        aided=aided,
        absence=falsep.copy(),
        yulu=yulu,
        claimed_poor=falsep.copy(),
        appraised=(p.household_cohort >= 0) | draw.chance(p.household_key, "general appraisal", 0.03),
        graded=graded,
        area=area,
        renovation_year=renovation_year,
        renovation_type=household_type.copy(),
        dwelling=dwelling,
        second_dwelling=falseh.copy(),
    )


def history(population: Population) -> History:
    """Return who was paid for in earlier years and terms; the counts are the reported ones."""
    p = population
    reg_households = p.household_cohort >= 0
    premiums = {}
    for year, (households, persons) in p.plan.premiums.items():
        chosen = draw.first(p.household_key, f"premium {year}", reg_households, households)
        size = p.household_size[chosen]
        paid = draw.spread(p.household_key[chosen], f"premium persons {year}", persons, np.ones_like(size), size)
        premiums[year] = np.concatenate(
            [np.arange(start, start + count) for start, count in zip(p.household_start[chosen], paid, strict=True)]
            or [np.zeros(0, dtype=np.int64)]
        )
    edu_aid, yulu = {}, {}
    for term, count in p.plan.edu_aid.items():
        age = p.age_on(_september(term))
        edu_aid[term] = draw.first(p.key, f"aid {term}", p.registered & (age >= 6) & (age < 15), count)
    for term, count in p.plan.yulu.items():
        age = p.age_on(_september(term))
        yulu[term] = draw.first(p.key, f"yulu {term}", p.registered & (age >= 15) & (age < 22), count)
    return History(premiums, edu_aid, yulu)


def _september(term: str) -> date:
    start = term_first_day(term)
    return start if start.month == 9 else date(start.year - 1, 9, 1)


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
        households, registered = figures_of_disabled(p)
        old = p.registered & ~student & (age >= 60)
        disabled[draw.first(p.key, "disabled", old, registered)] = True
        # Two households have two disabled members each, as the report's households and persons say.
        heads = draw.first(p.household_key, "disabled", p.household_cohort < 0, households)
        disabled[p.household_start[heads]] = True
        extra = p.household_start[heads[p.household_size[heads] > 1][: max(wanted - households, 0)]] + 1
        disabled[extra] = True
    return chronic, major, disabled


def figures_of_disabled(p: Population) -> tuple[int, int]:
    """Return, for the village, general households with a disabled member and registered disabled persons."""
    f = figures()
    registered = f["village", "disabled_subsidised", "2020"]
    return f["village", "disabled_households", "2020"] - registered, registered


def _tekun(p: Population, age: Array, student: Array, double_benefits: int) -> Array:
    """Return who is on the tekun list: elderly people without support."""
    tekun = np.zeros(p.size, dtype=bool)
    old = age >= 60
    all_old = p.per_household(old) == p.household_size
    exited = np.array([c.exit_attribute == "已脱贫" for c in p.plan.cohorts] + [False])[p.household_cohort]
    households, persons = p.plan.tekun
    eligible = all_old & exited & (p.household_size <= 2)
    _cover(p, "tekun", eligible, old, max(households - double_benefits, 0), max(persons - double_benefits, 0), tekun)
    households, persons = p.plan.general_tekun
    eligible = (p.household_cohort < 0) & (p.per_household(old) > 0)
    if p.plan.kind == "town":
        eligible &= all_old & (p.household_size <= 2)
    _cover(p, "general tekun", eligible, old, households, persons, tekun)
    return tekun


def _cover(p: Population, name: str, eligible: Array, persons: Array, households: int, count: int, covered: Array) -> None:
    """Mark `count` of the eligible persons in exactly `households` households, the head's row first."""
    room = p.per_household(persons)
    spare = max(count - households, 0)
    chosen = draw.first(p.household_key, name, eligible & (room > 0), households)
    if room[chosen].sum() < count:
        # Too many one-person households were drawn: swap the last ones for larger ones.
        by_room = np.flatnonzero(eligible & (room > 1))
        larger = draw.first(p.household_key, f"{name} larger", np.isin(np.arange(p.households), by_room), spare)
        chosen = np.unique(np.r_[larger, chosen])
        order = np.argsort(-np.minimum(room[chosen], 2) * 4 + np.isin(chosen, larger) * -1, kind="stable")
        chosen = chosen[order][:households]
    share = draw.spread(p.household_key[chosen], f"{name} persons", count, np.ones(len(chosen), dtype=np.int64), room[chosen])
    for household, wanted in zip(chosen.tolist(), share.tolist(), strict=True):
        start = int(p.household_start[household])
        members = [m for m in range(start, start + int(p.household_size[household])) if persons[m]]
        covered[members[:wanted]] = True


def _dibao(p: Population, tekun: Array) -> tuple[Array, Array]:
    """Return who is covered by dibao, and in which households; the unexited are covered whole."""
    covered = np.zeros(p.size, dtype=bool)
    attributes = np.array([c.exit_attribute for c in p.plan.cohorts] + ["general"], dtype=object)[p.household_cohort]
    with_tekun = p.per_household(tekun) > 0
    poor = np.isin(attributes, ("未脱贫", "返贫")) & ~with_tekun
    covered[poor[p.household]] = True
    households, persons = p.plan.dibao
    everybody = np.ones(p.size, dtype=bool)
    eligible = (attributes == "已脱贫") & ~with_tekun
    if p.plan.kind == "village":
        eligible &= p.household_size < 6
    # Households of the very old come first: nobody in them can earn a living.
    frail = p.per_household(p.age_on(p.as_of) >= 75) == p.household_size
    first = draw.first(p.household_key, "frail", eligible & frail & draw.chance(p.household_key, "supported", 0.97), p.households)
    room = max(min(households - int(poor.sum()), persons - int(covered.sum())) - 1, 0)
    for household in first[: room // 2].tolist():
        covered[p.household_start[household]] = True
        eligible[household] = False
        households -= 1
    _cover(p, "dibao", eligible, everybody, households - int(poor.sum()), persons - int(covered.sum()), covered)
    eligible = (attributes == "general") & ~with_tekun
    _cover(p, "general dibao", eligible, everybody, *p.plan.general_dibao, covered)
    return covered, p.per_household(covered) > 0


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


def _causes(
    p: Population, unexited: dict[int, str], ill: Array, disabled: Array, student: Array, labour: Array
) -> Array:
    """Return the cause of poverty of each registry household, always one that its members bear out."""
    has_ill, has_disabled = p.per_household(ill) > 0, p.per_household(disabled) > 0
    has_student = p.per_household(student) > 0
    low_labour = p.per_household(labour <= SKILLED) <= 0.25 * p.household_size
    draws = draw.uniform(p.household_key, "cause")
    other = np.array(["缺技术", "缺资金", "自身发展动力不足", "交通条件落后", "因灾"], dtype=object)[
        draw.choice(p.household_key, "other cause", [0.4, 0.3, 0.15, 0.1, 0.05])
    ]
    cause = other
    cause = np.where(has_student & (draws < 0.35), "因学", cause)
    cause = np.where(low_labour & (draws < 0.4), "缺劳动力", cause)
    cause = np.where(has_disabled & (draws < 0.85), "因残", cause)
    cause = np.where(has_ill & (draws > 0.25), "因病", cause)
    for household, stated in unexited.items():
        cause[household] = stated
    return cause


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


def _identity(p: Population, dibao: Array, tekun: Array, monitor: Array, cleared: Array) -> Array:
    """Return the assistance identity of highest rank (-1: none)."""
    identity = np.where(p.registered, EXITED_ID, -1)
    watched = np.where((monitor >= 0) & ~cleared, monitor, -1)[p.household]
    identity = np.where(watched == SUDDEN, SUDDEN_ID, identity)
    identity = np.where(watched == UNSTABLE, UNSTABLE_ID, identity)
    identity = np.where(dibao, DIBAO_ID, identity)
    return np.where(tekun, TEKUN_ID, identity)


def _village_claims(p: Population, inpatient: Array, chronic_visits: Array, assisted: Array) -> tuple[Array, Array, Array]:
    """One assisted stay in each of the households that the village report names, none in the others."""
    inpatient, chronic_visits, assisted = inpatient.copy(), chronic_visits.copy(), assisted.copy()
    inpatient[p.registered] = False
    assisted[p.registered] = False
    heads = p.household_start[: len(p.plan.assistance)]
    inpatient[heads] = True
    assisted[heads] = True
    return inpatient, chronic_visits, assisted


def _houses(p: Population, rates: dict[str, Any]) -> tuple[Array, Array, Array, Array]:
    """Return appraisal grade, floor area, own dwelling right, and the year of a funded renovation."""
    key = p.household_key
    grade = draw.choice(key, "house grade", [0.42, 0.58])
    area = np.round(draw.integer(key, "floor area", 22, 34) * np.minimum(p.household_size, 4) * 0.5 + 42, 1)
    registered = p.household_cohort >= 0
    dwelling = draw.chance(key, "dwelling right", np.where(registered, 0.15, rates["general"]["dwelling_right"]))
    year = np.zeros(p.households, dtype=np.int64)
    # A project is for a household that was in the registry before and had not left long before.
    for plan_year, count in p.plan.renovations.items():
        year[draw.first(key, f"renovation {plan_year}", registered & (year == 0), count)] = plan_year
    year[(~registered) & draw.chance(key, "general renovation", 0.004)] = 2021
    late = (~registered) & (year == 2021) & draw.chance(key, "later renovation", 0.6)
    year[late] = 2022 + draw.integer(key[late], "renovation year", 0, 3)
    grade = np.where(year > 0, np.minimum(grade, 1), grade)
    return grade, area, dwelling, year


def _income(
    p: Population, dibao: Array, tekun: Array, disabled: Array, works: Array, rates: dict[str, Any]
) -> tuple[Array, Array, Array, Array]:
    """Return income per person and the household's wage, business and transfer income, yuan a year.

    Nobody outside monitoring is below the monitoring line, and whoever is paid a benefit has transfer income.
    """
    key, size = p.household_key, p.household_size
    benefit = p.per_household(dibao) * 400 * 12 + p.per_household(tekun) * 900 * 12 + p.per_household(disabled) * 160 * 12
    transfer = benefit + draw.integer(key, "transfer", 300, 1800)
    business = draw.integer(key, "business", 400, 6000)
    wage = np.where(p.per_household(works) > 0, draw.integer(key, "wage", 9000, 26000) * np.maximum(p.per_household(works), 1), 0)
    line = int(rates["general"]["monitor_line"])
    total = transfer + business + wage
    # Work in the fields makes up what is missing to a plausible income above the line.
    target = draw.integer(key, "income", line + 350, line + 6000) * size
    business = business + np.maximum(target - total, 0)
    # A bad year in business: a loss, made up by wages.
    loss = (wage > 0) & draw.chance(key, "loss", 0.03)
    wage = np.where(loss, wage + business + 2000, wage)
    business = np.where(loss, -2000, business)
    per_person = np.round((transfer + business + wage) / size, 2)
    return per_person, wage, business, transfer


def ordinary_visits(p: Population, died: Array) -> Array:
    """Return who sees a doctor once in the year without being ill for long."""
    seen: Array = draw.chance(p.key, "ordinary visit", 0.045) & np.isnat(died)
    return seen


def couple_mask(p: Population) -> Array:
    """Return who is a head or a spouse of a household that has both."""
    pairs = p.per_household(p.role == SPOUSE) > 0
    mask: Array = pairs[p.household] & (p.role <= SPOUSE)
    return mask
