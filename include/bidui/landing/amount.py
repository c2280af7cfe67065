"""Money as text → Decimal yuan, for control totals; reads what `parse.to_amount` reads in the warehouse."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache

_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_DIGITS_ONLY = re.compile(r"[0-9.-]*")
_WAN = Decimal(10_000)


@lru_cache(maxsize=4096)
def to_amount(text: str) -> Decimal | None:
    """`１，234.50 元` → 1234.50, `0.12万元` → 1200, `(123)` → -123; None when it is not an amount."""
    folded = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lstrip("'")
    negative = folded.startswith("(") and folded.endswith(")")
    if negative:
        folded = folded[1:-1]
    folded = folded.removeprefix("¥")
    factor = Decimal(1)
    if folded.endswith("元"):
        folded = folded[:-1]
    if folded.endswith("万"):
        folded, factor = folded[:-1], _WAN
    if _GROUPED.fullmatch(folded):
        folded = folded.replace(",", "")
    if not _PLAIN.fullmatch(folded):
        return None
    amount = Decimal(folded) * factor
    return -amount if negative else amount


def sum_amounts(texts: Sequence[str]) -> tuple[Decimal, int, int]:
    """Sum in yuan of the texts that are amounts, how many these are, and how many of the others are not blank."""
    distinct = Counter(texts)
    distinct.pop("", None)
    # Premiums and grants take few values. Where nearly each is its own, plain digits are read at C speed.
    if len(distinct) * 4 > len(texts):
        filled = [text for text in texts if text]
        if _DIGITS_ONLY.fullmatch("".join(filled)):
            try:
                return sum(map(Decimal, filled), Decimal(0)), len(filled), 0
            except InvalidOperation:
                pass
    total, count, unread = Decimal(0), 0, 0
    for text, times in distinct.items():
        amount = to_amount(text)
        if amount is not None:
            total += amount * times
            count += times
        elif text.strip():
            unread += times
    return total, count, unread
