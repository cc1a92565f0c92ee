"""A way to a server that can be broken, made slow, and mended: what a network does to a tracking server."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal

State = Literal["up", "slow", "silent", "down"]

SLOW_SECONDS = 2.0
"""By which a slow way delays every connection."""


class Way:
    """Listens on a local port, and passes on to another. Down, it closes whatever connects; silent, it says nothing."""

    def __init__(self, target: int, state: State) -> None:
        self.state: State = state
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                incoming, _ = self._listener.accept()
                threading.Thread(target=self._connect, args=(incoming,), daemon=True).start()

    def _connect(self, incoming: socket.socket) -> None:
        with suppress(OSError), incoming:
            if self.state == "down":
                return
            if self.state == "slow":
                time.sleep(SLOW_SECONDS)
            while self.state == "silent":
                time.sleep(0.1)
            with socket.create_connection(("127.0.0.1", self._target)) as outgoing:
                back = threading.Thread(target=self._pass_on, args=(outgoing, incoming), daemon=True)
                back.start()
                self._pass_on(incoming, outgoing)
                back.join()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while self.state in ("up", "slow") and (data := source.recv(65536)):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


@contextmanager
def way_to(target: int, state: State = "up") -> Iterator[Way]:
    way = Way(target, state)
    try:
        yield way
    finally:
        way.close()
