"""Fetching from a real OpenSSH: complete files only, the pinned key, and cut downloads that go on."""

from __future__ import annotations

import datetime as dt
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.connector.conftest import NIGHT, SECRET, Office, csv_list
from tests.integration.connector.servers import LOGIN, Line, SftpServer, sftp_server

from bidui.connector import PullError


@pytest.fixture(scope="module")
def sftp(server_room: Path) -> Iterator[SftpServer]:
    with sftp_server(server_room) as running:
        yield running


@pytest.fixture(autouse=True)
def empty(sftp: SftpServer) -> None:
    for path in sftp.folder.iterdir():
        path.unlink()


def connect(office: Office, sftp: SftpServer, **other: Any) -> None:
    office.connect(
        **{
            "conn_type": "sftp", "host": "127.0.0.1", "port": sftp.port, "login": LOGIN,
            "password": sftp.password, "extra": {"host_key": sftp.host_key},
        }
        | other
    )  # fmt: skip
    contract(office)


def contract(office: Office, **other: Any) -> None:
    office.contract({"kind": "sftp", "path": "out", "settle_seconds": 1, "timeout_seconds": 10} | other)


def refused(office: Office, capfd: Any, caplog: Any) -> PullError:
    with pytest.raises(PullError) as raised:
        office.fetch()
    told = str(raised.value) + caplog.text + "".join(capfd.readouterr())
    assert SECRET not in told
    assert "990101199001" not in told
    assert "To mend it" in raised.value.problems[0].en
    assert office.land() == {}
    return raised.value


def test_files_land_once_under_their_own_name_and_time(office: Office, sftp: SftpServer) -> None:
    connect(office, sftp)
    contract(office, pattern="参保*.csv")
    sftp.put("参保人员20261015.csv", csv_list())
    sftp.put("别的.csv", csv_list())
    sftp.put("参保在写.csv.part", csv_list())
    assert office.fetch() == {"insured": 1}
    assert office.land() == {"landed": 1}
    ((name, day, received),) = office.ask("select source_name, data_date, extract(epoch from received_at) from ledger.batch")
    assert (name, day, int(received)) == ("参保人员20261015.csv", dt.date(2026, 10, 15), 1_790_000_000)
    assert len(office.raw()) == 3
    assert office.night(NIGHT + dt.timedelta(days=1)) == {}
    assert office.pulled_files() == []
    sftp.put("参保人员20261015.csv", csv_list(4), modified=1_790_000_900)  # a correction under the same name
    assert office.night(NIGHT + dt.timedelta(days=2)) == {"landed": 1}


def test_a_file_under_way_waits_for_its_end(office: Office, sftp: SftpServer, caplog: Any) -> None:
    connect(office, sftp)
    whole = csv_list(2000)
    growing = sftp.put("大.csv", whole[:1000], modified=time.time())
    sftp.put("小.csv", csv_list())
    stop = threading.Event()

    def upload() -> None:
        with growing.open("ab") as stream:
            for start in range(1000, len(whole), 2000):
                stream.write(whole[start : start + 2000])
                stream.flush()
                if not stop.is_set():
                    stop.wait(0.1)

    sender = threading.Thread(target=upload)
    sender.start()
    assert office.night() == {"landed": 1}
    assert "pull.changing" in caplog.text or "还在写入" in caplog.text
    stop.set()
    sender.join()
    assert office.night(NIGHT + dt.timedelta(days=1)) == {"landed": 1}
    assert office.ask("select rows_landed from ledger.batch order by batch_id") == [(3,), (2000,)]


def test_with_markers_only_marked_files_are_complete(office: Office, sftp: SftpServer) -> None:
    connect(office, sftp)
    contract(office, complete="done_marker")
    sftp.put("甲.csv", csv_list())
    sftp.put("甲.csv.done", b"")
    sftp.put("乙.csv", csv_list(4))
    sftp.put("乙.done", b"")
    sftp.put("丙.csv", csv_list(5))
    assert office.night() == {"landed": 2}
    assert office.ask("select source_name from ledger.batch order by 1") == [("乙.csv",), ("甲.csv",)]


def test_a_cut_download_goes_on_where_it_was_cut(
    office: Office, sftp: SftpServer, line: Callable[[int], Line], capfd: Any, caplog: Any
) -> None:
    content = csv_list(100_000)
    sftp.put("长.csv", content)
    wire = line(sftp.port)
    connect(office, sftp, port=wire.here, extra={"host_key": sftp.host_key, "compress": "false"})
    # Not by what has passed the line: what the client has not read yet is lost with it.
    wire.is_cut = lambda: office.pulled_bytes() > len(content) * 2 // 3
    error = refused(office, capfd, caplog)
    assert (error.problems[0].code, error.final) == ("pull.unreachable", False)
    (part,) = office.pulled_files()
    assert part.endswith(".part")
    wire.is_cut, wire.passed = lambda: False, 0
    assert office.night() == {"landed": 1}
    # The first two thirds were not sent again: the protocol adds a tenth, and a machine under load may ask twice for a
    # part of the rest (see `_WINDOW_BYTES`).
    assert wire.passed < len(content) * 0.8
    assert office.ask("select count(*), count(distinct id_no) from raw.insured") == [(100_000, 10_000 + 90_000)]
    from bidui.landing.store import stored

    ((sha256,),) = office.ask("select sha256 from ledger.batch")
    assert stored(sha256).read_bytes() == content


def test_half_of_another_version_is_not_glued_to_this_one(office: Office, sftp: SftpServer, bidui_home: Path) -> None:
    connect(office, sftp)
    content = csv_list(50)
    sftp.put("名单.csv", content)
    folder = bidui_home / "pulled" / "medical_bureau" / "insured"
    folder.mkdir(parents=True)
    (folder / f".名单.csv.{len(content)}.1700000000.part").write_bytes(b"x" * 100)
    assert office.night() == {"landed": 1}
    assert len(office.raw()) == 50


def test_a_silent_server_is_given_up_and_tried_again(
    office: Office, sftp: SftpServer, line: Callable[[int], Line], capfd: Any, caplog: Any
) -> None:
    sftp.put("长.csv", csv_list(50_000))
    wire = line(sftp.port)
    connect(office, sftp, port=wire.here)
    contract(office, timeout_seconds=1)
    wire.stalls, wire.stall_after = True, 200_000
    error = refused(office, capfd, caplog)
    assert (error.problems[0].code, error.final) == ("pull.too_slow", False)


def test_a_changed_host_key_is_refused_before_the_password_is_sent(
    office: Office, sftp: SftpServer, tmp_path: Path, capfd: Any, caplog: Any
) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "k")], check=True)
    other = " ".join((tmp_path / "k.pub").read_text().split()[:2])
    connect(office, sftp, extra={"host_key": other})
    error = refused(office, capfd, caplog)
    assert (error.problems[0].code, error.final) == ("pull.host_key_changed", True)
    assert "电话" in error.problems[0].zh


@pytest.mark.parametrize(
    ("connection", "origin", "code"),
    [
        ({"password": SECRET}, {}, "wrong_password"),
        ({"extra": {}}, {}, "no_host_key"),
        ({"extra": {"no_host_key_check": "true"}}, {}, "no_host_key"),
        ({}, {"path": "gone"}, "no_such_place"),
        ({"port": 9}, {}, "unreachable"),
        ({"conn_type": "http"}, {}, "wrong_kind"),
    ],
    ids=["password", "no_key", "unchecked", "folder", "port", "kind"],
)
def test_what_is_wrong_is_told_with_what_to_do(
    office: Office, sftp: SftpServer, connection: dict[str, Any], origin: dict[str, Any], code: str, capfd: Any, caplog: Any
) -> None:
    connect(office, sftp, **connection)
    contract(office, **origin)
    error = refused(office, capfd, caplog)
    assert error.problems[0].code == f"pull.{code}"
    assert error.final == (code != "unreachable")
