"""The cost of a trial on this machine: a few steps of a few configurations, and one evaluation, all of real models.

Measured in as many processes as trials would run at once, set up as those are, for trials slow one another down.
"""

import multiprocessing
import os
import signal
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import pairwise
from multiprocessing.pool import AsyncResult
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from study.config.plan import StudyPlan
from study.config.plugins import load_source, sources
from study.config.trial import TrialConfig
from study.data import load
from study.data.cache import nothing_kept
from study.search.allocation import Node, Resources, Share, share_of
from study.system.errors import Infeasible
from study.system.memory import MALLOC

if TYPE_CHECKING:
    from study.data.dataset import Dataset
    from study.models import AutoEncoder

LONGEST_SECONDS = 25.0
"""Longest time of all measurements: what is not measured by then is left out."""

STEP_SECONDS = 1.0
"""Seconds of training that are timed, of each configuration."""

EVERY = 5
"""Steps between two looks at the clock: a look has to wait for the device."""

MOST_STEPS = 2000


@dataclass(frozen=True)
class Timed:
    """One configuration: seconds a step, and the bytes of its weights. `step` is None where it was not measured."""

    config: TrialConfig
    step: float | None = None
    weights: int = 0


@dataclass(frozen=True)
class Files:
    """Bytes of a trial's pictures and of its arrays."""

    pictures: int
    arrays: int


@dataclass(frozen=True)
class Measured:
    """The measurements; None for those that there was no time for. `reduced`: seconds of one look while training;
    `final`: of all that follows it.
    """

    timed: tuple[Timed, ...]
    reduced: float | None
    final: float | None
    files: Files | None


def share_here(resources: Resources) -> Share:
    """The part of this machine that each trial would have. `InputError` if there are no such GPUs."""
    import torch

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return share_of([Node(cores, torch.cuda.device_count())], resources)


def choose(plan: StudyPlan) -> list[TrialConfig]:
    """Of each family and network the configurations with the smallest and the largest batches, else the largest."""
    found: dict[tuple[str, str], list[TrialConfig]] = {}
    for point in plan.space.extremes():
        config = plan.trial_config(point, seed=0)
        found.setdefault((config.family, config.network), []).append(config)
    chosen: dict[str, TrialConfig] = {}
    for configs in found.values():
        for sign in (-1, 1):
            config = max(configs, key=lambda c: (sign * c.batch_size, *_size(c)))
            chosen[config.config_id] = config
    return list(chosen.values())


def _size(config: TrialConfig) -> tuple[int, int]:
    """A key that orders configurations of one network by the time of a step."""
    return (config["width"] or 0), config.latent_dim


def measure(plan: StudyPlan, configs: Sequence[TrialConfig], share: Share, data_root: Path | None) -> Measured:
    """Time the configurations, side by side, for `LONGEST_SECONDS` at most."""
    device = "cuda" if share.gpus else "cpu"
    metrics, objectives = plan.space.computed, [objective.name for objective in plan.space.objectives]
    processes = max(1, min(share.concurrent or 1, len(configs) + 1, os.cpu_count() or 1))
    ends = time.monotonic() + LONGEST_SECONDS
    context = multiprocessing.get_context("spawn")
    with (
        _as_ray_has_it(),
        context.Pool(processes, _begin, (share.threads, [asdict(each) for each in sources(plan.plugins)])) as pool,
    ):
        largest = max(configs, key=_size)
        timing = [pool.apply_async(_time, (config, data_root, device)) for config in configs]
        files = pool.apply_async(_files, (largest, data_root, device))
        reduced = pool.apply_async(_reduced, (largest, data_root, device, metrics))
        final = pool.apply_async(_final, (largest, data_root, device, metrics, objectives))
        timed = tuple(_until(ends, each) or Timed(config) for config, each in zip(configs, timing, strict=True))
        return Measured(timed, _until(ends, reduced), _until(ends, final), _until(ends, files))


def _until(ends: float, result: "AsyncResult[Any]") -> Any:
    """The measurement, if it has ended by then; None if it runs still, or cannot be made."""
    try:
        return result.get(max(0.0, ends - time.monotonic()))
    except (multiprocessing.TimeoutError, Infeasible):
        return None


@contextmanager
def _as_ray_has_it() -> Iterator[None]:
    """Processes that start within hold their memory as those of trials do."""
    before = {name: os.environ.get(name) for name in MALLOC}
    for name, value in MALLOC.items():
        os.environ.setdefault(name, value)
    try:
        yield
    finally:
        for name, earlier in before.items():
            if earlier is None:
                del os.environ[name]


def _begin(threads: int, plugins: Sequence[dict[str, Any]]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command ends its processes itself
    import torch

    torch.set_num_threads(threads)
    for source in plugins:
        load_source(source)


def _time(config: TrialConfig, data_root: Path | None, device: str) -> Timed:
    """The median step, the first few, which warm up, left out."""
    model, _, marks = _trained(config, data_root, device)
    weights = sum(value.numel() * value.element_size() for value in model.state_dict().values())
    steps = [(later - sooner) / (end - start) for (start, sooner), (end, later) in pairwise(marks)]
    return Timed(config, statistics.median(steps[1:] or steps), weights)


def _files(config: TrialConfig, data_root: Path | None, device: str) -> Files:
    from study.trial.arrays import collect, to_npz
    from study.trial.pictures import save_pictures

    with TemporaryDirectory() as folder:
        model, dataset, _ = _trained(config, data_root, device)  # as noise they would be larger
        save_pictures(model, dataset, Path(folder), device)
        pictures = sum(path.stat().st_size for path in Path(folder).iterdir())
        return Files(pictures, len(to_npz(collect(model, dataset, device))))


def _reduced(config: TrialConfig, data_root: Path | None, device: str, metrics: Sequence[str]) -> float:
    """With a model that is not trained: it costs the same."""
    from study.evaluation.suite import evaluate

    with nothing_kept():
        model, dataset = _made(config, data_root, device)
        started = time.perf_counter()
        evaluate(model, dataset, "validation", "reduced", device, metrics)
        return time.perf_counter() - started


def _final(
    config: TrialConfig, data_root: Path | None, device: str, metrics: Sequence[str], objectives: Sequence[str]
) -> float:
    """The same, of what a trial computes in the end."""
    from study.evaluation.suite import evaluate

    with nothing_kept():
        model, dataset = _made(config, data_root, device)
        started = time.perf_counter()
        evaluate(model, dataset, "validation", "standard", device, objectives)
        evaluate(model, dataset, "test", "standard", device, metrics)
        return time.perf_counter() - started


def _made(config: TrialConfig, data_root: Path | None, device: str) -> tuple["AutoEncoder", "Dataset"]:
    from study.trial.model import make_model

    with nothing_kept():
        dataset = load(config.dataset, data_root)
    return make_model(config, dataset.images.shape).to(device), dataset


def _trained(
    config: TrialConfig, data_root: Path | None, device: str
) -> tuple["AutoEncoder", "Dataset", list[tuple[int, float]]]:
    """A model after about a second of training, its data, and after which step how many seconds had passed."""
    from study.trial.fit import fit
    from study.trial.model import make_loss

    model, dataset = _made(config, data_root, device)
    marks: list[tuple[int, float]] = []
    looks = range(0, min(config.total_steps, MOST_STEPS), EVERY)
    for progress in fit(model, make_loss(config), dataset, config, checkpoint=None, device=device, milestones=looks):
        marks.append((progress.step, progress.seconds))
        if len(marks) > 3 and progress.seconds > STEP_SECONDS:
            break
    return model, dataset, marks
