"""Receipts back over SFTP, to a real OpenSSH."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.connector.servers import LOGIN, SftpServer, sftp_server

from bidui.contract import ReceiptTerms, Source, load_sources
from bidui.problem import ProblemError
from bidui.receipt.send import sender_of


@pytest.fixture(scope="module")
def sftp() -> Iterator[SftpServer]:
    with tempfile.TemporaryDirectory(prefix="bidui-sftp-") as room:
        Path(room).chmod(0o755)
        with sftp_server(Path(room)) as running:
            yield running


@pytest.fixture
def source(sftp: SftpServer, monkeypatch: pytest.MonkeyPatch) -> Source:
    monkeypatch.setenv(
        "AIRFLOW_CONN_BIDUI_HOUSING",
        json.dumps({"conn_type": "sftp", "host": "127.0.0.1", "port": sftp.port, "login": LOGIN, "password": sftp.password,
                    "extra": {"host_key": sftp.host_key}}),
    )  # fmt: skip
    return Source("housing", load_sources().department("housing").title, (), Path("housing.yml"),
                  ReceiptTerms("sftp", "out", "bidui_housing", 10))  # fmt: skip


def test_a_receipt_arrives_whole_under_its_name_and_replaces_the_one_before(
    source: Source, sftp: SftpServer, tmp_path: Path
) -> None:
    receipt = tmp_path / "回执_2026-10-16_批次7_危改.xlsx"
    for content in (b"first", b"second"):
        receipt.write_bytes(content)
        assert sender_of(source).send(receipt) == f"sftp:bidui_housing:out/{receipt.name}"
        assert {path.name: path.read_bytes() for path in sftp.folder.iterdir()} == {receipt.name: content}


def test_a_folder_that_is_not_there_or_takes_nothing_is_told(source: Source, sftp: SftpServer, tmp_path: Path) -> None:
    receipt = tmp_path / "回执.xlsx"
    receipt.write_bytes(b"x")
    before = sorted(sftp.folder.iterdir())
    sftp.folder.chmod(0o555)
    try:
        with pytest.raises(ProblemError, match="写入权限"):
            sender_of(source).send(receipt)
    finally:
        sftp.folder.chmod(0o755)
    missing = Source(source.department, source.title, (), source.path, ReceiptTerms("sftp", "nowhere", "bidui_housing", 10))
    with pytest.raises(ProblemError):
        sender_of(missing).send(receipt)
    assert sorted(sftp.folder.iterdir()) == before
