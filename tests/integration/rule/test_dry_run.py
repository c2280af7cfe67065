"""A dry run says what a rule would open, close, leave and keep, as the night then does; it writes nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import psycopg2
import psycopg2.errors
import pytest
import yaml
from typer.testing import CliRunner

from bidui.cli import app
from bidui.night.dry_run import DryRun, dry_run
from bidui.problem import ProblemError

NIGHT = dt.date(2026, 10, 16)
NEAR, FAR = "990001101000", "990001102000"
LIMIT = {"limit": {"type": "integer", "title": {"zh": "上限", "en": "limit"}}}


def person(key: str, town: str = NEAR, **facts: object) -> dict[str, object]:
    return {"person_key": key, "household_key": "h" + key, "town_code": town, "as_of": NIGHT.isoformat(), **facts}


def claim(key: str, month: str, mode: str | None) -> dict[str, object]:
    return {"person_key": key, "town_code": NEAR, "settled_month": month, "settlement_mode": mode, "batch_id": 1, "row_no": 1}


def write(path: Path, *rules: dict[str, object]) -> Path:
    content = {"version": 1, "family": "tried", "title": {"zh": "试", "en": "Tried"}, "rules": list(rules)}
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


RULES = (
    ("TST-01", "age > 60", {}),
    ("TST-02", "settlement_mode <> '一站式'", {"grain": "settlement", "evidence": ["settlement_mode"]}),
)
# What those rules have found, without the time it takes to build it.
FINDINGS = """
create table mart_finding.finding (
    rule_id text, subject_key text, object_key text, town_code text, state text, from_night date, to_night date
);
insert into mart_finding.finding
select rule_id, subject_key, object_key, town_code, state, '2026-10-16', 'infinity'
from (values
    ('TST-01', '65', '', '990001101000', 'open'), ('TST-01', '70', '', '990001101000', 'exempt'),
    ('TST-01', '85', '', '990001102000', 'confirmed'), ('TST-01', '50', '', '990001101000', 'closed'),
    ('TST-02', '65', '2026-05', '990001101000', 'open'), ('TST-02', '70', '2026-06', '990001101000', 'open')
) as found (rule_id, subject_key, object_key, town_code, state)
returning 1
"""


@pytest.fixture
def facts(nights, make_rule):
    """TST-01 hits people over 60, TST-02 claims by hand."""
    nights.catalogue(*(make_rule(rule_id, predicate, **more) for rule_id, predicate, more in RULES))
    nights.facts("fact_person", *(person(str(age), FAR if age > 80 else NEAR, age=age) for age in (50, 65, 70, 85)))
    nights.facts("fact_settlement", claim("65", "2026-05-01", "手工报销"), claim("70", "2026-06-01", "手工报销"))
    return nights


@pytest.fixture
def standing(facts):
    """Both rules bound, and their findings of the night."""
    facts.bind(NIGHT)
    facts.query(FINDINGS)
    return facts


@pytest.fixture
def attempt(nights, warehouse: str):
    """Dry runs over a connection that can only read."""
    connection = psycopg2.connect(warehouse)
    connection.set_session(readonly=True)

    def run(**options: object) -> DryRun:
        return dry_run(connection, folder=nights.folder, **options)

    yield run
    connection.close()


def counts(result: DryRun, rule_id: str) -> dict[str, tuple[int, int, int, int]]:
    [trial] = [trial for trial in result.trials if trial.rule_id == rule_id]
    return {count.division_code: (count.new, count.gone, count.same, count.kept) for count in trial.counts}


def test_an_unchanged_rule_changes_nothing(standing, attempt):
    result = attempt(rules=["TST-01", "TST-02"])
    assert result.as_of == NIGHT
    assert counts(result, "TST-01") == {NEAR: (0, 0, 2, 0), FAR: (0, 0, 1, 0)}
    assert counts(result, "TST-02") == {NEAR: (0, 0, 2, 0)}


def test_a_changed_rule_is_what_the_night_then_does(facts, attempt, make_rule, tmp_path):
    facts.run(NIGHT)
    changed = make_rule("TST-01", "case when age <> 70 then age < 66 end")
    before = facts.everything()
    tried = counts(attempt(file=write(tmp_path / "tried.yml", changed)), "TST-01")
    assert tried == {NEAR: (1, 0, 1, 1), FAR: (0, 1, 0, 0)}
    assert facts.everything() == before

    facts.catalogue(changed, make_rule("TST-02", "false", grain="settlement", evidence=["settlement_mode"]))
    facts.run(NIGHT + dt.timedelta(days=1))
    events = {(subject, event) for rule, subject, event in facts.events(NIGHT + dt.timedelta(days=1)) if rule == "TST-01"}
    assert events == {("50", "opened"), ("85", "closed")}


def test_a_new_rule_opens_only(standing, attempt, make_rule, tmp_path):
    file = write(tmp_path / "tried.yml", make_rule("NEW-01", "age >= 65"), make_rule("NEW-02", "age > 900"))
    result = attempt(file=file)
    assert counts(result, "NEW-01") == {NEAR: (2, 0, 0, 0), FAR: (1, 0, 0, 0)}
    assert counts(result, "NEW-02") == {}


def test_what_cannot_be_compared_is_kept(standing, attempt):
    standing.facts("fact_settlement", claim("65", "2026-05-01", "一站式"), claim("65", "2026-05-01", None))
    # The second claim of the month says nothing; June, of which nobody has a row now, is not looked at.
    assert counts(attempt(rules=["TST-02"]), "TST-02") == {NEAR: (0, 0, 0, 2)}


def test_a_list_that_is_not_in_force_silences_a_rule(standing, attempt):
    standing.query("delete from ledger.night_batch where extract = 'hi_settlement' returning 1")
    [trial] = attempt(rules=["TST-02"]).trials
    assert (trial.silent, trial.counts) == (("hi_settlement",), ())


def test_a_bad_rule_is_refused_with_its_place_and_the_others_are_tried(standing, attempt, make_rule, tmp_path):
    file = write(
        tmp_path / "tried.yml", make_rule("NEW-01", "agee > 1"), make_rule("NEW-02", "age > 1"),
        make_rule("NEW-03", "age > :limit", parameters=LIMIT), make_rule("NEW-04", "person_key::int / 0 > 1"),
        make_rule("NEW-05", "age > 1 and (", severity="high"),
    )
    result = attempt(file=file)
    assert [trial.rule_id for trial in result.trials] == ["NEW-02"]
    refused = {found.rule_id: found.problem for found in result.refused}
    assert set(refused) == {"NEW-01", "NEW-03", "NEW-04", "NEW-05"}
    lines = file.read_text(encoding="utf-8").splitlines()
    for rule_id, key in (("NEW-01", "predicate"), ("NEW-03", "parameters"), ("NEW-04", "predicate"), ("NEW-05", "predicate")):
        problem = refused[rule_id]
        assert problem.file == "tried.yml"
        assert lines[problem.row - 1].strip().startswith(key), problem
        assert problem.expected_zh and problem.expected_en and problem.fix_zh and problem.fix_en


def test_a_changed_parameter_is_tried_and_not_kept(standing, attempt, make_rule, tmp_path):
    standing.query("insert into reference.county_parameter values ('MED-01', 'newborn_days', '', '60') returning 1")
    limit = {"limit": LIMIT["limit"] | {"rule": "MED-01", "parameter": "newborn_days"}}
    standing.catalogue(make_rule("TST-01", "age > :limit", parameters=limit))
    assert counts(attempt(rules=["TST-01"]), "TST-01") == {NEAR: (0, 0, 2, 0), FAR: (0, 0, 1, 0)}
    tried = tmp_path / "parameters.csv"
    tried.write_text("rule_id,parameter,value\nMED-01,newborn_days,66\n", encoding="utf-8")
    assert counts(attempt(rules=["TST-01"], parameters=tried), "TST-01") == {NEAR: (0, 1, 1, 0), FAR: (0, 0, 1, 0)}
    assert standing.query("select value from reference.county_parameter") == [("60",)]
    tried.write_text("rule_id,parameter,value\nMED-01,newborn_days,many\n", encoding="utf-8")
    with pytest.raises(ProblemError, match=r"parameters\.csv, row 2"):
        attempt(rules=["TST-01"], parameters=tried)


def test_another_night_or_an_unknown_rule_is_told(standing, attempt):
    with pytest.raises(ProblemError, match="2026-10-16"):
        attempt(rules=["TST-01"], as_of=dt.date(2026, 10, 15))
    with pytest.raises(ProblemError, match="NOPE-01"):
        attempt(rules=["NOPE-01"])


def test_the_command_tells_counts_by_town_and_no_person(standing, make_rule, tmp_path):
    file = write(tmp_path / "tried.yml", make_rule("NEW-01", "age >= 65"), make_rule("NEW-02", "agee > 1"))
    standing.connection.commit()
    result = CliRunner().invoke(app, ["rule", "dry-run", str(file)])
    assert result.exit_code == 1
    assert "NEW-01" in result.stdout and NEAR in result.stdout
    assert "agee" in result.stderr
    assert "h65" not in result.output
