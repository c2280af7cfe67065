"""Where an extract's bytes come from: the `origin` of a contract, one dataclass per kind of connector.

Whatever the origin, a file that lies in the drop folder is taken as well: a department whose server is down can
still send its list by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

PagingBy = Literal["none", "page", "cursor", "next_link", "link_header"]


@dataclass(frozen=True, kw_only=True)
class DropFolderOrigin:
    """Nothing is pulled: the department puts its files into the drop folder."""

    kind: Literal["drop_folder"] = "drop_folder"


@dataclass(frozen=True, kw_only=True)
class RemoteOrigin:
    """What pulling has in common: the Airflow connection, and how long (seconds) a server may stay silent."""

    kind: str
    connection: str
    timeout_seconds: int = 60


@dataclass(frozen=True, kw_only=True)
class SftpOrigin(RemoteOrigin):
    """Files of one remote folder whose name matches `pattern`.

    A file counts as complete when its size and time are the same at two looks `settle_seconds` apart
    (`stable_size`), or when a file of its name with `.done` lies beside it (`done_marker`).
    """

    kind: Literal["sftp"] = "sftp"
    path: str
    pattern: str = "*"
    complete: Literal["stable_size", "done_marker"] = "stable_size"
    settle_seconds: int = 30


@dataclass(frozen=True)
class Watermark:
    """The column that tells new rows from old ones, its type, and the value before the first pull (as text).

    Rows are asked for again from `overlap` before the highest value accepted (seconds of a timestamp, days of a date,
    units of an int), and those that came already are left out: a row may be committed late, under a value passed.
    """

    column: str
    type: Literal["int", "date", "timestamp", "text"]
    start: str
    overlap: int = 0


@dataclass(frozen=True, kw_only=True)
class SqlOrigin(RemoteOrigin):
    """Rows of a table, or of a query, one of which is given.

    `columns`: contract column → column of the table or label of the query; `codes`: contract column → what the source's
    codes mean. With a watermark only rows at or beyond the last accepted one are asked for; a query says so itself with
    `>= :watermark`. `:as_of` is the night.
    """

    kind: Literal["sql"] = "sql"
    columns: Mapping[str, str] = field(hash=False)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)
    table: str | None = None
    query: str | None = None
    watermark: Watermark | None = None


@dataclass(frozen=True)
class Paging:
    """How one page leads to the next.

    `page`: number in `parameter`, from `first`, until a page is empty, repeats the one before or is not there (404) · `cursor`: value found `at`
    goes into `parameter` · `next_link`: address found `at` · `link_header`: HTTP's own `Link: <…>; rel="next"`.
    `total_at`: where the server says how many rows there are in all; another count is half a list.
    """

    by: PagingBy = "none"
    parameter: str | None = None
    first: int = 1
    size_parameter: str | None = None
    size: int = 500
    at: str | None = None
    total_at: str | None = None


@dataclass(frozen=True, kw_only=True)
class HttpOrigin(RemoteOrigin):
    """Pages of JSON rows or of CSV below the connection's address.

    `records` is where a JSON page keeps its rows (`data.items`; empty: the page is the list), `columns` and
    `codes` as for SQL (JSON only: CSV has its own header). `:as_of` as a parameter's value is the night.
    """

    kind: Literal["http"] = "http"
    path: str
    format: Literal["json", "csv"]
    columns: Mapping[str, str] = field(default_factory=dict, hash=False)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)
    records: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict, hash=False)
    paging: Paging = field(default_factory=Paging)


Origin = DropFolderOrigin | SftpOrigin | SqlOrigin | HttpOrigin

_KINDS: dict[str, type[DropFolderOrigin | SftpOrigin | SqlOrigin | HttpOrigin]] = {
    "drop_folder": DropFolderOrigin,
    "sftp": SftpOrigin,
    "sql": SqlOrigin,
    "http": HttpOrigin,
}


def origin_of(data: Mapping[str, Any], department: str) -> Origin:
    """The origin that a contract's (sound) data describe; the connection is `bidui_<department>` unless named."""
    fields = dict(data)
    kind = _KINDS[fields["kind"]]
    if kind is not DropFolderOrigin:
        fields.setdefault("connection", f"bidui_{department}")
    if "watermark" in fields:
        fields["watermark"] = Watermark(**fields["watermark"])
    if "paging" in fields:
        fields["paging"] = Paging(**fields["paging"])
    return kind(**fields)
