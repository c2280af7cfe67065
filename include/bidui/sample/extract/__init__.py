"""Rows of each extract: one module per department, one function per extract, `Scene` in and `Table` out."""

from __future__ import annotations

from collections.abc import Callable

from bidui.sample.extract import health_insurance, registry
from bidui.sample.scene import Scene
from bidui.sample.table import Table

BUILDERS: dict[str, Callable[[Scene], Table]] = {
    "registry_person": registry.registry_person,
    "registry_household": registry.registry_household,
    "hi_roll": health_insurance.hi_roll,
}
