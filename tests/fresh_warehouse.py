"""A database of its own on the session's server, with migrations applied."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def fresh_warehouse() -> Iterator[str]:
    """Yield the URL of a fresh warehouse, which is BIDUI_WAREHOUSE_URL in the block; it is dropped at the end."""
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
