"""A suite with a mistake is refused with its file and place."""

from __future__ import annotations

import json

import pytest

from bidui.problem import ProblemError
from bidui.validation.gx_session import gx_suite
from bidui.validation.suite import load_suite

SOUND = {
    "type": "expect_column_values_to_not_be_null",
    "kwargs": {"column": "psn_no"},
    "severity": "critical",
    "meta": {"name": "psn_no_present", "title": {"zh": "有值", "en": "is there"}, "reason": {"zh": "缺失", "en": "missing"}},
}


def write(folder, *expectations, **changes):
    document = {"name": "hi_roll", "meta": {"title": {"zh": "名册", "en": "roll"}}, "expectations": list(expectations)} | changes
    (folder / "hi_roll.json").write_text(json.dumps(document), encoding="utf-8")


def refused(folder):
    with pytest.raises(ProblemError) as error:
        load_suite("hi_roll", folder)
    assert all(problem.file == str(folder / "hi_roll.json") and problem.zh and problem.en for problem in error.value.problems)
    return {problem.code: problem.column for problem in error.value.problems}


def test_a_sound_suite_loads(tmp_path):
    write(tmp_path, SOUND)
    (check,) = load_suite("hi_roll", tmp_path).checks
    assert (check.name, check.severity, check.quarantines) == ("psn_no_present", "critical", True)


def test_a_missing_file(tmp_path):
    assert set(refused(tmp_path)) == {"suite.missing"}


def test_broken_json_names_the_line(tmp_path):
    (tmp_path / "hi_roll.json").write_text('{\n"name": "hi_roll",\n}', encoding="utf-8")
    with pytest.raises(ProblemError) as error:
        load_suite("hi_roll", tmp_path)
    assert error.value.problems[0].row == 3


def test_a_suite_of_another_name(tmp_path):
    write(tmp_path, SOUND, name="dibao")
    assert refused(tmp_path) == {"suite.name": "name"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"type": None}, "suite.type"),
        ({"severity": "fatal"}, "suite.severity"),
        ({"meta": SOUND["meta"] | {"name": "Psn No"}}, "suite.slug"),
        ({"meta": SOUND["meta"] | {"title": {"zh": "有值"}}}, "suite.title"),
        ({"meta": SOUND["meta"] | {"gate": "blanks"}}, "suite.gate"),
        ({"meta": {key: value for key, value in SOUND["meta"].items() if key != "reason"}}, "suite.reason"),
    ],
)
def test_a_mistake_in_an_expectation_is_named_with_its_place(tmp_path, change, code):
    write(tmp_path, SOUND, SOUND | {"meta": SOUND["meta"] | {"name": "second"}} | change)
    found = refused(tmp_path)
    assert set(found) == {code}
    assert found[code].startswith("expectations[2]")


def test_a_name_used_twice(tmp_path):
    write(tmp_path, SOUND, SOUND)
    assert refused(tmp_path) == {"suite.twice": "expectations[2] psn_no_present"}


@pytest.mark.parametrize(
    "change", [{"type": "expect_column_values_to_be_lucky"}, {"kwargs": {"colum": "psn_no"}}, {"kwargs": {"column": "psn_no", "mostly": 7}}]
)
def test_what_great_expectations_does_not_know_is_refused(tmp_path, change):
    """GX itself would only log it and check less."""
    write(tmp_path, SOUND | change)
    suite = load_suite("hi_roll", tmp_path)
    with pytest.raises(ProblemError) as error:
        gx_suite(suite)
    assert error.value.problems[0].column == "psn_no_present"
