"""Record answers, all at once: the warehouse judges each row (`ledger.record_outcomes`), this module gives it words."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import psycopg2.extensions

from bidui import clock
from bidui.outcome.answer import Answer
from bidui.outcome.refusal import refusal
from bidui.problem import Problem


@dataclass(frozen=True)
class Recorded:
    """An answer in `ledger.answer`; `is_new` is false where it had been recorded before."""

    answer: Answer
    outcome_id: int
    is_new: bool


@dataclass(frozen=True)
class Refused:
    """An answer that cannot stand, and every reason why, with its place."""

    answer: Answer
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Applied:
    """What became of the answers, each list in the order given. They count from the next night on."""

    recorded: tuple[Recorded, ...]
    refused: tuple[Refused, ...]

    @property
    def new(self) -> int:
        """How many were recorded now; the rest of `recorded` had been before."""
        return len({done.outcome_id for done in self.recorded if done.is_new})


def apply(
    connection: psycopg2.extensions.connection, answers: Sequence[Answer], today: dt.date | None = None
) -> Applied:
    """Record the answers that can stand, in the caller's transaction; the same answer twice is one row.

    They are judged against the published night. `today` (county time by default) only bounds the day of the answer.
    """
    day = today or clock.today()
    with connection.cursor() as cursor:
        cursor.execute(
            "select place_no, recorded_id, is_new, refusals from ledger.record_outcomes(%s::jsonb, %s)",
            (json.dumps([_as_given(position, answer) for position, answer in enumerate(answers)]), day),
        )
        judged = cursor.fetchall()
    recorded = [Recorded(answers[no], outcome_id, is_new) for no, outcome_id, is_new, reasons in judged if not reasons]
    refused = [
        Refused(answers[no], tuple(refusal(code, answers[no].place) for code in reasons))
        for no, _, _, reasons in judged
        if reasons
    ]
    return Applied(tuple(recorded), tuple(refused))


def _as_given(position: int, answer: Answer) -> dict[str, str | int | None]:
    given = {name: _text(value) for name, value in asdict(answer).items() if name != "place"}
    place = answer.place
    return given | {
        "position": position,
        "source_file": _text(place.file),
        "source_sheet": _text(place.sheet),
        "source_row_no": place.row,
    }


def _text(value: object) -> str | None:
    """As text without NUL, which the warehouse cannot hold."""
    return None if value is None else str(value).replace("\0", "")
