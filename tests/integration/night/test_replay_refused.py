"""A night that today's checkout cannot compute is told as such; a build that fails by itself is not explained away."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from bidui.night import replay
from bidui.night.freeze import configuration
from bidui.problem import ProblemError
from bidui.warehouse import dbt
from bidui.warehouse.connection import transaction

NIGHT = dt.date(2026, 10, 16)


def published(then: dict[str, str]) -> None:
    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute("select coalesce(max(load_id), 0) from ledger.reference_load")
        [(load,)] = cursor.fetchall()
        inputs = {"digests": {}, "configuration": then, "reference_load": load}
        cursor.execute(
            "insert into ledger.run (as_of, kind, status, inputs) values (%s, 'night', 'published', %s)",
            (NIGHT, json.dumps(inputs)),
        )


def test_a_night_of_another_checkout(
    warehouse: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise dbt.DbtError("dbt build failed\nfact_person: no space left")

    monkeypatch.setattr(dbt, "build_beside", fails)
    published(configuration())
    with pytest.raises(dbt.DbtError):
        replay.replay(NIGHT)
    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute("delete from ledger.run where as_of = %s and kind = 'night'", (NIGHT,))
    published(configuration() | {"models": "of then"})
    with pytest.raises(ProblemError, match="other models and rules") as refused:
        replay.replay(NIGHT)
    assert refused.value.problems[0].found == "models"
    assert "fact_person: no space left" in caplog.text  # what dbt said, should the checkout not be the reason
    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute("select distinct status from ledger.run where kind = 'replay'")
        assert cursor.fetchall() == [("failed",)]
