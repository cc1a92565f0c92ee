"""The time that a study will need, at known answers."""

from study.running.dry_run.disk import disk_use
from study.running.dry_run.time import time_needed
from study.running.dry_run.timing import Measured
from study.running.run import Options
from study.search.resources import Resources
from study.search.share import Share
from tests import make
from tests.running.dry_run.plans import ONE, fading, timed, words


def test_the_time_is_that_of_the_trials_at_once() -> None:
    plan = make.plan(overrides={"batch_size": 100})  # of 2400 steps: 24 s, with 7 looks of 2 s, and 30 s
    rows = time_needed(plan, 12, timed(plan), ONE, joined=False)
    assert rows[0] == ("time", "about 14 min: 12 trials of 68 s, 1 at once")
    assert "evaluation is in it: 7 times 2 s while training, 30 s after it" in words(rows)
    two = time_needed(plan, 11, timed(plan), Share(2, 1.0, 0.0), joined=False)
    assert two[0] == ("time", "about 7 min: 11 trials of 68 s, 2 at once")


def test_with_early_stopping_the_time_is_a_bound() -> None:
    plan = make.plan(stopping=True)
    text = words(time_needed(plan, 12, timed(plan), ONE, joined=False))
    assert text.startswith("time: at most ")
    assert "stopped early make it less" in text


def test_what_was_not_measured_is_said() -> None:
    plan = make.plan()
    without = Measured(timed(plan).timed, None, None, None)
    assert "evaluation is not in it" in words(time_needed(plan, 12, without, ONE, joined=False))
    assert "without pictures and arrays" in words(disk_use(plan, fading(), False, without, ONE, Options(Resources())))
    assert words(time_needed(plan, 12, timed(plan, None), ONE, joined=False)).startswith("time: not known")
