"""How the values valid on a night become SQL: quoted, typed, by division, by key."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from bidui.rule.definition import Parameter, Title
from bidui.rule.parameter import ParameterError, ParameterRow, Parameters, literal

NIGHT = dt.date(2026, 10, 16)


def parameter(kind: str, one_of: tuple[str, ...] = (), name: str = "limit") -> Parameter:
    return Parameter(name, kind, Title("上限", "limit"), "TST-01", name, one_of)


def row(
    value: str, *, key: str = "", division: str = "", valid_from: str = "-infinity", valid_to: str = "infinity",
    origin: str = "default",
) -> ParameterRow:
    return ParameterRow("TST-01", "limit", key, division, valid_from, valid_to, value, origin)


@pytest.mark.parametrize(
    ("kind", "value", "sql"),
    [
        ("integer", "90", "90"),
        ("integer", "-3", "(-3)"),
        ("number", "0.90", "'0.90'::numeric"),
        ("text", "in_scope", "'in_scope'::text"),
        ("text", "it's; drop table x", "'it''s; drop table x'::text"),
        ("list", "小学 | 初中", "array['小学', '初中']::text[]"),
        ("boolean", "True", "true"),
        ("date", "2026-09-01", "date '2026-09-01'"),
    ],
)
def test_values_become_typed_literals(kind: str, value: str, sql: str) -> None:
    assert literal(parameter(kind), value, "place") == sql


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("integer", "1 or true"), ("integer", "1.5"), ("number", "1e3"), ("number", "0,9"), ("boolean", "是"),
        ("date", "2026-13-01"), ("date", "20260901"),
    ],
)
def test_a_value_of_another_type_is_refused_with_its_row(kind: str, value: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Parameters([row(value, division="990001000000")], NIGHT).sql(parameter(kind), None)
    assert "TST-01.limit" in caught.value.place
    assert "990001000000" in caught.value.place
    assert value not in str(caught.value)


def test_an_empty_list_is_refused() -> None:
    with pytest.raises(ParameterError):
        literal(parameter("list"), " | ", "place")


def test_a_value_outside_the_allowed_ones_is_refused() -> None:
    with pytest.raises(ParameterError):
        literal(parameter("text", ("in_scope", "total")), "合规", "place")


def test_the_deepest_division_chooses() -> None:
    sql = Parameters(
        [row("1"), row("2", division="990001000000"), row("3", division="990001101000"), row("4", division="990001101002")],
        NIGHT,
    ).sql(parameter("integer"), None)
    assert sql == (
        "(case when starts_with(village_code, '990001101002') then 4 when starts_with(town_code, '990001101') then 3"
        " when starts_with(county_code, '990001') then 2 else 1 end)"
    )


def test_a_division_without_a_value_everywhere_gives_null_elsewhere() -> None:
    sql = Parameters([row("2", division="9900")], NIGHT).sql(parameter("number"), None)
    assert sql == "(case when starts_with(county_code, '9900') then '2'::numeric else null::numeric end)"


def test_the_newest_period_and_the_countys_own_value_win() -> None:
    rows = [row("1"), row("2", valid_from="2026-01-01"), row("3", valid_from="2020-01-01", origin="county")]
    assert Parameters(rows, NIGHT).sql(parameter("integer"), None) == "(2)"
    assert Parameters([row("1", origin="county"), row("9")], NIGHT).sql(parameter("integer"), None) == "(1)"


def test_a_value_that_has_ended_or_not_begun_is_not_the_nights() -> None:
    rows = [row("1", valid_to="2026-10-16"), row("2", valid_from="2026-10-16", valid_to="2026-10-17"), row("3", valid_from="2026-10-17")]
    assert Parameters(rows, NIGHT).sql(parameter("integer"), None) == "(2)"


def test_a_value_of_the_rows_own_day() -> None:
    rates = [row("354", valid_to="2026-07-01"), row("400", valid_from="2026-07-01"), row("410", valid_from="2026-09-01", division="990001")]
    of_month = replace(parameter("integer"), at="month")
    assert Parameters(rates, NIGHT).sql(of_month, None) == (
        "(case when month >= '2026-09-01' then case when starts_with(county_code, '990001') then 410 else 400 end"
        " when month >= '2026-07-01' then 400 when month >= '-infinity' then 354 end)"
    )


def test_keys_become_a_case_over_the_key() -> None:
    keyed = Parameters([row("462", key="A"), row("354", key="B"), row("100", key="A", division="990001")], NIGHT)
    assert keyed.sql(parameter("number"), "dibao_tier") == (
        "(case (dibao_tier)::text"
        " when 'A' then case when starts_with(county_code, '990001') then '100'::numeric else '462'::numeric end"
        " when 'B' then '354'::numeric end)"
    )
    with pytest.raises(ParameterError, match=r":limit\["):
        keyed.sql(parameter("number"), None)


def test_a_value_without_key_serves_the_other_keys() -> None:
    both = Parameters([row("5", key="A"), row("7")], NIGHT)
    assert both.sql(parameter("integer"), "k") == "(case (k)::text when 'A' then 5 else 7 end)"
    assert both.sql(parameter("integer"), None) == "(7)"


def test_keys_with_a_value_of_zero_are_not_in_the_table() -> None:
    rows = [row("320", key="低保对象"), row("0", key="其他"), row("0.00", key="再其他"), row("400", key="特困人员")]
    assert Parameters(rows, NIGHT).sql(parameter("keys"), None) == "array['低保对象', '特困人员']::text[]"


def test_no_value_valid_on_the_night_is_refused() -> None:
    with pytest.raises(ParameterError) as caught:
        Parameters([], NIGHT).sql(parameter("integer"), None)
    assert caught.value.place == "parameters.limit"


@pytest.mark.parametrize("division", ["99000110100a", "9", "9900011010021"])
def test_a_malformed_division_is_refused(division: str) -> None:
    with pytest.raises(ParameterError):
        Parameters([row("1", division=division)], NIGHT).sql(parameter("integer"), None)
