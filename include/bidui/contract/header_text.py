"""The text of a header, made comparable: width, brackets, blanks, line breaks and marks do not count."""

from __future__ import annotations

import re
import unicodedata

_BRACKETS = str.maketrans({"【": "(", "】": ")", "〔": "(", "〕": ")", "[": "(", "]": ")", "{": "(", "}": ")",
                           "〈": "(", "〉": ")", "《": "(", "》": ")"})
# Blanks, control and zero-width characters, and the marks that forms put on required fields.
_NOISE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\x00-\x1f*]+")
_TRAILING_UNIT = re.compile(r"(?:\((?:单位:?)?(?P<bracketed>[^()]*)\)|/(?P<after_slash>[^/]+))$")
# What stands in a header row and is none: a form's signature (制表人：…), a telephone or ID number, a row of data above
# which a header of two rows was merged.
_AFTER_COLON = re.compile(r"(?<=[:：]).+", re.DOTALL)
_LONG_NUMBER = re.compile(r"[0-9０-９]{5,}[0-9０-９Xx]?")


def without_values(text: str) -> str:
    """A text of the header row as it may be told to everybody: what may be somebody's is `…`."""
    return _LONG_NUMBER.sub("…", _AFTER_COLON.sub("…", text))


def header_key(text: str) -> str:
    """`身份证号 码（必填*）\\n` and `身份证号码(必填)` have one key; never raises."""
    folded = unicodedata.normalize("NFKC", text).translate(_BRACKETS)
    return _NOISE.sub("", folded).strip(":,.;").casefold()


def without_unit(key: str, units: tuple[str, ...]) -> str:
    """A header key without the unit at its end, `(元)`, `(单位:元)` or `/元`, when it is one that may be left out."""
    match = _TRAILING_UNIT.search(key)
    if match and (match["bracketed"] or match["after_slash"]) in units:
        return key[: match.start()]
    return key
