"""The parameters of rules: which rows of reference data are valid when, and the SQL that chooses among them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import psycopg2.extensions

from bidui.rule.definition import Parameter

# Those of earlier days too: a payment is judged by the rate of its own month.
_KNOWN = """
select rule_id, parameter, key, division_code, valid_from::text, valid_to::text, value, origin
from reference.parameter
where valid_from <= %(as_of)s
"""

_SHIPPED = """
select
    rule_id, parameter, coalesce(key, ''), coalesce(division_code, ''), coalesce(valid_from, '-infinity'::date)::text,
    coalesce(valid_to + 1, 'infinity'::date)::text, value, 'default'
from reference.parameter_default
where coalesce(valid_from, '-infinity'::date) <= %(as_of)s
"""

# Digits of a division code per level, deepest first, and the fact column that names that level.
_LEVELS = ((12, "village_code"), (9, "town_code"), (6, "county_code"), (4, "county_code"), (2, "county_code"))
_SQL_TYPES = {
    "integer": "bigint", "number": "numeric", "text": "text", "list": "text[]", "boolean": "boolean", "date": "date",
    "keys": "text[]",
}


class ParameterError(ValueError):
    """A parameter cannot be bound; the message says why in both languages."""

    def __init__(self, zh: str, en: str, place: str) -> None:
        super().__init__(f"{zh} · {en}")
        self.zh = zh
        self.en = en
        self.place = place


@dataclass(frozen=True)
class ParameterRow:
    """One row of reference.parameter, valid [valid_from, valid_to); dates are text because `infinity` is one of them."""

    rule_id: str
    parameter: str
    key: str
    division_code: str
    valid_from: str
    valid_to: str
    value: str
    origin: str

    def as_json(self) -> dict[str, Any]:
        """The row as a JSON object, for the ledger."""
        return asdict(self)

    def is_valid(self, day: str) -> bool:
        """Whether the row is valid on a day. As texts, -infinity comes before and infinity after every ISO date."""
        return self.valid_from <= day < self.valid_to


class Parameters:
    """The parameter rows known on one night."""

    def __init__(self, rows: Iterable[ParameterRow], night: dt.date) -> None:
        self._night = night.isoformat()
        self._rows: dict[tuple[str, str], list[ParameterRow]] = {}
        for row in rows:
            self._rows.setdefault((row.rule_id, row.parameter), []).append(row)

    @classmethod
    def of_night(cls, connection: psycopg2.extensions.connection, as_of: dt.date) -> Parameters:
        """Read the rows of reference.parameter that the night knows of."""
        with connection.cursor() as cursor:
            cursor.execute(_KNOWN, {"as_of": as_of})
            return cls((ParameterRow(*row) for row in cursor.fetchall()), as_of)

    @classmethod
    def tried(
        cls, connection: psycopg2.extensions.connection, as_of: dt.date, county: Iterable[ParameterRow]
    ) -> Parameters:
        """What `of_night` would read if `county` were all that the county had set (as the view reference.parameter)."""
        own = list(county)
        replaced = {(row.rule_id, row.parameter, row.key) for row in own if not row.division_code}
        with connection.cursor() as cursor:
            cursor.execute(_SHIPPED, {"as_of": as_of})
            shipped = [ParameterRow(*row) for row in cursor.fetchall()]
        kept = [row for row in shipped if (row.rule_id, row.parameter, row.key) not in replaced]
        return cls([*own, *kept], as_of)

    def rows(self, parameter: Parameter) -> list[ParameterRow]:
        """The rows bound for a parameter, in a fixed order: those valid on the night, or all if its day is the row's."""
        found = self._rows.get((parameter.rule_id, parameter.parameter), [])
        if parameter.at is None:
            found = [row for row in found if row.is_valid(self._night)]
        return sorted(found, key=lambda row: (row.key, row.division_code, row.valid_from, row.origin))

    def sql(self, parameter: Parameter, key_sql: str | None) -> str:
        """Return the SQL of a parameter over a fact row: a literal, or a case over its key and its division.

        A row's division chooses the deepest entry that covers it (village, town, county, prefecture, province,
        everywhere). A key or a division that nobody set a value for gives null, hence "not comparable".
        Raises ParameterError when no row is valid or a value cannot be read as the declared type.
        """
        rows = self.rows(parameter)
        if not rows:
            raise ParameterError(
                f"当夜有效的参数 {parameter.rule_id}.{parameter.parameter}（现在没有）",
                f"a value of {parameter.rule_id}.{parameter.parameter} valid on this night (there is none)",
                f"parameters.{parameter.name}",
            )
        if parameter.type == "keys":
            return _key_list(rows)
        keys = sorted({row.key for row in rows} - {""})
        everywhere = [row for row in rows if row.key == ""]
        if key_sql is None:
            if not everywhere:
                raise ParameterError(
                    f"参数 {parameter.name} 按键取值，应写作 :{parameter.name}[表达式]",
                    f"{parameter.name} has keys; write :{parameter.name}[expression]",
                    f"parameters.{parameter.name}",
                )
            return f"({_by_day(parameter, everywhere)})"
        branches = [
            f"when {quote(key)} then {_by_day(parameter, [row for row in rows if row.key == key])}" for key in keys
        ]
        otherwise = f" else {_by_day(parameter, everywhere)}" if everywhere else ""
        if not branches:
            return f"({_by_day(parameter, everywhere)})"
        return f"(case ({key_sql})::text {' '.join(branches)}{otherwise} end)"


def literal(parameter: Parameter, value: str, place: str) -> str:
    """Return `value` as an SQL literal of the parameter's type.

    Raises ParameterError with `place` when the text is not of that type or not one of the allowed values.
    """
    text = value.strip()
    if parameter.type == "list":
        return f"array[{', '.join(quote(item) for item in _items(parameter, text, place))}]::text[]"
    _require(not parameter.one_of or text in parameter.one_of, parameter, place, " | ".join(parameter.one_of))
    if parameter.type == "integer":
        _require(re.fullmatch(r"-?[0-9]{1,15}", text) is not None, parameter, place, "整数 an integer")
        return f"({int(text)})" if text.startswith("-") else str(int(text))
    if parameter.type == "number":
        _require(re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,10})?", text) is not None, parameter, place, "数字 a number")
        return f"{quote(text)}::numeric"
    if parameter.type == "boolean":
        _require(text.lower() in {"true", "false"}, parameter, place, "true | false")
        return text.lower()
    if parameter.type == "date":
        _require(_is_date(text), parameter, place, "YYYY-MM-DD")
        return f"date {quote(text)}"
    return f"{quote(text)}::text"


def quote(text: str) -> str:
    """Return a text as an SQL string literal (standard_conforming_strings is on: only the quote is doubled)."""
    return "'" + text.replace("'", "''") + "'"


def sql_type(parameter: Parameter) -> str:
    """The PostgreSQL type of a parameter's value."""
    return _SQL_TYPES[parameter.type]


def _key_list(rows: list[ParameterRow]) -> str:
    """The keys that have a value other than 0, for parameters of type `keys` (who is in a table at all)."""
    keys = sorted({row.key for row in rows if row.key and row.value.strip().strip("0.") != ""})
    return f"array[{', '.join(quote(key) for key in keys)}]::text[]"


def _items(parameter: Parameter, text: str, place: str) -> list[str]:
    items = [item.strip() for item in text.split("|") if item.strip()]
    _require(bool(items), parameter, place, "以 | 分隔的列表 a list separated by |")
    if parameter.one_of:
        _require(set(items) <= set(parameter.one_of), parameter, place, " | ".join(parameter.one_of))
    return items


def _require(condition: bool, parameter: Parameter, place: str, expected: str) -> None:
    if not condition:
        raise ParameterError(
            f"参数 {parameter.name} 的取值无法识别，应为：{expected}",
            f"the value of {parameter.name} cannot be read; expected: {expected}",
            place,
        )


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


def _by_day(parameter: Parameter, rows: list[ParameterRow]) -> str:
    """SQL choosing among the rows of one key: by the row's day where the parameter asks for it, then by division."""
    if parameter.at is None:
        return _by_division(parameter, rows)
    days = sorted({day for row in rows for day in (row.valid_from, row.valid_to)} - {"infinity"}, reverse=True)
    spans = [(day, [row for row in rows if row.is_valid(day)]) for day in days]
    branches = [f"when {parameter.at} >= {quote(day)} then {_by_division(parameter, valid)}" for day, valid in spans]
    return f"case {' '.join(branches)} end"


def _by_division(parameter: Parameter, rows: list[ParameterRow]) -> str:
    """SQL choosing among the rows of one key by the fact row's division; the newest row of a division counts."""
    newest: dict[str, ParameterRow] = {}
    for row in sorted(rows, key=lambda row: (row.valid_from != "-infinity", row.valid_from, row.origin == "county")):
        newest[_prefix(parameter, row)] = row
    otherwise = newest.pop("", None)
    values = {prefix: literal(parameter, row.value, _place(row)) for prefix, row in newest.items()}
    nothing = f"null::{sql_type(parameter)}"
    default = literal(parameter, otherwise.value, _place(otherwise)) if otherwise else nothing
    if not values:
        return default
    branches = [
        f"when starts_with({column}, {quote(prefix)}) then {values[prefix]}"
        for length, column in _LEVELS
        for prefix in sorted(values)
        if len(prefix) == length
    ]
    return f"case {' '.join(branches)} else {default} end"


def _prefix(parameter: Parameter, row: ParameterRow) -> str:
    """The digits of a division code that say something: 340123000000 is the county 340123."""
    code = row.division_code.strip()
    if not code:
        return ""
    if not re.fullmatch(r"[0-9]+", code) or len(code) not in {length for length, _column in _LEVELS}:
        raise ParameterError(
            f"参数 {parameter.name} 的区划代码应为 12 位（或 2、4、6、9 位）数字",
            f"a division code of 12 digits (or 2, 4, 6, 9) for {parameter.name}",
            _place(row),
        )
    if len(code) < 12:
        return code
    for length, _column in _LEVELS:
        previous = next((shorter for shorter, _ in _LEVELS if shorter < length), 0)
        if code[previous:length].strip("0"):
            return code[:length]
    return ""


def _place(row: ParameterRow) -> str:
    detail = "".join(f", {name}={value}" for name, value in (("key", row.key), ("division", row.division_code)) if value)
    return f"parameters.csv: {row.rule_id}.{row.parameter}{detail}, {row.valid_from}"
