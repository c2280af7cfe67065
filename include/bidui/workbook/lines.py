"""How high a row must be: heights are written out, since what an office suite makes of wrapped text without them differs
from one to the next."""

from __future__ import annotations

from math import ceil

LINE_HEIGHT = 14.5
CHARACTERS_PER_WIDTH = 1.1  # widths count characters of 11 points, cells have 10
MOST_LINES = 28  # a row may be 409 points high


def lines_of(text: str, width: float) -> int:
    """Lines that a text takes in a column; a Chinese character is as wide as two others, which GB18030 tells."""
    room = width * CHARACTERS_PER_WIDTH
    return sum(max(1, ceil(len(part.encode("gb18030", "replace")) / room)) for part in text.split("\n"))
