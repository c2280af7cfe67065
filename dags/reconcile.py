"""**比对 · Reconcile one night**

**Reads** the batches in force at the night (`staging.*` through `ledger.night_batch`), reference data, rules,
outcomes, the previous night's rows.
**Writes** `ledger.run`, `ledger.night_batch`, `ledger.night_rule`, `mart_identity`, `mart_comparison`,
`mart_finding`, `mart_summary`; nobody outside sees anything before `publish`.
**Triage** Starts when every department has reported for the night. `freeze` refuses a night that would overtake an
earlier one that is computed but not published, or that is older than the published one: finish that one first.
A red layer names the dbt node in its log.
**Re-run** Clear the red task and what follows. The same night again gives the same rows.
"""

from airflow.sdk import AssetAll, PartitionedAssetTimetable, dag, task

from bidui.night import steps
from bidui.platform.dag import AS_OF, RECONCILED, defaults, minutes, reported
from bidui.platform.departments import departments

LAYERS = ("identity", "comparison", "finding", "summary")


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
    last = task(execution_timeout=minutes(15))(steps.freeze)(as_of=AS_OF)
    for layer in LAYERS:
        built = task(task_id=layer, execution_timeout=minutes(90))(steps.build)(layer=layer, as_of=AS_OF)
        last >> built
        last = built
    last >> task(execution_timeout=minutes(30), outlets=[RECONCILED])(steps.fingerprint)(as_of=AS_OF)


reconcile()
