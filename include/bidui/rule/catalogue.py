"""Reading the rule catalogue: YAML files checked against a schema, each mistake named with file, rule, key and fix."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema

from bidui.contract.located_yaml import KeyPath, LocatedYaml, dotted
from bidui.problem import Problem, ProblemError
from bidui.rule.definition import Example, Grain, Parameter, Rule, RuleException, Title, digest_of_definition
from bidui.rule.expression import ExpressionError, compile_expression, parameter_names

GRAINS_FILE = "grains.yml"
NOT_CARRIED_FILE = "not_carried.yml"
SCHEMA_FILE = "rule.schema.json"

# The night on which examples are looked at when they name none: parameters shipped today are valid then.
DEFAULT_EXAMPLE_NIGHT = dt.date(2026, 10, 16)


@dataclass(frozen=True)
class NotCarried:
    """A rule of the published catalogue that is left out, and why."""

    id: str
    title: Title
    reason: Title


@dataclass(frozen=True)
class UnreadParameter:
    """A parameter of the published catalogue that no rule can read, and why."""

    rule_id: str
    parameter: str
    reason: Title


@dataclass
class Catalogue:
    """Every rule that could be read, and a problem for each that could not."""

    grains: dict[str, Grain] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    not_carried: list[NotCarried] = field(default_factory=list)
    unread_parameters: list[UnreadParameter] = field(default_factory=list)
    problems: list[RuleProblem] = field(default_factory=list)

    def rule(self, rule_id: str) -> Rule:
        """Return a rule by its id; raises KeyError when the catalogue has none."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)


@dataclass(frozen=True)
class RuleProblem:
    """What is wrong with a rule; `rule_id` is None when a whole file could not be read, `version` when the rule could not."""

    file: str
    rule_id: str | None
    problem: Problem
    version: str | None = None


def load(folder: Path, tried: Path | None = None) -> Catalogue:
    """Read every `*.yml` of the catalogue's folder; the rules of the file `tried` stand in for those of the same id.

    A rule with a mistake becomes a problem and the others are kept; a file that is no YAML is one problem.
    `grains.yml` is part of the engine: a mistake there raises ValueError.
    """
    if not (folder / GRAINS_FILE).is_file():
        raise ProblemError(
            Problem(
                code="rule_folder",
                file=folder.name,
                what_zh="这不是规则目录",
                what_en="this is not a catalogue's folder",
                expected_zh=f"含 {GRAINS_FILE} 和规则文件的目录，如 dbt_project/rules",
                expected_en=f"a folder with {GRAINS_FILE} and the rules, such as dbt_project/rules",
                fix_zh="改用规则目录；单个文件请用 bidui rule dry-run 文件",
                fix_en="name the folder; for a single file use `bidui rule dry-run FILE`",
            )
        )
    catalogue = Catalogue(grains=_load_grains(folder / GRAINS_FILE))
    schema = json.loads((folder / SCHEMA_FILE).read_text(encoding="utf-8"))
    for path in sorted(folder.glob("*.yml")):
        if path.name == NOT_CARRIED_FILE:
            catalogue.not_carried, catalogue.unread_parameters = _load_not_carried(path)
        elif path.name != GRAINS_FILE:
            _load_family(path, schema, catalogue)
    if tried is not None:
        _stand_in(tried, schema, catalogue)
    _refuse_repeated(catalogue)
    _refuse_bad_causes(catalogue)
    catalogue.rules.sort(key=lambda rule: rule.id)
    return catalogue


def _stand_in(path: Path, schema: dict[str, Any], catalogue: Catalogue) -> None:
    """Let the rules of a file replace those of the catalogue with the same id, wherever they came from."""
    tried = Catalogue(grains=catalogue.grains)
    _load_family(path, schema, tried)
    named = {rule.id for rule in tried.rules} | {found.rule_id for found in tried.problems}
    catalogue.rules = [rule for rule in catalogue.rules if rule.id not in named] + tried.rules
    catalogue.problems = [found for found in catalogue.problems if found.rule_id not in named] + tried.problems


def _load_family(path: Path, schema: dict[str, Any], catalogue: Catalogue) -> None:
    try:
        text = LocatedYaml(path, dates_as_text=True)
    except ProblemError as error:
        [unreadable] = error.problems
        catalogue.problems.append(
            _problem(path.name, None, unreadable.row, unreadable.column or "", "rule_file_unreadable",
                     "可读的 YAML（UTF-8）", "readable YAML in UTF-8",
                     f"按该处修正：{unreadable.found or unreadable.what_zh}",
                     f"correct it there: {unreadable.found or unreadable.what_en}")
        )
        return
    content = text.data
    wrong = list(_schema_problems(schema, schema, content, path.name, None, text, ()))
    catalogue.problems += wrong
    if wrong:
        return
    rule_schema = {**schema, **schema["$defs"]["rule"]}
    for position, entry in enumerate(content["rules"]):
        at = ("rules", position)
        rule_id = entry.get("id") if isinstance(entry.get("id"), str) else f"rules[{position}]"
        wrong = list(_schema_problems(rule_schema, schema, entry, path.name, rule_id, text, at))
        if not wrong:
            lines = {str(key): text.line((*at, key)) or 0 for key in entry} | {"": text.line(at) or 0}
            rule = _rule(entry, content["family"], path.name, catalogue.grains, lines, wrong)
            if rule is not None and not wrong:
                catalogue.rules.append(rule)
        catalogue.problems += wrong


# Notes what the schema cannot say: place, code, then what is expected and what to do, each in Chinese and English.
Refuse = Callable[[str, str, tuple[str, str], tuple[str, str]], None]


def _rule(
    entry: dict[str, Any], family: str, file: str, grains: Mapping[str, Grain], lines: dict[str, int],
    wrong: list[RuleProblem],
) -> Rule | None:
    """Build a rule from an entry that fits the schema; what the schema cannot say is added to `wrong`."""
    rule_id = entry["id"]

    def refuse(place: str, code: str, expected: tuple[str, str], fix: tuple[str, str]) -> None:
        line = lines.get(re.split(r"[^a-z_]", place, maxsplit=1)[0], lines[""])
        wrong.append(_problem(file, rule_id, line, place, code, *expected, *fix))

    grain = grains.get(entry["grain"])
    if grain is None:
        known = "、".join(grains)
        refuse("grain", "rule_grain_unknown", (f"以下之一：{known}", f"one of {', '.join(grains)}"),
               (f"改为已有粒度，或先在 {GRAINS_FILE} 中定义", f"use one of them, or define it in {GRAINS_FILE}"))
        return None
    exceptions = _exceptions(entry, grain, refuse)
    parameters = _parameters(entry)
    _check_expressions(entry["predicate"], exceptions, parameters, refuse)
    both = set(entry["evidence"]) & set(entry.get("personal_evidence", []))
    if both:
        refuse("personal_evidence", "rule_evidence_twice",
               (f"每列只出现一次（重复：{'、'.join(sorted(both))}）",
                f"each column once (twice: {', '.join(sorted(both))})"),
               ("个人信息列只放在 personal_evidence", "keep personal columns under personal_evidence only"))
    dates = {key: _date(entry.get(key)) for key in ("active_from", "active_to")}
    for key, value in dates.items():
        if entry.get(key) is not None and value is None:
            refuse(key, "rule_date", ("日期 YYYY-MM-DD", "a date YYYY-MM-DD"), ("改正日期", "correct the date"))
    examples = entry["examples"]
    base = examples.get("base", {})
    digest = digest_of_definition({**entry, "family": family, "exceptions": [[e.name, e.when] for e in exceptions]})
    return Rule(
        id=rule_id,
        title=_title(entry["title"]),
        family=family,
        grain=grain.name,
        severity=entry["severity"],
        departments=tuple(entry["departments"]),
        owner=entry["owner"],
        predicate=entry["predicate"].strip(),
        parameters=parameters,
        evidence=tuple(entry["evidence"]),
        personal_evidence=tuple(entry.get("personal_evidence", ())),
        exceptions=tuple(exceptions),
        cause=tuple(entry.get("cause", ())),
        extracts=tuple(entry.get("extracts", ())),
        remedy=_title(entry["remedy"]),
        source=entry["source"],
        source_type=entry["source_type"],
        active_from=dates["active_from"],
        active_to=dates["active_to"],
        examples_as_of=_date(examples.get("as_of")) or DEFAULT_EXAMPLE_NIGHT,
        hits=tuple(Example(said["case"], {**base, **said["row"]}) for said in examples["hits"]),
        near_misses=tuple(Example(said["case"], {**base, **said["row"]}) for said in examples["near_misses"]),
        file=file,
        version=entry.get("version", digest[:12]),
        digest=digest,
        definition={"family": family, **entry},
        lines=lines,
    )


def _exceptions(entry: dict[str, Any], grain: Grain, refuse: Refuse) -> list[RuleException]:
    """The rule's own exceptions and those of the grain that it names; a name that the grain lacks is refused."""
    exceptions: list[RuleException] = []
    for position, given in enumerate(entry.get("exceptions", [])):
        if isinstance(given, str) and given not in grain.exceptions:
            refuse(f"exceptions[{position}]", "rule_exception_unknown",
                   (f"粒度 {grain.name} 的公共例外：{'、'.join(grain.exceptions) or '无'}",
                    f"an exception shared by grain {grain.name}: {', '.join(grain.exceptions) or 'none'}"),
                   ("改为其中之一，或写全 name、title、when", "use one of them, or write name, title and when"))
        elif isinstance(given, str):
            exceptions.append(grain.exceptions[given])
        else:
            exceptions.append(RuleException(given["name"], _title(given["title"]), given["when"]))
    return exceptions


def _parameters(entry: dict[str, Any]) -> dict[str, Parameter]:
    return {
        name: Parameter(
            name=name, type=said["type"], title=_title(said["title"]),
            rule_id=said.get("rule", entry["id"]), parameter=said.get("parameter", name),
            one_of=tuple(said.get("one_of", ())), at=said.get("at"),
        )
        for name, said in entry.get("parameters", {}).items()
    }


def _check_expressions(
    predicate: str, exceptions: list[RuleException], parameters: Mapping[str, Parameter], refuse: Refuse
) -> None:
    """Refuse what is no single expression over the row, and parameters not declared or not used."""
    texts = {"predicate": predicate}
    texts |= {f"exceptions.{exception.name}": exception.when for exception in exceptions}
    for place, text in texts.items():
        try:
            compile_expression(text, lambda _name, _key: "null")
        except ExpressionError as error:
            refuse(f"{place}, character {error.position}", "rule_expression_refused", (error.zh, error.en),
                   ("改为对本行的一个 SQL 表达式", "write one SQL expression over the row"))
            continue
        unknown = parameter_names(text) - set(parameters) - {"as_of"}
        if unknown:
            refuse(place, "rule_parameter_undeclared",
                   (f"已声明的参数（缺：{'、'.join(sorted(unknown))}）",
                    f"declared parameters (missing: {', '.join(sorted(unknown))})"),
                   ("在 parameters 中声明，或改正名称", "declare them under parameters, or correct the name"))
    unused = set(parameters) - set().union(*(parameter_names(text) for text in texts.values()))
    if unused:
        refuse("parameters", "rule_parameter_unused",
               (f"每个声明的参数都被使用（未用：{'、'.join(sorted(unused))}）",
                f"every declared parameter is used (unused: {', '.join(sorted(unused))})"),
               ("删除，或在表达式中使用", "remove it, or use it in an expression"))


def _refuse_repeated(catalogue: Catalogue) -> None:
    """Two rules with one id: neither runs, because nobody can say which one was meant."""
    files: dict[str, list[str]] = {}
    for rule in catalogue.rules:
        files.setdefault(rule.id, []).append(rule.file)
    for rule_id, where in files.items():
        if len(where) > 1:
            catalogue.problems.append(
                _problem(" ".join(sorted(set(where))), rule_id, None, "id", "rule_id_repeated", "每个规则编号只出现一次",
                         "each rule id once", "删除或改名其中一个", "remove or rename one of them")
            )
    catalogue.rules = [rule for rule in catalogue.rules if len(files[rule.id]) == 1]


def _refuse_bad_causes(catalogue: Catalogue) -> None:
    """A cause that leads back to its own rule would hang findings under themselves."""
    causes = {rule.id: rule.cause for rule in catalogue.rules}
    for rule in list(catalogue.rules):
        if rule.id in _reachable(rule.cause, causes):
            catalogue.rules.remove(rule)
            catalogue.problems.append(
                _problem(rule.file, rule.id, rule.line_of("cause"), "cause", "rule_cause_circular", "起因不回到规则自身",
                         "causes that do not lead back to the rule", "去掉其中一个起因", "remove one of the causes")
            )


def _reachable(start: Iterable[str], causes: Mapping[str, tuple[str, ...]]) -> set[str]:
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        rule_id = waiting.pop()
        if rule_id not in found:
            found.add(rule_id)
            waiting += causes.get(rule_id, ())
    return found


def _load_grains(path: Path) -> dict[str, Grain]:
    content = LocatedYaml(path).data
    grains: dict[str, Grain] = {}
    for name, said in content["grains"].items():
        missing = {"title", "facts", "side", "lineage", "subject_kind", "subject", "extracts"} - set(said)
        if missing:
            raise ValueError(f"{path.name}: {name}: missing {', '.join(sorted(missing))}")
        grains[name] = Grain(
            name=name,
            title=_title(said["title"]),
            facts=said["facts"],
            subject_kind=said["subject_kind"],
            side=said["side"],
            lineage=said["lineage"],
            subject=said["subject"],
            object=said.get("object"),
            extracts=tuple(said["extracts"]),
            exceptions={
                key: RuleException(key, _title(exception["title"]), exception["when"])
                for key, exception in said.get("exceptions", {}).items()
            },
            absence=said.get("absence"),
        )
    return grains


def _load_not_carried(path: Path) -> tuple[list[NotCarried], list[UnreadParameter]]:
    content = LocatedYaml(path).data
    return (
        [NotCarried(said["id"], _title(said["title"]), _title(said["reason"])) for said in content["rules"]],
        [UnreadParameter(said["rule"], said["parameter"], _title(said["reason"])) for said in content.get("parameters", [])],
    )


def _title(said: Mapping[str, str]) -> Title:
    return Title(said["zh"], said["en"])


def _date(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _schema_problems(
    schema: dict[str, Any], root: dict[str, Any], value: Any, file: str, rule_id: str | None, text: LocatedYaml,
    below: KeyPath,
) -> Iterable[RuleProblem]:
    """One problem per place where `value`, which stands `below` a path of the file, does not fit the schema."""
    validator = jsonschema.Draft202012Validator({**schema, "$defs": root["$defs"]})
    for error in sorted(validator.iter_errors(value), key=lambda error: [str(part) for part in error.absolute_path]):
        at = tuple(error.absolute_path)
        said = error.message.split("\n")[0]
        yield _problem(
            file, rule_id, text.line((*below, *at)), dotted(at) or "rule", "rule_schema", "符合 rule.schema.json 的内容",
            "what rule.schema.json asks for", f"按提示修改：{said}", f"correct it: {said}",
        )


def _problem(
    file: str, rule_id: str | None, line: int | None, place: str, code: str,
    expected_zh: str, expected_en: str, fix_zh: str, fix_en: str,
) -> RuleProblem:
    return RuleProblem(
        file, rule_id, problem_of(file, rule_id, line, place, code, (expected_zh, expected_en), (fix_zh, fix_en))
    )


def problem_of(
    file: str, rule_id: str | None, line: int | None, place: str, code: str, expected: tuple[str, str],
    fix: tuple[str, str],
) -> Problem:
    """A refusal as people read it: the rule, the place in it, what was expected there and what to do."""
    if rule_id is None:
        what = ("规则文件无法读取，其中的规则都不能运行", "the rule file cannot be read; none of its rules can run")
    elif code == "rule_example":
        what = (f"规则 {rule_id} 与其示例不符", f"rule {rule_id} does not do what its example says")
    else:
        what = (f"规则 {rule_id} 不能运行", f"rule {rule_id} cannot run")
    return Problem(
        code=code,
        what_zh=what[0],
        what_en=what[1],
        file=file,
        row=line,
        column=f"{rule_id}.{place}" if rule_id else place or None,
        expected_zh=expected[0],
        expected_en=expected[1],
        fix_zh=fix[0],
        fix_en=fix[1],
    )
