"""Great Expectations, quiet and in this process: import, a table asset on a staged partition, runs of a suite.

Runs happen in a context that lives in memory, because five ingest tasks work at the same time and a file context
rewrites its one YAML for every asset that is added. What is worth keeping goes to the file context (`docs`).
"""

from __future__ import annotations

import datetime as dt
import importlib
import logging
import os
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bidui.problem import Problem, ProblemError
from bidui.validation.suite import ROWS_QUERY, Check, Suite
from bidui.warehouse.connection import warehouse_url

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuiteValidationResult
    from great_expectations.datasource.fluent.interfaces import Batch

DATASOURCE = "warehouse"
SCHEMA = "staging"
URL_VARIABLE = "BIDUI_GX_URL"

# Counts only: nothing that could hold a value of a person ever leaves a run.
COUNTS = {"result_format": "BASIC", "partial_unexpected_count": 0}
KEPT_COUNTS = frozenset(
    {"element_count", "missing_count", "missing_percent", "observed_value", "unexpected_count", "unexpected_percent"}
)
NOT_COMPUTED = "未能执行 · could not be computed"
ROW_KEYS = ("batch_id", "row_no")
# GX has no parameter that means "no bound": more rows than any table holds.
NO_BOUND = 2**62


@dataclass(frozen=True)
class RowsWanted:
    """How many rows a batch must have at least and may have at most (None: any number)."""

    least: int = 0
    most: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What one expectation said; counts are rows. `evaluated` is False when it could not be computed."""

    check: Check
    success: bool
    element_count: int | None
    unexpected_count: int | None
    evaluated: bool = True


@dataclass(frozen=True)
class SuiteRun:
    """Outcomes by slug, and GX's own result without anything but counts."""

    outcomes: Mapping[str, Outcome]
    result: ExpectationSuiteValidationResult = field(repr=False)


def quiet_import() -> Any:
    """Import Great Expectations without what it logs of itself (thousands of lines) and without analytics; seconds, once."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    # It logs exceptions of the server in full, and those may quote a value; we record the kind of error ourselves.
    logging.getLogger("great_expectations.validator.validation_graph").setLevel(logging.CRITICAL)
    import great_expectations

    importlib.import_module("bidui.validation.counted_rows")
    return great_expectations


def set_url() -> None:
    """Give the warehouse's URL to GX through the environment: configurations name it `${BIDUI_GX_URL}`."""
    os.environ[URL_VARIABLE] = "postgresql+psycopg2://" + warehouse_url().partition("://")[2]


def open_partition(table: str) -> Batch:
    """A GX batch on the whole of `staging.<table>`; raises LookupError when there is no such table."""
    gx = quiet_import()
    set_url()
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )
    from great_expectations.datasource.fluent.interfaces import TestConnectionError

    context = gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
            analytics_enabled=False,
        ),
    )
    source = context.data_sources.add_postgres(
        DATASOURCE,
        connection_string=f"${{{URL_VARIABLE}}}",
        create_temp_table=False,
        kwargs={"hide_parameters": True},
    )
    try:
        with warnings.catch_warnings():
            # Deprecated in favour of a schema in the connection's configuration, which a PostgreSQL datasource of
            # 1.24 does not have yet; drop the filter when it has.
            warnings.simplefilter("ignore", DeprecationWarning)
            asset = source.add_table_asset(table, table_name=table, schema_name=SCHEMA)
    except TestConnectionError:
        raise LookupError(f"{SCHEMA}.{table} is not there: stage the batch first") from None
    batch: Batch = asset.add_batch_definition_whole_table("whole").get_batch()
    return batch


def close(batch: Batch) -> None:
    """Give the connections of a batch back."""
    source: Any = batch.datasource
    source.get_engine().dispose()


def run_suite(suite: Suite, batch: Batch, rows: int, parameters: Mapping[str, Any]) -> SuiteRun:
    """Run every expectation in the server; counts only. `rows` is the number of rows of the batch.

    `parameters` fill `{"$PARAMETER": name}` of the suite: `as_of`, `this_year`, `next_year`, `min_rows`, `max_rows`.
    """
    result = batch.validate(
        gx_suite(suite),
        result_format=COUNTS,
        expectation_parameters=dict(parameters),
    )
    outcomes = {}
    for single in result.results:
        check = suite.by_name[single.expectation_config.meta["name"]]
        outcomes[check.name] = _outcome(check, single, rows)
        _keep_counts_only(single)
    return SuiteRun(outcomes=outcomes, result=result)


def failing_rows_queries(suite: Suite, batch: Batch, checks: Iterable[Check]) -> dict[str, str]:
    """SQL per slug that selects `batch_id, row_no` (and maybe more) of every row failing the check.

    Column expectations give GX's own unexpected-index query; those written as a query give that query.
    """
    queries: dict[str, str] = {}
    by_index: list[Check] = []
    for check in checks:
        if check.type == ROWS_QUERY:
            queries[check.name] = str(check.rows_query).format(batch=f'{SCHEMA}."{batch.data_asset.name}"')
        else:
            by_index.append(check)
    if by_index:
        result = batch.validate(
            gx_suite(suite, by_index),
            result_format={
                "result_format": "COMPLETE",
                "unexpected_index_column_names": list(ROW_KEYS),
                "return_unexpected_index_query": True,
                "partial_unexpected_count": 0,
                "exclude_unexpected_values": True,
            },
        )
        for single in result.results:
            query = single.result.get("unexpected_index_query")
            if query:
                queries[single.expectation_config.meta["name"]] = query.rstrip().rstrip(";")
    return queries


def parameters(as_of: dt.date, wanted: RowsWanted) -> dict[str, Any]:
    """The parameters that suites may name."""
    return {
        "as_of": as_of.isoformat(),
        "this_year": as_of.year,
        "next_year": as_of.year + 1,
        "min_rows": wanted.least,
        "max_rows": NO_BOUND if wanted.most is None else wanted.most,
    }


def gx_suite(suite: Suite, checks: Iterable[Check] | None = None) -> Any:
    """The suite (or some of its checks) as GX's own object.

    Raises ProblemError with its place for a configuration that GX would only log about and leave out.
    """
    gx = quiet_import()
    from great_expectations.exceptions import ExpectationNotFoundError
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    expectations = []
    for check in suite.checks if checks is None else checks:
        try:
            expectations.append(ExpectationConfiguration(**check.configuration).to_domain_obj())
        except (ExpectationNotFoundError, ValueError, TypeError) as error:
            raise ProblemError(
                Problem(
                    code="suite.configuration",
                    what_zh="Great Expectations 不接受这条校验",
                    what_en="Great Expectations does not accept this expectation",
                    file=str(suite.path),
                    column=check.name,
                    found=f"{check.type}: {type(error).__name__}",
                    fix_zh="核对 type 与 kwargs",
                    fix_en="check type and kwargs",
                )
            ) from None
    return gx.ExpectationSuite(name=suite.extract, expectations=expectations)


def _outcome(check: Check, single: Any, rows: int) -> Outcome:
    if single.exception_info.get("raised_exception", _nested_exception(single.exception_info)):
        return Outcome(check, success=False, element_count=None, unexpected_count=None, evaluated=False)
    counts = single.result
    if check.type == ROWS_QUERY:
        failing = int(counts["observed_value"])
        return Outcome(check, bool(single.success), rows, failing)
    if "unexpected_count" in counts:
        return Outcome(check, bool(single.success), int(counts["element_count"]), int(counts["unexpected_count"]))
    return Outcome(check, bool(single.success), rows, None)


def _nested_exception(exception_info: Mapping[str, Any]) -> bool:
    """GX reports an exception either flat or by metric."""
    return any(isinstance(entry, dict) and entry.get("raised_exception") for entry in exception_info.values())


def _keep_counts_only(single: Any) -> None:
    """Strip a result to counts: no sample, no index, no text of an exception."""
    single.result = {key: value for key, value in single.result.items() if key in KEPT_COUNTS}
    raised = single.exception_info.get("raised_exception", _nested_exception(single.exception_info))
    text = NOT_COMPUTED if raised else None
    single.exception_info = {"raised_exception": raised, "exception_message": text, "exception_traceback": text}
