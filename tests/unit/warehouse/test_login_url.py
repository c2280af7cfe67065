"""A connection URL is given only with a password that the server was told."""

from __future__ import annotations

from pathlib import Path

import pytest

from bidui.home import has_secret
from bidui.problem import ProblemError
from bidui.warehouse import roles


def test_a_password_that_no_server_was_told_is_not_made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home from before roles had passwords of their own, and nobody has prepared its warehouse since."""
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path))
    monkeypatch.setenv("BIDUI_WAREHOUSE_URL", "postgresql://owner@127.0.0.1:1/bidui")
    with pytest.raises(ProblemError, match="bidui up"):
        roles.connection_url("auditor")
    assert not has_secret("role_auditor")
    monkeypatch.setenv("BIDUI_SECRET_ROLE_AUDITOR", "given")
    assert roles.connection_url("auditor") == "postgresql://bidui_auditor_login:given@127.0.0.1:1/bidui"
