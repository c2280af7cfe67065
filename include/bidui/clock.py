"""The county's clock: a day is a day of China time, wherever the machine stands. Nights never ask it; people's acts do."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

COUNTY_TIME = ZoneInfo("Asia/Shanghai")


def today() -> dt.date:
    """The day in the county."""
    return dt.datetime.now(COUNTY_TIME).date()
