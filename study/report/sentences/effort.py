"""Sentences on effort: how much was trained, how far from the paper's budget, and whether families got the same."""

from collections import Counter

import pandas as pd

from study.records.table import RUNG
from study.report.analysis.analysis import Analysis, Group
from study.report.published.numbers import budget
from study.report.read.studies import Study
from study.report.text.format import STATES, count, listed, spread


def budget_sentences(analysis: Analysis, study: Study) -> list[str]:
    """How much was trained in one study, said before anything that came out of it."""
    space, settings = study.plan.space, study.plan.settings
    done = analysis.complete[analysis.complete["study"] == study.label]
    what = f"{study.label}: " if len(analysis.studies) > 1 else ""
    planned = study.plan.trials
    ended = len(study.trials)
    states = Counter(study.trials["state"])
    outcome = listed([f"{states[state]:,} {word}" for state, word in STATES.items() if states[state]])
    if ended < planned:
        lead = (
            f"Still running, or cut short: {ended:,} of {count(planned, 'planned trial')} on {space.dataset} ended"
            + (f" ({outcome})." if ended else ".")
        )
    else:
        lead = f"{count(ended, 'trial')} on {space.dataset}, preset {study.plan.preset}: {outcome}."
    sentences = [what + lead]
    if done.empty:
        sentences += stopped_sentences(study)
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
    return sentences + stopped_sentences(study)


def stopped_sentences(study: Study) -> list[str]:
    """How many trials of a study were stopped early, at which rungs, and what all its trials cost together."""
    stopped = study.trials[study.trials["state"] == "pruned"]
    if stopped.empty:
        return []
    rungs = stopped[RUNG].fillna(stopped["images_trained"]).astype(int).value_counts().sort_index()
    where = listed(
        [f"{n:,} after {images:,}{' images' if i == 0 else ''}" for i, (images, n) in enumerate(rungs.items())]
    )
    return [
        f"Stopped early, behind others that had seen as many images: {where}. "
        f"All trials together saw {study.trials['images_trained'].sum():,.0f} images."
    ]


def short_budget(analysis: Analysis) -> str:
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


def unequal_effort(analysis: Analysis) -> str:
    if not (analysis.unequal_trials or analysis.unequal_images):
        return ""
    counts = listed([_effort(group) for group in analysis.groups])
    lost = analysis.trials[~analysis.trials["state"].isin(["complete", "pruned"])].groupby("group", sort=False).size()
    why = [f"{n} of {name}" for name, n in lost.items()]
    reason = f" Trials without a result: {listed(why)}." if why else ""
    running = " Not all planned trials have ended." if _unfinished(analysis) else ""
    decided = " Which trials are stopped, and so how many images a family gets, is decided at the rungs."
    early = decided if any(group.stopped for group in analysis.groups) else ""
    done = analysis.complete
    equal_steps = (
        done["steps_trained"].nunique() == 1 and not analysis.unequal_trials and len(done) == len(analysis.trials)
    )
    steps = " Every trial took the same number of steps; their batch sizes differ." if equal_steps else ""
    return (
        f"The families were not given the same: {counts}.{reason}{running}{steps}{early} More trials or images make "
        "a front, a hypervolume and a best value better by themselves: do not read the difference as one between "
        "families."
    )


def _effort(group: Group) -> str:
    """`beta-vae 10 complete trials, 38 stopped early, 4,200,000 images`."""
    stopped = f", {group.stopped:,} stopped early" if group.stopped else ""
    return f"{group.name} {count(len(group.complete), 'complete trial')}{stopped}, {group.images:,.0f} images"


def _unfinished(analysis: Analysis) -> bool:
    return any(len(study.trials) < study.plan.trials for study in analysis.studies)
