"""Housing extracts: renovation projects, safety appraisals and the real-estate register."""

from __future__ import annotations

import numpy as np

from bidui.sample import draw
from bidui.sample.draw import Array
from bidui.sample.facts import DIBAO_TYPE, GRADES, TEKUN_TYPE
from bidui.sample.scene import Scene
from bidui.sample.table import Table, each, gather, iso, labels

METHODS = ("修缮加固", "原址翻建", "拆除重建", "异地非集中新建")
STRUCTURES = ("砖混", "砖木", "土木", "框架")
OLD_IDENTITIES = ("建档立卡贫困户", "低保户", "农村分散供养特困人员", "贫困残疾人家庭")
NEW_IDENTITIES = ("未享受过住房保障的其他脱贫户", "农村低保户", "农村分散供养特困人员", "农村低保边缘家庭")
SUBSIDIES = (8_000, 18_000, 25_000)


def project_days(scene: Scene, households: Array) -> tuple[Array, Array, Array, Array]:
    """Return start, completion, acceptance and payment of each household's project, in this order in time."""
    f = scene.facts
    key = scene.people.household_key[households]
    year = f.renovation_year[households]
    first = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    started = first + draw.integer(key, "project start", 45, 120).astype("timedelta64[D]")
    completed = started + draw.integer(key, "project length", 40, 70).astype("timedelta64[D]")
    accepted = completed + draw.integer(key, "project check", 8, 30).astype("timedelta64[D]")
    paid = accepted + draw.integer(key, "project payment", 5, 25).astype("timedelta64[D]")
    return started, completed, accepted, paid


def renovation(scene: Scene) -> Table:
    """One row per funded renovation."""
    p, f = scene.people, scene.facts
    households = np.flatnonzero(f.renovation_year > 0)
    households = households[np.lexsort((draw.bits(p.household_key[households], "project order"), f.renovation_year[households]))]
    head = p.household_start[households]
    key = p.household_key[households]
    year = f.renovation_year[households]
    started, completed, accepted, paid = project_days(scene, households)
    registered = p.household_cohort[households] >= 0
    kind = f.renovation_type[households]
    index = np.where(kind == TEKUN_TYPE, 2, np.where(kind == DIBAO_TYPE, 1, np.where(registered, 0, 3)))
    identity = [
        (OLD_IDENTITIES if y <= 2020 else NEW_IDENTITIES)[i] for y, i in zip(year.tolist(), index.tolist(), strict=True)
    ]
    method = draw.choice(key, "method", [0.45, 0.3, 0.2, 0.05])
    largest = 18 * np.maximum(p.household_size[households], 3)
    columns = {
        "county_name": [p.place.county] * len(head),
        "town_name": [p.place.name] * len(head),
        "village_name": gather(scene.village_names, head),
        "hamlet_name": gather(scene.hamlets, head),
        "head_name": scene.names_in("renovation", head),
        "id_no": scene.ids_in("renovation", head),
        "house_identity": identity,
        "plan_year": [str(value) for value in year.tolist()],
        "house_grade": labels(GRADES, np.where(method == 0, 2, 3)),
        "renovation_method": labels(METHODS, method),
        "area_m2": [f"{area:g}" for area in np.minimum(f.area[households], largest).tolist()],
        "started_on": iso(started),
        "completed_on": iso(completed),
        "accepted_on": iso(accepted),
        "subsidy_amount": labels([f"{amount}.00" for amount in SUBSIDIES], np.minimum(method, 2)),
        "paid_on": iso(paid),
    }
    return Table("renovation", columns, key, {"head": head}, _unlocked(head))


def appraisal(scene: Scene) -> Table:
    """One row per appraisal: the latest of each appraised dwelling, and some from before a renovation."""
    p, f = scene.people, scene.facts
    latest = np.flatnonzero(f.appraised)
    renovated = np.flatnonzero(f.appraised & (f.renovation_year > 0))
    before = renovated[draw.chance(p.household_key[renovated], "graded before", 0.3)]
    households = np.concatenate([latest, before])
    earlier = np.r_[np.zeros(len(latest), dtype=bool), np.ones(len(before), dtype=bool)]
    key = draw.bits(p.household_key[households] + earlier.astype(np.uint64), "appraisal")
    order = np.argsort(draw.bits(key, "order"), kind="stable")
    households, earlier, key = households[order], earlier[order], key[order]
    head = p.household_start[households]
    started, _, accepted, _ = project_days(scene, households)
    usual = np.datetime64("2021-02-01") + draw.integer(key, "graded on", 0, 1400).astype("timedelta64[D]")
    after = np.maximum(usual, accepted + np.timedelta64(20, "D"))
    after = np.minimum(after, np.datetime64(scene.data_date))
    graded_on = np.where(earlier, started - np.timedelta64(60, "D"), np.where(f.renovation_year[households] > 0, after, usual))
    method = draw.choice(p.household_key[households], "method", [0.45, 0.3, 0.2, 0.05])
    grade = np.where(earlier, np.where(method == 0, 2, 3), f.graded[households])
    structure = draw.choice(key, "structure", [0.5, 0.3, 0.1, 0.1])
    columns = {
        "head_name": scene.names_in("appraisal", head),
        "id_no": scene.ids_in("appraisal", head),
        "address": each("{}{}{}".format, [p.place.name] * len(head), scene.village_names[head], scene.hamlets[head]),
        "structure": labels(STRUCTURES, structure),
        "area_m2": [f"{area:g}" for area in f.area[households].tolist()],
        "house_grade": labels(GRADES, grade),
        "graded_on": iso(graded_on),
        "appraiser": [f"{p.place.county}房屋安全鉴定站"] * len(head),
        "is_only_home": ["是"] * len(head),
    }
    # Where an older grade is on the list too, the newer one must stay readable.
    graded_twice = np.isin(households, before)
    return Table("appraisal", columns, key, {"head": head}, graded_twice)


def property_rights(scene: Scene) -> Table:
    """One row per registered right: homes, second homes of the planted, and other buildings."""
    p, f = scene.people, scene.facts
    homes = np.flatnonzero(f.dwelling)
    second = np.flatnonzero(f.second_dwelling)
    shops = np.flatnonzero((p.household_cohort < 0) & draw.chance(p.household_key, "shop", 0.008))
    town_flats = np.flatnonzero((p.household_cohort < 0) & draw.chance(p.household_key, "town flat", 0.02))
    households = np.concatenate([homes, second, town_flats, shops])
    kind = np.repeat([0, 1, 1, 2], [len(homes), len(second), len(town_flats), len(shops)])
    key = draw.bits(p.household_key[households] + kind.astype(np.uint64), "right")
    order = np.argsort(draw.bits(key, "order"), kind="stable")
    households, kind, key = households[order], kind[order], key[order]
    head = p.household_start[households]
    # A flat in town is often in the spouse's name.
    owner = np.where((kind == 1) & (p.household_size[households] > 1) & draw.chance(key, "in spouse's name", 0.5), head + 1, head)
    registered_on = np.datetime64("2012-01-01") + draw.integer(key, "registered on", 0, 4700).astype("timedelta64[D]")
    numbers = draw.integer(key, "certificate", 0, 9_999_999).tolist()
    area = draw.integer(key, "right area", 70, 140)

    def certificate(which: int, household: int, number: int) -> str:
        return f"澄({2012 + which})不动产权第{p.number:03d}{household:06d}{number % 100:02d}{which}号"

    def location(which: int, number: int, village: str) -> str:
        return f"{p.place.county}城关街道{number % 90 + 1}号" if which else f"{p.place.name}{village}"

    columns = {
        "person_name": scene.names_in("property", owner),
        "id_no": scene.ids_in("property", owner),
        "certificate_no": each(certificate, kind, households, numbers),
        "location": each(location, kind, numbers, scene.village_names[owner]),
        "usage": labels(("农村住宅", "成套住宅", "商业服务"), kind),
        "area_m2": [f"{value:g}" for value in area.tolist()],
        "registered_on": iso(registered_on),
    }
    return Table("property", columns, key, {"self": owner}, _unlocked(owner))


def _unlocked(who: Array) -> Array:
    return np.zeros(len(who), dtype=bool)

