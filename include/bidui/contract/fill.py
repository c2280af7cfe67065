"""What a contract leaves to `common.yml`: sections that every extract has, and headers that departments share.

Done before anything reads the contract, so that a default is part of it: of its checks, its version, its digest.
"""

from __future__ import annotations

from typing import Any

from bidui.contract.header_text import header_key
from bidui.contract.located_yaml import LocatedYaml, dotted
from bidui.contract.suggest import nearest
from bidui.problem import Problem


def fill(document: LocatedYaml, common: dict[str, Any]) -> list[Problem]:
    """Write defaults and families of headers into a sound contract; return a Problem for each family not there."""
    problems = []
    families: dict[str, list[str]] = common["header_families"]
    for key, extract in document.data["extracts"].items():
        for section, values in common["defaults"].items():
            extract[section] = values | extract.get(section, {})
        for position, column in enumerate(extract["columns"]):
            name = column.pop("family", None)
            if name is None:
                continue
            if name not in families:
                problems.append(_unknown_family(document, ("extracts", key, "columns", position, "family"), name, families))
                continue
            own = [column["header"], *column.get("aliases", ())]
            known = {header_key(header) for header in own}
            shared = [header for header in families[name] if header_key(header) not in known]
            column["aliases"] = [*own[1:], *shared]
    return problems


def _unknown_family(
    document: LocatedYaml, path: tuple[str | int, ...], name: str, families: dict[str, list[str]]
) -> Problem:
    guess = nearest(name, families)
    return Problem(
        code="contract.unknown_family",
        what_zh=f"没有名为 {name} 的表头族",
        what_en=f"there is no family of headers named {name}",
        file=document.path.name,
        row=document.line(path),
        column=dotted(path),
        expected_zh="、".join(families),
        expected_en=", ".join(families),
        fix_zh=f"改为 {guess}" if guess else "改为上述之一，或在 common.yml 的 header_families 中补上",
        fix_en=f"did you mean {guess}?" if guess else "use one of these, or add it to header_families in common.yml",
    )
