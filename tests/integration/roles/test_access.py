"""Who sees what: every role logs in, reads everything it can reach, and tries for more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
import sqlalchemy
from asking import OTHER_COUNTY, OUTWARD, PRIVATE, SECRETS, Connect, refused, relations, rows

from bidui.explain.words import SEVERITIES
from bidui.problem import ProblemError
from bidui.warehouse import outward
from bidui.warehouse.migrate import refresh_outward
from bidui.warehouse.roles import connection_url, matrix
from hand_made_facts import COUNTY, NIGHT, HandMadeFacts, login

ROLES = tuple(matrix())


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reads_what_the_matrix_names_and_nothing_else(county: HandMadeFacts, as_role: Connect, role: str) -> None:
    reads = matrix()[role].reads
    readable = set()
    for schema, name in relations(county, "ledger", *OUTWARD, *PRIVATE):
        columns = ", ".join(reads.get((schema, name), ())) or "*"
        if not refused(as_role(role), f'select {columns} from "{schema}"."{name}" limit 1'):
            readable.add((schema, name))
    wanted = {
        (schema, name)
        for schema, name in relations(county, "ledger", *OUTWARD)
        if (schema, name) in reads or (schema, "*") in reads
    }
    assert readable == wanted
    assert len(wanted) > 6


def test_an_engineer_reads_of_answers_what_names_nobody(as_role: Connect) -> None:
    assert len(rows(as_role("engineer"), "select verdict, answered_on from ledger.outcome")) == 6
    assert refused(as_role("engineer"), "select reason from ledger.outcome")
    assert refused(as_role("engineer"), "select field_check from ledger.outcome")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("attempt", [
    "insert into ledger.access_grant (login, county_code, granted_by) values (session_user, '*', 'me')",
    "update ledger.published_night set as_of = null",
    "delete from ledger.batch",
    "create table published.mine (x int)",
    "create table public.mine (x int)",
    "create temporary table mine (x int)",
    "create schema mine",
    "create role mine",
    "set role bidui_view_owner",
    "set role bidui",
    "set role bidui_auditor",
    "set session authorization bidui",
    "copy (select 1) to program 'cat'",
    "copy (select 1) to '/dev/null'",
    "select pg_read_file('/etc/passwd')",
    "select * from pg_authid",
    "select * from pg_statistic",
    "select ledger.make_outward('audit', 'x', array[]::text[], 'select 1')",
    "select ledger.apply_access()",
    "select mart_summary.cells_to_withhold('pg_class', 5)",
    "alter role current_user createrole",
    "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'bidui'",
])
def test_what_nobody_may(as_role: Connect, role: str, attempt: str) -> None:
    assert refused(as_role(role), attempt)


def test_nobody_passes_a_right_on(as_role: Connect) -> None:
    """A grant without the grant option is a warning only: nothing follows from it."""
    with as_role("engineer").cursor() as cursor:
        cursor.execute("set default_transaction_read_only = off; grant select on ledger.batch to public")
    assert refused(as_role("bi"), "select * from ledger.batch")


@pytest.mark.parametrize("role", ROLES)
def test_statistics_give_no_value_away(as_role: Connect, county: HandMadeFacts, role: str) -> None:
    """pg_stats shows samples of values of what one may read: nothing of a private schema, nothing of limited rows."""
    county.run("analyze")
    seen = rows(as_role(role), "select schemaname, tablename, coalesce(most_common_vals::text, histogram_bounds::text, '')"
                               " from pg_stats where schemaname <> 'pg_catalog' and schemaname <> 'information_schema'")
    allowed = {key for key in matrix()[role].reads if key[0] == "ledger"} - {("ledger", "outcome")}
    assert {(schema, table) for schema, table, _ in seen} <= allowed
    assert not any(secret in values for _, _, values in seen for secret in (*SECRETS, "诸葛"))


@pytest.mark.parametrize("role", ROLES)
def test_sessions_are_read_only_and_limited_from_the_start(role: str, county: HandMadeFacts) -> None:
    connection = login(connection_url(role))
    with connection.cursor() as cursor:
        cursor.execute("show default_transaction_read_only")
        assert cursor.fetchone() == ("on",)
        cursor.execute("show statement_timeout")
        assert cursor.fetchone() == (matrix()[role].login.statement_timeout.replace("60s", "1min"),)
        cursor.execute("select session_user")
        assert cursor.fetchone() == (matrix()[role].login_name,)
    connection.close()


def test_a_wrong_password_is_refused(county: HandMadeFacts) -> None:
    url = sqlalchemy.make_url(connection_url("bi")).set(password="wrong")
    with pytest.raises(psycopg2.OperationalError, match="authentication"):
        psycopg2.connect(url.render_as_string(hide_password=False))


def test_an_unknown_role_is_named(county: HandMadeFacts) -> None:
    with pytest.raises(ProblemError, match="engineer, auditor, analyst, bi"):
        connection_url("manager")


AUDIT_COUNTS = {
    "person": (6, 3), "household": (6, 3), "finding": (7, 4), "finding_event": (6, 3), "link": (7, 3),
    "comparison_health_insurance": (6 * 9, 3 * 9), "comparison_civil_affairs": (6 * 8, 3 * 8),
    "comparison_education": (6 * 8, 3 * 8), "comparison_housing": (6 * 6, 3 * 6), "cleansing_proposal": (6, 3),
    "monitoring_candidate": (2, 1), "household_plan": (2, 1),
}


@pytest.mark.parametrize(("view", "counts"), AUDIT_COUNTS.items())
def test_rows_by_county(as_role: Connect, person_of: Connect, view: str, counts: tuple[int, int]) -> None:
    everything, one_county = counts
    assert rows(as_role("auditor"), f"select count(*) from audit.{view}") == [(everything,)]
    limited = person_of(COUNTY)
    assert rows(limited, f"select count(*) from audit.{view}") == [(one_county,)]
    assert rows(limited, f"select count(*) from audit.{view}_asof(%s)", NIGHT) == [(one_county,)]
    assert rows(limited, f"select count(*) from audit.{view}_asof(%s)", NIGHT.replace(day=1)) == [(0,)]
    assert rows(person_of(), f"select count(*) from audit.{view}") == [(0,)]


def test_every_audit_view_shows_the_granted_county_alone(county: HandMadeFacts, as_role: Connect, person_of: Connect) -> None:
    """Also views that come later: each has rows of both counties here, and gives a login the rows of its own."""
    without_rows = {"link_weight", "registry_key", "reported_figure_audit"}
    limited, nobody = person_of(COUNTY), person_of()
    for schema, view in relations(county, "audit"):
        place = next(
            column for (column,) in county.query(
                "select a.attname from pg_attribute as a where a.attrelid = %s::regclass and a.attname in"
                " ('county_code', 'division_code', 'finding_id', 'extract', 'subject_kind')"
                " order by array_position(array['county_code', 'division_code'], a.attname::text)", f"{schema}.{view}",
            )
        )
        everything = rows(as_role("auditor"), f"select {place} from audit.{view}")
        shown = rows(limited, f"select {place} from audit.{view}")
        assert rows(nobody, f"select count(*) from audit.{view}") == [(0,)], view
        if view in without_rows:
            assert everything == []
            continue
        assert 0 < len(shown) < len(everything), view
        if place.endswith("_code"):
            assert {code[:6] for (code,) in shown} == {COUNTY[:6]}, view


def test_profile_by_county(as_role: Connect, person_of: Connect) -> None:
    assert {row[0][:6] for row in rows(as_role("auditor"), "select division_code from audit.profile")} == {"990101", "990102"}
    assert {row[0][:6] for row in rows(person_of(COUNTY), "select division_code from audit.profile")} == {"990101"}


def test_answers_by_county(as_role: Connect, person_of: Connect) -> None:
    assert rows(as_role("auditor"), "select count(*) from ledger.outcome") == [(6,)]
    assert rows(person_of(COUNTY), "select count(*) from ledger.outcome") == [(3,)]
    assert rows(person_of(), "select count(*) from ledger.outcome") == [(0,)]


def test_what_was_written_in_free_words_needs_the_right_to_names(person_of: Connect) -> None:
    words = "select finding_id, reason, is_withheld from ledger.outcome order by 1"
    assert rows(person_of(COUNTY), words) == [(f"fA{i}", None, True) for i in (1, 2, 3)]
    assert rows(person_of(COUNTY, identifiers=True), words) == [(f"fA{i}", "欧阳明月在外", False) for i in (1, 2, 3)]
    told = "select audit.explain_finding('fA1') -> 'outcomes' -> 0 ->> 'reason'"
    assert rows(person_of(COUNTY), told) == [(None,)]
    assert rows(person_of(COUNTY, identifiers=True), told) == [("欧阳明月在外",)]
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        rows(person_of("*", identifiers=True), "select * from ledger.answer")


def test_names_and_numbers_need_the_extra_right(person_of: Connect) -> None:
    masked, clear = person_of("*"), person_of("*", identifiers=True)
    assert rows(masked, "select person_name, id_no from audit.person where person_key = 'B1'") == [("欧**", "990102************")]
    assert rows(clear, "select person_name, id_no from audit.person where person_key = 'B1'") == [
        ("欧阳明月", "990102199001019999")
    ]
    named = "select person_name, id_no, registry_value, department_value from audit.comparison_health_insurance where"
    named += " subject_key = 'B1' and field = 'person_name'"
    assert rows(masked, named) == [("欧**", "990102************", "欧**", "欧**")]
    assert rows(clear, named) == [("欧阳明月", "990102199001019999", "欧阳明月", "欧阳明日")]
    proposed = "select person_name, id_no, registry_value, proposed_value from audit.cleansing_proposal where subject_key = 'B1'"
    assert rows(masked, proposed) == [("欧**", "990102************", "欧**", "欧**")]
    assert rows(clear, proposed) == [("欧阳明月", "990102199001019999", "欧阳明月", "欧阳明日")]
    assert rows(clear, "select evidence -> 'personal' is not null from audit.finding where finding_id = 'fB1'") == [(True,)]
    assert rows(masked, "select evidence from audit.finding where finding_id = 'fB1'") == [({"values": {"registry": {"age": 36}}},)]
    assert rows(masked, "select subject_key from audit.finding where finding_id = 'fX'") == [("990101************",)]


def test_the_extra_right_of_one_county_is_not_that_of_another(person_of: Connect, county: HandMadeFacts) -> None:
    both = person_of(COUNTY, OTHER_COUNTY)
    county.run("update ledger.access_grant set may_see_identifiers = true where login = %s and county_code = %s",
               rows(both, "select session_user")[0][0], COUNTY)
    assert rows(both, "select person_key, person_name from audit.person order by 1") == [
        ("A1", "诸葛小亮"), ("A2", "诸葛小亮"), ("A3", "诸葛小亮"), ("B1", "欧**"), ("B2", "诸**"),
    ]


def test_of_nobody_s_county_nothing_is_shown_by_the_extra_right_of_one(person_of: Connect, county: HandMadeFacts) -> None:
    """Nobody knows whose the row is, so the right to one county's names does not say that they may be seen."""
    both = person_of("*", COUNTY)
    county.run("update ledger.access_grant set may_see_identifiers = true where login = %s and county_code = %s",
               rows(both, "select session_user")[0][0], COUNTY)
    asked = "select subject_key from audit.finding where finding_id = 'fX'"
    assert rows(both, asked) == [("99010119900101123X",)]
    county.run("update mart_finding.finding set county_code = null where finding_id = 'fX'")
    try:
        assert rows(both, asked) == [("990101************",)]
    finally:
        county.run("update mart_finding.finding set county_code = %s where finding_id = 'fX'", COUNTY)


def test_a_right_taken_back_is_gone_at_once(person_of: Connect, county: HandMadeFacts) -> None:
    connection = person_of(COUNTY)
    assert rows(connection, "select count(*) from audit.person") == [(3,)]
    county.run("update ledger.access_grant set revoked_at = now(), revoked_by = 'test' where login = %s",
               rows(connection, "select session_user")[0][0])
    assert rows(connection, "select count(*) from audit.person") == [(0,)]


def test_no_masked_value_shows_anywhere(county: HandMadeFacts, person_of: Connect) -> None:
    """Every cell of every audit view, as text, without the right to names."""
    connection = person_of("*")
    for schema, view in relations(county, "audit"):
        text = "\n".join(row[0] for row in rows(connection, f'select v::text from "{schema}"."{view}" as v'))
        assert not any(secret in text for secret in SECRETS), view


@pytest.mark.parametrize("statement", [
    "select count(*) from audit.person where cast(id_no as int) = 1",
    "select count(*) from audit.person where person_name::date = '2020-01-01'",
    "select count(*) from audit.comparison_health_insurance where registry_value::int = 1",
])
def test_a_failing_condition_quotes_no_hidden_row(person_of: Connect, statement: str) -> None:
    """The barrier: conditions run only on rows and values that are shown, so an error cannot quote another county's."""
    connection = person_of(COUNTY)
    with pytest.raises(psycopg2.DataError) as error:
        rows(connection, statement)
    assert not any(secret in str(error.value) for secret in SECRETS)


def test_bi_and_analyst_see_no_person(as_role: Connect, county: HandMadeFacts) -> None:
    for role in ("bi", "analyst"):
        for schema, view in relations(county, "published", "analyst"):
            if (schema, "*") not in matrix()[role].reads:
                continue
            text = "\n".join(row[0] for row in rows(as_role(role), f'select v::text from "{schema}"."{view}" as v'))
            assert not any(secret in text for secret in (*SECRETS, "诸葛", "HA1")), view


def test_pseudonyms_stay_and_follow_from_nothing(as_role: Connect, county: HandMadeFacts) -> None:
    before = rows(as_role("analyst"), "select person_pseudonym, household_pseudonym from analyst.person order by 1")
    assert len({row[0] for row in before}) == 6
    refresh_outward()
    assert rows(as_role("analyst"), "select person_pseudonym, household_pseudonym from analyst.person order by 1") == before


def test_interface_names_and_types(county: HandMadeFacts) -> None:
    """Every table people build on has its columns, in their types; every column of a view is described in both languages."""
    for table in outward.interface().values():
        found = dict(county.query(
            "select a.attname, format_type(a.atttypid, null) from pg_attribute as a"
            " where a.attrelid = to_regclass(%s) and a.attnum > 0 and not a.attisdropped",
            f"{table.schema}.{table.name}",
        ))
        wanted = {name: {"timestamptz": "timestamp with time zone", "int": "integer"}.get(c.type, c.type)
                  for name, c in table.columns.items()}
        assert {name: found.get(name) for name in wanted} == wanted, (table.schema, table.name)
        if table.is_view:
            assert list(found) == list(wanted), (table.schema, table.name)


def test_bi_tools_are_told_how_many_decimals_a_number_has(county: HandMadeFacts) -> None:
    """JDBC says 0 of a numeric that does not say it itself, and a tool that makes its own tables by that cuts shares to 0."""
    unsaid = county.query(
        "select c.oid::regclass::text, a.attname from pg_class as c inner join pg_attribute as a on a.attrelid = c.oid"
        " where c.relnamespace = 'published'::regnamespace and a.atttypid = 'numeric'::regtype and a.atttypmod = -1"
    )
    assert unsaid == []


def test_everything_outward_is_described(county: HandMadeFacts) -> None:
    undescribed = county.query(
        "select c.oid::regclass::text, a.attname from pg_class as c inner join pg_attribute as a on a.attrelid = c.oid"
        " where c.relnamespace::regnamespace::text = any(%s) and c.relkind = 'v' and a.attnum > 0"
        " and (coalesce(col_description(c.oid, a.attnum), '') !~ '[一-龥].* · .*[a-z]'"
        " or coalesce(obj_description(c.oid), '') !~ '[一-龥].* · .*[a-z]')",
        list(OUTWARD),
    )
    assert undescribed == []


def test_severities_are_called_the_same_everywhere(county: HandMadeFacts) -> None:
    called = county.query("select code, label_zh || ' ' || label_en from published.label where kind = 'severity'")
    assert dict(called) == SEVERITIES


def test_a_column_is_described_with_every_word_that_it_may_hold(county: HandMadeFacts) -> None:
    may_hold = county.query(
        "select c.conrelid::regclass::text, a.attname, array(select word[1] from regexp_matches("
        " pg_get_constraintdef(c.oid), $$'([a-z_]+)'::text$$, 'g') as word)"
        " from pg_constraint as c inner join pg_attribute as a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]"
        " where c.contype = 'c' and cardinality(c.conkey) = 1 and pg_get_constraintdef(c.oid) ~ 'ANY .*ARRAY'"
        " and c.connamespace = 'ledger'::regnamespace"
    )
    described = {
        (f"{table.schema}.{table.name}", column.name): column.meaning
        for table in outward.interface().values()
        for column in table.columns.values()
    }
    held = {(table, column): words for table, column, words in may_hold if (table, column) in described}
    assert ("ledger.batch", "status") in held
    assert [(*place, word) for place, words in held.items() for word in words if word not in described[place]] == []


def test_views_come_back_when_they_were_dropped(county: HandMadeFacts, as_role: Connect) -> None:
    county.run("drop view published.coverage cascade")
    refresh_outward()
    assert rows(as_role("bi"), "select count(*) > 0 from published.coverage") == [(True,)]
    assert county.query("select obj_description('published.coverage'::regclass) like '覆盖率%%'") == [(True,)]


def test_the_commands_connect(county: HandMadeFacts) -> None:
    """`bidui dsn` prints a URL that works; `bidui psql` opens the bundled client and passes its arguments on."""
    bidui = [str(Path(sys.executable).with_name("bidui"))]
    shown = subprocess.run([*bidui, "dsn", "--role", "bi"], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == connection_url("bi")
    asked = subprocess.run(
        [*bidui, "psql", "--role", "bi", "-At", "-c", "select session_user, count(*) > 0 from coverage"],
        capture_output=True, text=True, check=True,
    )
    assert asked.stdout.strip() == "bidui_bi_login|t"
    unknown = subprocess.run([*bidui, "dsn", "--role", "boss"], capture_output=True, text=True, check=False)
    assert unknown.returncode == 2
    assert "没有这个角色" in unknown.stderr and "Traceback" not in unknown.stderr
