"""Ray for the time of a study: what is started here is open to nobody else, what is not there is said in a sentence."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

LISTENING = """
import json, os, sys
from study.search import cluster
from study.search.resources import Resources
import ray
with cluster.running(Resources()) as share:
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
