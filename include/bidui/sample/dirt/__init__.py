"""Damage: the ways in which departments' cells differ from what they mean.

Kinds that staging repairs go anywhere; kinds that cost a row its number stay away from locked rows, so that a planted
contradiction is never hidden by a damaged cell. Every damaged cell is recorded.
"""

from bidui.sample.dirt.soil import soil

__all__ = ["soil"]
