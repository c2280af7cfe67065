"""Documents that build themselves: data dictionary, rule book and source timetable, from what the platform runs on."""

from bidui.handbook.build import PAGES, build, models

__all__ = ["PAGES", "build", "models"]
