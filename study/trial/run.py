"""One trial, from its configuration to its outcome, readable from top to bottom."""

import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
import torch

from study.config.trial import TrialConfig
from study.data import load
from study.evaluation.suite import describe, evaluate
from study.records.folder import TrialFolder
from study.records.outcome import Outcome
from study.records.table import RUNG, VALIDATION
from study.system.errors import Infeasible, first_line
from study.system.files import write_atomically
from study.trial.arrays import collect, to_npz
from study.trial.checkpoint import write_tensors
from study.trial.fit import Progress, fit
from study.trial.model import make_loss, make_model
from study.trial.pictures import save_pictures
from study.trial.provenance import provenance
from study.trial.trajectory import Trajectory

CURVE_POINTS = (0.0, 0.125, 0.25, 0.5, 0.75)
"""Fractions of the training at which the reduced metrics are computed; at 0 the model is untrained."""

SIZE_SETTINGS = ("batch_size", "width", "latent_dim")
"""The settings on which the memory of a training depends most."""

PICTURE_POINTS = (0.25, 0.5)
"""Those of these fractions that leave pictures too: with those of the trained model they show how it came about."""


def run_trial(
    config: TrialConfig,
    folder: TrialFolder,
    *,
    data_root: Path | None = None,
    device: torch.device | str = "cpu",
    metrics: Collection[str] | None = None,
    objectives: Collection[str] | None = None,
    rungs: Mapping[int, int] = MappingProxyType({}),
    checkpoint_seconds: float = 30.0,
    report: Callable[[Progress, dict[str, float]], None] = lambda progress, values: None,
) -> Outcome:
    """Train the configured model, evaluate it, and leave everything about it in `folder`.

    `metrics` are computed on test images, and during training; by default all that are not costly. `objectives` are
    those on validation images, which the sampler receives; by default the same. `rungs` are images by step: at these
    steps the objectives are measured on reduced validation data, with the number of images as `RUNG`. A checkpoint in
    the folder is resumed from, and one is written there every `checkpoint_seconds`. `report` is called with every line
    of the metrics file, and may raise to stop the trial: no outcome is written then, and the trial may be tried again.
    A configuration that would fail again ends as infeasible.
    """
    try:
        outcome = _train_and_evaluate(
            config, folder, data_root, torch.device(device), metrics, objectives, rungs, checkpoint_seconds, report
        )
        return outcome.write(folder)
    except Infeasible as error:
        return Outcome("infeasible", reason=str(error)).write(folder)
    except torch.OutOfMemoryError as error:
        sizes = ", ".join(f"{name} {config[name]}" for name in SIZE_SETTINGS if config[name] is not None)
        return Outcome("infeasible", reason=f"out of memory on {device} at {sizes}: {first_line(error)}").write(folder)


def _train_and_evaluate(
    config: TrialConfig,
    folder: TrialFolder,
    data_root: Path | None,
    device: torch.device,
    wanted: Collection[str] | None,
    objectives: Collection[str] | None,
    rungs: Mapping[int, int],
    checkpoint_seconds: float,
    report: Callable[[Progress, dict[str, float]], None],
) -> Outcome:
    folder.path.mkdir(parents=True, exist_ok=True)
    dataset = load(config.dataset, data_root)
    model = make_model(config, dataset.images.shape).to(device)
    loss = make_loss(config).to(device)
    trajectory = Trajectory(folder.trajectory, model, dataset, device)
    milestones = {round(fraction * config.total_steps) for fraction in CURVE_POINTS}
    pictured = {round(fraction * config.total_steps): round(100 * fraction) for fraction in PICTURE_POINTS}

    begun, curve_seconds = False, 0.0
    for progress in fit(
        model,
        loss,
        dataset,
        config,
        checkpoint=folder.checkpoint,
        device=device,
        milestones=milestones | rungs.keys(),
        checkpoint_seconds=checkpoint_seconds,
    ):
        if not begun:
            folder.truncate_metrics(progress.step - 1)  # lines that an interrupted attempt logged after its checkpoint
            trajectory.truncate(progress.step - 1)
            begun = True
        values = {f"train_{name}": value for name, value in progress.terms.items()}
        if progress.step in milestones or progress.step in rungs:
            started = time.perf_counter()
            measured = wanted if progress.step in milestones else objectives or wanted
            values |= _prefixed(evaluate(model, dataset, "validation", "reduced", device, measured))
            if progress.step in rungs:
                values[RUNG] = rungs[progress.step]
            if progress.step in pictured:
                save_pictures(model, dataset, folder.pictures_at(pictured[progress.step]), device)
            curve_seconds += time.perf_counter() - started
        place = {"step": progress.step, "images": progress.images, "seconds": progress.seconds, "time": time.time()}
        folder.append_metrics(place | values)
        trajectory.append(progress.step)
        report(progress, values)

    training_seconds = max(line["seconds"] for line in folder.read_metrics())
    started = time.perf_counter()
    metrics = _prefixed(evaluate(model, dataset, "validation", "standard", device, objectives or wanted))
    metrics |= evaluate(model, dataset, "test", "standard", device, wanted)
    save_pictures(model, dataset, folder.pictures, device)
    write_atomically(folder.arrays, to_npz(collect(model, dataset, device) | trajectory.arrays()))
    evaluation_seconds = time.perf_counter() - started

    write_tensors(folder.weights, model.state_dict())
    not_finite = [name for name, value in metrics.items() if not np.isfinite(value)]
    if not not_finite:
        folder.forget_progress()
    return Outcome(
        state="failed" if not_finite else "complete",
        reason=f"not finite: {', '.join(not_finite)}" if not_finite else "",
        metrics={} if not_finite else metrics,
        seconds={
            "training": round(training_seconds, 3),
            "curve": round(curve_seconds, 3),  # of the attempt that came to the end
            "evaluation": round(evaluation_seconds, 3),
        },
        provenance=provenance(config, dataset, device) | describe(dataset, "test", "standard", device, wanted),
    )


def _prefixed(metrics: dict[str, float]) -> dict[str, float]:
    return {VALIDATION + name: value for name, value in metrics.items()}
