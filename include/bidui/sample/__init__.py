"""The synthetic county: real-looking extracts of all departments, calibrated to two published reports, with known truth."""

from bidui.sample.county import generate
from bidui.sample.plan import default_persons

__all__ = ["default_persons", "generate"]
