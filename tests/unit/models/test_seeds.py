"""What seeds name is there, and what they state is read."""

from __future__ import annotations

import csv
import re
from functools import cache

from bidui.home import REPOSITORY, dbt_dir
from bidui.rule import load

CATALOGUE = load(dbt_dir() / "rules")


def seed(name: str) -> list[dict[str, str]]:
    with (dbt_dir() / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def quoted() -> frozenset[str]:
    """Every word that models, macros, SQL and Python quote: who reads a parameter names it."""
    folders = (dbt_dir() / "models", dbt_dir() / "macros", REPOSITORY / "include")
    texts = (
        path.read_text(encoding="utf-8")
        for folder in folders for path in folder.rglob("*") if path.suffix in {".sql", ".py"}
    )
    return frozenset(word for text in texts for word in re.findall(r"""['"]([\w-]+)['"]""", text))


def test_every_shipped_parameter_is_read_by_its_rule_or_a_model() -> None:
    declared = {(said.rule_id, said.parameter) for rule in CATALOGUE.rules for said in rule.parameters.values()}
    shipped = {(row["rule_id"], row["parameter"]) for row in seed("parameter_default")}
    assert {name for name in shipped - declared if not quoted().issuperset(name)} == set()
    unread = {(left.rule_id, left.parameter) for left in CATALOGUE.unread_parameters}
    assert unread & (shipped | declared) == set()
    assert {parameter for _, parameter in unread} & quoted() == set()


def test_every_trigger_of_monitoring_is_a_running_rule_or_a_fact() -> None:
    triggers = seed("monitoring_trigger")
    running = {rule.id: rule for rule in CATALOGUE.rules}
    by_rule = [row["rule_id"] for row in triggers if row["rule_id"]]
    assert [rule_id for rule_id in by_rule if rule_id not in running] == []
    # Who is to be monitored is a household of the registry: only such findings have one.
    assert [rule_id for rule_id in by_rule if "registry" not in running[rule_id].departments] == []
    model = (dbt_dir() / "models" / "office" / "monitoring_candidate.sql").read_text(encoding="utf-8")
    by_fact = set(re.findall(r"'(in|out)', '(\w+)'", model))
    assert by_fact == {(row["direction"], row["trigger"]) for row in triggers if not row["rule_id"]}
