"""`--dry-run`: the study that a launch would run, its size, its time and its room on the disk; nothing is written."""

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from study.config.plan import StudyPlan
from study.config.trial import TrialConfig
from study.data import load
from study.data.cache import cache_folder, nothing_kept
from study.data.dataset import Dataset
from study.records.folder import StudyFolder
from study.report.text.format import condition_text, count, duration, values_text
from study.running import preflight
from study.running.run import Options
from study.running.timing import LONGEST_SECONDS, Measured, Timed, choose, measure, share_here
from study.search.allocation import Share

LINE_BYTES = 300
"""Bytes of one point of a learning curve in `metrics.jsonl`."""

CURVE_LINES = 105
"""Points of a trial's learning curve: a hundred, and the milestones."""

TOLD_BYTES = 10_000
"""Bytes of a trial in the Optuna database, `records.csv` and its small files."""

REPORT_BYTES = 2_000_000
"""Bytes of report, interactive page and figures."""

MLFLOW_BYTES = 200_000
"""Bytes of a trial in MLflow's database: 600 values with their indices."""

ADAM = 3
"""Size of a checkpoint in units of the weights: these, and Adam's two moments of each."""

Line = tuple[str, str]
"""A line of the output: its label, empty if it continues the line above, and its text."""


def dry_run(plan: StudyPlan, folder: StudyFolder, options: Options, console: Console) -> None:
    """Print all of it. `InputError` where a launch would refuse because data is missing.

    Takes some twenty seconds: a few steps are timed of a few configurations. Ray, Optuna and MLflow are left alone.
    """
    with nothing_kept() as lacking:
        dataset = load(plan.space.dataset, options.resources.data_root)
    preflight.check_surroundings(plan)
    done = sum(trial.outcome.exists() for trial in folder.trials())
    _print(console, [*resolved(plan, folder), ("size", planned_size(plan, done))])
    if done >= plan.trials:
        _print(console, [("time", "none: every trial is done")])
        return
    share = share_here(options.resources)
    chosen = choose(plan)
    with console.status(f"timing {count(len(chosen), 'configuration')}"):
        measured = measure(plan, chosen, share, options.resources.data_root)
    rows = time_needed(plan, plan.trials - done, measured, share, joined=options.resources.address is not None)
    if lacking:
        rows.append(("", "timed on blank images: the data are made, or read, by the first launch"))
    _print(console, [*rows, *disk_use(plan, dataset, bool(lacking), measured, share, options)])


def _print(console: Console, rows: Iterable[Line]) -> None:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, min_width=11, style="bold")
    table.add_column(overflow="fold")
    for label, text in rows:
        table.add_row(label, text)
    console.print(table, markup=False, highlight=False)


def resolved(plan: StudyPlan, folder: StudyFolder) -> Iterator[Line]:
    """The plan as labelled lines."""
    space = plan.space
    there = "the study exists and would be resumed" if folder.plan.exists() else "new"
    yield "folder", f"{folder.path} ({there})"
    yield "objectives", ", ".join(f"{objective.name} ({objective.direction})" for objective in space.objectives)
    for position, (name, parameter) in enumerate(space.parameters.items()):
        condition = f"; where {condition_text(parameter)}" if parameter.when else ""
        yield "" if position else "searched", f"{name}: {values_text(parameter)}{condition}"
    chosen = space.presets[plan.preset].settings
    yield from _settings("fixed", {name: value for name, value in space.fixed.items() if name not in plan.overrides})
    yield from _settings(f"{plan.preset}", {name: v for name, v in chosen.items() if name not in plan.overrides})
    yield from _settings("--set", plan.overrides)
    yield "sampler", plan.sampler + (f", equally many trials of each {space.balance}" if plan.balanced else "")
    if plan.points:
        yield "--enqueue", f"{count(len(plan.points), 'point')} first"
    if plan.warm_start is not None:
        yield "--warm-start", str(plan.warm_start)
    yield "early stop", _stopping(plan)


def planned_size(plan: StudyPlan, done: int) -> str:
    """Trials, and images in training."""
    configs = [plan.trial_config(point, seed=0) for point in plan.space.extremes()]
    least, most = (chosen(config.total_images for config in configs) for chosen in (min, max))
    text = count(plan.trials, "trial")
    if plan.sampler == "grid":
        text += f" of a grid of {count(len(list(plan.space.grid())), 'point')}"
    if plan.replicates > 1:
        text += f", {plan.replicates} of each configuration"
    if done:
        text += f", of which {done:,} are done"
    if least == most:
        return f"{text}; {most:,} images a trial, {plan.trials * most:,} in all"
    return f"{text}; {least:,} to {most:,} images a trial, at most {plan.trials * most:,} in all"


def _settings(label: str, settings: dict[str, Any]) -> Iterator[Line]:
    if settings:
        yield label, ", ".join(f"{name}={value}" for name, value in settings.items())


def _stopping(plan: StudyPlan) -> str:
    rungs = plan.early_stopping
    if rungs is None:
        return "none: the space has no early_stopping"
    images = max(plan.trial_config(point, seed=0).total_images for point in plan.space.extremes())
    after = ", ".join(f"{each:,}" for each in rungs.rungs(images)) or "no number of"
    if plan.stopping:
        return f"at {after} images; one trial in {rungs.reduction_factor:g} continues"
    return f"no trial is stopped; each is measured at {after} images"


def time_needed(plan: StudyPlan, trials: int, measured: Measured, share: Share, joined: bool) -> list[Line]:
    """So many trials, as many at once as there is room for; `joined`: on another cluster than this machine."""
    known = [timed for timed in measured.timed if timed.step is not None]
    if not known:
        return [("time", "not known: not even the first steps were done in time, or every configuration is infeasible")]
    lengths = _lengths(plan, known)
    each = [
        seconds
        for timed, steps in zip(known, lengths, strict=True)
        for seconds in trial_seconds(plan, timed, steps, measured)
    ]
    at_once = share.concurrent or 1
    total = math.ceil(trials / at_once) * sum(each) / len(each)
    bound = "at most " if plan.stopping else "about "
    rows = [
        (
            "time",
            f"{bound}{duration(total)}: {count(trials, 'trial')} of {_range(each)}, {at_once} at once"
            + (", as on this machine" if joined or share.concurrent is None else ""),
        )
    ]
    if plan.stopping:
        rows.append(("", "trials that are stopped early make it less"))
    rows += [("", line) for line in _lines(known, lengths)]
    rows.append(("", _evaluation(plan, measured)))
    return rows


def trial_seconds(plan: StudyPlan, timed: Timed, lengths: Iterable[int], measured: Measured) -> list[float]:
    """Seconds of a trial like this one of each length, in steps: training, and evaluation if it was measured."""
    assert timed.step is not None
    evaluation = _looks(plan, timed.config) * (measured.reduced or 0.0) + (measured.final or 0.0)
    return [steps * timed.step + evaluation for steps in lengths]


def _lengths(plan: StudyPlan, known: list[Timed]) -> list[list[int]]:
    """Of each, the numbers of steps of the trials with its family, network and batch size, ascending."""
    steps: dict[tuple[str, str, int], set[int]] = {}
    for point in plan.space.extremes():
        config = plan.trial_config(point, seed=0)
        steps.setdefault(_kind(config), set()).add(config.total_steps)
    return [sorted(steps[_kind(timed.config)]) for timed in known]


def _kind(config: TrialConfig) -> tuple[str, str, int]:
    return config.family, config.network, config.batch_size


def _looks(plan: StudyPlan, config: TrialConfig) -> int:
    from study.trial.run import CURVE_POINTS  # imports PyTorch

    return len(CURVE_POINTS) + (len(plan.early_stopping.steps(config)) if plan.early_stopping else 0)


def network_text(config: TrialConfig) -> str:
    """The network, and its width where it has one."""
    width = config["width"]
    return config.network if width is None else f"{config.network} {width}"


def _lines(known: list[Timed], lengths: list[list[int]]) -> Iterator[str]:
    for timed, counts in zip(known, lengths, strict=True):
        config = timed.config
        assert timed.step is not None
        steps = f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}"
        yield (
            f"{config.family}, {network_text(config)}, batch_size {config.batch_size}, latent_dim "
            f"{config.latent_dim}: {1 / timed.step:.3g} steps/s, {steps} steps in "
            f"{_range([length * timed.step for length in counts])}"
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


def disk_use(
    plan: StudyPlan, dataset: Dataset, lacking: bool, measured: Measured, share: Share, options: Options
) -> Iterator[Line]:
    """By what takes it: data, trials' files, weights, checkpoints, MLflow."""
    yield "disk", f"data: {_data(dataset, lacking)}"
    files = trial_bytes(measured)
    known = "" if measured.files is not None else ", without pictures and arrays, which were not made in time"
    yield "", f"study: {in_bytes(REPORT_BYTES + plan.trials * files)}, {in_bytes(files)} a trial{known}"
    heaviest = max(timed.weights for timed in measured.timed)
    if heaviest:
        yield "", f"weights: {_weights(plan, heaviest, options.keep)}"
        at_once = share.concurrent or 1
        yield "", f"checkpoints while it runs: {in_bytes(at_once * ADAM * heaviest)}"
    shown = plan.trials * (MLFLOW_BYTES + (measured.files.pictures if measured.files is not None else 0))
    yield "", f"MLflow: {in_bytes(shown)}"


def trial_bytes(measured: Measured) -> int:
    """Of one trial's files, but for its weights."""
    files = measured.files
    return CURVE_LINES * LINE_BYTES + TOLD_BYTES + (files.pictures + files.arrays if files is not None else 0)


def in_bytes(number: float) -> str:
    """Bytes with a unit."""
    for unit in ("B", "kB", "MB"):
        if number < 1000:
            return f"{number:.3g} {unit}"
        number /= 1000
    return f"{number:.3g} GB"


def _data(dataset: Dataset, lacking: bool) -> str:
    """`lacking`: the cache has them not yet."""
    images = dataset.images.array
    if not isinstance(images, np.memmap):
        return "made anew by each trial, on no disk"
    taken = in_bytes(images.nbytes)
    return f"{taken} in {cache_folder()}, " + ("made by the first launch" if lacking else "there already")


def _weights(plan: StudyPlan, heaviest: int, keep: str) -> str:
    if keep == "none":
        return "none are kept (--keep none)"
    all_of_them = in_bytes(plan.trials * heaviest)
    if keep == "all":
        return f"up to {all_of_them}, {in_bytes(heaviest)} a trial (--keep all)"
    families = max(1, len(plan.space.families()))
    least = in_bytes(families * heaviest)
    return (
        f"up to {in_bytes(heaviest)} for each trial on the front of its family (--keep front): {least} to {all_of_them}"
    )
