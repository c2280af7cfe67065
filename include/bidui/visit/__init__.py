"""Household visit sheets: what an officer brings to a household's door, to check and to fill in."""

from bidui.visit.sheets import Written, write_visits

__all__ = ["Written", "write_visits"]
