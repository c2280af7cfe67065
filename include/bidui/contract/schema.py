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
    path = tuple(error.absolute_path)
    kind = str(error.validator)
    wanted: Any = error.validator_value
    found = _short(error.instance)
    place: dict[str, Any] = {"file": document.path.name, "row": document.line(path), "column": dotted(path) or None}
    if kind == "additionalProperties" and isinstance(error.instance, Mapping):
        allowed = tuple(error.schema.get("properties", {}))  # type: ignore[union-attr]
        extra = next(key for key in error.instance if key not in allowed)
        guess = nearest(extra, allowed)
        return Problem(
            code="contract.unknown_key",
            what_zh=f"不认识的键 {extra}",
            what_en=f"unknown key {extra}",
            file=document.path.name,
            row=document.line((*path, extra)),
            column=dotted((*path, extra)),
            expected_zh="、".join(allowed),
            expected_en=", ".join(allowed),
            fix_zh=f"改为 {guess}" if guess else "删除它，或改为上述键之一",
            fix_en=f"did you mean {guess}?" if guess else "remove it or use one of these",
        )
    if kind == "required" and isinstance(error.instance, Mapping):
        missing = next(key for key in wanted if key not in error.instance)
        near = nearest(missing, [k for k in error.instance if k not in error.schema.get("properties", {})])  # type: ignore[union-attr]
        return Problem(
            code="contract.missing_key",
            what_zh=f"缺少键 {missing}",
            what_en=f"key {missing} is missing",
            **place,
            fix_zh=f"把 {near} 改为 {missing}" if near else f"补上 {missing}",
            fix_en=f"rename {near} to {missing}" if near else f"add {missing}",
        )
    if kind in ("anyOf", "oneOf"):
        keys = [key for option in wanted for key in option.get("required", ())]
        return Problem(
            code="contract.missing_key",
            what_zh=f"{'、'.join(keys)} {'至少' if kind == 'anyOf' else '恰好'}要有一个",
            what_en=f"{'one' if kind == 'anyOf' else 'exactly one'} of {', '.join(keys)} is needed",
            **place,
            fix_zh=f"补上 {' 或 '.join(keys)}",
            fix_en=f"add {' or '.join(keys)}",
        )
    if kind == "enum":
        guess = nearest(str(error.instance), [str(value) for value in wanted])
        options = [str(value) for value in wanted]
        return Problem(
            code="contract.bad_value",
            what_zh="值不在允许的范围内",
            what_en="this value is not one of those allowed",
            **place,
            expected_zh="、".join(options),
            expected_en=", ".join(options),
            found=found,
            fix_zh=f"改为 {guess}" if guess else "改为上述值之一",
            fix_en=f"did you mean {guess}?" if guess else "use one of these",
        )
    expectations = {
        "type": (f"类型 {wanted}", f"type {wanted}"),
        "pattern": (f"形如 {wanted} 的文本", f"text like {wanted}"),
        "const": (_short(wanted), _short(wanted)),
        "minimum": (f"不小于 {wanted} 的数", f"a number of at least {wanted}"),
        "maximum": (f"不大于 {wanted} 的数", f"a number of at most {wanted}"),
        "minItems": (f"至少 {wanted} 项", f"at least {wanted} items"),
        "minProperties": (f"至少 {wanted} 项", f"at least {wanted} entries"),
        "minLength": (f"至少 {wanted} 个字符", f"at least {wanted} characters"),
        "maxLength": (f"至多 {wanted} 个字符", f"at most {wanted} characters"),
        "uniqueItems": ("不重复的列表", "a list without repeats"),
        "contains": (f"列表中含 {_short(wanted)}", f"a list with {_short(wanted)} in it"),
    }
    zh, en = expectations.get(kind, (f"符合 {kind} {_short(wanted)}", f"{kind} {_short(wanted)}"))
    return Problem(
        code="contract.bad_value",
        what_zh="值不符合约定",
        what_en="this value does not fit",
        **place,
        expected_zh=zh,
        expected_en=en,
        found=found,
        fix_zh="按上述要求改正",
        fix_en="correct the value",
    )


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "…"
