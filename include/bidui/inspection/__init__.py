"""Inspection: how a file would be read and what its suite would say of it, before anyone delivers it."""

from bidui.inspection.inspect import Inspection, TableReport, inspect

__all__ = ["Inspection", "TableReport", "inspect"]
