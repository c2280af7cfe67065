"""Files of a department's SFTP server: only complete ones, host key pinned, cut downloads go on where they were cut."""

from __future__ import annotations

import logging
import os
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from bidui.connector.delivery import Delivery, sha256_of
from bidui.connector.memory import Memory, Pull
from bidui.connector.names import is_ignored
from bidui.connector.pulled import pulled_folder
from bidui.connector.refusal import PullError, connection_of, disk_in_words, refusal
from bidui.contract import Extract, SftpOrigin

if TYPE_CHECKING:
    from paramiko import SFTPClient

log = logging.getLogger(__name__)

# Asked for ahead of reading, window by window: paramiko stops asking ahead for good when its sending thread falls behind
# once, and asks a second time for what is already under way (paramiko #2418); here either ends with the window.
_WINDOW_BYTES = 1_048_576


@dataclass(frozen=True)
class RemoteFile:
    """A file as the server lists it."""

    name: str
    size: int
    modified: int

    @property
    def received_at(self) -> datetime:
        """When the department wrote it."""
        return datetime.fromtimestamp(self.modified, tz=UTC)


class SftpFolder:
    """The complete files of one remote folder per extract that have not been delivered before."""

    def __init__(self, as_of: date, memory: Memory) -> None:
        self.as_of = as_of
        self.memory = memory

    def deliveries(self, extracts: Iterable[Extract]) -> list[Delivery]:
        """Download what is new, oldest first. Raises PullError; what was finished before stays for the next try."""
        return [delivery for extract in extracts for delivery in self._deliveries(extract)]

    def _deliveries(self, extract: Extract) -> list[Delivery]:
        origin = cast("SftpOrigin", extract.origin)
        with session(origin) as client:
            return [
                self._fetch(client, extract, origin, file)
                for file in _complete(client, origin)
                if not self.memory.is_settled(extract, file.name, file.received_at)
            ]

    def _fetch(self, client: SFTPClient, extract: Extract, origin: SftpOrigin, file: RemoteFile) -> Delivery:
        started = datetime.now(UTC)
        path = pulled_folder(extract) / file.name
        if not (path.exists() and _is_copy(path, file)):
            with disk_in_words(origin.connection):
                download(client, origin, file, path)
            self.memory.record(
                Pull(
                    department=extract.department,
                    extract=extract.key,
                    as_of=self.as_of,
                    origin=origin.kind,
                    connection=origin.connection,
                    source_name=file.name,
                    sha256=sha256_of(path),
                    started_at=started,
                    finished_at=datetime.now(UTC),
                )
            )
            log.info("%s: 取回一个文件 · fetched a file, %s bytes", extract.key, file.size)
        return Delivery(extract.department, extract.key, file.name, file.received_at, path)


def newest(origin: SftpOrigin, folder: Path) -> Path | None:
    """Fetch the newest complete file into `folder`; None where there is none. Raises PullError."""
    with session(origin) as client:
        files = _complete(client, origin)
        if not files:
            return None
        path = folder / files[-1].name
        download(client, origin, files[-1], path)
        return path


def download(client: SFTPClient, origin: SftpOrigin, file: RemoteFile, path: Path) -> None:
    """Fetch one file to `path`, going on from what an earlier try of the same file has left beside it.

    The part carries size and time of the file it is a part of: another version starts anew.
    """
    part = path.with_name(f".{file.name}.{file.size}.{file.modified}.part")
    remote = f"{origin.path.rstrip('/')}/{file.name}"
    with part.open("ab") as target, client.open(remote, "rb") as source:
        have = target.tell()
        if have > file.size:
            target.truncate(have := 0)
        source.seek(have)
        while have < file.size:
            source.prefetch(min(have + _WINDOW_BYTES, file.size))
            window = source.read(min(_WINDOW_BYTES, file.size - have))
            if not window:
                break
            target.write(window)
            have += len(window)
        target.flush()
        os.fsync(target.fileno())
    now = client.stat(remote)
    if have != file.size or (now.st_size, int(now.st_mtime or 0)) != (file.size, file.modified):
        part.unlink()
        raise refusal("half", origin.connection, origin.path)
    os.utime(part, (file.modified, file.modified))
    part.rename(path)


def upload(origin: SftpOrigin, path: Path) -> str:
    """Put a file into the remote folder under its own name, whole or not at all; return where it is.

    Sending it again replaces it. Raises PullError when it cannot be put there.
    """
    folder = origin.path.rstrip("/")
    target, beside = f"{folder}/{path.name}", f"{folder}/.{path.name}.part"
    with session(origin) as client:
        try:
            client.put(str(path), beside)
            try:
                client.posix_rename(beside, target)
            except OSError:  # a server without OpenSSH's extension renames onto no file that is there
                with suppress(OSError):
                    client.remove(target)
                client.rename(beside, target)
        except PermissionError:
            raise refusal("no_write", origin.connection, origin.path) from None
        finally:
            with suppress(OSError):
                client.remove(beside)
    return f"sftp:{origin.connection}:{target}"


def _is_copy(path: Path, file: RemoteFile) -> bool:
    entry = path.stat()
    return entry.st_size == file.size and int(entry.st_mtime) == file.modified


def _complete(client: SFTPClient, origin: SftpOrigin) -> list[RemoteFile]:
    """The complete files of the folder, oldest first."""
    listed, markers = _look(client, origin)
    if origin.complete == "done_marker":
        ready = [file for file in listed if _markers_of(file.name) & markers]
    elif listed:
        time.sleep(origin.settle_seconds)
        again, _ = _look(client, origin)
        ready = [file for file in listed if file in again]
    else:
        ready = []
    for _ in range(len(listed) - len(ready)):
        # told, not raised: the other files of the night go on, and this one is taken when it is whole
        log.warning("%s", refusal("changing", origin.connection, origin.path))
    return sorted(ready, key=lambda file: (file.modified, file.name))


def _markers_of(name: str) -> set[str]:
    return {f"{name}.done", f"{Path(name).stem}.done"}


def _look(client: SFTPClient, origin: SftpOrigin) -> tuple[list[RemoteFile], set[str]]:
    entries = client.listdir_attr(origin.path)
    files = [
        RemoteFile(entry.filename, int(entry.st_size or 0), int(entry.st_mtime or 0))
        for entry in entries
        if stat.S_ISREG(entry.st_mode or 0)
        and fnmatchcase(entry.filename, origin.pattern)
        and not is_ignored(entry.filename)
    ]
    return files, {entry.filename for entry in entries if entry.filename.endswith(".done")}


@contextmanager
def session(origin: SftpOrigin) -> Iterator[SFTPClient]:
    """A session with the pinned server; what goes wrong in it is told as a PullError."""
    hook = _hook(origin)
    with _in_words(origin), hook.get_managed_conn() as client:
        transport = client.get_channel().get_transport()
        # A known_hosts file of this machine would win over the connection's key: the pinned one decides.
        if transport.get_remote_server_key() != hook.host_key:
            raise refusal("host_key_changed", origin.connection)
        client.get_channel().settimeout(origin.timeout_seconds)
        yield client


def _hook(origin: SftpOrigin) -> Any:
    from airflow.providers.sftp.hooks.sftp import SFTPHook

    connection = connection_of(origin.connection)
    if connection.conn_type not in ("sftp", "ssh"):
        raise refusal("wrong_kind", origin.connection, detail=f"conn_type {connection.conn_type}; sftp")
    try:
        hook = SFTPHook(
            ssh_conn_id=origin.connection,
            conn_timeout=origin.timeout_seconds,
            banner_timeout=origin.timeout_seconds,
            auth_timeout=origin.timeout_seconds,
            conn_retry_attempts=1,  # trying again is Airflow's, task by task
        )
    except ValueError:
        raise refusal("no_host_key", origin.connection) from None
    if hook.host_key is None or hook.no_host_key_check or hook.allow_host_key_change:
        raise refusal("no_host_key", origin.connection)
    if hook.key_file and not Path(hook.key_file).is_file():
        raise refusal("no_key_file", origin.connection)
    hook.look_for_keys = False  # only what the connection names, never a key that lies about on this machine
    return hook


@contextmanager
def _in_words(origin: SftpOrigin) -> Iterator[None]:
    import paramiko
    from paramiko.ssh_exception import NoValidConnectionsError

    def told(code: str) -> PullError:
        return refusal(code, origin.connection, origin.path)

    try:
        yield
    except paramiko.BadHostKeyException:
        raise told("host_key_changed") from None
    except paramiko.AuthenticationException as error:
        raise told("too_slow" if "timeout" in str(error).lower() else "wrong_password") from None
    except (FileNotFoundError, NotADirectoryError):
        raise told("no_such_place") from None
    except PermissionError:
        raise told("no_right") from None
    except UnicodeDecodeError:
        raise told("name_encoding") from None
    except TimeoutError:
        raise told("too_slow") from None
    except paramiko.SSHException as error:
        text = str(error).lower()
        if "not found in known_hosts" in text or "host key" in text:
            raise told("host_key_changed") from None
        raise told("too_slow" if "timeout" in text or "timed out" in text else "unreachable") from None
    except (NoValidConnectionsError, EOFError, OSError):
        raise told("unreachable") from None
