"""Landing: from a delivered file to a raw partition and a batch in the ledger."""

from bidui.landing.batch import LandedBatch
from bidui.landing.land import land, land_all

__all__ = ["LandedBatch", "land", "land_all"]
