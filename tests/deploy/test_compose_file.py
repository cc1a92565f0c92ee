"""deploy/compose.yaml: against the Compose specification's schema, and for what no schema says."""

import json
import re
from importlib import resources
from typing import Any

import jsonschema
import pytest

from tests.deploy.files import DEPLOY, Path_, changed, documents

(COMPOSE,) = documents("compose.yaml")


def check_schema(compose: dict[str, Any]) -> None:
    """The schema as check-jsonschema carries it. `ValidationError` if it is broken."""
    vendored = resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    schema = json.loads(vendored.read_text(encoding="utf-8"))
    jsonschema.validators.validator_for(schema)(schema).validate(compose)


def check_ports(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for port in service.get("ports", []):
            assert re.fullmatch(r"127\.0\.0\.1:\d+:\d+", str(port)), f"{port} is open to the network"


def check_secrets(compose: dict[str, Any]) -> None:
    """Whatever is called a password or token comes from outside, and must be there; no address holds one."""
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|TOKEN|SECRET", name):
                assert re.fullmatch(r"\$\{[A-Z_]+:\?set it in deploy/\.env\}", value), f"{name} is {value!r}"
            assert not re.search(r"://[^/@\s]*:[^/@\s]*@", value), f"{name} holds a password"


def check_services(compose: dict[str, Any]) -> None:
    """The parts are there, with GPUs for the workers and storage that all of Ray shares; what is waited for exists."""
    services = compose["services"]
    assert {"postgres", "mlflow", "ray-head", "ray-worker"} <= services.keys()
    (device,) = services["ray-worker"]["deploy"]["resources"]["reservations"]["devices"]
    assert device["driver"] == "nvidia"
    assert device["capabilities"] == ["gpu"]
    for name in ("ray-head", "ray-worker"):
        assert "shared:/shared" in services[name]["volumes"]
        assert services[name]["environment"]["RAY_AUTH_MODE"] == "token"
    for service in services.values():
        for other in service.get("depends_on", {}):
            assert "healthcheck" in services[other]
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (DEPLOY / source).is_file(), f"{source} is not there"
        if "build" in service:
            context = (DEPLOY / service["build"]["context"]).resolve()
            assert (context / service["build"]["dockerfile"]).is_file()


CHECKS = (check_schema, check_ports, check_secrets, check_services)


def check(compose: dict[str, Any]) -> None:
    for one in CHECKS:
        one(compose)


def test_the_file_is_as_it_should_be() -> None:
    check(COMPOSE)


@pytest.mark.parametrize(
    ("path", "new"),
    [
        (["services", "mlflow", "port"], ["127.0.0.1:5000:5000"]),
        (["services", "mlflow", "ports", 0], "5000:5000"),
        (["services", "ray-head", "ports", 0], "0.0.0.0:8265:8265"),
        (["services", "postgres", "environment", "POSTGRES_PASSWORD"], "secret"),
        (["services", "postgres", "environment", "POSTGRES_PASSWORD"], "${POSTGRES_PASSWORD}"),
        (
            ["services", "mlflow", "environment", "MLFLOW_BACKEND_STORE_URI"],
            "postgresql://researcher:secret@postgres/x",
        ),
        (["services", "ray-worker", "deploy", "resources", "reservations", "devices", 0, "capabilities"], None),
        (["services", "ray-worker", "deploy", "resources", "reservation"], {}),
        (["services", "ray-worker", "volumes"], ["elsewhere:/shared"]),
        (["services", "ray-worker", "depends_on"], {"ray-hed": {"condition": "service_healthy"}}),
        (["services", "ray-head", "depends_on", "mlflow", "condition"], 5),
        (["services", "postgres", "volumes", 1], "./database.sql:/docker-entrypoint-initdb.d/databases.sql:ro"),
        (["services", "mlflow", "build", "dockerfile"], "Dockerfile"),
        (["services", "postgres", "healthcheck", "retries"], [20]),
        (["volume"], {}),
    ],
)
def test_a_broken_file_is_refused(path: Path_, new: Any) -> None:
    broken = changed(COMPOSE, path, new)
    with pytest.raises((AssertionError, KeyError, jsonschema.ValidationError)):
        check(broken)


def test_what_must_be_set_is_in_the_example() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+):\?", (DEPLOY / "compose.yaml").read_text(encoding="utf-8")))
    example = (DEPLOY / ".env.example").read_text(encoding="utf-8")
    assert asked == set(re.findall(r"^([A-Z_]+)=$", example, re.MULTILINE))
