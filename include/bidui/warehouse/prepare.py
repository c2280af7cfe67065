"""Bring a bare database to where a night can run: schema, reference data, empty extract tables, roles."""

from __future__ import annotations

from bidui.warehouse import embedded
from bidui.warehouse.connection import is_external, transaction, warehouse_url
from bidui.warehouse.migrate import digest_of_all, is_applied, mark_applied, migrate, refresh_outward

# What dbt has made of seeds, empty staging tables and the checks of typed-in figures, kept with the migrations: a new
# database starts from nothing.
BUILT = "dbt: seeds, staging and figures"


def prepare() -> str:
    """Start the embedded server if it is ours, apply what is missing, and return the warehouse's URL.

    Idempotent and quick when nothing changed: dbt only runs when the project's seeds or staging models differ
    from those last applied to this warehouse.
    """
    from bidui.checkout import digest_of_files
    from bidui.contract import load_sources
    from bidui.home import dbt_dir, sources_dir
    from bidui.landing.raw_table import ensure_raw_tables
    from bidui.warehouse import dbt, parse_cache
    from bidui.warehouse.roles import ensure_roles

    if not is_external():
        embedded.start()
    migrate()
    with transaction() as connection:
        ensure_raw_tables(connection, load_sources(sources_dir()))
    wanted = digest_of_all(
        digest_of_files(dbt_dir(), "seeds/**/*"), digest_of_files(dbt_dir(), "m*/**/*.sql"), digest_of_files(sources_dir(), "*.yml")
    )
    if not is_applied(BUILT, wanted):
        dbt.forget_parsed()
        dbt.run("seed", target="seed")
        parse_cache.lend("staging")
        dbt.run("run", "--select", "tag:staging", "+int_figure__check", target="staging")
        mark_applied(BUILT, wanted)
    with transaction() as connection:
        ensure_roles(connection)
    refresh_outward()
    return warehouse_url()
