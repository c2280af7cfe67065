"""The outward interface and the access matrix as files: complete, in both languages, and in step with each other."""

from __future__ import annotations

import re

import pytest

from bidui.warehouse import outward
from bidui.warehouse.outward import OutwardTable
from bidui.warehouse.roles import matrix

TABLES = sorted(outward.interface())
BOTH_LANGUAGES = re.compile(r"^[^·]*[一-龥][^·]* · .*[A-Za-z0-9]")


@pytest.mark.parametrize("name", TABLES, ids=".".join)
def test_words_are_chinese_first_then_english(name: tuple[str, str]) -> None:
    table = outward.interface()[name]
    assert BOTH_LANGUAGES.match(table.grain)
    for column in table.columns.values():
        assert BOTH_LANGUAGES.match(column.meaning), column


@pytest.mark.parametrize("name", TABLES, ids=".".join)
def test_a_key_is_made_of_columns_and_keys_are_text(name: tuple[str, str]) -> None:
    """A browser rounds 64-bit integers, so whatever names a person, household, finding or division is text."""
    table: OutwardTable = outward.interface()[name]
    assert set(table.key) <= set(table.columns)
    for column in table.columns.values():
        if column.name.endswith(("_key", "_code", "finding_id", "_pseudonym", "household_no", "person_no")):
            assert column.type == "text", column


def test_published_tables_name_nobody() -> None:
    personal = re.compile(r"person_name|head_name|id_no|phone|account|person_key|household_no|person_no|health")
    for (schema, name), table in outward.interface().items():
        if schema in {"published", "analyst"}:
            assert not [column for column in table.columns if personal.search(column)], name


def test_only_auditors_reach_identified_rows() -> None:
    assert [name for name, role in matrix().items() if ("audit", "*") in role.reads] == ["auditor"]
    for name, role in matrix().items():
        schemas = {schema for schema, _ in role.reads}
        assert schemas <= {"ledger", "audit", "published", "analyst"}
        assert ("published", "*") in role.reads
        assert bool(role.counties) == (name == "auditor")


def test_the_matrix_names_ledger_tables_one_by_one() -> None:
    """The ledger also holds rights, pseudonyms and comments: a wildcard there would open them."""
    for role in matrix().values():
        assert ("ledger", "*") not in role.reads
        assert not {table for schema, table in role.reads if schema == "ledger"} & {
            "access_grant", "access_rule", "pseudonym", "outward_comment", "outward_view", "migration",
        }
