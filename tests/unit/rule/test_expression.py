"""What a rule may say, and how its parameters are put in."""

from __future__ import annotations

import pytest

from bidui.rule.expression import ExpressionError, compile_expression, parameter_names


def named(name: str, key: str | None) -> str:
    return f"<{name}>" if key is None else f"<{name} of {key}>"


@pytest.mark.parametrize(
    ("text", "compiled"),
    [
        ("age < :limit", "(age < <limit>)"),
        ("amount <> :rate[dibao_tier]", "(amount <> <rate of dibao_tier>)"),
        ("a = :rate[coalesce(tier, :other)]", "(a = <rate of coalesce(tier, <other>)>)"),
        ("x::text = ':limit'", "(x::text = ':limit')"),
        ("items[1] = 'it''s :no parameter'", "(items[1] = 'it''s :no parameter')"),
        ("settled_on >= date '2026-01-01'", "(settled_on >= date '2026-01-01')"),
        ("poverty_type ~ '建档立卡|脱贫'", "(poverty_type ~ '建档立卡|脱贫')"),
        ("cause_1 = '因病; 因残 -- 因学'", "(cause_1 = '因病; 因残 -- 因学')"),
        ("  ((a or b) and c) \n", "(((a or b) and c))"),
    ],
)
def test_parameters_are_replaced_and_the_rest_is_kept(text: str, compiled: str) -> None:
    assert compile_expression(text, named) == compiled


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("true; drop table x", 5),
        ("true -- always", 6),
        ("true /* always */", 6),
        ("a) or (b", 2),
        ("(a or b", 1),
        ("(a]", 3),
        ("exists (select 1)", 9),
        ("age in (values (1))", 9),
        ("x = (TABLE secrets)", 6),
        ("died_on < now()", 11),
        ("died_on < CURRENT_DATE", 11),
        ("random() < 0.5", 1),
        ("pg_sleep(10) is null", 1),
        ("x = e'\\n'", 5),
        ("x = $$text$$", 5),
        ("x = 'open", 5),
        ("   ", 1),
    ],
)
def test_anything_but_one_expression_over_the_row_is_refused_with_its_place(text: str, position: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text, named)
    assert caught.value.position == position
    assert caught.value.zh and caught.value.en


def test_parameters_in_quotes_are_no_parameters() -> None:
    assert parameter_names("a = :one and b = ':two' and c::text = :three[:four]") == {"one", "three", "four"}
