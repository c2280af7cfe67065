"""Three nights of a small generated county on a database of its own."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2
import pytest
from county import FIRST_NIGHT, PERSONS, County


@pytest.fixture(scope="module")
def county(warehouse: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    from bidui import reference
    from bidui.sample import generate
    from bidui.warehouse.prepare import prepare

    drops, truth = tmp_path_factory.mktemp("drops"), tmp_path_factory.mktemp("truth")
    generate(PERSONS, 7, 3, FIRST_NIGHT, drops, truth)
    prepare()
    connection = psycopg2.connect(warehouse)
    with connection:
        reference.load(connection, drops / "reference")
    connection.autocommit = True
    yield County(drops, truth, connection)
    connection.close()
