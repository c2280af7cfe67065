"""What is published of a small county made by hand: coverage, books, verdicts, freshness, and what is withheld."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from hand_made_facts import COUNTY, NIGHT, TOWN, VILLAGE, HandMadeFacts

OTHER_VILLAGE = "990101101002"
OTHER_TOWN = "990101102000"
CAUSES = {"因病": 77, "因残": 78, "缺劳动力": 15, "因学": 6, "自身发展动力不足": 6, "因灾": 2}


@pytest.fixture(scope="module")
def county(warehouse: str) -> Iterator[HandMadeFacts]:
    """184 unexited households by the causes of the town report in one village, 40 exited ones in another."""
    made = HandMadeFacts(warehouse)
    number = 0
    for cause, households in CAUSES.items():
        for _ in range(households):
            number += 1
            made.household(
                f"U{number}", exit_attribute="返贫" if number <= 2 else "未脱贫", exit_year=2016 if number <= 2 else None,
                cause_1=cause, members=3, household_type="一般贫困户", dibao__is_covered=True, tekun__is_listed=False,
                hi_settlement__assist_fund_pay=0, unsafe_house__is_graded=True, unsafe_house__is_unsafe=False,
            )
    for number in range(40):
        made.household(
            f"E{number}", exit_attribute="脱贫", exit_year=2017 if number < 30 else 2018, members=2, village_code=OTHER_VILLAGE,
            household_type="脱贫户", dibao__is_covered=None if number < 6 else False, tekun__is_listed=False,
            hi_settlement__assist_fund_pay=100 if number < 8 else 0, unsafe_house__is_graded=True,
            unsafe_house__is_unsafe=number < 10,
        )
    for number in range(60):
        made.person(
            f"P{number}", village_code=VILLAGE if number < 30 else OTHER_VILLAGE, says_insured=True,
            basic_insurance__is_insured=number % 5 > 0, basic_insurance__is_resident=True,
            basic_insurance__state="no_batch" if number >= 50 else None,
            is_chronic=number < 20, hi_chronic__has_contract=number < 10, hi_chronic__has_certificate=number < 15,
            hi_settlement__settlements=1, hi_settlement__inpatient_settlements=1,
            hi_settlement__inpatient_in_scope=1000, hi_settlement__inpatient_fee_total=2000,
            hi_settlement__inpatient_reimbursed=899 if number < 30 else 905,
            hi_settlement__assist_fund_pay=100 if number < 7 else 0,
            dibao__is_covered=number < 12, dibao__dibao_tier="A" if number < 6 else "B", dibao__dibao_kind="农村低保",
        )
        if number < 9:
            made.premium(f"P{number}", number, "2017年第1批")
            made.premium(f"P{number}", 100 + number, "2018年第1批")
            made.premium(f"P{number}", 200 + number, "2018年第2批")
    for number in range(25):
        for term, amount in (("2026-autumn", 500), ("2026-spring", 500 if number < 7 else 0)):
            made.row(
                "fact_student_term", person_key=f"P{number}", term=term, is_registry_person=True, stage="小学",
                edu_compare__study_stage="小学" if number < 20 else "普通高中", edu_compare__aid_amount=amount,
                yulu__is_paid=False,
            )
    for year, projects in ((2017, 6), (2018, 8)):
        for number in range(projects):
            made.row("fact_project", batch_id=1, row_no=year * 100 + number, person_key=f"X{number}", plan_year=year,
                     is_accepted=True)
    made.row("fact_project", batch_id=1, row_no=1, person_key="X", plan_year=2018, is_accepted=False)
    for number in range(10):
        made.row("fact_settlement", person_key=f"P{number}", batch_id=1, row_no=number, is_in_county=True,
                 settled_year=2026, insurance_year=2026, settlement_mode="一站式" if number < 9 else "手工报销",
                 is_inpatient=True, assist_fund_pay=0)
    for number in range(8):
        made.finding(f"f{number}", subject_key=f"P{number}", household_key="H", state="open" if number < 6 else "closed")
    made.build()
    made.publish()
    yield made
    made.close()


def book(county: HandMadeFacts, indicator: str, division: str = TOWN) -> dict[Any, Any]:
    """(period, category) → value of the unsuppressed book."""
    return {
        (period, category): int(value)
        for period, category, value in county.query(
            "select period, category, value from mart_summary.profile where indicator = %s and division_code = %s",
            indicator, division,
        )
    }


def test_books_of_town_and_village(county: HandMadeFacts) -> None:
    assert book(county, "registered_households") == {("current", ""): 224}
    assert book(county, "registered_persons") == {("current", ""): 184 * 3 + 40 * 2}
    assert book(county, "exited_households") == {("2016", ""): 2, ("2017", ""): 30, ("2018", ""): 10}
    assert book(county, "exited_households_total") == {("all", ""): 42}
    assert book(county, "unexited_households") == {("current", ""): 184}
    assert book(county, "unexited_returned_persons") == {("current", ""): 6}
    assert book(county, "unexited_households", VILLAGE) == {("current", ""): 184}
    assert book(county, "unexited_households", OTHER_VILLAGE) == {("current", ""): 0}
    assert book(county, "dibao_households") == {("current", ""): 184}
    assert book(county, "dibao_persons_by_tier") == {("current", "A"): 6, ("current", "B"): 6}
    assert book(county, "premium_paid_persons") == {("2017", ""): 9, ("2018", ""): 9}
    assert book(county, "edu_aid") == {("2026-autumn", ""): 20, ("2026-spring", ""): 7}
    assert book(county, "edu_aid_by_stage") == {
        ("2026-autumn", "小学"): 20, ("2026-autumn", "普通高中"): 5, ("2026-spring", "小学"): 7,
    }
    assert book(county, "house_renovation") == {("2017", ""): 6, ("2018", ""): 8}
    assert book(county, "family_doctor_contracts") == {("2026", ""): 10}
    assert book(county, "medical_assistance_households") == {("2026", ""): 8}
    assert book(county, "medical_assistance_amount") == {("2026", ""): 700}


def test_shares_are_rounded_half_up(county: HandMadeFacts) -> None:
    """The town report truncated: 77 of 184 is 41.85, not 41.84; 2 of 184 is 1.09."""
    shares = dict(county.query(
        "select category, share from mart_summary.profile where indicator = 'unexited_households_by_cause'"
        " and division_code = %s", TOWN,
    ))
    assert shares == {"因病": Decimal("41.85"), "因残": Decimal("42.39"), "缺劳动力": Decimal("8.15"),
                      "因学": Decimal("3.26"), "自身发展动力不足": Decimal("3.26"), "因灾": Decimal("1.09")}


def test_published_book_withholds_the_rare_cause_and_one_more(county: HandMadeFacts) -> None:
    rows = county.query(
        "select category, value, share, suppressed from published.profile where indicator ="
        " 'unexited_households_by_cause' and division_code = %s", TOWN,
    )
    withheld = {category for category, _, _, suppressed in rows if suppressed}
    assert "因灾" in withheld and len(withheld) >= 2
    assert all(value is None and share is None for _, value, share, suppressed in rows if suppressed)
    assert all(value >= 5 for _, value, _, suppressed in rows if not suppressed)


def coverage(county: HandMadeFacts, indicator: str, division: str = TOWN) -> tuple[Any, ...]:
    found = county.query(
        "select numerator, denominator, not_comparable, rate, target, met, suppressed from published.coverage"
        " where indicator = %s and division_code = %s", indicator, division,
    )
    assert len(found) == 1
    return found[0]


def test_coverage_counts_only_what_is_comparable(county: HandMadeFacts) -> None:
    """Ten of sixty have no list: they are neither insured nor uninsured."""
    assert coverage(county, "basic_insurance") == (40, 50, 10, Decimal("0.8000"), Decimal("1.00"), False, False)
    assert coverage(county, "family_doctor") == (10, 20, 0, Decimal("0.5000"), Decimal("1.00"), False, False)
    assert coverage(county, "chronic_certificate") == (15, 20, 0, Decimal("0.7500"), Decimal("1.00"), False, False)
    assert coverage(county, "safe_housing") == (214, 224, 0, Decimal("0.9554"), Decimal("1.00"), False, False)


def test_reimbursement_is_a_share_of_money(county: HandMadeFacts) -> None:
    assert coverage(county, "inpatient_reimbursement") == (
        54120, 60000, 0, Decimal("0.9020"), Decimal("0.90"), True, False
    )
    assert coverage(county, "inpatient_reimbursement", VILLAGE)[3:6] == (Decimal("0.8990"), Decimal("0.90"), False)


def test_a_rate_is_withheld_with_its_complement(county: HandMadeFacts) -> None:
    """Nine of ten settlements: the one that was not is a small count."""
    assert coverage(county, "one_stop_settlement") == (None, None, None, None, Decimal("1.00"), None, True)


def test_every_indicator_of_the_seed_is_measured_and_no_other(county: HandMadeFacts) -> None:
    assert county.query("select distinct indicator from mart_summary.int_summary__coverage_cell order by 1") == (
        county.query("select indicator from reference.coverage_target order by 1")
    )


def test_verdicts_add_up_where_nothing_is_withheld(county: HandMadeFacts) -> None:
    rows = dict(county.query(
        "select verdict, subjects from published.comparison_summary where division_code = %s and field ="
        " 'basic_insurance'", TOWN,
    ))
    assert rows == {"agree": 40, "registry_only": 10, "not_comparable": 10}


def test_findings_by_rule_and_state(county: HandMadeFacts) -> None:
    assert county.query(
        "select rule_id, state, findings, suppressed from published.finding_summary where division_code = %s"
        " order by 2", COUNTY,
    ) == [("MED-01", "closed", None, True), ("MED-01", "open", 6, False)]


def test_an_unchanged_night_writes_nothing(county: HandMadeFacts) -> None:
    tables = [row[0] for row in county.query(
        "select table_name from information_schema.columns where table_schema = 'mart_summary' and column_name ="
        " 'from_night'"
    )]
    assert {"person", "household", "profile", "coverage", "comparison_summary", "finding_summary"} <= set(tables)
    county.build("path:models/summary", night=NIGHT.replace(day=17))
    for table in tables:
        assert county.query(f"select count(*) from mart_summary.{table} where from_night > %s", NIGHT) == [(0,)], table
    assert county.query("select count(*) from mart_summary.coverage where division_code = %s", OTHER_TOWN) == [(0,)]


def test_cells_of_coverage_are_cells_of_their_block(county: HandMadeFacts) -> None:
    """An indicator that counts a category its block never has would read nought: each block splits as it is counted."""
    assert county.query(
        "select distinct c.block, c.category from mart_summary.int_summary__cell as c"
        " inner join mart_summary.int_summary__coverage_cell as i on i.block = c.block"
        " where c.category !~ '^-' and not exists (select from mart_summary.int_summary__coverage_cell as i"
        " where i.block = c.block and i.category = c.category)"
        " and c.category !~ '^(agree|not_comparable):no$|^department_only$'"
    ) == []
