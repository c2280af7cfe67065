"""The fact tables as their contract describes them: columns and types, and empty tables of that shape."""

from __future__ import annotations

from pathlib import Path

import psycopg2.extensions
import yaml
from psycopg2 import sql

from bidui.home import dbt_dir

CONTRACT = Path("models", "comparison", "facts", "_facts.yml")

FactColumns = dict[str, dict[str, str]]


def contract_columns(path: Path | None = None) -> FactColumns:
    """Return table → column → PostgreSQL type, from the models' YAML."""
    content = yaml.safe_load((path or dbt_dir() / CONTRACT).read_text(encoding="utf-8"))
    return {
        model["name"]: {column["name"]: column["data_type"] for column in model["columns"]} for model in content["models"]
    }


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
