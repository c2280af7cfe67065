"""`bidui bench linkage`: linkage of a generated county against its truth, and the residual model beside Splink.

Splink is no part of the platform: it is installed into an environment of its own under `BIDUI_HOME`, gets what no number
linked and the registry's persons, as tier 2 does, and is scored on the same rows. Its seconds begin with claims that are
formed and written to a file; tier 2's begin with the lists and their links by number, and what forming and writing takes
for Splink is told as `handover_seconds`. Both end with a person per claim.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2.extensions

from bidui.bench.database import database
from bidui.bench.meter import measured
from bidui.bench.night import AS_OF, ingest
from bidui.home import folder as home_folder

SPLINK = "splink==5.0.0"
TIER_2 = ("int_identity__stopgap_number", "int_identity__residual_*", "int_identity__unregistered_namesake")

TRUTH = """
create temporary table truth_link (
    night int, extract text, file text, row_no bigint, subject_role text, person_no text
)
"""

# Every person named in an accepted row, whom it is about in truth (NULL: nobody of the registry), what was decided.
JUDGED = """
create temporary table judged as
select
    l.batch_id, l.row_no, l.subject_role, l.decision, coalesce(l.tier, '') as tier,
    nullif(t.person_no, '') as true_person, p.person_no as given_person
from mart_identity.link as l
inner join ledger.batch as b on b.batch_id = l.batch_id
left join truth_link as t
    on t.extract = l.extract and t.file = b.source_name and t.row_no = l.row_no and t.subject_role = l.subject_role
left join mart_identity.int_identity__registry_person as p on p.person_key = l.person_key
where l.to_night = 'infinity'
"""

SCORE = """
select
    count(true_person) as registered,
    count(*) filter (where decision = 'linked') as linked,
    count(*) filter (where decision = 'linked' and given_person is distinct from true_person) as wrong,
    count(*) filter (where decision = 'linked' and given_person = true_person) as right,
    count(*) filter (where decision = 'review') as review,
    count(*) filter (where decision = 'review' and given_person = true_person) as review_true
from judged
"""

# What is left for tier 2: the rows that no number linked, with the claim each belongs to (see `residual_mention`). Tier 2
# itself forms only the claims that meet a registry person; the challenger gets every one of them, formed, and looks itself.
RESIDUAL = """
create temporary table residual as
select
    m.*,
    coalesce(case when m.id_state in ('ok', 'old15') then m.id_no || ' ' || m.name_norm end,
             concat_ws('-', m.batch_id, m.row_no, m.subject_role)) as claim_key,
    d.reached_by is not distinct from 'id' as has_number_of_another
from mart_identity.int_identity__mention as m
left join mart_identity.int_identity__number_decision as d using (batch_id, row_no, subject_role)
where d.decision is distinct from 'linked' and length(replace(m.name_norm, '?', '')) >= 2
"""

RESIDUAL_SCORE = """
select
    count(j.true_person) as registered,
    count(*) filter (where j.decision = 'linked' and j.tier = '2') as ours,
    count(*) filter (where j.decision = 'linked' and j.tier = '2' and j.given_person is distinct from j.true_person) as ours_wrong,
    count(s.person_no) as theirs,
    count(*) filter (where s.person_no is not null and s.person_no is distinct from j.true_person) as theirs_wrong
from residual as m
inner join judged as j using (batch_id, row_no, subject_role)
left join (
    select c.claim_key, p.person_no
    from challenger as c
    inner join mart_identity.int_identity__registry_person as p using (person_key)
    where c.match_weight >= %s
) as s using (claim_key)
"""

EXPORT = {
    "claim": "select claim_key as unique_id, min(name_norm) as name, min(id_no) as id_no,"
    " coalesce(min(birth_date), min(parse.calendar_date((id_key / 10000000 % 10000)::int, (id_key / 100000 % 100)::int, (id_key / 1000 % 100)::int)))"
    " as birth_date,"
    " coalesce(min(sex), min(case id_key % 2 when 1 then '男' when 0 then '女' end)) as sex,"
    " min(village_code) as village, min(household_key) as household, parse.number_of_15(min(id_no)) as number_15"
    " from residual where not has_number_of_another group by claim_key",
    "person": "select person_key as unique_id, name_norm as name, id_no, known_birth_date as birth_date, sex,"
    " village_code as village, household_key as household, number_15 from mart_identity.int_identity__residual_person",
}


def run(persons: int, seed: int, folder: Path, *, splink: bool = True) -> dict[str, Any]:
    """Generate the county with its truth (kept in `folder`), link its first night, score it.

    Returns {"persons", "rows", "precision", "recall", "recall_with_review", "review_per_million", "review_share_true",
    "tier_2": {...}, "splink": {...} or None}. The database is dropped at the end.
    """
    from bidui import reference
    from bidui.platform import steps
    from bidui.sample import generate
    from bidui.warehouse import dbt
    from bidui.warehouse.connection import connect, transaction
    from bidui.warehouse.prepare import prepare

    county, truth = folder / f"linked_{persons}_{seed}", folder / f"truth_{persons}_{seed}"
    if not county.exists():
        generate(persons=persons, seed=seed, nights=1, as_of=AS_OF, out=county, truth=truth)
    with database(f"bench_linkage_{persons}"):
        prepare()
        with transaction() as connection:
            reference.load(connection, county / "reference")
        ingest(county / "night_1", AS_OF)
        steps.freeze(AS_OF.isoformat())
        with measured("identity") as identity, _server_memory() as memory:
            dbt.run("run", "--select", "tag:identity", as_of=AS_OF, target="identity")
        connection = connect(application="bidui bench linkage")
        try:
            result = _score(connection, truth / "link.csv")
            result |= {"persons": persons, "identity_seconds": round(identity.seconds, 1)}
            seconds = _tier_2_again(connection)
            with connection.cursor() as cursor:
                with measured("residual") as residual:
                    cursor.execute(RESIDUAL)
                cursor.execute(
                    "create temporary table challenger (claim_key text, person_key text, match_weight double precision)"
                )
            challenger = _challenge(connection, residual.seconds) if splink else None
            ours, theirs = _score_residual(connection, challenger)
        finally:
            connection.close()
    tier_2 = ours | {"seconds": round(seconds, 1), "server_peak_mb": memory["peak_mb"]}
    return result | {"tier_2": tier_2, "splink": (challenger or {}) | theirs if challenger else None}


def _score(connection: psycopg2.extensions.connection, truth: Path) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(TRUTH)
        with truth.open("rb") as stream:
            cursor.copy_expert("copy truth_link from stdin with (format csv, header true, null '')", stream)
        cursor.execute("delete from truth_link where night <> 1")
        cursor.execute("analyze truth_link")
        cursor.execute(JUDGED)
        cursor.execute(SCORE)
        registered, linked, wrong, right, review, review_true = cursor.fetchall()[0]
        cursor.execute("select count(*) from judged")
        [(rows,)] = cursor.fetchall()
    return {
        "rows": rows,
        "linked": linked,
        "wrong": wrong,
        "precision": round(1 - wrong / max(linked, 1), 7),
        "recall": round(right / registered, 5),
        "recall_with_review": round((right + review_true) / registered, 5),
        "review": review,
        "review_per_million": round(review / rows * 1_000_000),
        "review_share_true": round(review_true / max(review, 1), 3),
    }


def _score_residual(
    connection: psycopg2.extensions.connection, challenger: dict[str, Any] | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(RESIDUAL_SCORE, (challenger["link_at"] if challenger else 0,))
        registered, ours, ours_wrong, theirs, theirs_wrong = cursor.fetchall()[0]
    return _rates(ours, ours_wrong, registered), _rates(theirs, theirs_wrong, registered)


def _rates(linked: int, wrong: int, registered: int) -> dict[str, Any]:
    return {
        "linked": linked,
        "wrong": wrong,
        "precision": round(1 - wrong / linked, 6) if linked else None,
        "recall": round((linked - wrong) / registered, 4) if registered else None,
    }


def _tier_2_again(connection: psycopg2.extensions.connection) -> float:
    """Seconds of tier 2's models when nothing else runs, a new model version's frequencies counted anew among them."""
    from bidui.warehouse import dbt

    with connection.cursor() as cursor:
        cursor.execute("delete from reference.link_term")
    connection.commit()
    dbt.run("run", "--write-json", "--threads", "1", "--select", *TIER_2, as_of=AS_OF, target="tier_2")
    found = json.loads((home_folder("dbt", "tier_2") / "run_results.json").read_text(encoding="utf-8"))
    return sum(float(result["execution_time"]) for result in found["results"])


def _challenge(connection: psycopg2.extensions.connection, residual_seconds: float) -> dict[str, Any]:
    """Let Splink link the same claims and persons; its best person of each claim comes into the table `challenger`.

    `residual_seconds`: what finding the rows took, a part of what handing them over takes.
    """
    with tempfile.TemporaryDirectory(dir=home_folder("bench")) as made, connection.cursor() as cursor:
        work = Path(made)
        with measured("export") as export:
            for name, query in EXPORT.items():
                with (work / f"{name}.csv").open("wb") as stream:
                    cursor.copy_expert(f"copy ({query}) to stdout with (format csv, header true)", stream)
        done = subprocess.run(
            [str(_environment()), str(Path(__file__).with_name("splink_challenger.py")), str(work)],
            check=True, capture_output=True, text=True, timeout=3600,
        )  # fmt: skip
        with (work / "best.csv").open("rb") as stream:
            cursor.copy_expert("copy challenger from stdin with (format csv, header true)", stream)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found | {"handover_seconds": round(residual_seconds + export.seconds, 1)}


def _environment() -> Path:
    """The interpreter of Splink's own environment, built on first use."""
    home = home_folder("bench") / "splink"
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        uv = Path(sys.executable).with_name("uv")
        subprocess.run([str(uv), "venv", "--quiet", "--clear", str(home)], check=True)
        subprocess.run([str(uv), "pip", "install", "--quiet", "--python", str(python), SPLINK], check=True)
        (home / "ready").write_text(SPLINK, encoding="utf-8")
    return python


@contextmanager
def _server_memory() -> Iterator[dict[str, int]]:
    """Sample the private memory of the embedded server's processes during the block (Linux; 0 elsewhere)."""
    from bidui.warehouse import embedded

    found, ended = {"peak_mb": 0}, threading.Event()
    pid = (embedded.data_dir() / "postmaster.pid").read_text(encoding="ascii").split()[0]
    children = Path(f"/proc/{pid}/task/{pid}/children")

    def watch() -> None:
        while not ended.wait(0.25):
            try:
                pids = children.read_text(encoding="ascii").split()
            except OSError:
                return
            found["peak_mb"] = max(found["peak_mb"], sum(map(_private_kb, pids)) // 1024)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()


def _private_kb(pid: str) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon:")), 0)
