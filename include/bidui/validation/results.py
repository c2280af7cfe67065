"""Keeping a run's result in the home's Great Expectations project, as counts, under night and batch."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from bidui.validation.project import project

if TYPE_CHECKING:
    from great_expectations.data_context.types.resource_identifiers import ValidationResultIdentifier


def result_key(extract: str, batch_id: int, as_of: dt.date) -> ValidationResultIdentifier:
    """The key of a batch's result; the same for every run of the same night, so that a re-run replaces."""
    from great_expectations.core.run_identifier import RunIdentifier
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )

    midnight = dt.datetime.combine(as_of, dt.time(), tzinfo=dt.UTC)
    return ValidationResultIdentifier(
        expectation_suite_identifier=ExpectationSuiteIdentifier(name=extract),
        run_id=RunIdentifier(run_name=as_of.isoformat(), run_time=midnight),
        batch_identifier=f"b{batch_id}",
    )


def keep_result(result: Any, extract: str, batch_id: int, as_of: dt.date) -> None:
    """Write a run's result (counts only, see `gx_session`) to the project's store."""
    key = result_key(extract, batch_id, as_of)
    result.suite_name = extract
    result.meta |= {"run_id": key.run_id, "validation_time": key.run_id.run_time, "batch_id": batch_id}
    project().validation_results_store.set(key, result)
