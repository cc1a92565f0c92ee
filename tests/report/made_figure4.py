"""Studies of Figure 4, made up: every setting of the grid with scores that the test chooses."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from study.config.load import load_space
from study.config.plan import make_plan
from study.records.folder import StudyFolder
from study.records.table import TrialRecord, write_records
from study.trial.arrays import to_npz

Values = Callable[[str, float, np.random.Generator], dict[str, float]]
"""Of a family and a strength: `reconstruction`, `four` and `five`, with noise of this seed."""


def as_the_paper(family: str, strength: float, rng: np.random.Generator) -> dict[str, float]:
    """About what Figure 4 shows."""
    noise = rng.normal(0, 0.004)
    if family == "beta-vae":
        four = 0.8 + 0.2 * np.exp(-(((strength - 25) / 20) ** 2))
        return {"reconstruction": 60 + 3.5 * strength, "four": four + noise, "five": four - 0.14 + noise}
    four = 0.86 + 0.13 * np.exp(-(((strength - 5) / 5) ** 2))
    steepness = 14 if family == "wae-gaussian" else 7
    return {"reconstruction": 30 + steepness * strength + rng.normal(0, 0.5), "four": four, "five": four - 0.06 + noise}


def against_the_paper(family: str, strength: float, rng: np.random.Generator) -> dict[str, float]:
    """Every claim of Figures 4 and 5 and of section 3.2 turned round."""
    noise = rng.normal(0, 0.002)
    if family == "beta-vae":
        return {"reconstruction": 45 - 0.1 * strength + noise, "four": 0.97 + noise, "five": 0.9 + noise}
    return {"reconstruction": 200 - 2 * strength + noise, "four": 0.9 + noise, "five": 0.7 + noise}


def far_from_betas(family: str, strength: float, rng: np.random.Generator) -> dict[str, float]:
    """Every WAE scores better and costs less than any beta-VAE."""
    noise = rng.normal(0, 0.002)
    if family == "beta-vae":
        return {"reconstruction": 200 + strength + noise, "four": 0.9 + noise, "five": 0.7 + noise}
    return {"reconstruction": 30 + strength + noise, "four": 0.985 + noise, "five": 0.9 + noise}


VALUES: dict[str, Values] = {
    "agreeing": as_the_paper,
    "opposing": against_the_paper,
    "far apart": far_from_betas,
}


def make_figure4(
    folder: Path,
    values: Values | str = "agreeing",
    seeds: int = 3,
    space: str = "paper/figure4",
    preset: str = "quick",
    arrays: bool = True,
    ended: int | None = None,
    state: Callable[[int], Any] = lambda number: "complete",
    overrides: dict[str, Any] | None = None,
) -> StudyFolder:
    """The whole grid with so many seeds, or its first `ended` trials; `state` says how each trial ended."""
    values = VALUES[values] if isinstance(values, str) else values
    loaded, _ = load_space(space)
    plan = make_plan(loaded, space, name=folder.name, preset=preset, seed=0, overrides=overrides)
    plan = plan.model_copy(update={"replicates": seeds, "trials": len(list(plan.space.grid())) * seeds})
    study = StudyFolder(folder)
    plan.save(study.plan)
    records = []
    points = list(plan.space.grid())
    for number in range(len(points) * seeds if ended is None else ended):
        config = plan.trial_config(points[number % len(points)], seed=1000 + number)
        rng = np.random.default_rng(number)
        strength = config["beta"] if config.family == "beta-vae" else config["lambda_1"]
        made = values(config.family, float(strength or 0.0), rng)
        complete = state(number) == "complete"
        records.append(
            TrialRecord(
                trial=number,
                config=config,
                state=state(number),
                reason="" if complete else "the loss is not finite at step 12",
                metrics=_metrics(made, rng) if complete else {},
                seconds={"training": 80.0},
                provenance={"code_version": "0.1.0+g1a2b3c4", "device": "cpu"},
            )
        )
        study.trial(number).path.mkdir(parents=True)
        if arrays and complete:
            study.trial(number).arrays.write_bytes(to_npz(_arrays(rng)))
    write_records(records, study.records)
    return study


def _metrics(made: dict[str, float], rng: np.random.Generator) -> dict[str, float]:
    metrics = {
        "reconstruction": made["reconstruction"],
        "reconstruction_mean": made["reconstruction"] - 2,
        "disentanglement": made["five"],
        "disentanglement_4": made["four"],
    }
    for name, key in (("disentanglement_adagrad", "five"), ("disentanglement_4_adagrad", "four")):
        runs = made[key] + rng.normal(0, 0.0005, size=3)
        metrics |= {f"{name}_run{run}": float(value) for run, value in enumerate(runs, 1)}
        metrics |= {name: float(runs.mean()), f"{name}_heldout": float(runs.mean() - 0.005)}
    return metrics | {f"validation_{name}": value for name, value in metrics.items()}


def _arrays(rng: np.random.Generator) -> dict[str, np.ndarray]:
    originals = np.zeros((10, 1, 64, 64), dtype=np.uint8)
    for index, image in enumerate(originals):
        image[0, 10 + 3 * index : 24 + 3 * index, 8 + 4 * index : 20 + 4 * index] = 255
    blurred = np.clip(originals * 0.9 + rng.integers(0, 20, originals.shape), 0, 255).astype(np.uint8)
    return {
        "originals": originals,
        "reconstructions": blurred,
        "samples": blurred[:5],
        "code_variance": rng.uniform(size=16).astype(np.float32),
    }


@dataclasses.dataclass(frozen=True)
class Maker:
    """`figure4("name", …)`: a study folder as `make_figure4` writes it."""

    home: Path

    def __call__(self, name: str = "paper-figure4", **options: Any) -> StudyFolder:
        return make_figure4(self.home / name, **options)
