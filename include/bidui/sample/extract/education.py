"""Education extracts: the school roll, the aid comparison of poor students and the Yulu grants."""

from __future__ import annotations

from datetime import date

import numpy as np

from bidui.sample import draw
from bidui.sample.draw import Array
from bidui.sample.extract.civil_affairs import accounts
from bidui.sample.facts import BACHELOR, COLLEGE, JUNIOR, PRESCHOOL, PRIMARY, SENIOR, STAGES, VOCATIONAL
from bidui.sample.names import name_parts
from bidui.sample.periods import term_first_day, term_label
from bidui.sample.place import OLD_COUNTY_CODE
from bidui.sample.scene import Scene
from bidui.sample.table import Table, each, gather, iso, labels, only, when

AID_ITEM = "义务教育家庭经济困难学生生活补助"
AID = {PRIMARY: 500, JUNIOR: 625}
GRADES = {
    PRESCHOOL: ("小班", "中班", "大班"),
    PRIMARY: ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级"),
    JUNIOR: ("七年级", "八年级", "九年级"),
    SENIOR: ("高一", "高二", "高三"),
    VOCATIONAL: ("一年级", "二年级", "三年级"),
    COLLEGE: ("一年级", "二年级", "三年级"),
    BACHELOR: ("一年级", "二年级", "三年级", "四年级"),
}
ABSENCES = ("厌学", "外出未联系上", "因病")


def school_roll(scene: Scene) -> Table:
    """One row per pupil of the county's schools, preschool to vocational; colleges are elsewhere."""
    p, f = scene.people, scene.facts
    who = scene.shuffled(np.flatnonzero(f.on_roll & (f.stage < COLLEGE) & (f.stage >= 0)), "roll")
    key = p.key[who]
    stage, grade = f.stage[who], f.grade[who]
    school = schools(scene, who, stage)
    started = np.array([f"{scene.periods.school_year - g + 1}-09" for g in grade.tolist()])
    years_form = draw.chance(key, "entry year for grade", 0.08).tolist()
    grades = grade_names(stage, grade)
    old_code = draw.chance(key, "old hukou code", 0.03).tolist()
    guardian = p.head[who]
    columns = {
        "person_name": scene.names_in("school_roll", who),
        "id_no": scene.ids_in("school_roll", who),
        "id_type": ["居民身份证"] * len(who),
        "sex": when(f.school_male[who], "男", "女"),
        "birth_date": iso(f.school_birth[who]),
        "ethnicity": [p.ethnicity[person] for person in who.tolist()],
        "health_status": ["健康或良好"] * len(who),
        "roll_no": roll_numbers(scene, who),
        "class_no": [str(number) for number in draw.integer(key, "class no", 1, 52).tolist()],
        "school_name": school,
        "school_code": each(lambda s, n: f"{p.place.code}{s:02d}{n:02d}", stage, _school_index(key, stage)),
        "study_stage": labels(STAGES, stage),
        "grade": each(lambda month, form, name: f"{month[:4]}级" if form else name, started, years_form, grades),
        "class_name": [f"{number}班" for number in draw.integer(key, "class", 1, 6).tolist()],
        "enrolled_month": started.tolist(),
        "enrol_mode": ["就近入学"] * len(who),
        "study_mode": when((stage >= JUNIOR) & draw.chance(key, "boards", 0.6), "住校", "走读"),
        "hukou_code": [str(OLD_COUNTY_CODE) if old else p.place.county_code for old in old_code],
        "address": each("{}{}{}".format, [p.place.name] * len(who), scene.village_names[who], scene.hamlets[who]),
        "is_left_behind": when(draw.chance(key, "left behind", 0.18)),
        "is_orphan": ["否"] * len(who),
        "needs_aid": when(p.registered[who]),
        "inclusion_code": when(f.disabled[who], "随班就读", ""),
        "disability_category": [""] * len(who),
        "guardian_name": gather(scene.names, guardian),
        "guardian_phone": scene.phones(guardian),
    }
    return Table("school_roll", columns, key, {"self": who}, _unlocked(who))


def roll_numbers(scene: Scene, who: Array) -> list[str]:
    """Return 学籍号: G, L or J before the identity number."""
    letter = labels(("G", "L", "J"), draw.choice(scene.people.key[who], "roll letter", [0.94, 0.04, 0.02]))
    return [f"{mark}{number}" for mark, number in zip(letter, scene.ids[who].tolist(), strict=True)]


def _school_index(key: Array, stage: Array) -> Array:
    counts = np.array([len(name_parts()["schools"][name]) for name in STAGES])
    return draw.integer(key, "school", np.zeros_like(stage), counts[stage] - 1)


def schools(scene: Scene, who: Array, stage: Array) -> list[str]:
    """Return the school of each pupil; colleges are in the prefecture."""
    key = scene.people.key[who]
    place = scene.people.place
    index = _school_index(key, stage).tolist()
    names = []
    for which, number in zip(stage.tolist(), index, strict=True):
        school = name_parts()["schools"][STAGES[which]][number]
        owner = "霁州" if which >= COLLEGE else place.county if which >= SENIOR else place.name
        names.append(f"{owner}{school}")
    return names


def grade_names(stage: Array, grade: Array) -> list[str]:
    """Return the name of a year within its stage."""
    return [GRADES[s][min(g, len(GRADES[s])) - 1] for s, g in zip(stage.tolist(), grade.tolist(), strict=True)]


def edu_compare(scene: Scene) -> Table:
    """One row per student and term: this term's registered students and other aided ones, and the reported terms."""
    p, f = scene.people, scene.facts
    term = scene.periods.term
    now = np.flatnonzero(
        (p.registered & (f.stage >= 0) & (f.on_roll | f.absence)) | (~p.registered & (f.aided | f.claimed_poor) & f.on_roll)
    )
    people, terms, stages, grades = [now], [[term] * len(now)], [f.stage[now]], [f.grade[now]]
    for past, aided in scene.history.edu_aid.items():
        then = _school_age(scene, aided, past)
        people.append(aided)
        terms.append([past] * len(aided))
        stages.append(np.where(then < 12, PRIMARY, JUNIOR))
        grades.append(np.where(then < 12, then - 5, np.minimum(then - 11, 3)))
    who, stage, grade = np.concatenate(people), np.concatenate(stages), np.concatenate(grades)
    term_of = np.array([t for group in terms for t in group], dtype=object)
    current = term_of == term
    key = draw.bits(p.key[who] + np.array([int(t[:4]) * 2 + (t[4] == "A") for t in term_of.tolist()], dtype=np.uint64), "edu")
    order = np.lexsort((key, term_of.astype(str)))
    who, stage, grade, term_of, current, key = (values[order] for values in (who, stage, grade, term_of, current, key))
    paid = np.where(current, f.aided[who] | f.claimed_poor[who], True)
    amount = np.array([AID.get(s, 750) for s in stage.tolist()])
    registered = p.registered[who] | (f.claimed_poor[who] & current)
    age = np.array([_age_in(scene, person, t) for person, t in zip(who.tolist(), term_of.tolist(), strict=True)])
    absent = f.absence[who] & current
    household = np.where(p.registered[who], scene.numbers.household_of[who], -1)
    household_no = [scene.numbers.household_no[h] if h >= 0 else "" for h in household.tolist()]
    far = stage >= COLLEGE
    columns = {
        "term": _terms(term_of, key),
        "province": ["澄江省霁州市"] * len(who),
        "county_name": [p.place.county] * len(who),
        "town_name": [p.place.name] * len(who),
        "village_name": gather(scene.village_names, who),
        "person_name": scene.names_in("edu_compare", who),
        "id_no": scene.ids_in("edu_compare", who),
        "is_registered": when(registered),
        "is_6_15": when((age >= 6) & (age < 16)),
        "household_no": household_no,
        "head_name": gather(scene.names, p.head[who]),
        "household_type": when(registered, "脱贫户", "一般农户"),
        "phone": scene.phones(p.head[who]),
        "school_name": schools(scene, who, stage),
        "study_stage": labels(STAGES, stage),
        "grade": grade_names(stage, grade),
        "class_name": [f"{number}班" for number in draw.integer(key, "class", 1, 6).tolist()],
        "roll_no": roll_numbers(scene, who),
        "study_mode": when((stage >= JUNIOR) & draw.chance(p.key[who], "boards", 0.6), "住校", "走读"),
        "is_disabled": when(f.disabled[who]),
        "disability_no": gather(scene.disability_numbers, who),
        "not_in_school_reason": labels(ABSENCES, np.where(absent, draw.integer(key, "absence", 0, 2), -1)),
        "poverty_type": [("脱贫户" if r else "家庭经济困难") for r in registered.tolist()],
        "in_town": when(stage <= JUNIOR, "镇内", "镇外"),
        "in_county": when(far, "县外", "县内"),
        "in_province": ["省内"] * len(who),
        "aid_item": when(paid, AID_ITEM, ""),
        "aid_amount": only([f"{yuan}.00" for yuan in amount.tolist()], paid),
        "meal_amount": when(np.isin(stage, (PRIMARY, JUNIOR)) & ~absent, "400.00", ""),
    }
    return Table("edu_compare", columns, key, {"self": who}, _unlocked(who))


def yulu(scene: Scene) -> Table:
    """One row per vocational student and term paid: this term's and the reported terms'."""
    p, f = scene.people, scene.facts
    term = scene.periods.term
    now = np.flatnonzero(f.yulu)
    people, terms, stages = [now], [[term] * len(now)], [f.stage[now] == COLLEGE]
    for past, paid in scene.history.yulu.items():
        people.append(paid)
        terms.append([past] * len(paid))
        stages.append(_school_age(scene, paid, past) >= 18)
    who, college = np.concatenate(people), np.concatenate(stages)
    term_of = np.array([t for group in terms for t in group], dtype=object)
    key = draw.bits(p.key[who] + np.array([int(t[:4]) * 2 + (t[4] == "A") for t in term_of.tolist()], dtype=np.uint64), "yulu")
    order = np.lexsort((key, term_of.astype(str)))
    who, college, term_of, key = (values[order] for values in (who, college, term_of, key))
    delay = draw.integer(key, "paid", 12, 24)
    paid_on = [np.datetime64(term_first_day(t)) + int(d) for t, d in zip(term_of.tolist(), delay.tolist(), strict=True)]
    columns = {
        "household_no": gather(scene.numbers.household_no, scene.numbers.household_of[who]),
        "person_name": scene.names_in("yulu", who),
        "id_no": scene.ids_in("yulu", who),
        "school_name": schools(scene, who, np.where(college, COLLEGE, VOCATIONAL)),
        "study_stage": when(college, "高职", "中职"),
        "term": _terms(term_of, key),
        "aid_amount": ["1500.00"] * len(who),
        "paid_on": [str(day) for day in paid_on],
        "bank_account": accounts(p.household_key[p.household[who]]),
    }
    return Table("yulu", columns, key, {"self": who}, _unlocked(who))


def _terms(terms: Array, key: Array) -> list[str]:
    """Write terms, a few in the form of a school year."""
    by_year = draw.chance(key, "term by school year", 0.04).tolist()
    written = []
    for term, other in zip(terms.tolist(), by_year, strict=True):
        year, autumn = int(term[:4]), term.endswith("A")
        first = year if autumn else year - 1
        written.append(f"{first}-{first + 1}学年第{'一' if autumn else '二'}学期" if other else term_label(term))
    return written


def _school_age(scene: Scene, people: Array, term: str) -> Array:
    start = term_first_day(term)
    september = start if start.month == 9 else date(start.year - 1, 9, 1)
    return scene.people.age_on(september)[people]


def _age_in(scene: Scene, person: int, term: str) -> int:
    birth = scene.people.birth[person].astype(date)
    year = int(term[:4]) - (not term.endswith("A"))
    return year - birth.year - ((birth.month, birth.day) > (9, 1))


def _unlocked(who: Array) -> Array:
    return np.zeros(len(who), dtype=bool)
