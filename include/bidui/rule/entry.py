"""One entry of a rule file that fits the schema: what the schema cannot say against it, and the rule that it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from bidui.rule.definition import Example, Grain, Parameter, Rule, RuleException, Title, digest_of_definition
from bidui.rule.expression import ExpressionError, compile_expression, parameter_names
from bidui.rule.problem import Refusal

# The night on which examples are looked at when they name none: parameters shipped today are valid then.
DEFAULT_EXAMPLE_NIGHT = dt.date(2026, 10, 16)

_Entry = dict[str, Any]


def refusals(entry: _Entry, grain: Grain) -> Iterator[Refusal]:
    """Why an entry is no rule of its grain."""
    yield from _unknown_exceptions(entry, grain)
    yield from _bad_expressions(entry, grain)
    yield from _evidence_given_twice(entry)
    yield from _bad_dates(entry)


def rule_of(entry: _Entry, family: str, file: str, grain: Grain, lines: dict[str, int]) -> Rule:
    """The rule of an entry that nothing is held against; `lines` are the lines of its keys in `file`."""
    exceptions = _exceptions(entry, grain)
    examples = entry["examples"]
    base = examples.get("base", {})
    digest = digest_of_definition({**entry, "family": family, "exceptions": [[e.name, e.when] for e in exceptions]})
    return Rule(
        id=entry["id"],
        title=title_of(entry["title"]),
        family=family,
        grain=grain.name,
        severity=entry["severity"],
        departments=tuple(entry["departments"]),
        owner=entry["owner"],
        predicate=entry["predicate"].strip(),
        parameters=_parameters(entry),
        evidence=tuple(entry["evidence"]),
        personal_evidence=tuple(entry.get("personal_evidence", ())),
        exceptions=exceptions,
        cause=tuple(entry.get("cause", ())),
        extracts=tuple(entry.get("extracts", ())),
        remedy=title_of(entry["remedy"]),
        source=entry["source"],
        source_type=entry["source_type"],
        active_from=_date(entry.get("active_from")),
        active_to=_date(entry.get("active_to")),
        examples_as_of=_date(examples.get("as_of")) or DEFAULT_EXAMPLE_NIGHT,
        hits=tuple(Example(said["case"], {**base, **said["row"]}) for said in examples["hits"]),
        near_misses=tuple(Example(said["case"], {**base, **said["row"]}) for said in examples["near_misses"]),
        file=file,
        version=entry.get("version", digest[:12]),
        digest=digest,
        definition={"family": family, **entry},
        lines=lines,
    )


def title_of(said: Mapping[str, str]) -> Title:
    """A text of the catalogue in both languages."""
    return Title(said["zh"], said["en"])


def _unknown_exceptions(entry: _Entry, grain: Grain) -> Iterator[Refusal]:
    for position, given in enumerate(entry.get("exceptions", [])):
        if isinstance(given, str) and given not in grain.exceptions:
            yield Refusal(
                f"exceptions[{position}]",
                "rule_exception_unknown",
                (
                    f"粒度 {grain.name} 的公共例外：{'、'.join(grain.exceptions) or '无'}",
                    f"an exception shared by grain {grain.name}: {', '.join(grain.exceptions) or 'none'}",
                ),
                ("改为其中之一，或写全 name、title、when", "use one of them, or write name, title and when"),
            )


def _bad_expressions(entry: _Entry, grain: Grain) -> Iterator[Refusal]:
    """What is no single expression over the row, and parameters not declared or not used."""
    parameters = set(entry.get("parameters", {}))
    texts = {"predicate": entry["predicate"]}
    texts |= {f"exceptions.{exception.name}": exception.when for exception in _exceptions(entry, grain)}
    for place, text in texts.items():
        try:
            compile_expression(text, lambda _name, _key: "null")
        except ExpressionError as error:
            yield Refusal(
                f"{place}, character {error.position}",
                "rule_expression_refused",
                (error.zh, error.en),
                ("改为对本行的一个 SQL 表达式", "write one SQL expression over the row"),
            )
            continue
        unknown = parameter_names(text) - parameters - {"as_of"}
        if unknown:
            yield Refusal(
                place,
                "rule_parameter_undeclared",
                (
                    f"已声明的参数（缺：{'、'.join(sorted(unknown))}）",
                    f"declared parameters (missing: {', '.join(sorted(unknown))})",
                ),
                ("在 parameters 中声明，或改正名称", "declare them under parameters, or correct the name"),
            )
    unused = parameters - set().union(*(parameter_names(text) for text in texts.values()))
    if unused:
        yield Refusal(
            "parameters",
            "rule_parameter_unused",
            (
                f"每个声明的参数都被使用（未用：{'、'.join(sorted(unused))}）",
                f"every declared parameter is used (unused: {', '.join(sorted(unused))})",
            ),
            ("删除，或在表达式中使用", "remove it, or use it in an expression"),
        )


def _evidence_given_twice(entry: _Entry) -> Iterator[Refusal]:
    both = set(entry["evidence"]) & set(entry.get("personal_evidence", []))
    if both:
        yield Refusal(
            "personal_evidence",
            "rule_evidence_twice",
            (
                f"每列只出现一次（重复：{'、'.join(sorted(both))}）",
                f"each column once (twice: {', '.join(sorted(both))})",
            ),
            ("个人信息列只放在 personal_evidence", "keep personal columns under personal_evidence only"),
        )


def _bad_dates(entry: _Entry) -> Iterator[Refusal]:
    for key in ("active_from", "active_to"):
        if entry.get(key) is not None and _date(entry[key]) is None:
            yield Refusal(key, "rule_date", ("日期 YYYY-MM-DD", "a date YYYY-MM-DD"), ("改正日期", "correct the date"))


def _exceptions(entry: _Entry, grain: Grain) -> tuple[RuleException, ...]:
    """The rule's own exceptions, and those of the grain that it names."""
    return tuple(
        RuleException(given["name"], title_of(given["title"]), given["when"])
        if not isinstance(given, str)
        else grain.exceptions[given]
        for given in entry.get("exceptions", [])
        if not isinstance(given, str) or given in grain.exceptions
    )


def _parameters(entry: _Entry) -> dict[str, Parameter]:
    return {
        name: Parameter(
            name=name, type=said["type"], title=title_of(said["title"]),
            rule_id=said.get("rule", entry["id"]), parameter=said.get("parameter", name),
            one_of=tuple(said.get("one_of", ())), at=said.get("at"),
        )
        for name, said in entry.get("parameters", {}).items()
    }


def _date(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
