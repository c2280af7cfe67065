"""Real servers that a department could have, each on a free port of this machine and gone when the test is over.

Debian's openssh-server and mariadb-server are installed by `make servers`; a second PostgreSQL comes with the
environment, the HTTP server with Python.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import socketserver
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

LOGIN = "bidui_department"
WAIT_SECONDS = 30.0


def needed(*programs: str) -> None:
    """Skip, saying why, where a program is not installed; fail in CI, which has to have it."""
    missing = [name for name in programs if not _program(name)]
    if os.geteuid() != 0:
        missing.append("root (the servers run as users of their own)")
    if not missing:
        return
    reason = f"not here: {', '.join(missing)}; `make servers` as root installs the servers"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    pytest.fail(f"the server did not start: {log.read_text(errors='replace')[-800:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(3)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)


@dataclass
class SftpServer:
    """OpenSSH's SFTP server with one account and one folder."""

    port: int
    password: str
    host_key: str
    folder: Path
    uid: int

    def put(self, name: str, content: bytes, modified: float = 1_790_000_000) -> Path:
        """A file of the department."""
        path = self.folder / name
        path.write_bytes(content)
        os.utime(path, (modified, modified))
        os.chown(path, self.uid, -1)
        return path


@contextmanager
def sftp_server(work: Path) -> Iterator[SftpServer]:
    """Debian's openssh-server."""
    needed("sshd", "ssh-keygen", "useradd", "chpasswd")
    password = secrets.token_hex(12)
    home = work / "home"
    home.mkdir(mode=0o755)
    subprocess.run(["useradd", "--no-create-home", "--home-dir", str(home), "--shell", "/bin/sh", LOGIN], check=False)
    try:
        subprocess.run(["chpasswd"], input=f"{LOGIN}:{password}\n", text=True, check=True)
        account = pwd.getpwnam(LOGIN)
        folder = home / "out"
        folder.mkdir()
        os.chown(folder, account.pw_uid, account.pw_gid)
        with _sshd(work, folder.parent) as (port, host_key):
            yield SftpServer(port, password, host_key, folder, account.pw_uid)
    finally:
        subprocess.run(["userdel", LOGIN], check=False, stderr=subprocess.DEVNULL)


@contextmanager
def _sshd(work: Path, home: Path) -> Iterator[tuple[int, str]]:
    key = work / "host_key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    Path("/run/sshd").mkdir(exist_ok=True)
    port, log = free_port(), work / "sshd.log"
    config = work / "sshd_config"
    config.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {key}\nPidFile {work}/sshd.pid\nUsePAM no\n"
        f"PasswordAuthentication yes\nSubsystem sftp internal-sftp\nStrictModes no\nMaxAuthTries 3\nAllowUsers {LOGIN}\n"
        f"ForceCommand internal-sftp -d {home}\n"
    )
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [str(_program("sshd")), "-D", "-e", "-f", str(config)], stdin=subprocess.DEVNULL, stdout=stream, stderr=stream
        )
    try:
        _wait_for(port, process, log)
        yield port, " ".join(key.with_suffix(".pub").read_text().split()[:2])
    finally:
        _stop(process)


@dataclass
class DatabaseServer:
    """A database with one account that may read."""

    port: int
    login: str
    password: str
    database: str
    execute: Callable[[str], None]


@contextmanager
def mariadb_server(work: Path) -> Iterator[DatabaseServer]:
    """Debian's mariadb-server."""
    import pymysql

    needed("mariadbd", "mariadb-install-db")
    user = pwd.getpwnam("mysql")
    data = work / "mariadb"
    data.mkdir()
    os.chown(data, user.pw_uid, user.pw_gid)
    work.chmod(0o755)
    subprocess.run(
        [
            "mariadb-install-db", "--no-defaults", f"--datadir={data}", "--user=mysql",
            "--auth-root-authentication-method=normal", "--skip-test-db",
        ],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    port, log = free_port(), work / "mariadb.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [
                str(_program("mariadbd")), "--no-defaults", f"--datadir={data}", "--user=mysql", f"--port={port}",
                "--bind-address=127.0.0.1", f"--socket={data}/s.sock", "--skip-log-bin", "--innodb-buffer-pool-size=32M",
            ],
            stdin=subprocess.DEVNULL, stdout=stream, stderr=stream,
        )  # fmt: skip
    password = secrets.token_hex(12)

    def execute(statement: str) -> None:
        session = pymysql.connect(
            host="127.0.0.1", port=port, user="root", charset="utf8mb4", autocommit=True,
            client_flag=pymysql.constants.CLIENT.MULTI_STATEMENTS,
        )
        with session, session.cursor() as cursor:
            cursor.execute(statement)
            while cursor.nextset():
                pass

    try:
        _wait_for(port, process, log)
        execute(
            "create database yibao character set utf8mb4;"
            f"create user reader@'%' identified by '{password}'; create user reader@localhost identified by '{password}';"
            "grant select on yibao.* to reader@'%'; grant select on yibao.* to reader@localhost"
        )
        yield DatabaseServer(port, "reader", password, "yibao", execute)
    finally:
        _stop(process)


class _Cut(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        line: Line = self.server.line  # type: ignore[attr-defined]
        with socket.create_connection(("127.0.0.1", line.port)) as there:
            threading.Thread(target=self._pass_on, args=(self.request, there, False), daemon=True).start()
            self._pass_on(there, self.request, True)

    def _pass_on(self, source: socket.socket, target: socket.socket, counted: bool) -> None:
        line: Line = self.server.line  # type: ignore[attr-defined]
        try:
            while block := source.recv(16_384):
                if counted and line.is_cut():
                    break
                if counted and line.stalls and line.passed > line.stall_after:
                    line.release.wait(WAIT_SECONDS)
                    break
                line.passed += len(block) if counted else 0
                target.sendall(block)
        except OSError:
            pass
        finally:
            for end in (source, target):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)


class Line:
    """A line to a server that can be cut, at a moment of the test's choice, or fall silent after so many bytes."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.is_cut: Callable[[], bool] = lambda: False
        self.stalls = False
        self.stall_after = 0
        self.passed = 0
        self.release = threading.Event()
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Cut)
        self._server.daemon_threads = True
        self._server.line = self  # type: ignore[attr-defined]
        self.here = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Hang up."""
        self.release.set()
        self._server.shutdown()
        self._server.server_close()
