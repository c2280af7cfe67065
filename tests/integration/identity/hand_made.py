"""A county made by hand: staged rows as dictionaries, a frozen night, and the dbt layers on top of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg2
import psycopg2.extras
from psycopg2 import sql

from bidui.contract import load_sources
from bidui.home import sources_dir
from bidui.warehouse import dbt, parse_cache
from fresh_warehouse import prepared_warehouse

NIGHT = dt.date(2026, 10, 16)
TOWN = "990101101000"
VILLAGE, OTHER_VILLAGE = "990101101001", "990101101002"

Row = Mapping[str, Any]

_CHECK_CHARACTERS = "10X98765432"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(born: dt.date, sex: str = "男", serial: int = 1, area: str = "990101") -> str:
    """Return a valid number; `serial` (0 to 49) tells people of one birth date and sex apart."""
    first17 = f"{area}{born:%Y%m%d}{serial * 2 + (1 if sex == '男' else 0):03d}"
    total = sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True))
    return first17 + _CHECK_CHARACTERS[total % 11]


class HandMadeCounty:
    """The real, empty warehouse, whose staging tables are filled row by row."""

    def __init__(self, url: str, night: dt.date = NIGHT) -> None:
        self.night = night
        self.url = url
        self.connection = psycopg2.connect(url)
        self.connection.autocommit = True
        self._extracts = load_sources(sources_dir()).extracts
        self._columns = {
            extract: {
                name
                for (name,) in self.query(
                    "select column_name from information_schema.columns"
                    " where table_schema = 'staging' and table_name = %s",
                    (extract,),
                )
            }
            for extract in self._extracts
        }

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
        department = self._extracts[extract].department
        rows = list(rows)
        batch_id = self.query(
            "insert into ledger.batch (department, extract, as_of, data_date, received_at, source_name, sha256,"
            " contract_version, rows_read, rows_landed, rows_accepted, status)"
            " values (%s, %s, %s, %s, now(), 'f.csv', 'x', '1', %s, %s, %s, 'accepted') returning batch_id",
            (department, extract, self.night, data_date, len(rows), len(rows), len(rows)),
        )[0][0]
        self.query(
            "insert into ledger.night_batch (as_of, department, extract, batch_id, data_date, list_month, is_current,"
            " is_stale) values (%s, %s, %s, %s, %s, %s, %s, %s)",
            (self.night, department, extract, batch_id, data_date, data_date.replace(day=1), is_current, is_stale),
        )
        self.query(f"create table staging.{extract}__b{batch_id} partition of staging.{extract} for values in ({batch_id})")
        for number, row in enumerate(rows, start=1):
            self._insert(extract, batch_id, number, row)
        for number in quarantined:
            self.query(
                "insert into ledger.quarantined_row (batch_id, row_no, expectation, column_name, reason, severity)"
                " values (%s, %s, 'number_is_usable', 'id_no', 'check', 'critical')",
                (batch_id, number),
            )
        self.query(f"analyze staging.{extract}__b{batch_id}")
        return int(batch_id)

    def reconcile(self, *layers: str) -> None:
        """Run the models of identity, and of the facts where asked."""
        parse_cache.lend("hand_made")
        dbt.run("run", "--select", *(layers or ("tag:identity",)), as_of=self.night, target="hand_made")

    def _insert(self, extract: str, batch_id: int, row_no: int, row: Row) -> None:
        values: dict[str, Any] = {"is_repeat": False, "row_hash": batch_id * 1000 + row_no, **row}
        values |= {"batch_id": batch_id, "row_no": row_no}
        for person in self._extracts[extract].persons:
            self._complete_person(values, "" if person.role == "self" else f"{person.role}_")
        for name in ("household", "person"):
            if f"{name}_key" in self._columns[extract] and f"{name}_no" in values:
                values[f"{name}_key"] = self.query("select parse.number_key(%s)", (values[f"{name}_no"],))[0][0]
        if values.get("village_code"):
            values.setdefault("division_code", values["village_code"])
            values.setdefault("town_code", values["village_code"][:9] + "000")
            values.setdefault("county_code", values["village_code"][:6] + "000000")
        statement = sql.SQL("insert into {} ({}) values ({})").format(
            sql.Identifier("staging", f"{extract}__b{batch_id}"),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(sql.Placeholder() * len(values)),
        )
        with self.connection.cursor() as cursor:
            cursor.execute(statement, list(values.values()))

    def _complete_person(self, values: dict[str, Any], prefix: str) -> None:
        """Fill in what staging derives of a number and a name (`name` is short for person_name)."""
        if not prefix and "name" in values:
            values["person_name"] = values.pop("name")
        name = values.get(f"{prefix}name" if prefix else "person_name")
        if name is not None:
            values[f"{prefix}name_norm"] = self.query("select parse.person_name(%s)", (name,))[0][0]
        if f"{prefix}id_no" not in values:
            return
        number = values[f"{prefix}id_no"]
        normal, state, key = self.query(
            "select parse.id_no(%s), parse.id_state(%s, %s), parse.id_key(%s)", (number, number, self.night, number)
        )[0]
        values[f"{prefix}id_no"], values[f"{prefix}id_state"] = normal, state
        values[f"{prefix}id_key"] = key if state == "ok" else None


@contextmanager
def hand_made_county() -> Iterator[HandMadeCounty]:
    """A county in a database of its own, which is dropped afterwards."""
    with prepared_warehouse() as url:
        county = HandMadeCounty(url)
        try:
            yield county
        finally:
            county.close()
