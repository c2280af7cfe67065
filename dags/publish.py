"""**发布 · Publish one night**

**Reads** `ledger.run` of the night, the marts.
**Writes** `ledger.published_night` (one UPDATE: readers see the whole night or the one before), outward views and
their comments, the index of Data Docs, the closing report; worklists per village under `exports/worklists`;
`ledger.alert` and messages to the channels of `include/alerts.yml`.
**Triage** A night is published once and in order; a refusal names the night that is in the way. `worklists` red: the
export folder is full, or somebody has a list of this very night open or filled in; its log names the file.
**Re-run** Clear the red task. Publishing a published night again changes nothing.
"""

from airflow.sdk import PartitionedAssetTimetable, chain, dag

from bidui.platform import steps
from bidui.platform.dag import AS_OF, RECONCILED, defaults, minutes, task


@dag(
    dag_id="publish",
    dag_display_name="发布 · publish",
    schedule=PartitionedAssetTimetable(assets=RECONCILED),
    catchup=False,
    max_active_runs=1,
    default_args=defaults("night"),
    tags=["bidui", "publish"],
    doc_md=__doc__,
)
def publish() -> None:
    """Refresh the outward views, make the night visible, write documents and report."""
    shown = [
        task(task_id=step.name, execution_timeout=minutes(step.minutes))(step.work)(as_of=AS_OF)
        for step in steps.PUBLISH
    ]
    documents = task(execution_timeout=minutes(15))(steps.documents)(as_of=AS_OF)
    worklists = task(execution_timeout=minutes(30))(steps.worklists)(as_of=AS_OF)
    alerts = task(execution_timeout=minutes(5))(steps.alerts)(as_of=AS_OF)
    chain(*shown, [documents, worklists, alerts])


publish()
