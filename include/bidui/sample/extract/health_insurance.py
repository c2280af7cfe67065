"""Health-insurance extracts: the roll, the subsidy lists, settlements and chronic certificates."""

from __future__ import annotations

import numpy as np

from bidui.sample import draw
from bidui.sample.draw import Array
from bidui.sample.facts import IDENTITIES, PERSONAL_SHARE, PREMIUM, SUBSIDY
from bidui.sample.scene import Scene
from bidui.sample.table import Table, gather, iso, labels, when

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


def hi_roll(scene: Scene) -> Table:
    """One row per insured person and scheme: the whole population, most of it outside the registry."""
    p, f = scene.people, scene.facts
    who = scene.shuffled(np.flatnonzero(f.resident | f.employee), "hi_roll")
    key = p.key[who]
    resident = f.resident[who]
    personal, subsidy = amounts(scene, who)
    suspended = ~p.registered[who] & draw.chance(key, "suspended", 0.006)
    columns = {
        "psn_no": person_numbers(scene, who),
        "id_no": scene.ids_in("hi_roll", who),
        "person_name": scene.names_in("hi_roll", who),
        "sex": when(f.roll_male[who], "男", "女"),
        "insurance_kind": when(resident, RESIDENT, EMPLOYEE),
        "insurance_year": [str(scene.periods.insurance_year)] * len(who),
        "status": when(suspended, "暂停参保", "正常参保"),
        "paid_on": iso(paid_on(scene, who)),
        "personal_amount": [f"{v}.00" if r else "" for v, r in zip(personal.tolist(), resident.tolist(), strict=True)],
        "subsidy_amount": [f"{v}.00" if r else "" for v, r in zip(subsidy.tolist(), resident.tolist(), strict=True)],
        "has_serious_illness_insurance": when(f.serious[who]),
        "town_name": [p.place.name] * len(who),
        "village_name": gather(scene.village_names, who),
    }
    return Table("hi_roll", columns, key, {"self": who}, np.zeros(len(who), dtype=bool))


__all__ = ["IDENTITIES", "amounts", "hi_roll", "labels", "paid_on", "person_numbers"]
