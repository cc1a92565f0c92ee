"""Background: the thread in which a mirror works, so that no trial and no search ever waits for MLflow."""

import threading

from study.tracking.content import StudyProgress
from study.tracking.mirror import Mirror

_RETRY_SECONDS = 5.0
"""Seconds after which a failed try is repeated without being told: a restarted server is soon caught up with."""


class Background:
    """Wakes when notified, and shows the latest progress, which includes any earlier one that it has missed."""

    def __init__(self, mirror: Mirror, retry_seconds: float = _RETRY_SECONDS):
        self.mirror = mirror
        self._retry_seconds = retry_seconds
        self._condition = threading.Condition()
        self._latest: StudyProgress | None = None
        self._wanted = 0  # tries that were asked for, and how many of them have been made
        self._tried = 0
        self._sent = True  # nothing is missing
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="mlflow-mirror", daemon=True)
        self._thread.start()

    def notify(self, progress: StudyProgress) -> None:
        """This is how the study stands now. Returns at once. `progress` must not be changed afterwards."""
        with self._condition:
            self._latest = progress
            self._sent = False
            self._wanted += 1
            self._condition.notify_all()

    def flush(self, timeout: float) -> bool:
        """Try now, and wait for the outcome for at most `timeout` seconds. True if everything has been sent."""
        with self._condition:
            if not self._sent:
                self._wanted += 1
                self._condition.notify_all()
            wanted = self._wanted
            self._condition.wait_for(lambda: self._sent or self._tried >= wanted, timeout)
            return self._sent

    def close(self, timeout: float) -> bool:
        """`flush`, and end the thread. One that hangs in a call is left behind; it does not keep the process alive."""
        sent = self.flush(timeout)
        with self._condition:
            self._closing = True
            self._condition.notify_all()
            idle = self._tried >= self._wanted
        if idle:
            self._thread.join()
        return sent

    def _work(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(
                    lambda: self._closing or self._wanted > self._tried,
                    None if self._sent else self._retry_seconds,
                )
                if self._closing:
                    return
                latest, wanted = self._latest, self._wanted
            done = latest is None or self.mirror.sync(latest)
            with self._condition:
                self._tried = wanted
                self._sent = done and latest is self._latest
                self._condition.notify_all()
