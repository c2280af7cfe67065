"""What a schema cannot say about an origin: columns that must exist, a query that only reads, pages that end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bidui.contract.located_yaml import KeyPath

# (path below the extract, what is wrong in Chinese, in English, what to do in Chinese, in English)
Mistake = tuple[KeyPath, str, str, str, str]

_READS = re.compile(r"\s*(select|with)\b", re.IGNORECASE)
_BEYOND_ONLY = re.compile(r"(?<!<)>\s*:watermark\b", re.IGNORECASE)
_PAGING_NEEDS = {"page": ("parameter",), "cursor": ("parameter", "at"), "next_link": ("at",)}
_CSV_PAGING = ("none", "page", "link_header")


def origin_mistakes(extract: dict[str, Any]) -> Iterator[Mistake]:
    """Mistakes of an extract's origin that is sound by the schema."""
    origin: dict[str, Any] = extract["origin"]
    if "columns" in origin:
        yield from _columns(extract, origin["columns"])
    for name in origin.get("codes", {}):
        if name not in origin.get("columns", {}):
            yield (
                ("origin", "codes", name),
                f"{name} 不在 columns 中", f"{name} is not among columns",
                "codes 只写在 columns 里取的列", "give codes for columns that are pulled",
            )  # fmt: skip
    if origin["kind"] == "sql":
        yield from _sql(extract, origin)
    if origin["kind"] == "http":
        yield from _http(origin)


def _columns(extract: dict[str, Any], columns: dict[str, str]) -> Iterator[Mistake]:
    for column in extract["columns"]:
        if column.get("required") and column["name"] not in columns:
            name = column["name"]
            yield (
                ("origin", "columns"),
                f"必需列 {name} 没有来源列", f"the required column {name} has no column of the source",
                f"补上 {name}: <来源列名>", f"add {name}: <column of the source>",
            )  # fmt: skip


def _sql(extract: dict[str, Any], origin: dict[str, Any]) -> Iterator[Mistake]:
    query = origin.get("query")
    if query is not None and (not _READS.match(query) or ";" in query):
        yield (
            ("origin", "query"),
            "查询只能是一条 select", "a query is one select and nothing else",
            "改为一条以 select 或 with 开头、不含分号的语句", "make it one statement that begins with select or with, without a semicolon",
        )  # fmt: skip
    if "watermark" not in origin:
        return
    if extract["delivery"]["content"] != "delta":
        yield (
            ("origin", "watermark"),
            "按水位增量拉取时，全量（full）约定会把旧行当作注销",
            "rows pulled by watermark under content: full would cancel every older row",
            "把 delivery.content 改为 delta，或去掉 watermark", "set delivery.content to delta, or remove the watermark",
        )  # fmt: skip
    if query is not None and ":watermark" not in query:
        yield (
            ("origin", "query"),
            "查询没有用到 :watermark", "the query does not use :watermark",
            "在 where 中写上 <水位列> >= :watermark", "say <watermark column> >= :watermark in its where clause",
        )  # fmt: skip
    if query is not None and _BEYOND_ONLY.search(query):
        yield (
            ("origin", "query"),
            "写成 > :watermark，会漏掉以后以同一水位值提交的行",
            "> :watermark misses rows that are committed later under the same value",
            "改为 >= :watermark；已取过的行会自动去掉", "say >= :watermark; rows that came already are left out",
        )  # fmt: skip
    if origin["watermark"].get("overlap") and origin["watermark"]["type"] == "text":
        yield (
            ("origin", "watermark", "overlap"),
            "文本水位没有远近，不能重叠", "texts have no distance: no overlap",
            "去掉 overlap，或改用 int、date、timestamp", "remove overlap, or use int, date or timestamp",
        )  # fmt: skip


def _http(origin: dict[str, Any]) -> Iterator[Mistake]:
    paging = origin.get("paging", {"by": "none"})
    for key in _PAGING_NEEDS.get(paging["by"], ()):
        if key not in paging:
            yield (
                ("origin", "paging"),
                f"按 {paging['by']} 翻页需要 {key}", f"paging by {paging['by']} needs {key}",
                f"补上 {key}", f"add {key}",
            )  # fmt: skip
    if origin["format"] == "json" and "columns" not in origin:
        yield (
            ("origin",),
            "JSON 需要写明各列取自哪个键", "JSON needs to say which key each column comes from",
            "补上 columns", "add columns",
        )  # fmt: skip
    if origin["format"] == "csv" and paging["by"] not in _CSV_PAGING:
        yield (
            ("origin", "paging", "by"),
            "CSV 页里没有地方写下一页", "a CSV page has no place for the next page",
            f"改为 {'、'.join(_CSV_PAGING)} 之一", f"use one of {', '.join(_CSV_PAGING)}",
        )  # fmt: skip
