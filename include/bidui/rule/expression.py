"""The SQL a rule may say: one expression over one row, with `:name` and `:name[expression]` for parameters."""

from __future__ import annotations

import re
from collections.abc import Callable

# Gives the SQL of a parameter; the second argument is the compiled key of `:name[key]`, or None.
Resolver = Callable[[str, str | None], str]

_TOKEN = re.compile(
    r"""
    (?P<string>'(?:[^']|'')*')
  | (?P<quoted>"(?:[^"]|"")*")
  | (?P<cast>::)
  | (?P<parameter>:[a-z][a-z0-9_]*)
  | (?P<word>[^\W\d]\w*)
  | (?P<number>\d+(?:\.\d+)?)
  | (?P<forbidden>;|--|/\*|\*/|\$|\\|'|")
  | (?P<open>[(\[])
  | (?P<close>[)\]])
  | (?P<space>\s+)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)

# A predicate reads its row and nothing else: no subquery, no clock, no chance, no server internals.
_FORBIDDEN = """
    select with values table insert update delete merge into union except intersect copy call do set reset grant
    current_date current_time current_timestamp localtime localtimestamp now clock_timestamp statement_timestamp
    transaction_timestamp timeofday random random_normal gen_random_uuid uuidv4 uuidv7 nextval setval
    current_setting set_config current_user session_user user dblink query_to_xml table_to_xml database_to_xml xmlparse
"""
_FORBIDDEN_WORDS = frozenset(_FORBIDDEN.split())
_FORBIDDEN_PREFIXES = ("pg_", "lo_", "dblink_")
_PAIRS = {"(": ")", "[": "]"}


class ExpressionError(ValueError):
    """An expression is not one a rule may say; `position` is the 1-based character where it goes wrong."""

    def __init__(self, zh: str, en: str, position: int) -> None:
        super().__init__(f"{zh} · {en}")
        self.zh = zh
        self.en = en
        self.position = position


def compile_expression(text: str, resolve: Resolver) -> str:
    """Return `text` in brackets with every parameter replaced by what `resolve` gives for it.

    Raises ExpressionError for anything but one expression over the row (comments, several statements, subqueries,
    the server's clock or chance, brackets that do not match); what `resolve` raises passes through.
    """
    compiled, end = _compile(text, 0, None, resolve)
    if end != len(text):
        raise ExpressionError("括号不匹配", "a bracket closes that was not opened", end + 1)
    if not compiled.strip():
        raise ExpressionError("表达式为空", "the expression is empty", 1)
    return f"({compiled.strip()})"


def words(text: str) -> set[str]:
    """Return the bare identifiers of an expression: columns, functions, keywords; not what stands in quotes."""
    return {match.group() for match in _TOKEN.finditer(text) if match.lastgroup == "word"}


def parameter_names(text: str) -> set[str]:
    """Return the names of the parameters that an expression reads."""
    return {match.group()[1:] for match in _TOKEN.finditer(text) if match.lastgroup == "parameter"}


def _compile(text: str, start: int, until: str | None, resolve: Resolver) -> tuple[str, int]:
    """Compile from `start` to the bracket `until` (or the end); return the SQL and where it stopped."""
    parts: list[str] = []
    position = start
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:  # cannot be: the last alternative takes any character
            raise ExpressionError("无法识别", "not readable", position + 1)
        kind, token = match.lastgroup, match.group()
        if kind == "close":
            if token == until:
                return "".join(parts), position
            raise ExpressionError("括号不匹配", f"'{token}' closes nothing", position + 1)
        _refuse_forbidden(kind, token, text, position)
        position = match.end()
        if kind == "open":
            inner, position = _bracket(text, position, token, resolve)
            parts.append(f"{token}{inner}{_PAIRS[token]}")
        elif kind == "parameter":
            key = None
            if text[position : position + 1] == "[":
                key, position = _bracket(text, position + 1, "[", resolve)
            parts.append(resolve(token[1:], key))
        else:
            parts.append(token)
    if until is not None:
        raise ExpressionError("括号未闭合", f"'{until}' is missing", start)
    return "".join(parts), position


def _bracket(text: str, start: int, opening: str, resolve: Resolver) -> tuple[str, int]:
    inner, end = _compile(text, start, _PAIRS[opening], resolve)
    return inner, end + 1


def _refuse_forbidden(kind: str | None, token: str, text: str, position: int) -> None:
    if kind == "forbidden":
        raise ExpressionError(f"不允许使用 {token}", f"{token} is not allowed in a rule", position + 1)
    if kind == "word":
        word = token.lower()
        if word in _FORBIDDEN_WORDS or word.startswith(_FORBIDDEN_PREFIXES):
            raise ExpressionError(
                f"不允许使用 {token}：规则只能读取本行，当夜日期用 :as_of",
                f"{token} is not allowed: a rule reads its own row only; the night is :as_of",
                position + 1,
            )
        if text[position + len(token) : position + len(token) + 1] == "'" and word != "date":
            raise ExpressionError("不允许带前缀的字符串", "a string with a prefix is not allowed", position + 1)
