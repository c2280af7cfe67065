"""The access log is read back: who, when, which outward views; nothing else of a statement."""

from __future__ import annotations

from pathlib import Path

import pytest

from bidui.warehouse import access_log, embedded

VIEWS = frozenset({"audit.person", "audit.finding", "audit.explain_finding", "published.coverage"})
PATH = ("audit", "ledger", "published")
PREFIX = "2026-10-17 08:15:02.123 CST [4711] zhang_san@bidui LOG:  "


def accesses(tmp_path: Path, *lines: str) -> list[access_log.Access]:
    log = tmp_path / "server.log"
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return list(access_log.read([log], "bidui", VIEWS, PATH))


@pytest.mark.parametrize(("statement", "views"), [
    ("select * from audit.person", ("audit.person",)),
    ("SELECT * FROM Person p JOIN coverage USING (x)", ("audit.person", "published.coverage")),
    ('select * from "audit"."person"', ("audit.person",)),
    ("select * from audit.person_asof('2026-10-16')", ("audit.person",)),
    ("select * from finding_asof(date '2026-10-16') limit 3", ("audit.finding",)),
    ("select audit.explain_finding('x')", ("audit.explain_finding",)),
    ("copy (select * from audit.person) to stdout", ("audit.person",)),
    ("declare c cursor for select * from person", ("audit.person",)),
    ("explain analyze select * from audit.finding", ("audit.finding",)),
    ("table audit.person", ("audit.person",)),
    ("select 1 where exists (select from audit.finding)", ("audit.finding",)),
    ("select * from other.person", ()),
    ("begin read only", ()),
    ("set search_path to audit", ()),
    ("select 'audit.person'", ()),
])
def test_the_views_of_a_statement(tmp_path: Path, statement: str, views: tuple[str, ...]) -> None:
    (access,) = accesses(tmp_path, f"{PREFIX}statement: {statement}")
    assert (access.login, access.at.isoformat(), access.views) == ("zhang_san", "2026-10-17T08:15:02", views)


def test_a_statement_goes_on_over_lines(tmp_path: Path) -> None:
    lines = (f"{PREFIX}statement: select *", "\tfrom audit.person", "\t-- from audit.finding", f"{PREFIX}duration: 3 ms")
    assert [access.views for access in accesses(tmp_path, *lines)] == [("audit.person",)]


def test_prepared_statements_count_as_they_are_run(tmp_path: Path) -> None:
    assert accesses(tmp_path, f"{PREFIX}execute S_1: select * from audit.person where id_no = $1")[0].views == ("audit.person",)


def test_what_cannot_be_understood_is_counted(tmp_path: Path) -> None:
    assert [access.is_readable for access in accesses(tmp_path, f"{PREFIX}statement: select (")] == [False]


def test_other_databases_and_other_lines_are_passed_over(tmp_path: Path) -> None:
    other = PREFIX.replace("@bidui", "@airflow")
    assert accesses(tmp_path, f"{other}statement: select * from audit.person", "nonsense", "\tfrom audit.person") == []


def test_pgaudit_s_lines_are_read_too(tmp_path: Path) -> None:
    lines = (
        f'{PREFIX}AUDIT: SESSION,1,1,READ,SELECT,VIEW,audit.person,"select ""x"",',
        '\ty from audit.person",<none>',
        f"{PREFIX}AUDIT: SESSION,2,1,READ,SELECT,,,select 1 from finding,<none>",
    )
    assert [access.views for access in accesses(tmp_path, *lines)] == [("audit.person",), ("audit.finding",)]


def test_the_recorded_log_of_a_real_pgaudit(tmp_path: Path) -> None:
    """pgaudit 1.7 on PostgreSQL 15, as tests/integration/roles/test_pgaudit.py makes it run."""
    log = Path(__file__).with_name("pgaudit.log")
    found = [access.views for access in access_log.read([log], "postgres", VIEWS, PATH) if access.views]
    assert found == [
        ("audit.person",), ("audit.person", "published.coverage"), ("audit.person",), ("audit.explain_finding",),
        ("audit.finding",), ("audit.person",), ("audit.finding",), ("audit.finding",), ("audit.person",),
        ("audit.person",), ("audit.finding",),
    ]  # fmt: skip


def test_the_blocks_of_a_cursor_are_one_statement(tmp_path: Path) -> None:
    """As the JDBC driver fetches: every block is a line of its own."""
    first = f"{PREFIX}execute S_1/C_2: select * from audit.person"
    more = f"{PREFIX}execute fetch from S_1/C_2: select * from audit.person"
    assert len(accesses(tmp_path, first, more, more)) == 1


@pytest.mark.parametrize("line", [
    "statement: do $$ begin execute 'sel' || 'ect * from audit.per' || 'son'; end $$",
    "statement: select query_to_xml('sel' || 'ect * from audit.per' || 'son', true, true, '')",
    "statement: select table_to_xml('audit.person'::regclass, true, true, '')",
    "statement: select * from ts_stat('select x from audit.' || 'person')",
    "statement: -- select 1;\tx\n\tdo $$ begin end $$",
    'fastpath function call: "explain_finding" (OID 20817)',
    "execute a: do 'begin end'",
])
def test_what_hides_what_it_reads_is_counted_as_not_understood(tmp_path: Path, line: str) -> None:
    assert [(access.views, access.is_readable) for access in accesses(tmp_path, f"{PREFIX}{line}")] == [((), False)]


def test_a_driver_s_begin_reads_nothing(tmp_path: Path) -> None:
    (access,) = accesses(tmp_path, f"{PREFIX}execute <unnamed>: BEGIN READ ONLY")
    assert (access.views, access.is_readable) == ((), True)


@pytest.mark.parametrize("name", ["fetch from x", "a: select 1 --", "a: select '", "a b", "<unnamed>"])
def test_a_prepared_statement_is_counted_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    (access,) = accesses(tmp_path, f"{PREFIX}execute {name}: select * from audit.person where ''=''")
    assert access.views == ("audit.person",)


def test_a_session_s_own_name_is_not_in_the_line() -> None:
    """It may be `LOG:  statement: select 1 --`; then the rest of the line would be a comment."""
    assert "%a" not in embedded.LINE_PREFIX
    assert "log_line_prefix = '{line_prefix}'" in embedded.SETTINGS
