"""The contract of a source as frozen dataclasses; field by field what `source.schema.json` describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Literal

from bidui.contract.origin import Origin
from bidui.contract.suggest import nearest
from bidui.problem import Problem, ProblemError


@dataclass(frozen=True)
class Title:
    """A name in both languages."""

    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.zh} · {self.en}"


@dataclass(frozen=True)
class FileFormat:
    """Containers, encodings and layout. Row counts are hints: the header is found by its texts."""

    formats: tuple[str, ...]
    encodings: tuple[str, ...]
    title_rows: int
    header_rows: int
    delimiter: str | None = None
    footer_starts: tuple[str, ...] = ()


@dataclass(frozen=True)
class DeliveryTerms:
    """How often, by when, how long it stays usable (days) and is read as history (months), where its data date stands."""

    content: Literal["full", "delta"]
    cadence: str
    arrives_within_days: int
    max_age_days: int
    history_months: int
    data_date: tuple[str, ...]

    @property
    def max_age(self) -> timedelta:
        """Data older than this are stale."""
        return timedelta(days=self.max_age_days)


@dataclass(frozen=True)
class Person:
    """Somebody a row names: column names of the ID number and of the name, either may be missing."""

    role: str
    id: str | None = None
    name: str | None = None


# Fewer rows than this are a clerk's slips, whatever their share of a small file.
FEWEST_GATED_ROWS = 5


@dataclass(frozen=True)
class Gates:
    """Shares beyond which a file is held: of its rows (0 to 1), or of the rows in force (growth: 1 is twice as many)."""

    max_row_drop: float
    max_row_growth: float
    max_blank_share: float
    max_mangled_share: float


@dataclass(frozen=True)
class Drift:
    """What happens when the header is not quite the contract's."""

    new_column: Literal["ignore", "hold"]
    missing_optional: Literal["accept", "hold"]


@dataclass(frozen=True)
class Unregistered:
    """Which columns the office has reason to keep about people outside the registry, and why: a statement, see DECISIONS.

    Nothing acts on it: such rows stay whole until their batch is beyond retention.
    """

    keep: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Column:
    """One column: English name in the warehouse, header in the file, type, code list."""

    name: str
    header: str
    type: str
    required: bool = False
    aliases: tuple[str, ...] = ()
    codes: str | None = None
    personal: bool = False

    @property
    def headers(self) -> tuple[str, ...]:
        """The header and its aliases, the header first."""
        return (self.header, *self.aliases)


@dataclass(frozen=True)
class Extract:
    """One kind of file that a department sends."""

    key: str
    department: str
    title: Title
    contract_version: str
    digest: str
    grain: str
    basis: str
    origin: Origin
    file: FileFormat
    delivery: DeliveryTerms
    persons: tuple[Person, ...]
    keys: tuple[str, ...]
    control_totals: tuple[str, ...]
    gates: Gates
    drift: Drift
    unregistered: Unregistered
    columns: tuple[Column, ...]
    common: Common
    path: Path

    @property
    def version(self) -> str:
        """Version as the ledger records it: the declared one and the first 8 digits of the contract's hash,
        so that a change which nobody declared is seen too."""
        return f"{self.contract_version}+{self.digest[:8]}"

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """Columns by their English name."""
        return {column.name: column for column in self.columns}

    @property
    def required(self) -> tuple[Column, ...]:
        """Columns whose header must be there."""
        return tuple(column for column in self.columns if column.required)

    @property
    def personal(self) -> frozenset[str]:
        """Names of the columns whose values are never shown."""
        return frozenset(column.name for column in self.columns if column.personal)

    @property
    def staged_keys(self) -> tuple[str, ...]:
        """The keys by their names in staging, where a person's number stands as `<role>_id_no` (`id_no` for self)."""
        numbers = {p.id: "id_no" if p.role == "self" else f"{p.role}_id_no" for p in self.persons if p.id}
        return tuple(numbers.get(key, key) for key in self.keys)

    @property
    def footer_starts(self) -> tuple[str, ...]:
        """Beginnings of footer rows: the shared ones and the contract's own."""
        return (*self.common.footer_starts, *self.file.footer_starts)


@dataclass(frozen=True)
class Common:
    """What all sources share (common.yml)."""

    null_tokens: tuple[str, ...]
    footer_starts: tuple[str, ...]
    encodings: tuple[str, ...]
    header_search_rows: int
    max_columns: int
    max_unpacked_mb: int
    max_unpack_ratio: int
    header_units: tuple[str, ...]
    same_list_share: float


@dataclass(frozen=True)
class ReceiptTerms:
    """Where a department finds its receipts: a folder of this machine (empty: the house's own), or of its SFTP server."""

    kind: Literal["folder", "sftp"] = "folder"
    folder: str = ""
    connection: str = ""
    timeout_seconds: int = 60


@dataclass(frozen=True)
class Source:
    """A department and its extracts, in the order of its YAML."""

    department: str
    title: Title
    extracts: tuple[Extract, ...]
    path: Path
    receipt: ReceiptTerms = ReceiptTerms()


@dataclass(frozen=True)
class Sources:
    """All departments; look-ups raise ProblemError naming the nearest key."""

    departments: tuple[Source, ...]
    common: Common

    @cached_property
    def extracts(self) -> Mapping[str, Extract]:
        """Extracts of all departments by key."""
        return {extract.key: extract for source in self.departments for extract in source.extracts}

    def extract(self, key: str) -> Extract:
        """The extract named `key`."""
        if key not in self.extracts:
            raise ProblemError(_unknown("extract", "数据项", key, tuple(self.extracts)))
        return self.extracts[key]

    def department(self, key: str) -> Source:
        """The department named `key`."""
        for source in self.departments:
            if source.department == key:
                return source
        raise ProblemError(_unknown("department", "部门", key, tuple(s.department for s in self.departments)))


def _unknown(kind: str, kind_zh: str, key: str, known: tuple[str, ...]) -> Problem:
    guess = nearest(key, known)
    return Problem(
        code=f"contract.unknown_{kind}",
        what_zh=f"没有名为 {key} 的{kind_zh}",
        what_en=f"there is no {kind} named {key}",
        expected_zh="、".join(known),
        expected_en=", ".join(known),
        found=key,
        fix_zh=f"改为 {guess}" if guess else f"从上述{kind_zh}中选择",
        fix_en=f"did you mean {guess}?" if guess else f"choose one of these {kind}s",
    )
