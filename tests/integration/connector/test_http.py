"""Pulling from a real HTTPS server: pages of JSON and CSV, tokens, certificates, cuts."""

from __future__ import annotations

import datetime as dt
import http.server
import ipaddress
import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.integration.connector.conftest import NIGHT, SECRET, Office

from bidui.connector import PullError

TOKEN = "token-of-the-county"
COLUMNS = {"id_no": "zjhm", "person_name": "xx.xm", "premium": "jf"}
PEOPLE = [{"zjhm": f"9901011990010112{n:02d}", "xx": {"xm": f"甲{n}"}, "jf": n + 0.1, "other": "x"} for n in range(7)]


def certificate(folder: Path, name: str, ends: dt.datetime) -> tuple[Path, Path]:
    """A self-signed certificate of 127.0.0.1 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - dt.timedelta(days=400))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / f"{name}.pem", folder / f"{name}.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return pem, secret


@dataclass
class Interface:
    """A department's interface: pages by number, cursor or link; what it is told to do wrong."""

    certificate: Path
    port: int = 0
    asked: list[str] = field(default_factory=list)
    fail_once_at: str = ""
    broken: str = ""
    behind_the_last: str = ""
    silent: threading.Event = field(default_factory=threading.Event)

    def answer(self, path: str, token: str | None) -> tuple[int, dict[str, str], bytes]:
        url = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        self.asked.append(path)
        if token != f"Bearer {TOKEN}":
            return 401, {}, json.dumps({"who": PEOPLE[0]["zjhm"]}).encode()
        if self.fail_once_at and self.fail_once_at in path:
            self.fail_once_at = ""
            return 503, {}, b""
        number = int(query.get("page", query.get("after", "1")))
        size = min(int(query.get("size", "3")), 3)
        part = PEOPLE[(number - 1) * size : number * size]
        more = number * size < len(PEOPLE)
        if self.behind_the_last == "gone" and len(self.asked) > 2:
            return 404, {}, b"{}"
        if self.behind_the_last == "missing" and not part:
            return 404, {}, b"{}"
        if self.behind_the_last == "again" and not part:
            part = PEOPLE[-1:]
        if url.path == "/csv":
            lines = ["证件号码,姓名,个人缴费", *(f"{p['zjhm']},{p['xx']['xm']},{p['jf']}" for p in part)]
            link = {"Link": f'</csv?page={number + 1}>; rel="next"'} if more else {}
            return 200, link, "\n".join(lines).encode("gb18030")
        if url.path != "/json":
            return 404, {}, b""
        body: dict[str, Any] = {"data": {"items": part, "total": len(PEOPLE)}}
        if more:
            host = "https://127.0.0.1:9" if self.broken == "foreign" else ""
            body |= {"next": f"{host}/json?page={number + 1}", "after": number + 1}
        if self.broken == "total":
            body["data"]["total"] = 8
        if self.broken == "renamed":
            body["data"]["items"] = [{"id": p["zjhm"]} for p in part]
        return 200, {}, json.dumps(body).encode()


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        interface: Interface = self.server.interface  # type: ignore[attr-defined]
        if interface.broken == "silent":
            interface.silent.wait(20)
            return
        status, headers, body = interface.answer(self.path, self.headers.get("Authorization"))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if interface.broken == "half" else body)

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


@pytest.fixture(scope="module")
def certificates(server_room: Path) -> dict[str, tuple[Path, Path]]:
    now = dt.datetime.now(dt.UTC)
    return {
        "good": certificate(server_room, "good", now + dt.timedelta(days=30)),
        "expired": certificate(server_room, "expired", now - dt.timedelta(days=1)),
    }


@pytest.fixture
def interface(request: pytest.FixtureRequest, certificates: dict[str, tuple[Path, Path]]) -> Iterator[Interface]:
    pem, key = certificates[getattr(request, "param", "good")]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    made = Interface(pem, int(server.server_address[1]))
    server.interface = made  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield made
    made.silent.set()
    server.shutdown()
    server.server_close()


def connect(office: Office, interface: Interface, **other: Any) -> None:
    office.connect(
        **{
            "conn_type": "http", "schema": "https", "host": "127.0.0.1", "port": interface.port, "password": TOKEN,
            "extra": {"verify": str(interface.certificate)},
        }
        | other
    )  # fmt: skip


def contract(office: Office, paging: dict[str, Any], **other: Any) -> None:
    origin = {
        "kind": "http", "path": "/json", "format": "json", "records": "data.items", "columns": COLUMNS,
        "parameters": {"day": ":as_of"}, "paging": paging, "timeout_seconds": 2,
    } | other  # fmt: skip
    if origin["format"] == "csv":
        del origin["columns"], origin["records"]
    office.contract(origin)


BY_PAGE = {"by": "page", "parameter": "page", "size_parameter": "size", "size": 3, "total_at": "data.total"}
BY_LINK = {"by": "next_link", "at": "next"}


def refused(office: Office, capfd: Any, caplog: Any) -> PullError:
    with pytest.raises(PullError) as raised:
        office.fetch()
    told = str(raised.value) + caplog.text + "".join(capfd.readouterr())
    assert SECRET not in told
    assert TOKEN not in told
    assert "990101199001" not in told
    assert "To mend it" in raised.value.problems[0].en
    assert office.land() == {}
    return raised.value


@pytest.mark.parametrize(
    "paging", [BY_PAGE, BY_LINK, {"by": "cursor", "parameter": "after", "at": "after"}], ids=lambda paging: paging["by"]
)
def test_pages_become_one_list(office: Office, interface: Interface, paging: dict[str, Any]) -> None:
    connect(office, interface)
    contract(office, paging)
    assert office.night() == {"landed": 1}
    assert [row[:3] for row in office.raw()] == [(p["zjhm"], p["xx"]["xm"], str(p["jf"])) for p in PEOPLE]
    assert len(interface.asked) == 3
    assert "day=2026-10-16" in interface.asked[0]
    assert office.ask("select data_date, rows_landed from ledger.batch") == [(NIGHT, 7)]
    assert office.night() == {}
    assert len(interface.asked) == 3
    assert office.pulled_files() == []


@pytest.mark.parametrize(
    "paging",
    [{"by": "link_header"}, {"by": "page", "parameter": "page", "size": 3, "size_parameter": "size"}],
    ids=lambda paging: paging["by"],
)
def test_csv_keeps_its_encoding_and_one_header(office: Office, interface: Interface, paging: dict[str, Any]) -> None:
    connect(office, interface)
    contract(office, paging, path="/csv", format="csv")
    assert office.night() == {"landed": 1}
    assert [row[:3] for row in office.raw()] == [(p["zjhm"], p["xx"]["xm"], str(p["jf"])) for p in PEOPLE]
    assert office.ask("select header_report ->> 'encoding' from ledger.batch") == [("gb18030",)]


@pytest.mark.parametrize("behind_the_last", ["", "missing", "again"])
@pytest.mark.parametrize("format", ["json", "csv"])
def test_pages_smaller_than_asked_for_are_not_taken_for_the_last(
    office: Office, interface: Interface, format: str, behind_the_last: str
) -> None:
    connect(office, interface)
    interface.behind_the_last = behind_the_last
    contract(office, {"by": "page", "parameter": "page", "size_parameter": "size", "size": 500}, path=f"/{format}", format=format)
    assert office.night() == {"landed": 1}
    assert [row[0] for row in office.raw()] == [p["zjhm"] for p in PEOPLE]


@pytest.mark.parametrize("format", ["json", "csv"])
def test_an_interface_that_goes_away_between_pages_has_not_said_its_last(
    office: Office, interface: Interface, format: str, capfd: Any, caplog: Any
) -> None:
    connect(office, interface)
    interface.behind_the_last = "gone"
    contract(office, {"by": "page", "parameter": "page", "size_parameter": "size", "size": 3}, path=f"/{format}", format=format)
    error = refused(office, capfd, caplog)
    assert (error.problems[0].code, error.final) == ("pull.half", False)


def test_a_cut_pull_goes_on_with_the_page_it_had_not(
    office: Office, interface: Interface, capfd: Any, caplog: Any
) -> None:
    connect(office, interface)
    contract(office, BY_PAGE)
    interface.fail_once_at = "page=3"
    error = refused(office, capfd, caplog)
    assert (error.problems[0].code, error.final) == ("pull.unreachable", False)
    interface.asked.clear()
    assert office.night() == {"landed": 1}
    assert len(interface.asked) == 1
    assert [row[0] for row in office.raw()] == [p["zjhm"] for p in PEOPLE]


@pytest.mark.parametrize(
    ("broken", "paging", "code", "final"),
    [
        ("half", BY_PAGE, "half", False),
        ("total", BY_PAGE, "half", False),
        ("silent", BY_PAGE, "too_slow", False),
        ("renamed", BY_PAGE, "no_such_column", True),
        ("foreign", BY_LINK, "foreign_link", True),
    ],
)
def test_what_the_server_does_wrong_lands_nothing(
    office: Office, interface: Interface, broken: str, paging: dict[str, Any], code: str, final: bool, capfd: Any, caplog: Any
) -> None:
    connect(office, interface)
    contract(office, paging)
    interface.broken = broken
    error = refused(office, capfd, caplog)
    assert (error.problems[0].code, error.final) == (f"pull.{code}", final)


@pytest.mark.parametrize("interface", ["expired"], indirect=True)
def test_an_expired_certificate_is_refused(office: Office, interface: Interface, capfd: Any, caplog: Any) -> None:
    connect(office, interface)
    contract(office, BY_PAGE)
    error = refused(office, capfd, caplog)
    assert (error.problems[0].code, error.final) == ("pull.certificate_expired", True)
    assert "过期" in error.problems[0].zh
    assert interface.asked == []  # the token was not sent


@pytest.mark.parametrize(
    ("connection", "origin", "code"),
    [
        ({"password": SECRET}, {}, "wrong_password"),
        ({"extra": {}}, {}, "certificate"),
        ({"extra": {"verify": False}}, {}, "certificate_unchecked"),
        ({"extra": {"verify": "/nowhere.pem"}}, {}, "certificate"),
        ({}, {"path": "/gone"}, "no_such_place"),
        ({}, {"records": "data.rows"}, "bad_page"),
        ({"port": 9}, {}, "unreachable"),
        ({"conn_type": "sftp"}, {}, "wrong_kind"),
    ],
    ids=["token", "unknown_ca", "unchecked", "ca_file", "path", "records", "port", "kind"],
)
def test_what_is_wrong_is_told_with_what_to_do(
    office: Office, interface: Interface, connection: dict[str, Any], origin: dict[str, Any], code: str, capfd: Any, caplog: Any
) -> None:
    connect(office, interface, **connection)
    contract(office, BY_PAGE, **origin)
    error = refused(office, capfd, caplog)
    assert error.problems[0].code == f"pull.{code}"
    assert error.final == (code != "unreachable")
