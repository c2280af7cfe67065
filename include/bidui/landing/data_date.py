"""The data date: the day (or month) that a file says its rows are about.

Looked for where the contract says, in its order: the title rows, the file name, the modification time. A range
(A 至 B) is its end. A month is made precise by a day of that month that is stated further on (a title says the month,
the file name the day); else it is its last day, or the night when that is earlier. A year alone says too little.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile

from bidui.clock import COUNTY_TIME

_CHINESE_YEAR = re.compile(r"[〇零○一二三四五六七八九]{4}(?=年)")
_CHINESE_SMALL = re.compile(r"(?<=[年月])[一二三四五六七八九十]{1,3}(?=[月日])")
_DIGITS = {character: str(value) for value, character in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0"}

# Full dates first, months after; digits must not go on to either side (an ID number or a telephone is no date).
_PATTERNS = (
    re.compile(r"(?P<y>(?:19|20)\d\d)年(?P<m>\d{1,2})月(?P<d>\d{1,2})日?"),
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<s>[-./_])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?=\D|\d{4}(?!\d)|\d{6}(?!\d)|$)"),
    re.compile(r"(?P<y>(?:19|20)\d\d)年(?P<m>\d{1,2})月"),
    # One digit after a hyphen is rather the number of a part.
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?:[-/](?P<m>\d\d)|\.(?P<n>\d{1,2}))(?![\d.])"),
    re.compile(r"(?<!\d)(?P<y>20\d\d)(?P<m>0[1-9]|1[0-2])(?!\d)"),
)
_RANGE = re.compile(r"\s*(?:至|到|~|—|--|-)\s*")


@dataclass(frozen=True)
class DataDate:
    """A date and where it was found: `title`, `file_name` or `modified`."""

    day: date
    found_in: str

    def is_future(self, as_of: date) -> bool:
        """Whether the file says that it is about days after the night."""
        return self.day > as_of


@dataclass(frozen=True)
class _Statement:
    """A day, or a month (as its last day, or the night)."""

    day: date
    is_month: bool


def find_data_date(
    places: Iterable[str], titles: Iterable[str], file_name: str, received_at: datetime, as_of: date
) -> DataDate:
    """The first data date in `places` (of `title`, `file_name`, `modified`), else that of the modification time.

    A modification time says when a file was saved, not what it is about: it counts at most as the night.
    """
    texts = {"title": tuple(titles), "file_name": (file_name,)}
    stated = [
        (statement, place)
        for place in takewhile(lambda place: place != "modified", places)
        for text in texts[place]
        for statement in _statements(text, as_of)
    ]
    if not stated:
        return DataDate(min(received_at.astimezone(COUNTY_TIME).date(), as_of), "modified")
    (first, first_place), *others = stated
    if first.is_month:
        month = (first.day.year, first.day.month)
        for other, place in others:
            if not other.is_month and (other.day.year, other.day.month) == month and other.day <= as_of:
                return DataDate(other.day, place)
    return DataDate(first.day, first_place)


def _statements(text: str, as_of: date) -> Iterator[_Statement]:
    """Every date that a text states, from left to right; a range once, as its end."""
    folded = _arabic(unicodedata.normalize("NFKC", text))
    position = 0
    while (found := _first(folded, as_of, position)) is not None:
        statement, position = found
        while (joint := _RANGE.match(folded, position)) and (
            further := _first(folded, as_of, joint.end(), anchored=True)
        ):
            statement, position = further
        yield statement


def _first(text: str, as_of: date, start: int, *, anchored: bool = False) -> tuple[_Statement, int] | None:
    """The earliest date in `text` from `start` on (`anchored`: at `start`), and where it ends."""
    best: tuple[int, int, _Statement, int] | None = None
    for rank, pattern in enumerate(_PATTERNS):
        for match in pattern.finditer(text, start):
            if anchored and match.start() != start:
                break
            statement = _read(match, as_of)
            if statement is not None:
                if best is None or (match.start(), rank) < best[:2]:
                    best = (match.start(), rank, statement, match.end())
                break
    return (best[2], best[3]) if best else None


def _read(match: re.Match[str], as_of: date) -> _Statement | None:
    groups = match.groupdict()
    year, month = int(groups["y"]), int(groups.get("m") or groups["n"])
    if not 1 <= month <= 12:
        return None
    if groups.get("d"):
        try:
            return _Statement(date(year, month, int(groups["d"])), is_month=False)
        except ValueError:
            return None
    if match.re is _PATTERNS[-1] and year > as_of.year + 1:
        return None  # six bare digits in a name may be a division code
    first, last = date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    return _Statement(first if first > as_of else min(last, as_of), is_month=True)


def _arabic(text: str) -> str:
    """二〇二六年十月 → 2026年10月."""
    text = _CHINESE_YEAR.sub(lambda match: "".join(_DIGITS[c] for c in match.group()), text)
    previous = None
    while previous != text:
        previous = text
        text = _CHINESE_SMALL.sub(lambda match: str(_small(match.group())), text)
    return text


def _small(text: str) -> int:
    """一 to 三十一."""
    if "十" not in text:
        return int("".join(_DIGITS[c] for c in text))
    tens, _, ones = text.partition("十")
    return (int(_DIGITS[tens]) if tens else 1) * 10 + (int(_DIGITS[ones]) if ones else 0)
