"""The measurement of outward views asks each view as each role that may read it, and no other."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from bidui.cli.bench import app
from bidui.warehouse.connection import transaction
from bidui.warehouse.migrate import refresh_outward
from bidui.warehouse.roles import ensure_roles


def test_every_view_is_asked_as_each_role(warehouse: str) -> None:
    with transaction() as connection:
        ensure_roles(connection)
    refresh_outward()
    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute("insert into reference.division (division_code, division_level, name) values ('990101000000', 'county', '云岭县')")
        cursor.execute("create table mart_summary.person (person_key text, to_night date)")
        cursor.execute("insert into mart_summary.person values ('P1', 'infinity'), ('P1', '2026-10-16')")
    result = json.loads(CliRunner().invoke(app, ["bench", "serving", "--json"], catch_exceptions=False).stdout)
    assert result["persons"] == 1
    asked = {(answer["role"], answer["view"]): answer for answer in result["answers"]}
    assert {role for role, view in asked if view == "published.division"} == {"engineer", "auditor", "analyst", "bi"}
    assert not [view for role, view in asked if role == "bi" and not view.startswith("published.")]
    division = asked["bi", "published.division"]
    assert division["rows"] == 1
    assert division["first_ms"] >= 0 and division["count_ms"] >= 0
    slow = json.loads(CliRunner().invoke(app, ["bench", "serving", "--limit=-1", "--json"], catch_exceptions=False).stdout)
    assert "bi published.division" in slow["slow"]
