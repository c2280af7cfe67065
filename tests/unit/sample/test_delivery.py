from datetime import date

import pytest

from bidui.sample.delivery import fill, headers, packings
from bidui.sample.layout import layouts
from bidui.sample.night_plan import DUPLICATE, HALF_EMPTY, LATE_OLDER, MISSING, WHOLE, dispatches, last_delivery


def test_every_extract_of_the_contracts_is_delivered_in_a_container_it_accepts() -> None:
    assert set(packings()) == set(layouts())
    for key, packing in packings().items():
        formats = layouts()[key].formats
        assert packing.container in formats
        assert "csv" in formats, "large counties send everything as CSV"


def test_old_workbooks_archives_and_gb18030_are_among_them() -> None:
    containers = {packing.container for packing in packings().values()}
    assert containers == {"xlsx", "xls", "csv", "zip"}
    assert {key for key, packing in packings().items() if packing.container == "csv"} == {"hi_roll", "hi_settlement"}
    assert layouts()["hi_roll"].encoding.upper() == layouts()["hi_settlement"].encoding.upper() == "GB18030"


@pytest.mark.parametrize("key", list(layouts()))
def test_headers_vary_but_always_name_one_column(key: str) -> None:
    layout = layouts()[key]
    answers = {form: c.name for c in layout.columns for form in map(plain, (c.header, *c.aliases))}
    seen = set()
    for night in range(12):
        words = headers(layout, 7, str(night))
        assert len({plain(word) for word in words}) == len(words)
        assert [answers[plain(word)] for word in words] == [c.name for c in layout.columns]
        seen.add(tuple(words))
    if any(column.aliases for column in layout.columns):
        assert len(seen) > 1


def plain(word: str) -> str:
    return word.replace("（", "(").replace("）", ")").replace(" ", "")


def test_data_dates_stand_where_the_reader_looks() -> None:
    for key, packing in packings().items():
        texts = " ".join((packing.file_name, *packing.titles[: layouts()[key].title_rows]))
        assert any(mark in texts for mark in ("{compact}", "{dot}", "{zh}", "{month}", "2017.03.31")), key


def test_texts_are_filled() -> None:
    text = fill("{county}{compact} {dot} {zh} {month} ({number})", "甲县", date(2026, 3, 4), 22)
    assert text == "甲县20260304 2026.03.04 2026年03月04日 2026年03月 (22)"


@pytest.mark.parametrize("night", [date(2026, 10, 16), date(2026, 1, 1), date(2027, 3, 31), date(2028, 2, 29)])
def test_data_dates_are_never_after_the_night(night: date) -> None:
    assert all(packing.data_date(night) <= night for packing in packings().values())


def test_later_nights_are_small_and_full_of_mishaps() -> None:
    assert {one.extract for one in dispatches(1)} == set(packings())
    second = {one.extract: one.how for one in dispatches(2)}
    assert second["dibao"] == HALF_EMPTY
    assert second["death"] == DUPLICATE
    assert second["hi_chronic"] == LATE_OLDER
    assert second["hi_settlement"] == MISSING
    assert second["hi_roll"] == second["registry_person"] == WHOLE
    assert len(second) < 12
    nights = [frozenset(one.extract for one in dispatches(night)) for night in range(2, 6)]
    assert len(set(nights)) == 4
    assert [frozenset(one.extract for one in dispatches(night)) for night in range(6, 10)] == nights


def test_a_held_or_late_list_leaves_the_one_before_in_force() -> None:
    assert last_delivery("dibao", 2) == 1
    assert last_delivery("dibao", 3) == 3
    assert last_delivery("chronic", 2) == 1
    assert last_delivery("registry", 4) == 2


def test_a_late_list_is_older_than_the_one_in_force() -> None:
    late = next(one for one in dispatches(2) if one.how == LATE_OLDER)
    assert late.data_date(2, date(2026, 10, 17)) < packings()[late.extract].data_date(date(2026, 10, 16))


@pytest.mark.parametrize(
    ("night", "expected"),
    [
        (date(2026, 10, 16), date(2026, 9, 25)),
        (date(2026, 2, 3), date(2025, 9, 25)),
        (date(2026, 4, 1), date(2026, 3, 25)),
        (date(2026, 9, 1), date(2026, 3, 25)),
    ],
)
def test_school_lists_are_dated_in_the_first_month_of_the_term(night: date, expected: date) -> None:
    assert packings()["school_roll"].data_date(night) == expected
