"""A generated county whose nights are run step by step, as Airflow's tasks run them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import psycopg2.extensions
import truth

FIRST_NIGHT = dt.date(2026, 10, 16)


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
        from bidui.platform import steps

        as_of = self.night(number).isoformat()
        returned = {step.name: step.run(as_of) for step in steps.NIGHT}
        return str(returned["fingerprint"])

    def everything(self) -> dict[str, object]:
        """Every stored row of every table of nights, and what the published run says."""
        from bidui.night.fingerprint import night_tables

        with self.connection.cursor() as cursor:
            tables = night_tables(cursor)
        content = "select count(*), sum(hashtextextended(t::text, 0)::numeric) from {} as t"
        rows = {table.full_name: truth.rows(self.connection, content.format(table.full_name)) for table in tables}
        return rows | {
            "run": truth.rows(
                self.connection,
                "select as_of, inputs, previous_fingerprint, fingerprint from ledger.run where status = 'published' order by 1",
            )
        }
