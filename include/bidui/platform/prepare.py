"""Bring Airflow's own database to its shape: tables, the two users, the pools, who sees the board.

Run as `python -m bidui.platform.prepare` in Airflow's environment: one process instead of a command-line call
per user and pool (4 s each).
"""

from __future__ import annotations

from airflow.models.pool import Pool
from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder
from airflow.utils import db
from airflow.utils.providers_configuration_loader import providers_configuration_loaded

from bidui.home import secret
from bidui.platform.settings import ADMIN, BOARD, POOLS, VIEWER

# Who may see the board; the right to plugins is what makes its entry in the navigation appear.
BOARD_READERS = ("Admin", "Op", "User", "Viewer")
BOARD_RIGHTS = (BOARD, "Plugins")


@providers_configuration_loaded
def prepare() -> None:
    """Create or upgrade the tables, then users, pools and rights; safe to repeat."""
    db.upgradedb()
    for name, (slots, description) in POOLS.items():
        Pool.create_or_update_pool(name, slots=slots, description=description, include_deferred=False)
    with get_application_builder() as builder:
        manager = builder.sm
        for user, role, key in ((ADMIN, "Admin", "airflow_admin"), (VIEWER, "Viewer", "airflow_viewer")):
            known = manager.find_user(user)
            if known is None:
                added = manager.add_user(
                    user, user, "bidui", f"{user}@bidui.invalid", manager.find_role(role), secret(key)
                )
                if not added:
                    raise RuntimeError(f"Airflow refused the user {user}")
            else:
                manager.reset_password(known.id, secret(key))
        for resource in BOARD_RIGHTS:
            right = manager.create_permission("can_read", resource)
            for role in BOARD_READERS:
                manager.add_permission_to_role(manager.find_role(role), right)


if __name__ == "__main__":
    prepare()
