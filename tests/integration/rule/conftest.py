"""A warehouse whose fact tables are written by hand: what rules and findings need, without the layers below."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2.extensions
import pytest
import yaml

from bidui.home import dbt_dir
from bidui.rule import Binding, bind
from bidui.rule.example import ExampleBench
from bidui.rule.facts import contract_columns, create_empty
from bidui.warehouse import dbt
from bidui.warehouse.connection import connect

EXTRACTS = ("registry_person", "registry_household", "hi_settlement", "renovation", "death", "edu_compare")


class HandMadeNights:
    """Nights over hand-made facts and a small catalogue of their own."""

    def __init__(self, connection: psycopg2.extensions.connection, folder: Path, project: Path) -> None:
        self.connection = connection
        self.folder = folder
        self.project = project

    def catalogue(self, *rules: dict[str, Any]) -> None:
        """Replace the catalogue."""
        content = {"version": 1, "family": "test", "title": {"zh": "测试", "en": "Test"}, "rules": list(rules)}
        (self.folder / "test.yml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")

    def facts(self, table: str, *rows: dict[str, Any]) -> None:
        """Replace the rows of a fact table; columns left out are null."""
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute(f"truncate mart_comparison.{table}")
            cursor.execute(
                f"insert into mart_comparison.{table}"
                f" select r.* from jsonb_array_elements(%s::jsonb) as given (row)"
                f" cross join lateral jsonb_populate_record(null::mart_comparison.{table}, given.row) as r",
                (json.dumps(rows),),
            )

    def retire(self, night: dt.date, kind: str, key: str, survivor: str) -> None:
        """From the night on a key serves no more; its findings go on under another."""
        self.query(
            "insert into mart_identity.registry_key values (%s, %s, %s, %s, 'infinity') returning 1",
            kind, key, survivor, night,
        )

    def bind(self, night: dt.date, *, stale: tuple[str, ...] = (), missing: tuple[str, ...] = ()) -> Binding:
        """Freeze the lists in force and bind the rules."""
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute("delete from ledger.night_batch where as_of = %s", (night,))
            for extract in EXTRACTS:
                if extract in missing:
                    continue
                cursor.execute(
                    "insert into ledger.night_batch"
                    " select %s, department, extract, batch_id, data_date, data_date, true, %s"
                    " from ledger.batch where extract = %s",
                    (night, extract in stale, extract),
                )
            return bind(self.connection, night, self.folder)

    def build(self, night: dt.date) -> None:
        """Build the finding layer of a bound night."""
        self._dbt("run", night)

    def test(self, night: dt.date) -> None:
        """Run the layer's data tests."""
        self._dbt("test", night)

    def _dbt(self, command: str, night: dt.date) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("BIDUI_DBT_PROJECT", str(self.project))
            dbt.run(command, "--select", "path:models/finding", as_of=night, target="finding_test")

    def run(self, night: dt.date, **options: Any) -> None:
        """Bind, build and publish a night."""
        self.bind(night, **options)
        self.build(night)
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute("delete from ledger.run where as_of = %s", (night,))
            cursor.execute(
                "insert into ledger.run (as_of, kind, status) values (%s, 'night', 'published')", (night,)
            )

    def query(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Run a query and return its rows."""
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute(statement, parameters or None)
            return list(cursor.fetchall())

    def standing(self, night: dt.date, columns: str = "state") -> dict[tuple[str, str], Any]:
        """(rule, subject) → columns of the findings as they stood on a night."""
        rows = self.query(
            f"select rule_id, subject_key, {columns} from mart_finding.finding"
            " where from_night <= %s and %s < to_night",
            night, night,
        )
        return {(row[0], row[1]): row[2] if len(row) == 3 else row[2:] for row in rows}

    def events(self, night: dt.date) -> set[tuple[str, str, str]]:
        """(rule, subject, event) of a night."""
        return set(
            self.query(
                "select f.rule_id, f.subject_key, e.event from mart_finding.finding_event as e"
                " inner join mart_finding.finding as f on f.finding_id = e.finding_id"
                " where e.as_of = %s and f.from_night <= %s and %s < f.to_night",
                night, night, night,
            )
        )

    def everything(self) -> list[tuple[Any, ...]]:
        """Every stored row of findings and events, to compare two runs."""
        return [
            *self.query("select f::text from mart_finding.finding as f order by 1"),
            *self.query("select e::text from mart_finding.finding_event as e order by 1"),
        ]


@pytest.fixture(scope="module")
def bench(warehouse: str) -> Iterator[ExampleBench]:
    """Where rules are tried on their own examples."""
    connection = connect(warehouse)
    yield ExampleBench(connection)
    connection.rollback()
    connection.close()


@pytest.fixture(scope="session")
def finding_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finding layer alone, over fact tables that exist already: dbt parses ten models instead of the project."""
    project = tmp_path_factory.mktemp("finding_project")
    for part in ("dbt_project.yml", "profiles.yml", "models/_sources.yml"):
        (project / part).parent.mkdir(exist_ok=True)
        shutil.copy(dbt_dir() / part, project / part)
    for part in ("macros/core", "macros/materializations", "macros/finding", "models/finding", "tests/finding"):
        shutil.copytree(dbt_dir() / part, project / part)
    facts = project / "models" / "comparison"
    facts.mkdir()
    for table in contract_columns():
        (facts / f"{table}.sql").write_text("select 1 as never_built", encoding="utf-8")
    identity = project / "models" / "identity"
    identity.mkdir()
    (identity / "registry_key.sql").write_text("select 1 as never_built", encoding="utf-8")
    return project


@pytest.fixture
def nights(warehouse: str, finding_project: Path, tmp_path: Path) -> Iterator[HandMadeNights]:
    """Empty fact tables, accepted batches of the lists a grain rests on, and no finding yet."""
    folder = tmp_path / "rules"
    folder.mkdir()
    for name in ("grains.yml", "rule.schema.json"):
        shutil.copy(dbt_dir() / "rules" / name, folder / name)
    connection = connect(warehouse)
    with connection, connection.cursor() as cursor:
        cursor.execute("drop schema mart_finding cascade; create schema mart_finding")
        cursor.execute("drop schema mart_comparison cascade; create schema mart_comparison")
        # The ledger is append-only; a test starts without answers.
        cursor.execute("alter table ledger.answer disable trigger user")
        cursor.execute(
            "truncate ledger.night_rule, ledger.night_batch, ledger.batch, ledger.run, ledger.answer, reference.rule,"
            " reference.county_parameter, reference.parameter_default cascade"
        )
        create_empty(connection, contract_columns(), "mart_comparison")
        cursor.execute("drop table if exists mart_identity.registry_key")
        cursor.execute(
            "create table mart_identity.registry_key"
            " (kind text, life_key text, survivor_key text, from_night date, to_night date)"
        )
        for extract in EXTRACTS:
            cursor.execute(
                "insert into ledger.batch (department, extract, as_of, data_date, received_at, source_name, sha256,"
                " contract_version, status) values ('d', %s, '2026-10-01', '2026-10-01', '2026-10-01', 'f', 's', '1',"
                " 'accepted')",
                (extract,),
            )
    yield HandMadeNights(connection, folder, finding_project)
    connection.close()


@pytest.fixture
def make_rule() -> Callable[..., dict[str, Any]]:
    """A valid rule to change in a test."""

    def make(rule_id: str, predicate: str, **changes: Any) -> dict[str, Any]:
        return {
            "id": rule_id,
            "title": {"zh": "测试规则", "en": "Test rule"},
            "grain": "person",
            "severity": "high",
            "departments": ["registry", "health_insurance"],
            "owner": "health_insurance",
            "predicate": predicate,
            "evidence": ["age", "hi_roll__status"],
            "remedy": {"zh": "核实", "en": "Verify"},
            "source": "test",
            "source_type": "test",
            "examples": {
                "hits": [{"case": "一", "row": {"age": 1}}, {"case": "二", "row": {"age": 2}}],
                "near_misses": [{"case": "三", "row": {"age": 3}}, {"case": "四", "row": {"age": 4}}],
            },
        } | changes

    return make


@pytest.fixture
def shipped(nights: HandMadeNights) -> HandMadeNights:
    """The shipped catalogue with its shipped parameters."""
    nights.folder = dbt_dir() / "rules"
    defaults = dbt_dir() / "seeds" / "parameter_default.csv"
    with defaults.open(encoding="utf-8") as stream, nights.connection, nights.connection.cursor() as cursor:
        cursor.copy_expert("copy reference.parameter_default from stdin with (format csv, header true)", stream)
    return nights
