"""Visit sheets as workbooks, one per village (a large one has several), each household on pages of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import sqlalchemy

from bidui import handed_out
from bidui.contract import Sources
from bidui.night.published import require_published
from bidui.problem import Problem, ProblemError
from bidui.rule.words import FactWords
from bidui.visit.form import WIDTHS, write_form
from bidui.visit.household import Household, households_by_place
from bidui.warehouse.reading import same_moment, shows_names, within_rights
from bidui.workbook import MOST_FORMS, all_or_none, file_stem, open_book
from bidui.worklist.findings import UNPLACED, Findings, Place

VIEW = "audit.household_visit"


@dataclass(frozen=True)
class Written:
    """What was written: `files` workbooks in `folder` with the sheets of `households`."""

    folder: Path
    files: int
    households: int
    is_masked: bool


def write_visits(
    url: str, sources: Sources, night: dt.date, out: Path, *, by: str, town: str | None = None, village: str | None = None
) -> Written:
    """Write the visit sheets of a published night to `out`, as the login of `url` sees them.

    `town` and `village` (12-digit codes) leave out the rest. The folder is 0700, files 0600, and the export is on record
    with the login and the name of who asked (`by`). Raises ProblemError when the night is not published, the login may
    not read it, a sheet that stands there is filled in or open, or a file cannot be written; then all stay as they are.
    """
    login = sqlalchemy.make_url(url).username or ""
    with same_moment(url, application="bidui visits") as (owner, reading):
        require_published(owner, night)
        words, names = FactWords(sources), Findings(owner, sources, night)
        files: list[Path] = []
        households = 0
        with all_or_none(out) as beside:
            with within_rights(VIEW):
                for place, of_place in households_by_place(reading, names, night, town=town, village=village):
                    parts = iter(lambda: list(islice(of_place, MOST_FORMS)), [])  # noqa: B023  used up before the next place
                    for part, some in enumerate(parts, start=1):
                        name = _file_name(names, place, night, part)
                        _write(beside / name, some, names.where(place), night, words)
                        files.append(out / name)
                        households += len(some)
            if not files:
                raise ProblemError(_nobody(night, village or town))
            handed_out.refuse_if_edited(owner, "table", files)
        with handed_out.on_record_or_gone(files):
            is_masked = not shows_names(owner, login)
            handed_out.record(owner, "table", VIEW, night, out, files, households, by=by, login=login, is_masked=is_masked)
    return Written(out, len(files), households, is_masked)


def _write(path: Path, households: Sequence[Household], where: str, night: dt.date, words: FactWords) -> None:
    with open_book(path, created=night, title="入户走访表") as book:
        sheet = book.forms("入户走访表", WIDTHS)
        for household in households:
            write_form(sheet, household, where, night, words)


def _file_name(names: Findings, place: Place, night: dt.date, part: int) -> str:
    known = [names.name(place.town) or UNPLACED, names.name(place.village), place.village or place.town or ""]
    stem = "_".join(["入户走访表", *filter(None, dict.fromkeys(known)), f"{night}", *([f"{part}"] if part > 1 else [])])
    return f"{file_stem(stem)}.xlsx"


def _nobody(night: dt.date, division: str | None) -> Problem:
    return Problem(
        code="visit.no_household",
        column="--town, --village, --login",
        what_zh=f"{night} 没有可走访的户{f'（{division}）' if division else ''}，或该登录未获该县授权",
        what_en=f"no household to visit on {night}{f' in {division}' if division else ''}, or its county is not granted to the login",
        expected_zh="名册中该乡镇或村的 12 位区划代码",
        expected_en="the 12-digit code of a town or village in the registry",
        fix_zh="核对区划代码（published.division）和授权（bidui grants）",
        fix_en="check the code (published.division) and the login's counties (`bidui grants`)",
    )
