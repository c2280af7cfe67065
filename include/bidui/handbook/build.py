"""Write the handbook: one HTML page each for tables and columns, rules, and sources; nothing is loaded from anywhere."""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from pathlib import Path
from typing import Any

from bidui.contract import Sources, load_sources
from bidui.explain.words import SEVERITIES
from bidui.home import dbt_dir, folder, sources_dir
from bidui.page import render
from bidui.rule import Catalogue, load
from bidui.rule.example import SHIPPED_PARAMETERS
from bidui.warehouse import dbt, outward
from bidui.workbook import replacing

PAGES = {
    "dictionary": ("数据字典", "Data dictionary"),
    "rules": ("规则手册", "Rule book"),
    "sources": ("数据源时间表", "Source timetable"),
}

CADENCES = {
    "daily": "每日 daily",
    "weekly": "每周 weekly",
    "ten_days": "每旬 every ten days",
    "monthly": "每月 monthly",
    "quarterly": "每季 quarterly",
    "termly": "每学期 every term",
    "yearly": "每年 yearly",
    "once": "一次 once",
}

# What a rule is founded on; a rule may name several.
BASES = {
    "seed": "工作报告 work reports",
    "public_doc": "公开文件 published documents",
    "public_code": "公开的校验规则 published validation rules",
    "inference": "推断，待业务确认 inferred, to be confirmed",
}


def build(to: Path | None = None) -> dict[str, Path]:
    """Write the pages into `to` (default `BIDUI_HOME/docs/handbook`); return page → file.

    They say what is configured: the outward tables (`outward.yml`), the rule catalogue with its shipped parameters, the
    contracts. No value of a person can be in them.
    """
    root = to or folder("docs", "handbook")
    sources = load_sources(sources_dir())
    content: dict[str, dict[str, Any]] = {
        "dictionary": {"tables": list(outward.interface().values())},
        "rules": _rules(load(dbt_dir() / "rules"), sources),
        "sources": {"departments": sources.departments, "cadences": CADENCES},
    }
    written = {}
    for page in PAGES:
        path = root / f"{page}.html"
        text = render(Path(__file__).with_name(f"{page}.html.jinja"), page=page, pages=PAGES, **content[page])
        with replacing(path) as beside:
            beside.write_text(text, encoding="utf-8")
        written[page] = path
    return written


def models(to: Path | None = None) -> Path:
    """Write dbt's page of all models with their lineage into `to` as `models.html`; needs a warehouse that is prepared."""
    path = (to or folder("docs", "handbook")) / "models.html"
    with replacing(path) as beside:
        shutil.copyfile(dbt.page_of_models(), beside)
    return path


def _rules(catalogue: Catalogue, sources: Sources) -> dict[str, Any]:
    defaults: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    with (dbt_dir() / SHIPPED_PARAMETERS).open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            defaults[row["rule_id"], row["parameter"]].append(row)
    return {
        "rules": sorted(catalogue.rules, key=lambda rule: rule.id),
        "grains": catalogue.grains,
        "not_carried": sorted(catalogue.not_carried, key=lambda rule: rule.id),
        "defaults": defaults,
        "severities": SEVERITIES,
        "bases": BASES,
        "departments": {source.department: source.title for source in sources.departments},
    }
