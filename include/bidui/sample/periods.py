"""Which month, year and school term a night is about, and which earlier periods the lists also carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Periods:
    """The periods of one night; all derived from its date."""

    as_of: date

    @property
    def insurance_year(self) -> int:
        """The insurance year is the calendar year."""
        return self.as_of.year

    @property
    def school_year(self) -> int:
        """The year in which the running school year began (1 September)."""
        return self.as_of.year if self.as_of.month >= 9 else self.as_of.year - 1

    @property
    def school_start(self) -> date:
        """The day on which school ages count."""
        return date(self.school_year, 9, 1)

    @property
    def term(self) -> str:
        """The running term as a figure names it: 2026A (autumn) or 2027S (spring)."""
        if self.as_of.month >= 9:
            return f"{self.as_of.year}A"
        if self.as_of.month <= 2:
            return f"{self.as_of.year - 1}A"
        return f"{self.as_of.year}S"


def term_label(term: str) -> str:
    """Return how a list names a term: 2026A is 2026年秋季学期."""
    return f"{term[:4]}年{'秋' if term.endswith('A') else '春'}季学期"


def term_first_day(term: str) -> date:
    """Return the first day of a term."""
    return date(int(term[:4]), 9 if term.endswith("A") else 3, 1)


def last_day_with(night: date, day: int) -> date:
    """Return the newest date up to `night` that falls on this day of the month."""
    if night.day >= day:
        return night.replace(day=day)
    return (night.replace(day=1) - timedelta(days=1)).replace(day=day)


def last_month_end(night: date, months: int = 1) -> date:
    """Return the newest month end before `night` (of every month, or of every third: a quarter's end)."""
    end = night.replace(day=1) - timedelta(days=1)
    while end.month % months:
        end = end.replace(day=1) - timedelta(days=1)
    return end


def last_term_day(night: date, day: int) -> date:
    """Return the newest such day of a term's first month (March, September) up to `night`."""
    days = [date(year, month, day) for year in (night.year - 1, night.year) for month in (3, 9)]
    return max(one for one in days if one <= night)
