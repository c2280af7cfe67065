"""**比对 · Reconcile one night**

**Reads** the batches in force at the night (`staging.*` through `ledger.night_batch`), reference data, rules,
outcomes, the previous night's rows.
**Writes** `ledger.run`, `ledger.night_batch`, `ledger.night_rule`, `mart_identity`, `mart_comparison`,
`mart_finding`, `mart_summary`; nobody outside sees anything before `publish`.
**Triage** Starts when every department has reported for the night. `in_turn` waits for an earlier night that is not
published and gives up after an hour: finish that one, then clear it. `freeze` refuses a night before the published one.
A red layer names the dbt node in its log; the night is recorded as failed and holds up nobody.
**Re-run** Clear `freeze` and what follows (a failed run is closed). The same night again gives the same rows.
"""

from airflow.sdk import AssetAll, PartitionedAssetTimetable, chain, dag

from bidui.platform import steps
from bidui.platform.dag import AS_OF, RECONCILED, defaults, minutes, reported, sensor, task
from bidui.platform.departments import departments


@dag(
    dag_id="reconcile",
    dag_display_name="比对 · reconcile",
    schedule=PartitionedAssetTimetable(assets=AssetAll(*(reported(name) for name in departments()))),
    catchup=False,
    max_active_runs=1,
    default_args=defaults("night"),
    tags=["bidui", "reconcile"],
    doc_md=__doc__,
)
def reconcile() -> None:
    """Freeze the inputs, build the layers one after another (one dbt process each), take the fingerprint."""
    # Waits in another pool: holding the night's only slot, it would keep the earlier night from being published.
    turn = sensor(mode="reschedule", poke_interval=15, timeout=3600, pool="ingest", retries=0)
    in_turn = turn(steps.in_turn)(as_of=AS_OF)
    work = [
        task(
            task_id=step.name,
            execution_timeout=minutes(step.minutes),
            outlets=[RECONCILED] if step is steps.RECONCILE[-1] else [],
        )(step.work)(**step.arguments, as_of=AS_OF)
        for step in steps.RECONCILE
    ]
    chain(in_turn, *work)
    # Tells nobody: the task that failed has.
    failed = task(trigger_rule="one_failed", execution_timeout=minutes(5), on_failure_callback=None)
    work >> failed(steps.reconcile_failed)(as_of=AS_OF)


reconcile()
