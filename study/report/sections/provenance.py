"""How a study was run: the command, the space that was searched, the settings that all trials share, the versions."""

import shlex
from dataclasses import dataclass
from typing import Any

import pandas as pd

from study.config.load import available_spaces, load_space
from study.config.plan import StudyPlan
from study.config.trial import setting_names
from study.metrics import METRICS
from study.records.table import FULL, VALIDATION
from study.report.analysis.analysis import setting_text
from study.report.read.studies import Study
from study.report.sections.section import Contents, Section
from study.report.text.format import condition_text, plain, seed_text, values_text
from study.system.errors import InputError

MOST_VALUES = 3
"""A column with more different values than these is summed up by their number."""

LONGEST_VALUES = 120
"""Different values that are longer than this all together are summed up too: a fact is a line, not a paragraph."""

LONGEST_VALUE = 300
"""Characters of a single value that are shown; records.csv has all of it."""

_NOT_PROVENANCE = {
    *("trial", "config_id", "state", "reason", "family", "seed", "study", "mlflow_run_id"),
    *("learning_rate_schedule", "steps_trained", "images_trained", "peak_memory_mib"),
    *setting_names(),
}


@dataclass(frozen=True)
class Provenance:
    """Facts about one study. `settings` are shared by all its trials; `facts` are from its records.

    `searched`: each parameter with what it could be, and under which others it exists. `notes`: on the command.
    """

    label: str
    command: str
    notes: list[str]
    searched: list[tuple[str, str, str]]
    seeds: str
    settings: list[tuple[str, str]]
    facts: list[tuple[str, str]]
    tracking: list[str]
    """The location of its MLflow runs: a server's address, or the command that shows a database."""


def of(study: Study) -> Provenance:
    """The provenance of one study."""
    trials, plan = study.trials, study.plan
    command, notes = run_again(plan)
    facts = []
    for column in map(str, trials.columns):
        if column in _NOT_PROVENANCE or column.endswith("_seconds") or _is_metric(column, trials):
            continue
        shown = _values(trials[column])
        if shown:
            facts.append((column.replace("_", " "), shown))
    settings = []
    for name in setting_names():
        if name in trials and name not in plan.space.parameters and name not in ("family", "seed"):
            shown = _values(trials[name])
            if shown:
                settings.append((name, shown))
    own = trials["seed"].dropna().drop_duplicates()
    seeds = f"study seed {plan.seed}"
    if len(own):
        many = f"{len(own):,} different, {seed_text(own.min())} to {seed_text(own.max())}"
        seeds += f"; trial seeds {', '.join(map(seed_text, own)) if len(own) <= MOST_VALUES else many}"
    searched = [(plain(name), values_text(own), condition_text(own)) for name, own in plan.space.parameters.items()]
    return Provenance(
        study.label, command, notes, searched, seeds, settings, facts, [show_runs(uri) for uri in study.tracking_uris()]
    )


def _is_metric(column: str, trials: pd.DataFrame) -> bool:
    plain = column.removeprefix(VALIDATION).removeprefix(FULL)
    return plain in METRICS or column.startswith((VALIDATION, FULL)) or VALIDATION + column in trials


def _values(column: pd.Series) -> str:
    """The different values of a column, or how many there are."""
    values: list[Any] = list(dict.fromkeys(column.dropna().tolist()))
    if len(values) > MOST_VALUES:
        return f"{len(values):,} different"
    texts = [text for text in map(setting_text, values) if text]
    shown = ", ".join(texts)
    if len(texts) > 1 and len(shown) > LONGEST_VALUES:
        return f"{len(texts)} different"
    return shown if len(shown) <= LONGEST_VALUE else shown[:LONGEST_VALUE] + "…"


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
            "Its search space is not among those that come with the package; the space as run is in study.yaml."
        )
    for plugin in plan.plugins:
        what = "the images in" if plugin.data is not None else f"the plugin {plugin.version_text},"
        notes.append(f"It needs {what} {plugin.reference}.")
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


def _context(contents: Contents) -> dict[str, Any]:
    studies = contents.analysis.studies
    return {"provenance": [of(study) for study in studies], "notes": contents.analysis.notes}


PROVENANCE = Section("provenance", "How it was run", _context)
