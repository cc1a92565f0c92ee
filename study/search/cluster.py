"""Ray for the time of a study, started here or joined. Without Ray Tune."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

import ray
from ray._private import ray_constants

from study.errors import InputError
from study.memory import ENVIRONMENT
from study.search.resources import Resources
from study.search.share import Node, Share, share_of

OBJECT_STORE_BYTES = 200 * 2**20
"""Ray's shared memory: data are memory-mapped files and results are small, so that it holds next to nothing."""


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
            _stay_on_this_machine()
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
    """Each trial's part of what Ray has."""
    alive = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    return share_of([Node(each.get("CPU", 0.0), each.get("GPU", 0.0)) for each in alive], resources)


def _stay_on_this_machine() -> None:
    """Have the Ray that is started here listen on 127.0.0.1 only. On Linux it is open to the network otherwise.

    It is Ray's own switch, under the name of the systems where Ray has it so by default; Ray reads it when imported.
    """
    os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
    ray_constants.ENABLE_RAY_CLUSTER = False
