"""Compare what a night found with the generated county's truth; nothing but tests reads the truth."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2.extensions


@dataclass
class Score:
    """Keys expected and found; precision and recall over them."""

    expected: set[tuple[str, ...]] = field(default_factory=set)
    found: set[tuple[str, ...]] = field(default_factory=set)
    # Allowed but not demanded: what the truth calls uncertain, or what follows from another plant.
    tolerated: set[tuple[str, ...]] = field(default_factory=set)

    @property
    def missed(self) -> set[tuple[str, ...]]:
        return self.expected - self.found

    @property
    def surplus(self) -> set[tuple[str, ...]]:
        return self.found - self.expected - self.tolerated

    @property
    def recall(self) -> float:
        return 1 - len(self.missed) / len(self.expected) if self.expected else 1.0

    @property
    def precision(self) -> float:
        return 1 - len(self.surplus) / len(self.found) if self.found else 1.0


def number(key: str) -> str:
    """A registry number as people compare it: a spreadsheet may have eaten its leading zeros."""
    return key.lstrip("0") or key


def read(folder: Path, name: str, night: int) -> list[dict[str, str]]:
    """Rows of one truth file for one night (1 is the first)."""
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row.get("night", str(night)) == str(night)]


def rows(connection: psycopg2.extensions.connection, statement: str, *parameters: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.fetchall()


def batches(connection: psycopg2.extensions.connection, truth: Path, night: int, as_of: object) -> list[str]:
    """Differences between the ledger's accounting and the truth's, one line each; [] when all agree."""
    counts = ("rows_read", "rows_skipped", "rows_landed", "rows_accepted", "rows_quarantined")
    found = {
        (extract, name): [status, str(data_date), *map(str, numbers)]
        for extract, name, status, data_date, *numbers in rows(
            connection,
            f"select extract, source_name, status, data_date, {', '.join(counts)} from ledger.batch where as_of = %s",
            as_of,
        )
    }
    differences = []
    for row in read(truth, "batch", night):
        if row["status"] == "missing":  # a list that was due and did not come
            continue
        expected = [row["status"], row["data_date"], *(row[count] for count in counts)]
        actual = found.pop((row["extract"], row["file"]), None)
        if row["status"] in {"held", "duplicate"} and actual is not None:
            expected, actual = expected[:1], actual[:1]
        if actual != expected:
            differences.append(f"{row['extract']} {row['file']}: expected {expected}, found {actual}")
    differences += [f"{extract} {name}: not in the truth" for extract, name in found]
    return differences


def links(connection: psycopg2.extensions.connection, truth: Path, night: int) -> Score:
    """Links of the night's department rows against the truth: (extract, file, row, role, person number)."""
    score = Score()
    quarantined = {
        (str(extract), str(name), str(row_no))
        for extract, name, row_no in rows(
            connection,
            "select b.extract, b.source_name, q.row_no from ledger.quarantined_row as q"
            " inner join ledger.batch as b using (batch_id)",
        )
    }
    for row in read(truth, "link", night):
        place = (row["extract"], row["file"], row["row"])
        if row["person_no"] and not row["extract"].startswith("registry_") and place not in quarantined:
            score.expected.add((*place, row["subject_role"], row["person_no"]))
    for extract, name, row_no, role, person_no in rows(
        connection,
        "select l.extract, b.source_name, l.row_no, l.subject_role, p.person_no from mart_identity.link as l"
        " inner join ledger.batch as b using (batch_id)"
        " inner join mart_comparison.fact_person as p on p.person_key = l.person_key"
        " where l.decision = 'linked' and l.to_night = 'infinity'",
    ):
        score.found.add((str(extract), str(name), str(row_no), str(role), str(person_no)))
    return score


def in_review(connection: psycopg2.extensions.connection) -> set[tuple[str, ...]]:
    """Rows waiting for a reviewer with the person they point at, in the form of the keys of `links`."""
    return {
        tuple(map(str, row))
        for row in rows(
            connection,
            "select l.extract, b.source_name, l.row_no, l.subject_role, p.person_no from mart_identity.link as l"
            " inner join ledger.batch as b using (batch_id)"
            " inner join mart_comparison.fact_person as p on p.person_key = l.person_key"
            " where l.decision = 'review' and l.to_night = 'infinity'",
        )
    }


def verdicts(connection: psycopg2.extensions.connection, truth: Path, night: int) -> dict[str, Score]:
    """Contradictions per department and field: (subject kind, subject, verdict)."""
    scores: dict[str, Score] = {}
    for row in read(truth, "contradiction", night):
        score = scores.setdefault(f"{row['department']}.{row['field']}", Score())
        key = (row["subject_kind"], number(row["subject_key"]), row["verdict"])
        (score.expected if row["certain"] == "yes" else score.tolerated).add(key)
    departments = [
        str(name).removeprefix("comparison_")
        for (name,) in rows(
            connection,
            "select table_name from information_schema.tables where table_schema = 'mart_comparison'"
            " and table_name like 'comparison\\_%%' escape '\\'",
        )
    ]
    for department in departments:
        for subject_kind, subject, field_name, verdict in rows(
            connection,
            f"select subject_kind, subject_key, field, verdict from mart_comparison.comparison_{department}"
            " where to_night = 'infinity' and verdict in ('differ', 'registry_only', 'department_only')",
        ):
            scores.setdefault(f"{department}.{field_name}", Score()).found.add(
                (str(subject_kind), number(str(subject)), str(verdict))
            )
    return scores


def findings(connection: psycopg2.extensions.connection, truth: Path, night: int) -> dict[str, Score]:
    """Open findings per rule: (subject kind, subject)."""
    scores: dict[str, Score] = {}
    for row in read(truth, "finding", night):
        score = scores.setdefault(row["rule_id"], Score())
        key = (row["subject_kind"], number(row["subject_key"]))
        (score.expected if row["certain"] == "yes" else score.tolerated).add(key)
    for rule_id, subject_kind, subject in rows(
        connection,
        "select rule_id, subject_kind, subject_key from mart_finding.finding"
        " where state = 'open' and to_night = 'infinity'",
    ):
        scores.setdefault(str(rule_id), Score()).found.add((str(subject_kind), number(str(subject))))
    return scores


def proposals(connection: psycopg2.extensions.connection, truth: Path, night: int) -> dict[str, Score]:
    """Cleansing proposals per registry column against what the registry has wrong: (subject kind, subject, value).

    Tolerated is what follows from a list that was made to contradict a registry which is right: a lead, but no mistake
    of the registry. Payments on lists are a part of the income, so any sum up to the true one is right. Where the cause is
    wrong, the one that lists show is proposed; the true one may be one that leaves no trace in any list.
    """
    scores: dict[str, Score] = {}
    incomes: dict[tuple[str, str], float] = {}
    for row in read(truth, "registry_mistake", night):
        subject = (row["subject_kind"], number(row["subject_key"]))
        scores.setdefault(row["column"], Score()).expected.add((*subject, _proposable(row["column"], row["true_value"])))
        if row["column"] == "income_transfer":
            incomes[subject] = float(row["true_value"])
    contradicted = {
        (row["subject_kind"], number(row["subject_key"])) for row in read(truth, "contradiction", night)
    }
    for kind, subject_no, column, value in rows(
        connection,
        "select c.subject_kind, coalesce(p.person_no, h.household_no), c.field, c.proposed_value"
        " from mart_summary.cleansing_proposal as c"
        " left join mart_summary.person as p on c.subject_kind = 'person' and p.person_key = c.subject_key"
        " and p.to_night = 'infinity'"
        " left join mart_summary.household as h on c.subject_kind = 'household' and h.household_key = c.subject_key"
        " and h.to_night = 'infinity'"
        " where c.to_night = 'infinity'",
    ):
        score, column, value = scores.setdefault(str(column), Score()), str(column), str(value)
        subject = (str(kind), number(str(subject_no)))
        if column == "income_transfer" and float(value) <= incomes.get(subject, 0):
            value = str(incomes[subject])
        found = (*subject, _proposable(column, value))
        score.found.add(found)
        is_known_wrong = any(key[:2] == subject for key in score.expected)
        is_other_cause = column == "cause_1" and is_known_wrong
        if is_other_cause or (subject in contradicted and not is_known_wrong):
            score.tolerated.add(found)
    return scores


def _proposable(column: str, value: str) -> str:
    """A value as far as proposals and truth must agree: several states in any order, a day in any words, empty as 无."""
    if column == "health_status":
        return ",".join(sorted(value.replace("、", ",").replace("及", ",").split(",")))
    if column == "member":
        return value.removeprefix("已故（").removesuffix("）")
    if column in ("income_transfer", "house_area_m2"):
        return f"{float(value):g}"
    return value or "无"


def table(scores: dict[str, Score]) -> str:
    """A readable table of scores, for the test's output."""
    lines = [f"{'':32} expected found missed surplus"]
    for name, score in sorted(scores.items()):
        lines.append(
            f"{name:32} {len(score.expected):8} {len(score.found):5} {len(score.missed):6} {len(score.surplus):7}"
        )
    return "\n".join(lines)


def count(keys: Iterable[tuple[str, ...]], position: int) -> Counter[str]:
    """How many keys per value at a position."""
    return Counter(key[position] for key in keys)
