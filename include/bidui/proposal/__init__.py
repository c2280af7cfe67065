"""Cleansing proposals as workbooks in the registry's own layout, for the office that verifies them."""

from bidui.proposal.workbook import Written, write_proposals

__all__ = ["Written", "write_proposals"]
