"""Worklists, the round trip: what waits for an answer goes out per village, answers come back and are recorded."""

from bidui.worklist.cycle import Cycle, write_cycle
from bidui.worklist.returned import Taken, take_back, take_folder

__all__ = ["Cycle", "Taken", "take_back", "take_folder", "write_cycle"]
