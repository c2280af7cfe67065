"""Export the chain of nights for an offline check, with the script that checks it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import psycopg2.extensions
from psycopg2.extras import RealDictCursor

from bidui.night import verify_chain

# Everything as text that JSON knows: the export is compared byte by byte.
RUNS = """
select
    run_id, to_char(as_of, 'YYYY-MM-DD') as as_of, kind, status, started_at::text as started_at,
    finished_at::text as finished_at, reason, inputs, previous_fingerprint, fingerprint
from ledger.run
where fingerprint is not null
order by run_id
"""


def export(connection: psycopg2.extensions.connection, file: Path) -> int:
    """Write every run that has a fingerprint to `file` and the script beside it; return the number of runs.

    Nothing is half-written: the file appears when it is whole.
    """
    runs = _runs(connection)
    beside = file.with_name(file.name + ".part")
    beside.write_bytes(verify_chain.sealed(runs))
    beside.rename(file)
    script = Path(verify_chain.__file__)
    shutil.copyfile(script, file.with_name(script.name))
    return len(runs)


def _runs(connection: psycopg2.extensions.connection) -> list[dict[str, Any]]:
    with connection.cursor(cursor_factory=RealDictCursor) as cursor:
        cursor.execute(RUNS)
        return [dict(row) for row in cursor.fetchall()]
