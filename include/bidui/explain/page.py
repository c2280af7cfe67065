"""A finding's story as one HTML file, to be kept in a case folder and printed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import sqlalchemy

from bidui import handed_out
from bidui.explain import words
from bidui.page import render
from bidui.warehouse.connection import transaction
from bidui.workbook import replacing


def write_page(story: dict[str, Any], path: Path, *, by: str, url: str) -> None:
    """Write the page; who took it (`by`) and with which login (`url`) is on record, whatever it shows.

    Raises ProblemError when the file cannot be written.
    """
    with replacing(path) as beside:
        beside.write_text(page(story), encoding="utf-8")
    with handed_out.on_record_or_gone([path]), transaction() as connection:
        handed_out.record(
            connection, "story", story["finding"]["finding_id"], dt.date.fromisoformat(story["as_of"]), path, [path], 1,
            by=by, login=sqlalchemy.make_url(url).username, is_masked=not story["names_are_shown"],
        )  # fmt: skip


def page(story: dict[str, Any]) -> str:
    """Return the page."""
    template = Path(__file__).with_name("finding.html.jinja")
    return render(template, {"parameter_words": words.parameter}, story=story, words=words)
