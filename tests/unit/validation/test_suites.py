"""What every suite of the house must be: one per extract, bilingual, with severities, on columns that exist."""

from __future__ import annotations

import json
import re
from functools import cache

import pytest
import yaml

from bidui.contract import Extract, load_sources
from bidui.home import dbt_dir, expectations_dir
from bidui.validation import Suite, load_suite
from bidui.validation.gx_session import COUNTS, gx_suite
from bidui.validation.suite import ROWS_QUERY

EXTRACTS = sorted(load_sources().extracts)
REGISTRY = {"registry_person", "registry_household"}
HAN = re.compile(r"[一-鿿]")

both = pytest.mark.parametrize("extract", EXTRACTS)


def contract_of(extract: str) -> Extract:
    return load_sources().extract(extract)


def prefixes(extract: Extract) -> dict[str, str]:
    """ID column of the contract → prefix of its staged columns."""
    return {person.id: "" if person.role == "self" else f"{person.role}_" for person in extract.persons if person.id}


@cache
def models_of(department: str) -> dict[str, set[str]]:
    """Columns that each staging model of the department declares."""
    path = dbt_dir() / "models" / "staging" / department / f"_{department}.yml"
    models = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    return {model["name"]: {column["name"] for column in model["columns"]} for model in models}


def staged(extract: Extract) -> set[str]:
    """Columns that the extract's staging model declares."""
    return models_of(extract.department)[f"stg_{extract.department}__{extract.key}"]


def columns_named(suite: Suite) -> dict[str, set[str]]:
    """Columns that a check's configuration names, per slug (SQL is run elsewhere, on such columns)."""
    named = {}
    for check in suite.checks:
        kwargs = check.configuration["kwargs"]
        named[check.name] = {kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs}
    return named


def test_every_extract_has_a_suite_and_every_suite_an_extract():
    assert sorted(path.stem for path in expectations_dir().glob("*.json")) == EXTRACTS


@both
def test_a_suite_is_great_expectations_own_json(extract):
    import great_expectations as gx

    document = json.loads((expectations_dir() / f"{extract}.json").read_text(encoding="utf-8"))
    loaded = gx.ExpectationSuite(**document)
    assert len(loaded.expectations) == len(document["expectations"]) == len(gx_suite(load_suite(extract)).expectations)


@both
def test_every_expectation_tells_itself_in_both_languages(extract):
    for check in load_suite(extract).checks:
        titles = [title for title in (check.title, check.why, check.reason) if title]
        assert all(HAN.search(title.zh) for title in titles), check.name
        assert all(re.search("[a-z]{2}", title.en) and not HAN.search(title.en) for title in titles), check.name
        # Data Docs show the description.
        assert check.configuration["description"] == str(check.title)


@both
def test_every_expectation_is_about_columns_that_exist(extract):
    suite, contract = load_suite(extract), contract_of(extract)
    for check in suite.checks:
        assert set(check.columns) <= set(contract.by_name), check.name
    for name, columns in columns_named(suite).items():
        assert columns <= staged(contract), name


@both
def test_queries_select_keys_only(extract):
    """A query's rows are fetched and may be shown by GX: they must not hold a value."""
    for check in load_suite(extract).checks:
        if check.type == ROWS_QUERY:
            assert re.match(r"select batch_id, row_no from (\{batch\} where |\(select batch_id, row_no, )", check.rows_query), check.name
            assert check.rows_query.count("{batch}") == 1
            assert not re.search(r"\bjoin\b|;|\bnow\(|::", check.rows_query), check.name


def test_runs_ask_for_counts_only():
    assert COUNTS == {"result_format": "BASIC", "partial_unexpected_count": 0}


@both
def test_ids_are_looked_at_in_every_way_and_feed_the_gates(extract):
    suite = load_suite(extract)
    severity = "warning" if extract in REGISTRY else "critical"
    for column, prefix in prefixes(contract_of(extract)).items():
        for slug, state in (
            ("blank", "blank"), ("placeholder", "placeholder"), ("mangled", "mangled"), ("length", "length"),
            ("checksum", "check"), ("birth", "birth"),
        ):
            check = suite.by_name[f"{column}_{slug}"]
            assert check.severity == severity
            assert check.configuration["kwargs"] == {"column": f"{prefix}id_state", "value_set": [state]}
        assert suite.by_name[f"{column}_blank"].gate == "blank_share"
        assert suite.by_name[f"{column}_mangled"].gate == "mangled_share"
        # 15 digits are the residual: candidates, never quarantined.
        assert suite.by_name[f"{column}_old_15_digits"].severity == "info"


@both
def test_required_columns_are_checked_for_presence(extract):
    suite, contract = load_suite(extract), contract_of(extract)
    for column in contract.required:
        name = f"{column.name}_blank" if column.name in prefixes(contract) else f"{column.name}_present"
        expected = "critical" if extract not in REGISTRY or column.name in ("person_no", "household_no") else "warning"
        assert suite.by_name[name].severity == expected, name


@both
def test_optional_columns_never_set_a_row_apart_for_being_empty(extract):
    suite, contract = load_suite(extract), contract_of(extract)
    for check in suite.checks:
        if check.name.endswith("_present") and check.severity == "critical":
            assert all(contract.by_name[column].required for column in check.columns), check.name


@both
def test_every_typed_column_is_checked_for_readability(extract):
    suite, contract = load_suite(extract), contract_of(extract)
    looked_at = {
        column
        for check in suite.checks
        if "parse_errors" in (check.rows_query or "") or check.type == "expect_column_values_to_not_be_null"
        for column in check.columns
    }
    typed = {column.name for column in contract.columns if column.type != "text" and column.name != "serial_no"}
    assert typed <= looked_at


@both
def test_every_code_list_is_checked(extract):
    suite, contract = load_suite(extract), contract_of(extract)
    for column in contract.columns:
        if column.codes and column.type != "bool":
            assert f"'{column.name}' = any(unknown_codes)" in suite.by_name[f"{column.name}_in_code_list"].rows_query


@both
def test_the_contracts_key_and_row_count_are_checked(extract):
    suite, contract = load_suite(extract), contract_of(extract)
    if contract.keys:
        assert set(suite.by_name["key_unique"].columns) == set(contract.keys)
        assert suite.by_name["key_unique"].severity == "warning"
    (check,) = [check for check in suite.checks if check.gate == "row_count"]
    assert check.name == "row_count_vs_in_force"
    assert not check.quarantines


@both
def test_every_suite_knows_more_than_its_contract_says(extract):
    """Ranges, dates in order, sums, logic across columns: what only somebody who knows the data can write."""
    suite, contract = load_suite(extract), contract_of(extract)
    derived = {"key_unique", "row_count_vs_in_force", "exact_repeats"}
    derived |= {name for name in suite.by_name if name.endswith(("_present", "_readable", "_in_code_list", "_resolved", "_whole"))}
    ids = rf"({'|'.join(prefixes(contract)) or '-'})_(blank|placeholder|mangled|length|checksum|birth|old_15_digits)"
    derived |= {name for name in suite.by_name if re.fullmatch(ids, name)}
    assert set(suite.by_name) - derived
