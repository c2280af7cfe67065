"""The command `bidui`: wires the groups together; each group's module says what it does."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import typer

app = typer.Typer(
    name="bidui",
    help="比对：部门数据与监测对象名册的夜间比对 · nightly comparison of department data with the registry",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    add_completion=False,
)

# Every module of this package is a group of commands. Heavy imports (dbt, Great Expectations, Airflow) happen inside
# the commands that need them.
for _module in pkgutil.iter_modules(__path__):
    app.add_typer(importlib.import_module(f"{__name__}.{_module.name}").app)


def main() -> None:
    """Entry point: a user's mistake is answered in words (exit status 2), never with a traceback."""
    from bidui.problem import ProblemError

    try:
        app()
    except ProblemError as error:
        typer.echo(error, err=True)
        sys.exit(2)
