"""A county whose fact tables are written by hand: comparisons, summaries and views without the layers below."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import psycopg2.extensions

from bidui.rule.facts import contract_columns, create_empty
from bidui.warehouse import dbt
from bidui.warehouse.connection import connect
from bidui.warehouse.migrate import refresh_outward
from bidui.warehouse.roles import ensure_roles

NIGHT = dt.date(2026, 10, 16)
COUNTY, TOWN, VILLAGE = "990101000000", "990101101000", "990101101001"

LAYERS = (
    "int_fact__newborn", "comparison_health_insurance", "comparison_civil_affairs", "comparison_education", "comparison_housing",
    "path:models/summary", "path:models/proposal", "path:models/office",
)

# What the layers below would have made: findings, links, and the staged lists that summaries and proposals read themselves.
_BELOW = """
create table if not exists mart_finding.finding (
    finding_id text, rule_id text, rule_version text, severity text, departments text[], owner_department text,
    subject_kind text, subject_key text, object_key text, household_key text, household_no text, county_code text,
    town_code text, village_code text, evidence jsonb, value_hash text, state text, is_baseline boolean,
    cause_finding_id text, first_seen date, last_seen date, opened_on date, closed_on date, close_reason text,
    times_opened int, outcome_id bigint, row_hash bigint, from_night date, to_night date
);
create table if not exists mart_finding.finding_event (
    finding_id text, as_of date, event text, state text, evidence jsonb
);
create table if not exists mart_identity.link (
    extract text, batch_id bigint, row_no bigint, subject_role text, person_key text, decision text, tier text, rule text,
    model_version text, match_weight double precision, runner_up_weight double precision, comparison jsonb, gates jsonb,
    row_hash bigint, from_night date, to_night date
);
create table if not exists mart_identity.registry_key (
    kind text, life_key text, number_key text, has_number boolean, id_key bigint, name_norm text,
    household_number_key text, household_life_key text, is_listed boolean, basis text, evidence jsonb, since date,
    survivor_key text, row_hash bigint, from_night date, to_night date
);
create table if not exists mart_identity.link_review (
    extract text, batch_id bigint, row_no bigint, subject_role text, person_key text, county_code text, mention_hash text,
    person_hash text, row_name text, row_id_no text, row_sex text, row_birth_date date, row_village_code text,
    person_name text, id_no text, sex text, birth_date date, village_code text, tier text, rule text,
    match_weight double precision, comparison jsonb, gates jsonb, row_hash bigint, from_night date, to_night date
);
create table if not exists mart_identity.int_identity__linked_row (
    extract text, batch_id bigint, row_no bigint, subject_role text, is_current boolean, person_key text, link_tier text,
    rule text, name_grade text
);
create table if not exists mart_identity.int_identity__mention (
    extract text, batch_id bigint, row_no bigint, subject_role text, is_current boolean, id_no text, id_state text,
    id_key bigint, person_name text, name_norm text, household_key text
);
create table if not exists mart_identity.int_identity__decision (
    extract text, batch_id bigint, row_no bigint, subject_role text, is_current boolean, person_key text, decision text,
    tier text, name_grade text
);
create table if not exists mart_identity.int_identity__registry_person (
    person_key text, person_no text, household_key text, household_no text, registry_batch_id bigint,
    registry_row_no bigint, county_code text, town_code text, village_code text, id_no text, id_state text, id_key bigint,
    id_key_15 bigint, sex text, birth_date date, same_person_key text, name_norm text
);
create table if not exists mart_comparison.int_fact__dibao_payment (
    person_key text, dibao_no text, is_current boolean, is_payee boolean
);
create table if not exists staging.dibao_member (
    batch_id bigint, row_no bigint, is_repeat boolean, id_key bigint, person_name text, name_norm text, dibao_no text,
    is_covered boolean
);
create table if not exists staging.hi_premium_request (
    batch_id bigint, row_no bigint, is_repeat boolean, request_batch text, subsidy_amount numeric
);
"""


class HandMadeFacts:
    """Fact tables of one night, filled row by row; columns that are not given are NULL."""

    def __init__(self, url: str) -> None:
        dbt.run("seed", "--select", "coverage_target", "compared_field", "parameter_default", "proposable_field",
                "monitoring_trigger", "village_exit_condition", "reported_figure_*", target="hand_made_facts")
        self.connection = connect(url)
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute("select to_regclass('mart_comparison.fact_person')")
            row = cursor.fetchone()
            if row is None or row[0] is None:
                create_empty(self.connection, contract_columns(), "mart_comparison")
                # In the warehouse it is the other way round: fact_… adds the night to int_fact__….
                for table in contract_columns():
                    cursor.execute(
                        f"create view mart_comparison.int_{table.replace('fact_', 'fact__')} as select * from mart_comparison.{table}"
                    )
            cursor.execute(_BELOW)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def person(self, key: str, **facts: Any) -> None:
        """Add a living registry person with a usable number, known to every list and on none."""
        self._add("fact_person", _defaults(key) | {
            "person_key": key, "person_no": key, "person_name": "张三", "name_norm": "张三", "relation_to_head": "户主",
            "id_no": f"9901011990010{key[-4:].rjust(4, '0')}X", "id_state": "ok", "is_head": True, "is_living": True,
            "in_entitlement_scope": True, "is_student": False, "says_dibao": False, "says_tekun": False,
            "is_monitored": False, "is_poor_registered": True,
        } | facts)

    def household(self, key: str, **facts: Any) -> None:
        """Add a registry household of one member."""
        self._add("fact_household", _defaults(key) | {
            "household_key": key, "household_no": key, "head_name": "张三", "has_household_row": True, "members": 1,
            "is_monitored": False, "is_poor_registered": True,
        } | facts)

    def row(self, table: str, **facts: Any) -> None:
        """Add a row to any other fact table."""
        self._add(table, {"as_of": NIGHT.isoformat(), "county_code": COUNTY, "town_code": TOWN, "village_code": VILLAGE}
                  | facts)

    def finding(self, finding_id: str, **columns: Any) -> None:
        """Add an open finding about a person."""
        self._add("finding", {
            "finding_id": finding_id, "rule_id": "MED-01", "rule_version": "1", "severity": "high", "departments":
            ["registry"], "owner_department": "registry", "subject_kind": "person", "object_key": "", "evidence": {},
            "county_code": COUNTY, "town_code": TOWN, "village_code": VILLAGE, "state": "open", "is_baseline": True,
            "first_seen": NIGHT.isoformat(), "opened_on": NIGHT.isoformat(), "times_opened": 1, "row_hash": 1,
            "from_night": NIGHT.isoformat(), "to_night": "infinity",
        } | columns, schema="mart_finding")

    def parameter(self, rule_id: str, parameter: str, value: str, *, division_code: str = "", key: str = "") -> None:
        """Set a county's own parameter, valid always."""
        self.run(
            "insert into reference.county_parameter (rule_id, parameter, key, value, division_code)"
            " values (%s, %s, %s, %s, %s)", rule_id, parameter, key, value, division_code,
        )

    def clear(self) -> None:
        """Empty the fact tables."""
        for table in contract_columns():
            self.run(f"truncate mart_comparison.{table}")
        self.run(
            "truncate mart_finding.finding, mart_finding.finding_event, reference.county_parameter, mart_identity.link,"
            " mart_identity.link_review, mart_identity.registry_key,"
            " mart_identity.int_identity__linked_row, mart_identity.int_identity__mention, mart_identity.int_identity__decision,"
            " mart_identity.int_identity__registry_person, staging.hi_premium_request, ledger.night_batch"
        )

    def premium(self, person_key: str, row_no: int, request_batch: str) -> None:
        """Add a linked row of the premium requests, in a batch in force on the night."""
        if not self.query("select 1 from ledger.night_batch where extract = 'hi_premium_request'"):
            self.run(
                "with b as (insert into ledger.batch (department, extract, as_of, data_date, received_at, source_name,"
                " sha256, contract_version, rows_read, rows_landed, rows_accepted, status) values ('health_insurance',"
                " 'hi_premium_request', %s, %s, %s, 'f.csv', 's', '1', 9, 9, 9, 'accepted') returning batch_id)"
                " insert into ledger.night_batch select %s, 'health_insurance', 'hi_premium_request', batch_id, %s,"
                " date_trunc('month', %s::date), true, false from b", *[NIGHT] * 6,
            )
        batch_id = self.query("select batch_id from ledger.night_batch where extract = 'hi_premium_request'")[0][0]
        self.run("insert into staging.hi_premium_request values (%s, %s, false, %s, 100)", batch_id, row_no, request_batch)
        self.run(
            "insert into mart_identity.int_identity__linked_row values ('hi_premium_request', %s, %s, 'self', true, %s,"
            " '1', 'number_and_name', 'same')", batch_id, row_no, person_key,
        )

    def build(self, *select: str, night: dt.date = NIGHT) -> None:
        """Build the comparisons and summaries of a night (or the models named)."""
        dbt.run(
            "run", "--select", *(select or LAYERS), as_of=night, target="hand_made_facts"
        )

    def publish(self, night: dt.date = NIGHT) -> None:
        """Roles, outward views, and the night made visible."""
        with self.connection:
            ensure_roles(self.connection)
        refresh_outward()
        self.run("update ledger.published_night set as_of = %s, published_at = now()", night)

    def run(self, statement: str, *parameters: Any) -> None:
        """Execute and commit a statement as the owner."""
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute(statement, parameters or None)

    def query(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Run a query as the owner and return its rows."""
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute(statement, parameters or None)
            return list(cursor.fetchall())

    def _add(self, table: str, facts: dict[str, Any], schema: str = "mart_comparison") -> None:
        self.run(
            f"insert into {schema}.{table} select * from jsonb_populate_record(null::{schema}.{table}, %s::jsonb)",
            json.dumps(facts, default=str),
        )


def _defaults(key: str) -> dict[str, Any]:
    return {
        "household_key": f"H{key}", "household_no": f"H{key}", "as_of": NIGHT.isoformat(), "insurance_year": 2026,
        "school_year": 2026, "school_term": "2026-autumn", "term_start": "2026-09-01", "county_code": COUNTY,
        "town_code": TOWN, "village_code": VILLAGE, "registry_batch_id": 1, "registry_row_no": 4,
    }


def login(url: str) -> psycopg2.extensions.connection:
    """Connect as somebody, committing each statement."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    return connection
