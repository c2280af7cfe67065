"""Expectations written as a query, counted in the server.

GX's own class runs its query twice, once to count and once to fetch the first rows for display. We want no row in the
client, and half the time. The class keeps GX's name, and so takes its place in GX's registry of this process: the
suites stay plain Great Expectations files.
"""

from __future__ import annotations

import logging
from typing import Any, ClassVar

from great_expectations.expectations.core import UnexpectedRowsExpectation as FetchedRowsExpectation

# It says that a class of this name is there already; that is meant.
logging.getLogger("great_expectations.expectations.registry").setLevel(logging.ERROR)


class UnexpectedRowsExpectation(FetchedRowsExpectation):
    """Fails when its query selects a row; tells how many, and fetches none."""

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.row_count",)

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: dict[str, Any] | None = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        failing = metrics["unexpected_rows_query.row_count"]
        return {"success": failing == 0, "result": {"observed_value": failing}}
