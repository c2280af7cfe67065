"""Judging a staged batch: suite, quarantine, gates, accept or hold; release and withdraw; Data Docs.

A DAG task calls `validate`; people call `release` and `withdraw`; the publishing task calls `build_docs`.
"""

from bidui.validation.decide import Decision
from bidui.validation.docs import build_docs
from bidui.validation.judge import validate, validate_batch
from bidui.validation.override import release, withdraw
from bidui.validation.suite import Check, Suite, load_suite

__all__ = [
    "Check",
    "Decision",
    "Suite",
    "build_docs",
    "load_suite",
    "release",
    "validate",
    "validate_batch",
    "withdraw",
]
