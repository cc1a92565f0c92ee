"""How much room on the disk a study would take."""

from collections.abc import Iterator

import numpy as np

from study.config.plan import StudyPlan
from study.data.cache import cache_folder
from study.data.dataset import Dataset
from study.running.dry_run.timing import Measured
from study.running.run import Options
from study.search.share import Share

LINE_BYTES = 300
"""Of one point of a learning curve in `metrics.jsonl`; a trial has a hundred."""

LINES = 105

TOLD_BYTES = 10_000
"""Of a trial in the Optuna database, `records.csv` and its small files."""

REPORT_BYTES = 2_000_000
"""Of report, interactive page and figures."""

MLFLOW_BYTES = 200_000
"""Of a trial in MLflow's database: 600 values with their indices."""

ADAM = 3
"""A checkpoint has the weights, and two moments of each."""

Row = tuple[str, str]


def disk_use(
    plan: StudyPlan, dataset: Dataset, lacking: bool, measured: Measured, share: Share, options: Options
) -> Iterator[Row]:
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
    return LINES * LINE_BYTES + TOLD_BYTES + (files.pictures + files.arrays if files is not None else 0)


def in_bytes(number: float) -> str:
    """Bytes in the unit that they are told in."""
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
