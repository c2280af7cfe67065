"""What a folder, ours or a server's, lists and is never taken for a delivery."""

from __future__ import annotations

import pytest

from bidui.connector.names import is_ignored


@pytest.mark.parametrize("name", ["../../secrets/key", "/etc/passwd", "a/b.csv", ".x.csv", "~$x.xlsx", "x.csv.part", "Thumbs.db"])
def test_left_behind_or_leading_elsewhere(name: str) -> None:
    assert is_ignored(name)


@pytest.mark.parametrize("name", ["参保名册 2026.10.xlsx", "a..b.csv", "part.csv", "done"])
def test_deliveries(name: str) -> None:
    assert not is_ignored(name)
