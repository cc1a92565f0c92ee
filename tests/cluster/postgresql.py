"""A real PostgreSQL for a while: a cluster of its own in a temporary folder, with a password, on a free local port.

    python -m tests.cluster.postgresql COMMAND …

runs the command with its address in WAE_STUDY_TEST_STORAGE, for trying things by hand.
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from tests.ports import free_ports
from tests.system_packages import program

START_SECONDS = 60.0
VARIABLE = "WAE_STUDY_TEST_STORAGE"


@dataclass(frozen=True)
class Server:
    """Where it listens, on 127.0.0.1, and its one user, who may do everything."""

    port: int
    password: str
    user: str = "researcher"

    def url(self, database: str, password: bool = True) -> str:
        """The address as SQLAlchemy takes it, with the password or without."""
        secret = f":{quote(self.password, safe='')}" if password else ""
        return f"postgresql+psycopg://{self.user}{secret}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def create(self, database: str) -> str:
        """Make an empty database; its address."""
        with self.connect() as connection:
            connection.execute(f'CREATE DATABASE "{database}"')
        return self.url(database)


@contextmanager
def running() -> Iterator[Server]:
    """The server, until the context ends; its folder is gone then. `Missing` if there is no PostgreSQL to be had."""
    folders = ("/usr/lib/postgresql/*/bin",)
    initdb, postgres = (program(name, "postgresql", folders) for name in ("initdb", "postgres"))
    account = _account()
    # A password that an address has to quote, and that nothing else contains.
    server = Server(free_ports(1)[0], f"s3cret@/{secrets.token_hex(8)}")
    folder = Path(tempfile.mkdtemp(prefix="wae-postgresql-"))  # the sockets' names may not be long
    try:
        secret = folder / "password"
        secret.write_text(server.password)
        if account is not None:
            for path in (folder, secret):
                os.chown(path, account.pw_uid, account.pw_gid)
        data = folder / "data"
        options = ["--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8", "--locale=C", "--no-sync"]
        _run([str(initdb), "-D", str(data), "-U", server.user, *options], account, folder / "initdb.log")
        secret.unlink()
        with (folder / "server.log").open("ab") as log:
            process = subprocess.Popen(
                [
                    *(str(postgres), "-D", str(data), "-h", "127.0.0.1", "-p", str(server.port), "-k", str(folder)),
                    *("-c", "max_connections=400"),  # a process of many tests keeps those of every storage for a while
                ],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=folder,
                start_new_session=True,  # not ended by a Ctrl-C before those who use it
                **_as(account),
            )
        try:
            _wait(server, process, folder / "server.log")
            yield server
        finally:
            process.send_signal(signal.SIGINT)  # its fast shutdown: who is connected is thrown out
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)  # at once, all its processes
                process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> pwd.struct_passwd | None:
    """Who runs it if we are root, as whom it refuses to run."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise OSError("neither a user postgres nor a user nobody")


def _as(account: pwd.struct_passwd | None) -> dict[str, int | list[int]]:
    return {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _run(command: list[str], account: pwd.struct_passwd | None, log: Path) -> None:
    with log.open("ab") as output:
        done = subprocess.run(
            command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd=log.parent, **_as(account)
        )
    assert done.returncode == 0, log.read_text()


def _wait(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        assert process.poll() is None, log.read_text()
        try:
            server.connect().close()
            return
        except psycopg.OperationalError:
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)


def main() -> int:
    with running() as server:
        environment = {**os.environ, VARIABLE: server.create("optuna")}
        return subprocess.run(sys.argv[1:], env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
