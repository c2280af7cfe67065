"""**日常维护 · Upkeep**

**Reads** the ledger, Airflow's own tables, the folders of `BIDUI_HOME`.
**Writes** at the cut-off, asset events for departments that have not reported, so that the night starts;
receipts that a department could not be given before, answers of returned worklists; `ledger.alert` and messages about
what is late, held or stale;
nothing that a comparison reads: drops partitions and logs beyond their retention, vacuums, analyses,
reports DAG files that do not import and batches that no partition belongs to.
**Triage** `health` red: a DAG file does not import or a component is silent; its log names which.
`receipts` red: a return folder is full, missing or closed to us; its log names which, and the receipts stay due.
**Re-run** Any time.
"""

from airflow.sdk import CronTriggerTimetable, dag

from bidui.platform import steps
from bidui.platform.dag import CUT_OFF, TIMEZONE, defaults, minutes, task


@dag(
    dag_id="upkeep",
    dag_display_name="日常维护 · upkeep",
    schedule=CronTriggerTimetable(CUT_OFF, timezone=TIMEZONE),
    catchup=False,
    max_active_runs=1,
    default_args=defaults("ingest"),
    tags=["bidui", "upkeep"],
    doc_md=__doc__,
)
def upkeep() -> None:
    """Strands that do not wait for each other, so that none hides another's failure."""
    task(execution_timeout=minutes(5))(steps.close_night)()
    task(execution_timeout=minutes(5))(steps.health)()
    task(execution_timeout=minutes(5))(steps.alerts)()
    task(execution_timeout=minutes(15))(steps.receipts)()
    task(execution_timeout=minutes(15))(steps.take_returned)()
    expire = task(execution_timeout=minutes(60))(steps.expire)()
    expire >> task(execution_timeout=minutes(120))(steps.tidy)()


upkeep()
