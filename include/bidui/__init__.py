"""Bidui: nightly cross-department comparison of poverty-registry data."""
