"""A finding's story as one HTML file: nothing is loaded from anywhere, so it can be kept in a case folder and printed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2

from bidui.explain import words


def page(story: dict[str, Any]) -> str:
    """Return the page. Text from files is escaped: a cell can never become markup."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["parameter_words"] = words.parameter
    return environment.get_template("finding.html.jinja").render(story=story, words=words)
