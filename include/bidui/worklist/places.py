"""Where worklists lie: handed out, returned, sent back. Names and numbers are in the clear, so only the platform's own
user reads these folders; whoever carries files to and from towns has that right, and exports are recorded by name."""

from __future__ import annotations

from pathlib import Path

from bidui.home import folder
from bidui.workbook import export_folder


def worklist_folder() -> Path:
    """Where `publish` writes the cycles."""
    return export_folder("worklists")


def refused_folder() -> Path:
    """Where lists of refused rows wait to be sent back."""
    return export_folder("worklists", "退回")


def returned_folder() -> Path:
    """Where returned worklists are put; they are taken in before each night and every morning."""
    return folder("returned")


def taken_folder() -> Path:
    """Where returned worklists are kept once they were taken in."""
    return folder("returned", "taken")
