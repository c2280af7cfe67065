"""The log that a real pgaudit writes is read back: Debian's PostgreSQL and its pgaudit, where they are installed."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from tests.integration.connector.servers import free_port

from bidui.warehouse import access_log

VIEWS = frozenset({"audit.person", "audit.finding", "audit.explain_finding", "published.coverage"})
PATH = ("audit", "ledger", "published")
# A house in small: private table, views of another owner, a function that reads with its owner's rights, a login.
HOUSE = """
create extension pgaudit;
create schema audit; create schema published; create schema private;
create table private.person (person_key text, "姓名" text, id_no text);
insert into private.person values ('P1', '甲', '990101199001011234');
create view audit.person with (security_barrier) as select * from private.person;
create view audit.finding as select * from private.person;
create view published.coverage as select count(*) from private.person;
create function audit.person_asof(night date) returns setof private.person language sql stable security definer
    as 'select * from private.person';
create function audit.explain_finding(id text) returns text language sql stable security definer
    as 'select person_key from private.person limit 1';
create role zhang_san login;
grant usage on schema audit, published to zhang_san;
grant select on all tables in schema audit, published to zhang_san;
alter role zhang_san set search_path to audit, ledger, published;
alter role zhang_san set pgaudit.log to read;
"""
# What the login runs, and the views that this reads.
STATEMENTS = (
    ("select * from audit.person", ("audit.person",)),
    (
        "select \"姓名\" as \"名,\"\"称\"\"\",\n\tid_no\nfrom Person p join coverage on true -- audit.finding, no\nwhere id_no <> 'a,\"b\"'",
        ("audit.person", "published.coverage"),
    ),
    ("select * from audit.person_asof('2026-10-16')", ("audit.person",)),
    ("select audit.explain_finding('x')", ("audit.explain_finding",)),
    ("copy (select * from audit.finding) to stdout", ("audit.finding",)),
    ("copy (table audit.person) to stdout", ("audit.person",)),
    ("with x as (select * from finding) select * from x", ("audit.finding",)),
    ("explain analyze select * from audit.finding", ("audit.finding",)),
    ("do $$ begin perform * from audit.person; end $$", ("audit.person",)),
)


def newest(name: str) -> Path | None:
    return max(Path("/usr/lib/postgresql").glob(f"*/{name}"), default=None)


@pytest.fixture(scope="module")
def log() -> Iterator[Path]:
    """The log of a server with pgaudit on which the login has run STATEMENTS, one session each."""
    library = newest("lib/pgaudit.so")
    if library is None or os.geteuid() != 0:
        pytest.skip("needs root and Debian's postgresql-<version>-pgaudit; the recorded log is read in tests/unit/warehouse")
    programs = library.parents[1] / "bin"
    work = Path(tempfile.mkdtemp(prefix="bidui-pgaudit-"))
    user = pwd.getpwnam("postgres")
    os.chown(work, user.pw_uid, user.pw_gid)
    work.chmod(0o755)

    def run(*command: str) -> None:
        subprocess.run(command, check=True, user="postgres", cwd=work, env={"LC_ALL": "C.UTF-8"}, stdout=subprocess.DEVNULL)

    port = free_port()
    settings = (
        f"-p {port} -k {work} -c listen_addresses=127.0.0.1 -c shared_preload_libraries=pgaudit"
        " -c log_line_prefix='%m [%p] %u@%d ' -c log_timezone=Asia/Shanghai"
    )
    run(str(programs / "initdb"), "-D", f"{work}/data", "-A", "trust", "-E", "UTF8")
    run(str(programs / "pg_ctl"), "-D", f"{work}/data", "-l", f"{work}/server.log", "-o", settings, "-w", "start")
    try:
        with psycopg2.connect(host="127.0.0.1", port=port, user="postgres", dbname="postgres") as session, session.cursor() as cursor:
            cursor.execute(HOUSE)
            assert access_log.mode(cursor) == "pgaudit"
        for statement, _ in STATEMENTS:
            with psycopg2.connect(
                host="127.0.0.1", port=port, user="zhang_san", dbname="postgres", application_name="DBeaver 24.1 - Main"
            ) as session, session.cursor() as cursor:
                if statement.startswith("copy"):
                    cursor.copy_expert(statement, (work / "copied").open("wb"))
                else:
                    cursor.execute(statement)
        with psycopg2.connect(host="127.0.0.1", port=port, user="zhang_san", dbname="postgres") as session, session.cursor() as cursor:
            cursor.execute("prepare s as select * from audit.person where id_no = $1")
            cursor.execute("execute s('990101199001011234')")
        with psycopg2.connect(host="127.0.0.1", port=port, user="zhang_san", dbname="postgres") as session:
            cursor = session.cursor("c")
            cursor.execute("select * from finding")
            cursor.fetchall()
        yield work / "server.log"
    finally:
        run(str(programs / "pg_ctl"), "-D", f"{work}/data", "-m", "immediate", "stop")
        shutil.rmtree(work)


def test_every_view_read_is_in_the_report(log: Path) -> None:
    accesses = list(access_log.read([log], "postgres", VIEWS, PATH))
    assert {access.login for access in accesses} == {"zhang_san"}
    assert all(access.is_readable for access in accesses)
    seen = [access.views for access in accesses if access.views]
    wanted = [views for _, views in STATEMENTS]
    assert seen[: len(wanted)] == wanted
    # `prepare` reads nothing, each `execute` does; a cursor is one statement
    assert seen[len(wanted) :] == [("audit.person",), ("audit.finding",)]
