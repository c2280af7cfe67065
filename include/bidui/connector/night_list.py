"""A list that is asked for once a night and becomes one file: what pulling from a database and over HTTP share."""

from __future__ import annotations

import datetime as dt
import logging
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bidui.connector.delivery import Delivery, sha256_of
from bidui.connector.memory import Memory, Pull, Reached
from bidui.connector.pulled import finish, night_file, part_of, waiting
from bidui.connector.refusal import disk_in_words
from bidui.contract import Extract
from bidui.contract.origin import RemoteOrigin

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Written:
    """What is in the part: number of rows (None: not counted), and by watermark the pull it goes on from, the highest
    value, and the digests of the last rows."""

    rows: int | None
    after: Reached | None = None
    watermark: str | None = None
    last_rows: bytes | None = None


class NightList(ABC):
    """`deliveries` pulls the night's list of each extract, unless the night has it already."""

    def __init__(self, as_of: dt.date, memory: Memory) -> None:
        self.as_of = as_of
        self.memory = memory

    @abstractmethod
    def write(self, extract: Extract, path: Path) -> Written:
        """Write the whole list into the part of `path`. Raises PullError; the part may stay to be gone on with."""

    def deliveries(self, extracts: Iterable[Extract]) -> list[Delivery]:
        """One file per extract, none where nothing is new. Raises PullError."""
        return [delivery for extract in extracts for delivery in self._deliveries(extract)]

    def _deliveries(self, extract: Extract) -> list[Delivery]:
        tonight = self.memory.tonight(extract, self.as_of)
        if tonight is None:
            return self._pull(extract)
        sha256, stands = tonight
        if stands:
            return []
        # Pulled, and cut before it landed; what was held or withdrawn has no copy left and is asked for again.
        unlanded = [delivery for delivery in waiting(extract) if sha256_of(delivery.path) == sha256]
        return unlanded or self._pull(extract)

    def _pull(self, extract: Extract) -> list[Delivery]:
        origin = extract.origin
        if not isinstance(origin, RemoteOrigin):
            raise TypeError(f"{extract.key} is not pulled")
        started = dt.datetime.now(dt.UTC)
        path = night_file(extract, self.as_of)
        with disk_in_words(origin.connection):
            written = self.write(extract, path)
            # An empty full list is a file too, and is held; no new rows are no news.
            nothing_new = written.rows == 0 and written.watermark is not None
            if nothing_new:
                part_of(path).unlink()
            else:
                finish(path)
        self.memory.record(
            Pull(
                department=extract.department,
                extract=extract.key,
                as_of=self.as_of,
                origin=origin.kind,
                connection=origin.connection,
                source_name=path.name,
                sha256="" if nothing_new else sha256_of(path),
                started_at=started,
                finished_at=dt.datetime.now(dt.UTC),
                rows=written.rows,
                watermark_from=written.after.watermark if written.after else None,
                watermark_to=written.watermark,
                after_pull=written.after.pull_id if written.after else None,
                last_rows=written.last_rows,
            )
        )
        log.info("%s: 拉取完成 · pulled: %s 行 rows", extract.key, "?" if written.rows is None else written.rows)
        return [] if nothing_new else [Delivery.of_file(extract.department, extract.key, path)]
