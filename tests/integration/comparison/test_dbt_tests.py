"""The project's own tests of the comparison: unit tests of the verdict, and data tests that run with every night."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bidui.home import folder
from bidui.warehouse import dbt
from hand_made_facts import NIGHT, HandMadeFacts

DATA_TESTS = ("fields_match_catalogue", "verdicts_are_well_formed", "verdicts_add_up", "no_small_count_is_published")


@pytest.fixture(scope="module")
def county(warehouse: str) -> Iterator[HandMadeFacts]:
    made = HandMadeFacts(warehouse)
    for number in range(9):
        made.person(f"P{number}", says_insured=number < 6, basic_insurance__is_insured=number > 3)
        made.household(f"P{number}")
    made.build()
    yield made
    made.close()


def run(*names: str) -> None:
    dbt.run("test", "--select", *names, as_of=NIGHT, target="hand_made_facts")


def test_unit_tests_of_the_verdict(county: HandMadeFacts) -> None:
    run("comparison_civil_affairs,test_type:unit")


def test_a_selection_that_matches_nothing_is_no_success(county: HandMadeFacts) -> None:
    with pytest.raises(dbt.DbtError, match="nothing in the project matches"):
        run("verdicts_are_well_formed_once")


def test_data_tests_pass_on_a_sound_night(county: HandMadeFacts) -> None:
    run(*DATA_TESTS)


@pytest.mark.parametrize(("test", "damage"), [
    ("fields_match_catalogue", "delete from mart_comparison.comparison_education where field = 'yulu'"),
    ("fields_match_catalogue", "update mart_comparison.comparison_housing set field = 'roof' where field = 'house_area'"),
    ("verdicts_are_well_formed", "update mart_comparison.comparison_education set reason = null where field = 'yulu'"),
    ("verdicts_are_well_formed", "update mart_comparison.comparison_education set verdict = 'same' where field = 'sex'"),
    ("verdicts_add_up", "delete from mart_summary.int_summary__cell where block like '%|basic_insurance'"),
    ("no_small_count_is_published", "update mart_summary.comparison_summary set subjects = 4"),
    ("no_small_count_is_published", "update mart_summary.coverage set numerator = 9, denominator = 10"),
])
def test_data_tests_see_damage(county: HandMadeFacts, test: str, damage: str) -> None:
    """The SQL that dbt compiled for the sound night, on a damaged one that is taken back."""
    compiled = next(folder("dbt", "hand_made_facts").glob(f"compiled/bidui/tests/*/{test}.sql"))
    with county.connection.cursor() as cursor:
        cursor.execute(damage)
        cursor.execute(compiled.read_text(encoding="utf-8"))
        problems = cursor.fetchall()
    county.connection.rollback()
    assert problems
