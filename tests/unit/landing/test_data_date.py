"""The data date in titles and file names, as people write it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidui.landing.data_date import find_data_date

NIGHT = date(2026, 10, 20)
ARRIVED = datetime(2026, 10, 18, 20, 0, tzinfo=UTC)  # the 19th in China


def date_in(text: str) -> date | None:
    """What a file name states by itself."""
    found = find_data_date(("file_name",), (), text, ARRIVED, NIGHT)
    return found.day if found.found_in == "file_name" else None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("hi_roll_20261016", date(2026, 10, 16)),
        ("hi_roll_20261016_2", date(2026, 10, 16)),
        ("导出20261016103000", date(2026, 10, 16)),
        ("名单2026.10.16", date(2026, 10, 16)),
        ("数据日期：2026-10-16", date(2026, 10, 16)),
        ("2026/10/6", date(2026, 10, 6)),
        ("截至2026年10月6日", date(2026, 10, 6)),
        ("２０２６年１０月６日", date(2026, 10, 6)),
        ("二〇二六年十月十六日", date(2026, 10, 16)),
        ("二〇二六年九月", date(2026, 9, 30)),
        ("青石县2026年9月低保发放台账", date(2026, 9, 30)),
        ("dibao_202609", date(2026, 9, 30)),
        ("2026.9", date(2026, 9, 30)),
        ("2026-09", date(2026, 9, 30)),
        # the month of the night is only as far as the night
        ("2026年10月发放表", NIGHT),
        # a range is its end; what comes later in the title is something else
        ("2026年1月至2026年9月", date(2026, 9, 30)),
        ("2026-07-01至2026-09-30（制表：2026-10-08）", date(2026, 9, 30)),
        ("2026年9月台账（制表日期：2026年10月8日）", date(2026, 9, 30)),
        # the future is read as it stands, and holds the file elsewhere
        ("2027年3月", date(2027, 3, 1)),
        ("20261231", date(2026, 12, 31)),
    ],
)
def test_dates_as_people_write_them(text: str, day: date) -> None:
    assert date_in(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "（自定义）监测对象信息 (22)",
        "2026年度参保名册",
        "hi_ncms_inpatient_2016",
        "2025-2026学年第1学期",
        "roll_2026_1",
        "区划209901_名单",
        "电话20201234567",
        "20261345",
        "990101200001011234",
        "",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert date_in(text) is None


def test_places_are_asked_in_the_order_of_the_contract() -> None:
    found = find_data_date(("title", "file_name", "modified"), ["台账", "2026年9月"], "x_20261016", ARRIVED, NIGHT)
    assert (found.day, found.found_in) == (date(2026, 9, 30), "title")
    found = find_data_date(("file_name", "title"), ["2026年9月"], "x_20261016", ARRIVED, NIGHT)
    assert (found.day, found.found_in) == (date(2026, 10, 16), "file_name")
    found = find_data_date(("title", "file_name", "modified"), [], "名单", ARRIVED, NIGHT)
    assert (found.day, found.found_in) == (date(2026, 10, 19), "modified")


@pytest.mark.parametrize(
    ("titles", "name", "day", "place"),
    [
        (["补贴发放表（2026年10月）"], "补贴20261006", date(2026, 10, 6), "file_name"),
        (["2026年10月台账（截至2026年10月6日）"], "台账", date(2026, 10, 6), "title"),
        (["2026年9月台账"], "台账20261006", date(2026, 9, 30), "title"),  # the day is of another month: it was sent then
        (["2026年10月台账"], "台账20261031", NIGHT, "title"),
    ],
)
def test_a_month_is_made_precise_by_a_day_in_it(titles: list[str], name: str, day: date, place: str) -> None:
    found = find_data_date(("title", "file_name", "modified"), titles, name, ARRIVED, NIGHT)
    assert (found.day, found.found_in) == (day, place)


def test_a_file_saved_after_the_night_speaks_of_the_night() -> None:
    found = find_data_date(("modified",), [], "名单", ARRIVED, date(2026, 10, 1))
    assert found.day == date(2026, 10, 1)
    assert not found.is_future(date(2026, 10, 1))


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2099, 12, 31)), st.sampled_from(["%Y%m%d", "%Y-%m-%d", "%Y.%m.%d", "%Y年%m月%d日"]))
def test_every_full_date_is_read_back(day: date, form: str) -> None:
    assert date_in(f"名单_{day.strftime(form)}") == day


@given(st.text(max_size=60))
def test_no_text_raises(text: str) -> None:
    date_in(text)
