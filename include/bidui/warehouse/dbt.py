"""The one way to run dbt: in this process, on the warehouse of the environment, for one night."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import sqlalchemy

from bidui.checkout import digest_of_models
from bidui.home import dbt_dir, folder
from bidui.warehouse import discreet
from bidui.warehouse.connection import warehouse_url


class DbtError(RuntimeError):
    """A dbt command failed; the message names the nodes that failed, never a row's values."""


def run(
    *command: str,
    as_of: dt.date | None = None,
    target: str = "night",
    threads: int | None = None,
    link_model: str | None = None,
    keep: bool = False,
) -> None:
    """Run one dbt command (`"build", "--select", "tag:identity"`) for the night `as_of`.

    `target` names a folder of artefacts, so that commands running at the same time do not share one. `link_model` is a
    version of the residual model to try instead of the night's own. With `keep`, tables whose inputs have not changed since
    a night built them stay as they are.
    Raises DbtError naming each failed node and its message, and when the selection matches nothing.
    """
    from dbt.cli.main import dbtRunner  # a second of imports: only who runs dbt pays

    with _environment(as_of, threads, link_model, keep), discreet.everywhere(), _as_if_first():
        result = dbtRunner().invoke(
            [
                *command,
                "--project-dir", str(dbt_dir()),
                "--profiles-dir", str(dbt_dir()),
                "--target-path", str(folder("dbt", target)),
                "--log-path", str(folder("dbt", target, "logs")),
            ]
        )
    if result.success:
        if getattr(result.result, "results", None) == []:  # dbt warns and is content: a layer would be left out in silence
            raise DbtError(f"dbt {' '.join(command)}: nothing in the project matches the selection")
        return
    if result.exception is not None:
        raise DbtError(f"dbt {command[0]}: {type(result.exception).__name__}: {result.exception}")
    failed = [
        f"{node.node.name}: {str(node.message).strip()}"
        for node in getattr(result.result, "results", [])
        if str(node.status) in {"error", "fail", "runtime error"}
    ]
    raise DbtError(f"dbt {command[0]} failed\n" + "\n".join(failed))


def build(layer: str, as_of: dt.date) -> None:
    """Build one layer (identity, comparison, finding, summary) with its data tests."""
    run("build", "--select", f"tag:{layer}", "--exclude-resource-type", "unit_test", as_of=as_of, target=layer, keep=True)


def build_beside(layers: Sequence[str], as_of: dt.date, schema_prefix: str) -> None:
    """Build layers with their data tests in schemas of their own, beside the standing ones."""
    run(
        "build", "--select", *(f"tag:{layer}" for layer in layers), "--exclude-resource-type", "unit_test",
        "--vars", json.dumps({"schema_prefix": schema_prefix}), as_of=as_of, target=f"{schema_prefix}beside", keep=True,
    )  # fmt: skip


def link_beside(as_of: dt.date, schema_prefix: str, link_model: str) -> None:
    """Decide all links once more under another version of the residual model, in schemas of their own."""
    run(
        "run", "--select", "+int_identity__decision,tag:identity", "--vars", json.dumps({"schema_prefix": schema_prefix}),
        as_of=as_of, target=f"{schema_prefix}beside", link_model=link_model,
    )  # fmt: skip


def stage(models: Sequence[str], as_of: dt.date, target: str) -> None:
    """Stage the landed batches of the given staging models."""
    run("run", "--select", *models, as_of=as_of, target=target)


def page_of_models() -> Path:
    """Write dbt's own page (every model with its description, columns, SQL and lineage) and return its file.

    It is made from the project and from the catalogue of the warehouse; nothing is compiled, so no parameter or rule of a
    night is in it.
    """
    run("parse", "--write-json", target="docs")  # the page is made of its manifest.json
    run("docs", "generate", "--static", "--no-compile", target="docs")
    return folder("dbt", "docs") / "static_index.html"


def forget_parsed() -> None:
    """Have dbt parse a project that has changed anew: a new macro that is found by its name alone (a department's)
    makes dbt's partial parsing see no change."""
    for path in folder("dbt").glob("*/partial_parse.msgpack"):
        path.unlink(missing_ok=True)


@contextmanager
def _as_if_first() -> Iterator[None]:
    """In the block dbt starts as quickly as the first time in a process.

    Each start appends the adapter's behaviour flags to a list of dbt's module, and for every flag of the list walks the
    whole stack through all modules imported to say where the flag comes from: seconds after some dozen starts.
    """
    from dbt.adapters.base import impl
    from dbt_common.behavior_flags import BehaviorFlagRendered

    with (
        patch.object(impl, "DEFAULT_BASE_BEHAVIOR_FLAGS", list(impl.DEFAULT_BASE_BEHAVIOR_FLAGS)),
        patch.object(BehaviorFlagRendered, "_default_source", staticmethod(lambda: "dbt")),
    ):
        yield


@contextmanager
def _environment(as_of: dt.date | None, threads: int | None, link_model: str | None, keep: bool) -> Iterator[None]:
    session = {
        "bidui.as_of": as_of.isoformat() if as_of else None,
        "bidui.link_model": link_model,
        # What is kept was built by this very checkout; without it nothing is kept.
        "bidui.checkout": digest_of_models() if keep else None,
    }
    url = sqlalchemy.make_url(warehouse_url())
    settings: Mapping[str, str] = {
        "BIDUI_PGHOST": url.host or "",
        "BIDUI_PGPORT": str(url.port or 5432),
        "BIDUI_PGUSER": url.username or "",
        "BIDUI_PGPASSWORD": str(url.password or ""),
        "BIDUI_PGDATABASE": url.database or "",
        "PGOPTIONS": " ".join(f"-c {name}={_escaped(value)}" for name, value in session.items() if value),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
        "DBT_LOG_LEVEL": "warn",
        "DBT_LOG_LEVEL_FILE": "info",
        # A second per run for manifest.json, which nobody reads; how long each model took is in the log.
        "DBT_WRITE_JSON": "false",
        "BIDUI_DBT_THREADS": str(threads or os.environ.get("BIDUI_DBT_THREADS") or 3),
    }
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _escaped(value: str) -> str:
    """As a value in PGOPTIONS, where a blank separates options."""
    return value.replace("\\", "\\\\").replace(" ", "\\ ")
