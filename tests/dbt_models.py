"""The dbt models as their YAML describes them, and whether a built warehouse keeps what it says of their keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2.extensions
import yaml
from psycopg2 import sql

from bidui.home import dbt_dir

# night_rows refuses a night in which two rows have its key.
_KEY_OF_NIGHTS = re.compile(r"materialized\s*=\s*'night_rows'.*?key\s*=\s*\[([^\]]*)\]", re.DOTALL)


@dataclass(frozen=True)
class Model:
    """One model: its SQL, and the entries that describe it (exactly one where all is well)."""

    name: str
    path: Path
    entries: tuple[dict[str, Any], ...]

    @property
    def meta(self) -> dict[str, Any]:
        """What the YAML says beside the description: `key`, or `no_key` with the reason."""
        return {key: value for entry in self.entries for key, value in entry.get("config", {}).get("meta", {}).items()}

    @property
    def columns(self) -> list[dict[str, Any]]:
        """The described columns."""
        return [column for entry in self.entries for column in entry.get("columns", [])]

    @property
    def is_ephemeral(self) -> bool:
        """Whether it is a part of the statements that read it, and no table."""
        return "materialized='ephemeral'" in self.path.read_text(encoding="utf-8")

    @property
    def nightly_key(self) -> bool:
        """Whether every night checks a key: by the materialization, or by dbt's own test of a column."""
        tested = any("unique" in test for column in self.columns for test in column.get("data_tests", []))
        return tested or _KEY_OF_NIGHTS.search(self.path.read_text(encoding="utf-8")) is not None


def models() -> Iterator[Model]:
    """Every model of the project."""
    folder = dbt_dir() / "models"
    entries: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(folder.rglob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            entries.setdefault(entry["name"], []).append(entry)
    for path in sorted(folder.rglob("*.sql")):
        yield Model(path.stem, path, tuple(entries.pop(path.stem, ())))
    assert not entries, f"described, and not there: {', '.join(entries)}"


def faults(connection: psycopg2.extensions.connection) -> tuple[list[str], set[str]]:
    """What the tables and views of a built warehouse do not keep of their YAML (described columns that are not there, two
    rows of a stated key), and the names of the models that could not be asked.
    """
    found: list[str] = []
    unasked: set[str] = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname, n.nspname, array_agg(a.attname::text) from pg_class as c"
            " inner join pg_namespace as n on c.relnamespace = n.oid"
            " inner join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"
            " where c.relkind in ('r', 'p', 'v') and (n.nspname = 'staging' or n.nspname ~ '^mart_') group by 1, 2"
        )
        relations = {name: (sql.Identifier(schema, name), set(columns)) for name, schema, columns in cursor.fetchall()}
        for model in models():
            name = model.name.split("__", 1)[1] if model.name.startswith("stg_") else model.name
            if name not in relations:
                unasked.add(model.name)
                continue
            relation, columns = relations[name]
            key = model.meta.get("key")
            absent = ({column["name"] for column in model.columns} | set(key or ())) - columns
            found += [f"{model.name}: no column {column}" for column in sorted(absent)]
            if key is None or absent:
                continue
            # NULL is a value here: two rows whose key is nobody's are two rows of it all the same.
            cursor.execute(
                sql.SQL("select 1 from {relation} {grouped} having count(*) > 1 limit 1").format(
                    relation=relation,
                    grouped=sql.SQL("group by {}").format(sql.SQL(", ").join(map(sql.Identifier, key))) if key else sql.SQL(""),
                )
            )
            found += [f"{model.name}: two rows of one key" for _ in cursor.fetchall()]
    return found, unasked
