"""Nights on which nothing came in: only what can have changed is built, and every table says what one built from nothing says."""

from __future__ import annotations

import truth
from county import County

from bidui.night import beside
from bidui.night.replay import replay
from bidui.validation import override

PERSONS, NIGHTS = 600, 1

# Made from lists, reference data and parameters, whatever the date. (Not `comparison_summary`: which small cells it
# withholds depends on what the night before withheld.)
STANDS_ON_A_QUIET_NIGHT = {
    "int_identity__mention", "int_identity__candidate", "int_identity__decision", "int_identity__linked_row", "link",
    "int_fact__registry", "int_fact__health_lists", "int_fact__civil_affairs", "int_fact__education",
    "int_fact__person", "int_fact__household", "int_fact__settlement", "int_fact__student_term",
    "comparison_health_insurance", "comparison_civil_affairs", "comparison_education", "comparison_housing",
}  # fmt: skip


def test_a_quiet_night_keeps_what_stands(county: County, first_night: str) -> None:
    """What is made from lists alone stands, until a list is taken back, a parameter loaded, or time has passed."""
    county.reconcile(2)
    assert built_on(county, 2) & STANDS_ON_A_QUIET_NIGHT == set()
    assert {"int_identity__person_life", "finding", "monitoring_candidate"} <= built_on(county, 2)

    # A list is taken back and a parameter loaded: what reads them is built.
    [(wrong,)] = truth.rows(
        county.connection,
        f"select max(batch_id) from ledger.night_batch where extract = 'property' and as_of = '{county.night(2)}' and is_current",
    )
    override.withdraw(county.connection, wrong, by="张三", reason="错发")
    with county.connection.cursor() as cursor:
        cursor.execute("insert into reference.county_parameter (rule_id, parameter, value) values ('MED-15', 'obliged', 'all')")
    county.reconcile(3)
    assert {"int_identity__mention", "int_fact__property", "comparison_housing"} <= built_on(county, 3)
    assert unlike_one_from_nothing(county, 3) == []

    # Weeks without a night: an insurance year begins, lists go stale, people grow older.
    county.reconcile(80)
    assert "int_fact__evidence" in built_on(county, 80)
    assert unlike_one_from_nothing(county, 80) == []


def built_on(county: County, number: int) -> set[str]:
    """Tables that the night built."""
    built = f"select table_name from ledger.kept_table where as_of = '{county.night(number)}' and schema_name like 'mart\\_%'"
    return {name for (name,) in truth.rows(county.connection, built)}


def unlike_one_from_nothing(county: County, number: int) -> list[str]:
    """Tables and views of the marts that are not what a build of the night beside them, with nothing to keep, gives."""
    done = replay(county.night(number), keep=True)
    unlike = [row.table for row in done.tables if not row.is_equal]
    pairs = truth.rows(
        county.connection,
        "select c.oid::regclass::text, t.oid::regclass::text from pg_class as c"
        " inner join pg_namespace as n on n.oid = c.relnamespace"
        " inner join pg_namespace as m on m.nspname = 'replay_' || n.nspname"
        " left join pg_class as t on t.relnamespace = m.oid and t.relname = c.relname"
        " where n.nspname like 'mart\\_%' and c.relkind in ('r', 'v')",
    )
    assert len(pairs) > 100
    nights = {row.table for row in done.tables}
    for ours, other in pairs:
        version = (
            "select ledger.version_of_rows('{0}', (select array_agg(attname) from pg_attribute"
            " where attrelid = '{0}'::regclass and attnum > 0 and not attisdropped))"
        )
        if ours not in nights and (
            other is None
            or truth.rows(county.connection, version.format(ours)) != truth.rows(county.connection, version.format(other))
        ):
            unlike.append(ours)
    beside.clear("replay_")
    return unlike
