"""Roles are of the whole server: several warehouses of one owner share them, a stranger's are refused in words."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg2
import psycopg2.extensions
import pytest
import sqlalchemy

from bidui.night.status import OPEN_TO_EVERYBODY
from bidui.warehouse import embedded
from bidui.warehouse.connection import transaction
from bidui.warehouse.migrate import migrate, refresh_outward
from bidui.warehouse.roles import ensure_roles


@pytest.fixture
def superuser(warehouse: str) -> Iterator[psycopg2.extensions.connection]:
    connection = psycopg2.connect(embedded.superuser_url())
    connection.autocommit = True
    yield connection
    connection.close()


@pytest.fixture
def stranger(superuser: psycopg2.extensions.connection) -> Iterator[tuple[str, str]]:
    """An owner of another database who may create roles but has nothing to do with those there are: (name, URL)."""
    name = f"stranger_{uuid.uuid4().hex[:8]}"
    with superuser.cursor() as cursor:
        cursor.execute(f"create role {name} login createrole password 'p'")
        cursor.execute(f"create database {name} owner {name}")
    url = sqlalchemy.make_url(embedded.owner_url(name)).set(username=name, password="p")
    yield name, url.render_as_string(hide_password=False)
    with superuser.cursor() as cursor:
        cursor.execute(f"drop database {name} with (force)")
        cursor.execute(f"drop role {name}")


def test_preparing_again_changes_nothing(warehouse: str) -> None:
    """Rights, logins and views are brought to the files any number of times, before any mart exists too."""
    for _ in range(2):
        with transaction() as connection:
            ensure_roles(connection)
        refresh_outward()
    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute("select count(*) from ledger.access_grant where login = 'bidui_auditor_login'")
        assert cursor.fetchone() == (1,)
        cursor.execute("select rolsuper from pg_roles where rolname = current_user")
        assert cursor.fetchone() == (False,), "the owner is an ordinary role that may create roles"


def test_a_right_taken_from_the_platforms_login_is_not_given_back(warehouse: str) -> None:
    with transaction() as connection, connection.cursor() as cursor:
        ensure_roles(connection)
        cursor.execute(
            "update ledger.access_grant set revoked_at = now(), revoked_by = 'x' where login = 'bidui_auditor_login'"
        )
        ensure_roles(connection)
        cursor.execute("select count(*) from ledger.access_grant where revoked_at is null")
        assert cursor.fetchone() == (0,)
        connection.rollback()


def test_roles_of_another_platform_are_refused_in_both_languages(stranger: tuple[str, str]) -> None:
    name, url = stranger
    with pytest.raises(psycopg2.errors.RaiseException, match=r"另一个平台.*another platform's") as error:
        migrate(url)
    assert f"to {name} with admin option" in str(error.value)


def test_with_the_administrators_grant_they_are_shared(
    superuser: psycopg2.extensions.connection, stranger: tuple[str, str]
) -> None:
    name, url = stranger
    with superuser.cursor() as cursor:
        for role in ("view_owner", "engineer", "auditor", "analyst", "bi"):
            cursor.execute(f"grant bidui_{role} to {name} with admin option")
    assert "020_roles.sql" in migrate(url)
    assert "990_access.sql" in refresh_outward(url)
    with superuser.cursor() as cursor:
        for role in ("view_owner", "engineer", "auditor", "analyst", "bi"):
            cursor.execute(f"revoke bidui_{role} from {name} cascade")


def test_status_knows_what_only_the_administrator_can_close(warehouse: str, stranger: tuple[str, str]) -> None:
    for url, is_open in ((warehouse, False), (stranger[1], True)):
        with transaction(url) as connection, connection.cursor() as cursor:
            cursor.execute(OPEN_TO_EVERYBODY)
            assert cursor.fetchone() == (is_open,)
