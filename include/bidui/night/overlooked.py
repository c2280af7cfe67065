"""Files in the drop folder that no extract takes: whoever put them there waits for an answer that never comes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from bidui.connector import DropFolder
from bidui.contract import Sources
from bidui.problem import Problem, ProblemError


def overlooked(drop: Path, sources: Sources) -> list[dict[str, Any]]:
    """The problem of each file or folder under `drop` that lies where nobody reads it, as `Problem.as_dict` gives it."""
    try:
        problems: Sequence[Problem] = DropFolder(drop).misplaced(sources)
    except ProblemError as error:  # the folder cannot be read, which is told in their place
        problems = error.problems
    return [problem.as_dict() for problem in problems]


def show_overlooked(problems: list[dict[str, Any]], console: Console) -> None:
    """Print each in both languages."""
    for problem in problems:
        console.print(f"[bold red]无人读取 nobody reads it[/] {escape(problem['zh'])}\n  {escape(problem['en'])}")
