"""Ray nodes, each started by its own `ray start` as on a machine of its own, which can be lost at any moment.

Every node is a session of processes, so that all of them, Ray's workers too, can be killed at once, and none is left.
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.ports import free_ports

START_SECONDS = 180.0
STARTS = 3
OBJECT_STORE_BYTES = 100 * 2**20


@dataclass
class Node:
    """One node: its `ray start --block`, and everything that this has started."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pids(self) -> list[int]:
        """Its processes, Ray's workers among them."""
        return [pid for pid, session in _sessions() if session == self.process.pid]

    def kill(self) -> None:
        """End all of it without a word, as a power cut would."""
        while pids := self.pids:
            for pid in pids:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            self.process.poll()  # takes the first of them out of the table of processes
            time.sleep(0.05)
        self.process.wait()


@dataclass
class Cluster:
    """A head and the nodes that have joined it. `environment` is what a command needs to join it."""

    environment: dict[str, str]
    folder: Path
    nodes: list[Node] = field(default_factory=list)
    address: str = ""
    dashboard: str = ""

    def start_head(self, cpus: int, *, host: str, command: Sequence[str] = (), dashboard: bool = False) -> Node:
        port, dashboard_port, client_port = free_ports(3)
        options = ["--head", "--port", str(port), "--ray-client-server-port", str(client_port)]
        options += ["--temp-dir", str(self.folder), "--include-dashboard", str(dashboard).lower()]
        options += ["--dashboard-host", "127.0.0.1", "--dashboard-port", str(dashboard_port)]
        node = self._start(cpus, [*options, "--node-ip-address", host], command)
        self.address = f"{host}:{port}"
        self.dashboard = f"http://127.0.0.1:{dashboard_port}"
        return node

    def start_node(self, cpus: int, *, host: str, command: Sequence[str] = ()) -> Node:
        return self._start(cpus, ["--address", self.address, "--node-ip-address", host], command)

    def names(self, command: Sequence[str] = ()) -> dict[str, str]:
        """Ray's own names of the nodes that are there, by address."""
        code = "import json, ray, sys; ray.init(sys.argv[1], log_to_driver=False, logging_level='ERROR'); "
        code += "print(json.dumps({n['NodeManagerAddress']: n['NodeID'] for n in ray.nodes() if n['Alive']}))"
        done = subprocess.run(
            [*command, sys.executable, "-c", code, self.address],
            env=self.environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, done.stderr
        found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
        return found

    def _start(self, cpus: int, options: list[str], command: Sequence[str]) -> Node:
        """`command` runs what follows it elsewhere: `ip netns exec NAME`.

        A node that does not start within Ray's own 30 s, which a busy machine needs now and then, is started again.
        """
        for left in reversed(range(STARTS)):
            node = self._begun(cpus, options, command)
            until = time.monotonic() + START_SECONDS
            while "Ray runtime started" not in (said := node.log.read_text(errors="replace")):
                if left and node.process.poll() is not None and "timed out during startup" in said:
                    node.kill()
                    self.nodes.remove(node)
                    node.log.unlink()
                    break
                assert node.process.poll() is None, said
                assert time.monotonic() < until, said
                time.sleep(0.2)
            else:
                return node
        raise AssertionError

    def _begun(self, cpus: int, options: list[str], command: Sequence[str]) -> Node:
        ray = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", "--disable-usage-stats"]
        size = ["--num-cpus", str(cpus), "--num-gpus", "0", "--object-store-memory", str(OBJECT_STORE_BYTES)]
        size += ["--dashboard-agent-listen-port", str(free_ports(1)[0])]  # another Ray of this machine may have its own
        log = self.folder / f"node-{len(self.nodes)}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                [*command, *ray, *size, *options],
                env=self.environment,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        node = Node(process, log)
        self.nodes.append(node)
        return node


@contextmanager
def cluster(**environment: str) -> Iterator[Cluster]:
    """A cluster without nodes as yet, closed to who does not know its token; all nodes are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="wae-ray-"))  # the sockets' names may not be long
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32), "RAY_USAGE_STATS_ENABLED": "0"}
    nodes = Cluster({**os.environ, "OMP_NUM_THREADS": "1", **token, **environment}, folder)
    try:
        yield nodes
    finally:
        for node in reversed(nodes.nodes):
            node.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _sessions() -> Iterator[tuple[int, int]]:
    """Every living process and its session."""
    for path in Path("/proc").iterdir():
        if path.name.isdecimal():
            try:
                after_name = (path / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has just ended
            if after_name[0] != "Z":
                yield int(path.name), int(after_name[3])
