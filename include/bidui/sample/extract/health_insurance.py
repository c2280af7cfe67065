"""Health-insurance extracts: the roll, the subsidy lists, settlements and chronic certificates."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from bidui.sample import draw
from bidui.sample.claims import INPATIENT, VISITS, settle
from bidui.sample.draw import Array
from bidui.sample.facts import (
    CERTIFICATE_EXPIRED,
    CERTIFICATE_NONE,
    IDENTITIES,
    PERSONAL_SHARE,
    PREMIUM,
    SUBSIDY,
)
from bidui.sample.names import name_parts
from bidui.sample.scene import Scene
from bidui.sample.table import Table, each, gather, iso, iso_month, labels, only, when, yuan

RESIDENT, EMPLOYEE = "城乡居民基本医疗保险", "职工基本医疗保险"


def person_numbers(scene: Scene, who: Array) -> list[str]:
    """Return 人员编号: the insurer's own number, unrelated to the registry's."""
    base = 47_000_000_000 + (scene.people.number + 1) * 10_000_000
    return [f"{base + person * 7 + 3}" for person in who.tolist()]


def paid_on(scene: Scene, who: Array) -> Array:
    """Return the day of payment: in the collection period before the insurance year, or shortly after."""
    start = np.datetime64(f"{scene.periods.insurance_year - 1}-10-08")
    return start + draw.integer(scene.people.key[who], "paid on", 0, 140).astype("timedelta64[D]")


def amounts(scene: Scene, who: Array) -> tuple[Array, Array]:
    """Return what each insured resident pays and what is paid for them, yuan."""
    identity = scene.facts.identity[who]
    helped = scene.facts.subsidised[who]
    personal = np.where(helped, np.array([*PERSONAL_SHARE, PREMIUM])[identity], PREMIUM)
    subsidy = np.where(helped, np.array([*SUBSIDY, 0])[identity], 0)
    return personal, subsidy


def whole(yuan: Array) -> list[str]:
    """Return whole yuan as amounts with two decimals."""
    return [f"{value}.00" for value in yuan.tolist()]


def hi_roll(scene: Scene) -> Table:
    """One row per insured person and scheme: the whole population, most of it outside the registry."""
    p, f = scene.people, scene.facts
    who = scene.shuffled(np.flatnonzero(f.resident | f.employee), "hi_roll")
    key = p.key[who]
    resident = f.resident[who]
    personal, subsidy = amounts(scene, who)
    suspended = ~p.registered[who] & draw.chance(key, "suspended", 0.006)
    columns: dict[str, list[Any]] = {
        "psn_no": person_numbers(scene, who),
        "id_no": scene.ids_in("hi_roll", who),
        "person_name": scene.names_in("hi_roll", who),
        "sex": when(f.roll_male[who], "男", "女"),
        "insurance_kind": when(resident, RESIDENT, EMPLOYEE),
        "insurance_year": [str(scene.periods.insurance_year)] * len(who),
        "status": when(suspended, "暂停参保", "正常参保"),
        "paid_on": iso(paid_on(scene, who)),
        "personal_amount": only(whole(personal), resident),
        "subsidy_amount": only(whole(subsidy), resident),
        "has_serious_illness_insurance": when(f.serious[who]),
        "town_name": [p.place.name] * len(who),
        "village_name": gather(scene.village_names, who),
    }
    return Table("hi_roll", columns, key, {"self": who}, np.zeros(len(who), dtype=bool))


def hi_subsidy_target(scene: Scene) -> Table:
    """One row per person whose premium the county helps to pay, in the month of the list."""
    p, f = scene.people, scene.facts
    who = scene.shuffled(np.flatnonzero(f.listed), "target")
    key = p.key[who]
    entered = np.datetime64(f"{scene.periods.insurance_year - 1}-09") - draw.integer(key, "entered", 0, 30).astype("timedelta64[M]")
    columns: dict[str, list[Any]] = {
        "serial_no": [0] * len(who),
        "id_no": scene.ids_in("hi_subsidy_target", who),
        "person_name": scene.names_in("hi_subsidy_target", who),
        "assist_identity": labels(IDENTITIES, f.identity[who]),
        "town_name": [p.place.name] * len(who),
        "village_name": gather(scene.village_names, who),
        "included_month": iso_month(entered.astype("datetime64[D]")),
        "paid_on": only(iso(paid_on(scene, who)), f.resident[who]),
    }
    return Table("hi_subsidy_target", columns, key, {"self": who}, _unlocked(who))


def hi_enrol_check(scene: Scene) -> Table:
    """One row per person in difficulty: is the person enrolled this year, and who paid."""
    p, f = scene.people, scene.facts
    entitled = np.where(p.registered, f.identity >= 0, (f.identity >= 0) & np.isnat(f.died))
    who = scene.shuffled(np.flatnonzero(entitled | p.registered), "check")
    resident, employee = f.resident[who], f.employee[who]
    personal, subsidy = amounts(scene, who)
    year = str(scene.periods.insurance_year)
    columns: dict[str, list[Any]] = {
        "person_name": scene.names_in("hi_enrol_check", who),
        "id_no": scene.ids_in("hi_enrol_check", who),
        "resident_division": when(resident, p.place.county, ""),
        "employee_division": when(employee, p.place.county, ""),
        "subsidy_amount": only(whole(subsidy), resident),
        "personal_amount": only(whole(personal), resident),
        "is_employee": when(employee),
        "is_resident": when(resident),
        "enrol_type": each(lambda r, e: "居民" if r else "职工" if e else "", resident, employee),
        "jinbao_no": [f"JB{number}" for number in person_numbers(scene, who)],
        "year_employee": when(employee, year, ""),
        "year_resident": when(resident, year, ""),
        "status_resident": when(resident, "正常参保", "未参保"),
        "status_student": [""] * len(who),
        "status_employee": when(employee, "正常参保", ""),
        "special_identity": labels(IDENTITIES, f.identity[who]),
    }
    return Table("hi_enrol_check", columns, p.key[who], {"self": who}, _unlocked(who))


# What was paid for a person in the years of the old cooperative scheme, yuan.
OLD_PREMIUM = {2017: 150, 2018: 180, 2019: 220}


def hi_premium_request(scene: Scene) -> Table:
    """One row per person and request batch: this year's, and the batches of the reported years."""
    p, f = scene.people, scene.facts
    year = scene.periods.insurance_year
    now = np.flatnonzero(f.subsidised & f.resident & np.where(p.registered, True, np.isnat(f.died)))
    people, years = [now], [np.full(len(now), year)]
    for past, paid_for in scene.history.premiums.items():
        people.append(paid_for)
        years.append(np.full(len(paid_for), past))
    who, when_paid = np.concatenate(people), np.concatenate(years)
    key = draw.bits(p.key[who] + when_paid.astype(np.uint64), "request")
    order = np.lexsort((key, when_paid))
    who, when_paid, key = who[order], when_paid[order], key[order]
    current = when_paid == year
    personal, subsidy = amounts(scene, who)
    old = np.array([OLD_PREMIUM.get(y, 0) for y in when_paid.tolist()])
    personal = np.where(current, personal, 0)
    subsidy = np.where(current, subsidy, old)
    category = np.where(current, f.identity[who], len(IDENTITIES) - 1)
    part = draw.integer(key, "batch", 1, 2).tolist()
    columns: dict[str, list[Any]] = {
        "serial_no": [0] * len(who),
        "town_name": [p.place.name] * len(who),
        "person_name": scene.names_in("hi_premium_request", who),
        "id_no": scene.ids_in("hi_premium_request", who),
        "psn_no": person_numbers(scene, who),
        "payer_category": labels(IDENTITIES, category),
        "enrol_category": ["居民一档"] * len(who),
        "subsidy_amount": whole(subsidy),
        "personal_amount": whole(personal),
        "total_amount": whole(personal + subsidy),
        "request_batch": each("{}年第{}批".format, when_paid, part),
    }
    return Table("hi_premium_request", columns, key, {"self": who}, _unlocked(who))


def hi_settlement(scene: Scene) -> Table:
    """One row per settlement of the year."""
    p, f = scene.people, scene.facts
    c = settle(scene)
    order = np.lexsort((c.key, c.settled))
    who = c.person[order]
    key = c.key[order]
    inpatient = c.visit[order] == INPATIENT
    parts = name_parts()
    codes = list(parts["diseases"])
    second = draw.integer(key, "second", 8 * 3600, 17 * 3600).tolist()
    in_county = c.in_county[order]
    hospital = draw.integer(key, "hospital", 0, 4)
    place = p.place
    hospitals = [
        f"{place.name}{name}" if name == "卫生院" else f"{place.county}{name}" for name in parts["hospitals"]
    ]
    far = [f"霁州市{name}" for name in parts["outside_hospitals"]]
    one_stop = c.one_stop[order]
    columns: dict[str, list[Any]] = {
        "psn_no": person_numbers(scene, who),
        "id_no": scene.ids_in("hi_settlement", who),
        "person_name": scene.names_in("hi_settlement", who),
        "insurance_kind": when(f.employee[who], EMPLOYEE, RESIDENT),
        "psn_type": [IDENTITIES[i] if i >= 0 else "普通居民" for i in f.identity[who].tolist()],
        "visit_type": labels(VISITS, c.visit[order]),
        "settled_at": each(lambda day, s: f"{day} {s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}", iso(c.settled[order]), second),
        "admitted_on": only(iso(c.admitted[order]), inpatient),
        "discharged_on": only(iso(c.settled[order]), inpatient),
        "disease_code": labels(codes, draw.integer(key, "disease", 0, len(codes) - 1)),
        "fee_total": yuan(c.fee[order]),
        "own_pay": yuan(c.own_pay[order]),
        "over_limit_self_pay": yuan(c.over_limit[order]),
        "pre_self_pay": yuan(c.pre_self_pay[order]),
        "in_scope_amount": yuan(c.in_scope[order]),
        "deductible": yuan(c.deductible[order]),
        "basic_fund_pay": yuan(c.basic[order]),
        "serious_fund_pay": yuan(c.serious[order]),
        "assist_fund_pay": yuan(c.assistance[order]),
        "other_fund_pay": ["0.00"] * len(who),
        "fund_pay_total": yuan(c.funds[order]),
        "account_pay": yuan(c.account[order]),
        "personal_total": yuan(c.personal[order]),
        "cash_pay": yuan((c.personal - c.account)[order]),
        "hospital_pay": ["0.00"] * len(who),
        "institution_code": each(lambda h, near: f"H{place.county_code}{h + 1:04d}" if near else f"H479900{h % 2 + 1:04d}", hospital, in_county),
        "institution_name": each(lambda h, near: hospitals[h] if near else far[h % 2], hospital, in_county),
        "is_in_county": when(in_county),
        "settlement_mode": each(lambda near, one: ("一站式" if one else "手工报销") if near else "异地直接结算", in_county, one_stop),
    }
    return Table("hi_settlement", columns, key, {"self": who}, _unlocked(who))


def hi_ncms_inpatient_old(scene: Scene) -> Table:
    """One row per inpatient settlement of 2016: no identity number, only the cooperative's own."""
    p = scene.people
    age = p.age_on(date(2016, 7, 1))
    stayed = draw.chance(p.key, "stay 2016", np.where(p.registered, 0.05, 0.012)) & (age >= 1)
    who = scene.shuffled(np.flatnonzero(stayed), "ncms")
    key = p.key[who]
    admitted = np.datetime64("2016-01-03") + draw.integer(key, "admitted 2016", 0, 340).astype("timedelta64[D]")
    left = admitted + draw.integer(key, "stay days 2016", 3, 14).astype("timedelta64[D]")
    fee = draw.integer(key, "fee 2016", 150_000, 1_800_000)
    in_scope = fee * 92 // 100
    diseases = list(name_parts()["diseases"].values())
    columns: dict[str, list[Any]] = {
        "coop_med_no": [f"{p.place.code}{h:06d}" for h in p.household[who].tolist()],
        "member_seq": [f"{position + 1:02d}" for position in p.position[who].tolist()],
        "institution_code": [f"N{p.place.code}01"] * len(who),
        "hospital_name": [f"{p.place.name}卫生院"] * len(who),
        "head_name": scene.names_in("hi_ncms_inpatient_old", p.head[who]),
        "person_name": scene.names_in("hi_ncms_inpatient_old", who),
        "address": each("{}{}{}".format, [p.place.name] * len(who), scene.village_names[who], scene.hamlets[who]),
        "relation_to_head": [p.relation(person) for person in who.tolist()],
        "sex": when(p.male[who], "男", "女"),
        "age": age[who].tolist(),
        "admitted_on": iso(admitted),
        "discharged_on": iso(left),
        "settled_on": iso(left),
        "disease_name": labels(diseases, draw.integer(key, "disease 2016", 0, len(diseases) - 1)),
        "fee_total": yuan(fee),
        "in_scope_amount": yuan(in_scope),
        "reimbursed": yuan(in_scope * 75 // 100),
        "deductible": ["200.00"] * len(who),
        "poverty_type": when(p.registered[who], "建档立卡贫困户", ""),
    }
    return Table("hi_ncms_inpatient_old", columns, key, {"self": who}, _unlocked(who))


def hi_chronic(scene: Scene) -> Table:
    """One row per person with a chronic certificate, a family-doctor contract, or both."""
    p, f = scene.people, scene.facts
    who = scene.shuffled(np.flatnonzero((f.certificate != CERTIFICATE_NONE) | f.signed), "chronic")
    key = p.key[who]
    held = f.certificate[who] != CERTIFICATE_NONE
    expired = f.certificate[who] == CERTIFICATE_EXPIRED
    night = np.datetime64(scene.night)
    valid_to = np.where(
        expired,
        night - draw.integer(key, "expired", 40, 300).astype("timedelta64[D]"),
        night + draw.integer(key, "valid", 120, 900).astype("timedelta64[D]"),
    )
    issued = valid_to - np.timedelta64(1095, "D")
    new_year = np.datetime64(date(scene.periods.insurance_year, 1, 4))
    window = max(int((np.datetime64(scene.data_date) - new_year).astype(np.int64)), 1)
    signed = new_year + (draw.uniform(key, "signed") * min(window, 150)).astype(np.int64).astype("timedelta64[D]")
    diseases = list(name_parts()["diseases"].values())
    pick = draw.integer(key, "chronic disease", 0, len(diseases) - 1)
    team = draw.integer(key, "team", 1, 9).tolist()
    columns: dict[str, list[Any]] = {
        "person_name": scene.names_in("hi_chronic", who),
        "id_no": scene.ids_in("hi_chronic", who),
        "chronic_disease": labels(diseases, np.where(held, pick, -1)),
        "certificate_no": only([f"MB{p.place.code}{person:06d}" for person in who.tolist()], held),
        "issued_on": only(iso(issued), held),
        "valid_to": only(iso(valid_to), held),
        "doctor_team": only([f"{p.place.name}卫生院第{number}团队" for number in team], f.signed[who]),
        "signed_on": only(iso(signed), f.signed[who]),
    }
    return Table("hi_chronic", columns, key, {"self": who}, _unlocked(who))


def _unlocked(who: Array) -> Array:
    return np.zeros(len(who), dtype=bool)
