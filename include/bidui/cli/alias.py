"""`bidui alias`: whose a registry number is, decided by a person."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

app = typer.Typer()


class Kind(StrEnum):
    """What the number names."""

    person = "person"
    household = "household"


@app.command()
def alias(
    kind: Annotated[Kind, typer.Argument(help="人或户 · person or household")],
    number: Annotated[str, typer.Argument(help="现用编号 · the number borne now")],
    key: Annotated[str, typer.Argument(help="所属终身键（原编号）；同现用编号则撤销 · the key it belongs to; the number itself takes it back")],
    by: Annotated[str, typer.Option("--by", help="经办人姓名 · who decides")],
    reason: Annotated[str, typer.Option("--reason", help="理由 · why")],
) -> None:
    """认定某编号属于哪个人（户），自下一次比对起生效 · say whose a registry number is, from the next night on."""
    from bidui.identity.alias import decide
    from bidui.warehouse.connection import transaction

    with transaction() as connection:
        done = decide(connection, kind.value, number, key, by=by, reason=reason)
    if not done.is_new:
        typer.echo("此前已有相同认定，未作更改 · decided so before; nothing changed")
        return
    typer.echo("已记录，自下一次比对起生效 · recorded, from the next night on")
