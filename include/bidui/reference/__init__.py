"""A county's own reference data: divisions, aliases, parameters; and the character table behind names."""

from bidui.reference.loader import ReferenceLoad, load

__all__ = ["ReferenceLoad", "load"]
