"""Proof that personal data stays where it belongs: known values are looked for everywhere they must not be."""

from bidui.privacy.needle import Needles
from bidui.privacy.scan import Leak, known_values, scan

__all__ = ["Leak", "Needles", "known_values", "scan"]
