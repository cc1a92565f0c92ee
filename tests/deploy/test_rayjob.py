"""deploy/rayjob.yaml: the job against the documented API, what is Kubernetes's own against its schemas."""

import re
from typing import Any

import jsonschema
import kubernetes_validate
import pytest

from tests.deploy.files import DEPLOY, Path_, changed, documents
from tests.deploy.rayjob_api import RAY_JOB

CLAIM, JOB = documents("rayjob.yaml")


def pod_of(template: dict[str, Any]) -> dict[str, Any]:
    metadata = {"name": "pod", **template.get("metadata", {})}
    return {"apiVersion": "v1", "kind": "Pod", **template, "metadata": metadata}


def templates(job: dict[str, Any]) -> list[dict[str, Any]]:
    cluster = job["spec"]["rayClusterSpec"]
    return [group["template"] for group in (cluster["headGroupSpec"], *cluster["workerGroupSpecs"])]


def check_structure(claim: dict[str, Any], job: dict[str, Any]) -> None:
    """`ValidationError`, of either package, where a field is unknown, missing or of a wrong type."""
    version = kubernetes_validate.latest_version()
    kubernetes_validate.validate(claim, version, strict=True)
    jsonschema.Draft202012Validator(RAY_JOB).validate(job)
    for template in templates(job):
        kubernetes_validate.validate(pod_of(template), version, strict=True)


def check_meaning(claim: dict[str, Any], job: dict[str, Any]) -> None:
    """What no schema sees: every name that is mounted exists, all share one storage, workers have GPUs, Ray a token."""
    cluster = job["spec"]["rayClusterSpec"]
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    assert cluster["authOptions"] == {"mode": "token", "secretName": "wae-study-ray"}
    for template in templates(job):
        volumes = {volume["name"]: volume for volume in template["spec"]["volumes"]}
        assert volumes["shared"]["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
        assert template["spec"]["terminationGracePeriodSeconds"] > 30
        (container,) = template["spec"]["containers"]
        assert {mount["name"] for mount in container["volumeMounts"]} <= volumes.keys()
        assert {"name": "shared", "mountPath": "/shared"} in container["volumeMounts"]
        for variable in container.get("env", []):
            if re.search("PASSWORD|TOKEN|SECRET", variable["name"]):
                assert "secretKeyRef" in variable["valueFrom"], variable["name"]
    (group,) = cluster["workerGroupSpecs"]
    assert 1 <= group["minReplicas"] <= group["replicas"] <= group["maxReplicas"]
    (worker,) = group["template"]["spec"]["containers"]
    assert worker["resources"]["requests"] == worker["resources"]["limits"]
    assert int(worker["resources"]["limits"]["nvidia.com/gpu"]) >= 1
    assert worker["lifecycle"]["preStop"]["exec"]["command"][:2] == ["ray", "stop"]
    assert "--output /shared/" in job["spec"]["entrypoint"]
    assert "--address auto" in job["spec"]["entrypoint"]
    assert not re.search(r"://[^/@\s]*:[^/@\s]*@", job["spec"]["entrypoint"])


def check(claim: dict[str, Any], job: dict[str, Any]) -> None:
    check_structure(claim, job)
    check_meaning(claim, job)


HEAD = ["spec", "rayClusterSpec", "headGroupSpec"]
WORKERS = ["spec", "rayClusterSpec", "workerGroupSpecs", 0]
WORKER = [*WORKERS, "template", "spec", "containers", 0]


def test_the_file_is_as_it_should_be() -> None:
    check(CLAIM, JOB)


@pytest.mark.parametrize(
    ("path", "new"),
    [
        (["apiVersion"], "ray.io/v1alpha1"),
        (["spec", "entryPoint"], "python"),
        (["spec", "entrypoint"], None),
        (["spec", "entrypoint"], "python -m study.launch --address auto --output runs"),
        (["spec", "ttlSecondsAfterFinished"], "600"),
        (["spec", "submissionMode"], "Job"),
        (["spec", "rayClusterSpec", "authOptions", "mode"], "on"),
        (["spec", "rayClusterSpec", "authOptions", "mode"], "disabled"),
        (["spec", "rayClusterSpec", "headGroup"], {}),
        ([*HEAD, "rayStartParams", "num-cpus"], 0),
        ([*HEAD, "template"], None),
        ([*HEAD, "template", "spec", "containers", 0, "env", 0], {"name": "PGPASSWORD", "value": "secret"}),
        ([*HEAD, "template", "spec", "containers", 0, "ports", 0, "containerPort"], "6379"),
        ([*WORKERS, "maxReplicas"], None),
        ([*WORKERS, "minReplicas"], -1),
        ([*WORKERS, "replica"], 2),
        ([*WORKERS, "template", "spec", "containers"], None),
        ([*WORKERS, "template", "spec", "volumes", 0, "persistentVolumeClaim", "claimName"], "other"),
        ([*WORKERS, "template", "spec", "volumes"], []),
        ([*WORKER, "resources", "limits", "nvidia.com/gpu"], None),
        ([*WORKER, "volumeMount"], []),
        ([*WORKER, "image"], 5),
        ([*WORKER, "lifecycle", "preStop", "exec", "command"], "ray stop"),
    ],
)
def test_a_broken_job_is_refused(path: Path_, new: Any) -> None:
    broken = changed(JOB, path, new)
    with pytest.raises((AssertionError, KeyError, jsonschema.ValidationError, kubernetes_validate.ValidationError)):
        check(CLAIM, broken)


@pytest.mark.parametrize(
    ("path", "new"),
    [
        (["spec", "accessModes"], ["ReadWriteOnce"]),
        (["spec", "accessMode"], []),
        (["spec", "resources", "requests", "storage"], []),
        (["metadata", "name"], "other"),
    ],
)
def test_a_broken_claim_is_refused(path: Path_, new: Any) -> None:
    with pytest.raises((AssertionError, kubernetes_validate.ValidationError)):
        check(changed(CLAIM, path, new), JOB)


def test_the_secrets_are_those_that_the_guide_makes() -> None:
    text = (DEPLOY / "rayjob.yaml").read_text(encoding="utf-8")
    guide = (DEPLOY.parent / "docs" / "cluster.md").read_text(encoding="utf-8")
    needed = {("wae-study-ray", "auth_token"), ("wae-study-postgres", "password")}
    for name, key in needed:
        assert name in text
        assert re.search(rf"kubectl create secret generic {name} --from-literal={key}=", guide)
