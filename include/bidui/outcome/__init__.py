"""Answers to findings: `apply` records those that can stand in `ledger.answer` and says why the others cannot."""

from bidui.outcome.answer import Answer, Place
from bidui.outcome.exemption import exempt
from bidui.outcome.record import Applied, Recorded, Refused, apply

__all__ = ["Answer", "Applied", "Place", "Recorded", "Refused", "apply", "exempt"]
