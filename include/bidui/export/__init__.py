"""Authoritative exports: an outward view as CSV or Parquet, read with a login's own rights, with what proves it beside it."""

from bidui.export.reader import Login
from bidui.export.table import FORMATS, Export, export

__all__ = ["FORMATS", "Export", "Login", "export"]
