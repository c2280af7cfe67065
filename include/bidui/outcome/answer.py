"""One answer to a finding, as it was given."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Place:
    """Where an answer was written: the file, its sheet, the row as a person sees it."""

    file: str | None = None
    sheet: str | None = None
    row: int | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What somebody found out about a finding. Texts as written: cleaning, dates and checks are the warehouse's.

    `verdict`: confirmed | false_positive | exempt | unclear. `wrong_side`: registry | department | both | neither.
    `value_hash`: what the finding said when it was handed out; an answer is about that and nothing else.
    `field_check`: who looked, when and how; a confirmation without it is refused.
    `approved_by`, `valid_until` (last day): who granted an exemption and how long it holds; honoured on any verdict.
    """

    finding_id: str
    verdict: str | None
    answered_by: str | None
    answered_on: dt.date | str | None
    value_hash: str | None
    wrong_side: str | None = None
    reason: str | None = None
    field_check: str | None = None
    valid_until: dt.date | str | None = None
    approved_by: str | None = None
    place: Place = field(default_factory=Place)
