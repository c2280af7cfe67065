"""The board: one page in Airflow's navigation that says how the last night went, read with the engineer's own login."""

from bidui.board.app import application

__all__ = ["application"]
