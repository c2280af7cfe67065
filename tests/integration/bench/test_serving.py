"""The measurement of outward views asks each view as each role that may read it, and no other."""

from __future__ import annotations

import datetime as dt
import json

from typer.testing import CliRunner

from bidui.bench import grown
from bidui.cli.bench import app
from bidui.warehouse.connection import transaction
from bidui.warehouse.migrate import refresh_outward
from bidui.warehouse.roles import ensure_roles


def test_every_view_is_asked_as_each_role(warehouse: str) -> None:
    with transaction() as connection:
        ensure_roles(connection)
    refresh_outward()
    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute("insert into reference.division (division_code, division_level, name) values ('990101000000', 'county', '云岭县')")
        cursor.execute("create table mart_summary.person_kind (person_key text, to_night date)")
        cursor.execute("insert into mart_summary.person_kind values ('P1', 'infinity'), ('P1', '2026-10-16')")
    result = json.loads(CliRunner().invoke(app, ["bench", "serving", "--json"], catch_exceptions=False).stdout)
    assert result["persons"] == 1
    asked = {(answer["role"], answer["view"]): answer for answer in result["answers"]}
    assert {role for role, view in asked if view == "published.division"} == {"engineer", "auditor", "analyst", "bi"}
    assert not [view for role, view in asked if role == "bi" and not view.startswith("published.")]
    division = asked["bi", "published.division"]
    assert division["rows"] == 1
    assert division["first_ms"] >= 0 and division["count_ms"] >= 0
    slow = json.loads(CliRunner().invoke(app, ["bench", "serving", "--limit=-1", "--json"], catch_exceptions=False).stdout)
    assert "bi published.division" in slow["slow"]


def test_a_grown_warehouse_says_of_each_county_and_night_what_the_small_one_said(warehouse: str) -> None:
    night = dt.date(2026, 10, 17)
    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute("delete from ledger.published_night")
        cursor.execute("insert into ledger.published_night (as_of, run_id) values (%s, null)", (night,))
        cursor.execute("drop table if exists mart_summary.person_kind")
        cursor.execute(
            "create table mart_summary.person_kind (person_key text, household_key text, county_code text, town_code text, sex text,"
            " age_band text, household_type text, open_findings int, from_night date, to_night date)"
        )
        cursor.execute(
            "insert into mart_summary.person_kind select 'P' || n, 'H', '990101000000', '990101101000', '女', '1', '', 0, %s, 'infinity'"
            " from generate_series(1, 10) as n", (night,),
        )
        cursor.execute(
            "create table mart_summary.coverage (division_code text, division_level text, indicator text, numerator bigint,"
            " denominator bigint, not_comparable bigint, rate numeric, target numeric, met boolean, suppressed boolean,"
            " from_night date, to_night date)"
        )
        cursor.execute("create index coverage_idx on mart_summary.coverage (to_night)")
        cursor.execute(
            "insert into mart_summary.coverage (division_code, indicator, numerator, from_night, to_night)"
            " values ('990101000000', 'i', 7, %s, 'infinity'), ('990101101000', 'i', 7, %s, 'infinity')", (night, night),
        )
    refresh_outward()
    grown.grow(95, 60, night, ["published", "analyst"])
    with transaction() as connection, connection.cursor() as cursor:
        for asked in (night, night - dt.timedelta(days=20), night - dt.timedelta(days=60)):
            cursor.execute(
                "select count(*), count(distinct left(division_code, 6)), min(numerator), max(numerator)"
                " from published.coverage_asof(%s)", (asked,),
            )
            assert cursor.fetchone() == (20, 10, 7, 7), asked
        cursor.execute("select count(*) from mart_summary.coverage")
        assert cursor.fetchone() == (80,), "every row has changed three times"
        cursor.execute("select count(*), count(distinct person_pseudonym), count(distinct county_code) from analyst.person")
        assert cursor.fetchone() == (100, 100, 10)
        cursor.execute("select count(*) from pg_indexes where indexname = 'coverage_idx'")
        assert cursor.fetchone() == (1,)
