"""Ray for the time of a study, started here or joined, and the share of it that a trial has. Without Ray Tune."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import ray

from study.errors import InputError
from study.memory import ENVIRONMENT
from study.search.resources import Resources

OBJECT_STORE_BYTES = 200 * 2**20
"""Ray's shared memory: data are memory-mapped files and results are small, so that it holds next to nothing."""


@dataclass(frozen=True)
class Share:
    """Trials at once, and the cores and GPUs that each of them has."""

    concurrent: int
    cpus: float
    gpus: float

    @property
    def threads(self) -> int:
        return max(1, int(self.cpus))


@contextmanager
def running(resources: Resources) -> Iterator[Share]:
    """Ray, and each trial's share of it. One that the process has already (a caller's, the tests') is left running.

    Four seconds, which Ray mostly waits for its own processes. `InputError` if there is no such cluster, or no such
    share of it.
    """
    if ray.is_initialized():
        yield _share(resources)
        return
    for name in ("ray", "ray.tune", "ray.data"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        if resources.address is None:
            for name, value in {"RAY_AUTH_MODE": "disabled", **ENVIRONMENT}.items():
                os.environ.setdefault(name, value)  # Ray's processes inherit it
            ray.init(
                address="local",
                include_dashboard=False,
                object_store_memory=OBJECT_STORE_BYTES,
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
        else:
            runtime_env = {"env_vars": ENVIRONMENT}
            ray.init(
                address=resources.address, log_to_driver=False, logging_level=logging.ERROR, runtime_env=runtime_env
            )
    except (ConnectionError, ValueError) as error:
        raise InputError(f"--address: received {resources.address!r}; {' '.join(str(error).split())}") from None
    try:
        yield _share(resources)
    finally:
        ray.shutdown()


def _share(resources: Resources) -> Share:
    """Each trial's part of what Ray has: one trial a core, or as many a GPU as the fraction says."""
    total = ray.cluster_resources()
    cpus, gpus = total.get("CPU", 1.0), total.get("GPU", 0.0)
    gpus_per_trial = resources.gpus_per_trial if resources.gpus_per_trial is not None else min(gpus, 1.0)
    if gpus_per_trial > gpus:
        raise InputError(f"--gpus-per-trial: received {gpus_per_trial:g}; Ray has {gpus:g}")
    by_gpu = int(gpus / gpus_per_trial) if gpus_per_trial else None
    concurrent = resources.concurrent or by_gpu or max(1, int(cpus))
    return Share(concurrent, cpus=max(cpus / concurrent, 0.01), gpus=gpus_per_trial)
