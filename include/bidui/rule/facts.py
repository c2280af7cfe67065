"""The fact tables as their contract describes them: columns and types, and empty tables of that shape."""

from __future__ import annotations

from pathlib import Path

import psycopg2.extensions
import yaml
from psycopg2 import sql

from bidui.home import dbt_dir

CONTRACTS = Path("models", "comparison", "facts")

FactColumns = dict[str, dict[str, str]]


def contract_columns(folder: Path | None = None) -> FactColumns:
    """Return table → column → PostgreSQL type, from the YAML of the fact models; what they are made of is left out.

    The columns of a model with `meta: {part_of: <table>}` are columns of that table: a department that a county adds
    brings its facts so.
    """
    models = [
        model
        for path in sorted((folder or dbt_dir() / CONTRACTS).glob("*.yml"))
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    ]
    facts: FactColumns = {}
    for model in models:
        table = model.get("config", {}).get("meta", {}).get("part_of", model["name"])
        if table.startswith("int_"):
            continue
        facts.setdefault(table, {}).update({column["name"]: column["data_type"] for column in model["columns"]})
    return facts


def create_empty(connection: psycopg2.extensions.connection, facts: FactColumns, schema: str) -> None:
    """Create empty tables of the facts' shape in `schema` (`pg_temp` for this session only)."""
    with connection.cursor() as cursor:
        for table, columns in facts.items():
            cursor.execute(
                sql.SQL("create table {} ({})").format(
                    sql.Identifier(schema, table),
                    # Types come from the project's own YAML, not from data.
                    sql.SQL(", ").join(
                        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(data_type))
                        for name, data_type in columns.items()
                    ),
                )
            )
