"""A database for one measurement."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def database(name: str) -> Iterator[None]:
    """A database of its own on the embedded server, dropped at the end."""
    from bidui.warehouse import embedded

    embedded.start()
    embedded.drop_database(name)
    before = os.environ.get("BIDUI_WAREHOUSE_URL")
    os.environ["BIDUI_WAREHOUSE_URL"] = embedded.ensure_database(name)
    try:
        yield
    finally:
        if before is None:
            del os.environ["BIDUI_WAREHOUSE_URL"]
        else:
            os.environ["BIDUI_WAREHOUSE_URL"] = before
        embedded.drop_database(name)
