"""One prepared warehouse for everything that tries what a role may see."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import psycopg2.extensions
import pytest
import sqlalchemy
from asking import OTHER_COUNTY, Connect

from bidui.warehouse.roles import connection_url
from fresh_warehouse import fresh_warehouse
from hand_made_facts import COUNTY, NIGHT, VILLAGE, HandMadeFacts, login


@pytest.fixture(scope="package")
def shared_warehouse(server: None) -> Iterator[str]:
    """A warehouse of this folder's own; its tests leave it as they found it."""
    with fresh_warehouse() as url:
        yield url


@pytest.fixture(scope="package")
def county(shared_warehouse: str) -> Iterator[HandMadeFacts]:
    """Three people of one county, two of another, one whose place is unknown; findings, links, an answer."""
    made = HandMadeFacts(shared_warehouse)
    other = {"county_code": OTHER_COUNTY, "town_code": "990102101000", "village_code": "990102101001"}
    nowhere: dict[str, Any] = {"county_code": None, "town_code": None, "village_code": None}
    for key, place in (("A1", {}), ("A2", {}), ("A3", {}), ("B1", other), ("B2", other), ("N1", nowhere)):
        made.person(
            key, household_no=f"H{key}", birth_date="1990-01-01", says_insured=True, basic_insurance__is_insured=False,
            person_name="欧阳明月" if key == "B1" else "诸葛小亮",
            id_no="990102199001019999" if key == "B1" else "99010119900101123X",
            health_insurance__name_grade="one_character", hi_roll__name_grade="one_character",
            health_insurance__person_name="欧阳明日" if key == "B1" else "诸葛小明",
            hi_roll__person_name="欧阳明日" if key == "B1" else "诸葛小明", **place,
        )
        made.household(key, household_key=f"H{key}", household_no=f"H{key}", head_name="诸葛小亮", head_person_key=key, **place)
        made.finding(
            f"f{key}", subject_key=key, household_key=f"H{key}",
            evidence={"values": {"registry": {"age": 36}}, "personal": {"person_name": "诸葛小亮"}}, **place,
        )
        made.run("insert into mart_finding.finding_event values (%s, %s, 'opened', 'open', '{\"personal\": 1}')",
                 f"f{key}", NIGHT)
        made.run(
            "insert into mart_identity.link (extract, batch_id, row_no, subject_role, person_key, decision, from_night,"
            " to_night) values ('hi_roll', 1, %s, 'self', %s, 'linked', %s, 'infinity')", ord(key[0]) + int(key[1]), key,
            NIGHT,
        )
        made.run(
            "insert into mart_identity.link_review (extract, batch_id, row_no, subject_role, person_key, county_code,"
            " row_name, row_id_no, person_name, id_no, from_night, to_night)"
            " values ('hi_roll', 1, %s, 'self', %s, %s, '欧阳明月', '99010119900101123X', '诸葛小亮', '990102199001019999', %s,"
            " 'infinity')", ord(key[0]) + int(key[1]), key, place.get("county_code", COUNTY), NIGHT,
        )
        made.run(
            "insert into ledger.answer (finding_id, verdict, reason, answered_by, answered_on)"
            " values (%s, 'unclear', '欧阳明月在外', 'village', %s)", f"f{key}", NIGHT,
        )
    # Somebody outside the registry, whose key is the number.
    made.finding("fX", subject_key="99010119900101123X")
    made.run(
        "insert into mart_identity.link (extract, batch_id, row_no, subject_role, decision, from_night, to_night)"
        " values ('hi_roll', 1, 1, 'self', 'not_found', %s, 'infinity')", NIGHT,
    )
    made.run(
        "insert into ledger.batch (department, extract, as_of, data_date, received_at, source_name, sha256,"
        " contract_version, rows_read, rows_landed, rows_accepted, status) values ('d', 'hi_roll', %s, %s, %s, 'f.csv',"
        " 's', '1', 1, 1, 1, 'accepted')", NIGHT, NIGHT, NIGHT,
    )
    made.build()
    # The office's lists and the change of a figure, as of both counties.
    for place in ({"county_code": COUNTY, "village_code": VILLAGE}, {"county_code": OTHER_COUNTY, "village_code": other["village_code"]}):
        county, village = place["county_code"], place["village_code"]
        made.run(
            "insert into mart_summary.monitoring_candidate (household_key, household_no, county_code, direction, trigger,"
            " evidence, from_night, to_night) select 'HX' || %s, 'HX', %s, direction, trigger, '{}', %s, 'infinity'"
            " from reference.monitoring_trigger order by 1 limit 1", county, county, NIGHT,
        )
        made.run(
            "insert into mart_summary.household_plan (household_key, household_no, county_code, from_night, to_night)"
            " values ('HX' || %s, 'HX', %s, %s, 'infinity')", county, county, NIGHT,
        )
        made.run(
            "insert into mart_summary.village_exit (county_code, village_code, condition, from_night, to_night)"
            " select %s, %s, condition, %s, 'infinity' from reference.village_exit_condition"
            " where not exists (select from mart_summary.village_exit as v where v.village_code = %s)",
            county, village, NIGHT, village,
        )
        made.run(
            "insert into mart_summary.change (division_code, division_level, figure, reason, delta, from_night, to_night)"
            " values (%s, 'county', 'finding:MED-01', 'time', 7, %s, 'infinity')", county, NIGHT,
        )
        made.run(
            "insert into mart_summary.extract_accuracy (county_code, department, extract, rule_id, answered_in, from_night,"
            " to_night) values (%s, 'd', 'hi_roll', 'MED-X', %s, %s, 'infinity')", county, NIGHT, NIGHT,
        )
    made.publish()
    yield made
    made.close()


@pytest.fixture(scope="package")
def as_role(county: HandMadeFacts) -> Iterator[Connect]:
    """Connect as the platform's login of a role."""
    opened: dict[str, psycopg2.extensions.connection] = {}

    def connect(role: str) -> psycopg2.extensions.connection:
        if role not in opened:
            opened[role] = login(connection_url(role))
        return opened[role]

    yield connect
    for connection in opened.values():
        connection.close()


@pytest.fixture(scope="package")
def person_of(county: HandMadeFacts) -> Iterator[Connect]:
    """Make an auditor login of its own with the given rights, and connect."""
    made: list[tuple[str, psycopg2.extensions.connection]] = []

    def connect(*counties: str, identifiers: bool = False) -> psycopg2.extensions.connection:
        name = f"t_{uuid.uuid4().hex[:8]}"
        county.run(f"create role {name} login password 'p' in role bidui_auditor")
        for code in counties:
            county.run("insert into ledger.access_grant (login, county_code, may_see_identifiers, granted_by)"
                       " values (%s, %s, %s, 'test')", name, code, identifiers)
        url = sqlalchemy.make_url(connection_url("auditor")).set(username=name, password="p")
        made.append((name, login(url.render_as_string(hide_password=False))))
        return made[-1][1]

    yield connect
    for name, connection in made:
        connection.close()
        county.run(f"drop role {name}")
