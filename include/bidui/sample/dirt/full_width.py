"""Digits and marks as a Chinese input method writes them."""

from __future__ import annotations

_FULL_WIDTH = str.maketrans("0123456789X.,", "０１２３４５６７８９Ｘ．，")


def full_width(text: str) -> str:
    """Return a number's text in characters of full width."""
    return text.translate(_FULL_WIDTH)
