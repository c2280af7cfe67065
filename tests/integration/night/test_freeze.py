"""Which batches a night is frozen with, also when it is computed again after corrections have come."""

from __future__ import annotations

import datetime as dt

import psycopg2
import psycopg2.extensions
import pytest

from bidui.contract import load_sources
from bidui.night.freeze import freeze
from bidui.night.publish import fail, publish
from bidui.problem import ProblemError

NIGHTS = [dt.date(2026, 10, day) for day in (14, 15, 16, 17)]


def deliver(
    connection: psycopg2.extensions.connection, name: str, night: dt.date, corrects: str | None = None
) -> None:
    """A list of one data date, or a further part of it; `corrects` gives way to it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into ledger.batch (department, extract, as_of, data_date, received_at, source_name, sha256,"
            " contract_version, status) values ('health_insurance', 'hi_roll', %s, %s, now(), %s, %s, '1', 'accepted')"
            " returning batch_id",
            (night, NIGHTS[0], name, name),
        )
        cursor.execute(
            "update ledger.batch set status = 'superseded', superseded_by = %s where source_name = %s",
            (cursor.fetchone()[0], corrects),
        )


def in_force(connection: psycopg2.extensions.connection, night: dt.date) -> list[str]:
    with connection.cursor() as cursor:
        freeze(connection, load_sources(), night, "rebuild")
        cursor.execute(
            "select b.source_name from ledger.night_batch as n inner join ledger.batch as b using (batch_id)"
            " where n.as_of = %s and n.is_current order by 1",
            (night,),
        )
        return [name for (name,) in cursor.fetchall()]


def test_a_night_computed_again_has_the_lists_that_it_knew(warehouse: str) -> None:
    with psycopg2.connect(warehouse) as connection:
        with connection.cursor() as cursor:
            cursor.execute("insert into reference.link_model_shipped (model_version) values ('1')")  # a seed of dbt
        deliver(connection, "east", NIGHTS[0])
        deliver(connection, "west", NIGHTS[1])  # another part of the list, which replaces nothing
        deliver(connection, "east, again", NIGHTS[2], corrects="east")
        deliver(connection, "east, once more", NIGHTS[3], corrects="east, again")
        assert [in_force(connection, night) for night in NIGHTS] == [
            ["east"], ["east", "west"], ["east, again", "west"], ["east, once more", "west"],
        ]
    connection.close()


def listed(connection: psycopg2.extensions.connection, extract: str, *data_dates: dt.date) -> None:
    """Accepted lists of these dates, each delivered on its day."""
    with connection.cursor() as cursor:
        for day in data_dates:
            cursor.execute(
                "insert into ledger.batch (department, extract, as_of, data_date, received_at, source_name, sha256,"
                " contract_version, status) values ('civil_affairs', %s, %s, %s, now(), %s, %s, '1', 'accepted')",
                (extract, day, day, f"{extract} {day}", f"{extract} {day}"),
            )


def months_read(connection: psycopg2.extensions.connection, extract: str, night: dt.date) -> list[str]:
    freeze(connection, load_sources(), night, "rebuild")
    with connection.cursor() as cursor:
        cursor.execute(
            "select to_char(list_month, 'YYYY-MM') || case when is_current then ' current' else '' end"
            " from ledger.night_batch where as_of = %s and extract = %s order by list_month",
            (night, extract),
        )
        return [month for (month,) in cursor.fetchall()]


def test_a_list_older_than_anybody_looks_back_to_is_read_no_more(warehouse: str) -> None:
    """A night names what its contract says it needs; the rest can expire. The newest list is read however old it is."""
    with psycopg2.connect(warehouse) as connection:
        listed(connection, "dibao", dt.date(2023, 5, 20), dt.date(2023, 6, 20), dt.date(2026, 5, 20), dt.date(2026, 6, 1))
        listed(connection, "tekun", dt.date(2019, 1, 20), dt.date(2019, 2, 20))
        listed(connection, "hi_premium_request", dt.date(2018, 1, 20), dt.date(2026, 1, 20))
        june, july = dt.date(2026, 6, 15), dt.date(2026, 7, 1)
        assert load_sources().extract("dibao").delivery.history_months == 36
        assert months_read(connection, "dibao", june) == ["2023-06", "2026-05", "2026-06 current"]
        assert months_read(connection, "dibao", july) == ["2026-05", "2026-06 current"]
        assert months_read(connection, "tekun", june) == ["2019-02 current"]
        assert months_read(connection, "hi_premium_request", june) == ["2018-01", "2026-01 current"]
    connection.close()


def published(connection: psycopg2.extensions.connection) -> tuple[dt.date | None, int | None]:
    with connection.cursor() as cursor:
        cursor.execute("select as_of, run_id from ledger.published_night")
        [row] = cursor.fetchall()
        return row


def build(connection: psycopg2.extensions.connection, night: dt.date) -> int:
    """A night frozen and computed, not yet published."""
    run_id = freeze(connection, load_sources(), night)
    with connection.cursor() as cursor:
        cursor.execute("update ledger.run set status = 'reconciled' where run_id = %s", (run_id,))
    return run_id


def test_a_published_night_that_is_built_again_is_seen_by_nobody_meanwhile(warehouse: str) -> None:
    """Its tables are rewritten one after another: readers go back to the night before until it is whole again."""
    first, second = dt.date(2026, 11, 1), dt.date(2026, 11, 2)
    with psycopg2.connect(warehouse) as connection:
        eve = build(connection, first)
        publish(connection, first)
        before = build(connection, second)
        publish(connection, second)
        assert published(connection) == (second, before)

        again = build(connection, second)
        assert published(connection) == (first, eve)
        fail(connection, second, "a layer failed")
        with pytest.raises(LookupError):
            publish(connection, second)  # not the run of before: its rows are half taken back
        assert published(connection) == (first, eve)

        once_more = build(connection, second)
        publish(connection, second)
        assert published(connection) == (second, once_more)
        assert len({before, again, once_more}) == 3
    connection.close()


def test_the_first_night_built_again_is_seen_by_nobody(warehouse: str) -> None:
    with psycopg2.connect(warehouse) as connection, connection.cursor() as cursor:
        cursor.execute("update ledger.published_night set as_of = null, run_id = null, published_at = null")
        cursor.execute("delete from ledger.run")
        build(connection, NIGHTS[0])
        publish(connection, NIGHTS[0])
        run_id = build(connection, NIGHTS[0])
        assert published(connection) == (None, None)
        publish(connection, NIGHTS[0])
        assert published(connection) == (NIGHTS[0], run_id)
    connection.close()


def test_a_week_that_was_missed_is_run_in_order_and_not_behind_a_published_night(warehouse: str) -> None:
    """Each night reads what was there for it; once a later night is out, an earlier one is refused and told what to do."""
    week = [dt.date(2026, 12, day) for day in range(1, 8)]
    with psycopg2.connect(warehouse) as connection:
        listed(connection, "death", *week[::2])
        for night in week:
            build(connection, night)
            publish(connection, night)
            assert published(connection)[0] == night
        with connection.cursor() as cursor:
            cursor.execute(
                "select as_of, data_date from ledger.night_batch where extract = 'death' and is_current and as_of = any(%s)"
                " order by as_of",
                (week,),
            )
            assert cursor.fetchall() == [(night, max(day for day in week[::2] if day <= night)) for night in week]
            cursor.execute("select array_agg(as_of order by run_id) from ledger.run where as_of = any(%s)", (week,))
            assert cursor.fetchone() == (week,)
        with pytest.raises(ProblemError, match="bidui rebuild --from 2026-12-03"):
            freeze(connection, load_sources(), week[2])
        assert published(connection)[0] == week[-1]
    connection.close()
