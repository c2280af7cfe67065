"""What a schema cannot say: names that must exist, headers that must differ, extracts that must be one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from bidui.contract.check_origin import origin_mistakes
from bidui.contract.header_text import header_key
from bidui.contract.located_yaml import KeyPath, LocatedYaml, dotted
from bidui.contract.suggest import nearest
from bidui.problem import Problem

# Columns that raw and staging tables have by themselves.
RESERVED = frozenset(
    {
        "batch_id", "row_no",
        "row_hash", "is_repeat", "parse_errors", "unknown_codes",
        "id_state", "id_key", "name_norm", "division_code", "list_month", "as_of",
    }
)  # fmt: skip


def semantic_problems(documents: Sequence[LocatedYaml], known_codes: Collection[str] | None) -> list[Problem]:
    """Mistakes within and between contracts that are sound by the schema."""
    problems: list[Problem] = []
    extracts: dict[str, str] = {}
    departments: dict[str, str] = {}
    for document in documents:
        department = document.data["department"]
        if department in departments:
            problems.append(_twice(document, ("department",), "部门", "department", department, departments[department]))
        departments.setdefault(department, document.path.name)
        for key, extract in document.data["extracts"].items():
            path: KeyPath = ("extracts", key)
            if key in extracts:
                problems.append(_twice(document, path, "数据项", "extract", key, extracts[key]))
            extracts.setdefault(key, document.path.name)
            problems += _extract_problems(document, path, extract, known_codes)
    return problems


def _extract_problems(
    document: LocatedYaml, path: KeyPath, extract: dict[str, Any], known_codes: Collection[str] | None
) -> Iterator[Problem]:
    columns: list[dict[str, Any]] = extract["columns"]
    types = {column["name"]: column["type"] for column in columns}

    for place, name in _named_columns(extract):
        if name not in types:
            yield _unknown_column(document, (*path, *place), name, tuple(types))

    for position, name in enumerate(extract.get("control_totals", ())):
        if name in types and not types[name].startswith("decimal"):
            yield Problem(
                code="contract.total_not_decimal",
                what_zh=f"控制合计列 {name} 不是金额",
                what_en=f"control total {name} is not a decimal column",
                **_place(document, (*path, "control_totals", position)),
                expected_zh="decimal(位数,小数) 类型的列",
                expected_en="a column of type decimal(digits,scale)",
                found=types[name],
                fix_zh="改列的类型，或从 control_totals 中删除",
                fix_en="change the column's type or remove it from control_totals",
            )

    for place, zh, en, fix_zh, fix_en in origin_mistakes(extract):
        yield Problem(
            code="contract.origin",
            what_zh=zh,
            what_en=en,
            **_place(document, (*path, *place)),
            fix_zh=fix_zh,
            fix_en=fix_en,
        )

    roles = [person["role"] for person in extract["persons"]]
    for position, role in enumerate(roles):
        if role in roles[:position]:
            yield _twice(document, (*path, "persons", position), "角色", "role", role, "persons")

    names: dict[str, int] = {}
    headers: dict[str, str] = {}
    for position, column in enumerate(columns):
        place = (*path, "columns", position)
        name = column["name"]
        if name in RESERVED:
            yield Problem(
                code="contract.reserved_name",
                what_zh=f"列名 {name} 由系统保留",
                what_en=f"column name {name} is reserved",
                **_place(document, place),
                fix_zh="换一个列名",
                fix_en="choose another name",
            )
        if name in names:
            yield _twice(document, place, "列", "column", name, f"columns[{names[name]}]")
        names.setdefault(name, position)
        for text in (column["header"], *column.get("aliases", ())):
            key = header_key(text)
            if key in headers and headers[key] != name:
                yield Problem(
                    code="contract.header_twice",
                    what_zh=f"表头“{text}”同时指向 {headers[key]} 和 {name}",
                    what_en=f"header {text!r} leads to both {headers[key]} and {name}",
                    **_place(document, place),
                    expected_zh="表头与别名在一个数据项内只属于一列（括号、空格、全半角不计）",
                    expected_en="a header or alias of one column only (brackets, blanks and width aside)",
                    fix_zh="从其中一列删除它",
                    fix_en="remove it from one of the two",
                )
            headers.setdefault(key, name)
        codes = column.get("codes")
        if codes and known_codes is not None and codes not in known_codes:
            guess = nearest(codes, known_codes)
            yield Problem(
                code="contract.unknown_codes",
                what_zh=f"没有名为 {codes} 的代码表",
                what_en=f"there is no code list named {codes}",
                **_place(document, (*place, "codes")),
                fix_zh=f"改为 {guess}" if guess else "在 dbt_project/seeds 中补上该代码表",
                fix_en=f"did you mean {guess}?" if guess else "add the code list to dbt_project/seeds",
            )


def _named_columns(extract: dict[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    """Every place of an extract that names one of its columns."""
    for position, person in enumerate(extract["persons"]):
        for part in ("id", "name"):
            if part in person:
                yield ("persons", position, part), person[part]
    for key in ("keys", "control_totals"):
        for position, name in enumerate(extract.get(key, ())):
            yield (key, position), name
    for position, name in enumerate(extract["unregistered"]["keep"]):
        yield ("unregistered", "keep", position), name
    for name in extract["origin"].get("columns", ()):
        yield ("origin", "columns", name), name


def _unknown_column(document: LocatedYaml, path: KeyPath, name: str, known: tuple[str, ...]) -> Problem:
    guess = nearest(name, known)
    return Problem(
        code="contract.unknown_column",
        what_zh=f"没有名为 {name} 的列",
        what_en=f"there is no column named {name}",
        **_place(document, path),
        expected_zh="、".join(known),
        expected_en=", ".join(known),
        found=name,
        fix_zh=f"改为 {guess}" if guess else "改为上述列名之一",
        fix_en=f"did you mean {guess}?" if guess else "use one of these names",
    )


def _twice(document: LocatedYaml, path: KeyPath, kind_zh: str, kind_en: str, name: str, other: str) -> Problem:
    return Problem(
        code="contract.twice",
        what_zh=f"{kind_zh} {name} 出现两次（另一处：{other}）",
        what_en=f"{kind_en} {name} is there twice (the other: {other})",
        **_place(document, path),
        fix_zh="改名或删除其中一个",
        fix_en="rename or remove one of them",
    )


def _place(document: LocatedYaml, path: KeyPath) -> dict[str, Any]:
    return {"file": document.path.name, "row": document.line(path), "column": dotted(path)}
