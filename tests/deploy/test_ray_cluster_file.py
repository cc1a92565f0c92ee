"""deploy/ray-cluster.yaml: against the schema of Ray's cluster launcher, by Ray's own reader, and for its meaning."""

import json
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.deploy.files import Path_, changed, documents

(CLUSTER,) = documents("ray-cluster.yaml")


def check_schema(config: dict[str, Any]) -> None:
    """`ValidationError` where the file breaks the schema that Ray installs."""
    schema = json.loads((resources.files("ray") / "autoscaler" / "ray-schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(config)


def check_with_ray(config: dict[str, Any]) -> None:
    """What `ray up` does with it before it asks the cloud for anything."""
    from ray.autoscaler._private.util import prepare_config, validate_config

    validate_config(prepare_config(config))


def check_meaning(config: dict[str, Any]) -> None:
    types = config["available_node_types"]
    assert types[config["head_node_type"]]["resources"]["CPU"] == 0
    assert types["gpu"]["resources"]["GPU"] >= 1
    assert 1 <= types["gpu"]["min_workers"] <= types["gpu"]["max_workers"] <= config["max_workers"]
    assert "--volume=/shared:/shared" in config["docker"]["run_options"]
    assert "--env=RAY_AUTH_MODE=token" in config["docker"]["run_options"]
    assert any(command.endswith("FILE_SYSTEM:/ /shared") for command in config["initialization_commands"])
    (token,) = config["file_mounts"].values()
    assert Path(token) == Path("~/.ray/auth_token")
    start = config["head_start_ray_commands"][-1]
    assert "--dashboard-host=127.0.0.1" in start
    assert "--autoscaling-config=~/ray_bootstrap_config.yaml" in start
    assert "$RAY_HEAD_IP:6379" in config["worker_start_ray_commands"][-1]


def check(config: dict[str, Any]) -> None:
    check_schema(config)
    check_with_ray(config)
    check_meaning(config)


def test_the_file_is_as_it_should_be() -> None:
    check(CLUSTER)


@pytest.mark.parametrize(
    ("path", "new"),
    [
        (["cluster_name"], None),
        (["provider", "type"], None),
        (["provider", "region"], 5),
        (["docker", "images"], "wae-study"),
        (["docker", "run_options"], "--volume=/shared:/shared"),
        (["docker", "run_options"], ["--shm-size=1g"]),
        (["available_node_types", "gpu", "resources", "GPU"], 0),
        (["available_node_types", "gpu", "resources"], None),
        (["available_node_types", "gpu", "min_worker"], 1),
        (["available_node_types", "gpu", "min_workers"], 9),
        (["head_node_type"], "heads"),
        (["max_workers"], "8"),
        (["initialization_commands"], []),
        (["head_start_ray_commands", 1], "ray start --head --port=6379 --dashboard-host=0.0.0.0"),
        (["file_mounts"], ["~/.ray/auth_token"]),
        (["shared"], "/shared"),
    ],
)
def test_a_broken_file_is_refused(path: Path_, new: Any) -> None:
    broken = changed(CLUSTER, path, new)
    with pytest.raises((AssertionError, KeyError, ValueError, jsonschema.ValidationError)):
        check(broken)
