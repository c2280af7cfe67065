"""The dashboards' archive: each chart's query runs as the login that Superset has, on the views of a real warehouse."""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2.extensions
import pytest
import yaml

from bidui.superset import bundle
from bidui.warehouse.roles import connection_url
from hand_made_facts import HandMadeFacts, login


@pytest.fixture(scope="module")
def archive(warehouse: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    """The files of the archive, written for a warehouse with one person."""
    made = HandMadeFacts(warehouse)
    made.person("A1", says_insured=True, basic_insurance__is_insured=False)
    made.household("A1", household_key="HA1")
    made.build()
    made.publish()
    path = tmp_path_factory.mktemp("bundle") / "dashboards.zip"
    assert bundle.write(path, connection_url("bi")) > 10
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with zipfile.ZipFile(path) as files:
        yield {name.removeprefix("bidui/"): yaml.safe_load(files.read(name)) for name in files.namelist()}
    made.close()


@pytest.fixture(scope="module")
def as_bi(archive: dict[str, dict[str, Any]]) -> Iterator[psycopg2.extensions.connection]:
    connection = login(connection_url("bi"))
    yield connection
    connection.close()


def of(archive: dict[str, dict[str, Any]], folder: str) -> dict[str, dict[str, Any]]:
    return {name: content for name, content in archive.items() if name.startswith(f"{folder}/")}


def test_every_chart_s_query_runs(
    archive: dict[str, dict[str, Any]], as_bi: psycopg2.extensions.connection
) -> None:
    datasets = {dataset["uuid"]: dataset for dataset in of(archive, "datasets").values()}
    charts = of(archive, "charts")
    assert len(charts) > 10
    for name, chart in charts.items():
        dataset = datasets[chart["dataset_uuid"]]
        (query,) = json.loads(chart["query_context"])["queries"]
        assert query["columns"] or query["metrics"], name
        assert set(query["columns"]) <= {column["column_name"] for column in dataset["columns"]}, name
        selected = [*query["columns"], *(metric["sqlExpression"] for metric in query["metrics"])]
        statement = f"select {', '.join(selected)} from ({dataset['sql']}) as d"
        if query["extras"]["where"]:
            statement += f" where {query['extras']['where']}"
        if query["metrics"] and query["columns"]:
            statement += f" group by {', '.join(query['columns'])}"
        with as_bi.cursor() as cursor:
            cursor.execute(statement)


def test_columns_are_titled_in_chinese(archive: dict[str, dict[str, Any]]) -> None:
    titles = {
        column["column_name"]: column["verbose_name"]
        for dataset in of(archive, "datasets").values()
        for column in dataset["columns"]
    }
    assert titles["rows_quarantined"]
    assert {name: title for name, title in titles.items() if not title or title.isascii()} == {}


def test_every_chart_stands_on_a_dashboard_in_rows_of_twelve(archive: dict[str, dict[str, Any]]) -> None:
    placed = set()
    for dashboard in of(archive, "dashboards").values():
        position = dashboard["position"]
        for row_id in position["GRID_ID"]["children"]:
            charts = [position[chart]["meta"] for chart in position[row_id]["children"]]
            assert sum(chart["width"] for chart in charts) == 12
            placed |= {chart["uuid"] for chart in charts}
    assert placed == {chart["uuid"] for chart in of(archive, "charts").values()}


def test_the_database_is_read_only_and_the_bi_login_s(archive: dict[str, dict[str, Any]]) -> None:
    database = archive["databases/bidui.yaml"]
    assert database["sqlalchemy_uri"].startswith("postgresql+psycopg2://bidui_bi_login:")
    assert not any(database[right] for right in ("allow_ctas", "allow_cvas", "allow_dml", "allow_csv_upload"))


def test_names_stay_the_same_from_import_to_import(archive: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    bundle.write(tmp_path / "again.zip", connection_url("bi"))
    with zipfile.ZipFile(tmp_path / "again.zip") as files:
        again = {name.removeprefix("bidui/"): yaml.safe_load(files.read(name)) for name in files.namelist()}
    assert again == archive
