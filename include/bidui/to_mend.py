"""What of an error a person can mend: told in words, in the terminal and in a task's log alike. All else is a defect."""

from __future__ import annotations


def words_of(error: Exception) -> str | None:
    """What the error tells a person to mend; None for a defect, which keeps its traceback."""
    import psycopg2

    from bidui.problem import ProblemError
    from bidui.warehouse.dbt import DbtError
    from bidui.warehouse.embedded import unreached

    if isinstance(error, (ProblemError, DbtError)):
        return str(error)
    if isinstance(error, psycopg2.OperationalError) and error.pgcode is None:  # no server that could have answered
        return str(ProblemError(unreached()))
    return None
