"""Check plain data against `source.schema.json` and say each mistake in words: key path, line, fix."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from jsonschema.exceptions import ValidationError

from bidui.contract.located_yaml import LocatedYaml, dotted
from bidui.contract.suggest import nearest
from bidui.home import REPOSITORY
from bidui.problem import Problem

SHIPPED_SCHEMA = REPOSITORY / "include" / "sources" / "source.schema.json"


@cache
def _validator(schema_path: Path, definition: str | None) -> jsonschema.Draft202012Validator:
    schema = json.loads(schema_path.read_text(encoding="utf-8"))
    if definition:
        schema = {"$schema": schema["$schema"], "$defs": schema["$defs"], "$ref": f"#/$defs/{definition}"}
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def schema_problems(document: LocatedYaml, definition: str | None = None) -> list[Problem]:
    """Every mistake of `document` against the schema (or one of its `$defs`), in the order of the file."""
    validator = _validator(SHIPPED_SCHEMA, definition)
    found = [_problem(document, error) for error in validator.iter_errors(document.data)]
    return sorted(set(found), key=lambda problem: (problem.row or 0, problem.column or ""))


def _problem(document: LocatedYaml, error: ValidationError) -> Problem:
    kind = str(error.validator)
    if kind == "additionalProperties" and isinstance(error.instance, Mapping):
        return _unknown_key(document, error, error.instance)
    if kind == "required" and isinstance(error.instance, Mapping):
        return _missing_key(document, error, error.instance)
    if kind in ("anyOf", "oneOf"):
        return _none_of_several_keys(document, error)
    if kind == "enum":
        return _not_an_option(document, error)
    return _unfit_value(document, error)


def _unknown_key(document: LocatedYaml, error: ValidationError, instance: Mapping[str, Any]) -> Problem:
    allowed = _properties(error)
    extra = next(key for key in instance if key not in allowed)
    guess = nearest(extra, allowed)
    return Problem(
        code="contract.unknown_key",
        what_zh=f"不认识的键 {extra}",
        what_en=f"unknown key {extra}",
        **_place(document, error, extra),
        expected_zh="、".join(allowed),
        expected_en=", ".join(allowed),
        fix_zh=f"改为 {guess}" if guess else "删除它，或改为上述键之一",
        fix_en=f"did you mean {guess}?" if guess else "remove it or use one of these",
    )


def _missing_key(document: LocatedYaml, error: ValidationError, instance: Mapping[str, Any]) -> Problem:
    wanted: Any = error.validator_value
    missing = next(key for key in wanted if key not in instance)
    allowed = _properties(error)
    near = nearest(missing, [key for key in instance if key not in allowed])
    return Problem(
        code="contract.missing_key",
        what_zh=f"缺少键 {missing}",
        what_en=f"key {missing} is missing",
        **_place(document, error),
        fix_zh=f"把 {near} 改为 {missing}" if near else f"补上 {missing}",
        fix_en=f"rename {near} to {missing}" if near else f"add {missing}",
    )


def _none_of_several_keys(document: LocatedYaml, error: ValidationError) -> Problem:
    wanted: Any = error.validator_value
    keys = [key for option in wanted for key in option.get("required", ())]
    at_least = error.validator == "anyOf"
    return Problem(
        code="contract.missing_key",
        what_zh=f"{'、'.join(keys)} {'至少' if at_least else '恰好'}要有一个",
        what_en=f"{'one' if at_least else 'exactly one'} of {', '.join(keys)} is needed",
        **_place(document, error),
        fix_zh=f"补上 {' 或 '.join(keys)}",
        fix_en=f"add {' or '.join(keys)}",
    )


def _not_an_option(document: LocatedYaml, error: ValidationError) -> Problem:
    wanted: Any = error.validator_value
    options = [str(value) for value in wanted]
    guess = nearest(str(error.instance), options)
    return Problem(
        code="contract.bad_value",
        what_zh="值不在允许的范围内",
        what_en="this value is not one of those allowed",
        **_place(document, error),
        expected_zh="、".join(options),
        expected_en=", ".join(options),
        found=_short(error.instance),
        fix_zh=f"改为 {guess}" if guess else "改为上述值之一",
        fix_en=f"did you mean {guess}?" if guess else "use one of these",
    )


# What a keyword of the schema asks for, in Chinese and in English; a keyword that is not here is named as it is.
_ASKED_FOR = {
    "type": ("类型 {}", "type {}"),
    "pattern": ("形如 {} 的文本", "text like {}"),
    "const": ("{}", "{}"),
    "minimum": ("不小于 {} 的数", "a number of at least {}"),
    "maximum": ("不大于 {} 的数", "a number of at most {}"),
    "minItems": ("至少 {} 项", "at least {} items"),
    "minProperties": ("至少 {} 项", "at least {} entries"),
    "minLength": ("至少 {} 个字符", "at least {} characters"),
    "maxLength": ("至多 {} 个字符", "at most {} characters"),
    "uniqueItems": ("不重复的列表", "a list without repeats"),
    "contains": ("列表中含 {}", "a list with {} in it"),
}


def _unfit_value(document: LocatedYaml, error: ValidationError) -> Problem:
    kind, wanted = str(error.validator), error.validator_value
    zh, en = _ASKED_FOR.get(kind, (f"符合 {kind} {{}}", f"{kind} {{}}"))
    said = wanted if isinstance(wanted, str) and kind in ("type", "pattern") else _short(wanted)
    return Problem(
        code="contract.bad_value",
        what_zh="值不符合约定",
        what_en="this value does not fit",
        **_place(document, error),
        expected_zh=zh.format(said),
        expected_en=en.format(said),
        found=_short(error.instance),
        fix_zh="按上述要求改正",
        fix_en="correct the value",
    )


def _properties(error: ValidationError) -> tuple[str, ...]:
    schema = error.schema  # true or false where a schema is no object
    return tuple(schema.get("properties", {})) if isinstance(schema, Mapping) else ()


def _place(document: LocatedYaml, error: ValidationError, *below: str) -> dict[str, Any]:
    path = (*error.absolute_path, *below)
    return {"file": document.path.name, "row": document.line(path), "column": dotted(path) or None}


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "…"
