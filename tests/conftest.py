"""Fixtures shared by every kind of test."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def bidui_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home of its own for the whole test session, so that tests never touch a standing platform."""
    configured = os.environ.get("BIDUI_TEST_HOME")
    path = Path(configured) if configured else tmp_path_factory.mktemp("home")
    before = os.environ.get("BIDUI_HOME")
    os.environ["BIDUI_HOME"] = str(path)
    yield path
    if before is None:
        os.environ.pop("BIDUI_HOME", None)
    else:
        os.environ["BIDUI_HOME"] = before


@pytest.fixture(scope="session")
def server(bidui_home: Path) -> Iterator[None]:
    """One embedded PostgreSQL for the session."""
    from bidui.warehouse import embedded

    embedded.start()
    yield
    embedded.stop()


@pytest.fixture(scope="module")
def warehouse(server: None) -> Iterator[str]:
    """A fresh database with migrations applied, one per test module; gives its URL (also BIDUI_WAREHOUSE_URL)."""
    from bidui.warehouse import embedded
    from bidui.warehouse.migrate import migrate

    name = f"test_{uuid.uuid4().hex[:12]}"
    url = embedded.ensure_database(name)
    before = os.environ.get("BIDUI_WAREHOUSE_URL")
    os.environ["BIDUI_WAREHOUSE_URL"] = url
    migrate(url)
    yield url
    if before is None:
        os.environ.pop("BIDUI_WAREHOUSE_URL", None)
    else:
        os.environ["BIDUI_WAREHOUSE_URL"] = before
    embedded.drop_database(name)
