import numpy as np
import pytest
from stdnum.cn import ric

from bidui.sample import draw, id_number, names, place
from bidui.sample.plan import default_persons, towns


def test_check_characters_are_those_of_stdnum() -> None:
    key = draw.keys(500, 1, "numbers")
    stems = draw.integer(key, "stem", 10**16, 10**17 - 1)
    numbers = id_number.numbers(stems)
    assert [ric.calc_check_digit(number) for number in numbers] == [number[17] for number in numbers]


def test_numbers_are_unique_and_say_birth_and_sex() -> None:
    key = draw.keys(2000, 1, "people")
    birth = np.datetime64("1980-01-01") + draw.integer(key, "day", 0, 60).astype("timedelta64[D]")
    male = draw.chance(key, "male", 0.5)
    stems = id_number.allocate(np.full(2000, 479901), birth, male, 3)
    assert len(np.unique(stems)) == 2000
    numbers = id_number.numbers(stems)
    assert [number[6:14] for number in numbers] == [str(day).replace("-", "") for day in birth]
    assert [int(number[16]) % 2 == 1 for number in numbers] == male.tolist()


def test_towns_of_a_county_never_share_a_number() -> None:
    birth, male = np.array(["1980-01-01"] * 40, dtype="datetime64[D]"), np.ones(40, dtype=bool)
    blocks = [id_number.allocate(np.full(40, 479901), birth, male, block) for block in range(10)]
    assert len(np.unique(np.concatenate(blocks))) == 400


def test_a_town_with_too_many_births_on_one_day_is_refused() -> None:
    birth, male = np.array(["1980-01-01"] * 51, dtype="datetime64[D]"), np.ones(51, dtype=bool)
    with pytest.raises(ValueError, match="births"):
        id_number.allocate(np.full(51, 479901), birth, male, 0)


# First two digits that GB/T 2260 gave to a province-level division in any edition, and the two used on permits.
PROVINCES = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82"
PERMITS = "83 91"
ALLOCATED_PROVINCES = frozenset(int(code) for code in f"{PROVINCES} {PERMITS}".split())


def test_no_county_code_was_ever_allocated() -> None:
    parts = names.name_parts()
    places = [place.town(number, 22, parts) for number in range(len(towns(default_persons() * 30)))]
    codes = {one.county_prefix for one in places} | {one.outside_prefix for one in places} | {place.OLD_COUNTY_CODE}
    assert {code // 10_000 for code in codes} == {47}
    assert 47 not in ALLOCATED_PROVINCES
    assert 99 not in {code // 10_000 for code in codes}, "999999 marks a placeholder"
