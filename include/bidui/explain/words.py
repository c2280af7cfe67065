"""What the parts of a story are called, Chinese first; used by the terminal and by the page."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bidui.contract import Sources, load_sources
from bidui.home import sources_dir
from bidui.landing.batch import STATUS_WORDS

EVENTS = {
    "opened": "新增 opened",
    "closed": "关闭 closed",
    "reopened": "重新出现 reopened",
    "confirmed": "核实属实 confirmed",
    "dismissed": "核实不属实 dismissed",
    "exempted": "豁免 exempted",
    "lapsed": "结论失效 lapsed",
}
STATES = {
    "open": "未结 open",
    "closed": "已关闭 closed",
    "confirmed": "已核实属实 confirmed",
    "false_positive": "核实不属实 false positive",
    "exempt": "已豁免 exempt",
}
VERDICTS = {
    "confirmed": "属实 confirmed",
    "false_positive": "不属实 false positive",
    "exempt": "豁免 exempt",
    "unclear": "待补正 unclear",
}
SIDES = {
    "registry": "登记有误 registry",
    "department": "部门有误 department",
    "both": "双方有误 both",
    "neither": "均无误 neither",
}
SEVERITIES = {
    "critical": "紧急 critical",
    "high": "重要 high",
    "error": "差错 error",
    "warn": "关注 warn",
    "info": "提示 info",
}
DECISIONS = {
    "linked": "已关联 linked",
    "review": "待人工复核 in review",
    "not_found": "名册中没有 not found",
    "unusable": "无法使用 unusable",
}
BATCHES = STATUS_WORDS
SUBJECTS = {"person": "人 person", "household": "户 household"}


def said(words: dict[str, str], value: Any) -> str:
    """The word for a value, the value itself where there is none, empty for None."""
    return "" if value is None else words.get(str(value), str(value))


def shown(value: Any) -> str:
    """A value as a person reads it: text as it is, yes and no and titles in both languages, lists on one line."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是 yes" if value else "否 no"
    if isinstance(value, list):
        return "；".join(map(shown, value))
    if isinstance(value, dict):
        if value.keys() == {"zh", "en"}:
            return f"{value['zh']} · {value['en']}"
        if "title" in value:
            return shown(value["title"])
        return "，".join(f"{name}: {shown(part)}" for name, part in value.items())
    return str(value)


def free_words(answer: dict[str, Any], name: str) -> str:
    """What somebody wrote in their own words, or that it is withheld from this login."""
    return "（遮蔽 withheld）" if answer["is_withheld"] else shown(answer[name])


def parameter(row: dict[str, Any]) -> str:
    """One parameter as it was in force: `rule.parameter[key] = value`, and whether a county set it."""
    key = f"[{row['key']}]" if row.get("key") else ""
    place = f"，区划 division {row['division_code']}" if row.get("division_code") else ""
    origin = "本县 county" if row.get("origin") == "county" else "默认 default"
    return f"{row['rule_id']}.{row['parameter']}{key} = {row['value']}（{origin}{place}）"


def label(story: dict[str, Any], side: str, name: str) -> str:
    """What a fact is called, with its own name: as an audit view calls it, else as the house does, else by the header that
    the sender gave it in the row behind the finding."""
    headers = {column["name"]: column["header"] for row in story["rows"] or [] for column in row["columns"] or []}
    meaning = (story["labels"] or {}).get(f"{side}.{name}") or _evidence_words()["facts"].get(name) or headers.get(name)
    return f"{meaning}（{side}.{name}）" if meaning else f"{side}.{name}"


def side_title(side: str) -> str:
    """Where a group of facts comes from, with its own name."""
    extract = _sources().extracts.get(side)
    meaning = f"{extract.title.zh} · {extract.title.en}" if extract else _evidence_words()["sides"].get(side)
    return f"{meaning}（{side}）" if meaning else side


def department(name: str | None) -> str:
    """A department by its name in Chinese, with its key."""
    titles = {source.department: source.title.zh for source in _sources().departments}
    return f"{titles[name]} {name}" if name in titles else name or ""


@cache
def _evidence_words() -> dict[str, dict[str, str]]:
    content = yaml.safe_load(Path(__file__).with_name("evidence.yml").read_text(encoding="utf-8"))
    return {
        part: {name: f"{title['zh']} · {title['en']}" for name, title in titles.items()} for part, titles in content.items()
    }


@cache
def _sources() -> Sources:
    return load_sources(sources_dir())
