"""The structure of a KubeRay `RayJob`, `ray.io/v1`, as KubeRay's API reference documents it: an own, partial copy.

KubeRay's schema is in no package that can be installed, so that this is written out by hand from the reference: every
field of the levels that our manifest uses, those that are required, and the type of each. What lies inside a pod's
template is Kubernetes's, and is checked against its own schemas.
"""

from typing import Any

TEXT, NUMBER, FLAG, ANYTHING = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}, {"type": "object"}
COUNT = {"type": "integer", "minimum": 0}
STRINGS = {"type": "object", "additionalProperties": TEXT}


def fields(required: list[str], **properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


AUTH = fields([], enableK8sTokenAuth=FLAG, mode={"enum": ["disabled", "token"]}, secretName=TEXT)

HEAD = fields(
    ["template"],
    enableIngress=FLAG,
    headService=ANYTHING,
    ingressOptions=ANYTHING,
    labels=STRINGS,
    rayStartParams=STRINGS,
    resources=STRINGS,
    serviceType={"enum": ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]},
    template=ANYTHING,
)

WORKERS = fields(
    ["groupName", "maxReplicas", "minReplicas", "template"],
    groupName=TEXT,
    idleTimeoutSeconds=NUMBER,
    labels=STRINGS,
    maxReplicas=COUNT,
    minReplicas=COUNT,
    numOfHosts=NUMBER,
    priority=NUMBER,
    rayStartParams=STRINGS,
    replicas=COUNT,
    resources=STRINGS,
    scaleStrategy=ANYTHING,
    suspend=FLAG,
    template=ANYTHING,
)

CLUSTER = fields(
    ["headGroupSpec"],
    authOptions=AUTH,
    autoscalerOptions=ANYTHING,
    enableInTreeAutoscaling=FLAG,
    gcsFaultToleranceOptions=ANYTHING,
    headGroupSpec=HEAD,
    headServiceAnnotations=STRINGS,
    managedBy=TEXT,
    networkPolicy=ANYTHING,
    rayVersion=TEXT,
    suspend=FLAG,
    tlsOptions=ANYTHING,
    upgradeStrategy=ANYTHING,
    workerGroupSpecs={"type": "array", "items": WORKERS},
)

JOB = fields(
    ["entrypoint", "rayClusterSpec"],
    activeDeadlineSeconds=NUMBER,
    backoffLimit=COUNT,
    clusterSelector=STRINGS,
    deletionStrategy=ANYTHING,
    entrypoint=TEXT,
    entrypointNumCpus={"type": "number"},
    entrypointNumGpus={"type": "number"},
    entrypointResources=TEXT,
    jobId=TEXT,
    managedBy=TEXT,
    metadata=STRINGS,
    preRunningDeadlineSeconds=NUMBER,
    rayClusterSpec=CLUSTER,
    runtimeEnvYAML=TEXT,
    shutdownAfterJobFinishes=FLAG,
    submissionMode={"enum": ["K8sJobMode", "HTTPMode", "InteractiveMode", "SidecarMode"]},
    submitterConfig=ANYTHING,
    submitterPodTemplate=ANYTHING,
    suspend=FLAG,
    ttlSecondsAfterFinished=COUNT,
)

RAY_JOB = fields(
    ["apiVersion", "kind", "metadata", "spec"],
    apiVersion={"const": "ray.io/v1"},
    kind={"const": "RayJob"},
    metadata=fields(["name"], name=TEXT, namespace=TEXT, labels=STRINGS, annotations=STRINGS),
    spec=JOB,
)
