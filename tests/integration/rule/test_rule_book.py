"""The rule book that auditors read: every version, the parameters in force, what was refused, what is left out and why."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import yaml

from bidui.warehouse.connection import connect
from bidui.warehouse.migrate import refresh_outward
from bidui.warehouse.roles import ensure_roles

N1, N2 = dt.date(2026, 10, 16), dt.date(2026, 10, 17)
LIMIT = {"limit": {"type": "integer", "title": {"zh": "上限", "en": "limit"}, "rule": "MED-01", "parameter": "newborn_days"}}
LEFT_OUT = {"id": "TST-09", "title": {"zh": "车辆", "en": "Vehicle"}, "reason": {"zh": "没有车辆登记", "en": "no list of vehicles"}}


def test_versions_parameters_refusals_and_rules_left_out(nights, make_rule) -> None:
    Path(nights.folder / "not_carried.yml").write_text(
        yaml.safe_dump({"version": 1, "rules": [LEFT_OUT]}, allow_unicode=True), encoding="utf-8"
    )
    nights.query("insert into reference.county_parameter values ('MED-01', 'newborn_days', '', '60') returning 1")
    nights.catalogue(
        make_rule("TST-01", "age > :limit", parameters=LIMIT), make_rule("TST-02", "age > 1"),
        make_rule("TST-03", "age > 1", active_from="2027-01-01"), make_rule("TST-04", "age > 1"),
    )
    nights.run(N1)
    nights.catalogue(
        make_rule("TST-01", "age >= :limit", parameters=LIMIT), make_rule("TST-02", "agee > 1"),
        make_rule("TST-03", "age > 1", active_from="2027-01-01"), make_rule("TST-04", "age > 1", severity="grave"),
    )
    nights.run(N2)
    # The book shows how often rules were right; here nobody has answered.
    nights.query(
        "create table mart_summary.rule_precision (rule_id text, rule_version text, confirmed bigint, false_positive bigint,"
        " precision numeric, is_to_retire boolean, is_withheld boolean, from_night date, to_night date); select 1"
    )
    connection = connect()
    with connection:
        ensure_roles(connection)
    connection.close()
    refresh_outward()
    nights.query("insert into ledger.published_night (as_of) values (%s) returning 1", N2)

    book = nights.query(
        "select rule_id, rule_status, rule_version, title_zh, parameters, rule_reason from published.rule order by 1, 2, 3"
    )
    assert [(rule_id, status) for rule_id, status, *_ in book] == [
        ("TST-01", "active"), ("TST-01", "other_version"), ("TST-02", "other_version"), ("TST-02", "refused"), ("TST-03", "inactive"),
        ("TST-04", "other_version"), ("TST-04", "refused"), ("TST-09", "not_carried"),
    ]
    assert len({(row[0], row[2]) for row in book}) == len(book)
    assert [row["value"] for row in book[0][4]] == ["60"]
    assert book[3][3] == "测试规则"
    assert "agee" in book[3][5] and "TST-02.predicate" in book[3][5]
    # What cannot be read has no version of its own; its title is that of the version that ran last.
    assert (book[6][2], book[6][3]) == ("unreadable", "测试规则")
    assert "TST-04.severity" in book[6][5]
    assert book[7][3:] == ("车辆", {}, "没有车辆登记 · no list of vehicles")
    # The book of the night before is as it was.
    nights.query("update ledger.published_night set as_of = %s returning 1", N1)
    assert set(nights.query("select rule_id, rule_status from published.rule where rule_id <= 'TST-02'")) == {
        ("TST-01", "active"), ("TST-01", "other_version"), ("TST-02", "active"), ("TST-02", "other_version"),
    }
