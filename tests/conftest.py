"""Fixtures shared by every kind of test."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from fresh_warehouse import fresh_warehouse, prepared_warehouse


@pytest.fixture(scope="session")
def bidui_home() -> Iterator[Path]:
    """A home of its own for the whole test session, so that tests never touch a standing platform.

    Not below pytest's own folder: every pytest that starts closes that one to other users, and the embedded server
    runs as another user when the tests run as root.
    """
    before = os.environ.get("BIDUI_HOME")
    path = Path(tempfile.mkdtemp(prefix="bidui-test-"))
    os.environ["BIDUI_HOME"] = str(path)
    yield path
    shutil.rmtree(path, ignore_errors=True)
    if before is None:
        os.environ.pop("BIDUI_HOME", None)
    else:
        os.environ["BIDUI_HOME"] = before


@pytest.fixture(scope="module")
def another_home() -> Iterator[Path]:
    """A folder for the home of a platform that a test starts by command; where it lies as for `bidui_home`."""
    path = Path(tempfile.mkdtemp(prefix="bidui-test-"))
    yield path / "home"
    shutil.rmtree(path, ignore_errors=True)


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
    with fresh_warehouse() as url:
        yield url


@pytest.fixture(scope="module")
def prepared(server: None) -> Iterator[str]:
    """A fresh database in which nights can run, one per test module; gives its URL (also BIDUI_WAREHOUSE_URL)."""
    with prepared_warehouse() as url:
        yield url
