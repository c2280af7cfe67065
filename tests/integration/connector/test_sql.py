"""Pulling from a real MariaDB and a second PostgreSQL: full lists, watermarks, flat memory, and every refusal in words."""

from __future__ import annotations

import datetime as dt
import gc
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from tests.integration.connector.conftest import NIGHT, SECRET, Office, connect
from tests.integration.connector.servers import DatabaseServer, Line

from bidui.connector import PullError

COLUMNS = {"id_no": "aac002", "person_name": "aac003", "premium": "aae020", "insured_on": "aae030"}
TABLE = """
create table ac01 (aac002 varchar(20), aac003 varchar(50), aae020 decimal(10, 2), aae030 date, aae036 timestamp null, pwd varchar(9));
insert into ac01 values
    ('990101199001011234', '甲', 380.00, '2026-01-05', '2026-10-01 08:00:00', 'x'),
    ('990101199001011235', '乙,"丙"', 0.10, null, '2026-10-02 08:00:00.5', 'x'),
    ('990101199001011236', '丁', null, '2026-02-28', '2026-10-03 08:00:00', 'x');
"""
LANDED = [
    ("990101199001011234", "甲", "380.00", "2026-01-05"),
    ("990101199001011235", '乙,"丙"', "0.10", None),
    ("990101199001011236", "丁", None, "2026-02-28"),
]


@pytest.fixture(scope="module")
def mariadb(second_mariadb: DatabaseServer) -> DatabaseServer:
    second_mariadb.execute(f"use yibao; drop table if exists ac01; {TABLE}")
    return second_mariadb


@pytest.fixture(scope="module")
def postgres(second_postgres: DatabaseServer) -> DatabaseServer:
    second_postgres.execute(f"drop table if exists ac01; {TABLE}")
    return second_postgres


@pytest.fixture(params=["mariadb", "postgres"])
def database(request: pytest.FixtureRequest) -> tuple[str, DatabaseServer]:
    kind = {"mariadb": "mysql", "postgres": "postgres"}[request.param]
    return kind, request.getfixturevalue(request.param)


def refused(office: Office, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> PullError:
    with pytest.raises(PullError) as raised:
        office.fetch()
    told = str(raised.value) + caplog.text + "".join(capfd.readouterr())
    assert SECRET not in told
    assert "990101199001011" not in told
    assert office.pulled_files() in ([], ["insured_20261016.csv.part"])
    assert office.land() == {}
    assert raised.value.__suppress_context__ or raised.value.__context__ is None
    return raised.value


def test_a_table_lands_as_a_file_would(office: Office, database: tuple[str, DatabaseServer]) -> None:
    connect(office, database)
    office.contract({"kind": "sql", "table": "ac01", "columns": COLUMNS})
    assert office.fetch() == {"insured": 1}
    assert office.land() == {"landed": 1}
    assert office.raw() == LANDED
    ((name, day, read, landed, totals),) = office.ask(
        "select source_name, data_date, rows_read, rows_landed, control_totals -> 'premium' ->> 'sum' from ledger.batch"
    )
    assert (name, day, landed, totals) == ("insured_20261016.csv", NIGHT, 3, "380.10")
    assert read == 5  # the title and the header
    # the same night again asks nobody and changes nothing
    assert office.night() == {}
    assert office.statuses() == ["landed"]
    assert office.pulled_files() == []
    # an unchanged list of another night is a new statement about that night
    assert office.night(NIGHT + dt.timedelta(days=1)) == {"landed": 1}


def test_a_generic_connection_with_a_driver_does_as_well(office: Office, mariadb: DatabaseServer) -> None:
    """What Airflow's command makes of a conn_type that has no provider here."""
    connect(office, ("generic", mariadb), extra={"driver": "mysql+pymysql"})
    office.contract({"kind": "sql", "table": "ac01", "columns": COLUMNS})
    office.night()
    assert office.raw() == LANDED


def test_a_query_binds_the_night_and_its_labels_are_the_columns(
    office: Office, database: tuple[str, DatabaseServer]
) -> None:
    connect(office, database)
    query = "select aac003 as XM, aac002 as zjhm from ac01 where aae030 <= :as_of order by aac002"
    office.contract({"kind": "sql", "query": query, "columns": {"id_no": "zjhm", "person_name": "xm"}})
    office.night()
    assert [row[:2] for row in office.raw()] == [LANDED[0][:2], LANDED[2][:2]]


def test_a_watermark_moves_only_with_what_was_accepted(office: Office, database: tuple[str, DatabaseServer]) -> None:
    connect(office, database)
    watermark = {"column": "aae036", "type": "timestamp", "start": "2026-10-01 12:00:00"}
    office.contract({"kind": "sql", "table": "ac01", "columns": COLUMNS, "watermark": watermark}, content="delta")
    nights = [NIGHT + dt.timedelta(days=number) for number in range(5)]
    office.night(nights[0])
    assert office.raw() == LANDED[1:]
    office.decide("held")
    office.night(nights[1])
    assert len(office.raw()) == 4  # held: asked for again
    office.decide("accepted")
    assert office.night(nights[2]) == {}  # nothing new: no file, no batch
    database[1].execute(
        f"{'use yibao;' if database[0] == 'mysql' else ''}"
        "insert into ac01 values ('990101199001011237', '戊', 1, null, '2026-10-09 08:00:00', 'x')"
    )
    office.night(nights[3])
    assert [row[1] for row in office.raw()][4:] == ["戊"]
    office.decide("accepted")
    office.ask("update ledger.batch set status = 'withdrawn' where as_of = %s returning 1", nights[1])
    office.night(nights[4])
    assert len(office.raw()) == 8  # withdrawn: from the start again
    office.decide("accepted")
    # committed after the pull under the value that it had reached
    database[1].execute(
        f"{'use yibao;' if database[0] == 'mysql' else ''}"
        "insert into ac01 values ('990101199001011238', '己', 1, null, '2026-10-09 08:00:00', 'x')"
    )
    office.night(NIGHT + dt.timedelta(days=5))
    assert [row[1] for row in office.raw()][8:] == ["己"]
    office.decide("accepted")
    assert office.night(NIGHT + dt.timedelta(days=6)) == {}
    database[1].execute(
        f"{'use yibao;' if database[0] == 'mysql' else ''} delete from ac01 where aac002 >= '990101199001011237'"
    )


# What a driver raises when the cut cursor is collected is no error of the pull any more, and nobody could catch it.
@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_cut_night_lands_nothing_of_it_and_goes_on_when_asked_again(
    office: Office, database: tuple[str, DatabaseServer], line: Callable[[int], Line], capfd: Any, caplog: Any
) -> None:
    many = (
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < 60000)"
        " select concat('99010119900', 1000000 + i) as zjhm, '甲' as xm from n"
    )
    wire = line(database[1].port)
    if database[0] == "mysql":
        database[1].execute("set global max_recursive_iterations = 100000")
    connect(office, database, port=wire.here)
    office.contract({"kind": "sql", "query": many, "columns": {"id_no": "zjhm", "person_name": "xm"}})
    wire.is_cut = lambda: wire.passed > 400_000
    error = refused(office, capfd, caplog)
    assert not error.final
    assert error.problems[0].code == "pull.unreachable"
    del error
    gc.collect()
    assert office.pulled_files() == ["insured_20261016.csv.part"]
    wire.is_cut = lambda: False
    tracemalloc.start()
    office.fetch()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * 2**20  # all rows at once take twice that
    assert office.land() == {"landed": 1}
    assert office.ask("select count(*), count(distinct id_no) from raw.insured") == [(60_000, 60_000)]


def test_a_silent_server_is_given_up_and_tried_again(
    office: Office, database: tuple[str, DatabaseServer], capfd: Any, caplog: Any
) -> None:
    connect(office, database)
    sleep = "sleep(5)" if database[0] == "mysql" else "pg_sleep(5)::text"
    office.contract(
        {
            "kind": "sql", "query": f"select aac002 as zjhm, {sleep} as xm from ac01",
            "columns": {"id_no": "zjhm", "person_name": "xm"}, "timeout_seconds": 1,
        }
    )  # fmt: skip
    error = refused(office, capfd, caplog)
    assert (error.problems[0].code, error.final) == ("pull.too_slow", False)


@pytest.mark.parametrize(
    ("origin", "connection", "code", "names"),
    [
        ({}, {"password": SECRET}, "wrong_password", "口令"),
        ({}, {"login": "nobody"}, "wrong_password", "账号"),
        ({"table": "ac02"}, {}, "no_such_place", "ac02"),
        ({"columns": COLUMNS | {"premium": "aae999"}}, {}, "no_such_column", "aae999"),
        ({}, {"conn_type": "http"}, "no_driver_named", "conn_type http"),
        ({}, {"extra": {"driver": "oracle+nodriver"}}, "no_driver", "oracle+nodriver"),
        ({}, {"port": 9}, "unreachable", "防火墙"),
        ({"connection": "bidui_nobody"}, {}, "no_connection", "bidui_nobody"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_wrong_is_told_with_what_to_do(
    office: Office, database: tuple[str, DatabaseServer], origin: dict[str, Any], connection: dict[str, Any],
    code: str, names: str, capfd: Any, caplog: Any,
) -> None:  # fmt: skip
    connect(office, database, **connection)
    office.contract({"kind": "sql", "table": "ac01", "columns": COLUMNS} | origin)
    error = refused(office, capfd, caplog)
    (problem,) = error.problems
    assert problem.code == f"pull.{code}"
    assert names in problem.zh
    assert "To mend it" in problem.en
    assert error.final == (code != "unreachable")


def test_a_department_whose_server_is_down_can_still_send_a_file(
    office: Office, database: tuple[str, DatabaseServer]
) -> None:
    connect(office, database, port=9)
    office.contract({"kind": "sql", "table": "ac01", "columns": COLUMNS})
    folder = office.work / "drop" / "medical_bureau" / "insured"
    folder.mkdir(parents=True)
    (folder / "手工.csv").write_text("证件号码,姓名\n990101199001011234,甲\n", encoding="utf-8")
    with pytest.raises(PullError):
        office.fetch()
    assert office.land() == {"landed": 1}


def test_the_session_cannot_write(office: Office, database: tuple[str, DatabaseServer], capfd: Any, caplog: Any) -> None:
    connect(office, database)
    if database[0] == "postgres":
        query = "with gone as (delete from ac01 returning aac002 as zjhm) select zjhm, '甲' as xm from gone"
    else:
        query = "select aac002 as zjhm, aac003 as xm from ac01 for update"
    office.contract({"kind": "sql", "query": query, "columns": {"id_no": "zjhm", "person_name": "xm"}})
    assert refused(office, capfd, caplog).final
