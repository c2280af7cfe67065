"""Who of a town gets dibao or tekun, which households are monitored, and the identity of highest rank that follows."""

from __future__ import annotations

import numpy as np

from bidui.sample import draw
from bidui.sample.draw import Array
from bidui.sample.facts import DIBAO_ID, EXITED_ID, SUDDEN, SUDDEN_ID, TEKUN_ID, UNSTABLE, UNSTABLE_ID
from bidui.sample.population import Population


def tekun_persons(p: Population, age: Array, double_benefits: int) -> Array:
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


def dibao_persons(p: Population, tekun: Array) -> tuple[Array, Array]:
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


def monitoring(p: Population, dibao_household: Array, tekun_household: Array) -> tuple[Array, Array]:
    """Return the kind of monitoring per household (-1: none), and which of them are out of it by now."""
    monitor = np.full(p.households, -1, dtype=np.int64)
    eligible = (p.household_cohort >= 0) & ~dibao_household & ~tekun_household
    for kind, share in ((UNSTABLE, 0.014), (SUDDEN, 0.006)):
        monitor[eligible & (monitor < 0) & draw.chance(p.household_key, f"monitor {kind}", share)] = kind
    cleared = (monitor >= 0) & draw.chance(p.household_key, "cleared", 0.4)
    return monitor, cleared


def identities(p: Population, dibao: Array, tekun: Array, monitor: Array, cleared: Array) -> Array:
    """Return the assistance identity of highest rank (-1: none)."""
    identity = np.where(p.registered, EXITED_ID, -1)
    watched = np.where((monitor >= 0) & ~cleared, monitor, -1)[p.household]
    identity = np.where(watched == SUDDEN, SUDDEN_ID, identity)
    identity = np.where(watched == UNSTABLE, UNSTABLE_ID, identity)
    identity = np.where(dibao, DIBAO_ID, identity)
    return np.where(tekun, TEKUN_ID, identity)


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
