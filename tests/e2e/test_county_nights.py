"""Nights of the generated county against its truth, and the promises that only whole nights can keep or break."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import truth
from airflow.sdk.exceptions import AirflowFailException
from county import PERSONS, County

from bidui.home import home

# Verdicts beyond what was planted: mostly people whose own number is doubtful, which tier 1 leaves to review.
MAX_SURPLUS = 60
MAX_MISSED_SHARE = 0.05


@pytest.fixture(scope="module")
def first_night(county: County) -> str:
    county.ingest(1)
    return county.reconcile(1)


def test_every_row_is_accounted_for(county: County, first_night: str) -> None:
    assert truth.batches(county.connection, county.truth, 1, county.night(1)) == []
    assert truth.rows(
        county.connection,
        "select batch_id from ledger.batch where rows_read <> rows_skipped + rows_landed"
        " or (status = 'accepted' and rows_landed <> rows_accepted + rows_quarantined)",
    ) == []
    assert truth.rows(
        county.connection,
        "select b.batch_id from ledger.batch as b where status = 'accepted' and rows_quarantined <>"
        " (select count(distinct q.row_no) from ledger.quarantined_row as q where q.batch_id = b.batch_id)",
    ) == []


def test_no_link_is_wrong(county: County, first_night: str) -> None:
    score = truth.links(county.connection, county.truth, 1)
    assert len(score.expected) > 5 * PERSONS
    assert score.surplus == set()
    # Tier 1 leaves the people without a usable number, and the old list that has none.
    missed = truth.count(score.missed, 0)
    missed.pop("hi_ncms_inpatient_old", None)
    assert sum(missed.values()) < 0.015 * len(score.expected), missed


def test_every_planted_contradiction_is_told(county: County, first_night: str) -> None:
    scores = truth.verdicts(county.connection, county.truth, 1)
    expected = sum(len(score.expected) for score in scores.values())
    assert expected > 50
    missed = sum(len(score.missed) for score in scores.values())
    assert missed <= MAX_MISSED_SHARE * expected, truth.table(scores)
    surplus = sum(len(score.surplus) for score in scores.values())
    assert surplus <= MAX_SURPLUS, truth.table(scores)


def test_every_planted_finding_is_found(county: County, first_night: str) -> None:
    scores = truth.findings(county.connection, county.truth, 1)
    assert sum(len(score.expected) for score in scores.values()) > 50
    assert {name: score.missed for name, score in scores.items() if score.missed} == {}, truth.table(scores)


def test_the_first_night_is_a_baseline(county: County, first_night: str) -> None:
    assert truth.rows(county.connection, "select distinct is_baseline from mart_finding.finding") == [(True,)]


def test_the_latest_night_again_gives_the_same_rows(county: County, first_night: str) -> None:
    county.ingest(1)
    assert county.reconcile(1) == first_night


def test_nothing_personal_outside_the_warehouse(county: County, first_night: str) -> None:
    """No ID number of the county in any file the night has written, other than the store of delivered bytes."""
    numbers = {
        str(id_no).encode()
        for (id_no,) in truth.rows(
            county.connection,
            "select id_no from staging.hi_roll where id_state = 'ok' order by row_hash limit 3000",
        )
    }
    pattern = re.compile(rb"(?<![0-9])[0-9]{17}[0-9X](?![0-9])")
    leaks = []
    for path in home().rglob("*"):
        kept_apart = path.relative_to(home()).parts[0] in {"store", "postgres"}
        if path.is_file() and not kept_apart and numbers & set(pattern.findall(path.read_bytes())):
            leaks.append(str(path.relative_to(home())))
    assert leaks == []


def test_nothing_personal_in_the_servers_log(county: County, first_night: str) -> None:
    logs = list(Path(home() / "postgres" / "data" / "log").glob("*.log"))
    # Other tests of the session share the server; theirs are other databases.
    ours = f"@{county.connection.info.dbname} "
    lines = [line for path in logs for line in path.read_text(encoding="utf-8", errors="replace").splitlines()]
    text = "\n".join(line for line in lines if ours in line)
    assert text
    assert not re.search(r"(?<![0-9])[0-9]{6}(19|20)[0-9]{9}[0-9X](?![0-9])", text)


def test_later_nights(county: County, first_night: str) -> None:
    """Bad and missing files cancel nobody; corrections close, regressions reopen; no night is written over."""
    for number in (2, 3):
        county.ingest(number)
        county.reconcile(number)
        assert truth.batches(county.connection, county.truth, number, county.night(number)) == []
        scores = truth.findings(county.connection, county.truth, number)
        assert {name: score.missed for name, score in scores.items() if score.missed} == {}, truth.table(scores)
    events = dict(truth.rows(county.connection, "select event, count(*) from mart_finding.finding_event group by 1"))
    assert {"opened", "closed"} <= set(events)
    assert truth.rows(county.connection, "select as_of from ledger.published_night") == [(county.night(3),)]
    with pytest.raises(AirflowFailException, match="replay"):
        county.reconcile(2)
