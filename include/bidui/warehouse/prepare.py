"""Bring a bare database to where a night can run: schema, reference data, empty extract tables, roles."""

from __future__ import annotations

from bidui.home import read_state, write_state
from bidui.warehouse import embedded
from bidui.warehouse.connection import is_external, transaction, warehouse_url
from bidui.warehouse.migrate import migrate, refresh_outward


def prepare() -> str:
    """Start the embedded server if it is ours, apply what is missing, and return the warehouse's URL.

    Idempotent and quick when nothing changed: dbt only runs when the project's seeds or staging models differ
    from those last applied to this warehouse.
    """
    from bidui.contract import load_sources
    from bidui.home import dbt_dir, sources_dir
    from bidui.landing.raw_table import ensure_raw_tables
    from bidui.night.freeze import digest_of
    from bidui.warehouse import dbt
    from bidui.warehouse.roles import ensure_roles

    if not is_external():
        embedded.start()
    migrate()
    with transaction() as connection:
        ensure_raw_tables(connection, load_sources(sources_dir()))
    wanted: dict[str, object] = {
        "warehouse": warehouse_url().rpartition("@")[2],
        "seeds": digest_of(dbt_dir(), "seeds/**/*"),
        "staging": digest_of(dbt_dir(), "m*/**/*.sql"),
        "contracts": digest_of(sources_dir(), "*.yml"),
    }
    if read_state("prepared") != wanted:
        dbt.run("seed", target="seed")
        dbt.run("run", "--select", "tag:staging", target="staging")
        write_state("prepared", wanted)
    with transaction() as connection:
        ensure_roles(connection)
    refresh_outward()
    return warehouse_url()
