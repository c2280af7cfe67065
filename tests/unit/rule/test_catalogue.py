"""Loading the catalogue: mistakes are named with file, rule, key and fix, and the other rules stay."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bidui.home import dbt_dir
from bidui.rule import Catalogue, load

SHIPPED = load(dbt_dir() / "rules")


def rule(rule_id: str = "TST-01", **changes: Any) -> dict[str, Any]:
    return {
        "id": rule_id,
        "title": {"zh": "测试", "en": "Test"},
        "grain": "person",
        "severity": "high",
        "departments": ["registry"],
        "owner": "registry",
        "predicate": "age > :limit",
        "parameters": {"limit": {"type": "integer", "title": {"zh": "上限", "en": "limit"}}},
        "evidence": ["age"],
        "remedy": {"zh": "核实", "en": "Verify"},
        "source": "test",
        "source_type": "test",
        "examples": {
            "hits": [{"case": "a", "row": {"age": 9}}, {"case": "b", "row": {"age": 8}}],
            "near_misses": [{"case": "c", "row": {"age": 1}}, {"case": "d", "row": {"age": 2}}],
        },
    } | changes


@pytest.fixture
def load_rules(tmp_path: Path) -> Callable[..., Catalogue]:
    for name in ("grains.yml", "rule.schema.json"):
        shutil.copy(dbt_dir() / "rules" / name, tmp_path / name)

    def write_and_load(*rules: dict[str, Any], **files: str) -> Catalogue:
        content = {"version": 1, "family": "test", "title": {"zh": "测", "en": "T"}, "rules": list(rules)}
        (tmp_path / "test.yml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        for name, text in files.items():
            (tmp_path / f"{name}.yml").write_text(text, encoding="utf-8")
        return load(tmp_path)

    return write_and_load


def test_the_shipped_catalogue_has_no_problem() -> None:
    assert [str(found.problem) for found in SHIPPED.problems] == []
    assert {"MED-01", "CIV-01", "HOU-01", "EDU-08", "ID-13", "REG-10"} <= {rule.id for rule in SHIPPED.rules}


def test_no_rule_is_both_carried_and_left_out() -> None:
    assert not {rule.id for rule in SHIPPED.rules} & {left.id for left in SHIPPED.not_carried}
    assert "REG-08" in {left.id for left in SHIPPED.not_carried}


# How many rules the published catalogue has of each family.
PUBLISHED = {"ID": 16, "REG": 17, "MED": 22, "CIV": 13, "EDU": 15, "HOU": 12, "AST": 9, "AGG": 6}


def test_every_rule_of_the_published_catalogue_runs_or_says_why_not() -> None:
    numbered = {f"{family}-{number:02}" for family, count in PUBLISHED.items() for number in range(1, count + 1)}
    assert {rule.id for rule in SHIPPED.rules} | {left.id for left in SHIPPED.not_carried} == numbered


def test_causes_of_shipped_rules_exist() -> None:
    known = {rule.id for rule in SHIPPED.rules}
    assert {cause for rule in SHIPPED.rules for cause in rule.cause} <= known


def test_a_shipped_rule_never_shows_a_number_a_phone_or_an_account() -> None:
    shown = {column for rule in SHIPPED.rules for column in (*rule.evidence, *rule.personal_evidence)}
    assert not [column for column in shown if column.endswith(("id_no", "id_key", "phone", "account", "disability_no"))]
    named = {column for rule in SHIPPED.rules for column in rule.evidence}
    assert not [column for column in named if column.endswith(("person_name", "head_name", "name_norm", "address"))]


@pytest.mark.parametrize(
    ("changes", "place", "hint"),
    [
        ({"severity": "bad"}, "TST-01.severity", "bad"),
        ({"predicat": "x"}, "TST-01.rule", "predicat"),
        ({"remedy": {"zh": "核实"}}, "TST-01.remedy", "en"),
        ({"grain": "village"}, "TST-01.grain", "person"),
        ({"exceptions": ["newborn"]}, "TST-01.exceptions[0]", "no_longer_entitled"),
        ({"predicate": "age > :other"}, "TST-01.predicate", "other"),
        ({"predicate": "age > 3"}, "TST-01.parameters", "limit"),
        ({"predicate": "age > :limit or now() > x"}, "TST-01.predicate, character 17", "now"),
        ({"active_from": "2026-02-30"}, "TST-01.active_from", "YYYY-MM-DD"),
        ({"personal_evidence": ["age"]}, "TST-01.personal_evidence", "age"),
        ({"cause": ["TST-02"]}, "TST-01.cause", "起因"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_the_others_stay(
    load_rules: Callable[..., Catalogue], changes: dict[str, Any], place: str, hint: str
) -> None:
    other = rule("TST-02", cause=["TST-01"] if "cause" in changes else [])
    catalogue = load_rules(rule(**changes), other, rule("TST-03"))
    problem = next(found.problem for found in catalogue.problems if found.rule_id == "TST-01")
    assert problem.file == "test.yml"
    assert problem.column == place
    # The second rule of the file begins far below the first.
    assert problem.row is not None and 1 < problem.row < 60
    assert hint in str(problem)
    assert problem.zh and problem.en
    assert "TST-03" in {rule.id for rule in catalogue.rules}


def test_an_example_too_few_is_a_mistake(load_rules: Callable[..., Catalogue]) -> None:
    changed = rule()
    changed["examples"]["hits"].pop()
    assert [found.problem.column for found in load_rules(changed).problems] == ["TST-01.examples.hits"]


def test_a_file_that_is_no_yaml_is_one_problem_with_its_line(load_rules: Callable[..., Catalogue]) -> None:
    catalogue = load_rules(rule(), broken="version: 1\nrules: [\n")
    assert [(found.file, found.rule_id) for found in catalogue.problems] == [("broken.yml", None)]
    assert catalogue.problems[0].problem.row == 3
    assert [rule.id for rule in catalogue.rules] == ["TST-01"]


def test_a_key_said_twice_is_a_mistake(load_rules: Callable[..., Catalogue]) -> None:
    catalogue = load_rules(rule(), twice="version: 1\nversion: 1\n")
    assert [found.file for found in catalogue.problems] == ["twice.yml"]


def test_two_rules_with_one_id_both_stay_out(load_rules: Callable[..., Catalogue]) -> None:
    catalogue = load_rules(rule(), rule(severity="info"), rule("TST-02"))
    assert [found.rule_id for found in catalogue.problems] == ["TST-01"]
    assert [rule.id for rule in catalogue.rules] == ["TST-02"]


def test_a_changed_rule_is_a_new_version_and_an_example_changes_nothing(load_rules: Callable[..., Catalogue]) -> None:
    first = load_rules(rule()).rules[0]
    more = rule()
    more["examples"]["hits"].append({"case": "z", "row": {"age": 99}})
    assert load_rules(more).rules[0].version == first.version
    assert load_rules(rule(predicate="age >= :limit")).rules[0].version != first.version
    assert load_rules(rule(version="2026-1")).rules[0].version == "2026-1"
