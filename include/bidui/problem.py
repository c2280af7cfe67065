"""A mistake that a person has to mend, told in Chinese and English: what, where, what was expected, what to do.

Problems travel to the ledger, receipts, the terminal and logs, so they never hold a personal value: `found` is
for headers, keys, encodings and counts, never for the content of a data row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

Severity = Literal["hold", "warn", "info"]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One mistake.

    `severity`: `hold` stops the file (or refuses the command), `warn` and `info` are told and stop nothing.
    `row` is the row's number as a person sees it (first line is 1); `column` a header, a column letter or a key path.
    `fix_*` is for whoever made the mistake, `decide_*` what the office that runs the platform may do instead.
    `connection` is an Airflow connection and what was asked of it, where no file is the matter.
    """

    code: str
    what_zh: str
    what_en: str
    severity: Severity = "hold"
    connection: str | None = None
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    expected_zh: str | None = None
    expected_en: str | None = None
    found: str | None = None
    fix_zh: str | None = None
    fix_en: str | None = None
    decide_zh: str | None = None
    decide_en: str | None = None

    @property
    def zh(self) -> str:
        """The problem as one Chinese sentence."""
        place = "，".join(
            part
            for part in (
                f"连接 {self.connection}" if self.connection else "",
                f"文件 {self.file}" if self.file else "",
                f"工作表“{self.sheet}”" if self.sheet else "",
                f"第 {self.row} 行" if self.row is not None else "",
                f"“{self.column}”" if self.column else "",
            )
            if part
        )
        text = f"{place}：{self.what_zh}" if place else self.what_zh
        if self.expected_zh:
            text += f"；应为 {self.expected_zh}"
        if self.found:
            text += f"；实际为 {self.found}"
        if self.fix_zh:
            # A condition or an addressee comes first; what follows it asks by itself.
            text += f"。{'' if self.fix_zh.startswith(('如', '请', '确属')) else '请'}{self.fix_zh}"
        if self.decide_zh:
            text += f"；{self.decide_zh}"
        return text + "。"

    @property
    def en(self) -> str:
        """The problem as one English sentence."""
        place = ", ".join(
            part
            for part in (
                f"connection {self.connection}" if self.connection else "",
                f"file {self.file}" if self.file else "",
                f"sheet {self.sheet!r}" if self.sheet else "",
                f"row {self.row}" if self.row is not None else "",
                f"{self.column!r}" if self.column else "",
            )
            if part
        )
        text = f"{place}: {self.what_en}" if place else self.what_en
        if self.expected_en:
            text += f"; expected {self.expected_en}"
        if self.found:
            text += f"; found {self.found}"
        if self.fix_en:
            text += f". To mend it: {self.fix_en}"
        if self.decide_en:
            text += f"; {self.decide_en}"
        return text if text.endswith("?") else text + "."

    def __str__(self) -> str:
        return f"{self.zh}\n{self.en}"

    def for_sender(self) -> Problem:
        """The problem without what is the office's to decide."""
        return replace(self, decide_zh=None, decide_en=None)

    def as_dict(self) -> dict[str, Any]:
        """The problem for JSON, empty fields left out; the two finished sentences under `zh` and `en`."""
        fields = {name: value for name, value in asdict(self).items() if value is not None}
        return fields | {"zh": self.zh, "en": self.en}

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Problem:
        """The problem from `as_dict`."""
        return cls(**{name: value for name, value in fields.items() if name in cls.__dataclass_fields__})


class ProblemError(Exception):
    """Raised when work cannot go on; carries one or more problems, printed one after another.

    `final`: trying again by itself changes nothing or does harm.
    """

    def __init__(self, problems: Problem | Iterable[Problem], *, final: bool = False) -> None:
        self.final = final
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @property
    def reason(self) -> str:
        """The first holding problem in both languages on one line, for `ledger.batch.reason`."""
        return reason_of(self.problems)


def reason_of(problems: Iterable[Problem]) -> str:
    """The first holding problem in both languages on one line; how many more there are, if any."""
    holding = [problem for problem in problems if problem.severity == "hold"]
    if not holding:
        return ""
    more_zh = f"（另有 {len(holding) - 1} 处）" if len(holding) > 1 else ""
    more_en = f" (and {len(holding) - 1} more)" if len(holding) > 1 else ""
    return f"{holding[0].zh}{more_zh} · {holding[0].en}{more_en}"
