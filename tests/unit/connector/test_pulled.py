"""A value of a database as the text of a list."""

from __future__ import annotations

import pytest

from bidui.connector.pulled import as_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"\x00", "0"),  # bit(1) as MySQL's driver gives it
        (b"\x01", "1"),
        ("买买提·艾力".encode(), "买买提·艾力"),
        ("买买提·艾力".encode("gb18030"), "买买提·艾力"),
        (b"", ""),
        (b"\t", "\t"),
        (True, "是"),
        (None, ""),
        (18446744073709551615, "18446744073709551615"),
    ],
)
def test_bytes_flags_and_big_numbers_are_read(value: object, text: str) -> None:
    assert as_text(value) == text
