"""Commands about one batch: release what is held, withdraw what is accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bidui.validation.override import Override

app = typer.Typer()

Batch = Annotated[int, typer.Argument(help="批次编号（见 bidui status） · the batch's number")]
By = Annotated[str, typer.Option("--by", help="经办人姓名 · who decides")]
Reason = Annotated[str, typer.Option("--reason", help="理由 · why")]


@app.command()
def release(batch: Batch, by: By, reason: Reason) -> None:
    """接受一个暂存的批次（记录在案） · accept a held batch, on record, by name and with a reason."""
    from bidui.validation import override
    from bidui.warehouse.connection import transaction

    with transaction() as connection:
        done = override.release(connection, batch, by=by, reason=reason)
    _tell(done, "已接受", "accepted")


@app.command()
def withdraw(batch: Batch, by: By, reason: Reason) -> None:
    """撤回一个已接受的批次（记录在案） · take an accepted batch out of force, on record."""
    from bidui.validation import override
    from bidui.warehouse.connection import transaction

    with transaction() as connection:
        done = override.withdraw(connection, batch, by=by, reason=reason)
    _tell(done, "已撤回", "withdrawn")


def _tell(done: Override, zh: str, en: str) -> None:
    if not done.changed:
        typer.echo(
            f"此前已由 {done.already_by} 于 {done.already_at:%Y-%m-%d %H:%M} 办理，未作更改"
            f" · already done by {done.already_by}; nothing changed"
        )
        return
    numbers = ", ".join(map(str, done.changed))
    typer.echo(f"批次 {numbers} {zh}，自下一次比对起生效 · batch {numbers} {en}, from the next night on")
    if done.returned:
        numbers = ", ".join(map(str, done.returned))
        typer.echo(f"批次 {numbers} 恢复有效 · batch {numbers} is in force again")
