"""Everything that waits for one department: what lies in the drop folder, and what its servers have to give."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bidui.connector.delivery import Connector, Delivery
from bidui.connector.drop_folder import DropFolder
from bidui.connector.http import HttpPages
from bidui.connector.memory import Memory
from bidui.connector.pulled import clear_landed
from bidui.connector.refusal import PullError
from bidui.connector.sftp import SftpFolder
from bidui.connector.sql import SqlRows
from bidui.contract import Source

log = logging.getLogger(__name__)

_PULLS: dict[str, Callable[[date, Memory], Connector]] = {"sftp": SftpFolder, "sql": SqlRows, "http": HttpPages}


@dataclass
class Gathered:
    """What came, and which extracts could not be pulled."""

    deliveries: list[Delivery] = field(default_factory=list)
    errors: dict[str, PullError] = field(default_factory=dict)

    def check(self) -> None:
        """Raise one PullError that names every pull that failed; final when each of them is."""
        if self.errors:
            failed = list(self.errors.values())
            raise PullError(
                (problem for error in failed for problem in error.problems), final=all(error.final for error in failed)
            )


def gather(source: Source, as_of: date, drop: Path, memory: Memory) -> Gathered:
    """Collect every delivery of the department for the night; one extract's failure does not keep the others.

    Raises ProblemError when the drop folder cannot be read.
    """
    clear_landed(source.extracts, memory)
    gathered = Gathered(deliveries=DropFolder(drop).deliveries(source.extracts))
    for extract in source.extracts:
        pull = _PULLS.get(extract.origin.kind)
        if pull is None:
            continue
        try:
            gathered.deliveries += pull(as_of, memory).deliveries([extract])
        except PullError as error:
            log.error("%s: %s", extract.key, error)
            gathered.errors[extract.key] = error
    return gathered
