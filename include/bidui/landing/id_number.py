"""What is wrong with an ID number as text, for `inspect`, where there is no warehouse to ask `parse.id_state`.

A test holds the two together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from datetime import date

from stdnum.cn import ric

_NOISE = re.compile(r"[\s\u200b-\u200f\u2060-\u2064\ufeff'\"`´’‘“”′,，]+")
# A multiplication sign, Greek and Cyrillic letters are typed for X.
_X = str.maketrans("×ΧХхχ", "XXXXX")

# id_state → what a clerk reads; states that are no trouble are not here
TROUBLES = {
    "blank": ("证件号空白", "ID number is blank"),
    "placeholder": ("证件号是占位号码", "ID number is a placeholder"),
    "mangled": (
        "证件号被电子表格改成了数字，后几位已丢失",
        "a spreadsheet turned the ID number into a number and its last digits are lost",
    ),
    "length": ("证件号位数或字符不对", "ID number has the wrong length or characters"),
    "check": ("证件号校验码不对", "check character of the ID number is wrong"),
    "birth": ("证件号中的出生日期不可能", "birth date in the ID number is impossible"),
}


def id_state(text: str, as_of: date, nulls: Collection[str] = ()) -> str:
    """`ok`, `old15` (15 digits, no check character) or one of TROUBLES; one of `nulls` is blank.

    Of 20 or 22 characters (a disability certificate) the first 18 count.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    number = _NOISE.sub("", plain).upper().translate(_X)
    if not number or plain in nulls:
        return "blank"
    number = re.sub(r"(?<=\d)\.0+$", "", number)
    if len(number) in (20, 22) and re.fullmatch(r"\d{17}[\dX]\d+[A-Z]?\d*", number):
        number = number[:18]
    if re.fullmatch(r"[1-9]\d{16}[\dX]", number) and not number.startswith("999999"):
        if ric.calc_check_digit(number) != number[-1]:
            if number == number[0] * 18:
                return "placeholder"
            return "mangled" if number.endswith("000") else "check"
        return "ok" if _possible_birth(number[6:14], as_of) else "birth"
    if re.match(r"999999|1234567890?", number) or re.fullmatch(r"(.)\1{5,}|0+", number):
        return "placeholder"
    if re.fullmatch(r"\d(\.\d+)?E\+?\d+", number):
        return "mangled"
    if len(number) == 15 and number.isdigit():
        return "old15" if _calendar_date("19" + number[6:12]) else "birth"
    return "check" if len(number) == 18 else "length"


def _possible_birth(text: str, as_of: date) -> bool:
    born = _calendar_date(text)
    return born is not None and born <= as_of and (as_of.year - 121, as_of.month, as_of.day) < (
        born.year,
        born.month,
        born.day,
    )


def _calendar_date(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None
