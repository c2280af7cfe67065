"""Keys serve for life: registries of several nights in which numbers change, households split and merge, people move."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from hand_made import OTHER_VILLAGE, VILLAGE, HandMadeCounty, hand_made_county, id_number

from bidui.identity.alias import decide
from bidui.problem import ProblemError

N1, N2, N3, N4, N5 = (dt.date(2026, 10, day) for day in (16, 17, 18, 19, 20))
OTHER_COUNTY = "990102101001"


def born(serial: int, sex: str = "男") -> str:
    return id_number(dt.date(1950, 1, 1) + dt.timedelta(days=400 * serial), sex)


def row(person_no: str | None, household_no: str | None, name: str, id_no: str | None, village: str = VILLAGE) -> dict[str, Any]:
    return {"person_no": person_no, "household_no": household_no, "name": name, "id_no": id_no, "village_code": village}


class Registry:
    """Nights of a registry; rows and household numbers as delivered."""

    def __init__(self, county: HandMadeCounty) -> None:
        self.county = county

    def night(self, night: dt.date, rows: list[dict[str, Any]]) -> None:
        """Deliver and reconcile (again, if the night has been before)."""
        self.county.night = night
        self.county.query("delete from ledger.night_batch where as_of = %s", (night,))
        self.county.deliver("registry_person", rows)
        households = sorted({row["household_no"] for row in rows if row["household_no"]})
        self.county.deliver("registry_household", [{"household_no": number} for number in households])
        self.reconcile()

    def reconcile(self) -> None:
        """Build what keys are made of, and nothing else."""
        self.county.reconcile("+int_identity__registry_person", "+registry_key", "--exclude", "tag:staging")

    def keys(self) -> dict[str, tuple[str, str]]:
        """Name → (person key, household key) tonight; a name borne by several people carries a count."""
        found = self.county.query(
            "select name_norm, person_key, household_key from mart_identity.int_identity__registry_person order by 1, 2"
        )
        keys: dict[str, tuple[str, str]] = {}
        for name, person, household in found:
            keys[name if name not in keys else f"{name}{sum(key.startswith(name) for key in keys) + 1}"] = (person, household)
        return keys

    def known(self, kind: str, life_key: str) -> tuple[Any, ...]:
        """(number, is_listed, basis, survivor) as known after the last night."""
        [found] = self.county.query(
            "select number_key, is_listed, basis, survivor_key from mart_identity.registry_key"
            " where kind = %s and life_key = %s and to_night = 'infinity'",
            (kind, life_key),
        )
        return found


@pytest.fixture(scope="module")
def registry(server: None) -> Iterator[Registry]:
    with hand_made_county() as county:
        yield Registry(county)


FIRST = [
    row("0101", "01", "赵一", born(1)),
    row("0102", "01", "赵二", born(2)),
    row("0103", "01", "赵三", born(3)),
    row("0201", "02", "钱一", born(4)),
    row("0202", "02", "钱二", born(5)),
    row("0301", "03", "孙一", born(6)),
    row("0302", "03", "孙二", born(7)),
    row("0401", "04", "李一", born(8)),
    row("0501", "05", "周一", born(9)),
    row("0601", "06", "吴一", born(10)),
    row(None, "07", "郑一", born(11)),
    row("0801", "08", "同名", born(12)),
    row("0802", "08", "同名", born(12)),
    row("0901", "09", "冯一", None),
]


def test_numbers_change_and_keys_stay(registry: Registry) -> None:
    registry.night(N1, FIRST)
    assert registry.keys()["赵一"] == ("101", "1")
    assert registry.known("person", "101") == ("101", True, "own_number", None)

    registry.night(
        N2,
        [
            row("101", "1", "赵一", born(1)),  # its leading zeros eaten
            row("0102", "01", "赵二", born(2)),
            row("0103", "11", "赵三", born(3)),  # splits off
            row("0201", "12", "钱一", born(4)),  # the household's number is reissued
            row("0202", "12", "钱二", born(5)),
            row("0301", "04", "孙一", born(6)),  # 03 merges into 04
            row("0302", "04", "孙二", born(7)),
            row("0401", "04", "李一", born(8)),
            row("7501", "05", "周一", born(9), OTHER_COUNTY),  # a new number, in another county
            row("0601", "06", "吴一", born(20)),  # the ID number corrected
            row(None, "07", "郑一", born(21)),  # the same, of somebody without a number
            row("8801", "08", "同名", born(12)),  # two people of one ID and name: which of them is it?
            row("0901", "09", "陈新", born(22)),  # the ID was unknown and the name is another: one of the two stayed the same? no evidence
        ],
    )
    keys = registry.keys()
    assert keys["赵一"] == ("101", "1")
    assert keys["赵三"] == ("103", "11")
    assert keys["钱一"] == ("201", "2") and keys["钱二"] == ("202", "2")
    assert keys["孙一"] == ("301", "4") and keys["李一"] == ("401", "4")
    assert keys["周一"] == ("501", "5")
    assert keys["吴一"] == ("601", "6")
    assert keys["郑一"] == (born(11), "7")
    assert keys["同名"] == ("8801", "8")
    assert keys["陈新"] == ("901", "9")
    assert registry.known("person", "501") == ("7501", True, "reissued", None)
    assert registry.known("household", "2") == ("12", True, "reissued", None)
    assert registry.known("household", "11") == ("11", True, "split", None)
    assert registry.known("household", "3") == ("3", False, "own_number", "4")
    assert registry.known("person", born(11)) == (born(21), True, "id_corrected", None)
    assert registry.county.query(
        "select person_no, household_no, county_code from mart_identity.int_identity__registry_person where person_key = '501'"
    ) == [("7501", "05", "990102000000")]


def test_what_was_recognised_once_stays_and_a_number_can_be_given_to_somebody_else(registry: Registry) -> None:
    before = registry.keys()
    rows = [
        row("101", "1", "赵一", born(1)),
        row("0102", "01", "赵二", born(2)),
        row("0103", "11", "赵三", born(3)),
        row("0201", "12", "钱一", born(4)),
        row("0202", "12", "钱二", born(5)),
        row("0301", "04", "孙一", born(6)),
        row("0302", "04", "孙二", born(7)),
        row("0401", "04", "李一", born(8)),
        row("7501", "05", "周一", born(9), OTHER_COUNTY),
        row("0601", "06", "吴一", born(20)),
        row(None, "07", "郑一", born(21)),
        row("8801", "08", "同名", born(12)),
        row("0901", "09", "陈新", born(22)),
    ]
    registry.night(N3, rows)
    assert registry.keys() == before
    assert registry.county.query("select count(*) from mart_identity.registry_key where from_night = %s", (N3,)) == [(0,)]

    # 赵二 has left; the number 0102 is somebody else's now. 李一 is away for a night and back with a new number.
    rows = [r for r in rows if r["name"] not in ("赵二", "李一")] + [row("0102", "01", "新来", born(30), OTHER_VILLAGE)]
    registry.night(N4, rows)
    newcomer = registry.keys()["新来"][0]
    assert newcomer.startswith("102~")
    assert registry.known("person", "102")[:2] == ("102", False)
    assert registry.known("person", newcomer) == ("102", True, "number_taken_over", None)

    registry.night(N5, [*rows, row("4401", "04", "李一", born(8))])
    assert registry.keys()["李一"] == ("401", "4")
    assert registry.keys()["新来"][0] == newcomer
    # The night once more changes nothing.
    state = registry.county.query("select k::text from mart_identity.registry_key as k order by 1")
    registry.reconcile()
    assert registry.county.query("select k::text from mart_identity.registry_key as k order by 1") == state


def test_what_is_not_certain_people_decide(registry: Registry) -> None:
    """A number and an ID corrected at once: nobody can tell but a person, on record, and they can take it back."""
    connection = registry.county.connection
    night = dt.date(2026, 10, 21)
    rows = [row("0101", "01", "赵一", born(1)), row("9999", "01", "赵三", born(40)), row("0201", "12", "钱一", born(4))]
    registry.night(night, rows)
    assert registry.keys()["赵三"] == ("9999", "1")
    assert registry.known("person", "103")[1] is False

    with pytest.raises(ProblemError, match="--reason"):
        decide(connection, "person", "9999", "0103", by="张三", reason="")
    with pytest.raises(ProblemError, match="NUMBER"):
        decide(connection, "person", "5555", "0103", by="张三", reason="同一人")
    assert decide(connection, "person", "09999", "0103", by="张三", reason="同一人").is_new
    assert not decide(connection, "person", "9999", "103", by="李四", reason="同一人").is_new
    registry.night(night + dt.timedelta(days=1), rows)
    assert registry.keys()["赵三"] == ("103", "1")
    assert registry.known("person", "103") == ("9999", True, "decided", None)
    assert registry.known("person", "9999") == ("9999", False, "own_number", "103")
    registry.night(night + dt.timedelta(days=2), rows)
    assert registry.keys()["赵三"] == ("103", "1")
    assert registry.county.query(
        "select count(*) from mart_identity.registry_key where from_night = %s", (night + dt.timedelta(days=2),)
    ) == [(0,)]

    decide(connection, "person", "9999", "9999", by="王五", reason="并非同一人")
    registry.night(night + dt.timedelta(days=3), rows)
    assert registry.keys()["赵三"] == ("9999", "1")

    # Both numbers in one registry: two registrations, whatever was decided.
    decide(connection, "household", "12", "1", by="王五", reason="合户")
    registry.night(night + dt.timedelta(days=4), rows)
    assert registry.keys()["钱一"] == ("201", "2")


def test_a_household_s_number_given_to_another_family(registry: Registry) -> None:
    """What was answered about the one family must not pass to the other; a doubtful change of members is no other family."""
    night, next_night = dt.date(2026, 10, 28), dt.date(2026, 10, 29)
    registry.night(night, [
        row("2101", "21", "蒋一", born(32)), row("2301", "23", "韩一", born(33)), row("2401", "24", "杨一", None),
        row("2501", "25", "朱一", born(34)), row("2502", "25", "朱二", born(35)),
    ])
    rows = [
        row("2151", "21", "沈一", born(36)),  # nobody of those before
        row("2101", "22", "蒋一", born(32)),  # whose household goes on under a new number
        row("2351", "23", "韩一", born(37)),  # number and ID are new, the name is not
        row("2451", "24", "秦一", born(38)),  # who was there before cannot be told
        row("2502", "25", "朱二", born(35)), row("2551", "25", "尤一", born(39)),  # one stays, one comes
    ]
    registry.night(next_night, rows)
    households = {name: household for name, (_, household) in registry.keys().items()}
    assert households == {
        "沈一": f"21~{next_night}", "蒋一": "21", "韩一": "23", "秦一": "24", "朱二": "25", "尤一": "25",
    }
    assert registry.known("household", "21") == ("22", True, "reissued", None)
    assert registry.known("household", f"21~{next_night}") == ("21", True, "number_taken_over", None)
    registry.night(next_night + dt.timedelta(days=1), rows)
    assert {name: household for name, (_, household) in registry.keys().items()} == households


def test_one_row_in_two_files_of_a_list_has_the_same_numbers_every_night(registry: Registry) -> None:
    """Last. Both files name the person in their first row, so that only the file tells the two apart."""
    twice = [row("6101", "61", "卫一", born(31))]
    registry.night(dt.date(2026, 11, 1), twice)
    second = registry.county.deliver("registry_person", twice)
    registry.reconcile()
    assert [
        (batch_id == second, number_key) for batch_id, number_key in registry.county.query(
            "select batch_id, regexp_replace(number_key, '~[0-9a-f]{8}', '~mark')"
            " from mart_identity.int_identity__registry_row order by batch_id"
        )
    ] == [(False, "6101"), (True, "6101~mark-2")]
