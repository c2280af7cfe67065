"""`bidui --help` lists every group of commands, each once, under what it is for."""

from __future__ import annotations

import pkgutil

import typer.testing
from rich.text import Text

from bidui import cli


def test_every_module_of_commands_is_listed_once() -> None:
    listed = [name for names in cli.PANELS.values() for name in names]
    assert sorted(listed) == sorted(module.name for module in pkgutil.iter_modules(cli.__path__))


def test_help_shows_commands_under_what_they_are_for() -> None:
    shown = Text.from_ansi(typer.testing.CliRunner().invoke(cli.app, ["--help"]).output).plain
    places = [shown.index(panel) for panel in cli.PANELS]
    assert places == sorted(places)
    assert places[0] < shown.index("│ nightly ") < places[1] < shown.index("│ release ")
