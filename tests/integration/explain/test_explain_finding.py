"""A finding's story: both sides' rows as delivered, what was concluded, and never more than the login may see."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest

from bidui import clock, explain
from bidui.contract import load_sources
from bidui.home import sources_dir
from bidui.landing.raw_table import ensure_raw_tables
from bidui.problem import ProblemError
from bidui.warehouse import access_report, embedded, people
from bidui.warehouse.roles import connection_url
from hand_made_facts import COUNTY, NIGHT, HandMadeFacts, login

ID_NO = "99010119900101123X"
MARKUP = "<b>乡</b>"


@pytest.fixture(scope="module")
def county(warehouse: str) -> Iterator[HandMadeFacts]:
    """One uninsured person with the two rows that say so, and an answer; one finding without rows that are kept."""
    made = HandMadeFacts(warehouse)
    made.run(
        "insert into reference.division (division_code, division_level, name) values (%s, 'county', '澄岚县')", COUNTY
    )
    made.person("A1", person_name="诸葛小亮", id_no=ID_NO, birth_date="1990-01-01")
    with made.connection:
        ensure_raw_tables(made.connection, load_sources(sources_dir()))
    batches = [_batch(made, extract, file) for extract, file in (("registry_person", "名册.xlsx"), ("hi_roll", "参保.csv"))]
    _raw_row(made, "registry_person", batches[0], 4, person_name="诸葛小亮", id_no=ID_NO, town_name=MARKUP, labour_skill="=1+1")
    _raw_row(made, "hi_roll", batches[1], 7, person_name="诸葛小亮", id_no=f" {ID_NO}", status="终止参保")
    made.run(
        "insert into mart_identity.link (extract, batch_id, row_no, subject_role, person_key, decision, tier, rule, comparison,"
        " from_night, to_night) values ('hi_roll', %s, 7, 'self', 'A1', 'linked', '1', 'id_name', '{\"id\": \"same\"}', %s,"
        " 'infinity')", batches[1], NIGHT,
    )
    made.finding(
        "f1", subject_key="A1", household_key="HA1", household_no="HA1",
        evidence={
            "values": {"registry": {"age": 36}, "hi_roll": {"status": "终止参保"}},
            "rows": {
                "registry": {"batch_id": batches[0], "row_no": 4},
                "basic_insurance": {"batch_id": batches[1], "row_no": 7},
                "hi_roll": {"batch_id": batches[1], "row_no": 7},
                "tekun": {"batch_id": None, "row_no": None},
            },
            "personal": {"person_name": "诸葛小亮"},
        },
    )
    made.finding("f2", subject_key="A1", household_key="HA1", cause_finding_id="f1",
                 evidence={"values": {}, "rows": {"hi_roll": {"batch_id": batches[1], "row_no": 999}}})
    made.run("insert into mart_finding.finding_event values ('f1', %s, 'opened', 'open', '{\"values\": {}, \"personal\": 1}')",
             NIGHT)
    made.run(
        "insert into ledger.answer (finding_id, verdict, wrong_side, reason, field_check, answered_by, answered_on)"
        " values ('f1', 'confirmed', 'department', '停保', '入户核实', '柿洼村', %s)", NIGHT,
    )
    made.build()
    made.publish()
    yield made
    made.close()


def _batch(made: HandMadeFacts, extract: str, file: str) -> int:
    report = {"file": file, "sheet": "Sheet1", "columns": [{"letter": "B", "header": "公民身份号码", "column": "id_no"}]}
    return int(made.query(
        "insert into ledger.batch (department, extract, as_of, data_date, received_at, source_name, sha256, contract_version,"
        " rows_read, rows_landed, rows_accepted, status, header_report) values ('d', %s, %s, %s, %s, %s, 'abc', '1.0', 1, 1,"
        " 1, 'accepted', %s) returning batch_id", extract, NIGHT, NIGHT, NIGHT, file, json.dumps(report),
    )[0][0])


def _raw_row(made: HandMadeFacts, extract: str, batch_id: int, row_no: int, **columns: str) -> None:
    made.run(f"create table raw.{extract}__b{batch_id} partition of raw.{extract} for values in ({batch_id})")
    row = {"batch_id": batch_id, "row_no": row_no} | columns
    made.run(f"insert into raw.{extract} select * from jsonb_populate_record(null::raw.{extract}, %s::jsonb)", json.dumps(row))


def grant(made: HandMadeFacts, name: str, *counties: str, identifiers: bool = False, until: dt.date | None = None) -> str:
    with made.connection:
        people.grant(made.connection, name, "auditor", counties=counties, identifiers=identifiers, until=until,
                     by="李主任", reason="审计")
        return people.connection_url(made.connection, name)


@pytest.fixture(scope="module")
def logins(county: HandMadeFacts) -> Iterator[dict[str, str]]:
    """Logins of two people, one with the right to names."""
    names = ("t_clear", "t_masked")
    yield {name: grant(county, name, COUNTY, identifiers=name == "t_clear") for name in names}
    for name in names:
        county.run(f"drop role {name}")


def test_the_story_has_both_sides_as_delivered(logins: dict[str, str]) -> None:
    told = explain.story(logins["t_clear"], "f1")
    registry, roll = told["rows"]
    assert (registry["file"], registry["sheet"], registry["row_no"], registry["sha256"]) == ("名册.xlsx", "Sheet1", 4, "abc")
    assert roll["sides"] == ["basic_insurance", "hi_roll"]
    number = next(column for column in roll["columns"] if column["name"] == "id_no")
    assert (number["letter"], number["header"], number["delivered"]) == ("B", "公民身份号码", f" {ID_NO}")
    assert roll["links"][0]["rule"] == "id_name"
    assert told["values"]["hi_roll"] == {"status": "终止参保"}
    assert [event["event"] for event in told["events"]] == ["opened"]
    assert told["outcomes"][0]["field_check"] == "入户核实"
    assert [(other["finding_id"], other["relation"]) for other in told["related"]] == [("f2", "effect")]
    assert told["subject"]["place"] == "澄岚县"
    assert told["subject"]["id_no"] == ID_NO


def test_names_and_numbers_need_the_right(logins: dict[str, str]) -> None:
    told = explain.story(logins["t_masked"], "f1")
    text = json.dumps(told, ensure_ascii=False) + explain.page(told)
    assert ID_NO not in text
    assert "诸葛小亮" not in text
    assert told["personal"] is None
    assert (told["outcomes"][0]["field_check"], told["outcomes"][0]["is_withheld"]) == (None, True)
    assert "入户核实" not in text and "遮蔽 withheld" in explain.page(told)
    assert told["values"]["hi_roll"] == {"status": "终止参保"}
    withheld = {column["name"] for row in told["rows"] for column in row["columns"] if column["is_withheld"]}
    assert {"id_no", "person_name"} <= withheld


def test_a_row_past_its_retention_is_said_to_be_gone(logins: dict[str, str]) -> None:
    row = explain.story(logins["t_clear"], "f2")["rows"][0]
    assert (row["is_kept"], row["columns"]) == (False, None)
    assert "保留期" in explain.page(explain.story(logins["t_clear"], "f2"))


def test_text_of_a_file_never_becomes_markup(logins: dict[str, str]) -> None:
    page = explain.page(explain.story(logins["t_clear"], "f1"))
    assert MARKUP not in page
    assert "&lt;b&gt;乡" in page
    assert "http" not in page.replace("http-equiv", "")  # nothing is loaded from anywhere


def test_another_county_s_finding_does_not_exist(county: HandMadeFacts) -> None:
    county.run("insert into reference.division (division_code, division_level, name) values ('990102000000', 'county', '邻县')")
    url = grant(county, "t_other", "990102000000")
    with pytest.raises(ProblemError, match="f1"):
        explain.story(url, "f1")
    county.run("drop role t_other")


def test_an_earlier_night_has_its_own_story(logins: dict[str, str]) -> None:
    with pytest.raises(ProblemError):
        explain.story(logins["t_clear"], "f1", NIGHT - dt.timedelta(days=1))
    assert explain.story(logins["t_clear"], "f1", NIGHT)["as_of"] == NIGHT.isoformat()


@pytest.mark.parametrize("role", ["engineer", "analyst", "bi"])
def test_only_auditors_may_ask(county: HandMadeFacts, role: str) -> None:
    with pytest.raises(ProblemError, match="auditor"):
        explain.story(connection_url(role), "f1")


def test_a_login_is_changed_and_taken_back_on_record(county: HandMadeFacts) -> None:
    url = grant(county, "t_li", COUNTY)
    connection = login(url)
    assert _count(connection) == 1
    grant(county, "t_li", COUNTY, identifiers=True)
    with connection.cursor() as cursor:
        cursor.execute("select id_no from audit.person")
        assert cursor.fetchone() == (ID_NO,)
    with county.connection:
        assert people.revoke(county.connection, "t_li", counties=[COUNTY], by="李主任", reason="离任")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        _count(connection)
    with pytest.raises(psycopg2.OperationalError, match="permitted to log in"):
        psycopg2.connect(url)
    assert county.query(
        "select action, county_code, may_see_identifiers, decided_by, reason from ledger.access_event"
        " where login = 't_li' order by event_id"
    ) == [
        ("granted", COUNTY, False, "李主任", "审计"),
        ("granted", COUNTY, True, "李主任", "审计"),
        ("revoked", COUNTY, False, "李主任", "离任"),
    ]
    connection.close()
    county.run("drop role t_li")


def test_a_right_ends_with_its_last_day(county: HandMadeFacts) -> None:
    connection = login(grant(county, "t_brief", COUNTY, until=clock.today()))
    assert _count(connection) == 1
    county.run("update ledger.access_grant set valid_until = current_date - 1 where login = 't_brief'")
    assert _count(connection) == 0
    connection.close()
    county.run("drop role t_brief")


@pytest.mark.parametrize(("name", "role", "options", "code"), [
    ("t_x", "auditor", {"counties": ["999999000000"]}, "access.county"),
    ("t_x", "auditor", {}, "access.county"),
    ("t_x", "auditor", {"counties": ["*"], "until": dt.date(2020, 1, 1)}, "access.until"),
    ("t_x", "bi", {"counties": [COUNTY]}, "access.no_county_rights"),
    ("t_x", "bi", {"identifiers": True}, "access.no_county_rights"),
    ("t_x", "manager", {}, "role_unknown"),
    ("bidui_auditor_login", "auditor", {"counties": ["*"]}, "access.name"),
    ("postgres", "auditor", {"counties": ["*"]}, "access.name_taken"),
    ("bidui", "auditor", {"counties": ["*"]}, "access.name_taken"),
    ("Robert'); drop", "bi", {}, "access.name"),
    ("t_clear", "bi", {}, "access.name_taken"),
])
def test_a_mistaken_grant_gives_nothing(
    county: HandMadeFacts, logins: dict[str, str], name: str, role: str, options: dict[str, Any], code: str
) -> None:
    with pytest.raises(ProblemError) as refused, county.connection:
        people.grant(county.connection, name, role, by="李主任", reason="审计", **options)
    assert refused.value.problems[0].code == code
    assert county.query("select 1 from pg_roles where rolname = 't_x'") == []


def test_who_read_what_is_in_the_report(county: HandMadeFacts, logins: dict[str, str]) -> None:
    connection = login(logins["t_masked"])
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from person where\n person_name = %s", ("诸葛小亮",))
        cursor.execute("select count(*) from audit.finding_asof(%s)", (NIGHT,))
        cursor.execute("select audit.explain_link(1, 1)")
    connection.close()
    for _ in range(50):  # the server's log is written by another process
        seen = {row.view: row for row in access_report.by_day(embedded.log_files(), login="t_masked")}
        if {"audit.person", "audit.finding", "audit.explain_link"} <= seen.keys():
            break
        time.sleep(0.1)
    assert {"audit.person", "audit.finding", "audit.explain_finding", "audit.explain_link"} <= seen.keys()
    assert not seen["audit.person"].may_see_identifiers
    assert access_report.by_day(embedded.log_files(), login="t_masked", until=dt.date(2020, 1, 1)) == []
    assert all(row.login != "bidui" for row in access_report.by_day(embedded.log_files()))


def _count(connection: psycopg2.extensions.connection) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from audit.person")
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])
