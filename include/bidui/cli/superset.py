"""`bidui superset`: Apache Superset with the house's dashboards over what is published."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

superset = typer.Typer(help="Superset 仪表板 · dashboards in Apache Superset", no_args_is_help=True)
app = typer.Typer()
app.add_typer(superset, name="superset")


@superset.callback()
def group() -> None:
    """Superset 仪表板 · dashboards in Apache Superset."""


@superset.command()
def up() -> None:
    """安装、配置并启动 Superset（可重复执行） · install, provision and start it; safe to repeat."""
    from bidui.home import folder
    from bidui.superset import service

    address = service.up(lambda zh, en: typer.echo(f"… {zh} · {en}", err=True))
    typer.echo(f"Superset: {address}/superset/dashboard/bidui-county/")
    typer.echo(f"管理员 administrator: {service.ADMIN}，密码 password: cat {folder('secrets') / 'superset_admin'}")


@superset.command()
def down() -> None:
    """停止 Superset · stop it."""
    from bidui.superset import service

    service.down()
    typer.echo("Superset 已停止 · Superset is stopped")


@superset.command()
def provision() -> None:
    """重新导入仪表板 · import the dashboards anew, after a change of files or of the warehouse's address."""
    from bidui.superset import service

    typer.echo(f"图表 charts: {service.provision()}")


@superset.command()
def bundle(path: Annotated[Path, typer.Argument(metavar="FILE.zip", help="导入包 · archive for a Superset of your own")]) -> None:
    """写出导入包（含连接密码，权限 0600），用于自有的 Superset · write the archive for a Superset of your own."""
    from bidui.superset import bundle as archive
    from bidui.superset import service

    typer.echo(f"图表 charts: {archive.write(path, service.bi_url())}")
