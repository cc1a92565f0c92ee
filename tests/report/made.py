"""A study folder such as a launch leaves it, made up: families, curves, pictures, lost trials."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from study.config.load import load_space
from study.config.plan import StudyPlan, make_plan
from study.data import DATASETS
from study.metrics import offered
from study.records.folder import StudyFolder
from study.records.table import RUNG, TrialRecord, read_records, write_records
from study.report.analysis.analysis import Analysis, analyse
from study.report.read.studies import load_studies

Make = Callable[..., StudyFolder]
"""`make("name", …)`: a study folder as `make_study` writes it."""

PROVENANCE = {
    "code_version": "0.1.0+g1a2b3c4",
    "torch": "2.13.0",
    "optuna": "5.0.0",
    "ray": "2.50.0",
    "device": "cpu",
    "threads": "1",
    "data": "rendered",
    "frechet_factors_setup": "10,000 samples of the prior against 10,000 images of the part, features of 64 dimensions",
}

# Where each family's models end, by the position t in [0, 1] of its trade-off: (reconstruction, disentanglement).
SHAPES: dict[str, Callable[[float], tuple[float, float]]] = {
    "wae-gaussian": lambda t: (52 + 90 * t, 0.70 + 0.19 * np.sin(1.9 * t)),
    "wae-uniform": lambda t: (47 + 75 * t, 0.68 + 0.15 * np.sqrt(t)),
    "beta-vae": lambda t: (88 + 190 * t**1.5, 0.60 + 0.18 * np.sin(3.1 * t)),
    "vae": lambda t: (80 + 10 * t, 0.5 + 0.1 * t),
    "wae-deterministic": lambda t: (40 + 10 * t, 0.5 + 0.1 * t),
}


FLOOR = 18.3
"""Of fading squares; its reconstructions in `SHAPES` lie above."""


SOME = {"reconstruction_standard_error", "reconstruction_floor", "mig"}


def other_metrics(number: int, dataset: str, reconstruction: float, disentanglement: float) -> dict[str, float]:
    """Values for all other metrics that the dataset offers: related to the two, each with noise of its own."""
    rng = np.random.default_rng([number, 1])
    values = {}
    for name, metric in offered(DATASETS[dataset].offers - {"fid"}).items():
        noise = float(rng.normal())
        if metric.costly:
            continue
        if name == "reconstruction_floor":
            values[name] = FLOOR
        elif name.endswith("standard_error"):
            values[name] = 0.1 + 0.01 * noise
        elif name.startswith("reconstruction"):
            values[name] = reconstruction + noise
        elif metric.direction == "maximize":
            values[name] = float(np.clip(disentanglement - 0.1 + 0.1 * noise, 0, 1))
        else:
            values[name] = 50 + 10 * noise
    return values


def picture(rng: np.random.Generator, rows: int, columns: int) -> bytes:
    """A grid of white rectangles on black, as PNG."""
    grid = np.zeros((rows * 34, columns * 34), dtype=np.uint8)
    for row in range(rows):
        for column in range(columns):
            y, x = rng.integers(2, 20, size=2)
            grid[34 * row + y : 34 * row + y + 11, 34 * column + x : 34 * column + x + 9] = 255
    stream = io.BytesIO()
    Image.fromarray(grid).save(stream, "PNG")
    return stream.getvalue()


def make_study(
    folder: Path,
    *,
    space: str = "dsprites",
    trials: int = 12,
    ended: int | None = None,
    lost: dict[int, tuple[Any, str]] | None = None,
    stopped: dict[int, int] | None = None,
    replicates: int = 1,
    preset: str = "quick",
    pictures: bool = True,
    overrides: dict[str, Any] | None = None,
    edit: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
    milestones: int = 5,
    suite: bool = False,
) -> StudyFolder:
    """Write a study of `trials` planned and `ended` ended trials.

    `lost` maps a trial to its state and reason, `stopped` one that was stopped early to the rung where it was. With
    `replicates`, as many trials in a row have the same configuration.
    With `suite` the records have every metric that the dataset offers, else only some: the figure of their rank
    correlations then takes a tenth of the time.
    """
    loaded, _ = load_space(space)
    if edit is not None:
        loaded = type(loaded).model_validate(edit(loaded.model_dump(mode="json", exclude_defaults=True)))
    plan = make_plan(loaded, space, name=folder.name, preset=preset, seed=0, trials=trials, overrides=overrides)
    study = StudyFolder(folder)
    plan.save(study.plan)
    lost, stopped = lost or {}, stopped or {}
    records = [
        _trial(study, plan, number, replicates, lost.get(number), stopped.get(number), pictures, milestones, suite)
        for number in range(ended or trials)
    ]
    write_records(records, study.records)
    return study


def edited(study: StudyFolder, edit: Callable[[pd.DataFrame], pd.DataFrame]) -> StudyFolder:
    """The study, whose records are now what `edit` makes of them."""
    edit(read_records(study.records)).to_csv(study.records, index=False)
    return study


def analysis_of(*studies: StudyFolder) -> Analysis:
    return analyse(load_studies([study.path for study in studies]))


def _trial(
    study: StudyFolder,
    plan: StudyPlan,
    number: int,
    replicates: int,
    lost: tuple[Any, str] | None,
    stopped: int | None,
    pictures: bool,
    milestones: int,
    suite: bool,
) -> TrialRecord:
    rng = np.random.default_rng(number // replicates)
    families = plan.space.families()
    family = families[number // replicates % len(families)]
    t = float(rng.uniform())
    point: dict[str, Any] = {}
    for name, parameter in plan.space.parameters.items():
        if name == "family":
            point[name] = family
        elif parameter.exists(point):
            if parameter.choices is not None:
                point[name] = parameter.choices[int(rng.integers(len(parameter.choices)))]
            else:
                assert parameter.low is not None
                assert parameter.high is not None
                point[name] = float(parameter.low * (parameter.high / parameter.low) ** t)
    config = plan.trial_config(point, seed=1000 + number)
    if replicates > 1:
        rng = np.random.default_rng([number, 2])
    reconstruction, disentanglement = SHAPES[family](t) + rng.normal(0, (6, 0.02))
    final = {
        "reconstruction": reconstruction,
        "disentanglement": disentanglement,
        "disentanglement_4": min(1.0, disentanglement + 0.12),
        "frechet_factors": 20 + 40 * t,
        "mean_pixel_deviation": 0.01 + 0.08 * t,
    }
    offered = {o.name for o in plan.space.objectives} | {"reconstruction"}
    final = {name: value for name, value in final.items() if name in offered or plan.space.dataset == "dsprites"}
    folder = study.trial(number)
    folder.path.mkdir(parents=True)
    rungs = plan.early_stopping.steps(config) if plan.early_stopping else {}
    last = next(
        (step for step, images in rungs.items() if images == stopped), config.total_steps * (0.4 if lost else 1)
    )
    untrained = {"reconstruction": 2839.1, "disentanglement": 0.31, "mean_pixel_deviation": 0.97}
    milestone_steps = {round(part * config.total_steps) for part in np.linspace(0, 1, milestones + 1)}
    logged = {round(part * config.total_steps) for part in np.linspace(0, 1, 4 * milestones + 1)}
    measured: dict[str, float] = {}
    for step in sorted(step for step in logged | rungs.keys() if step <= last):
        progress = step / config.total_steps
        line: dict[str, float] = {"step": step, "images": step * config.batch_size, "seconds": 80 * progress}
        line["train_loss"] = 100 + 400 * float(np.exp(-5 * progress))
        if step in milestone_steps or step in rungs:
            for name, value in final.items():
                start = untrained.get(name, value * 3)
                noise = float(np.random.default_rng([number, step]).normal(0, 0.004 * abs(value)))
                measured[name] = value + (start - value) * float(np.exp(-9 * progress)) + noise * progress
                line[f"validation_{name}"] = measured[name]
        if step in rungs:
            line[RUNG] = rungs[step]
        folder.append_metrics(line)
    run_id = f"{number:032x}"
    run = {"run_id": run_id, "tracking_uri": "sqlite:///runs/mlflow.db"}
    if number % 2 == 0:
        run["url"] = f"http://127.0.0.1:5000/#/experiments/1/runs/{run_id}"
    folder.mlflow.write_text(json.dumps(run))
    metrics = {}
    if stopped is not None:
        metrics = {RUNG: float(stopped), **{f"{RUNG}_{o.name}": measured[o.name] for o in plan.space.objectives}}
        lost = "pruned", f"stopped after {stopped:,} images: place 9 of {number + 9} {family} trials"
    if lost is None:
        others = other_metrics(number, plan.space.dataset, reconstruction, disentanglement)
        final |= {name: value for name, value in others.items() if name not in final and (suite or name in SOME)}
        metrics = dict(final)
        metrics |= {f"validation_{name}": value * float(rng.normal(1, 0.004)) for name, value in final.items()}
        if number == 0 and "mig" in final:
            metrics["full_mig"] = final["mig"] + 0.002
        if pictures:
            folder.pictures.mkdir()
            for name, rows in (("reconstructions", 2), ("samples", 4), ("traversal", 6)):
                (folder.pictures / f"{name}.png").write_bytes(picture(rng, rows, 8))
    return TrialRecord(
        trial=number,
        config=config,
        state="complete" if lost is None else lost[0],
        reason="" if lost is None else lost[1],
        metrics=metrics,
        seconds={"training": 80.0, "evaluation": 6.5},
        provenance=PROVENANCE,
        mlflow_run_id=run_id,
    )


LOST = {
    4: ("infeasible", "the loss is not finite at step 1,204"),
    7: ("failed", "OSError: no space left on device"),
}


def worse(family: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Other families 60 nats and 0.1 behind this one, trial for trial."""

    def edit(table: pd.DataFrame) -> pd.DataFrame:
        own = table[table["family"] == family]
        for other in set(table["family"]) - {family}:
            rows = table["family"] == other
            table.loc[rows, "reconstruction"] = own["reconstruction"].to_numpy() + 60
            table.loc[rows, "disentanglement"] = own["disentanglement"].to_numpy() - 0.1
        return table

    return edit
