"""The packages of bidui depend on each other in one direction: each can be read, and changed, before those above it."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter

import pytest

from bidui.home import REPOSITORY

INCLUDE = REPOSITORY / "include"


def imported(source: str) -> set[str]:
    """Every name that is imported anywhere, inside functions too: those that wait for a call depend no less."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute here"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def package(name: str) -> str:
    """`bidui.night.freeze` → `bidui.night`."""
    return ".".join(name.split(".")[:2])


def order(modules: dict[str, str]) -> list[str]:
    """Packages, those that others build on first. Raises CycleError naming the packages of a circle."""
    needs: dict[str, set[str]] = {}
    for module, source in modules.items():
        others = {package(name) for name in imported(source) if name.startswith("bidui.")} - {package(module)}
        needs.setdefault(package(module), set()).update(others)
    return list(TopologicalSorter(needs).static_order())


def test_no_two_packages_need_each_other() -> None:
    modules = {
        ".".join(path.relative_to(INCLUDE).with_suffix("").parts): path.read_text(encoding="utf-8")
        for path in (INCLUDE / "bidui").rglob("*.py")
    }
    packages = order(modules)
    assert packages.index("bidui.warehouse") < packages.index("bidui.night") < packages.index("bidui.platform")


def test_a_circle_is_seen_inside_functions_too() -> None:
    with pytest.raises(CycleError, match=r"bidui\.night"):
        order(
            {
                "bidui.night.steps": "def go():\n    from bidui.platform import turn",
                "bidui.platform.service": "from bidui.night.report import collect",
            }
        )
