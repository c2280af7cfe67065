"""A small generated county on a database of its own, per file, which says in PERSONS and NIGHTS how large."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2
import pytest
from county import FIRST_NIGHT, County


@pytest.fixture(scope="module")
def county(request: pytest.FixtureRequest, prepared: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    from bidui import reference
    from bidui.sample import generate

    drops, truth = tmp_path_factory.mktemp("drops"), tmp_path_factory.mktemp("truth")
    generate(request.module.PERSONS, 7, request.module.NIGHTS, FIRST_NIGHT, drops, truth)
    connection = psycopg2.connect(prepared)
    with connection:
        reference.load(connection, drops / "reference")
    connection.autocommit = True
    yield County(drops, truth, connection)
    connection.close()


@pytest.fixture(scope="module")
def first_night(county: County) -> str:
    """The fingerprint of the county's first night."""
    county.ingest(1)
    return county.reconcile(1)
