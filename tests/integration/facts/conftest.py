"""The hand-made county of the identity tests, here with the fact tables on top."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest


def _hand_made() -> ModuleType:
    path = Path(__file__).parents[1] / "identity" / "hand_made.py"
    spec = importlib.util.spec_from_file_location("hand_made", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault("hand_made", module)
    spec.loader.exec_module(sys.modules["hand_made"])
    return sys.modules["hand_made"]


hand_made = _hand_made()


@pytest.fixture(scope="module")
def county(server: None) -> Iterator[object]:
    with hand_made.hand_made_county() as made:
        yield made
