"""Registry extracts: household members and households, as the monitoring system exports them."""

from __future__ import annotations

import numpy as np

from bidui.sample import draw
from bidui.sample.facts import GRADES, LABOUR, MONITOR, TEKUN_TYPE, Facts
from bidui.sample.population import Population
from bidui.sample.scene import Scene
from bidui.sample.table import Table, each, gather, iso, iso_month, labels, only, when

STUDENT_STATUS = (
    ("学前教育",) * 3,
    ("小学",) * 6,
    ("七年级", "八年级", "九年级"),
    ("普通高中一年级", "普通高中二年级", "普通高中三年级"),
    ("中职一年级", "中职二年级", "中职三年级"),
    ("高职高专一年级", "高职高专二年级", "高职高专三年级"),
    ("本科",) * 4,
)
EDUCATION = ("文盲或半文盲", "小学", "初中", "高中", "大专", "本科及以上")
WORK_AREAS = ("乡(镇)内务工", "乡(镇)外县内务工", "县外省内务工", "省外务工")
POSTS = ("护林员", "保洁员", "护路员", "孤寡老人和留守儿童看护员", "其他公益岗位")
HEALTH_MEASURE = "参加基本医疗保险,大病保险,医疗救助"
EMPLOYMENT_MEASURES = ("务工就业,公益岗位", "公益岗位,务工就业", "技能培训,务工就业")
TYPES = ("脱贫户", "低保贫困户", "五保贫困户")


def registry_person(scene: Scene) -> Table:
    """One row per member of a registered household, households together."""
    p, f = scene.people, scene.facts
    who = np.flatnonzero(p.registered)
    key = p.key[who]
    household = scene.numbers.household_of[who]
    who = who[np.lexsort((p.position[who], household))]
    key, household = p.key[who], scene.numbers.household_of[who]
    reg_size = np.bincount(household, minlength=int(household.max()) + 1 if len(household) else 1)
    declared = reg_size + np.r_[f.h_declared - p.household_size, np.zeros(len(reg_size), dtype=np.int64)][: len(reg_size)]
    works = f.r_works[who]
    student = f.r_stage[who] >= 0
    age = p.age_on(scene.night)[who]
    school_age = p.age_on(scene.periods.school_start)[who]
    ids = scene.ids_in("registry_person", who)
    for row, person in enumerate(who.tolist()):
        if f.r_number_length[person] > 18 and f.r_disabled[person]:
            ids[row] = scene.registry_cards[person]
    columns = {
        "county_name": [p.place.county] * len(who),
        "town_name": [p.place.name] * len(who),
        "village_name": gather(scene.village_names, who),
        "hamlet_name": gather(scene.hamlets, who),
        "household_no": gather(scene.numbers.household_no, household),
        "person_no": gather(scene.numbers.person_no, who),
        "person_name": scene.names_in("registry_person", who),
        "id_no": ids,
        "id_type": ["居民身份证" if len(number) == 18 else "残疾人证" for number in ids],
        "household_size": declared[household].tolist(),
        "relation_to_head": ["户主" if person in scene.numbers.new_heads else p.relation(person) for person in who.tolist()],
        "sex": when(f.r_male[who], "男", "女"),
        "birth_date": iso(f.r_birth[who]),
        "ethnicity": [p.ethnicity[person] for person in who.tolist()],
        "political_status": when(draw.chance(key, "party", 0.04) & (age > 20), "中共党员", "群众"),
        "education_level": _education(scene, who, age),
        "student_status": student_status(f, who),
        "out_of_school_reason": [""] * len(who),
        "is_dropout": each(lambda out, years: "是" if out else "否" if 6 <= years < 16 else "", f.r_dropout[who], school_age),
        "health_status": _health(f, who, key),
        "labour_skill": labels(LABOUR, f.r_labour[who]),
        "work_area": labels(WORK_AREAS, np.where(works, draw.integer(key, "work area", 0, 3), -1)),
        "work_months": only(draw.integer(key, "work months", 5, 11), works),
        "has_resident_insurance": when(f.r_resident[who]),
        "has_employee_insurance": when(f.r_employee[who]),
        "has_serious_illness_insurance": when(f.r_serious[who]),
        "has_medical_assistance": when(f.r_assist[who]),
        "has_resident_pension": when((age >= 16) & ~student & ~f.r_employee[who] & draw.chance(key, "pension", 0.93)),
        "dibao_status": only(when(f.r_urban[who], "城市低保", "农村低保"), f.r_dibao[who]),
        "tekun_status": when(f.r_tekun[who], "农村特困", ""),
        "public_post": labels(POSTS, np.where(f.r_post[who], draw.integer(key, "post kind", 0, 4), -1)),
        "public_post_months": only(draw.integer(key, "post months", 3, 10), f.r_post[who]),
        "person_phone": only(scene.phones(who), age >= 16),
        "person_identified_on": iso(identified(p)[who]),
    }
    return Table("registry_person", columns, key, {"self": who}, np.zeros(len(who), dtype=bool))


def registry_household(scene: Scene) -> Table:
    """One row per registered household."""
    p, f = scene.people, scene.facts
    numbers = scene.numbers
    members = np.flatnonzero(p.registered)
    # A household's row stands at its head: the first member under its number.
    order = members[np.lexsort((p.position[members], numbers.household_of[members]))]
    registry_households, first = np.unique(numbers.household_of[order], return_index=True)
    head = order[first]
    h = p.household[head]  # facts belong to the household of origin
    key = p.key[head]
    cohort = [p.plan.cohorts[index] for index in p.household_cohort[h].tolist()]
    monitored = f.h_monitor[h] >= 0
    cause = f.h_cause[h].tolist()
    # Whoever is cleared was so before the premiums of the year were collected.
    autumn = np.datetime64(f"{scene.periods.insurance_year - 1}-08") - np.timedelta64(12, "M")
    since = autumn - draw.integer(key, "monitored months", 0, 24).astype("timedelta64[M]")
    cleared = f.h_cleared[h] & monitored
    months = draw.integer(key, "cleared after", 7, 12).astype("timedelta64[M]")
    risk = only([_risk(text) for text in cause], monitored)
    second = each(lambda one, other: other if one and one != other else "", risk, _second_risk(key))
    risks = each(lambda one, other: {one, other}, risk, second)
    blank = [""] * len(head)
    renovated = f.h_renovated[h]
    employed = draw.chance(key, "employment", 0.4) | monitored
    columns = {
        "county_name": [p.place.county] * len(head),
        "town_name": [p.place.name] * len(head),
        "village_name": gather(scene.village_names, head),
        "hamlet_name": gather(scene.hamlets, head),
        "household_no": gather(numbers.household_no, registry_households),
        "household_type": labels(TYPES, f.h_type[h]),
        "exit_attribute": [c.exit_attribute for c in cohort],
        "exit_year": [str(c.exit_year) if c.exit_year else "" for c in cohort],
        "monitor_category": labels(MONITOR, f.h_monitor[h]),
        "no_labour_guarantee": when((f.h_type[h] == TEKUN_TYPE), "是", "否"),
        "monitored_from": only(iso_month(since.astype("datetime64[D]")), monitored),
        "risk_cleared": only(when(cleared), monitored),
        "risk_cleared_on": only(iso_month((since + months).astype("datetime64[D]")), cleared),
        "clear_mode": when(cleared, "帮扶消除", ""),
        "risk_1": risk,
        "risk_2": second,
        "risk_3": blank[:],
        "risk_4": blank[:],
        "risk_5": blank[:],
        "disaster_subtype": ["洪涝" if "因自然灾害" in r else "" for r in risks],
        "cause_1": cause,
        "income_per_capita": _amount(f.h_income[h]),
        "income_wage": _amount(f.h_wage[h]),
        "income_business": _amount(f.h_business[h]),
        "income_transfer": _amount(f.h_transfer[h]),
        "compliant_self_paid": each(lambda paid, r: str(paid) if "因病" in r else "", draw.integer(key, "self paid", 900, 4200), risks),
        "is_unsafe_house": when(f.h_unsafe[h]),
        "house_area_m2": [f"{area:g}" for area in f.h_area[h].tolist()],
        "has_safe_water": ["是"] * len(head),
        "house_grade": labels(GRADES, f.h_grade[h]),
        "measure_health": each(lambda r, c: HEALTH_MEASURE if {"因病", "因残"} & r or c == "因病" else "", risks, cause),
        "measure_education": each(lambda r, c: "享受教育资助" if "因学" in r or c == "因学" else "", risks, cause),
        "measure_compulsory_edu": blank[:],
        "measure_housing": when(renovated, "危房改造", ""),
        "measure_relocation": blank[:],
        "measure_social": each(lambda r, d: "低保,临时救助" if r - {""} or d else "", risks, f.dibao_household[h]),
        "measure_employment": labels(EMPLOYMENT_MEASURES, np.where(employed, draw.integer(key, "measure", 0, 2), -1)),
        "household_phone": scene.phones(head),
    }
    return Table("registry_household", columns, p.household_key[h], {"head": head}, np.zeros(len(head), dtype=bool))


def student_status(f: Facts, who: np.ndarray) -> list[str]:
    """Return 在校生状况 of these people."""
    return each(
        lambda stage, grade: "" if stage < 0 else STUDENT_STATUS[stage][min(grade, len(STUDENT_STATUS[stage])) - 1],
        f.r_stage[who],
        f.r_grade[who],
    )


def identified(p: Population) -> np.ndarray:
    """Return when each person entered the registry: with the household, or in the year after birth."""
    key = p.household_key
    latest = np.array([c.exit_year or 2018 for c in p.plan.cohorts] + [2014])[p.household_cohort]
    first = np.where((latest > 2014) & draw.chance(key, "identified later", 0.08), 2014 + (latest > 2015), 2014)
    start = (first - 1970).astype("datetime64[Y]").astype("datetime64[M]")
    day = (start + draw.integer(key, "identified month", 0, 5).astype("timedelta64[M]")).astype("datetime64[D]")
    day = day[p.household] + np.timedelta64(9, "D")
    entered: np.ndarray = np.maximum(day, p.birth + np.timedelta64(120, "D"))
    return entered


def _health(f: Facts, who: np.ndarray, key: np.ndarray) -> list[str]:
    """Return 健康状况; several states are joined in the ways the system has had."""
    joiner = ("、", ",", "及")
    picked = draw.integer(key, "health joiner", 0, 2).tolist()
    texts = []
    for row, person in enumerate(who.tolist()):
        states = []
        if f.r_chronic[person]:
            states.append("长期慢性病")
        if f.r_major[person]:
            states.append("患有大病")
        if f.r_disabled[person]:
            states.append("残疾")
        texts.append(joiner[picked[row]].join(states) or "健康")
    return texts


def _education(scene: Scene, who: np.ndarray, age: np.ndarray) -> list[str]:
    """Return 文化程度: what a person has finished, by age and stage."""
    f = scene.facts
    stage = f.r_stage[who]
    drawn = draw.choice(scene.people.key[who], "education", [0.1, 0.38, 0.36, 0.1, 0.04, 0.02])
    drawn = np.where(age > 65, np.minimum(drawn, 2), drawn)
    done = np.where(stage >= 5, 3, np.where(stage >= 3, 2, np.where(stage == 2, 1, -1)))
    level = np.where(age < 12, -1, np.where(stage >= 0, done, drawn))
    return labels(EDUCATION, level)


def _risk(cause: str) -> str:
    return {"因病": "因病", "因残": "因残", "因学": "因学", "因灾": "因自然灾害", "缺劳动力": "缺劳动力"}.get(cause, "因务工就业不稳")


def _second_risk(key: np.ndarray) -> list[str]:
    return labels(("因务工就业不稳", "因病"), draw.choice(key, "second risk", [0.2, 0.1, 0.7]) % 3, "") if len(key) else []


def _amount(values: np.ndarray) -> list[str]:
    return [f"{value:.2f}" for value in values.tolist()]

