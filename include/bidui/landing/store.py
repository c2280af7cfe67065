"""The store keeps the bytes of every delivery once, under their SHA-256: `<home>/store/ab/<sha256>`."""

from __future__ import annotations

import hashlib
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bidui.connector import Delivery
from bidui.connector.delivery import BLOCK
from bidui.home import folder
from bidui.problem import Problem, ProblemError


def stored(sha256: str) -> Path:
    """Where the bytes with this hash are, or would be."""
    return folder("store", sha256[:2]) / sha256


def keep(delivery: Delivery) -> tuple[str, Path]:
    """Copy a delivery's bytes into the store while hashing them; return the hash and the kept file (mode 0400).

    Bytes that are there already are not written again, but count as young. Raises ProblemError when the file cannot be read or changes
    while it is copied (somebody is still writing it): the next run takes it up again.
    """
    try:
        before = delivery.path.stat()
        digest = hashlib.sha256()
        descriptor, name = tempfile.mkstemp(dir=folder("store"), suffix=".part")
        beside = Path(name)
        try:
            with (
                os.fdopen(descriptor, "wb") as target,
                delivery.path.open("rb") as source,
                ThreadPoolExecutor(1) as beside_writing,
            ):
                while block := source.read(BLOCK):
                    hashed = beside_writing.submit(digest.update, block)
                    target.write(block)
                    hashed.result()
            after = delivery.path.stat()
            if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                raise ProblemError(_changing(delivery))
            sha256 = digest.hexdigest()
            place = stored(sha256)
            if not place.exists():
                beside.chmod(0o400)
                beside.rename(place)
            else:
                os.utime(place)  # bytes that came again are young: retention goes by it while their batch is landing
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise ProblemError(
            Problem(
                code="file.not_readable",
                what_zh="文件无法打开",
                what_en="the file cannot be opened",
                file=delivery.source_name,
                found=error.strerror,
                fix_zh="检查文件权限和磁盘空间后重新放入",
                fix_en="check permissions and disk space, then deliver it again",
            )
        ) from None
    return sha256, place


def _changing(delivery: Delivery) -> Problem:
    return Problem(
        code="file.changing",
        what_zh="文件正在写入",
        what_en="the file is still being written",
        file=delivery.source_name,
        expected_zh="完整的文件",
        expected_en="a complete file",
        fix_zh="先以 .part 结尾上传，完成后改名",
        fix_en="upload it under a name that ends in .part and rename it when complete",
    )
