"""Where to look and how to log in: what an operator is told at the end."""

from __future__ import annotations

from bidui.home import drop_dir, folder, home
from bidui.platform import settings


def entrances() -> dict[str, str]:
    """Label → the UI, its logins and the files that hold the passwords."""
    secrets = folder("secrets")
    return {
        "Airflow 界面 · UI": settings.base_url(),
        "比对看板 · board": f"{settings.base_url()}{settings.BOARD_HREF}",
        "管理员 · administrator": f"{settings.ADMIN}，密码 password: cat {secrets / 'airflow_admin'}",
        "只读 · viewer": f"{settings.VIEWER}，密码 password: cat {secrets / 'airflow_viewer'}",
        "投递目录 · drop folder": f"{drop_dir()}/<部门 department>/<数据项 extract>/",
    }


def all_places() -> dict[str, str]:
    """The entrances, Data Docs, the handbook, and how an auditor or a BI tool connects."""
    return {
        "数据质量报告 · Data Docs": str(home() / "docs" / "index.html"),
        "数据字典、规则手册、数据源时间表 · handbook": str(home() / "docs" / "handbook" / "dictionary.html"),
        **entrances(),
        "审计人员连接 · auditor": "bidui psql --role auditor",
        "BI 连接 · BI tools": "bidui dsn --role bi",
        "停止平台 · stop": "make down",
    }
