"""Every model says what a row of it is, and by what key it is found."""

from __future__ import annotations

import re

import pytest

from dbt_models import Model, models

MODELS = list(models())
CHINESE = re.compile(r"[一-鿿]")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_model_states_its_grain_and_its_key(model: Model) -> None:
    assert len(model.entries) == 1, "one entry in the YAML of its folder"
    assert re.search(r"\bOne row\b", model.entries[0].get("description", "")), "a description that ends with its grain"
    columns = [column["name"] for column in model.columns]
    assert len(columns) == len(set(columns))
    assert [column["name"] for column in model.columns if not column.get("description")] == []
    stated = [key for key in ("key", "no_key") if key in model.meta]
    assert model.nightly_key or len(stated) == 1, "meta: {key: [columns]}, or {no_key: why}"


def test_what_rules_read_is_described_in_both_languages() -> None:
    """The parts of the facts: whoever traces a verdict reads them."""
    parts = [model for model in MODELS if "facts" in model.path.parts and model.name.startswith("int_")]
    assert parts
    assert [model.name for model in parts if not CHINESE.search(model.entries[0]["description"])] == []
