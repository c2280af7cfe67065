"""The life of one night in the warehouse: prepare, freeze its inputs, prove it, publish it, report it."""
