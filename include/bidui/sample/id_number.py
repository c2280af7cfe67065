"""Resident identity numbers (GB 11643) in bulk: 17 digits as int64, the check character beside them."""

from __future__ import annotations

import numpy as np

from bidui.sample.draw import Array

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = np.array(list("10X98765432"))

# Within one county each town owns 50 sequence numbers per birth date and sex, so towns never meet.
NUMBERS_PER_TOWN = 50


def check_characters(first17: Array) -> Array:
    """Return the check character of each 17-digit number (weights 7 9 10 5 8 4 2 …, modulus 11)."""
    total = np.zeros(len(first17), dtype=np.int64)
    rest = first17.copy()
    for weight in reversed(WEIGHTS):
        rest, digit = np.divmod(rest, 10)
        total += weight * digit
    characters: Array = CHECK_CHARACTERS[total % 11]
    return characters


def allocate(prefix: Array, birth: Array, male: Array, block: int) -> Array:
    """Return one unique 17-digit number per person.

    `prefix` holds six-digit county codes, `birth` dates (datetime64[D]), `male` booleans (digit 17 odd = male);
    `block` (0 to 9) is the town's own range of sequence numbers within a county. Raises ValueError when a town
    has more births of one sex on one day than its range holds.
    """
    year = birth.astype("datetime64[Y]").astype(np.int64) + 1970
    month = birth.astype("datetime64[M]").astype(np.int64) % 12 + 1
    day = (birth - birth.astype("datetime64[M]")).astype(np.int64) + 1
    stem = (prefix.astype(np.int64) * 100_000_000 + year * 10_000 + month * 100 + day) * 2 + male
    order = np.argsort(stem, kind="stable")
    sorted_stem = stem[order]
    starts = np.flatnonzero(np.r_[True, sorted_stem[1:] != sorted_stem[:-1]])
    rank = np.arange(len(stem)) - np.repeat(starts, np.diff(np.r_[starts, len(stem)]))
    if len(rank) and int(rank.max()) >= NUMBERS_PER_TOWN:
        raise ValueError("more births of one sex on one day than a town has sequence numbers for")
    sequence = np.empty(len(stem), dtype=np.int64)
    sequence[order] = rank
    numbers: Array = (stem // 2) * 1000 + (block * NUMBERS_PER_TOWN + sequence) * 2 + male
    return numbers


def texts(first17: Array, check: Array) -> list[str]:
    """Return the 18-character numbers as text."""
    return [f"{number}{character}" for number, character in zip(first17.tolist(), check.tolist(), strict=True)]


def numbers(first17: Array) -> list[str]:
    """Return the 18-character numbers of 17-digit stems, check character computed."""
    return texts(first17, check_characters(first17))
