"""Source contracts: what each department sends, as frozen dataclasses read from checked YAML."""

from bidui.contract.loader import load_sources
from bidui.contract.model import (
    Column,
    Common,
    DeliveryTerms,
    Drift,
    Extract,
    FileFormat,
    Gates,
    Person,
    ReceiptTerms,
    Source,
    Sources,
    Title,
    Unregistered,
)
from bidui.contract.origin import DropFolderOrigin, HttpOrigin, Origin, SftpOrigin, SqlOrigin

__all__ = [
    "Column",
    "Common",
    "DeliveryTerms",
    "Drift",
    "DropFolderOrigin",
    "Extract",
    "FileFormat",
    "Gates",
    "HttpOrigin",
    "Origin",
    "Person",
    "ReceiptTerms",
    "SftpOrigin",
    "Source",
    "Sources",
    "SqlOrigin",
    "Title",
    "Unregistered",
    "load_sources",
]
