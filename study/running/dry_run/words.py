"""A plan in words: what is searched, under which conditions, what is fixed, and how it is searched."""

from collections.abc import Iterator
from typing import Any

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.report.text.format import count
from study.report.text.parameters import condition_text, values_text

Row = tuple[str, str]


def resolved(plan: StudyPlan, folder: StudyFolder) -> Iterator[Row]:
    """The plan as labelled lines."""
    space = plan.space
    there = "a study is there, and would go on" if folder.plan.exists() else "new"
    yield "folder", f"{folder.path} ({there})"
    yield "objectives", ", ".join(f"{objective.name} ({objective.direction})" for objective in space.objectives)
    for position, (name, parameter) in enumerate(space.parameters.items()):
        condition = f"; where {condition_text(parameter)}" if parameter.when else ""
        yield "" if position else "searched", f"{name}: {values_text(parameter)}{condition}"
    chosen = space.presets[plan.preset].settings
    yield from _settings("fixed", {name: value for name, value in space.fixed.items() if name not in plan.overrides})
    yield from _settings(f"{plan.preset}", {name: v for name, v in chosen.items() if name not in plan.overrides})
    yield from _settings("--set", plan.overrides)
    yield "sampler", plan.sampler + (f", equally many trials of each {space.balance}" if plan.balanced else "")
    if plan.points:
        yield "--enqueue", f"{count(len(plan.points), 'point')} first"
    if plan.warm_start is not None:
        yield "--warm-start", str(plan.warm_start)
    yield "early stop", _stopping(plan)


def planned_size(plan: StudyPlan, done: int) -> str:
    """Trials, and images in training."""
    configs = [plan.trial_config(point, seed=0) for point in plan.space.extremes()]
    least, most = (chosen(config.total_images for config in configs) for chosen in (min, max))
    text = count(plan.trials, "trial")
    if plan.sampler == "grid":
        text += f" of a grid of {count(len(list(plan.space.grid())), 'point')}"
    if plan.replicates > 1:
        text += f", {plan.replicates} of each configuration"
    if done:
        text += f", of which {done:,} are done"
    if least == most:
        return f"{text}; {most:,} images a trial, {plan.trials * most:,} in all"
    return f"{text}; {least:,} to {most:,} images a trial, at most {plan.trials * most:,} in all"


def _settings(label: str, settings: dict[str, Any]) -> Iterator[Row]:
    if settings:
        yield label, ", ".join(f"{name}={value}" for name, value in settings.items())


def _stopping(plan: StudyPlan) -> str:
    rungs = plan.early_stopping
    if rungs is None:
        return "none: the space says nothing of it"
    images = max(plan.trial_config(point, seed=0).total_images for point in plan.space.extremes())
    after = ", ".join(f"{each:,}" for each in rungs.rungs(images)) or "no number of"
    if plan.stopping:
        return f"at {after} images; one trial in {rungs.reduction_factor:g} goes on"
    return f"no trial is stopped; each is measured at {after} images"
