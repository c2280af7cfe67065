"""The dashboards of `include/superset` as an archive that Superset imports as assets; importing it again brings all to it."""

from __future__ import annotations

import json
import uuid
import zipfile
from pathlib import Path
from typing import Any

import psycopg2
import yaml
from psycopg2 import sql

from bidui.home import superset_dir
from bidui.warehouse import outward
from bidui.workbook import replacing

# Names stay the same objects from import to import.
_NAMESPACE = uuid.UUID("7f6f2a50-0d51-5c58-9a1e-0b1d3c1b8a11")
_DATABASE = "比对 Bidui"
_VERSION = "1.0.0"
_TYPES = {16: "BOOLEAN", 20: "BIGINT", 21: "BIGINT", 23: "BIGINT", 1082: "DATE", 1700: "NUMERIC", 701: "NUMERIC"}
_ROOT = "bidui"


def write(path: Path, bi_url: str) -> int:
    """Write the archive for a warehouse that `bi_url` (a login of the role bi) reads; return how many charts it has.

    The archive holds the login's password: it is written with mode 0600.
    """
    files = _files(bi_url)
    with replacing(path) as beside, zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"{_ROOT}/{name}", yaml.safe_dump(content, allow_unicode=True, sort_keys=False))
    return sum(name.startswith("charts/") for name in files)


def _files(bi_url: str) -> dict[str, dict[str, Any]]:
    datasets = _read("datasets.yml")
    wanted = _read("dashboards.yml")
    files: dict[str, dict[str, Any]] = {
        "metadata.yaml": {"version": _VERSION, "type": "assets", "timestamp": "2026-01-01T00:00:00+00:00"},
        "databases/bidui.yaml": {
            "database_name": _DATABASE,
            "sqlalchemy_uri": bi_url.replace("postgresql://", "postgresql+psycopg2://", 1),
            "expose_in_sqllab": True,
            "allow_ctas": False,
            "allow_cvas": False,
            "allow_dml": False,
            "allow_csv_upload": False,
            "extra": {"allows_virtual_table_explore": True},
            "uuid": _id("database"),
            "version": _VERSION,
        },
    }
    connection = psycopg2.connect(bi_url, application_name="bidui superset")
    try:
        for name, dataset in datasets["datasets"].items():
            files[f"datasets/bidui/{name}.yaml"] = _dataset(connection, name, dataset, datasets["titles"])
    finally:
        connection.close()
    for name, chart in wanted["charts"].items():
        files[f"charts/{name}.yaml"] = _chart(name, chart)
    for name, dashboard in wanted["dashboards"].items():
        files[f"dashboards/{name}.yaml"] = _dashboard(name, dashboard, wanted["charts"])
    return files


def _dataset(
    connection: psycopg2.extensions.connection, name: str, dataset: dict[str, Any], titles: dict[str, str]
) -> dict[str, Any]:
    with connection, connection.cursor() as cursor:
        cursor.execute(sql.SQL("select * from ({}) as dataset limit 0").format(sql.SQL(dataset["sql"])))
        columns = [(column.name, _TYPES.get(column.type_code, "TEXT")) for column in cursor.description or ()]
    return {
        "table_name": dataset["title"],
        "main_dttm_col": dataset.get("main_time"),
        "schema": "published",
        "sql": dataset["sql"],
        "uuid": _id("dataset", name),
        "database_uuid": _id("database"),
        "version": _VERSION,
        "columns": [
            {
                "column_name": column,
                "verbose_name": titles.get(column) or _title(column),
                "is_dttm": data_type == "DATE",
                "is_active": True,
                "type": data_type,
                "groupby": True,
                "filterable": True,
            }
            for column, data_type in columns
        ],
        "metrics": [{"metric_name": "count", "verbose_name": "行数", "metric_type": "count", "expression": "count(*)"}],
    }


def _chart(name: str, chart: dict[str, Any]) -> dict[str, Any]:
    params = chart.get("params", {}) | {
        "viz_type": chart["viz_type"],
        "adhoc_filters": [
            {"clause": "WHERE", "expressionType": "SQL", "sqlExpression": text, "filterOptionName": f"filter_{number}"}
            for number, text in enumerate(chart.get("filters", ()))
        ],
    }
    if "metric" in chart:
        params["metric"] = _metric(chart["metric"])
    if "metrics" in chart:
        params["metrics"] = [_metric(metric) for metric in chart["metrics"]]
    if "query_mode" in chart:
        params["query_mode"] = chart["query_mode"]
    return {
        "slice_name": chart["title"],
        "viz_type": chart["viz_type"],
        "params": params,
        "query_context": json.dumps(_query(params), ensure_ascii=False),
        "uuid": _id("chart", name),
        "dataset_uuid": _id("dataset", chart["dataset"]),
        "version": _VERSION,
    }


def _query(params: dict[str, Any]) -> dict[str, Any]:
    """The chart's query for Superset's API, which has no browser to work it out; the importer puts the dataset in."""
    columns = [params["x_axis"]] if "x_axis" in params else []
    for name in ("groupby", "groupbyRows", "groupbyColumns", "all_columns"):
        columns += params.get(name, [])
    return {
        "datasource": {"id": 0, "type": "table"},
        "queries": [
            {
                "columns": columns,
                "metrics": [params["metric"]] if "metric" in params else params.get("metrics", []),
                "filters": [],
                "extras": {"where": " and ".join(f"({f['sqlExpression']})" for f in params["adhoc_filters"]), "having": ""},
                "row_limit": params.get("row_limit", 1000),
            }
        ],
        "result_format": "json",
        "result_type": "full",
    }


def _metric(metric: dict[str, str]) -> dict[str, Any]:
    return {
        "expressionType": "SQL",
        "sqlExpression": metric["sql"],
        "label": metric["title"],
        "hasCustomLabel": True,
        "optionName": f"metric_{metric['title']}",
    }


def _dashboard(name: str, dashboard: dict[str, Any], charts: dict[str, Any]) -> dict[str, Any]:
    position: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"id": "ROOT_ID", "type": "ROOT", "children": ["GRID_ID"]},
        "GRID_ID": {"id": "GRID_ID", "type": "GRID", "parents": ["ROOT_ID"], "children": []},
        "HEADER_ID": {"id": "HEADER_ID", "type": "HEADER", "meta": {"text": dashboard["title"]}},
    }
    for number, row in enumerate(dashboard["rows"]):
        row_id = f"ROW-{number}"
        position["GRID_ID"]["children"].append(row_id)
        position[row_id] = {
            "id": row_id,
            "type": "ROW",
            "parents": ["ROOT_ID", "GRID_ID"],
            "children": [f"CHART-{chart}" for chart in row["charts"]],
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
        }
        for chart in row["charts"]:
            position[f"CHART-{chart}"] = {
                "id": f"CHART-{chart}",
                "type": "CHART",
                "parents": ["ROOT_ID", "GRID_ID", row_id],
                "children": [],
                "meta": {
                    # The importer finds the chart by its uuid; it wants a number there all the same.
                    "chartId": list(charts).index(chart) + 1,
                    "uuid": _id("chart", chart),
                    "sliceName": charts[chart]["title"],
                    "width": charts[chart]["width"],
                    "height": row["height"],
                },
            }
    return {
        "dashboard_title": dashboard["title"],
        "description": dashboard["description"],
        "slug": f"bidui-{name.replace('_', '-')}",
        "uuid": _id("dashboard", name),
        "published": True,
        "position": position,
        "metadata": {
            "native_filter_configuration": [
                _filter(name, number, given) for number, given in enumerate(dashboard.get("filters", ()))
            ],
            "refresh_frequency": 0,
            "color_scheme": "supersetColors",
        },
        "version": _VERSION,
    }


def _filter(dashboard: str, number: int, given: dict[str, str]) -> dict[str, Any]:
    return {
        "id": f"NATIVE_FILTER-{dashboard}-{number}",
        "type": "NATIVE_FILTER",
        "filterType": "filter_select",
        "name": given["title"],
        "targets": [{"datasetUuid": _id("dataset", given["dataset"]), "column": {"name": given["column"]}}],
        "controlValues": {"multiSelect": True, "enableEmptyFilter": False, "searchAllOptions": True},
        "defaultDataMask": {"extraFormData": {}, "filterState": {}, "ownState": {}},
        "scope": {"rootPath": ["ROOT_ID"], "excluded": []},
        "cascadeParentIds": [],
    }


def _title(column: str) -> str | None:
    """What the warehouse's own comment calls a column, without its explanation; None where it has no words."""
    for table in outward.interface().values():
        if table.schema == "published" and column in table.columns:
            words = table.columns[column].meaning.split(" · ")[0]
            for mark in "：（，":
                words = words.split(mark)[0]
            return words
    return None


def _id(*name: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, "/".join(name)))


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((superset_dir() / name).read_text(encoding="utf-8"))
    return content

