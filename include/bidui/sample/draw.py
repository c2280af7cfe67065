"""Stateless randomness: every draw is a function of a row's key and the name of what is drawn.

No generator state is shared, so a new column, another night or another order of work never changes what was drawn
for anybody else. Keys are uint64 arrays; a name is any text that says what the draw is for.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)


def _mix(x: Array) -> Array:
    """SplitMix64's finaliser: a bijection of 64-bit words whose output looks random."""
    with np.errstate(over="ignore"):
        x = x + _GOLDEN
        x = (x ^ (x >> np.uint64(30))) * _M1
        x = (x ^ (x >> np.uint64(27))) * _M2
    return x ^ (x >> np.uint64(31))


def _salt(name: str) -> np.uint64:
    return np.uint64(int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little"))


def keys(count: int, *parts: object) -> Array:
    """Return `count` distinct keys of the family that `parts` names (a seed, a town, …)."""
    start = _salt("\x1f".join(map(str, parts)))
    return _mix(np.arange(count, dtype=np.uint64) ^ _mix(np.full(count, start)))


def bits(key: Array, name: str) -> Array:
    """Return 64 random bits per key."""
    return _mix(key ^ _salt(name))


def uniform(key: Array, name: str) -> Array:
    """Return a number in [0, 1) per key."""
    drawn: Array = (bits(key, name) >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return drawn


def chance(key: Array, name: str, share: float | Array) -> Array:
    """Return True for about `share` of the keys."""
    drawn: Array = uniform(key, name) < share
    return drawn


def integer(key: Array, name: str, low: int | Array, high: int | Array) -> Array:
    """Return a whole number between `low` and `high`, both included, per key."""
    span = np.asarray(high) - np.asarray(low) + 1
    drawn: Array = (np.asarray(low) + np.floor(uniform(key, name) * span)).astype(np.int64)
    return drawn


def choice(key: Array, name: str, weights: Array | list[float]) -> Array:
    """Return an index into `weights` per key, in proportion to the weights."""
    cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn: Array = np.searchsorted(cumulative, uniform(key, name) * cumulative[-1], side="right")
    return np.minimum(drawn, len(cumulative) - 1)


def kind(key: Array, name: str, shares: Array | list[float]) -> Array:
    """Return an index into `shares` for about that share of the keys each, -1 for the others."""
    edges = np.cumsum(shares)
    drawn = uniform(key, name)
    return np.where(drawn < edges[-1], np.searchsorted(edges, drawn, side="right"), -1)


def first(key: Array, name: str, among: Array, count: int) -> Array:
    """Return the indices of `count` keys (fewer when there are fewer) drawn from the mask `among`, in drawn order."""
    candidates = np.flatnonzero(among)
    order = np.argsort(bits(key[candidates], name), kind="stable")
    chosen: Array = candidates[order[: max(count, 0)]]
    return chosen


def spread(key: Array, name: str, total: int, low: Array, high: Array) -> Array:
    """Return whole numbers between `low` and `high` per key that add up to `total` (as near as the bounds allow)."""
    value = np.asarray(low, dtype=np.int64).copy()
    room = np.asarray(high, dtype=np.int64) - value
    left = total - int(value.sum())
    if left <= 0:
        return value
    # One lot per unit of room: the drawn lots decide who gets a unit more.
    owner = np.repeat(np.arange(len(value)), room)
    lot = bits(np.repeat(key, room) + (np.arange(len(owner), dtype=np.uint64) * _GOLDEN), name)
    chosen = owner[np.argsort(lot, kind="stable")[:left]]
    np.add.at(value, chosen, 1)
    return value
