"""How long a study would take, from what a few of its steps took."""

import math
from collections.abc import Iterator

from study.config.plan import StudyPlan
from study.config.trial import TrialConfig
from study.report.text.format import duration
from study.running.dry_run.timing import LONGEST_SECONDS, Measured, Timed
from study.search.share import Share

Row = tuple[str, str]


def time_needed(plan: StudyPlan, trials: int, measured: Measured, share: Share, joined: bool) -> list[Row]:
    """So many trials, as many at once as there is room for; `joined`: on another cluster than this machine."""
    known = [timed for timed in measured.timed if timed.step is not None]
    if not known:
        return [("time", "not known: not even the first steps were done in time, or every configuration is infeasible")]
    each = [trial_seconds(plan, timed, measured) for timed in known]
    at_once = share.concurrent or 1
    total = math.ceil(trials / at_once) * sum(each) / len(each)
    bound = "at most " if plan.stopping else "about "
    rows = [
        (
            "time",
            f"{bound}{duration(total)}: {trials:,} trials of {_range(each)}, {at_once} at once"
            + (", as on this machine" if joined or share.concurrent is None else ""),
        )
    ]
    if plan.stopping:
        rows.append(("", "trials that are stopped early make it less"))
    rows += [("", line) for line in _lines(known)]
    rows.append(("", _evaluation(plan, measured)))
    return rows


def trial_seconds(plan: StudyPlan, timed: Timed, measured: Measured) -> float:
    """Of one trial: training, and its evaluation as far as that was measured."""
    assert timed.step is not None
    training = timed.config.total_steps * timed.step
    return training + _looks(plan, timed.config) * (measured.reduced or 0.0) + (measured.final or 0.0)


def _looks(plan: StudyPlan, config: TrialConfig) -> int:
    from study.trial.run import CURVE_POINTS  # imports PyTorch

    return len(CURVE_POINTS) + (len(plan.early_stopping.steps(config)) if plan.early_stopping else 0)


def _lines(known: list[Timed]) -> Iterator[str]:
    for timed in known:
        config = timed.config
        assert timed.step is not None
        yield (
            f"{config.family}, {config.network} {config.width}, batch_size {config.batch_size}, latent_dim "
            f"{config.latent_dim}: {1 / timed.step:.3g} steps/s, {config.total_steps:,} steps in "
            f"{duration(config.total_steps * timed.step)}"
        )


def _evaluation(plan: StudyPlan, measured: Measured) -> str:
    beside = "the start of Ray and the report are not in it"
    looks = max(_looks(plan, timed.config) for timed in measured.timed)
    unknown = f"{LONGEST_SECONDS:.0f} s were too short to measure"
    within = f"{looks} times {measured.reduced:.2g} s while training" if measured.reduced is not None else ""
    after = f"{duration(measured.final)} after it" if measured.final is not None else ""
    if within and after:
        return f"evaluation is in it: {within}, {after}; {beside}"
    if within:
        return f"evaluation is in it only while training ({within}): {unknown} what follows it; {beside}"
    return f"evaluation is not in it: {unknown} that; {beside}"


def _range(seconds: list[float]) -> str:
    least, most = duration(min(seconds)), duration(max(seconds))
    return least if least == most else f"{least} to {most}"
