"""A value is found however it was written, and only as a whole."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidui.privacy import Needles
from bidui.privacy.scan import _chunks

NAME, NUMBER, PHONE = "欧阳测试", "99010119900101123X", "12187453176"
NEEDLES = Needles([NAME, NUMBER, PHONE, "2026", ""])


@pytest.mark.parametrize("written", [
    NAME.encode(), NAME.encode("gb18030"), NAME.encode("utf-16-le"), json.dumps({"name": NAME}).encode(),
    NAME.encode("unicode_escape"), f"/people?name={quote(NAME)}".encode(), f"Key (name)=({NAME})".encode(),
])
def test_a_name_in_any_encoding(written: bytes) -> None:
    assert NEEDLES.found_in([b"before ", written, b" after"]) == {NAME}


@pytest.mark.parametrize("written", [NUMBER, NUMBER.lower(), f"'{NUMBER}'", f"({NUMBER},", f"证件号{NUMBER}有误"])
def test_a_number_wherever_it_stands(written: str) -> None:
    assert NEEDLES.found_in([written.encode()]) == {NUMBER}


@pytest.mark.parametrize("written", [f"1{PHONE}", f"a{PHONE}f", "2026", "1218745317"])
def test_a_part_of_something_else_is_no_number(written: str) -> None:
    assert NEEDLES.found_in([written.encode()]) == set()


@given(st.integers(1, 40), st.integers(0, 30))
def test_a_value_across_chunks(size: int, before: int) -> None:
    text = " " * before + f"{NAME} {NUMBER} " + " " * 20
    data = text.encode()
    assert NEEDLES.found_in(data[at : at + size] for at in range(0, len(data), size)) == {NAME, NUMBER}


def test_what_is_too_short_is_not_looked_for() -> None:
    assert len(NEEDLES) == 3


def test_members_of_a_workbook_are_looked_through(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f"<t>{NUMBER}</t>")
    assert NEEDLES.found_in(_chunks(tmp_path / "a.xlsx")) == {NUMBER}
