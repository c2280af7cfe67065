"""What the people of a town are called: inherited surnames, given names of their sex, the dotted names of one ethnicity."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bidui.sample import draw
from bidui.sample.draw import Array
from bidui.sample.family import CHILD_IN_LAW, MOTHER, SPOUSE

HERE = Path(__file__).parent


@cache
def name_parts() -> dict[str, Any]:
    """Return the parts that names are made of."""
    parts: dict[str, Any] = yaml.safe_load((HERE / "names.yml").read_text(encoding="utf-8"))
    return parts


def ethnicities(household_key: Array) -> Array:
    """Return the ethnicity of each household, as text."""
    shares = name_parts()["ethnicities"]
    return np.array(list(shares), dtype=object)[draw.choice(household_key, "ethnicity", list(shares.values()))]


def surnames(key: Array, household_key: Array, household: Array, role: Array, village: Array) -> Array:
    """Return the surname of each person, as text; `village` is each household's."""
    parts = name_parts()
    single, double = list(parts["surnames"]), parts["double_surnames"]
    weights = np.r_[1.0 / (np.arange(len(single)) + 4.0), np.full(len(double), 0.004)]
    # Half of a village shares three surnames, as villages do.
    of_clan = draw.uniform(household_key, "clan") < 0.5
    clan = (village * 13 + draw.integer(household_key, "clan surname", 0, 2) * 5) % 60
    head = np.where(of_clan, clan, draw.choice(household_key, "surname", weights))
    # Who married in keeps the surname of a family elsewhere.
    own = draw.choice(key, "own surname", weights)
    married_in = np.isin(role, (SPOUSE, MOTHER, CHILD_IN_LAW))
    pool = np.array(single + double, dtype=object)
    chosen: Array = pool[np.where(married_in, own, head[household])]
    return chosen


def full_names(key: Array, surname: Array, male: Array, ethnicity: Array) -> list[str]:
    """Return the full name of each person."""
    parts = name_parts()
    first = _characters(key, "given", male)
    rare_pool = np.array(list(parts["rare_given"]), dtype=object)
    rare = draw.chance(key, "rare character", 0.012)
    first = np.where(rare, rare_pool[draw.integer(key, "which rare", 0, len(rare_pool) - 1)], first)
    second = np.where(draw.chance(key, "single given", 0.22), "", _characters(key, "second given", male))
    full: list[str] = (surname + first + second).tolist()

    dotted = np.flatnonzero(ethnicity == parts["dotted_ethnicity"])
    given = parts["dotted_names"]
    own = draw.integer(key[dotted], "dotted", 0, len(given) - 1).tolist()
    father = draw.integer(key[dotted], "dotted father", 0, len(given) - 1).tolist()
    for person, own_name, fathers_name in zip(dotted.tolist(), own, father, strict=True):
        full[person] = f"{given[own_name]}·{given[fathers_name]}"
    return full


def _characters(key: Array, name: str, male: Array) -> Array:
    """Return one character of a given name per person, of those usual for the sex."""
    men, women = (np.array(list(name_parts()[pool]), dtype=object) for pool in ("male_given", "female_given"))
    of_man = men[draw.integer(key, name, 0, len(men) - 1)]
    of_woman = women[draw.integer(key, name, 0, len(women) - 1)]
    characters: Array = np.where(male, of_man, of_woman)
    return characters
