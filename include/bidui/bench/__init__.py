"""Measurements: what the house claims about speed and memory, as a command anybody can repeat."""
