"""Receipts (回执): each sender is told, in a workbook, what became of a file: counts, rows that failed, what to do."""

from bidui.receipt.due import make_due
from bidui.receipt.send import deliver

__all__ = ["deliver", "make_due"]
