"""HTML pages that people open: one look, and nothing is loaded from anywhere, so that they work in closed networks and case folders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2

BASE = Path(__file__).parent


def render(template: Path, filters: Mapping[str, Callable[..., Any]] | None = None, /, **content: Any) -> str:
    """Render a template that extends `base.html.jinja`; others beside it may be extended too.

    Text from files is escaped: a cell can never become markup. A name that the content does not have is an error.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([template.parent, BASE]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(filters or {})
    return environment.get_template(template.name).render(**content)
