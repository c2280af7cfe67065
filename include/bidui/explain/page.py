"""A finding's story as one HTML file, to be kept in a case folder and printed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bidui.explain import words
from bidui.page import render


def page(story: dict[str, Any]) -> str:
    """Return the page."""
    template = Path(__file__).with_name("finding.html.jinja")
    return render(template, {"parameter_words": words.parameter}, story=story, words=words)
