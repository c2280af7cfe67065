"""Typed-in reports: every verdict that two published reports must get, and what happens to files that people type."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

import dbt_models
from bidui.cli import app
from bidui.figure.reader import read_figures
from bidui.home import REPOSITORY
from hand_made_facts import NIGHT, TOWN, VILLAGE, HandMadeFacts

REPORTS = REPOSITORY / "include" / "bidui" / "sample" / "reported_figures.csv"
EXPECTED = Path(__file__).with_name("expected_checks.csv")
HEADER = "report,section,indicator_zh,indicator_en,period,unit,value,is_total,parent_indicator,percent_stated"

Check = tuple[str, str, str, str]


def audit(*arguments: str | Path) -> tuple[int, dict[Check, dict[str, object]], list[dict[str, object]]]:
    result = CliRunner().invoke(app, ["audit-figures", *map(str, arguments), "--json"])
    assert result.exit_code in (0, 1), result.output
    answer = json.loads(result.stdout)
    checks = {(c["report"], c["check_kind"], c["indicator"], c["period"]): c for c in answer["checks"]}
    assert len(checks) == len(answer["checks"])
    return result.exit_code, checks, answer["problems"]


@pytest.fixture(scope="module")
def county(prepared: str) -> Iterator[HandMadeFacts]:
    """A town of nine exited households and two that left in 2018; books of the night built, nothing typed in yet."""
    made = HandMadeFacts(prepared)
    for number in range(11):
        made.household(f"H{number}", exit_attribute="脱贫", exit_year=2017 if number < 9 else 2018, members=3)
    yield made
    made.close()


def typed(tmp_path: Path, *rows: str, header: str = HEADER) -> Path:
    path = tmp_path / "typed.csv"
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return path


def test_two_published_reports_get_every_verdict(county: HandMadeFacts) -> None:
    status, checks, problems = audit(REPORTS, "--check-only")
    assert (status, problems) == (0, [])
    expected = list(csv.DictReader(EXPECTED.open(encoding="utf-8")))
    assert len(expected) == 38
    assert [fault for fault in dbt_models.faults(county.connection)[0] if "figure" in fault] == []
    for row in expected:
        check = checks[row["report"], row["check_kind"], row["indicator"], row["period"]]
        assert check["verdict"] == row["verdict"], check
        assert float(check["stated"]) == pytest.approx(float(row["stated"]))
        assert float(check["computed"]) == pytest.approx(float(row["computed"]), abs=0.005)
    # Nothing else is said to be wrong; the ranger's income of 6000 per household and per person is noted.
    known = {(r["report"], r["check_kind"], r["indicator"], r["period"]) for r in expected}
    assert {key[1:3]: check["verdict"] for key, check in checks.items() if key not in known} == {
        ("unit", "eco_income_per_household"): "NOTE",
    }
    assert county.query("select count(*) from ledger.reported_figure_load") == [(0,)]


def test_rules_of_the_catalogue_are_carried(county: HandMadeFacts) -> None:
    _, checks, _ = audit(REPORTS, "--check-only")
    rules = {(kind, indicator): check["rule_id"] for (_, kind, indicator, _), check in checks.items()}
    assert set(rules.values()) == {"REG-15", "REG-16", "REG-17", "MED-21", "EDU-10", "HOU-12", "AGG-06"}
    assert rules["sum", "medical_assistance_total"] == "MED-21"
    assert rules["sum", "yulu"] == "EDU-10"
    assert rules["sum", "house_renovation"] == "HOU-12"
    assert rules["pct", "poverty_rate"] == "REG-16"


def test_text_in_a_number_names_the_row_and_the_others_are_checked(county: HandMadeFacts, tmp_path: Path) -> None:
    path = typed(
        tmp_path,
        "X,,合计,aid,2019,人,30,1,,", "X,,分项,aid_year,2018,人,约10,0,aid,", "X,,分项,aid_year,2019,人,20,0,aid,",
        "X,,合计,posts,2019,个,\"1,005\",是,,", "X,,分项,post,2018,个,1000,0,posts,", "X,,分项,post,2019,个,6,0,posts,",
        "X,,分项,post,2019,个,6,0,posts,", ",,分项,post,2017,个,6,0,posts,",
    )
    status, checks, problems = audit(path, "--check-only")
    assert status == 1
    assert {(p["row"], p["code"]) for p in problems} == {
        (3, "figure_text_in_number"), (8, "figure_said_twice"), (9, "figure_unnamed"),
    }
    assert all("约10" not in p["zh"] + p["en"] for p in problems)
    assert checks["X", "sum", "aid", "2019"]["verdict"] == "NOT_COMPARABLE"
    assert checks["X", "sum", "posts", "2019"]["verdict"] == "MISMATCH"
    assert checks["X", "sum", "posts", "2019"]["difference"] == 1


def test_a_report_without_its_columns_is_refused(county: HandMadeFacts, tmp_path: Path) -> None:
    from bidui.problem import ProblemError

    for path in (typed(tmp_path, "1", header="报告"), tmp_path / "nothing.csv"):
        with pytest.raises(ProblemError):
            read_figures(path)
    assert read_figures(REPORTS).figures[0].value == Decimal(4)


def test_the_night_holds_reports_against_the_books(county: HandMadeFacts, tmp_path: Path) -> None:
    """A division on the row asks for it; the period must be one that the books hold that night."""
    rows = [
        f"X,,脱贫户,exited_households,2017,户,9,0,,,{TOWN}", f"X,,脱贫户,exited_households,2018,户,3,0,,,{TOWN}",
        f"X,,脱贫户,exited_households,2014-2017,户,8,0,,,{TOWN}",
        f"X,,建档立卡,registered_households,2026-10,户,11,0,,,{TOWN}",
        f"X,,建档立卡,registered_households,2020-05,户,11,0,,,{TOWN}",
        "X,,代缴,premium_paid_persons,2017,人,5,0,,,", f"Y,,建档立卡,registered_persons,2026,人,33,0,,,{VILLAGE}",
    ]
    path = typed(tmp_path, *rows, header=HEADER + ",division_code")
    assert CliRunner().invoke(app, ["audit-figures", str(path), "--by", "统计员"]).exit_code == 0
    assert CliRunner().invoke(app, ["audit-figures", str(path), "--by", "统计员"]).exit_code == 0
    assert county.query("select loaded_by, reports from ledger.reported_figure_load") == [("统计员", ["X", "Y"])]
    audit(REPORTS)
    county.build()
    county.publish()
    columns = "indicator, period, stated, computed, verdict"
    against = county.query(
        f"select {columns} from mart_summary.reported_figure_audit where check_kind = 'warehouse' order by 1, 2"
    )
    assert against == [
        ("exited_households", "2014-2017", 8, 9, "MISMATCH"),
        ("exited_households", "2017", 9, 9, "OK"),
        ("exited_households", "2018", 3, 2, "MISMATCH"),
        ("registered_households", "2026-10", 11, 11, "OK"),
        ("registered_persons", "2026", 33, 33, "OK"),
    ]
    # The published reports again, by the night: a forgotten year, two shares cut off, and what returned twice.
    assert county.query(
        "select distinct rule_id, indicator from published.reported_figure_audit"
        " where verdict = 'MISMATCH' and report not in ('X', 'Y') order by 1, 2"
    ) == [
        ("REG-15", "households: exits+remaining vs registered"), ("REG-15", "persons: exits+remaining vs registered"),
        ("REG-17", "breeding_ewe_head"), ("REG-17", "breeding_ewe_households"),
        ("REG-17", "cause_disaster"), ("REG-17", "cause_illness"),
    ]
    # Two households left in 2018: their number, and whether it was stated rightly, stay inside.
    [small] = county.query(
        f"select {columns}, suppressed from published.reported_figure_audit where period = '2018'"
    )
    assert small == ("exited_households", "2018", 3, None, "NOT_COMPARABLE", True)
    _, checks, _ = audit(path)
    assert checks["X", "warehouse", "exited_households", "2018"]["verdict"] == "MISMATCH"


def test_a_report_loaded_after_the_night_was_frozen_waits(county: HandMadeFacts, tmp_path: Path) -> None:
    from bidui.contract import load_sources
    from bidui.night.freeze import freeze
    from bidui.warehouse.connection import transaction

    with transaction() as connection:
        freeze(connection, load_sources(), NIGHT)
    CliRunner().invoke(app, ["audit-figures", str(typed(tmp_path, "Z,,合计,a,1,人,3,1,,", "Z,,分项,b,1,人,3,0,a,"))])
    loads = county.query("select max(load_id) from ledger.reported_figure_load where reports = '{Z}'")
    frozen = county.query("select (inputs ->> 'reported_figure_load')::bigint from ledger.run order by run_id desc limit 1")
    assert frozen < loads
    county.build("reported_figure_audit")
    assert county.query("select count(*) from mart_summary.reported_figure_audit where report = 'Z'") == [(0,)]
    assert county.query("select count(*) > 0 from mart_summary.reported_figure_audit where report = 'X'") == [(True,)]
