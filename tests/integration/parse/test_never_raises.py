"""No parse function raises, whatever the text: an exception would print the value and stop the batch."""

from __future__ import annotations

import psycopg2.extensions
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

# Text that looks like what the functions read, cut and mixed; and text that does not.
PIECES = st.sampled_from(
    ["2020", "13", "年", "月", "日", "-", "/", ".", ":", " ", "T", "Z", "+08:00", "E", "+17", "万元", "元", ",", "(", ")", "（",
     "0", "999999", "000", "X", "x", "47000119800229123", "４７", "学年", "学期", "第一", "秋", "A", "级", "无", "?", "·", "張",
     "\\", "'", '"', "%", "_", "{", "}", "$", "\u0001", "\u200b", "\ufffd", "𠀀", "é", "99999999999999999999"]
)
LOOKALIKE = st.lists(PIECES, max_size=8).map("".join)
ANYTHING = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)


@pytest.fixture(scope="module")
def functions(connection: psycopg2.extensions.connection) -> list[str]:
    """A call of every function of the schema, `%(text)s` for each text."""
    values = {"text": "%(text)s", "date": "date '2026-10-16'", "bigint": "0", "integer": "2026"}
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.proname, array(select format_type(a, null) from unnest(p.proargtypes) as a)"
            " from pg_proc as p where p.pronamespace = 'parse'::regnamespace order by 1"
        )
        calls = [f"parse.{name}({', '.join(values[kind] for kind in kinds)})" for name, kinds in cursor.fetchall()]
    assert len(calls) > 30
    return calls


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.one_of(LOOKALIKE, ANYTHING))
def test_no_text_raises(
    connection: psycopg2.extensions.connection, functions: list[str], text: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"select num_nulls({', '.join(functions)})", {"text": text})
        assert cursor.fetchone() is not None


def test_every_function_is_immutable_and_parallel_safe(connection: psycopg2.extensions.connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select proname from pg_proc where pronamespace = 'parse'::regnamespace"
            " and (provolatile <> 'i' or proparallel <> 's')"
        )
        assert cursor.fetchall() == []


@settings(max_examples=60, deadline=None)
@given(text=st.one_of(LOOKALIKE, ANYTHING))
@example("T\u00a8")
def test_what_is_normalised_stays_as_it_is(connection: psycopg2.extensions.connection, text: str) -> None:
    once = ["clean", "code_key", "text_key", "number_text", "number_key", "id_no", "person_name", "sorted_list"]
    with connection.cursor() as cursor:
        for name in once:
            cursor.execute(
                f"select parse.{name}(first) is not distinct from first from (select parse.{name}(%s) as first) as f",
                (text,),
            )
            assert cursor.fetchone() == (True,), name
