"""Validity periods of reference rows: read from cells, half-open inside, checked for overlaps."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from bidui.problem import Problem
from bidui.reference.table import Row

FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日")


@dataclass(frozen=True)
class Period:
    """Valid from `start` up to and without `end`; None is open."""

    start: dt.date | None = None
    end: dt.date | None = None

    def overlaps(self, other: Period) -> bool:
        """Whether a day belongs to both."""
        return (self.start or dt.date.min) < (other.end or dt.date.max) and (other.start or dt.date.min) < (
            self.end or dt.date.max
        )

    @property
    def bounds(self) -> tuple[str, str]:
        """Both ends as PostgreSQL reads them."""
        return (
            self.start.isoformat() if self.start else "-infinity",
            self.end.isoformat() if self.end else "infinity",
        )


def read_period(file: str, row: Row, problems: list[Problem]) -> Period:
    """The row's valid_from and valid_to (the last day, empty is open); what cannot be read is added to `problems`."""
    start = _date(file, row, "valid_from", problems)
    last = _date(file, row, "valid_to", problems)
    if start and last and last < start:
        problems.append(
            Problem(
                code="reference_period_backwards", file=file, row=row.number, column="valid_to",
                what_zh="有效期止早于有效期起", what_en="valid_to lies before valid_from",
                fix_zh="改正日期", fix_en="correct the dates",
            )
        )
        return Period(start)
    return Period(start, last + dt.timedelta(days=1) if last and last < dt.date.max else None)


def close_gaps(periods: list[tuple[Row, Period]]) -> list[tuple[Row, Period]]:
    """Periods of one thing, in order. A period that ends on the day the next one begins ends the day before.

    Offices write both `…-12-31` then `…-01-01` and the same day twice; the one shared day is the new name's.
    """
    ordered = sorted(periods, key=lambda item: item[1].start or dt.date.min)
    closed = []
    for (row, period), following in zip(ordered, [*ordered[1:], None], strict=True):
        if following and period.end and following[1].start and period.end == following[1].start + dt.timedelta(days=1):
            closed.append((row, Period(period.start, following[1].start)))
        else:
            closed.append((row, period))
    return closed


def overlap_problems(
    file: str, groups: Iterable[list[tuple[Row, Period]]], what_zh: str, what_en: str
) -> list[Problem]:
    """A problem for each row whose period overlaps the one before it of the same thing."""
    problems = []
    for group in groups:
        ordered = close_gaps(group)
        for (before, earlier), (row, later) in itertools.pairwise(ordered):
            if earlier.overlaps(later):
                problems.append(
                    Problem(
                        code="reference_period_overlap", file=file, row=row.number,
                        what_zh=f"{what_zh}的有效期与第 {before.number} 行重叠",
                        what_en=f"the period of {what_en} overlaps that of row {before.number}",
                        fix_zh="改正 valid_from、valid_to，或删去一行",
                        fix_en="correct valid_from and valid_to, or remove one of the rows",
                    )
                )
    return problems


def _date(file: str, row: Row, column: str, problems: list[Problem]) -> dt.date | None:
    text = row[column]
    if text in ("", "infinity", "-infinity"):
        return None
    for form in FORMATS:
        try:
            return dt.datetime.strptime(text[:10] if "-" in text else text, form).date()  # noqa: DTZ007  a day, without a zone
        except ValueError:
            continue
    problems.append(
        Problem(
            code="reference_date", file=file, row=row.number, column=column,
            what_zh="读不出日期", what_en="no date can be read",
            expected_zh="如 2020-01-31，或留空", expected_en="like 2020-01-31, or nothing", found=text[:30],
            fix_zh="改正日期", fix_en="correct the date",
        )
    )
    return None
