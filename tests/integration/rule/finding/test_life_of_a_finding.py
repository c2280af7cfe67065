"""A finding over several nights: it opens, waits, closes, comes back, and a night run twice changes nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from bidui.warehouse.dbt import DbtError

N1, N2, N3, N4, N5 = (dt.date(2026, 10, day) for day in (16, 17, 18, 19, 20))


def person(key: str, **facts: object) -> dict[str, object]:
    return {
        "person_key": key, "household_key": "h" + key, "household_no": "0h" + key, "county_code": "990001000000",
        "registry_batch_id": 1, "registry_row_no": 4, **facts,
    }


def test_life(nights, make_rule):
    nights.catalogue(make_rule("TST-01", "not hi_roll__is_insured"))

    nights.facts(
        "fact_person",
        person("1", hi_roll__is_insured=False, hi_roll__batch_id=7, hi_roll__row_no=9, age=50),
        person("2", hi_roll__is_insured=True),
        person("3", hi_roll__is_insured=False),
        person("4", hi_roll__is_insured=False),
    )
    nights.run(N1)
    assert nights.standing(N1) == {("TST-01", key): "open" for key in "134"}
    assert nights.standing(N1, "is_baseline, times_opened, first_seen, last_seen, county_code")[("TST-01", "1")] == (
        True, 1, N1, None, "990001000000",
    )
    assert nights.standing(N1, "evidence")[("TST-01", "1")] == {
        "values": {"registry": {"age": 50}, "hi_roll": {"status": None}},
        "rows": {"registry": {"batch_id": 1, "row_no": 4}, "hi_roll": {"batch_id": 7, "row_no": 9}},
    }
    assert nights.events(N1) == {("TST-01", key, "opened") for key in "134"}

    # 1 cannot be compared, 2 is new, 3 is corrected, 4 has left the registry.
    nights.facts(
        "fact_person",
        person("1", hi_roll__is_insured=None, hi_roll__state="no_batch"),
        person("2", hi_roll__is_insured=False),
        person("3", hi_roll__is_insured=True),
    )
    nights.run(N2)
    assert nights.standing(N2) == {
        ("TST-01", "1"): "open", ("TST-01", "2"): "open", ("TST-01", "3"): "closed", ("TST-01", "4"): "closed",
    }
    seen = nights.standing(N2, "is_baseline, first_seen, last_seen, closed_on, close_reason")
    assert seen[("TST-01", "1")] == (True, N1, N1, None, None)
    assert seen[("TST-01", "2")] == (False, N2, None, None, None)
    assert seen[("TST-01", "3")] == (True, N1, N1, N2, "corrected")
    assert seen[("TST-01", "4")] == (True, N1, N1, N2, "subject_gone")
    assert nights.events(N2) == {("TST-01", "2", "opened"), ("TST-01", "3", "closed"), ("TST-01", "4", "closed")}

    # 1 still cannot be compared, 3 comes back.
    nights.facts(
        "fact_person",
        person("1", hi_roll__is_insured=None, hi_roll__state="no_batch"),
        person("2", hi_roll__is_insured=False),
        person("3", hi_roll__is_insured=False),
    )
    nights.run(N3)
    seen = nights.standing(N3, "state, times_opened, first_seen, last_seen, opened_on, closed_on")
    assert seen[("TST-01", "3")] == ("open", 2, N1, None, N3, None)
    assert seen[("TST-01", "1")] == ("open", 1, N1, N1, N1, None)
    assert nights.events(N3) == {("TST-01", "3", "reopened")}

    # Nothing changes: nothing is written.
    nights.run(N4)
    assert nights.query("select count(*) from mart_finding.finding where from_night = %s", N4) == [(0,)]
    assert nights.events(N4) == set()

    # All corrected; last_seen is the last published night on which the rule still hit.
    nights.facts("fact_person", *(person(key, hi_roll__is_insured=True) for key in "123"))
    nights.run(N5)
    assert set(nights.standing(N5).values()) == {"closed"}
    assert nights.standing(N5, "last_seen")[("TST-01", "2")] == N4
    assert nights.standing(N5, "last_seen")[("TST-01", "1")] == N1

    # The latest night again, with other facts in between: it takes back its own changes first.
    stored = nights.everything()
    nights.facts("fact_person", person("1", hi_roll__is_insured=False))
    nights.run(N5)
    assert nights.everything() != stored
    nights.facts("fact_person", *(person(key, hi_roll__is_insured=True) for key in "123"))
    nights.run(N5)
    assert nights.everything() == stored

    # An older night is refused, and nothing of it stays.
    nights.bind(N2)
    with pytest.raises(DbtError, match="older night"):
        nights.build(N2)
    assert nights.everything() == stored
