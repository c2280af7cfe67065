"""The layers of the marts in the order in which a night builds them.

Rules are bound between the two halves: they are checked against the fact tables that the first half has built.
"""

BEFORE_RULES = ("identity", "comparison")
AFTER_RULES = ("finding", "summary")
LAYERS = (*BEFORE_RULES, *AFTER_RULES)
