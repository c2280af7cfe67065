"""What a rebuild puts in of the latest night alone, over tables that an upgrade has made other ones."""

from __future__ import annotations

from bidui.night.beside import replace_latest
from bidui.warehouse.connection import transaction

BUILT = """
create schema if not exists mart_comparison;
create table mart_comparison.fact_kept (person_key text);
insert into mart_comparison.fact_kept values ('old');
create view mart_comparison.fact_seen as select person_key from mart_comparison.fact_kept;
create table mart_comparison.fact_wider (person_key text);
create view mart_comparison.fact_widest as select * from mart_comparison.fact_wider;
create table mart_comparison.of_nights (row_hash bigint);
create schema rebuild_mart_comparison;
create table rebuild_mart_comparison.fact_kept (person_key text);
insert into rebuild_mart_comparison.fact_kept values ('new');
create table rebuild_mart_comparison.fact_wider (person_key text, month date);
insert into rebuild_mart_comparison.fact_wider values ('p', '2026-09-01');
create view rebuild_mart_comparison.fact_widest as select * from rebuild_mart_comparison.fact_wider where person_key like 'p%';
create table rebuild_mart_comparison.fact_new (person_key text);
create index on rebuild_mart_comparison.fact_new (person_key);
insert into rebuild_mart_comparison.fact_new values ('q');
create table rebuild_mart_comparison.of_nights (row_hash bigint);
insert into rebuild_mart_comparison.of_nights values (1);
"""


def test_tables_that_are_new_or_of_another_shape_are_made_anew(warehouse: str) -> None:
    with transaction(warehouse) as connection, connection.cursor() as cursor:
        cursor.execute(BUILT)
        replace_latest(cursor, "rebuild_", {("mart_comparison", "of_nights")})
        cursor.execute("drop schema rebuild_mart_comparison cascade")
        said = {}
        for table in ("fact_seen", "fact_widest", "fact_new", "of_nights"):
            cursor.execute(f"select t::text from mart_comparison.{table} as t")
            said[table] = cursor.fetchall()
        # A view over a table that kept its shape is the same one; a night table is not this function's.
        assert said == {"fact_seen": [("(new)",)], "fact_widest": [("(p,2026-09-01)",)], "fact_new": [("(q)",)], "of_nights": []}
        cursor.execute("select count(*) from pg_indexes where schemaname = 'mart_comparison' and tablename = 'fact_new'")
        assert cursor.fetchone() == (1,)
