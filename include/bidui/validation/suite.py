"""Suites of expectations: one Great Expectations JSON file per extract, read and checked here.

The files are plain GX suites. What the house needs beside them stands in each expectation's `meta`:
`name` (a stable slug, the key in `ledger.validation`), `title`, `why`, `columns` of the contract, for a critical one
the `reason` a clerk reads beside a quarantined row, and the `gate` that its count feeds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal, cast

from bidui.contract import Title
from bidui.home import expectations_dir
from bidui.problem import Problem, ProblemError

Severity = Literal["critical", "warning", "info"]
Gate = Literal["row_count", "blank_share", "mangled_share"]

SEVERITIES = ("critical", "warning", "info")
GATES = ("row_count", "blank_share", "mangled_share")
SLUG = re.compile(r"[a-z][a-z0-9_]*\Z")

# Says something about the file as a whole and points at no row: it can hold a file, never quarantine a row.
TABLE_LEVEL = ("expect_table_",)
ROWS_QUERY = "unexpected_rows_expectation"


@dataclass(frozen=True)
class Check:
    """One expectation: `configuration` is what GX reads, the rest is its `meta`."""

    name: str
    severity: Severity
    title: Title
    columns: tuple[str, ...]
    why: Title | None
    reason: Title | None
    gate: Gate | None
    configuration: Mapping[str, Any]

    @property
    def type(self) -> str:
        """GX's name of the expectation."""
        return str(self.configuration["type"])

    @property
    def column_name(self) -> str | None:
        """Contract columns it is about, as the ledger records them."""
        return ", ".join(self.columns) or None

    @property
    def quarantines(self) -> bool:
        """Whether a row that fails it is set apart."""
        return self.severity == "critical" and not self.type.startswith(TABLE_LEVEL)

    @property
    def rows_query(self) -> str | None:
        """SQL with `{batch}` that selects the failing rows, where the expectation is written as one."""
        query = self.configuration["kwargs"].get("unexpected_rows_query")
        return str(query) if query is not None else None


@dataclass(frozen=True)
class Suite:
    """The expectations of one extract, in the order of the file."""

    extract: str
    title: Title
    checks: tuple[Check, ...]
    path: Path

    @cached_property
    def by_name(self) -> Mapping[str, Check]:
        """Checks by slug."""
        return {check.name: check for check in self.checks}


def load_suite(extract: str, directory: Path | None = None) -> Suite:
    """The suite of an extract from `directory` (default `bidui.home.expectations_dir()`).

    Raises ProblemError naming file, expectation and key when the file is missing or malformed.
    """
    path = (directory or expectations_dir()) / f"{extract}.json"
    if not path.exists():
        raise ProblemError(
            Problem(
                code="suite.missing",
                what_zh=f"数据项 {extract} 没有校验规则文件",
                what_en=f"the extract {extract} has no expectation suite",
                file=str(path),
                fix_zh="在该文件夹中新建与数据项同名的 JSON 文件（参照 CONTRIBUTING）",
                fix_en="add a JSON file named after the extract (see CONTRIBUTING)",
            )
        )
    return _load(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _load(path: Path, _stamp: int) -> Suite:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        row = error.lineno if isinstance(error, json.JSONDecodeError) else None
        raise ProblemError(_bad(path, "suite.json", "不是合法的 JSON", "is not valid JSON", row=row)) from None
    problems: list[Problem] = []
    if document.get("name") != path.stem:
        problems.append(_bad(path, "suite.name", f"name 应为 {path.stem}", f"name must be {path.stem}", key="name"))
    title = _title(document.get("meta", {}).get("title"))
    if title is None:
        problems.append(_bad(path, "suite.title", "缺少双语标题", "the bilingual title is missing", key="meta.title"))
    checks: list[Check] = []
    seen: set[str] = set()
    for position, configuration in enumerate(document.get("expectations") or [], start=1):
        check = _check(path, position, configuration, problems)
        if check is None:
            continue
        if check.name in seen:
            problems.append(
                _bad(path, "suite.twice", "名称重复", "the name is used twice", key=f"expectations[{position}] {check.name}")
            )
        seen.add(check.name)
        checks.append(check)
    if problems or title is None:
        raise ProblemError(problems)
    return Suite(extract=path.stem, title=title, checks=tuple(checks), path=path)


def _check(path: Path, position: int, configuration: dict[str, Any], problems: list[Problem]) -> Check | None:
    """The check at `position` (first is 1), or None after adding its mistakes to `problems`."""
    meta = configuration.get("meta") or {}
    name = meta.get("name")
    place = f"expectations[{position}] {name or '?'}"
    before = len(problems)

    def bad(code: str, zh: str, en: str) -> None:
        problems.append(_bad(path, f"suite.{code}", zh, en, key=place))

    if not isinstance(configuration.get("type"), str) or not isinstance(configuration.get("kwargs"), dict):
        bad("type", "缺少 type 或 kwargs", "type or kwargs is missing")
        return None
    if not isinstance(name, str) or not SLUG.match(name):
        bad("slug", "meta.name 应为小写英文短名", "meta.name must be a lower-case slug")
    if configuration.get("severity") not in SEVERITIES:
        bad("severity", f"severity 应为 {'、'.join(SEVERITIES)}", f"severity must be one of {', '.join(SEVERITIES)}")
    title = _title(meta.get("title"))
    if title is None:
        bad("title", "meta.title 应有 zh 与 en", "meta.title needs zh and en")
    gate = meta.get("gate")
    if gate is not None and gate not in GATES:
        bad("gate", f"meta.gate 应为 {'、'.join(GATES)}", f"meta.gate must be one of {', '.join(GATES)}")
    reason = _title(meta.get("reason"))
    on_rows = not configuration["type"].startswith(TABLE_LEVEL)
    if configuration.get("severity") == "critical" and on_rows and reason is None:
        bad("reason", "critical 的校验需写明 meta.reason", "a critical expectation needs meta.reason")
    if len(problems) > before or title is None:
        return None
    return Check(
        name=str(name),
        severity=cast("Severity", configuration["severity"]),
        title=title,
        columns=tuple(meta.get("columns", ())),
        why=_title(meta.get("why")),
        reason=reason,
        gate=cast("Gate | None", gate),
        configuration=configuration,
    )


def _title(value: object) -> Title | None:
    if isinstance(value, dict) and value.get("zh") and value.get("en"):
        return Title(zh=str(value["zh"]), en=str(value["en"]))
    return None


def _bad(path: Path, code: str, zh: str, en: str, *, key: str | None = None, row: int | None = None) -> Problem:
    return Problem(
        code=code,
        what_zh=zh,
        what_en=en,
        file=str(path),
        column=key,
        row=row,
        fix_zh="按同一文件夹中其他文件的写法更正",
        fix_en="correct it after the other files of the folder",
    )
