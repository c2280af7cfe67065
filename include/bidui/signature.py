"""Whatever a person decides is on record by name and with a reason: the check that both are there."""

from __future__ import annotations

from bidui.problem import Problem, ProblemError


def require_signature(by: str, reason: str) -> None:
    """Raise ProblemError naming the option that says nothing."""
    problems = [
        Problem(
            code=f"decision.{option.strip('-')}",
            column=option,
            what_zh=f"未写明{zh}",
            what_en=f"{en} is missing",
            fix_zh=f"用 {option} 写明{zh}",
            fix_en=f"give it with {option}",
        )
        for value, option, zh, en in (
            (by, "--by", "经办人姓名", "the name of whoever decides"),
            (reason, "--reason", "理由", "the reason"),
        )
        if not value.strip()
    ]
    if problems:
        raise ProblemError(problems)
