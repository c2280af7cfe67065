"""Somebody with a login tries for more than it is for: other people's rows, the server, the platform's nights."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
import re
from collections import Counter

import psycopg2
import psycopg2.extensions
import pytest
import sqlalchemy
from asking import OTHER_COUNTY, SECRETS, Connect, refused, relations, rows

from bidui.warehouse import access_log, embedded, people, sessions
from bidui.warehouse.migrate import refresh_outward
from bidui.warehouse.roles import connection_url, ensure_roles, matrix
from hand_made_facts import COUNTY, NIGHT, HandMadeFacts, login

ROLES = tuple(matrix())
OTHER_PERSON = "欧阳明月"
OF_PERSONS = ("person", "int_summary__age_band", "person_kind")


def everything_shown(connection: psycopg2.extensions.connection, statement: str) -> str:
    """All that a statement gives away: rows, notices, the error."""
    del connection.notices[:]
    with connection.cursor() as cursor:
        try:
            cursor.execute(statement)
            shown = [repr(cursor.fetchall())] if cursor.description else []
        except psycopg2.Error as error:
            shown = [str(error)]
    return "\n".join([*shown, *connection.notices])


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("attempt", [
    # the nights: locks that they wait for
    "select pg_advisory_lock(7211949)",
    "select pg_try_advisory_lock_shared(7211949)",
    "select pg_advisory_xact_lock(7211945)",
    "do 'begin lock table ledger.published_night in access exclusive mode; end'",
    # the disk: large objects, the write-ahead log, files
    "select lo_from_bytea(0, 'x')",
    "select lo_create(0)",
    "select lo_import('/etc/passwd')",
    "select pg_logical_emit_message(false, 'x', 'x')",
    "select pg_export_snapshot()",
    "set temp_file_limit to -1",
    "alter role current_user set temp_file_limit to -1",
    "copy ledger.published_night to '/dev/null'",
    "copy (select 1) to program 'id'",
    "select pg_ls_dir('.')",
    "select pg_read_binary_file('PG_VERSION')",
    "select pg_current_logfile()",
    "select pg_rotate_logfile()",
    "select pg_reload_conf()",
    # other code
    "create extension dblink",
    "create extension postgres_fdw",
    "create function pg_temp.peek(text) returns boolean language plpgsql as 'begin raise notice ''%'', $1; return true; end'",
    "create function published.peek(text) returns boolean language sql as 'select true'",
    "create operator pg_temp.=== (leftarg = text, rightarg = text, procedure = texteq)",
    "create temporary table grab as select 1",
    "create view pg_temp.mine as select 1",
    "prepare transaction 'x'",
    # somebody else
    "set role bidui_engineer",
    "set role postgres",
    "set session authorization bidui",
    "set session authorization bidui_view_owner",
    "grant bidui_auditor to current_user",
    "alter role current_user superuser",
    "alter role current_user connection limit -1",
    "alter role current_user set log_statement to 'none'",
    "set log_statement to 'none'",
    "set session_preload_libraries to 'x'",
    "alter database postgres set statement_timeout to 0",
    "alter view published.coverage set (security_barrier = false)",
    "drop view published.coverage",
    "comment on view published.coverage is 'x'",
    "create policy mine on ledger.batch using (true)",
    "select * from pg_shadow",
    "select * from pg_statistic_ext_data",
    "select * from pg_hba_file_rules",
    "select * from pg_file_settings",
    "select ledger.record_outcomes('[]', current_date)",
    "select ledger.keep_parameters()",
    "select ledger.worklist(current_date, true)",
])
def test_the_server_refuses(as_role: Connect, role: str, attempt: str) -> None:
    if attempt.startswith("prepare transaction"):
        with pytest.raises(psycopg2.Error):
            rows(as_role(role), attempt)
    else:
        assert refused(as_role(role), attempt), attempt


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("database", ["postgres", "template1", "another_database"])
def test_other_databases_of_the_server_are_closed(county: HandMadeFacts, role: str, database: str) -> None:
    embedded.ensure_database("another_database")
    url = sqlalchemy.make_url(connection_url(role)).set(database=database)
    with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
        psycopg2.connect(url.render_as_string(hide_password=False))


@pytest.mark.parametrize("setting", [
    "bidui.as_of", "bidui.login", "bidui.county", "bidui.counties", "role", "search_path", "session_authorization",
])
def test_settings_of_the_session_show_nothing_more(person_of: Connect, setting: str) -> None:
    """Rights follow from who connected; whatever a session sets for itself changes no row and no value."""
    connection = person_of(COUNTY)
    before = rows(connection, "select count(*), min(person_name) from audit.person")
    for value in ("2026-10-15", "2099-01-01", OTHER_COUNTY, "*", "bidui_auditor_login", "pg_temp, audit"):
        with connection.cursor() as cursor, contextlib.suppress(psycopg2.Error):
            cursor.execute(f"set {setting} to %s", (value,))
        assert rows(connection, "select count(*), min(person_name) from audit.person") == before
    assert rows(connection, "select count(*) from audit.explain_finding('fB1') as story where story is not null") == [(0,)]


LEAKY = [
    "select count(*) from audit.person where 1 / (case when person_name = '欧阳明月' then 0 else 1 end) > 0",
    "select count(*) from audit.person where id_no::int > 0",
    "select count(*) from audit.person where (person_name || id_no)::xml is not null",
    "select count(*) from audit.person where to_date(id_no, person_name) is not null",
    "select count(*) from audit.person where person_name::jsonb is not null",
    "select count(*) from audit.person where format('%s', county_code)::int = 1",
    "select count(*) from audit.person where household_no::int = 1",
    "select query_to_xml('select * from mart_summary.person', true, true, '')",
    "select database_to_xml(true, true, '')",
    "select count(*) from audit.link_review where row_name::int > 0",
    "select count(*) from ledger.outcome where reason::int > 0",
    "select count(*) from audit.finding where evidence::text::int > 0",
    "select count(*) from audit.finding_event where (evidence ->> 'personal')::int > 0",
    "select count(*) from audit.finding_asof(current_date) where subject_key::int > 0",
    "select count(*) from audit.cleansing_proposal where proposed_value::int > 0",
    "select audit.explain_finding('fB1')",
    "select audit.explain_link(1, 67, 'self', true)",
    "explain (analyze, verbose, buffers, settings) select * from audit.person where person_name = '欧阳明月'",
    "explain (verbose) select * from audit.person where id_no = '990102199001019999'",
    "select * from pg_stats where tablename ~ 'person|finding|answer|outcome|link'",
    "select query from pg_stat_activity",
    "select * from pg_stat_progress_copy",
    "select pg_get_viewdef(c.oid) from pg_class as c where relkind = 'v' and relnamespace::regnamespace::text ~ 'audit|ledger'",
    "select d.description from pg_description as d where d.classoid = 'pg_class'::regclass",
    "select s.* from pg_prepared_statements as s",
    "select c.relname, r.relname from pg_class as c inner join pg_largeobject_metadata as m on true"
    " inner join pg_class as r on true",
]


@pytest.mark.parametrize("attempt", LEAKY)
def test_nothing_of_another_county_or_behind_a_mask_is_given_away(
    county: HandMadeFacts, person_of: Connect, attempt: str
) -> None:
    """By rows, by errors that quote a value, by notices, by plans: of somebody else's county, and of masked values.

    What the attempt itself contains is no leak, so it is taken out of what was shown.
    """
    county.run("analyze")
    shown = everything_shown(person_of(COUNTY), attempt)
    for secret in (*SECRETS, "诸葛小亮", OTHER_COUNTY, "B1"):
        if secret not in attempt and not (secret == OTHER_COUNTY and "pg_stats" in attempt):
            assert secret not in shown, (secret, shown[:400])


def test_a_plan_estimates_the_same_whoever_is_asked_for(county: HandMadeFacts, person_of: Connect) -> None:
    """EXPLAIN tells how many rows the planner expects: it may not know of one name what it does not know of another.

    A barrier keeps a condition that could leak above the view, where there are no statistics of values.
    """
    county.run("analyze")
    connection = person_of(COUNTY)

    def top_rows(name: str) -> str:
        plan = rows(connection, f"explain select * from audit.person where person_name = '{name}'")
        found = re.search(r"rows=(\d+)", plan[0][0])
        assert found
        return found[1]

    assert top_rows("欧阳明月") == top_rows("不存在的人")


@pytest.mark.parametrize("seqscan", ["on", "off"])
def test_what_a_plan_counts_is_the_same_whether_or_not_somebody_else_s_row_fits(
    county: HandMadeFacts, as_role: Connect, person_of: Connect, seqscan: str
) -> None:
    """EXPLAIN ANALYZE counts the rows of every step. A condition that cannot leak is tried where the table is scanned; were
    the rights asked above, the count there would answer any question about other counties' people, yes or no.

    How many rows a county has is published anyway. Rows that a county has only by way of another table (`link`,
    `registry_key`, `finding_event`) are left out: what they say without it names a row of a delivery, never a person.
    """
    county.run("analyze")
    every, mine = as_role("auditor"), person_of(COUNTY)
    # An index is looked up before anything is asked of its rows; in a large table, or where a session forbids the scan.
    with mine.cursor() as cursor:
        cursor.execute("select set_config('enable_seqscan', %s, false)", (seqscan,))

    def counted(view: str, column: str, value: str) -> list[str]:
        plan = rows(mine, f"explain (analyze, timing off, buffers off) select * from audit.{view} where {column} = %s", value)
        return re.findall(r"actual rows=[\d.]+|Rows Removed by [\w ]+: \d+", "\n".join(line for (line,) in plan))

    asked = 0
    for view, columns in county.query(
        "select table_name, array_agg(column_name::text) filter (where data_type = 'text') from information_schema.columns"
        " where table_schema = 'audit' group by 1 having bool_or(column_name = 'county_code') order by 1"
    ):
        if view == "registry_key":
            continue
        theirs = rows(every, f"select {', '.join(columns)} from audit.{view} where county_code = %s limit 1", OTHER_COUNTY)
        for column, value in zip(columns, theirs[0], strict=True) if theirs else ():
            # What only they have: a value that own rows have too is counted, as it should be.
            if value and column != "county_code" and rows(mine, f"select count(*) from audit.{view} where {column} = %s", value) == [(0,)]:
                assert counted(view, column, value) == counted(view, column, "nobody"), (view, column)
                asked += 1
    assert asked > 30


@pytest.mark.parametrize("view", ["person", "household"])
def test_what_an_auditor_of_one_county_asks_costs_what_that_county_holds(
    county: HandMadeFacts, as_role: Connect, person_of: Connect, view: str
) -> None:
    """The rights are what the index is searched by, so that no other county's row is even looked at."""
    county.run("analyze")
    mine = person_of(COUNTY)
    with mine.cursor() as cursor:
        cursor.execute("set enable_seqscan = off")
    ((own,),) = rows(mine, f"select count(*) from audit.{view}")
    assert 0 < own < rows(as_role("auditor"), f"select count(*) from audit.{view}")[0][0]
    plan = rows(mine, f"explain (analyze, timing off) select * from audit.{view} where household_no = 'nobody'")
    looked_at = re.findall(r"Rows Removed by Filter: (\d+)", "\n".join(line for (line,) in plan))
    assert sum(map(int, looked_at)) == own


def test_a_statement_prepared_before_gives_nothing_after_the_right_is_taken(
    county: HandMadeFacts, person_of: Connect
) -> None:
    connection = person_of(COUNTY, identifiers=True)
    with connection.cursor() as cursor:
        cursor.execute("set plan_cache_mode = force_generic_plan")
        cursor.execute("prepare mine as select person_name from audit.person order by person_key")
        cursor.execute("execute mine")
        assert cursor.fetchall() == [("诸葛小亮",)] * 3
    name = rows(connection, "select session_user")[0][0]
    county.run("update ledger.access_grant set may_see_identifiers = false where login = %s", name)
    assert rows(connection, "execute mine") == [("诸**",)] * 3
    county.run(f"revoke bidui_auditor from {name}")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        rows(connection, "execute mine")


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "UTC", "Etc/GMT+12", "XXX+167", "America/Los_Angeles"])
def test_a_right_ends_on_its_day_whatever_the_session_calls_today(
    county: HandMadeFacts, person_of: Connect, zone: str
) -> None:
    connection = person_of(COUNTY)
    (today,), = county.query("select ledger.county_today()")
    county.run("update ledger.access_grant set valid_until = %s where login = %s",
               today - dt.timedelta(days=1), rows(connection, "select session_user")[0][0])
    with connection.cursor() as cursor:
        cursor.execute("select set_config('timezone', %s, false)", (zone,))
    assert rows(connection, "select count(*) from audit.person") == [(0,)]


def test_a_session_that_stays_open_ends_with_the_login(county: HandMadeFacts, as_role: Connect) -> None:
    """A login without county rights too: the server would let its open session go on for ever."""
    with county.connection:
        people.grant(county.connection, "t_brief", "bi", by="李主任", reason="试用")
    session = login(people.connection_url(county.connection, "t_brief"))
    assert rows(session, "select count(*) > 0 from published.coverage") == [(True,)]
    county.run("alter role t_brief valid until '2020-01-01'")
    with county.connection:
        assert people.close_expired(county.connection) == ["t_brief"]
        assert people.close_expired(county.connection) == []
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        rows(session, "select count(*) from published.coverage")
    session.close()
    county.run("drop role t_brief")


def test_what_a_login_sets_for_its_sessions_to_come_is_taken_out(county: HandMadeFacts) -> None:
    with county.connection:
        people.grant(county.connection, "t_lifts", "bi", by="李主任", reason="试用")
    url = people.connection_url(county.connection, "t_lifts")
    with contextlib.closing(login(url)) as session, session.cursor() as cursor:
        cursor.execute("set default_transaction_read_only = off")
        for place in ("", f"in database {session.info.dbname}"):
            cursor.execute(f"alter role current_user {place} set statement_timeout = 0")
            cursor.execute(f"alter role current_user {place} set work_mem = '20GB'")
    shown = "select current_setting('statement_timeout'), current_setting('work_mem'), current_setting('temp_file_limit')"
    with contextlib.closing(login(url)) as session:
        assert rows(session, shown) == [("0", "20GB", "512MB")]
    with county.connection:
        ensure_roles(county.connection)
    with contextlib.closing(login(url)) as session:
        assert rows(session, shown) == [("1min", county.query("show work_mem")[0][0], "512MB")]
    county.run("drop role t_lifts")


def test_a_session_that_lifts_its_limits_is_ended(county: HandMadeFacts) -> None:
    """Neither a running statement nor an open transaction outlives what the role allows; what is within it goes on."""
    with county.connection:
        people.grant(county.connection, "t_long", "bi", by="李主任", reason="试用")
    url = people.connection_url(county.connection, "t_long")
    with contextlib.closing(login(url)) as holding, contextlib.closing(login(url)) as fresh:
        with holding.cursor() as cursor:
            cursor.execute("set statement_timeout = 0")
            cursor.execute("set idle_in_transaction_session_timeout = 0")
            cursor.execute("begin")
            cursor.execute("select count(*) from published.coverage")
        with county.connection:
            assert sessions.end_overlong(county.connection) == []
            assert sessions.end_overlong(county.connection, grace=dt.timedelta(days=-1)) == ["t_long"]
        with pytest.raises(psycopg2.OperationalError):
            rows(holding, "select 1")
        assert rows(fresh, "select 1") == [(1,)]
    county.run("drop role t_long")


def test_a_session_that_may_be_seen_and_not_ended_fails_no_night(county: HandMadeFacts) -> None:
    """Somebody else gave the login, and the owner may look at all sessions: PostgreSQL would refuse to end this one."""
    superuser = psycopg2.connect(embedded.superuser_url())
    superuser.autocommit = True
    with contextlib.closing(superuser), superuser.cursor() as cursor:
        cursor.execute("create role t_theirs login password 'x' in role bidui_bi")
        cursor.execute(f"grant pg_read_all_stats to {embedded.OWNER}")
        try:
            theirs = psycopg2.extensions.make_dsn(county.connection.dsn, user="t_theirs", password="x")
            with contextlib.closing(psycopg2.connect(theirs)) as holding:
                rows(holding, "select count(*) from published.coverage")
                with county.connection:
                    assert sessions.end_overlong(county.connection, grace=dt.timedelta(days=-1)) == []
                assert rows(holding, "select 1") == [(1,)]
        finally:
            cursor.execute(f"revoke pg_read_all_stats from {embedded.OWNER}")
            cursor.execute("drop role t_theirs")


@pytest.mark.parametrize("role", ROLES)
def test_a_night_that_is_not_published_is_nobodys(county: HandMadeFacts, as_role: Connect, role: str) -> None:
    later = NIGHT + dt.timedelta(days=1)
    asked = [
        f'select count(*) from "{schema}"."{name}_asof"(\'{later}\')'
        for schema, name in relations(county, "audit", "published", "analyst")
        if (schema, "*") in matrix()[role].reads
        and county.query("select to_regprocedure(%s) is not null", f"{schema}.{name}_asof(date)") == [(True,)]
    ]
    assert asked
    for statement in asked:
        # what is known of extracts and rules without any night has its rows all the same
        if not re.search('"(source_freshness|rule)_asof"', statement):
            assert rows(as_role(role), statement) == [(0,)], statement
    if role == "auditor":
        assert rows(as_role(role), f"select audit.explain_finding('fA1', '{later}')") == [(None,)]
        assert rows(as_role(role), f"select audit.explain_finding('fA1', '{NIGHT}') is not null") == [(True,)]


@pytest.mark.parametrize("role", ROLES)
def test_sessions_of_a_login_are_numbered(county: HandMadeFacts, as_role: Connect, role: str) -> None:
    limit, = county.query("select rolconnlimit from pg_roles where rolname = %s", matrix()[role].login_name)[0]
    assert 0 < limit <= 40
    assert refused(as_role(role), "alter role current_user connection limit 1000")


def test_nobody_is_the_only_one_of_a_kind(county: HandMadeFacts, as_role: Connect) -> None:
    """Whatever is told of a pseudonymous person fits at least five; who is told less cannot be found by the household."""
    draw = random.Random(3)
    for n in range(600):
        county.person(
            f"K{n}", household_key=f"HK{n // 3}", county_code="990103000000",
            town_code=draw.choice(["990103101000"] * 9 + ["990103102000"] * 9 + ["990103103000"]),
            sex=draw.choice("男女"), birth_date=f"{draw.choice([1935, 1950, 1975, 1975, 1995, 2015, 2023])}-01-01",
            household_type=draw.choice(["一般脱贫户"] * 8 + ["低保户"] * 3 + ["突发严重困难户"]),
        )
    county.build(*OF_PERSONS)
    refresh_outward()
    told = rows(as_role("analyst"), "select town_code, sex, age_band, household_type, household_pseudonym from analyst.person"
                                    " where county_code = '990103000000'")
    county.run("delete from mart_comparison.fact_person where county_code = '990103000000'")
    county.build(*OF_PERSONS)
    assert len(told) == 600
    kinds = Counter(row[:4] for row in told)
    assert min(kinds.values()) >= 5
    assert sum(row[3] is not None for row in told) > 300, "most are told whole"
    assert {row[4] is None for row in told if row[3] is None} == {True}


def test_an_error_of_an_auditor_leaves_no_name_in_the_servers_log(county: HandMadeFacts, person_of: Connect) -> None:
    """The statement is logged, what it ran into is not: the value would be there in the clear."""
    connection = person_of(COUNTY, identifiers=True)
    name = rows(connection, "select session_user")[0][0]
    with county.connection, county.connection.cursor() as cursor:
        access_log.switch_on(cursor, name)
    url = sqlalchemy.make_url(connection_url("auditor")).set(username=name, password="p")
    with login(url.render_as_string(hide_password=False)) as logged:
        with pytest.raises(psycopg2.DataError, match="诸葛小亮"):
            rows(logged, "select person_name::int from audit.person")
        logged.rollback()
    written = embedded.log_files()[-1].read_text(encoding="utf-8")
    assert "select person_name::int from audit.person" in written
    assert 'integer: "诸葛小亮"' not in written
