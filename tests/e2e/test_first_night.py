"""The generated county's first night against its truth, and the promises that only a whole night can keep or break."""

from __future__ import annotations

import re
from pathlib import Path

import differencing
import truth
from county import County

import dbt_models
from bidui import handbook
from bidui.home import home

PERSONS, NIGHTS = 2_000, 1

# Verdicts beyond what was planted: mostly people whose own number is doubtful and whom no row gives a better one.
MAX_SURPLUS = 60
# The bars of linkage: what is linked by itself, and with what reviewers are asked about.
MIN_RECALL = 0.997
MIN_RECALL_WITH_REVIEW = 0.9985
MAX_MISSED_SHARE = 0.05
# Mistakes of the registry that a proposal names with the right value. No list shows the rest: a cause that nobody's
# record bears out, a renovation no ledger has, income from work, a number that is another member's valid one.
MIN_PROPOSED = 0.9
UNSHOWN = {"cause_1", "measure_housing", "income_transfer", "id_no"}
# Of all proposals, at most this share leans on a department that was made to be wrong (every fifth plant is such a one).
MAX_LEANING = 0.25
IDENTITY = ("id_no", "person_name", "sex", "birth_date", "member")


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
    assert score.recall >= MIN_RECALL, truth.count(score.missed, 0)
    reviewed = truth.in_review(county.connection)
    assert len(score.missed - reviewed) <= (1 - MIN_RECALL_WITH_REVIEW) * len(score.expected)
    # A queue that is mostly strangers is not read.
    assert len(reviewed & score.missed) > 0.5 * len(reviewed)


def test_every_planted_contradiction_is_told(county: County, first_night: str) -> None:
    scores = truth.verdicts(county.connection, county.truth, 1)
    expected = sum(len(score.expected) for score in scores.values())
    assert expected > 50
    missed = sum(len(score.missed) for score in scores.values())
    assert missed <= MAX_MISSED_SHARE * expected, truth.table(scores)
    surplus = sum(len(score.surplus) for score in scores.values())
    assert surplus <= MAX_SURPLUS, truth.table(scores)


def test_every_planted_finding_is_found_and_no_other(county: County, first_night: str) -> None:
    scores = truth.findings(county.connection, county.truth, 1)
    assert sum(len(score.expected) for score in scores.values()) > 50
    assert {name: score.missed for name, score in scores.items() if score.missed} == {}, truth.table(scores)
    assert {name: score.surplus for name, score in scores.items() if score.surplus} == {}, truth.table(scores)


def test_proposals_say_what_is_true(county: County, first_night: str) -> None:
    """Numbers, names, sexes, birth dates and deaths are never wrong; elsewhere only a wrong list makes a wrong proposal."""
    scores = truth.proposals(county.connection, county.truth, 1)
    assert {column: score.surplus for column, score in scores.items() if score.surplus} == {}, truth.table(scores)
    leaning = {column: score.found - score.expected for column, score in scores.items()}
    assert [column for column in IDENTITY if leaning.get(column)] == []
    found = sum(len(score.found) for score in scores.values())
    assert sum(map(len, leaning.values())) <= MAX_LEANING * found, truth.table(scores)
    assert len(scores["id_no"].found) > 10
    assert len(scores["person_name"].found) > 5
    expected = sum(len(score.expected) for score in scores.values())
    missed = {column: score.missed for column, score in scores.items() if score.missed}
    assert sum(map(len, missed.values())) <= (1 - MIN_PROPOSED) * expected, truth.table(scores)
    assert set(missed) <= UNSHOWN, truth.table(scores)
    # A number that two registry members share is a number of one of them: nothing is proposed for it.
    assert len(scores["id_no"].missed) == 1


def test_every_model_is_what_its_description_says(county: County, first_night: str) -> None:
    found, unasked = dbt_models.faults(county.connection)
    assert found == []
    # No night builds the one; parts of a statement are no tables.
    assert unasked == {"link_estimate"} | {model.name for model in dbt_models.models() if model.is_ephemeral}


def test_the_first_night_is_a_baseline(county: County, first_night: str) -> None:
    assert truth.rows(county.connection, "select distinct is_baseline from mart_finding.finding") == [(True,)]


def test_no_small_count_follows_from_what_is_published(county: County, first_night: str) -> None:
    assert differencing.shown(county.connection) > 100
    assert differencing.small_counts_given_back(county.connection, county.night(1), differencing.MIN_CELL) == []


def test_the_latest_night_again_gives_the_same_rows(county: County, first_night: str) -> None:
    before = county.everything()
    county.ingest(1)
    assert county.reconcile(1) == first_night
    assert county.everything() == before


def test_nothing_personal_outside_the_warehouse(county: County, first_night: str) -> None:
    """No ID number of the county in any file the night has written, other than the store of delivered bytes."""
    numbers = {
        str(id_no).encode()
        for (id_no,) in truth.rows(
            county.connection,
            "select id_no from staging.hi_roll where id_state = 'ok' order by row_hash limit 3000",
        )
    }
    page = handbook.models().read_text(encoding="utf-8")
    assert all(model.name in page for model in dbt_models.models())
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
