"""The command `bidui`: wires the groups together; each group's module says what it does."""

from __future__ import annotations

import importlib
import sys

import typer

app = typer.Typer(
    name="bidui",
    help="比对：部门数据与监测对象名册的夜间比对 · nightly comparison of department data with the registry",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    add_completion=False,
)

# Every module of this package is a group of commands, here in the order of `bidui --help`. Heavy imports (dbt, Great
# Expectations, Airflow) happen inside the commands that need them.
PANELS = {
    "平台与夜间比对 · platform and nights": ("platform", "night", "proof", "alert"),
    "数据源与批次 · sources and batches": ("source", "batch", "reference", "alias"),
    "规则与关联 · rules and linkage": ("rule", "linkage", "explain"),
    "核实与清洗 · answers and cleansing": ("worklist", "visit", "proposal", "figure"),
    "登录与导出 · logins and exports": ("access", "export", "superset", "privacy"),
    "文档、样例与测量 · documents, sample, measurements": ("handbook", "sample", "bench"),
}
for _panel, _names in PANELS.items():
    for _name in _names:
        _group = importlib.import_module(f"{__name__}.{_name}").app
        for _command in (*_group.registered_commands, *_group.registered_groups):
            _command.rich_help_panel = _panel
        app.add_typer(_group)


def main() -> None:
    """Entry point: what a person has to mend is answered in words (exit status 2), never with a traceback."""
    from bidui.to_mend import words_of

    try:
        app()
    except Exception as error:
        words = words_of(error)
        if words is None:
            raise
        typer.echo(words, err=True)
        sys.exit(2)
