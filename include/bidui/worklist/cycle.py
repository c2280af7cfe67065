"""One cycle of worklists: a workbook per village in a folder per town, all of them or none."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import psycopg2.extensions

from bidui import handed_out
from bidui.connector import sha256_of
from bidui.contract import Sources
from bidui.night.published import require_published
from bidui.problem import Problem, ProblemError
from bidui.workbook import SMALL, Cell, Column, Mark, file_stem, files_people_see, open_book, replacing_folder
from bidui.worklist.findings import UNPLACED, Finding, Findings, Place
from bidui.worklist.form import COLUMNS, FORM, FROZEN, HOW_TO, SEVERITY

INDEX = "目录.xlsx"
SUMS = "SHA256SUMS"
_SEVERITY_COLUMN = 6
_MARKS: dict[str, Mark] = {"critical": "warning", "high": "changed"}


@dataclass(frozen=True)
class Cycle:
    """What was written: `folder` holds `files` workbooks with `findings` lines."""

    name: str
    folder: Path
    files: int
    findings: int


@dataclass(frozen=True)
class _File:
    town: str
    village: str
    path: Path
    counts: Counter[str]


def write_cycle(
    connection: psycopg2.extensions.connection,
    sources: Sources,
    night: dt.date,
    out: Path,
    *,
    by: str,
    with_baseline: bool = False,
) -> Cycle:
    """Write the worklists of a published night to `out/疑点清单_<cycle>/`, replacing those written before for the same night.

    Names and numbers are in the clear: folders are 0700, files 0600, and the export is a record with the name of who
    asked (`by`). Without `with_baseline`, findings that were there on the first night stay back. The caller commits.
    Raises ProblemError when the night is not published, the place cannot be written, or a file stands there that is
    somebody's own, open or filled in; nothing is left half-written.
    """
    require_published(connection, night)
    name = f"{night}-all" if with_baseline else f"{night}"
    findings = Findings(connection, sources, night)
    target = out / f"疑点清单_{name}"
    with replacing_folder(target) as folder:
        _refuse_if_edited(target)
        files = []
        used: Counter[str] = Counter()
        for place, lines in findings.by_place(with_baseline=with_baseline):
            town = findings.name(place.town) or UNPLACED
            village = findings.name(place.village) or f"{town}（村未定）"
            path = folder / _safe(town) / f"{_unused(used, f'{_safe(town)}/{_safe(village)}', place)}_疑点清单_{name}.xlsx"
            path.parent.mkdir(mode=0o700, exist_ok=True)
            files.append(_File(town, village, path, _write(path, lines, findings.where(place), name, night)))
        _write_index(folder / INDEX, files, folder, name, night)
        _write_sums(folder)
    total = sum(file.counts.total() for file in files)
    lists, beside = [target / file.path.relative_to(folder) for file in files], [target / INDEX, target / SUMS]
    with handed_out.on_record_or_gone([*lists, *beside]):
        handed_out.record(connection, "worklist", name, night, target, lists, total, by=by, beside=beside)
    return Cycle(name, target, len(files), total)


def _write(path: Path, lines: Iterator[Finding], where: str, cycle: str, night: dt.date) -> Counter[str]:
    counts: Counter[str] = Counter()
    first = list(islice(lines, SMALL + 1))
    with open_book(path, created=night, title=f"疑点核实清单 {cycle}", is_small=len(first) <= SMALL) as book:
        sheet = book.sheet(
            "疑点清单", COLUMNS, titles=[f"疑点核实清单 · {where} · 周期 {cycle} · Worklist", *HOW_TO],
            protected=True, frozen=FROZEN,
        )  # fmt: skip
        for number, finding in enumerate(chain(first, lines), start=1):
            marks: dict[int, Mark] = {_SEVERITY_COLUMN: _MARKS.get(finding.severity, "plain")}
            sheet.row(_cells(number, finding, cycle), marks)
            counts[finding.severity] += 1
    return counts


def _cells(number: int, finding: Finding, cycle: str) -> list[Cell]:
    under = "　" * (finding.depth - 1) + "└ " if finding.depth else ""
    keys = (finding.finding_id, finding.value_hash, cycle)
    return [
        number, finding.household_no, finding.head_name, finding.person_name, finding.id_no,
        f"{under}{finding.title.zh}", SEVERITY[finding.severity], finding.registry_says, finding.departments_say,
        finding.remedy.zh, None, None, None, None, None, None, finding.stands_at, finding.first_seen,
        f"{finding.title.en}. {finding.remedy.en}", *keys,
        FORM.sealed(keys, (finding.person_name, finding.id_no, finding.title.zh)),
    ]  # fmt: skip


def _write_index(path: Path, files: list[_File], folder: Path, cycle: str, night: dt.date) -> None:
    """Which file is whose, and how much is in it: counts alone."""
    columns = [Column("乡镇\nTown", 18), Column("村\nVillage", 18), Column("文件\nFile", 56), Column("疑点数\nFindings", 10)]
    columns += [Column(f"{zh}\n{en}", 9) for en, zh in SEVERITY.items()]
    with open_book(path, created=night, title=f"疑点清单目录 {cycle}") as book:
        sheet = book.sheet("目录", columns, titles=[f"疑点清单目录 · 周期 {cycle} · Index of worklists"])
        for file in files:
            sheet.row([
                file.town, file.village, str(file.path.relative_to(folder)), file.counts.total(),
                *(file.counts[severity] for severity in SEVERITY),
            ])  # fmt: skip


def _safe(name: str) -> str:
    return file_stem(name)[:40]


def _unused(used: Counter[str], key: str, place: Place) -> str:
    """The village's file name; two villages of one name in a town are told apart by their code."""
    used[key] += 1
    name = key.rpartition("/")[2]
    return name if used[key] == 1 else f"{name}_{place.village or place.town or used[key]}"


def _write_sums(folder: Path) -> None:
    lines = [f"{sha256_of(file)}  {file.relative_to(folder)}\n" for file in files_people_see(folder)]
    sums = folder / SUMS
    sums.touch(mode=0o600)
    sums.write_text("".join(lines), encoding="utf-8")


def _refuse_if_edited(folder: Path) -> None:
    """Raise ProblemError when a file in `folder` is not what was written there: the whole folder is about to go.

    By its own checksums, and not by the ledger as for other exports: every night writes its folder unasked, also for a
    warehouse that was set up anew and has no record of what an earlier one wrote here. Files that people laid there are
    counted and not named: the task's log says this, and people name files by people.
    """
    sums = folder / SUMS
    lines = sums.read_text(encoding="utf-8").splitlines() if sums.exists() else []
    written = {folder / name: sha256 for sha256, _, name in (line.partition("  ") for line in lines)}
    there = [file for file in files_people_see(folder) if file != sums]
    if others := len(set(there) - written.keys()):
        raise ProblemError(_not_ours(folder, others))
    if edited := [file for file in there if sha256_of(file) != written[file]]:
        raise ProblemError([handed_out.edited(file) for file in edited])


def _not_ours(folder: Path, files: int) -> Problem:
    return Problem(
        code="worklist.not_ours",
        file=folder.name,
        what_zh=f"该文件夹内有 {files} 个不是随清单写出的文件（不在 {SUMS} 之列），重新导出会丢失它们",
        what_en=f"{files} files in this folder were not written with the lists (they are not in {SUMS}); exporting again would lose them",
        fix_zh=f"把它们移出 {folder}，或导出到别处",
        fix_en=f"move them out of {folder}, or export to another place",
    )
