"""The files against the truth: every row counted, every damaged cell where it says, no number of a living person."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import openpyxl
import yaml
from reading import id_no, read

from bidui.contract import load_sources
from bidui.sample.county import HERE

if TYPE_CHECKING:
    from conftest import Made

RATES = yaml.safe_load((HERE / "rates.yml").read_text(encoding="utf-8"))


def test_every_row_is_accounted_for(county: Made) -> None:
    assert {batch["extract"] for batch in county.batches} == set(load_sources().extracts)
    for batch in county.batches:
        found = read(county.path(batch), batch["extract"])
        assert found.rows_read == int(batch["rows_read"]), batch["extract"]
        assert found.rows_skipped == int(batch["rows_skipped"]), batch["extract"]
        assert len(found.data) == int(batch["rows_landed"])
        assert int(batch["rows_landed"]) == int(batch["rows_accepted"]) + int(batch["rows_quarantined"])


def test_links_name_every_row_once_per_person(county: Made) -> None:
    rows: dict[tuple[str, str], list[int]] = defaultdict(list)
    for link in county.links:
        rows[link["extract"], link["subject_role"]].append(int(link["row"]))
    for (extract, _), numbers in rows.items():
        assert sorted(numbers) == sorted(county.file(extract).data)
    roles = {(e.key, p.role) for e in load_sources().extracts.values() for p in e.persons}
    assert set(rows) == roles


def test_most_numbers_are_the_person_the_truth_names(county: Made) -> None:
    ids = {str(row["person_no"]): id_no(row["id_no"]) for row in county.file("registry_person").data.values()}
    known = set(ids.values())
    for extract in ("hi_roll", "school_roll", "tekun", "hi_settlement"):
        rows = county.file(extract).data
        who = county.person_nos(extract, "self")
        same = [id_no(rows[at]["id_no"]) == ids[person] for at, person in who.items() if person]
        assert sum(same) / len(same) > 0.97
        others = [id_no(rows[at]["id_no"]) in known for at, person in list(who.items())[:3000] if not person]
        assert sum(others) <= 30


def test_no_number_could_belong_to_anybody(county: Made) -> None:
    prefixes: Counter[str] = Counter()
    for extract in load_sources().extracts.values():
        for row in county.file(extract.key).data.values():
            for person in extract.persons:
                if person.id:
                    text = id_no(row[person.id])
                    if re.fullmatch(r"\d{17}[\dX]|\d{15}", text):
                        prefixes[text[:2]] += 1
    assert set(prefixes) == {"47", "99"}
    assert prefixes["99"] < 0.01 * prefixes["47"]


def test_every_kind_of_dirt_is_there_and_recorded(county: Made) -> None:
    kinds = Counter(row["kind"] for row in county.table("dirt"))
    dirt = RATES["dirt"]
    for kind in {*dirt["id"], *dirt["registry_id"], *dirt["name"]}:
        assert kinds[kind] > 0, kind
    others = """duplicate_row null_token code_form division_ending division_full_path division_old_name number_float
        leading_zero_lost amount_thousands amount_yuan amount_ten_thousands amount_full_width amount_trailing_space
        amount_brackets account_scientific stale_card date_iso date_slash date_dot date_compact date_zh date_serial
        date_float date_date_cell date_month_only date_word date_day_only"""
    assert set(others.split()) <= set(kinds)
    assert {row["kind"] for row in county.table("trap")} == {
        "parent_number", "member_number", "relative_number", "shared_number", "stranger", "twins", "namesakes",
    }  # fmt: skip


PATTERNS = {
    "trailing_space": r".* $",
    "ideographic_space": ".*\u3000$",
    "apostrophe": r"'\d{17}[\dX]",
    "full_width": r"[０-９]{17}[０-９Ｘ]",
    "lower_x": r"\d{17}x",
    "fifteen_digits": r"\d{15}",
    "disability_number": r"\d{17}[\dX][1-7][1-4](B1)?",
    "scientific": r"\d\.\d\dE\+17",
    "zeros": r"\d{15}000",
    "placeholder": r"999999\d{12}",
    "rare_question": r".*\?.*",
    "rare_pinyin": r".*[A-Z]{2,}.*",
    "amount_yuan": r".*元",
    "amount_ten_thousands": r".*万元",
    "amount_brackets": r"\(.*\)",
    "number_float": r"\d+\.0",
    "account_scientific": r".*E\+\d\d",
    "division_full_path": r"澄江省霁州市.*",
    "date_zh": r"\d{4}年\d{1,2}月(\d{1,2}日)?",
    "date_month_only": r"\d{6}|\d{4}-\d\d",
}


def test_damaged_cells_are_where_the_truth_says(county: Made) -> None:
    checked: Counter[str] = Counter()
    for row in county.table("dirt"):
        pattern = PATTERNS.get(row["kind"])
        if pattern and checked[row["kind"]] < 200:
            cell = str(county.file(row["extract"]).data[int(row["row"])][row["column"]])
            # A cell can be damaged twice: a name with its spaces and its rare character.
            assert re.fullmatch(pattern, cell), (row["extract"], row["kind"])
            checked[row["kind"]] += 1
    assert set(checked) == set(PATTERNS)


def test_shares_stay_below_the_gates(county: Made) -> None:
    quarantining: dict[str, Counter[str]] = defaultdict(Counter)
    for row in county.table("dirt"):
        quarantining[row["extract"]][row["kind"]] += 1
    for batch in county.batches:
        gates = load_sources().extract(batch["extract"]).gates
        rows, kinds = int(batch["rows_landed"]), quarantining[batch["extract"]]
        assert kinds["blank"] + kinds["placeholder"] <= gates.max_blank_share * rows
        assert kinds["scientific"] + kinds["zeros"] <= gates.max_mangled_share * rows


def test_two_row_headers_are_merged(county: Made) -> None:
    batch = next(b for b in county.batches if b["extract"] == "dibao_member")
    sheet = openpyxl.load_workbook(county.path(batch)).active
    areas = {str(area) for area in sheet.merged_cells.ranges}
    assert areas == {"A1:E1", "A2:B2", "C2:D2", "E2:E3"}


def test_the_county_brings_its_own_reference_data(county: Made) -> None:
    names = {path.name for path in (county.out / "reference").iterdir()}
    assert names == {"divisions.csv", "division_aliases.csv", "parameters.csv"}
    header = (county.out / "reference" / "parameters.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == "rule_id,parameter,key,value"
