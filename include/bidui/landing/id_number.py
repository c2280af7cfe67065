"""What is wrong with an ID number as text, for `inspect`; the warehouse decides with `parse.id_state`."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from stdnum.cn import ric

_NOISE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff'’`]+")


def id_trouble(text: str) -> tuple[str, str] | None:
    """What a clerk has to mend in an ID number, in Chinese and English, or None.

    15 characters (old) and 20 or 22 (disability certificate: the first 18 count) are no trouble.
    """
    number = _NOISE.sub("", unicodedata.normalize("NFKC", text)).upper()
    if not number:
        return "证件号空白", "ID number is blank"
    if re.search(r"\d(\.\d+)?E\+?\d", number) or re.fullmatch(r"\d{15}000", number):
        return "证件号被电子表格改成了数字，后几位已丢失", "a spreadsheet turned the ID number into a number; its last digits are lost"
    if re.match(r"(\d)\1{5}", number):
        return "证件号是占位号码", "ID number is a placeholder"
    if len(number) == 15 and number.isdigit():
        return None
    number = number[:18] if len(number) in (20, 22) else number
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return "证件号位数或字符不对", "ID number has the wrong length or characters"
    if ric.calc_check_digit(number) != number[-1]:
        return "证件号校验码不对", "check character of the ID number is wrong"
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "证件号中的出生日期不存在", "birth date in the ID number does not exist"
    return None
