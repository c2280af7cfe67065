"""Make and send the receipts that are due: idempotent, because the ledger knows what each sender was told."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2.extensions

from bidui.contract import Source
from bidui.home import folder
from bidui.problem import Problem, ProblemError
from bidui.receipt import book, content
from bidui.receipt.send import sender_of

RECORD = "insert into ledger.receipt (delivery_id, department, digest, file_name, place) values (%s, %s, %s, %s, %s)"


def make_due(connection: psycopg2.extensions.connection, source: Source) -> list[str]:
    """Send a receipt for every decided delivery whose sender does not know how it stands; return where they are.

    Commits after each, so that what was sent is not sent again. A delivery that was released, withdrawn or replaced
    since gets its receipt anew under the same name. Raises ProblemError when a receipt cannot be written.
    """
    sender = sender_of(source)
    places = []
    for delivery in content.due(connection, source.department):
        with connection, tempfile.TemporaryDirectory(dir=folder("work")) as workspace:
            receipt = content.collect(connection, source, delivery)
            path = Path(workspace, book.file_name(receipt))
            with _named_by_batch(path.name, f"回执_{delivery.as_of}_批次{delivery.delivery_id}_…"):
                book.write(path, receipt, content.failed_rows(connection, receipt))
                place = sender.send(path)
            with connection.cursor() as cursor:
                cursor.execute(
                    RECORD, (delivery.delivery_id, source.department, delivery.digest, delivery.file_name, place)
                )
        places.append(place)
    return places


@contextmanager
def _named_by_batch(name: str, shown: str) -> Iterator[None]:
    """What keeps a receipt from being written or sent ends in a task's log: there it is told as `shown`, without the sender's
    file name that is part of its own, since people name files by people."""
    try:
        yield
    except ProblemError as error:
        if name not in str(error):
            raise
        problems = [
            Problem.from_dict(
                {field: said.replace(name, shown) if isinstance(said, str) else said for field, said in vars(problem).items()}
            )
            for problem in error.problems
        ]
        raise ProblemError(problems, final=error.final) from None
