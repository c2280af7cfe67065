"""Rows as COPY reads them, and which chunks one COPY takes together."""

from __future__ import annotations

import pytest

from bidui.landing.copy_format import Chunk, CopyFormat

NUMBERED, FROM_5, FROM_7, FROM_8 = Chunk(b"", 2), Chunk(b"", 2, 5), Chunk(b"", 2, 7), Chunk(b"", 2, 8)


@pytest.mark.parametrize(("earlier", "later", "together"), [
    (NUMBERED, NUMBERED, True),
    (FROM_5, FROM_7, True),
    (FROM_5, FROM_8, False),
    (FROM_5, FROM_5, False),
    (FROM_5, NUMBERED, False),
    (NUMBERED, FROM_5, False),
])
def test_rows_that_the_server_numbers_follow_one_another(earlier: Chunk, later: Chunk, together: bool) -> None:
    assert later.goes_on_after(earlier) is together


@pytest.mark.parametrize(("cell", "written"), [
    ("a\rb", "a\\rb"), ("a\nb", "a\\nb"), ("a\\b", "a\\\\b"), ("a\0b", "ab"), ("a\x1fb", "a\\\x1fb"),
])
def test_what_copy_gives_a_meaning_to_is_escaped(cell: str, written: str) -> None:
    sheet = CopyFormat(None, None)
    plain, odd = [(1, ["x", "y"])], [(1, ["x", "y"]), (2, [cell, "z"])]
    assert sheet.is_plain(sheet.joined(plain), 1, 2)
    assert not sheet.is_plain(sheet.joined(odd), 2, 2)
    assert sheet.escaped(odd) == f"1\x1fx\x1fy\n2\x1f{written}\x1fz"
