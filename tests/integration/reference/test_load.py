"""Loading a county's own reference data: all of it or none, as a record, beside the shipped defaults."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2.errors
import psycopg2.extensions
import pytest

from bidui import reference
from bidui.contract import load_sources
from bidui.night.freeze import freeze
from bidui.night.order import no_load_meanwhile, no_night_meanwhile
from bidui.problem import ProblemError
from bidui.reference.loader import ReferenceLoad
from bidui.warehouse.connection import connect

DIVISIONS = """\
division_code,division_level,name,parent_code,valid_from,valid_to
470000000000,province,澄省,,,
470100000000,prefecture,霁市,470000000000,,
470101000000,county,临县,470100000000,,
470101001000,town,甲镇,470101000000,,
470101001201,village,旧东村,470101001000,,2020-06-30
470101001201,village,东庄村,470101001000,2020-07-01,
"""
ALIASES = "alias,division_code,valid_from,valid_to,note\n老东庄,470101001201,,,更名\n"
PARAMETERS = "parameter,rule_id,value,key\nmin_ratio,MED-12,0.85,\nsubsidy_amount,MED-08,410,特困人员\n"

Load = Callable[..., ReferenceLoad]


@pytest.fixture
def connection(warehouse: str) -> Iterator[psycopg2.extensions.connection]:
    connection = connect(warehouse)
    with connection, connection.cursor() as cursor:
        cursor.execute("truncate reference.division, reference.division_alias, reference.county_parameter")
        cursor.execute("truncate reference.parameter_default, ledger.reference_load")
        cursor.execute(
            "insert into reference.parameter_default (rule_id, parameter, key, value)"
            " values ('MED-12', 'min_ratio', null, '0.90'), ('MED-13', 'min_ratio', null, '0.80')"
        )
    yield connection
    connection.close()


@pytest.fixture
def load(connection: psycopg2.extensions.connection, tmp_path: Path) -> Load:
    """Load files given by name (dots as __)."""

    def run(encoding: str = "utf-8", **files: str) -> ReferenceLoad:
        for old in tmp_path.glob("*.csv"):
            old.unlink()
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding=encoding)
        with connection:
            return reference.load(connection, tmp_path, "谢工")

    return run


@pytest.fixture
def ask(connection: psycopg2.extensions.connection) -> Callable[[str], list[tuple[Any, ...]]]:
    def rows(query: str) -> list[tuple[Any, ...]]:
        with connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    return rows


def test_levels_may_be_written_in_chinese(load: Load, connection: psycopg2.extensions.connection) -> None:
    words = {"province": "省级", "prefecture": "市", "county": "县", "town": "乡镇", "village": "行政村"}
    chinese = DIVISIONS
    for level, word in words.items():
        chinese = chinese.replace(f",{level},", f",{word},")
    load(divisions=chinese)
    with connection, connection.cursor() as cursor:
        cursor.execute("select distinct division_level from reference.division")
        assert {level for (level,) in cursor.fetchall()} == set(words)


def test_loads_all_three_and_keeps_a_record(load: Load, ask: Callable[[str], list[tuple[Any, ...]]]) -> None:
    done = load(divisions=DIVISIONS, division_aliases=ALIASES, parameters=PARAMETERS)
    assert done.rows == {"divisions.csv": 6, "division_aliases.csv": 1, "parameters.csv": 2}
    assert (done.changed, done.warnings) == (True, ())
    assert ask(
        "select name, valid_from::text, valid_to::text from reference.division where division_code = '470101001201'"
        " order by valid_from"
    ) == [("旧东村", "-infinity", "2020-07-01"), ("东庄村", "2020-07-01", "infinity")]
    assert ask("select division_code, note from reference.division_alias") == [("470101001201", "更名")]
    assert ask("select loaded_by, files -> 'parameters.csv' ->> 'rows' from ledger.reference_load") == [("谢工", "2")]
    assert ask("select files -> 'divisions.csv' ->> 'text' from ledger.reference_load") == [(DIVISIONS,)]


def test_what_it_does_not_name_stays_at_the_default(load: Load, ask: Callable[[str], list[tuple[Any, ...]]]) -> None:
    load(parameters=PARAMETERS)
    assert ask("select rule_id, value, origin from reference.parameter where parameter = 'min_ratio' order by 1") == [
        ("MED-12", "0.85", "county"),
        ("MED-13", "0.80", "default"),
    ]


def test_the_same_again_changes_nothing(load: Load, ask: Callable[[str], list[tuple[Any, ...]]]) -> None:
    first = load(divisions=DIVISIONS, division_aliases=ALIASES)
    again = load(divisions=DIVISIONS, division_aliases=ALIASES)
    assert (again.load_id, again.changed) == (first.load_id, False)
    # one of the files, as it is loaded already, is nothing new either
    assert load(divisions=DIVISIONS).changed is False
    assert ask("select count(*) from ledger.reference_load") == [(1,)]


def test_a_file_replaces_what_it_brought_and_leaves_the_others(
    load: Load, ask: Callable[[str], list[tuple[Any, ...]]]
) -> None:
    load(divisions=DIVISIONS, division_aliases=ALIASES, parameters=PARAMETERS)
    done = load(parameters="rule_id,parameter,value\nMED-13,min_ratio,0.7\n")
    assert done.changed
    assert ask("select rule_id, value from reference.county_parameter") == [("MED-13", "0.7")]
    assert ask("select count(*) from reference.division_alias") == [(1,)]
    # back to the first: new again
    assert load(parameters=PARAMETERS).changed


def test_an_office_s_own_csv_is_read(load: Load, ask: Callable[[str], list[tuple[Any, ...]]]) -> None:
    load(encoding="gb18030", divisions=DIVISIONS.replace("2020-06-30", "2020/6/30"))
    assert ask("select count(*) from reference.division where name = '东庄村'") == [(1,)]
    load(encoding="utf-8-sig", divisions=DIVISIONS.replace("2020-06-30", "2020年6月30日"))
    assert ask("select valid_to::text from reference.division where name = '旧东村'") == [("2020-07-01",)]


def test_periods_that_share_a_day_do_not_overlap(load: Load, ask: Callable[[str], list[tuple[Any, ...]]]) -> None:
    load(divisions=DIVISIONS.replace("2020-06-30", "2020-07-01"))
    assert ask("select valid_to::text from reference.division where name = '旧东村'") == [("2020-07-01",)]


def test_the_county_may_be_the_top(load: Load, ask: Callable[[str], list[tuple[Any, ...]]]) -> None:
    done = load(divisions="\n".join(line for line in DIVISIONS.split("\n") if "pr" not in line[:20] or "code" in line))
    assert [problem.code for problem in done.warnings] == ["reference_parent_above"]
    assert ask("select parent_code from reference.division where name = '临县'") == [(None,)]


def codes_and_rows(error: pytest.ExceptionInfo[ProblemError]) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.row) for problem in error.value.problems]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("4701010012,village,北村,470101001000,,", "reference_code"),
        ("4.70101E+11,village,北村,470101001000,,", "reference_code"),
        ("470101001204,hamlet,北村,470101001000,,", "reference_level"),
        ("470101001204,village,,470101001000,,", "reference_name"),
        ("470101001204,village,北村,470101009000,,", "reference_parent_missing"),
        ("470101001204,village,北村,,,", "reference_parent_missing"),
        ("470101001204,village,北村,470101001201,,", "reference_parent_level"),
        ("470101001204,village,北村,470101001000,去年,", "reference_date"),
        ("470101001204,village,北村,470101001000,2021-01-01,2020-01-01", "reference_period_backwards"),
        ("470101001201,village,新东村,470101001000,2021-01-01,", "reference_period_overlap"),
        ("470101001201,town,东庄镇,470101000000,2000-01-01,2000-12-31", "reference_level_changed"),
        ("470101001204,village,北,村,470101001000,,2030-01-01", "reference_extra_cells"),
        ('470101001204,village,"北村,470101001000,,\n470101001205,village,西村,470101001000,,', "reference_quote"),
        ('470101001204,village,"北"村,470101001000,,', "reference_quote"),
    ],
)
def test_a_bad_division_is_refused_with_its_row(
    load: Load, ask: Callable[[str], list[tuple[Any, ...]]], row: str, code: str
) -> None:
    with pytest.raises(ProblemError) as error:
        load(divisions=DIVISIONS + row + "\n", division_aliases=ALIASES)
    assert (code, 8) in codes_and_rows(error)
    assert "第 8 行" in str(error.value)
    assert "row 8" in str(error.value)
    # nothing went in, the good file neither
    assert ask("select (select count(*) from reference.division) + (select count(*) from reference.division_alias)") == [(0,)]


@pytest.mark.parametrize(
    ("row", "code", "hint"),
    [
        ("MED-99,min_ratio,,0.9,,,", "reference_parameter_unknown", "MED-"),
        ("MED-12,min_ration,,0.9,,,", "reference_parameter_unknown", "min_ratio"),
        ("MED-12,min_ratio,,九成,,,", "reference_value_number", "0.9"),
        ("MED-12,min_ratio,,90%,,,", "reference_value_number", "0.9"),
        ("MED-12,min_ratio,,,,,", "reference_value_empty", "默认值"),
        ("MED-12,min_ratio,,0.9,470199000000,,", "reference_division_unknown", "divisions.csv"),
        ("MED-12,min_ratio,,0.9,,2020-01-01,", "reference_period_overlap", "第 2 行"),
    ],
)
def test_a_bad_parameter_is_refused_with_its_row(load: Load, row: str, code: str, hint: str) -> None:
    header = "rule_id,parameter,key,value,division_code,valid_from,valid_to\n"
    with pytest.raises(ProblemError) as error:
        load(divisions=DIVISIONS, parameters=f"{header}MED-12,min_ratio,,0.85,,,\n{row}\n")
    assert codes_and_rows(error) == [(code, 3)]
    assert hint in str(error.value)


def test_a_parameter_that_no_rule_can_read_is_told_and_left_out(load: Load, ask: Callable[[str], list[tuple[Any, ...]]]) -> None:
    done = load(parameters="rule_id,parameter,value\nMED-03,overlap_days,30\nMED-12,min_ratio,0.85\n")
    assert [(warning.code, warning.row) for warning in done.warnings] == [("reference_parameter_unread", 2)]
    assert ask("select distinct rule_id from reference.county_parameter") == [("MED-12",)]


def test_parameters_by_division_and_period(load: Load, ask: Callable[[str], list[tuple[Any, ...]]]) -> None:
    load(
        divisions=DIVISIONS,
        parameters="rule_id,parameter,key,value,division_code,valid_from,valid_to\n"
        "MED-12,min_ratio,,0.85,470101000000,2026-01-01,2026-12-31\n"
        "MED-12,min_ratio,,0.80,470101000000,2027-01-01,\n",
    )
    assert ask("select value, valid_from::text, valid_to::text from reference.county_parameter order by 2") == [
        ("0.85", "2026-01-01", "2027-01-01"),
        ("0.80", "2027-01-01", "infinity"),
    ]


def test_every_problem_of_every_file_at_once(load: Load) -> None:
    with pytest.raises(ProblemError) as error:
        load(
            divisions=DIVISIONS + "x,village,北村,470101001000,,\n",
            division_aliases="alias,division_code\n北庄,470101001299\n,470101001201\n",
            parameters="rule_id,parameter,value\nMED-12,min_ratio,x\n",
        )
    assert codes_and_rows(error) == [
        ("reference_code", 8),
        ("reference_division_unknown", 2),
        ("reference_alias_empty", 3),
        ("reference_value_number", 2),
    ]


def test_an_unknown_column_is_told_and_not_read(load: Load) -> None:
    done = load(divisions=DIVISIONS.replace("valid_to\n", "valid_to,人口\n"))
    assert [(problem.code, problem.column) for problem in done.warnings] == [("reference_column_unknown", "人口")]


def test_a_missing_or_doubled_column_is_refused(load: Load) -> None:
    with pytest.raises(ProblemError) as error:
        load(divisions=DIVISIONS.replace("parent_code", "parent"))
    assert codes_and_rows(error) == [("reference_column_missing", 1)]
    with pytest.raises(ProblemError) as error:
        load(divisions=DIVISIONS.replace("valid_from", "name"))
    assert codes_and_rows(error) == [("reference_column_twice", 1)]


def test_a_workbook_under_the_name_of_a_csv_is_refused(
    connection: psycopg2.extensions.connection, tmp_path: Path
) -> None:
    (tmp_path / "divisions.csv").write_bytes(b"PK\x03\x04\x00\x00\xff\xfe\x00")
    with pytest.raises(ProblemError) as error:
        reference.load(connection, tmp_path)
    assert codes_and_rows(error) == [("reference_unreadable", None)]


def test_an_empty_or_missing_folder_is_refused(connection: psycopg2.extensions.connection, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(ProblemError) as error:
            reference.load(connection, folder)
        assert codes_and_rows(error) == [("reference_nothing", None)]


@pytest.fixture
def running(connection: psycopg2.extensions.connection) -> Iterator[None]:
    """A night that is being computed."""
    with connection, connection.cursor() as cursor:
        cursor.execute("insert into ledger.run (as_of, kind, status) values ('2026-10-16', 'night', 'running')")
    yield
    with connection, connection.cursor() as cursor:
        cursor.execute("delete from ledger.run")


def test_what_a_night_is_computed_from_does_not_change_under_it(load: Load, ask: Any, request: Any) -> None:
    load(divisions=DIVISIONS)
    request.getfixturevalue("running")
    assert not load(divisions=DIVISIONS).changed
    with pytest.raises(ProblemError, match="2026-10-16"):
        load(divisions=DIVISIONS.replace("东庄村", "西庄村"))
    assert ask("select count(*) from reference.division where name = '东庄村'") == [(1,)]


def test_nothing_changes_while_nights_are_rebuilt(load: Load) -> None:
    with no_night_meanwhile(), pytest.raises(ProblemError, match="being rebuilt"):
        load(divisions=DIVISIONS)
    assert load(divisions=DIVISIONS).changed


def test_nothing_changes_while_a_night_is_proved(
    load: Load, connection: psycopg2.extensions.connection, tmp_path: Path
) -> None:
    with no_load_meanwhile(), pytest.raises(ProblemError, match="being proved"):
        load(divisions=DIVISIONS)
    (tmp_path / "divisions.csv").write_text(DIVISIONS, encoding="utf-8")
    with connection:
        assert reference.load(connection, tmp_path).changed
        with pytest.raises(ProblemError, match="is being loaded"), no_load_meanwhile():
            pass
    with no_load_meanwhile(), pytest.raises(ProblemError, match="another night"), no_load_meanwhile():
        pass


def test_a_night_that_begins_during_a_load_waits_for_it(
    connection: psycopg2.extensions.connection, warehouse: str, tmp_path: Path
) -> None:
    (tmp_path / "divisions.csv").write_text(DIVISIONS, encoding="utf-8")
    with closing(connect(warehouse)) as night, night.cursor() as cursor:
        cursor.execute("set lock_timeout = '100ms'")
        with connection:
            reference.load(connection, tmp_path)
            with pytest.raises(psycopg2.errors.LockNotAvailable):
                freeze(night, load_sources(), dt.date(2026, 10, 16))
            night.rollback()


def test_the_command_says_what_it_loaded(warehouse: str, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from bidui.cli import app

    (tmp_path / "divisions.csv").write_text(DIVISIONS, encoding="utf-8")
    done = CliRunner().invoke(app, ["reference", "load", str(tmp_path), "--by", "谢工"])
    assert done.exit_code == 0, done.output
    assert "divisions.csv: 6" in done.output
