"""Names of files that are never a delivery, and of none that leads out of its folder."""

from __future__ import annotations

# Left behind by editors, browsers and uploads under way.
_IGNORED_STARTS = (".", "~$")
_IGNORED_ENDS = (".part", ".partial", ".tmp", ".crdownload", ".filepart", ".done", ".state")
_IGNORED_NAMES = frozenset({"thumbs.db", "desktop.ini", "__macosx"})


def is_ignored(name: str) -> bool:
    """Whether a file of this name is under way or left behind, or is no name: a server may say `../x` and mean our disk."""
    lowered = name.lower()
    return "/" in name or lowered.startswith(_IGNORED_STARTS) or lowered.endswith(_IGNORED_ENDS) or lowered in _IGNORED_NAMES
