"""`python -m benchmarks.growth`: how asking, telling, records, report and resuming grow with the trials of a study.

A study on dSprites is filled with made-up trials through the functions that a launch uses; nothing is trained. Each
trial has the metrics of a real one, and a learning curve of a hundred lines. Seconds, of one core.
"""

import argparse
import json
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import optuna

from benchmarks.results import save
from benchmarks.stopwatch import timed
from study.config import StudyPlan, load_space, make_plan
from study.config.trial import TrialConfig
from study.folder import StudyFolder
from study.metrics import METRICS
from study.outcome import Outcome
from study.records import VALIDATION, write_records
from study.report import write_report
from study.search import proposals, storage

ASKED = 5
"""Trials at each size whose asking and telling is timed; the median is given."""

LINES = 100


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.growth", description=__doc__)
    parser.add_argument("--trials", type=int, nargs="+", default=[10, 100, 1000], help="sizes of the study")
    parser.add_argument("--output", type=Path, default=Path("results/growth.json"))
    arguments = parser.parse_args()
    space, _ = load_space("dsprites")
    sizes = sorted(arguments.trials)
    plan = make_plan(space, "dsprites", name="growth", preset="quick", seed=0, trials=sizes[-1] + ASKED * len(sizes))
    filling = plan.model_copy(update={"sampler": "random"})
    rows: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as place:
        folder = StudyFolder(Path(place) / "growth")
        folder.path.mkdir()
        plan.save(folder.plan)
        for n in sizes:
            study = storage.open_study(plan, folder, storage.default_url(folder))
            while len(study.get_trials(deepcopy=False)) < n:
                end(study, filling, folder, proposals.propose(study, filling))
            rows[f"{n}"] = measure(plan, folder)
            print(
                f"{n:6} trials: " + ", ".join(f"{name} {value:.3f}" for name, value in rows[f"{n}"].items()), flush=True
            )
    save(arguments.output, {"seconds": rows})


def measure(plan: StudyPlan, folder: StudyFolder) -> dict[str, float]:
    """Seconds by what is done, on the study as it is; it has a few trials more afterwards."""
    study, opening = timed(lambda: storage.open_study(plan, folder, storage.default_url(folder)))
    records, reading = timed(lambda: storage.records(study, folder))
    _, writing = timed(lambda: write_records(records, folder.records))
    _, reporting = timed(lambda: write_report([folder.path]))
    asking, telling = [], []
    for _ in range(ASKED):
        trial, seconds = timed(lambda: proposals.propose(study, plan))
        asking.append(seconds)
        telling.append(timed(partial(end, study, plan, folder, trial))[1])
    return {
        "open": opening,
        "records": reading,
        "write records": writing,
        "report": reporting,
        "ask": float(np.median(asking)),
        "tell": float(np.median(telling)),
    }


def end(study: optuna.Study, plan: StudyPlan, folder: StudyFolder, trial: optuna.Trial) -> None:
    """Give a trial the folder and the outcome of a real one, and tell the study."""
    rng = np.random.default_rng(trial.number)
    config = TrialConfig(**trial.user_attrs[storage.CONFIG])
    place = folder.trial(trial.number)
    place.path.mkdir(parents=True)
    names = [name for name, metric in METRICS.items() if not metric.costly]
    lines = []
    for line in range(LINES + 1):
        step = config.total_steps * line // LINES
        values = {"step": step, "images": step * config.batch_size, "seconds": line / 2, "time": 1.7e9 + line}
        values |= {f"train_{name}": float(rng.normal()) for name in ("loss", "reconstruction", "mmd", "l1")}
        if line % (LINES // 4) == 0:
            values |= {VALIDATION + name: float(rng.uniform()) for name in names}
        lines.append(json.dumps(values) + "\n")
    place.metrics.write_text("".join(lines), encoding="utf-8")
    metrics = {prefix + name: float(rng.uniform()) for name in names for prefix in ("", VALIDATION)}
    outcome = Outcome("complete", metrics=metrics, seconds={"training": 60.0, "evaluation": 10.0})
    storage.tell(study, plan, trial.number, outcome)


if __name__ == "__main__":
    main()
