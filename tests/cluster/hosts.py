"""Hosts with a network between them: network namespaces, joined by a bridge, whose cables can be pulled.

They share this machine's files, as hosts with a shared file system do. The addresses are of a range that is kept for
examples; nothing leads from them to any other network.
"""

import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.system_packages import Missing, program

NETWORK = "198.51.100"


@dataclass(frozen=True)
class Host:
    """One host: its address, and how to run a command on it."""

    name: str
    switch: str
    number: int
    ip: Path

    @property
    def address(self) -> str:
        return f"{NETWORK}.{self.number + 10}"

    @property
    def command(self) -> list[str]:
        """What to put before a command so that it runs there."""
        return [str(self.ip), "netns", "exec", self.name]

    def cut_off(self) -> None:
        """Pull its cable: nothing goes in or out any more, and nobody is told."""
        _run(self.ip, "-n", self.switch, "link", "set", f"port{self.number}", "down")


@contextmanager
def hosts(count: int) -> Iterator[list[Host]]:
    """That many hosts that reach each other. `Missing` if this cannot be had here."""
    if os.geteuid() != 0:
        raise Missing("network namespaces need root")
    ip = program("ip", "iproute2", ("/usr/sbin", "/sbin"))
    tag = secrets.token_hex(3)
    switch = f"wae-{tag}-switch"
    made = [Host(f"wae-{tag}-{number}", switch, number, ip) for number in range(count)]
    try:
        try:
            _run(ip, "netns", "add", switch)
        except AssertionError as error:
            raise Missing(f"network namespaces cannot be made here: {error}") from None
        _run(ip, "-n", switch, "link", "add", "bridge", "type", "bridge")
        _run(ip, "-n", switch, "link", "set", "bridge", "up")
        for host in made:
            _run(ip, "netns", "add", host.name)
            _run(ip, "-n", host.name, "link", "set", "lo", "up")
            port = f"port{host.number}"
            _run(ip, "-n", switch, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", host.name)
            _run(ip, "-n", switch, "link", "set", port, "master", "bridge", "up")
            _run(ip, "-n", host.name, "address", "add", f"{host.address}/24", "dev", "eth0")
            _run(ip, "-n", host.name, "link", "set", "eth0", "up")
        yield made
    finally:
        for name in [*(host.name for host in made), switch]:
            subprocess.run([str(ip), "netns", "delete", name], stderr=subprocess.DEVNULL)


def _run(ip: Path, *arguments: str) -> None:
    done = subprocess.run([str(ip), *arguments], capture_output=True, text=True)
    assert done.returncode == 0, f"ip {' '.join(arguments)}: {done.stderr.strip()}"
