"""A workbook's cell as the text a person sees.

A spreadsheet keeps 15 significant digits. A longer number in a numeric cell has lost digits for good; it is kept in
scientific form (`3.41234567890123E+17`), which nobody can take for an ID number.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

EXACT_BELOW = 10**15


def as_seen(value: Any) -> str:
    """Text of one cell as calamine reads it (text, number, bool, date, time, duration or blank); never raises."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return number_as_seen(value)
    if isinstance(value, datetime):
        if value.time() == time():
            return value.date().isoformat()
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="seconds")
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02d}:{seconds:02d}"
    return "" if value is None else str(value)


def number_as_seen(value: int | float) -> str:
    """`3.0` → `3`, `0.30000000000000004` → `0.3`, `341234567890123456` → `3.41234567890123E+17`."""
    if isinstance(value, int) and abs(value) < EXACT_BELOW:
        return str(value)
    text = f"{value:.15g}"
    if text == "-0":
        return "0"
    return text.replace("e", "E")
