"""Reading the rule catalogue: YAML files checked against a schema, each mistake named with file, rule, key and fix."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema

from bidui.contract.located_yaml import KeyPath, LocatedYaml, dotted
from bidui.problem import Problem, ProblemError
from bidui.rule.definition import Grain, Rule, RuleException, Title, line_of
from bidui.rule.entry import refusals, rule_of, title_of
from bidui.rule.problem import Refusal, RuleProblem, rule_problem

GRAINS_FILE = "grains.yml"
NOT_CARRIED_FILE = "not_carried.yml"
SCHEMA_FILE = "rule.schema.json"


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
        refusal = Refusal(
            unreadable.column or "",
            "rule_file_unreadable",
            ("可读的 YAML（UTF-8）", "readable YAML in UTF-8"),
            (
                f"按该处修正：{unreadable.found or unreadable.what_zh}",
                f"correct it there: {unreadable.found or unreadable.what_en}",
            ),
        )
        catalogue.problems.append(rule_problem(path.name, None, unreadable.row, refusal))
        return
    content = text.data
    misfits = [rule_problem(path.name, None, text.line(at), refusal) for at, refusal in _misfits(schema, content)]
    catalogue.problems += misfits
    if not misfits:
        for position, entry in enumerate(content["rules"]):
            _load_entry(entry, ("rules", position), text, content["family"], schema, catalogue)


def _load_entry(
    entry: dict[str, Any], at: KeyPath, text: LocatedYaml, family: str, schema: dict[str, Any], catalogue: Catalogue
) -> None:
    """Add the entry at a place of a file to the catalogue: the rule that it is, or why it is none."""
    file = text.path.name
    rule_id = entry["id"] if isinstance(entry.get("id"), str) else dotted(at)
    misfits = [
        rule_problem(file, rule_id, text.line((*at, *below)), refusal)
        for below, refusal in _misfits({**schema, **schema["$defs"]["rule"]}, entry)
    ]
    if misfits:
        catalogue.problems += misfits
        return
    lines = {str(key): text.line((*at, key)) or 0 for key in entry} | {"": text.line(at) or 0}
    grain = catalogue.grains.get(entry["grain"])
    refused = [_grain_unknown(catalogue.grains)] if grain is None else list(refusals(entry, grain))
    catalogue.problems += [
        rule_problem(file, rule_id, line_of(lines, refusal.place), refusal) for refusal in refused
    ]
    if grain is not None and not refused:
        catalogue.rules.append(rule_of(entry, family, file, grain, lines))


def _grain_unknown(grains: Mapping[str, Grain]) -> Refusal:
    return Refusal(
        "grain",
        "rule_grain_unknown",
        (f"以下之一：{'、'.join(grains)}", f"one of {', '.join(grains)}"),
        (f"改为已有粒度，或先在 {GRAINS_FILE} 中定义", f"use one of them, or define it in {GRAINS_FILE}"),
    )


def _misfits(schema: dict[str, Any], value: Any) -> Iterator[tuple[KeyPath, Refusal]]:
    """Where `value` does not fit the schema, one refusal per place."""
    validator = jsonschema.Draft202012Validator(schema)
    for error in sorted(validator.iter_errors(value), key=lambda error: [str(part) for part in error.absolute_path]):
        at = tuple(error.absolute_path)
        said = error.message.split("\n")[0]
        yield at, Refusal(
            dotted(at) or "rule",
            "rule_schema",
            ("符合 rule.schema.json 的内容", "what rule.schema.json asks for"),
            (f"按提示修改：{said}", f"correct it: {said}"),
        )


def _refuse_repeated(catalogue: Catalogue) -> None:
    """Two rules with one id: neither runs, because nobody can say which one was meant."""
    files: dict[str, list[str]] = {}
    for rule in catalogue.rules:
        files.setdefault(rule.id, []).append(rule.file)
    for rule_id, where in files.items():
        if len(where) > 1:
            refusal = Refusal(
                "id",
                "rule_id_repeated",
                ("每个规则编号只出现一次", "each rule id once"),
                ("删除或改名其中一个", "remove or rename one of them"),
            )
            catalogue.problems.append(rule_problem(" ".join(sorted(set(where))), rule_id, None, refusal))
    catalogue.rules = [rule for rule in catalogue.rules if len(files[rule.id]) == 1]


def _refuse_bad_causes(catalogue: Catalogue) -> None:
    """A cause that leads back to its own rule would hang findings under themselves."""
    causes = {rule.id: rule.cause for rule in catalogue.rules}
    for rule in list(catalogue.rules):
        if rule.id in _reachable(rule.cause, causes):
            catalogue.rules.remove(rule)
            refusal = Refusal(
                "cause",
                "rule_cause_circular",
                ("起因不回到规则自身", "causes that do not lead back to the rule"),
                ("去掉其中一个起因", "remove one of the causes"),
            )
            catalogue.problems.append(rule_problem(rule.file, rule.id, rule.line_of("cause"), refusal))


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
            title=title_of(said["title"]),
            facts=said["facts"],
            subject_kind=said["subject_kind"],
            side=said["side"],
            lineage=said["lineage"],
            subject=said["subject"],
            object=said.get("object"),
            extracts=tuple(said["extracts"]),
            exceptions={
                key: RuleException(key, title_of(exception["title"]), exception["when"])
                for key, exception in said.get("exceptions", {}).items()
            },
            absence=said.get("absence"),
            lists={fact: tuple(extracts) for fact, extracts in content["lists"].items()},
        )
    return grains


def _load_not_carried(path: Path) -> tuple[list[NotCarried], list[UnreadParameter]]:
    content = LocatedYaml(path).data
    return (
        [NotCarried(said["id"], title_of(said["title"]), title_of(said["reason"])) for said in content["rules"]],
        [UnreadParameter(said["rule"], said["parameter"], title_of(said["reason"])) for said in content.get("parameters", [])],
    )
