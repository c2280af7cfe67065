"""Money as text → Decimal yuan, for control totals; reads what `parse.to_amount` reads in the warehouse."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from contextlib import suppress
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

_GROUPED = re.compile(r"[^\d]*\d{1,3}(,\d{3})+([^\d,].*)?")
_MONEY = re.compile(
    r"(?:人民币|RMB|CNY)?(?P<sign>\(|-|−|\+)?(?:人民币|RMB|CNY)?(?P<number>\d{1,15}(?:\.\d*)?|\.\d+)"
    r"(?:E(?P<power>[+-]?\d{1,2}))?(?P<unit>万元|万|元整|元|圆|块|平方米|平米|M2|㎡)?"
    r"(?:/?(?:人|户|月|年|学期|学年|次|生))*(?P<close>\))?",
    re.IGNORECASE,
)
_DIGITS_ONLY = re.compile(r"[0-9.-]*")
_NOISE = str.maketrans("", "", "¥￥'’‘`")
_CENT = Decimal("0.01")
_BEYOND = Decimal(10**15)


@lru_cache(maxsize=4096)
def to_amount(text: str) -> Decimal | None:
    """`１，234.50 元` → 1234.50, `0.12万元` → 1200.00, `(123)` → -123.00; None when it is not an amount. Whole cents."""
    word = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).translate(_NOISE)
    if len(word) > 40:
        return None
    if "," in word:
        if not _GROUPED.fullmatch(word):
            return None
        word = word.replace(",", "")
    match = _MONEY.fullmatch(word)
    if match is None or (match["sign"] == "(") != (match["close"] is not None):
        return None
    amount = Decimal(match["number"]) * Decimal(10) ** int(match["power"] or 0)
    if match["unit"] in ("万元", "万"):
        amount *= 10_000
    if match["sign"] in ("(", "-", "−"):
        amount = -amount
    return amount.quantize(_CENT, ROUND_HALF_UP) if abs(amount) < _BEYOND else None


def sum_amounts(texts: Counter[str], nulls: frozenset[str] = frozenset()) -> tuple[Decimal, int, int]:
    """Sum in yuan of the texts that are amounts, how many these are, and how many of the others say something
    (are neither blank nor one of `nulls`). `texts`: how often each text is there."""
    filled = Counter(texts)
    rows = filled.total()
    filled.pop("", None)
    # Premiums and grants take few values. Where nearly each is its own, plain digits are read at C speed.
    if len(filled) * 4 > rows and _DIGITS_ONLY.fullmatch("".join(filled)):
        with suppress(InvalidOperation):
            total = sum(map(Decimal, filled.elements()), Decimal(0))
            if int(total.as_tuple().exponent) >= -2:  # else some have parts of a cent, and each is rounded
                return total, filled.total(), 0
    total, count, unread = Decimal(0), 0, 0
    for text, times in filled.items():
        amount = to_amount(text)
        if amount is not None:
            total += amount * times
            count += times
        elif (said := text.strip()) and said not in nulls:
            unread += times
    return total, count, unread
