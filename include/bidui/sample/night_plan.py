"""What departments deliver on each night: everything on the first, then small nights with the usual mishaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bidui.sample.delivery import packings

# How a delivery goes.
WHOLE, HALF_EMPTY, DUPLICATE, LATE_OLDER, MISSING = "whole", "half_empty", "duplicate", "late_older", "missing"
LATE_DAYS = 30


@dataclass(frozen=True)
class Dispatch:
    """One extract's delivery on a night."""

    extract: str
    how: str

    def data_date(self, night: int, today: date) -> date:
        """The data date on the file: due date on the first night, the eve later, a month back when late."""
        packing = packings()[self.extract]
        if night == 1:
            return packing.data_date(today)
        if self.how == LATE_OLDER:
            return packing.data_date(today - timedelta(days=night - 1)) - timedelta(days=LATE_DAYS)
        return today - timedelta(days=1)


# The later nights turn in this order; a bundle is always delivered whole, so that its lists agree with each other.
_TURNS: tuple[tuple[tuple[str, str], ...], ...] = (
    # Corrections and a changed registry; dibao comes half empty, deaths come twice, a chronic list comes a month late.
    (
        ("registry", WHOLE),
        ("enrolment", WHOLE),
        ("dibao", HALF_EMPTY),
        ("death", DUPLICATE),
        ("chronic", LATE_OLDER),
        ("settlement", MISSING),
    ),
    # What went wrong is sent again; some corrections are undone.
    (("enrolment", WHOLE), ("dibao", WHOLE), ("school", WHOLE), ("settlement", WHOLE), ("disability", WHOLE)),
    (("chronic", WHOLE), ("housing", WHOLE), ("property", WHOLE), ("tekun", WHOLE), ("death", WHOLE)),
    (("registry", WHOLE), ("enrolment", WHOLE), ("school", WHOLE), ("marriage", WHOLE)),
)


def dispatches(night: int) -> list[Dispatch]:
    """Return what arrives on a night (1 is the first), in the order of `deliveries.yml`."""
    if night == 1:
        return [Dispatch(extract, WHOLE) for extract in packings()]
    turn = dict(_TURNS[(night - 2) % len(_TURNS)])
    found = []
    for extract, packing in packings().items():
        how = turn.get(packing.bundle)
        if how is None:
            continue
        # Of a bundle in trouble only the first list arrives (or fails to); the others wait with it.
        if how != WHOLE and extract != _first_of(packing.bundle):
            continue
        found.append(Dispatch(extract, how))
    return found


def last_delivery(bundle: str, night: int) -> int:
    """Return the night whose delivery of a bundle is in force: the last that was accepted and is not an old list."""
    for earlier in range(night, 1, -1):
        if dict(_TURNS[(earlier - 2) % len(_TURNS)]).get(bundle) == WHOLE:
            return earlier
    return 1


def registry_changes(night: int) -> bool:
    """Return whether splits and reissued numbers are in the registry that is in force on a night."""
    return last_delivery("registry", night) >= 2


def _first_of(bundle: str) -> str:
    return next(extract for extract, packing in packings().items() if packing.bundle == bundle)
