"""Pages of a department's HTTP interface, JSON or CSV, joined into one CSV that lands like any other file.

Pages that have come are kept with the address of the next one, so that a cut night goes on from there.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urljoin, urlsplit

from bidui.connector.delivery import BLOCK
from bidui.connector.night_list import NightList, Written
from bidui.connector.pulled import ListWriter, as_text, as_texts, part_of, title_of
from bidui.connector.refusal import PullError, connection_of, refusal
from bidui.contract import Extract, HttpOrigin

if TYPE_CHECKING:
    from requests import Response

EXPIRED = 10  # X509_V_ERR_CERT_HAS_EXPIRED


@dataclass(frozen=True)
class Place:
    """Where pulling stands: the next page (None: all are here) and how much of the part is good."""

    version: str
    link: str | None = None
    page: int | None = None
    cursor: str | None = None
    rows: int = 0
    total: int | None = None
    bytes: int = 0
    digest: str = ""
    is_last: bool = False


class HttpPages(NightList):
    """The night's list from an HTTP interface."""

    def write(self, extract: Extract, path: Path) -> Written:
        """See NightList."""
        origin = cast("HttpOrigin", extract.origin)
        pull = _json_pages if origin.format == "json" else _csv_pages
        with _in_words(origin):
            rows = pull(Client(origin, self.as_of), extract, origin, path, self.as_of)
        _state_of(path).unlink(missing_ok=True)
        return Written(rows)


class Client:
    """Asks one server, with the connection's token, and refuses to be led to another one."""

    def __init__(self, origin: HttpOrigin, as_of: dt.date) -> None:
        from airflow.providers.http.hooks.http import HttpHook

        self.origin = origin
        connection = connection_of(origin.connection)
        if connection.conn_type not in ("http", "https"):
            raise refusal("wrong_kind", origin.connection, detail=f"conn_type {connection.conn_type}; http")
        extra = connection.extra_dejson or {}
        if any(str(extra.get(name)).lower() in ("false", "0") for name in ("verify", "verify_ssl")):
            raise refusal("certificate_unchecked", origin.connection)
        # A password without a login is a token.
        bearer = connection.password if connection.password and not connection.login else None
        self.headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        self.parameters = {
            name: as_of.isoformat() if value == ":as_of" else value for name, value in origin.parameters.items()
        }
        self.hook = HttpHook(method="GET", http_conn_id=origin.connection)
        self.first = self.hook.url_from_endpoint(origin.path)

    def get(self, place: Place, *, stream: bool = False) -> Response:
        """The page at `place`, or that a further one is not there (404). Raises PullError for any other answer but 200."""
        paging = self.origin.paging
        parameters = {} if place.link else dict(self.parameters)
        if paging.by == "page" and paging.parameter:
            parameters[paging.parameter] = str(place.page if place.page is not None else paging.first)
        if paging.by == "cursor" and paging.parameter and place.cursor is not None:
            parameters[paging.parameter] = place.cursor
        if paging.size_parameter and not place.link:
            parameters[paging.size_parameter] = str(paging.size)
        endpoint = urlsplit(place.link)._replace(scheme="", netloc="").geturl() if place.link else self.origin.path
        response = self.hook.run(
            endpoint,
            data=parameters,
            headers=self.headers,
            extra_options={
                "timeout": self.origin.timeout_seconds,
                "allow_redirects": False,
                # the hook would write the whole answer, rows and all, into the log
                "check_response": False,
                "stream": stream,
            },
        )
        if not (response.status_code == 404 and place.page is not None):
            self._check(response.status_code)
        return response

    def is_behind_the_last(self, place: Place, response: Response) -> bool:
        """Whether an answer says that the pages before it were all of the list.

        Raises PullError where the page before is not there either: then the interface is away, and the list would be cut.
        """
        if response.status_code != 404 or place.page is None:
            return False
        with self.get(replace(place, page=place.page - 1), stream=True) as before:
            if before.status_code == 404:
                raise refusal("half", self.origin.connection, self.origin.path, detail="HTTP 404")
        return True

    def same_server(self, link: str) -> str:
        """A link of an answer as a full address; refused when it leads to another server."""
        full = urljoin(self.first, link)
        if urlsplit(full)[:2] != urlsplit(self.first)[:2]:
            raise refusal("foreign_link", self.origin.connection, self.origin.path)
        return full

    def _check(self, status: int) -> None:
        if status == 200:
            return
        meaning = {401: "wrong_password", 403: "no_right", 404: "no_such_place", 408: "too_slow", 504: "too_slow"}
        code = meaning.get(status) or ("unreachable" if status in (425, 429) or status >= 500 else "refused")
        raise refusal(code, self.origin.connection, self.origin.path, detail=f"HTTP {status}")


def _json_pages(client: Client, extract: Extract, origin: HttpOrigin, path: Path, as_of: dt.date) -> int:
    place = _where_it_was_cut(extract, path)
    headers = [extract.by_name[name].header for name in origin.columns]
    meanings = [origin.codes.get(name) for name in origin.columns]
    with ListWriter(path, title_of(extract, as_of), headers, resume_at=place.bytes) as writer:
        while not place.is_last:
            response = client.get(place)
            if client.is_behind_the_last(place, response):
                break
            page = _read_json(response, origin)
            records = _at(page, origin.records, origin)
            if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
                raise refusal("bad_page", origin.connection, origin.path, detail=f"records: {origin.records or '[]'}")
            _check_keys(records, origin)
            digest = _digest(records)
            if _same_again(origin, place, digest):
                break
            rows = ([_value(record, key) for key in origin.columns.values()] for record in records)
            writer.write(as_texts(row, meanings) for row in rows)
            place = replace(
                place,
                rows=place.rows + len(records),
                total=_total(page, origin),
                bytes=writer.written(),
                digest=digest,
            )
            place = _next(client, origin, response, page, place, len(records))
            _state_of(path).write_text(json.dumps(asdict(place)), encoding="utf-8")
    if place.total is not None and place.rows != place.total:
        _state_of(path).unlink()
        raise refusal("half", origin.connection, origin.path, detail=f"{place.rows} / {place.total}")
    return place.rows


def _csv_pages(client: Client, extract: Extract, origin: HttpOrigin, path: Path, as_of: dt.date) -> int | None:
    """The bytes as they come; of later pages without the header, which must be the first page's."""
    place = Place(extract.version)
    header: bytes | None = None
    with part_of(path).open("wb") as target:
        while not place.is_last:
            with client.get(place, stream=True) as response:
                if client.is_behind_the_last(place, response):
                    break
                rest = response.iter_content(BLOCK)
                head, first = _first_line(rest)
                if header is None:
                    target.write(head + b"\n")
                elif head.strip() and head != header:
                    raise refusal("bad_page", origin.connection, origin.path, detail="header")
                header = header if header is not None else head
                start = target.tell()
                lines, digest = _copy(first, rest, target)
                if _same_again(origin, place, digest):
                    target.truncate(start)
                    break
                place = _next(client, origin, response, None, replace(place, digest=digest), lines)
    return None


def _first_line(blocks: Iterator[bytes]) -> tuple[bytes, bytes]:
    head = b""
    for block in blocks:
        head += block
        if b"\n" in head:
            break
    line, _, rest = head.partition(b"\n")
    return line.rstrip(b"\r"), rest


def _copy(first: bytes, rest: Iterator[bytes], target: Any) -> tuple[int, str]:
    """Write a page's rows, the last with a line break; return how many lines they are, and their digest."""
    lines, last, hashed = 0, b"", hashlib.blake2b(digest_size=16)
    for block in itertools.chain((first,), rest):
        target.write(block)
        hashed.update(block)
        lines += block.count(b"\n")
        last = block or last
    if last and not last.endswith(b"\n"):
        target.write(b"\n")
        lines += 1
    return lines, hashed.hexdigest()


def _digest(records: list[dict[str, Any]]) -> str:
    return hashlib.blake2b(repr(records).encode(), digest_size=16).hexdigest()


def _same_again(origin: HttpOrigin, place: Place, digest: str) -> bool:
    """Whether a server asked for a page behind its last one has given the last one again."""
    return origin.paging.by == "page" and place.digest == digest


def _next(client: Client, origin: HttpOrigin, response: Response, page: Any, place: Place, rows: int) -> Place:
    """The place of the next page, `is_last` when there is none. `page` is what a JSON answer says, `rows` what it has."""
    paging = origin.paging
    end = replace(place, is_last=True)
    if paging.by == "page":
        # A short page need not be the last: servers give fewer rows than they are asked for, and drop what is hidden.
        is_whole = place.total is not None and place.rows >= place.total
        number = place.page if place.page is not None else paging.first
        return end if is_whole or not rows else replace(place, page=number + 1)
    if paging.by == "cursor":
        cursor = _at(page, paging.at or "", origin, missing=None)
        return end if cursor in (None, "") else replace(place, cursor=as_text(cursor))
    link = None
    if paging.by == "next_link":
        link = _at(page, paging.at or "", origin, missing=None)
    if paging.by == "link_header":
        link = response.links.get("next", {}).get("url")
    return replace(place, link=client.same_server(link)) if link else end


def _where_it_was_cut(extract: Extract, path: Path) -> Place:
    """The place that an earlier try of the night has reached, the first page when there is none for this contract."""
    fresh = Place(extract.version)
    try:
        place = Place(**json.loads(_state_of(path).read_text(encoding="utf-8")))
        usable = place.version == extract.version and part_of(path).stat().st_size >= place.bytes
    except (FileNotFoundError, ValueError, TypeError):
        return fresh
    return place if usable else fresh


def _state_of(path: Path) -> Path:
    return path.with_name(path.name + ".state")


def _read_json(response: Response, origin: HttpOrigin) -> Any:
    try:
        # Numbers stay as they are written: an ID number or an amount must not pass through a float.
        return json.loads(response.content, parse_float=Decimal)
    except ValueError:
        raise refusal("half", origin.connection, origin.path, detail="JSON") from None


def _at(page: Any, dotted: str, origin: HttpOrigin, missing: Any = KeyError) -> Any:
    """The value at `a.b.c` of a JSON page."""
    value = page
    for key in dotted.split(".") if dotted else ():
        if not isinstance(value, dict) or key not in value:
            if missing is not KeyError:
                return missing
            raise refusal("bad_page", origin.connection, origin.path, detail=dotted)
        value = value[key]
    return value


def _value(record: dict[str, Any], dotted: str) -> Any:
    if dotted in record:
        return record[dotted]
    value: Any = record
    for key in dotted.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _check_keys(records: list[dict[str, Any]], origin: HttpOrigin) -> None:
    """A key that no record of a page has is a renamed one, not a page of blanks."""
    for key in origin.columns.values() if records else ():
        top = key.split(".")[0]
        if not any(key in record or top in record for record in records):
            raise refusal("no_such_column", origin.connection, origin.path, detail=key)


def _total(page: Any, origin: HttpOrigin) -> int | None:
    if not origin.paging.total_at:
        return None
    try:
        return int(_at(page, origin.paging.total_at, origin))
    except (TypeError, ValueError):
        raise refusal("bad_page", origin.connection, origin.path, detail=origin.paging.total_at) from None


@contextmanager
def _in_words(origin: HttpOrigin) -> Iterator[None]:
    import requests
    import urllib3

    def told(code: str) -> PullError:
        return refusal(code, origin.connection, origin.path)

    try:
        yield
    except requests.exceptions.SSLError as error:
        raise told("certificate_expired" if _is_expired(error) else "certificate") from None
    except (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError):
        raise told("too_slow") from None
    except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError):
        raise told("half") from None
    except requests.exceptions.ConnectionError as error:
        # read timeouts in the middle of a body come wrapped as connection errors
        raise told("too_slow" if "timed out" in str(error).lower() else "unreachable") from None
    except requests.exceptions.RequestException as error:
        raise refusal("refused", origin.connection, origin.path, detail=type(error).__name__) from None
    except OSError as error:
        # a CA file named in the connection that is not there
        if "CA certificate" in str(error) or "TLS" in str(error):
            raise told("certificate") from None
        raise


def _is_expired(error: BaseException | None) -> bool:
    """Whether the innermost cause of an SSL error is an expired certificate."""
    seen = 0
    while error is not None and seen < 10:
        if getattr(error, "verify_code", None) == EXPIRED:
            return True
        inner = getattr(error, "reason", None)
        first = error.args[0] if error.args and isinstance(error.args[0], BaseException) else None
        error = inner if isinstance(inner, BaseException) else first or error.__cause__ or error.__context__
        seen += 1
    return False
