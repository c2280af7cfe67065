"""The board in Airflow's navigation; what it shows and who may see it: `bidui.board`."""

from __future__ import annotations

from typing import Any, ClassVar

from airflow.plugins_manager import AirflowPlugin

from bidui.board import application
from bidui.platform.settings import BOARD_HREF, BOARD_PREFIX


class BiduiBoard(AirflowPlugin):
    """Mounts the board in the API server and shows it in the navigation."""

    name = "bidui_board"
    fastapi_apps: ClassVar[list[Any]] = [{"name": "Bidui", "app": application(), "url_prefix": BOARD_PREFIX}]
    # The name is short because the navigation cuts it.
    external_views: ClassVar[list[Any]] = [
        {"name": "比对 Bidui", "href": BOARD_HREF, "destination": "nav", "nav_top_level": True, "url_route": "bidui-board"}
    ]
