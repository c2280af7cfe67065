"""A pull tried out: what a department's server gives now, before any night asks it. Nothing is remembered."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from bidui.connector.http import HttpPages
from bidui.connector.memory import Pull, Reached
from bidui.connector.night_list import NightList
from bidui.connector.pulled import finish
from bidui.connector.sftp import newest
from bidui.connector.sql import SqlRows
from bidui.contract import Extract, SftpOrigin
from bidui.problem import Problem, ProblemError

_LISTS: dict[str, type[NightList]] = {"sql": SqlRows, "http": HttpPages}


class NoMemory:
    """The memory of a platform that has never pulled, and that remembers nothing."""

    def is_settled(self, extract: Extract, source_name: str, received_at: dt.datetime) -> bool:
        """See Memory."""
        return False

    def tonight(self, extract: Extract, as_of: dt.date) -> tuple[str, bool] | None:
        """See Memory."""
        return None

    def reached(self, extract: Extract) -> Reached | None:
        """See Memory."""
        return None

    def record(self, pull: Pull) -> None:
        """See Memory."""


def pull_once(extract: Extract, as_of: dt.date, folder: Path) -> Path:
    """Pull what the extract's server gives for the night into `folder`: the whole list, or the newest complete file.

    Raises ProblemError: a PullError, or that nothing is pulled or no file is there.
    """
    origin = extract.origin
    if isinstance(origin, SftpOrigin):
        path = newest(origin, folder)
        if path is None:
            raise ProblemError(_no_file(extract, origin))
        return path
    if origin.kind not in _LISTS:
        raise ProblemError(_not_pulled(extract))
    path = folder / f"{extract.key}_{as_of:%Y%m%d}.csv"
    _LISTS[origin.kind](as_of, NoMemory()).write(extract, path)
    return finish(path)


def _no_file(extract: Extract, origin: SftpOrigin) -> Problem:
    return Problem(
        code="pull.no_file",
        what_zh="连得上，但文件夹里没有符合约定的完整文件",
        what_en="it can be reached, but its folder has no complete file as the contract says",
        connection=f"{origin.connection}:{origin.path}",
        column=extract.key,
        expected_zh=f"{origin.pattern}（{origin.complete}）",
        expected_en=f"{origin.pattern} ({origin.complete})",
        fix_zh="核对 origin 的 path、pattern、complete，或等部门放入文件",
        fix_en="check path, pattern and complete of origin, or wait for the department's file",
    )


def _not_pulled(extract: Extract) -> Problem:
    return Problem(
        code="pull.not_pulled",
        what_zh="这个数据项由部门投递，不从服务器拉取",
        what_en="this extract is dropped by the department, not pulled",
        column=extract.key,
        fix_zh="用 bidui inspect 看文件；要拉取，先在约定中写 origin",
        fix_en="look at a file with bidui inspect; to pull it, write its origin in the contract",
    )
