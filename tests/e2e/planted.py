"""Recognisable people in a generated county: names that stand nowhere else, in every file that names the person."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl

NAMES = ("欧阳试金石", "夏侯验真章", "上官查无漏")


def plant(drop: Path) -> None:
    """Give three insured people of the registry names of their own, in every CSV and .xlsx that names them.

    One of them gets cells that cannot be read (a date, an amount), one a wrong check character in one list, and a file
    that has to be held comes with all three.
    """
    people = dict(zip(_insured_members(drop), NAMES, strict=False))
    assert len(people) == len(NAMES)
    for path in sorted(drop.rglob("*.csv")):
        lines = path.read_bytes().decode("gb18030").splitlines(keepends=True)
        path.write_bytes("".join(_renamed(line, people) for line in lines).encode("gb18030"))
    for path in sorted(drop.rglob("*.xlsx")):
        book = openpyxl.load_workbook(path)
        for sheet in book:
            for row in sheet.iter_rows():
                for (id_no, old), new in people.items():
                    if any(cell.value == id_no for cell in row):
                        for cell in row:
                            cell.value = new if cell.value == old else cell.value
        book.save(path)
    _spoil(drop, people)


def _insured_members(drop: Path) -> list[tuple[str, str]]:
    """(number, name) of registry members whose number and name stand on one line of the insurance roll, three of them."""
    (roll,) = (drop / "health_insurance" / "hi_roll").glob("*.csv")
    lines = roll.read_bytes().decode("gb18030").splitlines()
    found = []
    (members,) = (drop / "registry" / "registry_person").glob("*.xlsx")
    for row in openpyxl.load_workbook(members, read_only=True).active.iter_rows(values_only=True):
        cells = [str(value) for value in row if value is not None]
        number = next((cell for cell in cells if len(cell) == 18 and cell[:17].isdigit()), None)
        line = next((line for line in lines if number and number in line), "")
        name = next((field for field in line.split(",") if field in cells and 2 <= len(field) <= 4), None)
        if number and name and name not in {name for _, name in found}:
            found.append((number, name))
        if len(found) == len(NAMES):
            break
    return found


def _renamed(line: str, people: dict[tuple[str, str], str]) -> str:
    for (id_no, old), new in people.items():
        if id_no in line:
            line = line.replace(old, new)
    return line


def _spoil(drop: Path, people: dict[tuple[str, str], str]) -> None:
    (roll,) = (drop / "health_insurance" / "hi_roll").glob("*.csv")
    rows = list(csv.reader(roll.read_bytes().decode("gb18030").splitlines()))
    (unreadable, wrong_number, _) = (id_no for id_no, _ in people)
    header = next(row for row in rows if len([cell for cell in row if cell]) > 5)
    for row in rows:
        if unreadable in row:
            row[:] = [NAMES[0] if "日期" in title or "金额" in title else cell for title, cell in zip(header, row, strict=True)]
        elif wrong_number in row:
            at = row.index(wrong_number)
            row[at] = wrong_number[:-1] + ("0" if wrong_number[-1] != "0" else "1")
    with roll.open("w", encoding="gb18030", newline="") as stream:
        csv.writer(stream).writerows(rows)
    held = roll.with_name("参保人员名册_补充20261012.csv")
    held.write_bytes(",".join(header).encode("gb18030") + b"\n" + f'"{NAMES[1]},{unreadable}\n{NAMES[2]}'.encode("gb18030"))
