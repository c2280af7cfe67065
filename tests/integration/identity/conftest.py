"""One hand-made county per test module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hand_made import HandMadeCounty


@pytest.fixture(scope="module")
def county(warehouse: str) -> Iterator[HandMadeCounty]:
    made = HandMadeCounty(warehouse)
    yield made
    made.close()
