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
    Origin,
    Person,
    ReceiptTerms,
    Source,
    Sources,
    Title,
    Unregistered,
)

__all__ = [
    "Column",
    "Common",
    "DeliveryTerms",
    "Drift",
    "Extract",
    "FileFormat",
    "Gates",
    "Origin",
    "Person",
    "ReceiptTerms",
    "Source",
    "Sources",
    "Title",
    "Unregistered",
    "load_sources",
]
