"""The drop folder: `<drop>/<department>/<extract>/<any file name>`."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from bidui.connector.delivery import Delivery, readable_name
from bidui.connector.names import is_ignored
from bidui.contract import Extract, Sources
from bidui.contract.suggest import nearest
from bidui.home import drop_dir, folder, home
from bidui.problem import Problem, ProblemError


class DropFolder:
    """Lists files by folder; the name of a file is no key, and its kind is told by content."""

    def __init__(self, drop: Path) -> None:
        self.drop = drop

    def deliveries(self, extracts: Iterable[Extract]) -> list[Delivery]:
        """Every file waiting for `extracts`, oldest first; a folder that is not there is empty.

        Files of any extension are handed over: one that cannot be read is held with a reason rather than overlooked.
        """
        found: list[Delivery] = []
        for extract in extracts:
            for path in _children(self.drop / extract.department / extract.key):
                # somebody may take a file away while the folder is listed
                with suppress(FileNotFoundError):
                    if path.is_file():
                        found.append(Delivery.of_file(extract.department, extract.key, path))
        return sorted(found, key=lambda delivery: (delivery.extract, delivery.received_at, delivery.source_name))

    def misplaced(self, sources: Sources) -> list[Problem]:
        """Files and folders that no contract names and that would be overlooked."""
        problems: list[Problem] = []
        departments = {source.department: [extract.key for extract in source.extracts] for source in sources.departments}
        for child in _children(self.drop):
            if child.name not in departments or not child.is_dir():
                problems.append(_misplaced(child, self.drop, tuple(departments), "部门", "department"))
                continue
            extracts = departments[child.name]
            for grandchild in _children(child):
                if grandchild.name not in extracts or not grandchild.is_dir():
                    problems.append(_misplaced(grandchild, self.drop, tuple(extracts), "数据项", "extract"))
                    continue
                problems += [
                    _misplaced(deeper, self.drop, (), "", "") for deeper in _children(grandchild) if deeper.is_dir()
                ]
        return problems


def make_folders(sources: Sources) -> None:
    """Make the standing drop folder with one folder per extract, so that people see where a file goes.

    A drop folder that was configured is left alone: it may be a share that is not mounted.
    """
    if drop_dir() == home() / "drop":
        for extract in sources.extracts.values():
            folder("drop", extract.department, extract.key)


def _children(parent: Path) -> list[Path]:
    try:
        return sorted(path for path in parent.iterdir() if not is_ignored(path.name))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise ProblemError(
            Problem(
                code="drop.not_readable",
                what_zh="文件夹无法读取",
                what_en="the folder cannot be read",
                file=str(parent),
                found=error.strerror,
                fix_zh="检查文件夹权限",
                fix_en="check the folder's permissions",
            )
        ) from None


def _misplaced(path: Path, drop: Path, known: tuple[str, ...], kind_zh: str, kind_en: str) -> Problem:
    guess = nearest(path.name, known) if known else None
    return Problem(
        code="drop.misplaced",
        severity="warn",
        what_zh="放在了没有人读取的位置",
        what_en="this lies where nobody reads it",
        file="/".join(readable_name(Path(part)) for part in path.relative_to(drop).parts),
        expected_zh="<部门>/<数据项>/<文件>" + (f"，{kind_zh}为 {'、'.join(known)} 之一" if known else ""),
        expected_en="<department>/<extract>/<file>" + (f", {kind_en} one of {', '.join(known)}" if known else ""),
        fix_zh=f"改放到 {guess}" if guess else "移到正确的文件夹",
        fix_en=f"move it to {guess}" if guess else "move it to the right folder",
    )
