"""Ray for the time of a study: what is started here is open to nobody else, what is not there is said in a sentence."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ray import tune

from study.search import cluster
from study.search.allocation import Resources
from study.system.errors import Halted, InputError

LAUNCH = [sys.executable, "-m", "study.launch", "--space", "fading_squares", "--output"]


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("127.0.0.1:1", "nothing answers at 127.0.0.1:1: [Errno 111] Connection refused"),
        ("127.0.0.1:99999999", "nothing answers at 127.0.0.1:99999999: "),
        ("host.invalid:6379", "nothing answers at host.invalid:6379: "),
        ("ray://127.0.0.1:10001", "received 'ray://127.0.0.1:10001'; allowed: auto, or the head's HOST:PORT"),
        ("somewhere", "received 'somewhere'; allowed: auto, or the head's HOST:PORT"),
        (":6379", "received ':6379'; allowed: auto, or the head's HOST:PORT"),
    ],
)
def test_a_cluster_that_is_not_there_is_said_at_once(
    monkeypatch: pytest.MonkeyPatch, address: str, sentence: str
) -> None:
    monkeypatch.setattr(cluster.ray, "is_initialized", lambda: False)
    with pytest.raises(InputError) as refused, cluster.connected(Resources(address=address)):
        pass
    assert str(refused.value).startswith(f"--address: {sentence}")


def test_a_ray_that_the_process_has_is_used_whatever_auto_would_find(
    monkeypatch: pytest.MonkeyPatch, ray_session: None
) -> None:
    """A study asks for its Ray twice; between the two, `auto` may have come to mean another."""
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    with cluster.connected(Resources(address="auto")) as share:
        assert (share.cpus, share.gpus) == (1, 0)


def test_a_folder_with_too_long_a_name_for_rays_sockets_is_one_sentence(tmp_path: Path) -> None:
    long = tmp_path / ("long" * 30)
    long.mkdir()
    command = [*LAUNCH, str(tmp_path / "runs"), "--trials", "1"]
    done = subprocess.run(command, env={**os.environ, "RAY_TMPDIR": str(long)}, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("error: Ray cannot be started here: ")
    assert "RAY_TMPDIR" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_machine_too_busy_to_start_ray_halts_the_study(monkeypatch: pytest.MonkeyPatch) -> None:
    def init(**options: object) -> None:
        raise Exception("The current node timed out during startup. This could happen because some of the raylet")

    monkeypatch.setattr(cluster.ray, "is_initialized", lambda: False)
    monkeypatch.setattr(cluster.ray, "init", init)
    monkeypatch.setattr(cluster, "MALLOC", {})
    monkeypatch.setattr(cluster, "_stay_on_this_machine", lambda: None)
    sentence = r"^Ray did not start within its own 30 s; is this machine busy\?$"
    with pytest.raises(Halted, match=sentence), cluster.connected(Resources()):
        pass


def test_a_cluster_is_not_joined_without_a_token(tmp_path: Path) -> None:
    """Where the mode asks for one: a sentence, not Ray's traceback."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    environment |= {"RAY_AUTH_MODE": "token", "HOME": str(tmp_path)}
    with socket.create_server(("127.0.0.1", 0)) as something:
        address = f"127.0.0.1:{something.getsockname()[1]}"
        command = [*LAUNCH, str(tmp_path / "runs"), "--address", address]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 2, done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(f"error: --address: received '{address}'; Token authentication is enabled but no ")
    assert last.endswith("the token in ~/.ray/auth_token or RAY_AUTH_TOKEN")
    assert "Traceback" not in done.stderr


LISTENING = """
import json, os, sys
from study.search import cluster
from study.search.allocation import Resources
import ray
with cluster.connected(Resources()) as share:
    def port() -> str:
        return ray.get_runtime_context().get_node_id()
    assert ray.get(ray.remote(port).remote())
    print(json.dumps({"share": [share.concurrent, share.cpus, share.gpus], "session": os.getsid(0)}), flush=True)
    sys.stdin.read()
"""


def listening(session: int) -> set[str]:
    """The addresses, in hexadecimal as the kernel has them, on which processes of this session listen."""
    inodes = {}
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            columns = line.split()
            if columns[3] == "0A":  # listening
                inodes[columns[9]] = columns[1].split(":")[0]
    found = set()
    for process in Path("/proc").iterdir():
        if process.name.isdecimal() and int(process.name) != os.getpid():
            try:
                if os.getsid(int(process.name)) != session:
                    continue
                opened = [str(path.readlink()) for path in (process / "fd").iterdir()]
            except OSError:
                continue  # it has just ended, or closed a file
            found |= {inodes[name[8:-1]] for name in opened if name.startswith("socket:[") and name[8:-1] in inodes}
    return found


@pytest.mark.slow
@pytest.mark.ci
def test_the_ray_that_is_started_here_listens_on_this_machine_only() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    with subprocess.Popen(
        [sys.executable, "-c", LISTENING],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        started = json.loads(process.stdout.readline())
        addresses = listening(started["session"])
        process.communicate("")
    assert process.returncode == 0
    assert addresses
    # 127.0.0.1 as the kernel writes it, of the one family and of the other
    assert addresses <= {"0100007F", "0000000000000000FFFF00000100007F"}


SIGNALLED = """
import os, signal
from pathlib import Path
from typing import Any
import psutil
from study.search import cluster
from study.search.allocation import Resources
signal.signal(signal.SIGTERM, signal.default_int_handler)
try:
    with cluster.connected(Resources()):
        started = psutil.Process().children(recursive=True)
        print(len(started) > 1, os.getsid(0) in {os.getsid(process.pid) for process in started})
        session = Path(cluster._session())
        print(session.is_dir())
        os.kill(os.getpid(), signal.SIGTERM)
        print("not heeded")
except KeyboardInterrupt:
    print("heeded", session.exists())
"""


@pytest.mark.slow
def test_the_ray_that_is_started_here_leaves_the_signals_as_they_were() -> None:
    """It is in a session of its own, where a signal to the group of the command does not reach it."""
    done = subprocess.run([sys.executable, "-c", SIGNALLED], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "True False\nTrue\nheeded False\n"


def ours() -> None:
    raise ValueError("a bug")


def rays() -> None:
    tune.uniform(0, 1).quantized(0.3)  # type: ignore[no-untyped-call]


def ours_within_rays() -> None:
    """A function of ours that Ray calls."""
    tune.sample_from(lambda config: ours()).sample()


def test_what_rays_own_code_raises_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "GIVEN", ["RAY_ONE", "TUNE_OTHER"])
    says = r"^Ray: ValueError: .*; the environment sets RAY_ONE, TUNE_OTHER$"
    with pytest.raises(Halted, match=says), cluster.halting():
        rays()


@pytest.mark.parametrize("call", [ours, ours_within_rays])
def test_what_ours_raises_is_not_hidden(call: Callable[[], None]) -> None:
    with pytest.raises(ValueError, match="a bug"), cluster.halting():
        call()


def test_a_sentence_of_ours_stays_as_it_is() -> None:
    with pytest.raises(InputError, match=r"^wrong$"), cluster.halting():
        raise InputError("wrong")


def test_machines_of_a_cluster_are_sent_the_code_of_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(cluster.ray, "is_initialized", lambda: False)
    monkeypatch.setattr(cluster.ray, "init", lambda **options: given.update(options))
    monkeypatch.setattr(cluster.ray, "shutdown", lambda: None)
    monkeypatch.setattr(cluster.ray, "nodes", lambda: [{"Alive": True, "Resources": {"CPU": 2.0}}])
    monkeypatch.setattr(cluster, "_check_address", lambda address: None)
    with cluster.connected(Resources(address="head:6379"), shipped=["/lab/mine.py"]):
        pass
    assert given["runtime_env"]["py_modules"] == ["/lab/mine.py"]
    assert given["runtime_env"]["env_vars"]
