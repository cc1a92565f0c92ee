"""Sentences of a report: its results, how much was trained for them, then their limits.

A short budget, unequal effort, single seeds and the choice of the best on the images that are shown are stated where
they apply.
"""

from collections import Counter
from itertools import permutations

import pandas as pd

from study.records.table import RUNG
from study.report.analysis.analysis import Analysis, Group, best_row
from study.report.analysis.volume import FEW_OBJECTIVES, MOST_POINTS
from study.report.published.numbers import ADAGRAD, budget, figure4
from study.report.read.studies import Study
from study.report.text.format import STATES, count, listed, number, spread, unit, with_unit


def result_sentences(analysis: Analysis) -> list[str]:
    """The front and the bests, on test images; `winner_sentences` say who wins."""
    complete, front = analysis.complete, analysis.front
    if complete.empty:
        return ["No trial is complete yet: there is nothing to compare."]
    if len(complete) == 1:
        row = complete.iloc[0]
        values = listed([f"{o.name} {with_unit(row[o.name], o.name)}" for o in analysis.objectives])
        return [f"One trial is complete ({row['group']}, {_trial(analysis, row)}): {values}. A comparison needs two."]
    sentences = []
    if len(analysis.objectives) > 1:
        members = Counter(front["group"])
        who = listed([f"{members[group.name]:,} {group.name}" for group in analysis.groups if members[group.name]])
        sentences.append(
            f"{len(front):,} of {count(len(complete), 'complete trial')} {'is' if len(front) == 1 else 'are'} on the "
            f"Pareto front (no other trial is at least as good everywhere and better somewhere): {who}."
        )
    for objective in analysis.objectives:
        best = best_row(complete, objective, analysis.objectives)
        others = [f"{o.name} {with_unit(best[o.name], o.name)}" for o in analysis.objectives if o is not objective]
        beside = f", at {listed(others)}" if others else ""
        sentences.append(
            f"Best {objective.name}: {with_unit(best[objective.name], objective.name)} by {best['group']} "
            f"({_trial(analysis, best)}{beside})."
        )
        sentences += floor_sentence(analysis, objective.name)
    return sentences


def floor_sentence(analysis: Analysis, metric: str) -> list[str]:
    """The least value that any model can have in this metric, if there is one."""
    floor = analysis.floor(metric)
    if floor is None:
        return []
    value = with_unit(floor, metric)
    return [f"No model's {metric} can be below {value}: the entropy of the test images' own grey levels."]


def caveats(analysis: Analysis) -> list[tuple[str, str]]:
    """The limits of the result: (title, sentences)."""
    found = []
    short = short_budget(analysis)
    if short:
        found.append(("A short budget", short))
    effort = unequal_effort(analysis)
    if effort:
        found.append(("Unequal effort", effort))
    if len(analysis.complete) > 1:
        seeds = _single_seeds(analysis)
        found.append(
            (
                "The best of many trials",
                f"{seeds}The search used validation images only. Here, the front and the best trials are selected on "
                "the test images on which they are shown, which is somewhat optimistic. The table has both values.",
            )
        )
    return found


def _single_seeds(analysis: Analysis) -> str:
    """The number of configurations with a single seed, and what follows; empty if there are none."""
    seeds = analysis.complete.groupby(["study", "config_id"])["seed"].nunique()
    single = int((seeds == 1).sum())
    if not single:
        return ""
    which = "Each configuration was" if single == len(seeds) else f"{single:,} of {len(seeds):,} configurations were"
    front = "the front consists" if single == len(seeds) else "the front partly consists"
    return (
        f"{which} trained with one seed, so {front} of single runs, and its best are partly lucky (the winner's "
        "curse). Replicates or --confirm show which of them hold. "
    )


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
    return f"Before training, {'the same model has' if n == 1 else f'{models} have a median'} {listed(parts)}."


def reference_sentence(analysis: Analysis) -> str:
    """The reference point of the hypervolumes, or why there are none."""
    if not analysis.reference:
        return (
            "There is no hypervolume, because the search space has no reference point; one from the data would change."
        )
    at = listed([f"{name} {with_unit(analysis.reference[name], name)}" for name in analysis.names])
    units = " × ".join(unit(name) or name for name in analysis.names)
    differing = [s.label for s in analysis.studies if s.plan.space.reference != analysis.reference]
    note = f" {listed(differing)} has another one; here, the same one is used for all." if differing else ""
    large = len(analysis.objectives) > FEW_OBJECTIVES and len(analysis.complete) > MOST_POINTS
    bounded = f" It is a lower bound, from the {MOST_POINTS} trials that add most." if large else ""
    return (
        f"Hypervolume: the volume of objective space that the trials of a family dominate, bounded by the reference "
        f"point {at} (fixed in the search space, not taken from these data), in {units}. Larger is better."
        f"{bounded}{note}"
    )


def paper_share_sentence(analysis: Analysis) -> str:
    """The definition of the paper's box, if there is one."""
    box = analysis.paper_box
    if box is None or box.ideal is None:
        return ""
    ends = [
        f"{o.name} {number(o.sign * worst, o.name)} to {with_unit(o.sign * best, o.name)}"
        for o, worst, best in zip(analysis.objectives, box.reference, box.ideal, strict=True)
    ]
    own = _paper_score(analysis).endswith(ADAGRAD)
    larger = "" if own else " With scores at the optimum, as here, this share is usually larger."
    return (
        f"The paper's box: {listed(ends)}, from the worst to the best of its settings in Figure 4 (Adagrad scores, the "
        "mean of their best half). The share of this box that the trials of a family dominate separates the families; "
        f"the hypervolume, bounded by an uninformative point, barely does.{larger}"
    )


def paper_score_sentence(analysis: Analysis) -> str:
    """Whether the paper's Figure 4 shows the same score as the trials; empty if the figure has other axes."""
    score = _paper_score(analysis)
    if not score:
        return ""
    if score.endswith(ADAGRAD):
        return f"The classifier of the paper's scores was fitted by Adagrad, and so is that of {score}."
    return (
        f"The classifier of the paper's scores was fitted by Adagrad, which stops before the optimum. {score} is the "
        f"accuracy at the optimum, {_higher(analysis, score)}; compare {score}{ADAGRAD} with the paper."
    )


def _higher(analysis: Analysis, score: str) -> str:
    """How much higher the optimum's score is: over the trials that have both, where some have."""
    adagrad = analysis.complete.get(score + ADAGRAD, pd.Series(dtype=float))
    gaps = 100 * (analysis.complete[score] - adagrad).dropna()
    if gaps.empty:
        return "usually a few points higher"
    return f"here {gaps.mean():.1f} points higher on average ({gaps.min():.1f} to {gaps.max():.1f})".replace("-", "−")


def _paper_score(analysis: Analysis) -> str:
    """The objective on whose axis the scores of the paper's Figure 4 are drawn; empty if there is none."""
    pairs = permutations(analysis.names, 2)
    return next((y for x, y in pairs if x == "reconstruction" and figure4(analysis.dataset, x, y)), "")


def _trial(analysis: Analysis, row: pd.Series) -> str:
    """`trial 7`, with its study where there are several."""
    return f"trial {row['trial']}" + (f" of {row['study']}" if len(analysis.studies) > 1 else "")


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
        lead = f"Running or interrupted: {ended:,} of {count(planned, 'planned trial')} on {space.dataset} ended" + (
            f" ({outcome})." if ended else "."
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
        f"Complete: {per_family}; each model was trained on {spread(done['images_trained'], 'images')} "
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
        f"Stopped early: {where}. "
        f"All trials together were trained on {study.trials['images_trained'].sum():,.0f} images."
    ]


def short_budget(analysis: Analysis) -> str:
    paper = budget(analysis.dataset)
    images = analysis.complete["images_trained"]
    if paper is None or images.empty or images.min() >= paper.images:
        return ""
    share = 100 * images.min() / paper.images
    text = (
        f"{'The shortest' if images.nunique() > 1 else 'Each'} training used {images.min():,.0f} images, "
        f"{share:.2g} % of the paper's {paper.images:,} ({paper.steps:,} steps of {paper.batch_size})"
    )
    widths = pd.to_numeric(analysis.complete.get("width", pd.Series(dtype=float)), errors="coerce").dropna()
    if len(widths) and widths.max() < paper.width:
        text += f", in layers {spread(widths, 'units')} wide instead of {paper.width:,}"
    text += ". "
    families = {group.family for group in analysis.groups if len(group.complete)}
    if analysis.dataset == "dsprites" and "beta-vae" in families and len(families) > 1:
        text += (
            "A short budget favours WAEs: beta-VAEs with a large β learn slowly (after 4,000 steps of 100 images, "
            "those with β ≥ 20 have not converged). "
        )
    return text + "The order of the families holds for this budget only."


def unequal_effort(analysis: Analysis) -> str:
    if not (analysis.unequal_trials or analysis.unequal_images):
        return ""
    counts = listed([_effort(group) for group in analysis.groups])
    lost = analysis.trials[~analysis.trials["state"].isin(["complete", "pruned"])].groupby("group", sort=False).size()
    why = [f"{n} of {name}" for name, n in lost.items()]
    reason = f" Trials without a result: {listed(why)}." if why else ""
    running = " Not all planned trials have ended." if _unfinished(analysis) else ""
    decided = " Early stopping decides how many images a family gets."
    early = decided if any(group.stopped for group in analysis.groups) else ""
    done = analysis.complete
    equal_steps = (
        done["steps_trained"].nunique() == 1 and not analysis.unequal_trials and len(done) == len(analysis.trials)
    )
    steps = " All trials took the same number of steps, with different batch sizes." if equal_steps else ""
    return (
        f"The families had different budgets: {counts}.{reason}{running}{steps}{early} More trials or images alone "
        "improve a front, a hypervolume and a best value: such a difference is not one between families."
    )


def _effort(group: Group) -> str:
    """`beta-vae 10 complete trials, 38 stopped early, 4,200,000 images`."""
    stopped = f", {group.stopped:,} stopped early" if group.stopped else ""
    return f"{group.name} {count(len(group.complete), 'complete trial')}{stopped}, {group.images:,.0f} images"


def _unfinished(analysis: Analysis) -> bool:
    return any(len(study.trials) < study.plan.trials for study in analysis.studies)
