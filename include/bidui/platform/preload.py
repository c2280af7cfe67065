"""Import the slow libraries once, in the scheduler: the LocalExecutor's workers fork from it.

Saves every task the import of Great Expectations (4.5 s), dbt and pandas. Other processes do not pay for it.
"""

from __future__ import annotations

import importlib
import logging
import sys

SLOW = (
    "pandas",
    "dbt.cli.main",
    "dbt.adapters.postgres",
    "great_expectations",
    "great_expectations.expectations",
)

# The whole content of AIRFLOW_HOME/config/airflow_local_settings.py, which every Airflow process imports.
LOCAL_SETTINGS = '''"""Written by `bidui up`; see bidui/platform/preload.py."""

from bidui.platform.preload import preload_in_scheduler

preload_in_scheduler()
__all__: list[str] = []
'''


def preload_in_scheduler(arguments: list[str] | None = None) -> bool:
    """Import `SLOW` when this process is `airflow scheduler`; return whether it was."""
    arguments = sys.argv if arguments is None else arguments
    if "scheduler" not in arguments[1:2]:
        return False
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    for name in SLOW:
        importlib.import_module(name)
    return True
