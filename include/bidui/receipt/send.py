"""How a finished receipt gets back to its department."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Protocol

from bidui.contract import SftpOrigin, Source, load_sources
from bidui.home import return_dir
from bidui.problem import Problem, ProblemError
from bidui.workbook import replacing

# The clerk who fetches it is another user; a receipt names no person.
READABLE = 0o644


class Sender(Protocol):
    """A way back to a department, named by `receipt.kind` of its contract."""

    def send(self, path: Path) -> str:
        """Put the file where the department finds it under its own name, whole or not at all; say where that is."""
        ...


class FolderSender:
    """The department's return folder: `BIDUI_HOME/return/<department>`, or the one its contract names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, path: Path) -> str:
        """Copy it beside its place, then rename. Raises ProblemError when the folder is not there or cannot be written."""
        if not self._folder.is_dir():  # never made here: it may be a share that is not mounted
            raise ProblemError(_no_folder(self._folder))
        target = self._folder / path.name
        with replacing(target, mode=READABLE) as beside:
            shutil.copyfile(path, beside)
        return str(target)


class SftpSender:
    """A folder of the department's own SFTP server, reached by an Airflow connection with a pinned host key."""

    def __init__(self, origin: SftpOrigin) -> None:
        self._origin = origin

    def send(self, path: Path) -> str:
        """Upload it beside its place, then rename. Raises ProblemError when the server does not take it."""
        from bidui.connector.sftp import upload

        return upload(self._origin, path)


def deliver(path: Path, department: str) -> str:
    """Send a finished file to the department as its contract says; return where it was put.

    Sending it again replaces it. Raises ProblemError when it cannot be put there.
    """
    return sender_of(load_sources().department(department)).send(path)


def sender_of(source: Source) -> Sender:
    """The sender that the contract names."""
    terms = source.receipt
    if terms.kind == "sftp":
        return SftpSender(
            SftpOrigin(connection=terms.connection, path=terms.folder, timeout_seconds=terms.timeout_seconds)
        )
    return FolderSender(Path(terms.folder) if terms.folder else return_dir(source.department))


def _no_folder(folder: Path) -> Problem:
    return Problem(
        code="receipt.no_folder",
        what_zh=f"回执目录不存在：{folder}",
        what_en=f"the folder for receipts is not there: {folder}",
        fix_zh="检查共享目录是否已挂载，或更正约定中的 receipt.folder",
        fix_en="check that the share is mounted, or correct receipt.folder in the contract",
    )
