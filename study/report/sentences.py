"""What a report says in sentences: the budget first, then what came out, then what must be kept in mind.

Nothing is claimed beyond the training that was done: a short budget, unequal effort, single seeds and the choice of
the best are each said where they apply.
"""

from collections import Counter

import pandas as pd

from study.report.analysis import FEW_OBJECTIVES, MOST_POINTS, Analysis, best_row
from study.report.load import Study, these
from study.report.paper.numbers import budget
from study.report.words import count, listed, number, spread, unit, with_unit

LONGEST_REASON = 400
"""Characters of a reason that are shown; a trial's error.txt has all of it."""

MOST_REASONS = 50
"""Reasons why trials have no result that are shown; each diverged trial may have one of its own."""


def budget_sentences(analysis: Analysis, study: Study) -> list[str]:
    """How much was trained in one study, said before anything that came out of it."""
    space, settings = study.plan.space, study.plan.settings
    done = analysis.complete[analysis.complete["study"] == study.label]
    what = f"{study.label}: " if len(analysis.studies) > 1 else ""
    planned = study.plan.trials
    ended = len(study.trials)
    states = Counter(study.trials["state"])
    outcome = listed([f"{states[s]:,} {s}" for s in ("complete", "pruned", "failed", "infeasible") if states[s]])
    if ended < planned:
        lead = (
            f"Still running, or cut short: {ended:,} of {count(planned, 'planned trial')} on {space.dataset} ended"
            + (f" ({outcome})." if ended else ".")
        )
    else:
        lead = f"{count(ended, 'trial')} on {space.dataset}, preset {study.plan.preset}: {outcome}."
    sentences = [what + lead]
    if done.empty:
        size = {key: settings.get(key, space.fixed.get(key)) for key in ("images", "steps", "width")}
        parts = [f"{value:,} {key}" for key, value in size.items() if isinstance(value, int) and key != "width"]
        return [*sentences, f"The plan gives each model {listed(parts)}."] if parts else sentences
    families = [g for g in analysis.groups if g.study == study.label]
    per_family = listed([f"{len(g.complete):,} {g.family}" for g in families])
    width = pd.to_numeric(done["width"], errors="coerce").dropna() if "width" in done else pd.Series(dtype=float)
    sentences.append(
        f"Trained to the end: {per_family}; each model on {spread(done['images_trained'], 'images')} "
        f"({spread(done['steps_trained'], 'steps')})"
        + (f", with layers {spread(width, 'units')} wide." if len(width) else ".")
    )
    return sentences


def result_sentences(analysis: Analysis) -> list[str]:
    """What came out, on test images."""
    complete, front = analysis.complete, analysis.front
    if complete.empty:
        return ["No trial is complete yet: there is nothing to compare."]
    if len(complete) == 1:
        row = complete.iloc[0]
        values = listed([f"{o.name} {with_unit(row[o.name], o.name)}" for o in analysis.objectives])
        return [f"One trial is complete ({row['group']}, {_trial(analysis, row)}): {values}. One is no comparison."]
    sentences = []
    if len(analysis.objectives) > 1:
        members = Counter(front["group"])
        who = listed([f"{members[group.name]:,} {group.name}" for group in analysis.groups if members[group.name]])
        sentences.append(
            f"{len(front):,} of {count(len(complete), 'complete trial')} {'is' if len(front) == 1 else 'are'} on the "
            f"Pareto front (no other trial is at least as good everywhere and better somewhere): {who}."
        )
    for objective in analysis.objectives:
        best = best_row(complete, objective)
        others = [f"{o.name} {with_unit(best[o.name], o.name)}" for o in analysis.objectives if o is not objective]
        beside = f", at {listed(others)}" if others else ""
        sentences.append(
            f"Best {objective.name}: {with_unit(best[objective.name], objective.name)} by {best['group']} "
            f"({_trial(analysis, best)}{beside})."
        )
        sentences += floor_sentence(analysis, objective.name)
    sentences += _hypervolume_sentence(analysis)
    return sentences


def floor_sentence(analysis: Analysis, metric: str) -> list[str]:
    """Below what no model can get in this metric, where there is such a value."""
    floor = analysis.floor(metric)
    if floor is None:
        return []
    value = with_unit(floor, metric)
    return [f"No model's {metric} can be below {value}: the entropy of the test images' own grey levels."]


def _hypervolume_sentence(analysis: Analysis) -> list[str]:
    ranked = sorted(
        (group for group in analysis.groups if group.hypervolume is not None and len(group.complete)),
        key=lambda group: -(group.hypervolume or 0),
    )
    if len(ranked) < 2 or not ranked[0].hypervolume:
        return []
    values = listed([f"{group.name} {number(group.hypervolume or 0)}" for group in ranked])
    unequal = analysis.unequal_trials or analysis.unequal_images
    return [f"Hypervolume by family{', from unequal effort' if unequal else ''}: {values}."]


def caveats(analysis: Analysis) -> list[tuple[str, str]]:
    """What must be kept in mind when reading the result: (title, sentences)."""
    found = []
    short = _short_budget(analysis)
    if short:
        found.append(("A short budget", short))
    effort = _unequal_effort(analysis)
    if effort:
        found.append(("Unequal effort", effort))
    if len(analysis.complete) > 1:
        single = analysis.complete.groupby(["study", "config_id"])["seed"].nunique().max() == 1
        seeds = "Each configuration was trained with one seed. " if single else ""
        found.append(
            (
                "The best of several",
                f"{seeds}Search saw validation images only; the front and the bests are chosen here on the test images "
                "that they are shown on, so the best of many is somewhat flattered. The table gives both values.",
            )
        )
    return found


def _short_budget(analysis: Analysis) -> str:
    paper = budget(analysis.dataset)
    images = analysis.complete["images_trained"]
    if paper is None or images.empty or images.min() >= paper.images:
        return ""
    share = 100 * images.min() / paper.images
    text = (
        f"{'The shortest' if images.nunique() > 1 else 'Each'} training saw {images.min():,.0f} images, "
        f"{share:.2g} % of the paper's {paper.images:,} ({paper.steps:,} steps of {paper.batch_size})"
    )
    widths = pd.to_numeric(analysis.complete.get("width", pd.Series(dtype=float)), errors="coerce").dropna()
    if len(widths) and widths.max() < paper.width:
        text += f", in layers {spread(widths, 'units')} wide instead of {paper.width:,}"
    text += ". "
    families = {group.family for group in analysis.groups if len(group.complete)}
    if analysis.dataset == "dsprites" and "beta-vae" in families and len(families) > 1:
        text += (
            "A short budget flatters WAEs: beta-VAEs with a large β learn late (after 4,000 steps of 100 images those "
            "with β of 20 and more have not converged yet). "
        )
    return text + "The order of the families is their order at this budget, and says nothing about a longer one."


def _unequal_effort(analysis: Analysis) -> str:
    if not (analysis.unequal_trials or analysis.unequal_images):
        return ""
    counts = listed(
        [f"{g.name} {count(len(g.complete), 'complete trial')}, {g.images:,.0f} images" for g in analysis.groups]
    )
    lost = analysis.trials[analysis.trials["state"] != "complete"].groupby("group", sort=False).size()
    why = [f"{n} of {name}" for name, n in lost.items()]
    reason = f" Trials without a result: {listed(why)}." if why else ""
    running = " Not all planned trials have ended." if _unfinished(analysis) else ""
    equal_steps = analysis.complete["steps_trained"].nunique() == 1 and not analysis.unequal_trials
    steps = " Every trial took the same number of steps; their batch sizes differ." if equal_steps else ""
    return (
        f"The families were not given the same: {counts}.{reason}{running}{steps} More trials or images make a front, "
        "a hypervolume and a best value better by themselves: do not read the difference as one between families."
    )


def _unfinished(analysis: Analysis) -> bool:
    return any(len(study.trials) < study.plan.trials for study in analysis.studies)


def untrained_sentence(analysis: Analysis) -> str:
    """The baseline: the same models before their first step, on validation images."""
    parts = []
    for name in analysis.names:
        values = analysis.untrained.get(name, pd.Series(dtype=float)).dropna()
        if len(values):
            low, high = number(values.min(), name), number(values.max(), name)
            span = f" ({low} to {high})" if low != high else ""
            parts.append(f"{name} {with_unit(values.median(), name)}{span}")
    if not parts:
        return ""
    n, ended = analysis.untrained[["study", "trial"]].drop_duplicates().shape[0], len(analysis.trials)
    models = f"the {n:,} models" if n == ended else f"{n:,} of the {ended:,} models"
    return f"Untrained, {'the same model has' if n == 1 else f'{models} have a median'} {listed(parts)}."


def reference_sentence(analysis: Analysis) -> str:
    """What the hypervolumes are bounded by, or why there are none."""
    if not analysis.reference:
        return (
            "The search space names no reference point, so no hypervolume is given: one taken from the data would move."
        )
    at = listed([f"{name} {with_unit(analysis.reference[name], name)}" for name in analysis.names])
    units = " × ".join(unit(name) or name for name in analysis.names)
    differing = [s.label for s in analysis.studies if s.plan.space.reference != analysis.reference]
    note = f" {listed(differing)} names another; the same one is used for all here." if differing else ""
    large = len(analysis.objectives) > FEW_OBJECTIVES and len(analysis.complete) > MOST_POINTS
    bounded = f" With so many objectives, of those {MOST_POINTS} trials that add most: a lower bound." if large else ""
    return (
        f"Hypervolume: the part of objective space that a family's trials dominate, up to the reference point {at} "
        f"(fixed in the search space, not taken from these data), in {units}; larger is better.{bounded}{note}"
    )


def failures(analysis: Analysis) -> list[tuple[str, str, str, str]]:
    """Trials without a result, by state and reason: (state, reason, how many, which); the `MOST_REASONS` commonest."""
    lost = analysis.trials[analysis.trials["state"] != "complete"]
    found: list[tuple[str, str, pd.DataFrame, str]] = []
    for key, group in lost.groupby(["study", "state", "reason"], sort=True):
        study, state, reason = map(str, key)
        shown = reason if len(reason) <= LONGEST_REASON else reason[:LONGEST_REASON] + "…"
        found.append((state, shown or "no reason recorded", group, study))
    complete = analysis.trials[analysis.trials["state"] == "complete"]
    unusable = complete[~complete.index.isin(analysis.complete.index)]
    for label, group in unusable.groupby("study"):
        found.append(("complete", "without a finite value of every objective, so left out", group, str(label)))
    commonest = sorted(range(len(found)), key=lambda i: -len(found[i][2]))
    kept, left = sorted(commonest[:MOST_REASONS]), commonest[MOST_REASONS:]
    rows = [
        (found[i][0], found[i][1], f"{len(found[i][2]):,}", _which(analysis, found[i][3], found[i][2])) for i in kept
    ]
    if left:
        trials = sum(len(found[i][2]) for i in left)
        rows.append(("others", f"{count(len(left), 'more reason')}: see records.csv", f"{trials:,}", ""))
    return rows


def _which(analysis: Analysis, study: str, trials: pd.DataFrame) -> str:
    return these(trials["trial"].tolist()) + (f" of {study}" if len(analysis.studies) > 1 else "")


def _trial(analysis: Analysis, row: pd.Series) -> str:
    """`trial 7`, with its study where there are several."""
    return f"trial {row['trial']}" + (f" of {row['study']}" if len(analysis.studies) > 1 else "")
