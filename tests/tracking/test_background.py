"""Background: nobody waits for the mirror, the latest is what counts, a failure is tried again."""

import threading
from typing import Any, cast

import pytest

from study.tracking.background import Background
from study.tracking.content import StudyProgress
from study.tracking.mirror import Mirror


class Recorder:
    """A mirror that notes what it is shown, waits at `gate`, and fails the first `failures` times."""

    def __init__(self, failures: int = 0):
        self.seen: list[StudyProgress] = []
        self.failures = failures
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()
        self.left = threading.Event()

    def sync(self, progress: StudyProgress) -> bool:
        self.entered.set()
        assert self.gate.wait(60)
        self.seen.append(progress)
        self.failures -= 1
        self.left.set()
        return self.failures < 0


def background(recorder: Recorder, **options: Any) -> Background:
    return Background(cast(Mirror, recorder), **options)


def stage(trials: int) -> StudyProgress:
    return StudyProgress(front=range(trials))


def test_everything_is_sent_when_it_is_closed() -> None:
    recorder = Recorder()
    mirror = background(recorder)
    for trials in range(20):
        mirror.notify(stage(trials))
    assert mirror.close(60)
    assert recorder.seen[-1] == stage(19)


def test_what_comes_while_it_is_busy_is_sent_as_one() -> None:
    recorder = Recorder()
    recorder.gate.clear()
    mirror = background(recorder)
    mirror.notify(stage(0))
    assert recorder.entered.wait(60)
    for trials in range(1, 20):
        mirror.notify(stage(trials))  # returns although a sync hangs: else this test would never end
    recorder.gate.set()
    assert mirror.close(60)
    assert recorder.seen == [stage(0), stage(19)]


def test_with_nothing_to_send_it_closes_at_once() -> None:
    recorder = Recorder()
    assert background(recorder).close(60)
    assert recorder.seen == []


def test_a_failure_is_tried_again_without_being_told() -> None:
    recorder = Recorder(failures=3)
    third = threading.Event()
    sync = recorder.sync

    def counted(progress: StudyProgress) -> bool:
        sent = sync(progress)
        if sent:
            third.set()
        return sent

    recorder.sync = counted  # type: ignore[method-assign]
    mirror = background(recorder, retry_seconds=0.001)
    mirror.notify(stage(1))
    assert third.wait(60)
    assert mirror.close(60)
    assert recorder.seen == [stage(1)] * 4


@pytest.mark.parametrize(("failures", "sent"), [(1, True), (2, False)])
def test_closing_tries_what_failed_once_more(failures: int, sent: bool) -> None:
    recorder = Recorder(failures)
    mirror = background(recorder, retry_seconds=3600)
    mirror.notify(stage(1))
    assert recorder.left.wait(60)
    assert mirror.close(60) is sent


def test_a_hanging_call_is_left_behind() -> None:
    recorder = Recorder()
    recorder.gate.clear()
    mirror = background(recorder)
    mirror.notify(stage(1))
    assert recorder.entered.wait(60)
    assert not mirror.close(0)
    recorder.gate.set()


def test_flush_leaves_it_open() -> None:
    recorder = Recorder()
    mirror = background(recorder)
    mirror.notify(stage(1))
    assert mirror.flush(60)
    mirror.notify(stage(2))
    assert mirror.close(60)
    assert recorder.seen == [stage(1), stage(2)]
