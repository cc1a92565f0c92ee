"""Where the time of a launch went, from what it left in the study's folder. Seconds."""

import json
from dataclasses import dataclass

import numpy as np

from study.records.folder import StudyFolder
from study.records.outcome import Outcome


@dataclass(frozen=True)
class Costs:
    """`training`, `evaluation` and `other_work` are sums over trials; `gap` and `per_trial` are for one trial."""

    count: int

    begun: float
    """Clock time at which the first attempt at a trial began, and at which the last trial ended."""

    ended: float

    first_step: float
    """From the command to the first optimiser step, so far as the first line after it tells."""

    trials: float
    """From the first trial's beginning to the last one's end."""

    training: float
    evaluation: float
    """While training and at the end."""

    other_work: float
    """Within trials and neither: libraries and data loaded, models made, lines logged, files and checkpoints."""

    gap: float
    """From a trial's end to the beginning of the one that follows in its slot."""

    per_trial: float
    """All that a trial takes of its slot beside training and evaluation. Without what was not yet, or no more, the
    trials' time: the first trials' libraries and the slots that were empty in the end."""

    end: float
    """From the last trial's end to the command's: records, report, MLflow, Ray's end."""


def costs(study: StudyFolder, typed: float, ended: float, concurrent: int) -> Costs:
    """Of a launch that was typed and ended at these clock times, each of whose trials took one attempt."""
    begins, ends, own, first_steps = [], [], [], []
    training = evaluation = 0.0
    for folder in study.trials():
        outcome = Outcome.read(folder)
        assert outcome is not None
        begins.append(folder.attempts.stat().st_mtime)
        ends.append(folder.outcome.stat().st_mtime)
        own.append(sum(outcome.seconds.values()))
        training += outcome.seconds["training"]
        evaluation += outcome.seconds["curve"] + outcome.seconds["evaluation"]
        lines = [json.loads(line) for line in folder.metrics.read_text().splitlines()]
        first_steps.append(lines[1]["time"] - lines[1]["seconds"] + lines[1]["seconds"] / lines[1]["step"])
    gaps = between(begins, ends, concurrent)
    busy = [end - begin for begin, end in zip(begins, ends, strict=True)]
    later = sorted(range(len(begins)), key=begins.__getitem__)[concurrent:]  # whose process has its libraries
    within = [busy[trial] - own[trial] for trial in later or range(len(busy))]
    return Costs(
        count=len(begins),
        begun=min(begins),
        ended=max(ends),
        first_step=min(first_steps) - typed,
        trials=max(ends) - min(begins),
        training=training,
        evaluation=evaluation,
        other_work=sum(busy) - training - evaluation,
        gap=float(np.mean(gaps)) if gaps else 0.0,
        per_trial=float(np.mean(within)) + (float(np.mean(gaps)) if gaps else 0.0),
        end=ended - max(ends),
    )


def between(begins: list[float], ends: list[float], concurrent: int) -> list[float]:
    """The gaps in slots: each trial but the first ones takes the slot that was freed first."""
    free = sorted(ends)
    waiting = sorted(begins)[concurrent:]
    return [begin - end for begin, end in zip(waiting, free, strict=False)]
