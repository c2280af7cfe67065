"""What the checkout ships, by digest: another checkout is another warehouse."""

from __future__ import annotations

import hashlib
from pathlib import Path

from bidui.home import dbt_dir, sql_dir


def digest_of_files(folder: Path, pattern: str) -> str:
    """SHA-256 over the files of a folder, by relative name and content."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.glob(pattern) if p.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def digest_of_models() -> str:
    """What a model's text does not say of itself and its result depends on: macros, other models, functions of the warehouse."""
    digests = (digest_of_files(dbt_dir(), "m*/**/*"), digest_of_files(dbt_dir(), "*.yml"), digest_of_files(sql_dir(), "*.sql"))
    return hashlib.sha256("".join(digests).encode()).hexdigest()
