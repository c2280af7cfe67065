"""Suppression cannot be undone by subtraction: somebody who knows every sum tries, on random tables of counts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
import psycopg2.extensions
import pytest
from psycopg2.extras import execute_values

from bidui.warehouse.connection import connect

K = 5


@dataclass
class Block:
    """Counts of a tree of divisions: (division, category) → value.

    `hidden` are divisions whose total is withheld, `kept` cells that were empty on the eve.
    """

    name: str
    parent: dict[str, str | None]
    values: dict[tuple[str, str], int]
    outside: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    kept: set[tuple[str, str]] = field(default_factory=set)

    @property
    def categories(self) -> list[str]:
        return sorted({category for _, category in self.values})

    def children(self, parent: str) -> list[str]:
        return [division for division, above in self.parent.items() if above == parent]


def random_block(number: int) -> Block:
    """Villages with skewed counts (many noughts and small ones, a few large), added up to towns and a county."""
    draw = random.Random(number)
    block = Block(f"b{number}", {"c": None}, {})
    categories = [f"k{i}" for i in range(draw.choice([1, 2, 3, 5, 6]))]
    if len(categories) > 2 and draw.random() < 0.7:
        block.outside = set(categories[: draw.choice([1, 1, 2])])
    scale = {category: draw.choice([1, 3, 10, 40, 200]) for category in categories}
    for town in range(draw.randint(1, 5)):
        block.parent[f"c{town}"] = "c"
        for village in range(draw.randint(0, 6)):
            block.parent[f"c{town}{village}"] = f"c{town}"
    for division in block.parent:
        if not block.children(division):
            for category in categories:
                block.values[division, category] = draw.choice([0, 0, 1, draw.randint(0, scale[category])])
    for division in sorted(block.parent, key=len, reverse=True):
        for category in categories:
            if block.children(division):
                block.values[division, category] = sum(
                    block.values[child, category] for child in block.children(division)
                )
    return block


@pytest.fixture(scope="module")
def owner(warehouse: str) -> Iterator[psycopg2.extensions.connection]:
    connection = connect(warehouse)
    yield connection
    connection.close()


def withhold(owner: psycopg2.extensions.connection, *blocks: Block) -> dict[str, set[tuple[str, str]]]:
    """What the warehouse leaves empty: block → cells."""
    with owner, owner.cursor() as cursor:
        cursor.execute("drop table if exists mart_summary.trial")
        cursor.execute(
            "create table mart_summary.trial (block text, division_code text, parent_code text, category text,"
            " is_outside boolean, hide_row boolean, keep boolean, value bigint)"
        )
        execute_values(
            cursor,
            "insert into mart_summary.trial values %s",
            [
                (b.name, division, b.parent[division], category, category in b.outside, division in b.hidden,
                 (division, category) in b.kept, value)
                for b in blocks
                for (division, category), value in b.values.items()
            ],
        )
        cursor.execute("select * from mart_summary.cells_to_withhold('mart_summary.trial', %s) order by 1", (K,))
        found = {name: {(d, c) for _, d, c in rows} for name, rows in groupby(cursor.fetchall(), key=lambda row: row[0])}
        return {block.name: found.get(block.name, set()) for block in blocks}


def determined(block: Block, withheld: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The empty cells that follow from all that is known.

    Division totals; how many subjects a block is about, where no cell outside is empty (another block may tell it then);
    parents being sums of children.
    """
    unknown = sorted(withheld)
    if not unknown:
        return set()
    position = {cell: number for number, cell in enumerate(unknown)}
    equations = []
    for division in block.parent:
        if len(block.categories) > 1 and division not in block.hidden:
            equations.append({(division, category): 1 for category in block.categories})
        inside = [category for category in block.categories if category not in block.outside]
        tells = not any((division, category) in withheld for category in block.outside)
        if len(inside) < len(block.categories) and division not in block.hidden and tells:
            equations.append({(division, category): 1 for category in inside})
        if block.children(division):
            equations += [
                {(division, category): -1} | {(child, category): 1 for child in block.children(division)}
                for category in block.categories
            ]
    matrix = np.zeros((len(equations) + 1, len(unknown)))
    for row, equation in enumerate(equations):
        for cell, factor in equation.items():
            if cell in position:
                matrix[row, position[cell]] = factor
    _, sizes, directions = np.linalg.svd(matrix, full_matrices=True)
    rank = int((sizes > 1e-9).sum())
    free = directions[rank:]
    return {cell for cell in unknown if not len(free) or float(np.abs(free[:, position[cell]]).max()) < 1e-9}


def small(block: Block) -> set[tuple[str, str]]:
    return {cell for cell, value in block.values.items() if 1 <= value < K}


def test_no_small_count_comes_back(owner: psycopg2.extensions.connection) -> None:
    blocks = [random_block(number) for number in range(300)]
    withheld = withhold(owner, *blocks)
    for block in blocks:
        assert small(block) <= withheld[block.name], block
        come_back = determined(block, withheld[block.name])
        assert not come_back & small(block), (block, come_back)


def test_totals_withheld_do_not_come_back_either(owner: psycopg2.extensions.connection) -> None:
    """A division whose own total is withheld leaves its anchor empty in every block."""
    blocks = [random_block(number) for number in range(1000, 1100)]
    for block in blocks:
        block.hidden = {division for division in block.parent if len(division) == 3 and division.endswith("1")}
    for name, cells in withhold(owner, *blocks).items():
        block = next(block for block in blocks if block.name == name)
        for division in block.hidden:
            assert any((division, category) in cells for category in block.categories)
        assert not determined(block, cells) & small(block)


def test_what_was_empty_stays_empty_and_is_still_safe(owner: psycopg2.extensions.connection) -> None:
    """The night after: some counts have changed, and whatever has not keeps its empty cell."""
    before = [random_block(number) for number in range(2000, 2100)]
    eve = withhold(owner, *before)
    after = []
    for block in before:
        draw = random.Random(block.name)
        leaves = {cell: value for cell, value in block.values.items() if not block.children(cell[0])}
        moved = {cell: max(0, value + draw.choice([0, 0, 0, 1, -1, 7])) for cell, value in leaves.items()}
        tonight = Block(block.name, block.parent, moved, block.outside)
        for division in sorted(block.parent, key=len, reverse=True):
            for category in block.categories:
                if block.children(division):
                    tonight.values[division, category] = sum(
                        tonight.values[child, category] for child in block.children(division)
                    )
        tonight.kept = {cell for cell in eve[block.name] if tonight.values[cell] == block.values[cell]}
        after.append(tonight)
    for block, cells in zip(after, withhold(owner, *after).values(), strict=True):
        assert block.kept | small(block) <= cells
        assert not determined(block, cells) & small(block), block


def test_the_attack_works_on_primary_suppression_alone() -> None:
    """The proof above can fail: leaving only the small cells empty gives them back."""
    block = Block("b", {"c": None, "c0": "c", "c1": "c"}, {
        ("c", "a"): 60, ("c", "b"): 13, ("c0", "a"): 20, ("c0", "b"): 3, ("c1", "a"): 40, ("c1", "b"): 10,
    })
    assert determined(block, small(block)) == {("c0", "b")}


def test_the_number_of_those_inside_gives_nothing_back(owner: psycopg2.extensions.connection) -> None:
    """Two kinds of dibao, one with a single person: how many have any is published, so both kinds go."""
    values = {("c", "rural"): 179, ("c", "urban"): 21, ("c", "none"): 900}
    values |= {("v1", "rural"): 79, ("v1", "urban"): 1, ("v1", "none"): 400}
    values |= {("v2", "rural"): 100, ("v2", "urban"): 20, ("v2", "none"): 500}
    block = Block("b", {"c": None, "v1": "c", "v2": "c"}, values, outside={"none"})
    cells = withhold(owner, block)["b"]
    assert {("v1", "rural"), ("v1", "urban")} <= cells
    assert not {cell for cell in cells if cell[1] == "none"}


def test_nothing_is_withheld_without_a_small_count(owner: psycopg2.extensions.connection) -> None:
    block = Block("b", {"c": None, "c0": "c", "c1": "c"}, {
        ("c", "a"): 30, ("c", "b"): 12, ("c0", "a"): 20, ("c0", "b"): 0, ("c1", "a"): 10, ("c1", "b"): 12,
    })
    assert withhold(owner, block)["b"] == set()


def test_little_more_than_needed_is_withheld(owner: psycopg2.extensions.connection) -> None:
    """One small count among many villages costs a ring of four cells, not the town."""
    parent: dict[str, str | None] = {"c": None} | {f"v{i}": "c" for i in range(10)}
    values = {(f"v{i}", category): 50 + i for i in range(10) for category in ("a", "b", "d")}
    values["v7", "b"] = 2
    values |= {("c", category): sum(values[f"v{i}", category] for i in range(10)) for category in ("a", "b", "d")}
    cells = withhold(owner, Block("b", parent, values))["b"]
    assert ("v7", "b") in cells
    assert len(cells) == 4


def test_a_part_about_few_keeps_its_total(owner: psycopg2.extensions.connection) -> None:
    """Two households with a rare cause hide another cause, not how many there are with any."""
    values = {("c", "illness"): 77, ("c", "disability"): 78, ("c", "disaster"): 2, ("c", "exited"): 4678}
    cells = withhold(owner, Block("b", {"c": None}, values, outside={"exited"}))["b"]
    assert cells == {("c", "disaster"), ("c", "illness")}


def test_what_is_about_many_is_kept(owner: psycopg2.extensions.connection) -> None:
    """The ring runs through the least category that is large enough."""
    values = {("c", "agree"): 11800, ("c", "registry_only"): 40, ("c", "both no"): 6, ("c", "not_comparable"): 3}
    assert withhold(owner, Block("b", {"c": None}, values))["b"] == {("c", "both no"), ("c", "not_comparable")}
