"""Three nights of a small generated county, run step by step as Airflow's tasks run them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import psycopg2.extensions
import pytest

FIRST_NIGHT = dt.date(2026, 10, 16)
PERSONS = 2_000
LAYERS = ("identity", "comparison")


@dataclass
class County:
    """The generated county in its warehouse; nights are numbered from 1."""

    drops: Path
    truth: Path
    connection: psycopg2.extensions.connection

    @staticmethod
    def night(number: int) -> dt.date:
        return FIRST_NIGHT + dt.timedelta(days=number - 1)

    def ingest(self, number: int) -> None:
        from bidui.contract import load_sources
        from bidui.platform import intake

        as_of = self.night(number)
        for source in load_sources().departments:
            intake.fetch(as_of, source.department, self.drops / f"night_{number}")
            intake.land(as_of, source.department)
            intake.stage(as_of, source.department)
            intake.validate(as_of, source.department)

    def reconcile(self, number: int) -> str:
        """Build and publish the night; return its fingerprint."""
        from bidui.night import steps

        as_of = self.night(number).isoformat()
        steps.freeze(as_of)
        for layer in LAYERS:
            steps.build(layer, as_of)
        steps.bind_rules(as_of)
        for layer in ("finding", "summary"):
            steps.build(layer, as_of)
        fingerprint = steps.fingerprint(as_of)
        steps.refresh_outward(as_of)
        steps.publish(as_of)
        return fingerprint


@pytest.fixture(scope="module")
def county(warehouse: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    from bidui import reference
    from bidui.sample import generate
    from bidui.warehouse.prepare import prepare

    drops, truth = tmp_path_factory.mktemp("drops"), tmp_path_factory.mktemp("truth")
    generate(PERSONS, 7, 3, FIRST_NIGHT, drops, truth)
    prepare()
    connection = psycopg2.connect(warehouse)
    with connection:
        reference.load(connection, drops / "reference")
    connection.autocommit = True
    yield County(drops, truth, connection)
    connection.close()
