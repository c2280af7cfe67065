"""What a schema cannot say: names that must exist, headers that must differ, extracts that must be one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class _Entry:
    """An extract's entry, and the document that knows on which line each of its keys stands."""

    document: LocatedYaml
    path: KeyPath
    data: dict[str, Any]

    @property
    def columns(self) -> list[dict[str, Any]]:
        columns: list[dict[str, Any]] = self.data["columns"]
        return columns

    @property
    def types(self) -> dict[str, str]:
        return {column["name"]: column["type"] for column in self.columns}

    def place(self, *below: str | int) -> dict[str, Any]:
        return _place(self.document, (*self.path, *below))


def semantic_problems(documents: Sequence[LocatedYaml], known_codes: Collection[str] | None) -> list[Problem]:
    """Mistakes within and between contracts that are sound by the schema."""
    problems: list[Problem] = []
    extracts: dict[str, str] = {}
    departments: dict[str, str] = {}
    for document in documents:
        department = document.data["department"]
        if department in departments:
            place = _place(document, ("department",))
            problems.append(_twice(place, "部门", "department", department, departments[department]))
        departments.setdefault(department, document.path.name)
        for key, data in document.data["extracts"].items():
            entry = _Entry(document, ("extracts", key), data)
            if key in extracts:
                problems.append(_twice(entry.place(), "数据项", "extract", key, extracts[key]))
            extracts.setdefault(key, document.path.name)
            problems += _extract_problems(entry, known_codes)
    return problems


def _extract_problems(entry: _Entry, known_codes: Collection[str] | None) -> Iterator[Problem]:
    yield from _unknown_columns(entry)
    yield from _totals_of_no_amounts(entry)
    yield from _origin_problems(entry)
    yield from _repeated_roles(entry)
    yield from _refused_column_names(entry)
    yield from _headers_of_two_columns(entry)
    if known_codes is not None:
        yield from _unknown_code_lists(entry, known_codes)


def _unknown_columns(entry: _Entry) -> Iterator[Problem]:
    known = tuple(entry.types)
    for place, name in _named_columns(entry.data):
        if name in known:
            continue
        guess = nearest(name, known)
        yield Problem(
            code="contract.unknown_column",
            what_zh=f"没有名为 {name} 的列",
            what_en=f"there is no column named {name}",
            **entry.place(*place),
            expected_zh="、".join(known),
            expected_en=", ".join(known),
            found=name,
            fix_zh=f"改为 {guess}" if guess else "改为上述列名之一",
            fix_en=f"did you mean {guess}?" if guess else "use one of these names",
        )


def _totals_of_no_amounts(entry: _Entry) -> Iterator[Problem]:
    types = entry.types
    for position, name in enumerate(entry.data.get("control_totals", ())):
        if name in types and not types[name].startswith("decimal"):
            yield Problem(
                code="contract.total_not_decimal",
                what_zh=f"控制合计列 {name} 不是金额",
                what_en=f"control total {name} is not a decimal column",
                **entry.place("control_totals", position),
                expected_zh="decimal(位数,小数) 类型的列",
                expected_en="a column of type decimal(digits,scale)",
                found=types[name],
                fix_zh="改列的类型，或从 control_totals 中删除",
                fix_en="change the column's type or remove it from control_totals",
            )


def _origin_problems(entry: _Entry) -> Iterator[Problem]:
    for place, zh, en, fix_zh, fix_en in origin_mistakes(entry.data):
        yield Problem(
            code="contract.origin",
            what_zh=zh,
            what_en=en,
            **entry.place(*place),
            fix_zh=fix_zh,
            fix_en=fix_en,
        )


def _repeated_roles(entry: _Entry) -> Iterator[Problem]:
    roles = [person["role"] for person in entry.data["persons"]]
    for position, role in enumerate(roles):
        if role in roles[:position]:
            yield _twice(entry.place("persons", position), "角色", "role", role, "persons")


def _refused_column_names(entry: _Entry) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for position, column in enumerate(entry.columns):
        name = column["name"]
        if name in RESERVED:
            yield Problem(
                code="contract.reserved_name",
                what_zh=f"列名 {name} 由系统保留",
                what_en=f"column name {name} is reserved",
                **entry.place("columns", position),
                fix_zh="换一个列名",
                fix_en="choose another name",
            )
        if name in first:
            yield _twice(entry.place("columns", position), "列", "column", name, f"columns[{first[name]}]")
        first.setdefault(name, position)


def _headers_of_two_columns(entry: _Entry) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for position, column in enumerate(entry.columns):
        for text in (column["header"], *column.get("aliases", ())):
            owner = owners.setdefault(header_key(text), column["name"])
            if owner != column["name"]:
                yield Problem(
                    code="contract.header_twice",
                    what_zh=f"表头“{text}”同时指向 {owner} 和 {column['name']}",
                    what_en=f"header {text!r} leads to both {owner} and {column['name']}",
                    **entry.place("columns", position),
                    expected_zh="表头与别名在一个数据项内只属于一列（括号、空格、全半角不计）",
                    expected_en="a header or alias of one column only (brackets, blanks and width aside)",
                    fix_zh="从其中一列删除它",
                    fix_en="remove it from one of the two",
                )


def _unknown_code_lists(entry: _Entry, known_codes: Collection[str]) -> Iterator[Problem]:
    for position, column in enumerate(entry.columns):
        codes = column.get("codes")
        if not codes or codes in known_codes:
            continue
        guess = nearest(codes, known_codes)
        yield Problem(
            code="contract.unknown_codes",
            what_zh=f"没有名为 {codes} 的代码表",
            what_en=f"there is no code list named {codes}",
            **entry.place("columns", position, "codes"),
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


def _twice(place: dict[str, Any], kind_zh: str, kind_en: str, name: str, other: str) -> Problem:
    return Problem(
        code="contract.twice",
        what_zh=f"{kind_zh} {name} 出现两次（另一处：{other}）",
        what_en=f"{kind_en} {name} is there twice (the other: {other})",
        **place,
        fix_zh="改名或删除其中一个",
        fix_en="rename or remove one of them",
    )


def _place(document: LocatedYaml, path: KeyPath) -> dict[str, Any]:
    return {"file": document.path.name, "row": document.line(path), "column": dotted(path)}
