"""Ray for the time of a study, started here or joined; and errors that Ray raises in its own code. Without Ray Tune.

Such an error is no bug of a study, which can be resumed when its cause is removed.
"""

import logging
import os
import shutil
import signal
import socket
import sysconfig
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from types import TracebackType
from typing import Any

import ray
from ray._private import ray_constants, services
from ray.exceptions import AuthenticationError

from study.search import GIVEN
from study.search.allocation import Node, Resources, Share, share_of
from study.system.errors import Busy, Halted, InputError, Interrupted, one_line
from study.system.memory import MALLOC

OBJECT_STORE_BYTES = 200 * 2**20
"""Ray's shared memory: data are memory-mapped files and results are small, so that it holds next to nothing."""

REACH_SECONDS = 10.0
"""Longest time that the head may take to answer at all. Ray itself would try for eight minutes and more."""

_TOKEN = (
    "if the cluster needs a token, set RAY_AUTH_MODE=token and put the token in ~/.ray/auth_token or RAY_AUTH_TOKEN"
)


@contextmanager
def connected(
    resources: Resources, say: Callable[[str], None] = lambda sentence: None, shipped: Sequence[str] = ()
) -> Iterator[Share]:
    """Ray, and each trial's share of it. One that the process has already (a caller's, the tests') is left running.

    Four seconds, which Ray mostly waits for its own processes. `InputError` if there is no such cluster, or no such
    share of it. `Halted` if a busy machine does not start it in time. `say` is called with the cluster that `auto` has
    found. `shipped` are files and folders of Python code that the cluster's machines are sent.
    """
    if ray.is_initialized():
        yield _share(resources)
        return
    address = resources.address
    if address == "auto":
        address = _found()
        say(f"joining Ray at {address}")
    if address is not None:
        _check_address(address)
    for name in ("ray", "ray.tune", "ray.data"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if address is None:
        _start_here()
    else:
        _join(address, shipped)
    try:
        yield _share(resources)
    finally:
        session = None if address is not None else _session()
        ray.shutdown()
        if session is not None:
            shutil.rmtree(session, ignore_errors=True)


def _start_here() -> None:
    for name, value in {"RAY_AUTH_MODE": "disabled", **MALLOC}.items():
        os.environ.setdefault(name, value)  # Ray's processes inherit it
    _stay_on_this_machine()
    try:
        with _in_a_session_of_its_own():
            _init(
                address="local",
                include_dashboard=False,
                object_store_memory=OBJECT_STORE_BYTES,
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
    except (OSError, ValueError) as error:  # the path of a socket that is too long, a disk that is full
        said = one_line(error)
        raise InputError(f"Ray cannot be started here: {said}; it keeps its files in RAY_TMPDIR, else TMPDIR") from None
    except Exception as error:
        if "timed out during startup" not in str(error):  # Ray has no class for it
            raise
        raise Halted("Ray did not start within its own 30 s; is this machine busy?") from None


def _join(address: str, shipped: Sequence[str]) -> None:
    runtime_env = {"env_vars": MALLOC} | ({"py_modules": list(shipped)} if shipped else {})
    try:
        _init(address=address, log_to_driver=False, logging_level=logging.ERROR, runtime_env=runtime_env)
    except (ConnectionError, ValueError, AuthenticationError) as error:
        said = one_line(error)
        raise InputError(f"--address: received {address!r}; {said}; {_TOKEN}") from None


def _init(**options: Any) -> None:
    """`ray.init`, which sets a handler of SIGTERM that ends the process without a word, and leaves it set."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(**options)
    except SystemExit:  # that handler's
        raise KeyboardInterrupt from None
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, before)


def _session() -> str | None:
    """The folder of logs and sockets of the Ray that was started here."""
    node = ray._private.worker._global_node
    return str(node.get_session_dir_path()) if node is not None else None


def _share(resources: Resources) -> Share:
    """Each trial's part of what Ray has."""
    alive = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    return share_of([Node(each.get("CPU", 0.0), each.get("GPU", 0.0)) for each in alive], resources)


def _found() -> str:
    """The cluster that `auto` names: that of `RAY_ADDRESS`, else the one that was started here last."""
    try:
        found = services.canonicalize_bootstrap_address("auto")
    except (ConnectionError, ValueError) as error:
        raise InputError(f"--address: auto finds no Ray here: {one_line(error)}") from None
    if not found:
        raise InputError("--address: auto finds no Ray here; `ray start --head` starts a head")
    return str(found)


def _check_address(address: str) -> None:
    """`InputError` unless it is the address of something that answers."""
    host, _, port = address.rpartition(":")
    if not host or "/" in host or not port.isdecimal():
        raise InputError(f"--address: received {address!r}; allowed: auto, or the head's HOST:PORT")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=REACH_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise InputError(
            f"--address: nothing answers at {address}: {error}; `ray start --head` starts a head"
        ) from None


@contextmanager
def _in_a_session_of_its_own() -> Iterator[None]:
    """Ray's processes are started in a session of their own: a signal to the command's group, as from Ctrl-C, `timeout`
    or a closed terminal, is for the command alone, which then ends them in order. They die with it all the same."""
    before = services.ConsolePopen
    setattr(services, "ConsolePopen", partial(before, start_new_session=True))  # noqa: B010  # for mypy it is a type
    try:
        yield
    finally:
        setattr(services, "ConsolePopen", before)  # noqa: B010


def _stay_on_this_machine() -> None:
    """Have the Ray that is started here listen on 127.0.0.1 only. On Linux it is open to the network otherwise.

    It is Ray's own switch, under the name of the systems where Ray has it so by default; Ray reads it when imported.
    """
    os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
    ray_constants.ENABLE_RAY_CLUSTER = False


_LIBRARIES = tuple(sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib"))
"""Folders of code that is neither this project's nor a user's, unless this project is installed there too."""


@contextmanager
def halting() -> Iterator[None]:
    """Context manager that turns exceptions of Ray's own code into `Halted`, with Ray's variables that are set."""
    try:
        yield
    except (InputError, Halted, Busy, Interrupted):
        raise
    except Exception as error:
        bottom: BaseException = error
        while bottom.__cause__ is not None:
            bottom = bottom.__cause__
        if not _raised_by_ray(bottom.__traceback__):
            raise
        words = one_line(error, 300, named=True)
        which = f"; the environment sets {', '.join(GIVEN)}" if GIVEN else ""
        raise Halted(f"Ray: {words}{which}") from error


def _raised_by_ray(traceback: TracebackType | None) -> bool:
    """Whether the innermost frame is Ray's, ignoring frames of other libraries."""
    by_ray = False
    while traceback is not None:
        code = traceback.tb_frame.f_globals
        if str(code.get("__name__")).startswith("ray."):
            by_ray = True
        elif not str(code.get("__file__")).startswith(_LIBRARIES) or str(code.get("__name__")).startswith("study."):
            by_ray = False
        traceback = traceback.tb_next
    return by_ray
