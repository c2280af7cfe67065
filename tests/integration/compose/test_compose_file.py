"""docker-compose.yml against the compose specification's own schema, and against what the house promises of it.

compose-spec.json is the schema of the specification (Apache License 2.0, see LICENSE.compose-spec).
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bidui.platform.container import COMMANDS

REPOSITORY = Path(__file__).resolve().parents[3]
COMPOSE = REPOSITORY / "docker-compose.yml"
SCHEMA = Path(__file__).with_name("compose-spec.json")
BI = {"bi-bundle", "superset"}
OURS = {"init", "api-server", "scheduler", "dag-processor", "triggerer"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_it_is_valid_by_the_specification(
    compose: dict[str, Any], validator: jsonschema.Draft202012Validator
) -> None:
    assert [error.message for error in validator.iter_errors(compose)] == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda compose: compose["services"]["scheduler"].update(comand=["x"]),
        lambda compose: compose["services"]["postgres"]["healthcheck"].update(retries=[]),
        lambda compose: compose.update(volume={}),
    ],
    ids=["unknown key of a service", "wrong type", "unknown top key"],
)
def test_a_mistake_would_be_found(
    compose: dict[str, Any], validator: jsonschema.Draft202012Validator, spoil: Any
) -> None:
    spoiled = json.loads(json.dumps(compose))
    spoil(spoiled)
    assert list(validator.iter_errors(spoiled))


def test_the_services_are_airflows_processes_and_the_warehouse(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"postgres", *OURS, *BI}
    assert {name for name, service in compose["services"].items() if service.get("profiles") == ["bi"]} == BI
    for name in OURS - {"init"}:
        assert compose["services"][name]["command"] == [name]
        assert name in COMMANDS


def test_every_standing_service_has_a_health_check_and_waits_for_what_it_needs(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        if name not in {"init", "bi-bundle"}:
            assert service["healthcheck"]["test"][0] == "CMD"
            assert service["restart"] == "unless-stopped"
        if name in OURS - {"init"}:
            assert service["depends_on"]["init"]["condition"] == "service_completed_successfully"
            assert service["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert compose["services"]["init"]["restart"] == "no"


def test_images_are_variables(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert service["image"].startswith("${")
    assert compose["services"]["scheduler"]["build"]["args"]["BASE_IMAGE"].startswith("${BASE_IMAGE")
    for name in ("Dockerfile", "superset.Dockerfile"):
        dockerfile = (REPOSITORY / "docker" / name).read_text(encoding="utf-8")
        assert re.findall(r"^FROM (.+)$", dockerfile, re.MULTILINE) == ["${BASE_IMAGE}"]


def test_nothing_listens_beyond_this_host_by_default(compose: dict[str, Any]) -> None:
    published = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert len(published) == 3
    assert all(port.startswith("${BIDUI_LISTEN:-127.0.0.1}:") for port in published)


def test_no_password_stands_anywhere() -> None:
    """Passwords come from secret files only: no variable that ends in PASSWORD has a value, no URL holds one."""
    for path in (COMPOSE, *sorted((REPOSITORY / "docker").glob("*"))):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"(?i)(password|secret|token)\s*[:=]\s*['\"]?[a-z0-9]{3,}['\"]?\s*$", text, re.MULTILINE), path
            assert not re.search(r"://[^/\s:]+:[^/\s@]+@", text), path


def test_every_secret_is_made_used_and_kept_out_of_the_repository(compose: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "make-secrets").write_bytes((REPOSITORY / "docker" / "make-secrets").read_bytes())
    run = ["sh", str(tmp_path / "make-secrets")]
    subprocess.run(run, check=True, capture_output=True)
    made = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "secrets").iterdir()}
    used = {name for service in compose["services"].values() for name in service["secrets"]}
    assert set(made) == set(compose["secrets"]) == used
    for name, entry in compose["secrets"].items():
        assert entry == {"file": f"./docker/secrets/{name}"}
    assert len(set(made.values())) == len(made)
    for path in (tmp_path / "secrets").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", made[path.name])
    subprocess.run(run, check=True, capture_output=True)
    assert {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "secrets").iterdir()} == made
    assert "secrets/" in (REPOSITORY / "docker" / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_the_template_names_exactly_the_variables_of_the_file() -> None:
    used = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE.read_text(encoding="utf-8")))
    template = (REPOSITORY / "docker" / "env.template").read_text(encoding="utf-8")
    assert set(re.findall(r"^([A-Z_]+)=", template, re.MULTILINE)) == used


def test_the_database_logs_no_value(compose: dict[str, Any]) -> None:
    settings = (REPOSITORY / "docker" / "postgres.conf").read_text(encoding="utf-8")
    for line in (
        "log_error_verbosity = terse", "log_min_error_statement = panic",
        "log_parameter_max_length = 0", "log_parameter_max_length_on_error = 0",
    ):
        assert line in settings
    assert "config_file=/opt/bidui/postgres.conf" in compose["services"]["postgres"]["command"]


def test_the_image_holds_what_the_services_need() -> None:
    dockerfile = "\n".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "docker").glob("*Dockerfile"))
    allowed = (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for source in re.findall(r"^COPY (.+) \S+$", dockerfile, re.MULTILINE):
        for name in source.split():
            assert (REPOSITORY / name).exists(), name
            assert any(f"!{place}" in allowed for place in (name, *map(str, Path(name).parents))), name
