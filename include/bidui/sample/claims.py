"""Settlements of the calendar year, as arrays of cents: who, what, when, and who paid which part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from bidui.sample import draw
from bidui.sample.draw import Array
from bidui.sample.population import Population
from bidui.sample.scene import Scene

INPATIENT, CHRONIC, ORDINARY = range(3)
VISITS = ("住院", "门诊慢特病", "普通门诊")


@dataclass
class Claims:
    """One entry per settlement; money in cents; the parts of a settlement add up exactly."""

    key: Array
    person: Array
    visit: Array
    settled: Array  # datetime64[D]
    admitted: Array
    fee: Array
    own_pay: Array
    over_limit: Array
    pre_self_pay: Array
    in_scope: Array
    deductible: Array
    basic: Array
    serious: Array
    assistance: Array
    funds: Array
    account: Array
    personal: Array
    in_county: Array
    one_stop: Array


def settle(scene: Scene) -> Claims:
    """Return the settlements known by the scene's data date."""
    p, f = scene.people, scene.facts
    counts = f.inpatient, f.chronic_visits, ordinary_visits(p, f.died)
    person, visit, turn = [], [], []
    for which, times in enumerate(counts):
        count = times.astype(np.int64)
        who = np.repeat(np.arange(p.size), count)
        person.append(who)
        visit.append(np.full(len(who), which))
        turn.append(np.arange(len(who)) - np.repeat(np.cumsum(count) - count, count))
    late = np.flatnonzero(f.late_claim)
    who = np.concatenate([*person, late])
    kind = np.concatenate([*visit, np.full(len(late), INPATIENT)])
    order = np.concatenate([*turn, np.zeros(len(late), dtype=np.int64)])
    key = draw.bits(p.key[who] + (kind * 64 + order).astype(np.uint64), "claim")
    settled, admitted = _days(scene, who, kind, order, key)
    if len(late):
        # A claim after death: admitted ten days after it.
        admitted[-len(late) :] = f.died[late] + np.timedelta64(10, "D")
        settled[-len(late) :] = admitted[-len(late) :] + np.timedelta64(5, "D")
    return _money(scene, who, kind, key, settled, admitted)


def _days(scene: Scene, who: Array, kind: Array, order: Array, key: Array) -> tuple[Array, Array]:
    f = scene.facts
    start = np.datetime64(date(scene.periods.insurance_year, 1, 1))
    days = max(int((np.datetime64(scene.data_date) - start).astype(np.int64)) - 2, 1)
    visits = np.maximum(np.where(kind == CHRONIC, f.chronic_visits[who], 1), 1)
    slot = days / visits
    offset = np.floor((order + draw.uniform(key, "day") * 0.8) * slot).astype(np.int64)
    settled = start + np.minimum(offset, days).astype("timedelta64[D]")
    stay = np.where(kind == INPATIENT, draw.integer(key, "stay", 3, 12), 0)
    return settled, settled - stay.astype("timedelta64[D]")


def _money(scene: Scene, who: Array, kind: Array, key: Array, settled: Array, admitted: Array) -> Claims:
    """Registered people are reimbursed as the county promises: inpatient above 90, chronic above 80 per cent."""
    p, f = scene.people, scene.facts
    inpatient, chronic = kind == INPATIENT, kind == CHRONIC
    poor = f.identity[who] >= 0
    low = np.where(inpatient, np.where(poor, 2600, 3000), np.where(chronic, 150, 40))
    high = np.where(inpatient, np.where(poor, 12_000, 40_000), np.where(chronic, 900, 300))
    fee = draw.integer(key, "fee", low * 100, high * 100)
    outside = np.where(poor, 0.004, 0.05) * (1 + draw.uniform(key, "outside"))
    own_pay = np.floor(fee * outside).astype(np.int64)
    over_limit = np.floor(fee * outside * 0.2).astype(np.int64)
    pre_self_pay = np.floor(fee * outside * 0.3).astype(np.int64)
    in_scope = fee - own_pay - over_limit - pre_self_pay
    spread = draw.uniform(key, "ratio")
    ratio = np.where(inpatient, np.where(poor, 0.93 + 0.04 * spread, 0.55 + 0.2 * spread), 0.5 + 0.2 * spread)
    ratio = np.where(chronic, np.where(poor, 0.85 + 0.1 * spread, 0.6 + 0.15 * spread), ratio)
    ratio = np.where(f.low_inpatient[who] & inpatient, 0.6 + 0.2 * spread, ratio)
    ratio = np.where(f.low_chronic[who] & chronic, 0.5 + 0.2 * spread, ratio)
    funds = np.floor(in_scope * ratio).astype(np.int64)
    assistance = np.where(f.assisted[who] & inpatient, np.floor(in_scope * 0.12).astype(np.int64), 0)
    for household, amount in enumerate(p.plan.assistance):
        assistance[(who == p.household_start[household]) & inpatient] = amount * 100
    serious = np.where(inpatient & (fee > 800_000), np.floor(in_scope * 0.05).astype(np.int64), 0)
    personal = fee - funds
    account = np.where(f.employee[who], personal // 4, 0)
    in_county = draw.chance(key, "in county", 0.82)
    one_stop = (poor | draw.chance(key, "one stop", 0.88)) & ~(f.not_one_stop[who] & in_county)
    # Whoever is planted as "not one-stop" was treated in the county.
    in_county |= f.not_one_stop[who]
    one_stop &= ~f.not_one_stop[who]
    return Claims(
        key=key,
        person=who,
        visit=kind,
        settled=settled,
        admitted=admitted,
        fee=fee,
        own_pay=own_pay,
        over_limit=over_limit,
        pre_self_pay=pre_self_pay,
        in_scope=in_scope,
        deductible=np.where(inpatient, np.where(poor, 20_000, 40_000), 0),
        basic=funds - assistance - serious,
        serious=serious,
        assistance=assistance,
        funds=funds,
        account=account,
        personal=personal,
        in_county=in_county,
        one_stop=one_stop,
    )


def ordinary_visits(p: Population, died: Array) -> Array:
    """Return who sees a doctor once in the year without being ill for long."""
    seen: Array = draw.chance(p.key, "ordinary visit", 0.045) & np.isnat(died)
    return seen
