"""The commands that a report names: the one that runs a study again, and the one that shows its MLflow runs."""

import shlex

from study.config.load import available_spaces, load_space
from study.config.plan import StudyPlan
from study.system.errors import InputError


def run_again(plan: StudyPlan) -> tuple[str, list[str]]:
    """The command, and a sentence for each file in it that the user must name."""
    space, name, notes = "YOUR_SPACE.yaml", None, []
    for candidate in available_spaces():
        try:
            known, default = load_space(candidate)
        except InputError:
            continue
        if known.name == plan.space.name:
            space, name = candidate, default
            break
    if name is None:
        notes.append(
            "Its search space is no longer among those that come with the package; the space as run is in study.yaml."
        )
    words = ["python", "-m", "study.launch", "--space", space]
    if plan.name != name:
        words += ["--name", plan.name]
    words += ["--preset", plan.preset, "--trials", str(plan.trials), "--sampler", plan.sampler]
    words += ["--seed", str(plan.seed)]
    if plan.stopping != _stops_by_default(plan):
        words.append("--early-stopping" if plan.stopping else "--no-early-stopping")
    if plan.points:
        words += ["--enqueue", "YOUR_POINTS.yaml"]
        notes.append(f"The points that were tried first, {len(plan.points):,}, are in study.yaml.")
    if plan.warm_start is not None:
        words += ["--warm-start", f"FOLDER_OF/{plan.warm_start.study}"]
        notes.append(f"Its sampler had learnt from {plan.warm_start}: what it knew is in warm_start.json.")
    for key, value in plan.overrides.items():
        words += ["--set", f"{key}={value}"]
    return shlex.join(words), notes


def show_runs(tracking_uri: str) -> str:
    """How to see the MLflow runs of a store: a server's address itself, or the command for a database."""
    return (
        tracking_uri
        if tracking_uri.startswith("http")
        else f"mlflow ui --backend-store-uri {shlex.quote(tracking_uri)}"
    )


def _stops_by_default(plan: StudyPlan) -> bool:
    rungs = plan.early_stopping
    return rungs is not None and rungs.stop and plan.sampler != "grid"
