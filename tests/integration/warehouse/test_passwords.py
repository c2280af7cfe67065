"""Passwords of the platform's logins are nobody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from bidui.warehouse import people, roles


@pytest.mark.parametrize("role", roles.matrix())
def test_a_person_called_like_a_role_gets_a_password_of_its_own(bidui_home: Path, role: str) -> None:
    assert people._password(role) != roles._password(roles.role_named(role))
