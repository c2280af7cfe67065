"""A county made by hand: staged rows as dictionaries, a frozen night, and the dbt layers on top of them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.extras
import yaml
from psycopg2 import sql

from bidui.home import sources_dir
from bidui.warehouse import dbt

NIGHT = dt.date(2026, 10, 16)
TOWN = "990101101000"
VILLAGE, OTHER_VILLAGE = "990101101001", "990101101002"

Row = Mapping[str, Any]

_TYPES = {"int": "int", "year": "int", "date": "date", "month": "date", "bool": "boolean", "timestamp": "timestamp"}
_EVERY_ROW = {
    "batch_id": "bigint", "row_no": "bigint", "row_hash": "bigint", "is_repeat": "boolean",
    "parse_errors": "text[]", "unknown_codes": "text[]",
}
_CHECK_CHARACTERS = "10X98765432"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(born: dt.date, sex: str = "男", serial: int = 1, area: str = "990101") -> str:
    """Return a valid number; `serial` (0 to 49) tells people of one birth date and sex apart."""
    first17 = f"{area}{born:%Y%m%d}{serial * 2 + (1 if sex == '男' else 0):03d}"
    total = sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True))
    return first17 + _CHECK_CHARACTERS[total % 11]


class HandMadeCounty:
    """Staging tables shaped by the contracts, filled row by row."""

    def __init__(self, url: str, night: dt.date = NIGHT) -> None:
        self.night = night
        self.connection = psycopg2.connect(url)
        self.connection.autocommit = True
        self._department: dict[str, str] = {}
        self._columns: dict[str, dict[str, str]] = {}
        self._prefixes: dict[str, list[str]] = {}
        for path in sorted(Path(sources_dir()).glob("*.yml")):
            source = yaml.safe_load(path.read_text(encoding="utf-8"))
            for extract, layout in source.get("extracts", {}).items():
                self._department[extract] = source["department"]
                self._create(extract, layout)

    def close(self) -> None:
        self.connection.close()

    def query(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(statement, parameters or None)
            return list(cursor.fetchall()) if cursor.description else []

    def records(self, statement: str) -> list[dict[str, Any]]:
        with self.connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
            cursor.execute(statement)
            return [dict(record) for record in cursor.fetchall()]

    def clear(self) -> None:
        """Forget every row, batch and night."""
        for extract in self._columns:
            self.query(f"truncate staging.{extract}, raw.{extract}")
        self.query("truncate ledger.night_batch, ledger.quarantined_row, ledger.batch cascade")
        self.query("drop table if exists mart_identity.link")

    def deliver(
        self,
        extract: str,
        rows: Iterable[Row],
        *,
        data_date: dt.date | None = None,
        is_current: bool = True,
        is_stale: bool = False,
        quarantined: Iterable[int] = (),
    ) -> int:
        """Put a batch in force on the night; `quarantined` are row numbers (the first row is 1). Returns its id."""
        data_date = data_date or self.night
        rows = list(rows)
        batch_id = self.query(
            "insert into ledger.batch (department, extract, as_of, data_date, received_at, source_name, sha256,"
            " contract_version, rows_read, rows_landed, rows_accepted, status)"
            " values (%s, %s, %s, %s, now(), 'f.csv', 'x', '1', %s, %s, %s, 'accepted') returning batch_id",
            (self._department[extract], extract, self.night, data_date, len(rows), len(rows), len(rows)),
        )[0][0]
        self.query(
            "insert into ledger.night_batch values (%s, %s, %s, %s, %s, %s, %s, %s)",
            (self.night, self._department[extract], extract, batch_id, data_date, data_date.replace(day=1),
             is_current, is_stale),
        )
        for number, row in enumerate(rows, start=1):
            self._insert(extract, batch_id, number, row)
        for number in quarantined:
            self.query(
                "insert into ledger.quarantined_row values (%s, %s, 'number_is_usable', 'id_no', 'check', 'critical')",
                (batch_id, number),
            )
        self.query(f"analyze staging.{extract}")
        return int(batch_id)

    def reconcile(self, *layers: str) -> None:
        """Run the models of identity, and of the facts where asked."""
        dbt.run("run", "--select", *(layers or ("tag:identity",)), as_of=self.night, target="hand_made")

    def _create(self, extract: str, layout: Mapping[str, Any]) -> None:
        columns = dict(_EVERY_ROW)
        for column in layout["columns"]:
            kind = column["type"]
            columns[column["name"]] = _TYPES.get(kind) or ("numeric" if kind.startswith("decimal") else "text")
        columns["row_no"] = "bigint"
        self._prefixes[extract] = []
        for person in layout["persons"]:
            prefix = "" if person["role"] == "self" else person["role"] + "_"
            self._prefixes[extract].append(prefix)
            for name, kind in (("id_no", "text"), ("id_state", "text"), ("id_key", "bigint"),
                               ("person_name", "text"), ("name_norm", "text")):
                columns[prefix + name] = kind
        for name in ("division_code", "county_code", "town_code", "village_code"):
            columns[name] = "text"
        self._columns[extract] = columns
        self.query(
            f"create table staging.{extract} (" + ", ".join(f"{n} {k}" for n, k in columns.items()) + ")"
        )
        texts = [c["name"] for c in layout["columns"] if c["name"] != "row_no"]
        self.query(
            f"create table raw.{extract} (batch_id bigint, row_no bigint, "
            + ", ".join(f"{name} text" for name in texts) + ")"
        )

    def _insert(self, extract: str, batch_id: int, row_no: int, row: Row) -> None:
        values: dict[str, Any] = {"is_repeat": False, "row_hash": batch_id * 1000 + row_no, **row}
        values |= {"batch_id": batch_id, "row_no": row_no}
        for prefix in self._prefixes[extract]:
            self._complete_person(values, prefix)
        if values.get("village_code"):
            values.setdefault("town_code", re.sub(r"\d{3}$", "000", values["village_code"]))
            values.setdefault("county_code", values["village_code"][:6] + "000000")
        values.setdefault("division_code", values.get("village_code") or values.get("town_code"))
        known = {name: value for name, value in values.items() if name in self._columns[extract]}
        unknown = set(values) - set(known) - {"division_code", "county_code", "town_code", "raw_id_no"}
        if unknown:
            raise KeyError(f"{extract} has no column {sorted(unknown)}")
        statement = sql.SQL("insert into {} ({}) values ({})").format(
            sql.Identifier("staging", extract),
            sql.SQL(", ").join(map(sql.Identifier, known)),
            sql.SQL(", ").join(sql.Placeholder() * len(known)),
        )
        with self.connection.cursor() as cursor:
            cursor.execute(statement, list(known.values()))
        if "raw_id_no" in row:
            self.query(
                f"insert into raw.{extract} (batch_id, row_no, id_no) values (%s, %s, %s)",
                (batch_id, row_no, row["raw_id_no"]),
            )

    def _complete_person(self, values: dict[str, Any], prefix: str) -> None:
        """Fill in what staging derives of a number and a name."""
        name = values.pop(f"{prefix}name", None) if f"{prefix}name" == "name" else values.get(f"{prefix}name")
        name = name or values.get(f"{prefix}person_name")
        values[f"{prefix}person_name"] = name
        values.setdefault(f"{prefix}name_norm", name)
        number = values.get(f"{prefix}id_no")
        state, key, normal = self.query(
            "select parse.id_state(%s, %s), parse.id_key(%s), parse.id_no(%s)", (number, self.night, number, number)
        )[0]
        values[f"{prefix}id_no"] = normal
        values[f"{prefix}id_state"] = state
        values[f"{prefix}id_key"] = key if state == "ok" else None
