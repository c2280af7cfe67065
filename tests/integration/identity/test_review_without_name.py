"""A row with the number of a registry person without a name: a reviewer sees it, and what is said of it holds."""

from __future__ import annotations

import datetime as dt

from hand_made import VILLAGE, HandMadeCounty, id_number

BORN = dt.date(1965, 5, 5)
NUMBER = id_number(BORN, serial=1)


def test_a_person_without_a_name_is_reviewed_like_any_other(county: HandMadeCounty) -> None:
    county.deliver("registry_person", [
        {"person_no": "1", "household_no": "1", "name": None, "id_no": NUMBER, "village_code": VILLAGE, "sex": "男",
         "birth_date": BORN},
    ])
    county.deliver("hi_roll", [{"name": "陶一竹", "id_no": NUMBER, "village_code": VILLAGE, "sex": "男"}])
    county.reconcile()
    waiting = "select person_key from mart_identity.link where decision = 'review' and to_night = 'infinity'"
    assert county.query(waiting) == [("1",)]
    assert county.query("select person_key, row_name, person_name from mart_identity.link_review where to_night = 'infinity'") == [
        ("1", "陶一竹", None)
    ]
    county.query(
        "insert into ledger.link_verdict (mention_hash, person_hash, verdict, decided_by, decided_on)"
        " select mention_hash, person_hash, 'same', '李复核', '2026-10-15' from mart_identity.link_review returning 1"
    )
    county.reconcile()
    assert county.query("select decision from mart_identity.link where extract = 'hi_roll' and to_night = 'infinity'") == [("linked",)]
