"""What is wrong with a rule, as the person reads it who wrote it."""

from __future__ import annotations

from dataclasses import dataclass

from bidui.problem import Problem

# Chinese, English.
Words = tuple[str, str]


@dataclass(frozen=True)
class Refusal:
    """A place of a rule (`predicate, character 5`), what is expected there, and what to do."""

    place: str
    code: str
    expected: Words
    fix: Words


@dataclass(frozen=True)
class RuleProblem:
    """What is wrong with a rule; `rule_id` is None when a whole file could not be read, `version` when the rule could not."""

    file: str
    rule_id: str | None
    problem: Problem
    version: str | None = None


def rule_problem(
    file: str, rule_id: str | None, line: int | None, refusal: Refusal, version: str | None = None
) -> RuleProblem:
    """A refusal with the file, the rule and the line that it is about."""
    what_zh, what_en = _what(rule_id, refusal.code)
    problem = Problem(
        code=refusal.code,
        what_zh=what_zh,
        what_en=what_en,
        file=file,
        row=line,
        column=f"{rule_id}.{refusal.place}" if rule_id else refusal.place or None,
        expected_zh=refusal.expected[0],
        expected_en=refusal.expected[1],
        fix_zh=refusal.fix[0],
        fix_en=refusal.fix[1],
    )
    return RuleProblem(file, rule_id, problem, version)


def _what(rule_id: str | None, code: str) -> Words:
    if rule_id is None:
        return "规则文件无法读取，其中的规则都不能运行", "the rule file cannot be read; none of its rules can run"
    if code == "rule_example":
        return f"规则 {rule_id} 与其示例不符", f"rule {rule_id} does not do what its example says"
    return f"规则 {rule_id} 不能运行", f"rule {rule_id} cannot run"
