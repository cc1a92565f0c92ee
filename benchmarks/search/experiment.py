"""All arms with all seeds, in several processes, gone on from where they were cut; and what came of the target.

Each run of an arm is kept as a JSON file of its own, in a folder for its settings, the measured values and the version
of the code.
"""

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.search.measures import MEASURES, over_images, yardstick
from benchmarks.search.simulation import Arm, Trainer, simulate
from benchmarks.stopwatch import timed
from study.config.plan import StudyPlan, make_plan
from study.config.space import SamplerName, SearchSpace
from study.system.files import read_json, write_json
from study.trial.provenance import code_version

SPACE = "dsprites"

SAMPLERS: tuple[SamplerName, ...] = ("random", "tpe", "nsga2")
ARMS = (*(Arm(sampler, "none") for sampler in SAMPLERS), *(Arm(sampler, "epsilon-net") for sampler in SAMPLERS))
CONTROLS = (Arm("random", "crowding"), Arm("random", "chance"), Arm("random", "foresight"))
BASELINE = ARMS[0]
"""The arm whose end is the target of all others."""

POINTS = 100
"""Numbers of images, evenly spread up to the whole budget, at which studies are looked at."""


@dataclass(frozen=True)
class Setting:
    """`trainings` are full ones, whose images are the budget; arms with early stopping are run for a `share` of it."""

    trainings: int = 200
    share: float = 0.5
    workers: int = 4

    def images(self, plan: StudyPlan) -> list[int]:
        """The `POINTS` up to the budget."""
        total = self.trainings * int(plan.settings["images"])
        return [total * point // POINTS for point in range(1, POINTS + 1)]

    def budget(self, plan: StudyPlan, arm: Arm) -> int:
        whole = self.images(plan)[-1]
        part = whole if arm.rule == "none" else round(whole * self.share)
        return part - part % self.workers


def arm_plan(space: SearchSpace, arm: Arm, seed: int, trials: int) -> StudyPlan:
    return make_plan(
        space,
        space.name,
        name=arm.name,
        preset="quick",
        seed=seed,
        trials=trials,
        sampler=arm.sampler,
        stopping=arm.rule != "none",
    )


def run_all(
    space: SearchSpace, trainer: Trainer, values: Path, setting: Setting, seeds: int, processes: int, place: Path
) -> Path:
    """Run what is not in `place` yet; give the folder in it that holds the runs."""
    identity = [values.read_bytes().hex(), space.model_dump(mode="json"), asdict(setting), code_version()]
    folder = place / hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:10]
    lacking = [
        (arm, seed, path)
        for seed in range(seeds)
        for arm in (*ARMS, *CONTROLS)
        if not (path := run_path(folder, arm, seed)).exists()
    ]
    run = partial(run_one, space, trainer, setting)
    if processes == 1:
        for job in lacking:
            print(run(*job), flush=True)
    else:
        with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
            for done in as_completed([pool.submit(run, *job) for job in lacking]):
                print(done.result(), flush=True)
    return folder


def run_path(folder: Path, arm: Arm, seed: int) -> Path:
    return folder / f"{arm.name}-{seed:02d}.json"


def run_one(space: SearchSpace, trainer: Trainer, setting: Setting, arm: Arm, seed: int, path: Path) -> str:
    """Simulate one arm with one seed, write what it found over images, and say how long it took."""
    plan = arm_plan(space, arm, seed, setting.trainings)
    run, seconds = timed(lambda: simulate(plan, trainer, arm.rule, setting.budget(plan, arm), setting.workers))
    found = over_images(run, setting.images(plan), yardstick(space))
    counts = {"started": run.started, "complete": len(run.completed), "stopped": run.stopped}
    write_json(path, {**counts, "seconds": seconds, "found": found})
    return f"{arm.name}, seed {seed}: {seconds:.0f} s"


def summary(folder: Path, space: SearchSpace, setting: Setting, seeds: int) -> dict[str, Any]:
    """The target, and of each arm its quartiles over seeds by images, and where its median reaches the target."""
    images = setting.images(arm_plan(space, BASELINE, 0, setting.trainings))
    runs = {arm: [read_json(run_path(folder, arm, seed)) for seed in range(seeds)] for arm in (*ARMS, *CONTROLS)}
    found = {arm: {m: np.array([run["found"][m] for run in runs[arm]]) for m in MEASURES} for arm in runs}
    target = {measure: float(np.median(found[BASELINE][measure][:, -1])) for measure in MEASURES}
    arms = {}
    for arm, by_measure in found.items():
        arms[arm.name] = {
            **_counts(runs[arm]),
            "seconds": float(np.median([run["seconds"] for run in runs[arm]])),
            "quartiles": {m: np.percentile(v, [25, 50, 75], axis=0).tolist() for m, v in by_measure.items()},
            "reached after": {m: reached(images, np.median(v, axis=0), target[m]) for m, v in by_measure.items()},
            "seeds at a quarter that reach it": {
                m: int((v[:, POINTS // 4 - 1] >= target[m]).sum()) for m, v in by_measure.items()
            },
        }
    return {"target": target, "images": images, "arms": arms}


def _counts(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Means over seeds of how many trials were begun, complete, and stopped at each rung."""
    rungs = sorted({int(rung) for run in runs for rung in run["stopped"]})
    return {
        "started": float(np.mean([run["started"] for run in runs])),
        "complete": float(np.mean([run["complete"] for run in runs])),
        "stopped": {str(rung): float(np.mean([run["stopped"].get(str(rung), 0) for run in runs])) for rung in rungs},
    }


def reached(images: Sequence[int], values: Sequence[float], target: float) -> int | None:
    """The first number of images from which on the values are never below the target; None if they end below it."""
    above = np.asarray(values) >= target
    if not above[-1]:
        return None
    return int(images[len(above) - int(np.argmin(above[::-1]))]) if not above.all() else int(images[0])


def print_table(found: dict[str, Any]) -> None:
    """An arm a row: what its median has at a quarter of the images, of the target, and when it is there to stay."""
    images, quarter = found["images"], POINTS // 4 - 1
    print(f"| Arm | trials | complete | {' | '.join(MEASURES)} |\n|---|--:|--:|{'--:|' * len(MEASURES)}")
    targets = [f"{found['target'][measure]:.4g}" for measure in MEASURES]
    print(f"| target | | | {' | '.join(targets)} |")
    for name in (arm.name for arm in (*ARMS, *CONTROLS)):
        arm = found["arms"][name]
        cells = [name, f"{arm['started']:.0f}", f"{arm['complete']:.0f}"]
        for measure in MEASURES:
            share = arm["quartiles"][measure][1][quarter] / found["target"][measure]
            at = arm["reached after"][measure]
            cells.append(f"{share:.1%}, " + (f"reached after {at / images[-1]:.0%}" if at else "not reached"))
        print(f"| {' | '.join(cells)} |")
