"""A county's own reference data: divisions, aliases, parameters; and the character table behind names."""
