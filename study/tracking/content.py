"""The content of a study and of a trial in MLflow: names and values, the same everywhere. No MLflow in here.

A number stays a number (MLflow compares those), a name is the one of `records.csv`, and nothing that only a machine
wants to know (process ids, clock times) becomes a metric.
"""

import logging
import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from study.config.families import appearance
from study.config.plan import StudyPlan
from study.config.trial import TrialConfig
from study.records.table import State, TrialRecord
from study.system.redaction import redact

STATUS: dict[State, str] = {"complete": "FINISHED", "failed": "FAILED", "infeasible": "FAILED", "pruned": "KILLED"}
"""The state of a trial in the four words that MLflow has. The tag `state` keeps our own."""

NOTE = "mlflow.note.content"
"""The tag that MLflow shows as the description of an experiment or a run."""

LONGEST = 5000
"""Characters of a tag or a parameter; stores of newer versions take 6,000 to 20,000."""

MARK = "… (shortened)"

_NOT_METRICS = frozenset({"step", "time", "images", "seconds"})
"""Keys of a line of metrics.jsonl that say when it was written; images and seconds follow from the step."""


@dataclass(frozen=True)
class Conclusion:
    """How a launch of a study ended: it is complete, or was interrupted. `result` is its outcome in one line.

    The study's own files (plan, records, report, figures) are sent as they lie in its folder.
    """

    interrupted: bool = False
    result: str = ""
    hypervolumes: Mapping[str, float] = field(default_factory=dict)
    hypervolume: float | None = None
    """The hypervolume of all families together."""


@dataclass(frozen=True)
class StudyProgress:
    """A study as it stands: what the mirror is to show. `front` holds the numbers of the non-dominated trials."""

    records: Sequence[TrialRecord] = ()
    running: Mapping[int, TrialConfig] = field(default_factory=dict)
    front: Collection[int] | None = None
    conclusion: Conclusion | None = None


class CurvePoint(NamedTuple):
    """One value of one metric; `timestamp` in milliseconds since 1970."""

    key: str
    value: float
    timestamp: int
    step: int


def metric_key(name: str) -> str:
    """`name` with what MLflow does not allow in a metric's name replaced."""
    return re.sub(r"[^\w\-./ ]", "_", name)


def curve(lines: Iterable[Mapping[str, Any]]) -> list[CurvePoint]:
    """The lines of metrics.jsonl as points. Values that are not finite are left out: a curve has a gap there.

    Times are those of the file, so that the same line sent twice is one point.
    """
    points = []
    for line in lines:
        step, timestamp = int(line["step"]), round(1000 * float(line.get("time", 0)))
        for name, value in line.items():
            if name not in _NOT_METRICS and isinstance(value, int | float) and math.isfinite(value):
                points.append(CurvePoint(metric_key(name), float(value), timestamp, step))
    return points


def final_metrics(record: TrialRecord) -> dict[str, float]:
    """The final metrics of a trial, and the seconds of each of its parts."""
    values = {**record.metrics, **{f"{part}_seconds": value for part, value in record.seconds.items()}}
    return {metric_key(name): float(value) for name, value in values.items() if math.isfinite(value)}


def trial_params(config: TrialConfig) -> dict[str, str]:
    settings = config.settings()
    settings["learning_rate_schedule"] = " ".join(f"{factor:g}" for factor in config.learning_rate_schedule)
    return {name: str(value) for name, value in settings.items()}


def trial_name(number: int, config: TrialConfig) -> str:
    return f"{number:04d} {config.family}"


def trial_tags(plan: StudyPlan, number: int, config: TrialConfig) -> dict[str, str]:
    """Known when a trial starts. The study's are repeated, because a filter in the UI does not look at parents."""
    return {
        "role": "trial",
        "trial": str(number),
        "family": config.family,
        "seed": str(config.seed),
        "config_id": config.config_id,
        "state": "running",
        "mlflow.runColor": appearance(config.family)[0],  # MLflow's charts draw the run in it
        **_common_tags(plan),
    }


def outcome_tags(record: TrialRecord, on_front: bool | None) -> dict[str, str]:
    """Known when a trial has ended: state and reason, provenance, whether it is on the front."""
    tags = {name: redact(value) for name, value in record.provenance.items()}
    tags["state"] = record.state
    if record.reason:
        tags["reason"] = redact(record.reason)
    if on_front is not None:
        tags["on_front"] = str(on_front).lower()
    return tags


def is_on_front(record: TrialRecord, front: Collection[int] | None) -> bool | None:
    """None while no front is known, and for what can never be on one."""
    return None if front is None or record.state != "complete" else record.trial in front


def study_tags(plan: StudyPlan) -> dict[str, str]:
    """`trials` is a tag because a study may be given more of them; a parameter in MLflow never changes."""
    return {"role": "study", "trials": str(plan.trials), **_common_tags(plan)}


def study_params(plan: StudyPlan) -> dict[str, str]:
    """The settings that all trials share, and what is searched under which objectives."""
    objectives = ", ".join(f"{objective.name} ({objective.direction}d)" for objective in plan.space.objectives)
    params = {
        "dataset": plan.space.dataset,
        "objectives": objectives,
        "searched": ", ".join(plan.space.parameters),
        "sampler": plan.sampler,
        "seed": plan.seed,
        "replicates": plan.replicates,
        "early_stopping": _stopping(plan),
        "points_given": len(plan.points),
        "warm_start": plan.warm_start or "none",
        **plan.space.fixed,
        **plan.settings,
    }
    return {name: redact(str(value)) for name, value in params.items()}


def _stopping(plan: StudyPlan) -> str:
    stopping = plan.early_stopping
    if stopping is None or not plan.stopping:
        return "off"
    return f"after {stopping.min_images} images, then × {stopping.reduction_factor:g}; {stopping.tie_break}"


def describe_study(plan: StudyPlan, progress: StudyProgress, link: str) -> str:
    """The study run's description: the result if there is one, the description in the space, and a `link`."""
    conclusion = progress.conclusion or Conclusion()
    parts = [conclusion.result, "Interrupted." if conclusion.interrupted else "", link]
    room = LONGEST - sum(len(part) + 2 for part in parts)
    parts.insert(2, fitted("the description", plan.space.description, room))
    return "\n\n".join(part for part in parts if part)


def describe_trial(plan: StudyPlan, record: TrialRecord, on_front: bool | None, call: str = "") -> str:
    """A trial's description: what was searched and what came of it in one line, and the `call` that gives its model.

    MLflow shows three lines of it without being asked for more.
    """
    settings = record.config.settings()
    searched = (f"{n} {_short(settings[n])}" for n in plan.space.parameters if n != "family" and n in settings)
    line = f"{', '.join([record.config.family, *searched])}: {_result(plan, record)}"
    end = (" On the front." if on_front else "") + (f"\n\n`{call}` gives its model." if call else "")
    return fitted("the description of a trial", line, LONGEST - len(end)) + end


def _result(plan: StudyPlan, record: TrialRecord) -> str:
    if record.state != "complete":
        return redact(", ".join(filter(None, [record.state, record.reason]))) + "."
    values = (f"{o.name} {record.metrics[o.name]:.4g}" for o in plan.space.objectives if o.name in record.metrics)
    return f"**{', '.join(values)}** on test images."


def _short(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def study_metrics(progress: StudyProgress) -> dict[str, float]:
    """Trials by state, those that occur, and at the end the hypervolumes."""
    counts = Counter(record.state for record in progress.records)
    values = {f"trials_{state}": float(count) for state, count in {"complete": 0, **counts}.items()}
    if progress.conclusion:
        volumes = progress.conclusion.hypervolumes
        values |= {metric_key(f"hypervolume_{family}"): v for family, v in volumes.items() if math.isfinite(v)}
        if progress.conclusion.hypervolume is not None:
            values["hypervolume"] = progress.conclusion.hypervolume
    return values


def _common_tags(plan: StudyPlan) -> dict[str, str]:
    return {
        "study": plan.name,
        "space": plan.space.name,
        "preset": plan.preset,
        "sampler": plan.sampler,
        "study_seed": str(plan.seed),
        "mlflow.source.name": "study.launch",
        "mlflow.source.type": "LOCAL",
    }


def fitted(what: str, text: str, most: int = LONGEST) -> str:
    """The text, or the beginning of a longer one and `MARK`. `what` it is, is said in the warning, once a process."""
    if len(text) <= most:
        return text
    warn_once(f"MLflow: {what} has {len(text):,} characters and is shortened there; the study's folder has all of it")
    return text[: most - len(MARK)] + MARK


@cache
def warn_once(message: str) -> None:
    logging.getLogger(__name__).warning(message)
