"""Data Docs: the static site in `<home>/docs`, brought up to date after every night.

Great Expectations renders a page per suite and per batch (`validations/…`); pages of nights and the index are ours,
because GX's own index reads every result ever kept, every night. Only what is new or has changed is rendered.
Everything on the site is a count or a key.
"""

from __future__ import annotations

import datetime as dt
import shutil
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from psycopg2.extras import RealDictCursor

from bidui.home import expectations_dir
from bidui.landing.batch import STATUS_WORDS
from bidui.problem import ProblemError
from bidui.validation.project import SITE, THEME, docs_dir, project, results_dir
from bidui.validation.suite import Suite, load_suite
from bidui.warehouse.connection import transaction

NIGHTS = """
select
    as_of::text as as_of,
    count(*) as batches,
    count(*) filter (where status = 'accepted') as accepted,
    count(*) filter (where status = 'held') as held,
    sum(rows_landed)::bigint as rows_landed,
    sum(rows_quarantined)::bigint as rows_quarantined,
    extract(epoch from max(greatest(decided_at, received_at)))::float8 as changed_at
from ledger.batch
group by as_of
order by as_of desc
"""

BATCHES = """
select
    batch_id, extract, data_date::text as data_date, status, reason, decided_by,
    rows_read, rows_skipped, rows_landed, rows_accepted, rows_quarantined
from ledger.batch
where as_of = %s
order by status = 'held' desc, extract, batch_id
"""

FAILED = """
select v.batch_id, v.expectation, v.severity, v.element_count, v.unexpected_count
from ledger.validation as v
inner join ledger.batch as b on b.batch_id = v.batch_id
where b.as_of = %s and not v.success
order by v.batch_id, array_position(array['critical', 'warning', 'info'], v.severity), v.expectation
"""


@dataclass(frozen=True)
class BuiltDocs:
    """What a build did: pages rendered (of suites, batches, nights) and the seconds it took."""

    index: Path
    suites: int
    batches: int
    nights: int
    seconds: float


def build_docs() -> BuiltDocs:
    """Render what is new since the last build, and the index.

    A night's page is rendered again when something was decided about one of its batches since.

    Raises RuntimeError naming the pages that Great Expectations could not render (it only logs that).
    """
    began = time.monotonic()
    root = docs_dir()
    suites = _stale_suites(root)
    results = _stale_results(root)
    _render_gx_pages(root, suites, results)
    (root / "nights").mkdir(exist_ok=True)
    shutil.copyfile(THEME / "bidui.css", root / "bidui.css")
    environment = Environment(
        loader=FileSystemLoader(THEME), autoescape=select_autoescape(["j2"]), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )
    known = _known_suites()
    with transaction() as connection, connection.cursor(cursor_factory=RealDictCursor) as cursor:
        cursor.execute(NIGHTS)
        nights = cursor.fetchall()
        stale = [night["as_of"] for night in nights if _night_is_stale(root, night)]
        for night in stale:
            _write(root / "nights" / f"{night}.html", environment.get_template("night.j2").render(
                root="../", as_of=night, batches=_batches(cursor, root, night, known), statuses=STATUS_WORDS,
            ))
    _write(root / "index.html", environment.get_template("index.j2").render(
        root="", nights=nights, suites=known.values(),
    ))
    return BuiltDocs(root / "index.html", len(suites), len(results), len(stale), time.monotonic() - began)


def _stale_suites(root: Path) -> list[str]:
    return [
        path.stem
        for path in sorted(expectations_dir().glob("*.json"))
        if _is_older(root / "expectations" / f"{path.stem}.html", path)
    ]


def _stale_results(root: Path) -> list[Path]:
    """Results kept since their page was rendered, as paths under the store."""
    store = results_dir()
    return [
        path.relative_to(store)
        for path in sorted(store.rglob("*.json"))
        if _is_older(root / "validations" / path.relative_to(store).with_suffix(".html"), path)
    ]


def _render_gx_pages(root: Path, suites: list[str], results: list[Path]) -> None:
    if not suites and not results:
        return
    context = project()
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )

    context.build_data_docs(
        site_names=[SITE],
        resource_identifiers=[
            *(ExpectationSuiteIdentifier(name=name) for name in suites),
            *(ValidationResultIdentifier.from_tuple(path.with_suffix("").parts) for path in results),
        ],
        build_index=False,
    )
    pages = {root / "expectations" / f"{name}.html": expectations_dir() / f"{name}.json" for name in suites}
    pages |= {root / "validations" / path.with_suffix(".html"): results_dir() / path for path in results}
    if missing := [page.name for page, source in pages.items() if _is_older(page, source)]:
        raise RuntimeError(f"Great Expectations did not render {', '.join(missing)}; see the log")


def _batches(cursor: Any, root: Path, night: str, known: dict[str, Suite]) -> list[dict[str, Any]]:
    cursor.execute(FAILED, (night,))
    failed: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in cursor.fetchall():
        failed[row["batch_id"]].append(dict(row))
    cursor.execute(BATCHES, (night,))
    batches = [dict(row) for row in cursor.fetchall()]
    for batch in batches:
        suite = known.get(batch["extract"])
        batch["failed"] = failed.get(batch["batch_id"], [])
        for check in batch["failed"]:
            known_check = suite.by_name.get(check["expectation"]) if suite else None
            check["title"] = str(known_check.title) if known_check else ""
        pages = (root / "validations" / batch["extract"] / night).glob(f"*/b{batch['batch_id']}.html")
        page = next(iter(pages), None)
        batch["page"] = page.relative_to(root).as_posix() if page else None
    return batches


def _known_suites() -> dict[str, Suite]:
    """Suites by extract; a malformed one is named by validation, and here it only has no titles."""
    suites = {}
    for path in sorted(expectations_dir().glob("*.json")):
        try:
            suites[path.stem] = load_suite(path.stem)
        except ProblemError:
            continue
    return suites


def _night_is_stale(root: Path, night: dict[str, Any]) -> bool:
    page = root / "nights" / f"{night['as_of']}.html"
    return not page.exists() or page.stat().st_mtime < night["changed_at"]


def _is_older(page: Path, source: Path) -> bool:
    return not page.exists() or page.stat().st_mtime < source.stat().st_mtime


def _write(path: Path, text: str) -> None:
    """Beside, then renamed: a reader sees the whole page or the one before."""
    beside = path.with_suffix(".part")
    beside.write_text(text, encoding="utf-8")
    beside.rename(path)


def expire_docs(before: dt.date) -> int:
    """Remove the results of nights before a date and their pages; return how many files went.

    What the ledger says of such a night stays: the next build renders its page once more, without links to results.
    """
    old = [
        night
        for base in (results_dir(), docs_dir() / "validations")
        for night in base.glob("*/*")
        if night.is_dir() and night.name < before.isoformat()
    ]
    pages = [docs_dir() / "nights" / f"{name}.html" for name in {night.name for night in old}]
    files = [path for night in old for path in night.rglob("*") if path.is_file()]
    files += [page for page in pages if page.exists()]
    for path in files:
        path.unlink()
    for night in old:
        shutil.rmtree(night)
    return len(files)
