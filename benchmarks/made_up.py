"""A study of made-up trials, as a launch leaves it: nothing is trained, everything that a trial leaves is there.

The trials are proposed and told by the functions of a launch, but in a storage in memory, and then added to the study's
own in bulk: SQLite takes a tenth of a second for one that is told step by step.
"""

import json

import numpy as np
import optuna

from study.config.plan import StudyPlan
from study.config.trial import TrialConfig
from study.data import DATASETS
from study.metrics import METRICS, offered
from study.records.folder import StudyFolder
from study.records.outcome import Outcome
from study.records.table import VALIDATION
from study.search import proposals, storage
from study.system.files import write_json
from study.trial.run import CURVE_POINTS

LINES = 100
"""Lines of metrics.jsonl that training leaves, beside that of the untrained model."""

PROVENANCE = {
    "code_version": "0123456789ab",
    "data": "rendered 0a296ad2e980",
    "device": "a processor",
    "platform": "Linux x86_64",
    "precision": "bfloat16",
    "python": "3.12.0",
    "threads": "1",
    **dict.fromkeys(("mlflow", "numpy", "optuna", "ray", "torch"), "1.0.0"),
}

UNTRAINED = {"minimize": 3.0, "maximize": -0.6, None: 0.0}
"""How far an untrained model's metrics are from the trained one's, as a fraction of these."""

RUN = {"tracking_uri": "sqlite:///mlflow.db", "experiment_id": "1", "url": ""}


def fill(study: optuna.Study, plan: StudyPlan, folder: StudyFolder, trials: int) -> None:
    """Give an empty study so many ended trials, drawn at random, and their folders."""
    filling = plan.model_copy(update={"sampler": "random"})
    memory = optuna.create_study(directions=[objective.direction for objective in plan.space.objectives])
    for _ in range(trials):
        trial = proposals.propose(memory, filling)
        storage.tell(memory, filling, trial.number, leave(folder, trial))
    study.add_trials(memory.get_trials(deepcopy=False))
    write_json(folder.mlflow, {"study_id": "0", **RUN})


def leave(folder: StudyFolder, trial: optuna.Trial) -> Outcome:
    """What a complete trial leaves: its folder, with curves, outcome, weights and the note of its MLflow run."""
    rng = np.random.default_rng(trial.number)
    config = TrialConfig(**trial.user_attrs[storage.CONFIG])
    place = folder.trial(trial.number)
    place.path.mkdir(parents=True)
    final = _values(rng)
    milestones = {round(fraction * LINES) for fraction in CURVE_POINTS}
    lines = []
    for line in range(LINES + 1):
        step = config.total_steps * line // LINES
        values = {"step": step, "images": step * config.batch_size, "seconds": 0.6 * line, "time": 1.7e9 + 0.6 * line}
        if line:
            values |= {f"train_{name}": float(rng.normal()) for name in ("loss", "reconstruction", "mmd", "l1", "l2")}
        if line in milestones:
            left = float(np.exp(-line / 10))  # of the way from the untrained model
            values |= {
                VALIDATION + name: value * (1 + UNTRAINED[METRICS[name].direction] * left)
                for name, value in final.items()
            }
        lines.append(json.dumps(values) + "\n")
    place.metrics.write_text("".join(lines), encoding="utf-8")
    place.mlflow.write_text(json.dumps({"run_id": f"{trial.number:032x}", **RUN}), encoding="utf-8")
    metrics = final | {VALIDATION + name: value * float(rng.normal(1, 0.01)) for name, value in final.items()}
    outcome = Outcome("complete", "", metrics, {"training": 60.0, "evaluation": 10.0}, PROVENANCE)
    place.outcome.write_text(json.dumps(outcome.attributes(), indent=1), encoding="utf-8")
    place.weights.touch()
    return outcome


def _values(rng: np.random.Generator) -> dict[str, float]:
    """Every metric of a trial on dSprites; reconstruction and disentanglement trade off as those of real models do."""
    t = float(rng.uniform())
    values = {}
    for name, metric in offered(DATASETS["dsprites"].offers - {"fid"}).items():
        if metric.costly:
            continue
        if metric.direction is None:
            values[name] = 20.0  # a floor or a standard error
        elif name.startswith("reconstruction"):
            values[name] = 50 + 120 * t**2 + float(rng.gamma(2, 8))
        elif name.startswith("disentanglement"):
            values[name] = 0.65 + 0.25 * t - float(rng.gamma(2, 0.02))
        else:
            values[name] = float(rng.uniform())
    return values
