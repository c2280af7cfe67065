"""An alert in words: what is the matter, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Alert:
    """One thing that somebody should know. `kind`, `subject` and `state` together are told once.

    `detail` fills the sentences of words.yml; it holds counts, dates and names of configuration, never a row's value.
    """

    kind: str
    subject: str
    state: str
    level: str
    zh: str
    en: str

    @classmethod
    def of(cls, kind: str, subject: str, state: str, detail: Mapping[str, Any] | None = None) -> Alert:
        """The alert with its sentences. Raises KeyError for a kind that words.yml does not know."""
        words = _words()[kind]
        values = {"subject": subject, "state": state, **(detail or {})}
        zh, en, fix_zh, fix_en = (words[key].format(**values) for key in ("zh", "en", "fix_zh", "fix_en"))
        return cls(
            kind, subject, state, words["level"], zh=f"{zh}。请{fix_zh}。", en=f"{en}. What to do: {fix_en}."
        )


def known_kinds() -> frozenset[str]:
    """Every kind of alert."""
    return frozenset(_words())


@cache
def _words() -> dict[str, dict[str, str]]:
    return yaml.safe_load(Path(__file__).with_name("words.yml").read_text(encoding="utf-8"))
