"""How far a list by watermark has come, and which of the rows that are asked for again have come before.

A row may be committed after the pull under a value that the pull has passed. So rows are asked for from the highest
value on (from `overlap` before it), and those that an accepted pull brought are told by their digests. Rows without a
value are asked for every time, so that none is passed over.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bidui.connector.memory import Reached
from bidui.connector.refusal import refusal
from bidui.contract import SqlOrigin

DIGEST_BYTES = 12
_ROOM = 10_000
_NO_DATE = "0000-00-00"  # MySQL's blank date, which its driver gives as text and which `is null` finds
_ONE_DAY = dt.timedelta(days=1)

_READ: Mapping[str, Callable[[str], Any]] = {
    "int": int,
    "date": dt.date.fromisoformat,
    "timestamp": dt.datetime.fromisoformat,
    "text": str,
}
_DISTANCE: Mapping[str, Callable[[int], Any]] = {
    "int": int,
    "date": lambda days: dt.timedelta(days=days),
    "timestamp": lambda seconds: dt.timedelta(seconds=seconds),
}


class Mark:
    """The watermark of one pull while its rows go by.

    `since`: from which value on to ask. `highest`: how far the rows have come. Memory holds the digests of the rows
    within `overlap` of the highest value and of those without a value, which is what the next pull will ask for again.
    """

    def __init__(self, origin: SqlOrigin, as_of: dt.date, after: Reached | None) -> None:
        """For the night's pull, going on after an earlier one. Raises PullError when what that one reached is unreadable."""
        watermark = origin.watermark
        if watermark is None:
            raise TypeError("a full list has no mark")
        self._kind = watermark.type
        try:
            self.highest = _READ[self._kind](watermark.start if after is None else after.watermark)
        except ValueError:
            raise refusal("bad_query", origin.connection, watermark.column, detail=f"watermark: {self._kind}") from None
        self._distance = _DISTANCE[self._kind](watermark.overlap) if watermark.overlap else None
        # The start is where a county wants to begin: nothing has come before it.
        self.since = self.highest if after is None else self._oldest
        self._ceiling = _ceiling(self._kind, as_of)
        digests = after.last_rows if after else b""
        self._known = Counter(digests[at : at + DIGEST_BYTES] for at in range(0, len(digests), DIGEST_BYTES))
        self._recent: list[tuple[Any, bytes]] = []
        self._room = _ROOM

    def is_new(self, value: Any, texts: Sequence[str]) -> bool:
        """Whether the row has not come with an accepted pull; remembers it. Raises TypeError for a value of another type."""
        if value is None or str(value).startswith(_NO_DATE):
            return self._is_unseen(None, texts)
        value = self._comparable(value)
        self.highest = max(self.highest, value if self._ceiling is None else min(value, self._ceiling))
        is_recent = value >= self._oldest
        if not is_recent and not self._known:
            return True
        return self._is_unseen(value, texts, is_recent)

    def _is_unseen(self, value: Any, texts: Sequence[str], is_recent: bool = True) -> bool:
        """Whether the row is not among those known; one that the next pull will ask for again is remembered."""
        digest = hashlib.blake2b("\x1f".join((str(value), *texts)).encode(), digest_size=DIGEST_BYTES).digest()
        if is_recent:
            self._recent.append((value, digest))
        if len(self._recent) > self._room:
            self._forget()
            self._room = max(_ROOM, 2 * len(self._recent))
        if self._known[digest]:
            self._known[digest] -= 1
            return False
        return True

    def last_rows(self) -> bytes:
        """Digests of the rows that the next pull will ask for again."""
        self._forget()
        return b"".join(digest for _, digest in self._recent)

    @property
    def _oldest(self) -> Any:
        return self.highest if self._distance is None else self.highest - self._distance

    def _forget(self) -> None:
        oldest = self._oldest
        self._recent = [(value, digest) for value, digest in self._recent if value is None or value >= oldest]

    def _comparable(self, value: Any) -> Any:
        """A value in the type of the watermark; a zone that the source has is taken for what is known too."""
        if self._kind == "date" and isinstance(value, dt.datetime):
            return value.date()
        if self._kind == "timestamp":
            if not isinstance(value, dt.datetime) and isinstance(value, dt.date):
                value = dt.datetime.combine(value, dt.time())
            if isinstance(value, dt.datetime) and value.tzinfo is not None and self.highest.tzinfo is None:
                self.highest = self.highest.replace(tzinfo=value.tzinfo)
            if isinstance(value, dt.datetime) and value.tzinfo is not None and self._ceiling.tzinfo is None:
                self._ceiling = self._ceiling.replace(tzinfo=value.tzinfo)
        return value


def _ceiling(kind: str, as_of: dt.date) -> Any:
    """The end of the night's day: one row dated far ahead must not hide all that are dated before it."""
    if kind == "date":
        return as_of + _ONE_DAY
    return dt.datetime.combine(as_of + _ONE_DAY, dt.time()) if kind == "timestamp" else None
