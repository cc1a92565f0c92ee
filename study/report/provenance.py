"""How a study was run, and how to run it again: the command, the settings that all trials share, the versions."""

import shlex
from dataclasses import dataclass
from typing import Any

import pandas as pd

from study.config import StudyPlan, available, load_space
from study.config.space import SETTINGS
from study.errors import InputError
from study.metrics import METRICS
from study.records import FULL, VALIDATION
from study.report.load import Study
from study.report.tables import setting_text

MOST_VALUES = 3
"""A column with more different values than these is summed up by their number."""

LONGEST_VALUES = 120
"""Different values that are longer than this all together are summed up too: a fact is a line, not a paragraph."""

LONGEST_VALUE = 300
"""Characters of a single value that are shown; records.csv has all of it."""

_NOT_PROVENANCE = {
    *("trial", "config_id", "state", "reason", "family", "seed", "study", "mlflow_run_id"),
    *("learning_rate_schedule", "steps_trained", "images_trained"),
    *SETTINGS,
}


@dataclass(frozen=True)
class Provenance:
    """What the page says about one study. `settings` are shared by all its trials; `facts` are from its records."""

    label: str
    command: str
    from_file: bool
    seeds: str
    settings: list[tuple[str, str]]
    facts: list[tuple[str, str]]
    tracking: list[str]


def of(study: Study) -> Provenance:
    """The provenance of one study."""
    trials, plan = study.trials, study.plan
    command, from_file = run_again(plan)
    facts = []
    for column in map(str, trials.columns):
        if column in _NOT_PROVENANCE or column.endswith("_seconds") or _is_metric(column, trials):
            continue
        shown = _values(trials[column])
        if shown:
            facts.append((column.replace("_", " "), shown))
    settings = []
    for name in SETTINGS:
        if name in trials and name not in plan.space.parameters and name not in ("family", "seed"):
            shown = _values(trials[name])
            if shown:
                settings.append((name, shown))
    own = trials["seed"].dropna().drop_duplicates()
    seeds = f"study seed {plan.seed}"
    if len(own):
        many = f"{len(own):,} different, {seed_text(own.min())} to {seed_text(own.max())}"
        seeds += f"; trial seeds {', '.join(map(seed_text, own)) if len(own) <= MOST_VALUES else many}"
    return Provenance(study.label, command, from_file, seeds, settings, facts, study.tracking_uris())


def run_again(plan: StudyPlan) -> tuple[str, bool]:
    """The command that runs the study again, and whether its space is a file that the user must name."""
    space, name, from_file = "YOUR_SPACE.yaml", None, True
    for candidate in available():
        try:
            known, default = load_space(candidate)
        except InputError:
            continue
        if known.name == plan.space.name:
            space, name, from_file = candidate, default, False
            break
    words = ["python", "-m", "study.launch", "--space", space]
    if plan.name != name:
        words += ["--name", plan.name]
    words += [
        "--preset",
        plan.preset,
        "--trials",
        str(plan.trials),
        "--sampler",
        plan.sampler,
        "--seed",
        str(plan.seed),
    ]
    for key, value in plan.overrides.items():
        words += ["--set", f"{key}={value}"]
    return shlex.join(words), from_file


def seed_text(seed: float) -> str:
    """A seed as the user would type it: no separators, no exponent."""
    return "–" if pd.isna(seed) else str(int(seed))


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
