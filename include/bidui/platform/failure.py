"""How a task ends over what a person has to mend: its log ends with the message, and shows no frames.

Airflow logs an exception with every frame of its own runner under the message, where nobody who is called at night finds
it. A task that exits is failed, and tried again, like any other; of it the log says nothing but what we say.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from bidui.to_mend import words_of

log = logging.getLogger(__name__)

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class ToMendError(SystemExit):
    """A person has to mend something; trying again may find it mended (a file closed, a server back)."""


class RefusedError(ToMendError):
    """A person has to mend something, and trying again changes nothing or does harm."""


# Carried by every task (`bidui.platform.dag.defaults`).
RETRIES = ExceptionRetryPolicy(
    [RetryRule(RefusedError, RetryAction.FAIL, reason="重试无用，不再自动重试 · not tried again, it would change nothing")]
)


def in_words(work: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """`work` as a task of Airflow does it. A defect keeps its frames; an error that says what to mend is logged and ends
    the task with ToMendError, or with RefusedError where the error is final."""

    @functools.wraps(work)
    def told(*arguments: Arguments.args, **named: Arguments.kwargs) -> Result:
        try:
            return work(*arguments, **named)
        except Exception as error:
            words = words_of(error)
            if words is None:
                raise
            log.error("%s", words)
            raise (RefusedError if getattr(error, "final", False) else ToMendError)(1) from None

    return told
