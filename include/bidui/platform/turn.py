"""Whose turn it is: nights are reconciled one at a time, in order, and on complete ingest runs."""

from __future__ import annotations

import datetime as dt

from bidui.platform import service
from bidui.warehouse.connection import transaction

EARLIER = "select as_of, status from ledger.night_under_way where as_of < %s order by as_of limit 1"


def waiting_for(as_of: dt.date) -> str:
    """What must end before the night may start, '' when nothing must.

    Two things: an ingest run of the same night that is under way (an event left from an earlier try can complete
    the set of assets too soon), and an earlier night that is not published yet (fingerprints are a chain).
    """
    airflow = service.airflow()
    try:
        for run in airflow.runs(as_of):
            if run["dag_id"].startswith("ingest_") and run["state"] in {"queued", "running"}:
                return f"{run['dag_id']} {run['dag_run_id']}"
    finally:
        airflow.close()
    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute(EARLIER, (as_of,))
        row = cursor.fetchone()
    return f"the night {row[0]} ({row[1]})" if row else ""
