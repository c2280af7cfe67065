"""The unit tests and data tests that live beside the models."""

from __future__ import annotations

from hand_made import NIGHT, VILLAGE, HandMadeCounty, id_number

from bidui.warehouse import dbt


def test_unit_and_data_tests_of_identity_and_facts(county: HandMadeCounty) -> None:
    number = id_number(NIGHT.replace(year=1980))
    county.deliver(
        "registry_person",
        [{"person_no": "1", "household_no": "1", "name": "王一", "id_no": number, "village_code": VILLAGE}],
    )
    county.deliver("hi_roll", [{"name": "王一", "id_no": number}])
    county.reconcile("tag:identity", "path:models/comparison/facts")
    dbt.run(
        "test", "--select", "path:models/identity", "path:models/comparison/facts", "--indirect-selection", "cautious",
        as_of=county.night, target="hand_made",
    )
