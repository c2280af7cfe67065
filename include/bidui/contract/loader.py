"""Read the contracts of all departments from a folder of YAML files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import Any

from bidui.contract.check import semantic_problems
from bidui.contract.fill import fill
from bidui.contract.located_yaml import LocatedYaml
from bidui.contract.model import (
    Column,
    Common,
    DeliveryTerms,
    Drift,
    Extract,
    FileFormat,
    Gates,
    Person,
    ReceiptTerms,
    Source,
    Sources,
    Title,
    Unregistered,
)
from bidui.contract.origin import origin_of
from bidui.contract.schema import SHIPPED_SCHEMA, schema_problems
from bidui.home import sources_dir
from bidui.problem import Problem, ProblemError

COMMON = "common.yml"


def load_sources(directory: Path | None = None, known_codes: Collection[str] | None = None) -> Sources:
    """Contracts of all departments in `directory` (default: `bidui.home.sources_dir()`), in order of department.

    `common.yml` may be left out of a county's own folder; the shipped one then holds. With `known_codes`, names of
    code lists are checked too. Raises ProblemError with every mistake of every file. Repeated calls on unchanged
    files cost nothing.
    """
    folder = directory or sources_dir()
    paths = sorted(path for path in folder.glob("*.y*ml") if path.name != COMMON)
    if not paths:
        raise ProblemError(
            Problem(
                code="contract.none",
                what_zh="没有数据源约定",
                what_en="there is no source contract",
                file=str(folder),
                expected_zh="每个部门一个 YAML 文件",
                expected_en="one YAML file per department",
                fix_zh="检查 BIDUI_SOURCES 指向的文件夹",
                fix_en="check the folder that BIDUI_SOURCES names",
            )
        )
    common_path = folder / COMMON
    if not common_path.exists():
        common_path = SHIPPED_SCHEMA.parent / COMMON
    stamps = tuple((path, path.stat().st_mtime_ns) for path in [common_path, *paths])
    return _load(stamps, frozenset(known_codes) if known_codes is not None else None)


@lru_cache(maxsize=8)
def _load(stamps: tuple[tuple[Path, int], ...], known_codes: frozenset[str] | None) -> Sources:
    (common_path, _), *source_stamps = stamps
    problems: list[Problem] = []
    common_document = _read(common_path, "common", problems)
    documents = [_read(path, None, problems) for path, _ in source_stamps]
    if common_document is None:
        raise ProblemError(problems)
    sound = [document for document in documents if document is not None]
    for document in sound:
        problems += fill(document, common_document.data)
    problems += semantic_problems(sound, known_codes)
    if problems:
        raise ProblemError(problems)
    common = _common(common_document.data)
    return Sources(departments=tuple(_source(document, common) for document in sound), common=common)


def _read(path: Path, definition: str | None, problems: list[Problem]) -> LocatedYaml | None:
    """The document, or None after adding its mistakes to `problems`."""
    try:
        document = LocatedYaml(path)
    except ProblemError as error:
        problems += error.problems
        return None
    found = schema_problems(document, definition)
    problems += found
    return None if found else document


def _common(data: dict[str, Any]) -> Common:
    return Common(
        null_tokens=tuple(data["null_tokens"]),
        footer_starts=tuple(data["footer_starts"]),
        encodings=tuple(data["encodings"]),
        header_search_rows=data["header_search_rows"],
        max_columns=data["max_columns"],
        max_unpacked_mb=data["max_unpacked_mb"],
        max_unpack_ratio=data["max_unpack_ratio"],
        header_units=tuple(data["header_units"]),
        same_list_share=data["same_list_share"],
    )


def _source(document: LocatedYaml, common: Common) -> Source:
    data = document.data
    return Source(
        department=data["department"],
        title=Title(**data["title"]),
        extracts=tuple(
            _extract(key, fields, data["department"], common, document.path)
            for key, fields in data["extracts"].items()
        ),
        path=document.path,
        receipt=ReceiptTerms(**{"connection": f"bidui_{data['department']}", **data.get("receipt", {})}),
    )


def _extract(key: str, data: dict[str, Any], department: str, common: Common, path: Path) -> Extract:
    file, delivery = data["file"], data["delivery"]
    return Extract(
        key=key,
        department=department,
        title=Title(**data["title"]),
        contract_version=data["contract_version"],
        digest=hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest(),
        grain=data["grain"],
        basis=data["basis"],
        origin=origin_of(data["origin"], department),
        file=FileFormat(
            formats=tuple(file["formats"]),
            encodings=tuple(file["encodings"]),
            title_rows=file["title_rows"],
            header_rows=file["header_rows"],
            delimiter=file.get("delimiter"),
            footer_starts=tuple(file.get("footer_starts", ())),
        ),
        delivery=DeliveryTerms(
            content=delivery["content"],
            cadence=delivery["cadence"],
            arrives_within_days=delivery["arrives_within_days"],
            max_age_days=delivery["max_age_days"],
            history_months=delivery["history_months"],
            data_date=tuple(delivery["data_date"]),
        ),
        persons=tuple(Person(**person) for person in data["persons"]),
        keys=tuple(data["keys"]),
        control_totals=tuple(data.get("control_totals", ())),
        gates=Gates(**data["gates"]),
        drift=Drift(**data["drift"]),
        unregistered=Unregistered(keep=tuple(data["unregistered"]["keep"]), why=data["unregistered"]["why"]),
        columns=tuple(
            Column(**(column | {"aliases": tuple(column.get("aliases", ()))})) for column in data["columns"]
        ),
        common=common,
        path=path,
    )
