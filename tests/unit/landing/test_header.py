"""The header is found by its texts, wherever it stands, and matched through aliases, groups and units."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bidui.contract import Extract
from bidui.contract.header_text import without_values
from bidui.landing.header import Header, find_header

FLAT = ["行政村", "户主姓名", "户主身份证号", "保障人口", "月保障金额(元)"]


def found(head: list[list[str]], extract: Extract, merged: tuple = ()) -> Header:
    header = find_header(head, extract, merged)
    assert header is not None
    return header


def places(header: Header) -> dict[str, int]:
    return {match.column.name: match.position for match in header.matched}


def test_titles_are_a_hint_only(extract: Extract) -> None:
    for titles in ([], [["青石县低保台账"]], [["青石县"], [], ["2026年9月"]]):
        header = found([*titles, FLAT, ["青石村", "甲", "1", "2", "3"]], extract)
        assert (header.row, header.rows) == (len(titles) + 1, 1)
        assert places(header) == {"village_name": 0, "head_name": 1, "id_no": 2, "persons": 3, "amount": 4}


def test_beyond_the_first_rows_nobody_looks(extract: Extract) -> None:
    rows = extract.common.header_search_rows
    assert find_header([["标题"]] * (rows - 1) + [FLAT], extract) is not None
    assert find_header([["标题"]] * rows + [FLAT], extract) is None


@pytest.mark.parametrize(("written", "told"), [
    ("制表人：欧阳明月", "制表人：…"), ("电话 13800138000", "电话 …"), ("99010119900101123X", "…"),
    ("2026年参保状态", "2026年参保状态"), ("备注(如实填写)", "备注(如实填写)"),
])
def test_what_is_no_header_is_not_told(written: str, told: str) -> None:
    """Header problems are read by everybody who sees the ledger; a signature or a number in that row is somebody's."""
    assert without_values(written) == told


def test_order_aliases_and_new_columns(extract: Extract) -> None:
    header = found([["联系电话", "证件号码", "村（居）", "保障人数"]], extract)
    assert places(header) == {"id_no": 1, "village_name": 2, "persons": 3}
    assert [match.via for match in header.matched] == ["alias", "alias", "alias"]
    assert header.unknown == ((0, "联系电话"),)
    assert [column.name for column in header.missing] == ["head_name", "amount", "employee_year", "resident_year"]


@pytest.mark.parametrize("text", ["月保障金额", "月保障金额（元）", "月保障\n金额 (元)", "月保障金额/元", "月保障金额（单位：元）"])
def test_a_unit_may_be_left_out(extract: Extract, text: str) -> None:
    assert places(found([["行政村", "身份证号", text]], extract))["amount"] == 2


def test_a_unit_that_changes_the_value_is_another_column(extract: Extract) -> None:
    header = found([["行政村", "身份证号", "月保障金额(万元)"]], extract)
    assert "amount" not in places(header)
    assert header.unknown == ((2, "月保障金额(万元)"),)


def test_brackets_that_tell_two_columns_apart_are_no_units(extract: Extract) -> None:
    header = found([["行政村", "身份证号", "参保年度"]], extract)
    assert header.unknown == ((2, "参保年度"),)


def test_two_rows_with_merged_groups(extract: Extract) -> None:
    head = [
        ["青石县2026年9月低保台账", "", "", "", "", "", ""],
        ["行政村", "户主", "", "保障人口", "月保障金额(元)", "参保年度", ""],
        ["", "姓名", "身份证号", "", "", "职工", "居民"],
        ["青石村", "甲", "990101…", "2", "700", "", ""],
    ]
    merged = (((0, 0), (0, 6)), ((1, 0), (2, 0)), ((1, 1), (1, 2)), ((1, 3), (2, 3)), ((1, 4), (2, 4)), ((1, 5), (1, 6)))
    for spans in (merged, ()):  # a sheet tells its merged cells, a CSV does not
        header = found(head, extract, spans)
        assert (header.row, header.last_row) == (2, 3)
        assert places(header) == {
            "village_name": 0, "head_name": 1, "id_no": 2, "persons": 3, "amount": 4,
            "employee_year": 5, "resident_year": 6,
        }  # fmt: skip
        assert header.missing == ()


def test_a_group_ends_where_a_column_has_neither(extract: Extract) -> None:
    """In a CSV nothing tells how far a group reaches: not over a column without any header."""
    head = [["行政村", "身份证号", "参保年度", "", ""], ["", "", "职工", "", "居民"]]
    assert places(found(head, extract)) == {"village_name": 0, "id_no": 1, "employee_year": 2}
    merged = (((0, 2), (0, 3)),)
    assert "resident_year" not in places(found([head[0], ["", "", "职工", "备注", "居民"]], extract, merged))


def test_groups_that_only_decorate(extract: Extract) -> None:
    head = [["基本信息", "", "", "低保信息", ""], FLAT, ["青石村", "甲", "1", "2", "3"]]
    header = found(head, extract)
    assert header.last_row == 2
    assert len(header.matched) == 5


def test_the_first_row_of_data_is_never_taken_for_a_header(extract: Extract) -> None:
    header = found([FLAT, ["行政村", "甲", "1", "2", "3"]], extract)
    assert header.last_row == 1


def test_a_header_twice(extract: Extract) -> None:
    header = found([["行政村", "身份证号", "证件号码"]], extract)
    ((column, positions),) = header.repeated
    assert header.unknown == ()
    assert (column.name, positions) == ("id_no", (1, 2))


def test_the_agreed_header_goes_before_an_alias(extract: Extract) -> None:
    header = found([["行政村", "证件号码", "户主身份证号"]], extract)
    assert places(header)["id_no"] == 2
    assert header.repeated == ()
    assert header.unknown == ((1, "证件号码"),)


def test_the_nearest_header_is_named(extract: Extract) -> None:
    header = found([["行政村", "户主姓名", "户主身份证"]], extract)
    (missing,) = header.missing_required
    assert header.nearest_to(missing) == "户主身份证"


def test_columns_without_a_header_are_known(extract: Extract) -> None:
    header = found([["行政村", "", "户主身份证号", ""]], extract)
    assert header.width == 3
    assert header.unnamed == (1,)


@pytest.mark.parametrize("head", [[], [[]], [["", ""]], [["行政村"]], [["甲", "乙", "丙"]] * 20])
def test_what_is_no_header(extract: Extract, head: list[list[str]]) -> None:
    assert find_header(head, extract) is None


NOISE = st.sampled_from(["", " ", "\u3000", "\n", "*", "\u200b"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_noise_and_order_never_matter(extract: Extract, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(FLAT))))
    texts = ["".join(data.draw(NOISE) + character for character in FLAT[i]) for i in order]
    titles = data.draw(st.lists(st.lists(st.text(max_size=5), max_size=4), max_size=5))
    header = find_header([*titles, texts], extract)
    assert header is not None
    assert {match.column.name: match.position for match in header.matched} == {
        name: order.index(i) for i, name in enumerate(["village_name", "head_name", "id_no", "persons", "amount"])
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.text(max_size=8), max_size=8), max_size=20))
def test_no_table_raises(extract: Extract, head: list[list[str]]) -> None:
    find_header(head, extract)
