"""`bidui alerts`: whom alerts go to, tried before there is one."""

from __future__ import annotations

import typer

app = typer.Typer()


@app.command()
def alerts() -> None:
    """向每个提醒渠道试发一条 · send a trial message through every channel of alerts.

    Exit status 1 when a channel did not take it, or none is named.
    """
    from bidui.platform import settings

    settings.join()
    from bidui.alert import Alert, NotToldError, channels

    named = channels()
    if not named:
        typer.echo(
            "没有提醒渠道，见 docs/runbooks.md“提醒发给谁” · no channel is named, see docs/runbooks.md (Who is told)", err=True
        )
        raise typer.Exit(1)
    failed = False
    for channel in named:
        try:
            channel.send([Alert.of("trial", channel.connection, "trial")])
            typer.echo(f"{channel.connection}（{channel.kind}）: 已送达 · taken")
        except NotToldError as error:
            failed = True
            typer.echo(
                f"{channel.connection}（{channel.kind}）: 没有送达：{error}。请检查这个 Airflow 连接是否已建立，以及地址、端口、口令（密钥）。\n"
                f"{channel.connection} ({channel.kind}): not told: {error}. "
                "To mend it: check that this Airflow connection is there, and its address, port and password (key).",
                err=True,
            )
    if failed:
        raise typer.Exit(1)
