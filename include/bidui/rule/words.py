"""What a finding's evidence is called where officers read it: Chinese words for facts, sides and values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bidui.contract import Sources
from bidui.home import dbt_dir, sql_dir
from bidui.rule.catalogue import GRAINS_FILE

_TERM = re.compile(r"(\d{4})-(autumn|spring)")
_SEASONS = {"autumn": "秋季学期", "spring": "春季学期"}
_MONTH = re.compile(r"(\d{4})-(\d{2})(-01)?")
REGISTRY = "registry"


@dataclass(frozen=True)
class Statement:
    """One value of one side as an officer reads it."""

    side: str
    fact: str
    value: str


class FactWords:
    """Words for facts: those of the facts themselves, of the audit views, then the headers of the contracts."""

    def __init__(self, sources: Sources) -> None:
        own = yaml.safe_load(Path(__file__).with_name("fact_words.yml").read_text(encoding="utf-8"))
        shared = yaml.safe_load((sql_dir() / "outward.yml").read_text(encoding="utf-8"))["words"]
        self._words: dict[str, str] = {fact: _zh(words) for fact, words in (shared | own["words"]).items()}
        self._values: dict[str, str] = {value: _zh(words) for value, words in own["values"].items()}
        self._extracts = {extract.key: extract.title.zh for extract in sources.extracts.values()}
        self._headers = {
            (extract.key, column.name): column.header for extract in sources.extracts.values() for column in extract.columns
        }
        self._registry = {
            column.name: column.header
            for extract in sources.department(REGISTRY).extracts
            for column in extract.columns
        }

    def fact(self, side: str, name: str, grain_side: str) -> str | None:
        """What `name` of a side is called; `grain_side` is the side whose facts carry no prefix. None: it has no word."""
        column = name if side == grain_side else f"{side}__{name}"
        header = self._registry.get(name) if side == REGISTRY else self._headers.get((side, name))
        return self._words.get(column) or header or self._words.get(name)

    def side(self, side: str) -> str:
        """What a side is called where its name matters: the title of its list; empty for what is concluded from several."""
        return "名册" if side == REGISTRY else self._extracts.get(side, "")

    def value(self, value: Any) -> str:
        """A value in words: yes and no, terms, months, codes of the platform; blank is said."""
        if value is None or value == "":
            return "无"
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, list):
            return "、".join(map(self.value, value))
        text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
        if text in self._values:
            return self._values[text]
        if text in self._extracts:
            return self._extracts[text]
        return period(text)

    def statements(self, evidence: dict[str, Any], grain_side: str) -> list[Statement]:
        """Everything the evidence says, the registry first, names among it; fit for who may see names only."""
        found = [
            Statement(side, self.fact(side, name, grain_side) or name, self.value(value))
            for side, values in (evidence.get("values") or {}).items()
            for name, value in values.items()
        ]
        for column, value in (evidence.get("personal") or {}).items():
            side, separator, name = column.partition("__")
            side, name = (side, name) if separator else (grain_side, column)
            found.append(Statement(side, self.fact(side, name, grain_side) or name, self.value(value)))
        return sorted(found, key=lambda statement: statement.side != REGISTRY)


def period(text: str) -> str:
    """A term or a month in Chinese; any other text as it is."""
    if term := _TERM.fullmatch(text):
        return f"{term[1]}年{_SEASONS[term[2]]}"
    if month := _MONTH.fullmatch(text):
        return f"{month[1]}年{int(month[2])}月"
    return text


@cache
def grain_sides() -> dict[str, str]:
    """Grain → the side whose facts carry no prefix."""
    grains = yaml.safe_load((dbt_dir() / "rules" / GRAINS_FILE).read_text(encoding="utf-8"))["grains"]
    return {name: grain["side"] for name, grain in grains.items()}


def _zh(words: str) -> str:
    """The Chinese of `zh · en`, fit to stand before a colon."""
    return words.split(" · ")[0].removeprefix("名册：").replace("：", " ")
