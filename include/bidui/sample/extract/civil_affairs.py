"""Civil-affairs extracts: dibao, tekun, disability subsidies, deaths and marriages."""

from __future__ import annotations

from typing import Any

import numpy as np

from bidui.sample import draw
from bidui.sample.draw import Array
from bidui.sample.facts import TIERS
from bidui.sample.family import CHILD, SPOUSE
from bidui.sample.names import name_parts
from bidui.sample.plan import figures
from bidui.sample.population import Population
from bidui.sample.scene import CATEGORIES, DISABILITY_GRADES, Scene
from bidui.sample.table import RESIDUAL, Damage, Table, each, gather, iso, labels, only, when

LIVING, NURSING = "66.00", "80.00"  # yuan a month
CARE = ("全自理", "半护理", "全护理")
CARE_AMOUNT = ("130.00", "320.00", "800.00")


def tier_rates() -> tuple[int, ...]:
    """Return what a person of tier A, B and C gets, yuan a month."""
    return tuple(figures()["town", f"dibao_rate_{tier.lower()}", "2020-05"] for tier in TIERS)


def dibao_numbers(scene: Scene, households: Array) -> list[str]:
    """Return 低保证号 of households."""
    return [f"DB{scene.people.place.code}{household:06d}" for household in households.tolist()]


def dibao(scene: Scene) -> Table:
    """One row per dibao household, for the month of the list."""
    p, f = scene.people, scene.facts
    households = np.flatnonzero(f.dibao_household)
    households = households[np.argsort(draw.bits(p.household_key[households], "dibao order"), kind="stable")]
    head = p.household_start[households]
    key = p.household_key[households]
    covered = p.per_household(f.dibao)[households]
    tier = f.tier[households]
    amount = covered * np.array(tier_rates())[tier] + np.where(f.wrong_amount[households], 57, 0)
    month = f"{scene.data_date:%Y-%m}"
    since = np.datetime64(scene.data_date, "M") - draw.integer(key, "dibao since", 6, 60).astype("timedelta64[M]")
    banks = name_parts()["banks"]
    columns: dict[str, list[Any]] = {
        "county_name": [p.place.county] * len(households),
        "town_name": [p.place.name] * len(households),
        "village_name": gather(scene.village_names, head),
        "head_name": scene.names_in("dibao", head),
        "id_no": scene.ids_in("dibao", head),
        "dibao_no": dibao_numbers(scene, households),
        "dibao_kind": when(f.dibao_urban[households], "城市低保", "农村低保"),
        "dibao_tier": labels(TIERS, tier),
        "dibao_persons": covered.tolist(),
        "household_size": p.household_size[households].tolist(),
        "monthly_amount": [f"{value}.00" for value in amount.tolist()],
        "supplement_amount": ["60.00" if extra else "" for extra in draw.chance(key, "supplement", 0.2).tolist()],
        "pay_month": [month] * len(households),
        "valid_from": [day[:7] for day in iso(since.astype("datetime64[D]"))],
        "valid_to": [""] * len(households),
        "main_cause": f.h_cause[households].tolist(),
        "bank_name": labels(banks, draw.integer(key, "bank", 0, len(banks) - 1)),
        "bank_account": accounts(key),
        "remark": [""] * len(households),
    }
    return Table("dibao", columns, key, {"head": head}, _unlocked(head))


def accounts(key: Array) -> list[str]:
    """Return bank account numbers under an issuer prefix that no bank has."""
    return [f"0000{number:015d}" for number in draw.integer(key, "account", 0, 10**15 - 1).tolist()]


def dibao_member(scene: Scene) -> Table:
    """One row per member of a dibao household, covered or not."""
    p, f = scene.people, scene.facts
    who = np.flatnonzero(f.dibao_household[p.household])
    order = np.lexsort((p.position[who], draw.bits(p.household_key[p.household[who]], "dibao order")))
    who = who[order]
    married = _couples(p)[who]
    adult = p.age_on(scene.night)[who] >= 22
    columns: dict[str, list[Any]] = {
        "id_no": scene.ids_in("dibao_member", who),
        "person_name": scene.names_in("dibao_member", who),
        "dibao_no": dibao_numbers(scene, p.household[who]),
        "is_covered": when(f.dibao[who]),
        "marital_status": each(lambda m, a: "已婚" if m else "丧偶" if a else "未婚", married, adult),
    }
    return Table("dibao_member", columns, p.key[who], {"self": who}, _unlocked(who))


def tekun(scene: Scene) -> Table:
    """One row per person in extreme-poverty support."""
    p, f = scene.people, scene.facts
    who = scene.shuffled(np.flatnonzero(f.tekun), "tekun")
    key = p.key[who]
    collective = draw.chance(key, "collective", 0.15)
    care = draw.choice(key, "care", [0.7, 0.2, 0.1])
    columns: dict[str, list[Any]] = {
        "county_name": [p.place.county] * len(who),
        "town_name": [p.place.name] * len(who),
        "village_name": gather(scene.village_names, who),
        "person_name": scene.names_in("tekun", who),
        "id_no": scene.ids_in("tekun", who),
        "support_mode": when(collective, "集中供养", "分散供养"),
        "care_ability": labels(CARE, care),
        "monthly_amount": ["790.00"] * len(who),
        "care_amount": labels(CARE_AMOUNT, care),
        "institution": when(collective, f"{p.place.name}敬老院", ""),
    }
    return Table("tekun", columns, key, {"self": who}, _unlocked(who))


def disability(scene: Scene) -> Table:
    """One row per disabled person for the month: the living and the nursing subsidy where there is a claim to them."""
    p, f = scene.people, scene.facts
    who = scene.shuffled(np.flatnonzero(f.disabled), "disability")
    grade = f.disability_grade[who]
    paid = ~f.disability_unpaid[who] & ~f.tekun[who]
    cards = gather(scene.disability_numbers, who)
    stale = ~p.registered[who] & draw.chance(p.key[who], "stale card", 0.01)
    for row in np.flatnonzero(stale).tolist():
        # Re-graded since, but the old card is still on the list.
        cards[row] = cards[row][:19] + str(grade[row] % 4 + 1) + cards[row][20:]
    columns: dict[str, list[Any]] = {
        "person_name": scene.names_in("disability", who),
        "id_no": scene.ids_in("disability", who),
        "disability_no": cards,
        "disability_category": labels(CATEGORIES, scene.category[who] - 1),
        "disability_grade": labels(DISABILITY_GRADES, grade - 1),
        "living_subsidy": when(paid & f.dibao[who], LIVING, ""),
        "nursing_subsidy": when(paid & (grade <= 2), NURSING, ""),
        "pay_month": [f"{scene.data_date:%Y-%m}"] * len(who),
    }
    table = Table("disability", columns, p.key[who], {"self": who}, _unlocked(who))
    table.damage = [Damage(row, "disability_no", "stale_card", RESIDUAL) for row in np.flatnonzero(stale).tolist()]
    return table


def death(scene: Scene) -> Table:
    """One row per person who died in the last two years, as far as known by the data date."""
    p, f = scene.people, scene.facts
    who = np.flatnonzero(~np.isnat(f.died) & (f.died <= np.datetime64(scene.data_date)))
    who = who[np.argsort(f.died[who], kind="stable")]
    key = p.key[who]
    cremated = f.died[who] + draw.integer(key, "cremated", 1, 4).astype("timedelta64[D]")
    late = cremated > np.datetime64(scene.data_date)
    columns: dict[str, list[Any]] = {
        "serial_no": [0] * len(who),
        "person_name": scene.names_in("death", who),
        "id_no": scene.ids_in("death", who),
        "died_on": iso(f.died[who]),
        "cremated_on": only(iso(cremated), ~late),
        "town_name": [p.place.name] * len(who),
        "remark": [""] * len(who),
    }
    return Table("death", columns, key, {"self": who}, _unlocked(who))


def marriage(scene: Scene) -> Table:
    """One row per registration of the last twelve months, naming a man and a woman."""
    p, f = scene.people, scene.facts
    age = p.age_on(scene.night)
    # Whoever is in a dibao household did not marry: that would be a change the ledger has to follow.
    free = (age >= 22) & (age < 40) & (p.role == CHILD) & ~f.dibao_household[p.household] & np.isnat(f.died)
    weddings = int(free.sum() * 0.04)
    men = draw.first(p.key, "weds", free & p.male, weddings)
    women = draw.first(p.key, "weds", free & ~p.male, len(men))
    men = men[: len(women)]
    couples = draw.first(p.household_key, "divorce", p.per_household(p.role == SPOUSE) > 0, max(len(men) // 4, 1))
    couples = couples[~f.dibao_household[couples]]
    heads = p.household_start[couples]
    head_man = p.male[heads]
    male = np.concatenate([men, np.where(head_man, heads, heads + 1)])
    female = np.concatenate([women, np.where(head_man, heads + 1, heads)])
    reissue = draw.chance(p.household_key[couples], "reissue", 0.3)
    kind = ["结婚"] * len(men) + when(reissue, "补领", "离婚")
    key = draw.bits(p.key[male], "marriage")
    days = draw.integer(key, "marriage day", 0, 364).astype("timedelta64[D]")
    day = np.datetime64(scene.data_date) - days
    order = np.argsort(day, kind="stable")
    columns: dict[str, list[Any]] = {
        "registered_on": iso(day[order]),
        "kind": [kind[index] for index in order.tolist()],
        "male_id": scene.ids_in("marriage", male[order]),
        "female_id": scene.ids_in("marriage", female[order]),
    }
    return Table("marriage", columns, key[order], {"male": male[order], "female": female[order]}, _unlocked(order))


def _unlocked(who: Array) -> Array:
    return np.zeros(len(who), dtype=bool)


def _couples(p: Population) -> Array:
    """Return who is a head or a spouse of a household that has both."""
    pairs = p.per_household(p.role == SPOUSE) > 0
    mask: Array = pairs[p.household] & (p.role <= SPOUSE)
    return mask
