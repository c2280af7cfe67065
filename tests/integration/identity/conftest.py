"""One hand-made county per test module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hand_made import HandMadeCounty, hand_made_county


@pytest.fixture(scope="module")
def county(server: None) -> Iterator[HandMadeCounty]:
    with hand_made_county() as made:
        yield made
