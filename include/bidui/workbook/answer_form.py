"""A form that goes out and comes back: by which headers it is read, what is a choice, and whether a row is still the row
that was sent.

People sort the columns that they see and leave the hidden ones behind, paste rows over others, type into locked cells.
Read by its keys alone, such a row would judge somebody else. So the seal of a row covers its keys and, piece by piece,
the cells that say whom it is about.
"""

from __future__ import annotations

import datetime as dt
import hmac
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bidui.home import home, secret

_BLANKS = re.compile(r"[\s\u200b\ufeff*“”\"'└]+")
_ENDINGS = re.compile(r"[.。!,;、]+$")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
# 10月16日, 10/16, 10-16; with a dot only two digits are a day, since 10.3 may have been 10.30.
_DAY_WITHOUT_YEAR = re.compile(r"(\d{1,2})(?:月(\d{1,2})[日号]?|[/-](\d{1,2})|\.(\d{2}))")
# What a spreadsheet makes of an ID number that it takes for a number: nobody can tell any more which one it was.
_REWRITTEN_NUMBER = re.compile(r"\d(\.\d+)?E\+?\d+")

_KEY_MARKS, _CELL_MARKS = 12, 6


@dataclass(frozen=True)
class AnswerForm:
    """A form by the Chinese of its headers, wherever its columns have gone.

    People fill in `verdict` and `others`; `keys` and `seal` are hidden; `shown` say whom a row is about. Those of `shown`
    that are `optional` may be gone from a returned form, as when somebody takes the ID numbers out before mailing it.
    """

    verdict: str
    others: tuple[str, ...]
    keys: tuple[str, ...]
    seal: str
    shown: tuple[str, ...]
    optional: frozenset[str]

    @property
    def answers(self) -> tuple[str, ...]:
        """The columns that people fill in."""
        return (self.verdict, *self.others)

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns without which nobody knows what is answered."""
        return (self.verdict, *self.keys, self.seal, *(name for name in self.shown if name not in self.optional))

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read."""
        return (*self.answers, *self.keys, self.seal, *self.shown)

    def sealed(self, keys: Sequence[str], shown: Sequence[str | None]) -> str:
        """The seal of a row as it goes out. The letter in front keeps spreadsheets from taking it for a number."""
        row = _RowSeal(keys)
        return row.of_keys + "".join(row.of_cell(at, cell or "") for at, cell in enumerate(shown))

    def is_of(self, row: Mapping[str, str]) -> bool:
        """Whether the keys of a returned row belong together, as this platform has sealed them."""
        of_keys = _RowSeal([row[name] for name in self.keys]).of_keys
        seal = row[self.seal]
        return len(seal) == len(of_keys) + _CELL_MARKS * len(self.shown) and seal.startswith(of_keys)

    def is_about_the_same(self, row: Mapping[str, str]) -> bool:
        """Whether the cells that say whom a returned row is about are those that were sent with its keys.

        Columns that are gone, and numbers that a spreadsheet has rewritten, say nothing for or against it.
        """
        own = _RowSeal([row[name] for name in self.keys])
        marks = row[self.seal][len(own.of_keys) :]
        return all(
            marks[at * _CELL_MARKS : (at + 1) * _CELL_MARKS] == own.of_cell(at, row[name])
            for at, name in enumerate(self.shown)
            if name in row and not (name in self.optional and _REWRITTEN_NUMBER.fullmatch(row[name]))
        )


def chinese_part(text: str) -> str:
    """How a header begins: its Chinese, without blanks and marks; English, units and dots after it are left."""
    found = _CHINESE.match(_bare(text))
    return found.group() if found else ""


def choice(text: str, words: Mapping[str, str]) -> str:
    """The key of a choice as somebody typed it; a text that is none of them stays as it is, to be refused by name.

    It may be the word, the key in English, or both, and marks that end a sentence. A doubt (属实？), two choices
    (属实/不属实) or a remark in the same cell is no choice: read as one, it would say what nobody has said.
    """
    said = _ENDINGS.sub("", _bare(text)).casefold().replace("_", "")
    for word, key in words.items():
        english = key.replace("_", "")
        if said in (word, english, word + english):
            return key
    return text.strip()


def with_year(text: str, today: dt.date) -> str:
    """A day written without its year, as 10月16日, with the year in which it was last; any other text as it is."""
    found = _DAY_WITHOUT_YEAR.fullmatch(_bare(text))
    if not found:
        return text.strip()
    month, day = (int(part) for part in found.groups() if part)
    for year in (today.year, today.year - 1):
        try:
            meant = dt.date(year, month, day)
        except ValueError:
            continue
        if meant <= today:
            return meant.isoformat()
    return text.strip()


def _bare(text: str) -> str:
    """A text without what suites and hands change: width, blanks, quotation marks."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text))


@cache
def _secret_of(_home: Path) -> bytes:
    """The platform's secret, read once: a night seals 100,000 rows."""
    return secret("workbook").encode()


class _RowSeal:
    """The marks of a row that only this platform makes: of its keys, and of each cell beside these keys."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._own = hmac.digest(_secret_of(home()), "\x1f".join(keys).encode(), "sha256")
        self.of_keys = "s" + self._own.hex()[:_KEY_MARKS]

    def of_cell(self, position: int, cell: str) -> str:
        return hmac.digest(self._own, f"{position}{_bare(cell).casefold()}".encode(), "sha256").hex()[:_CELL_MARKS]
