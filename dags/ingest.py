"""**接收部门数据 · Ingest of one department**

**Reads** the department's drop folder (or the folder in the run's conf `drop`), its SFTP server, database or HTTP
interface, as its contract in `include/sources` says, through the Airflow connection that the contract names.
**Writes** `raw.*` and `staging.*` partitions, `ledger.pull`, `ledger.batch`, `ledger.validation`, `ledger.quarantined_row`,
the sender's receipt; emits the asset `bidui://ingest/<department>` for the night.
**Triage** A red task is a defect or an outage, never a bad file: bad files are held and named in `bidui status`.
`fetch` red: a server could not be asked; its log says why and what to do, the other extracts go on.
The night goes on without this department's new files; what is in force stays in force.
**Re-run** Clear the red task; files already landed are recognised and change nothing. When `reconcile` has already
run for the night, the next night takes the files in. A past week: `airflow backfill create --dag-id …`.
"""

from airflow.sdk import CronPartitionTimetable, dag

from bidui.platform import steps
from bidui.platform.dag import AS_OF, OPENS, PARTITION_KEY, TIMEZONE, defaults, minutes, reported, task
from bidui.platform.departments import departments


def ingest(department: str) -> None:
    """Declare the DAG of one department."""

    @dag(
        dag_id=f"ingest_{department}",
        dag_display_name=f"接收 · ingest {department}",
        schedule=CronPartitionTimetable(OPENS, timezone=TIMEZONE, key_format=PARTITION_KEY),
        catchup=False,
        max_active_runs=1,
        default_args=defaults("ingest"),
        tags=["bidui", "ingest"],
        doc_md=__doc__,
    )
    def wire() -> None:
        night = {"as_of": AS_OF, "department": department}
        fetch = task(execution_timeout=minutes(15))(steps.fetch)(
            **night, drop="{{ dag_run.conf.get('drop', '') }}", run_type="{{ dag_run.run_type.value }}"
        )
        # Lands what has come, also when one of the department's servers could not be asked.
        land = task(execution_timeout=minutes(25), trigger_rule="none_skipped")(steps.land)(**night)
        stage = task(execution_timeout=minutes(25))(steps.stage)(**night)
        validate = task(execution_timeout=minutes(25))(steps.validate)(**night)
        # Reports whatever happened, so that one department cannot keep the night from the others;
        # a night that fetch has skipped is not reported at all.
        report = task(
            execution_timeout=minutes(5), trigger_rule="none_skipped", outlets=[reported(department)]
        )(steps.report)(**night)
        # A report that went well must not paint a failed run green.
        failed = task(trigger_rule="one_failed", retries=0, on_failure_callback=None)(steps.ingest_failed)(**night)
        work = [fetch, land, stage, validate]
        fetch >> land >> stage >> validate
        work >> report
        work >> failed

    wire()


for name in departments():
    ingest(name)
