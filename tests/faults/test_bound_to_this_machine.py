"""Which addresses the processes of a study listen at while it runs here: those of this machine alone."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.faults.bounded import make_world

LISTEN = "0A"
"""The state of a listening socket in /proc/net/tcp."""


def listening(processes: set[int]) -> Iterator[tuple[str, str]]:
    """Address and program of every TCP socket that these processes listen at."""
    sockets: dict[str, str] = {}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            words = line.split()
            if words[3] == LISTEN:
                sockets[words[9]] = _address(words[1].partition(":")[0])
    for process in processes:
        try:
            links = [str(link.readlink()) for link in Path(f"/proc/{process}/fd").iterdir()]
            program = Path(f"/proc/{process}/comm").read_text(encoding="utf-8").strip()
        except OSError:
            continue  # it has just ended
        for link in links:
            inode = link.removeprefix("socket:[").removesuffix("]")
            if link.startswith("socket:[") and inode in sockets:
                yield sockets[inode], program


def _address(written: str) -> str:
    """As the kernel writes it: words of four bytes, each in the machine's order."""
    raw = b"".join(bytes.fromhex(written[at : at + 8])[::-1] for at in range(0, len(written), 8))
    return str(ip_address(raw))


def descendants(of: int) -> set[int]:
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text(encoding="utf-8").rpartition(")")[2].split()[1])
        except OSError:
            continue
    found, more = {of}, {of}
    while more:
        more = {child for child, parent in parents.items() if parent in more} - found
        found |= more
    return found


def is_local(address: str) -> bool:
    ip = ip_address(address)
    mapped = getattr(ip, "ipv4_mapped", None)
    return (mapped or ip).is_loopback


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")
def test_a_study_listens_at_addresses_of_this_machine_alone(tmp_path: Path) -> None:
    world = make_world(tmp_path / "world")
    tiny = ("--trials", "1", "--concurrent", "2", "--set", "steps=20", "--set", "width=8", "--output", "runs")
    command = [sys.executable, "-m", "study.launch", "--space", "fading_squares", *tiny]
    seen: set[tuple[str, str]] = set()
    with (
        (tmp_path / "out").open("w") as out,
        TemporaryDirectory(prefix="ray-", dir="/tmp", ignore_cleanup_errors=True) as ray,
    ):
        process = subprocess.Popen(
            command, cwd=world.root / "work", env={**world.environment, "RAY_TMPDIR": ray}, stdout=out, stderr=out
        )
        try:
            while process.poll() is None:
                seen |= set(listening(descendants(process.pid)))
                with suppress(subprocess.TimeoutExpired):
                    process.wait(0.5)
        finally:
            process.terminate()
            process.wait(60)
    if process.returncode != 0 or not {program for _, program in seen} >= {"raylet", "gcs_server"}:
        raise RuntimeError(f"no study was seen: {seen} {(tmp_path / 'out').read_text()}")
    assert [each for each in sorted(seen) if not is_local(each[0])] == []
