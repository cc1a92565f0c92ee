"""The result in words, on top of a report: which family wins where, by how much, how sure, after how much training."""

import numpy as np

from study.config import Objective
from study.report.analysis import Analysis
from study.report.comparison import DRAWS, SURE, Comparison, comparison, lead_along, leaders, standing
from study.report.paper.numbers import budget
from study.report.volume import minimised
from study.report.words import count, listed, number, plain, spread, with_unit

MOST_TURNS = 5
"""Up to so many turns of who is on the front are told one by one."""


def winner_sentences(analysis: Analysis) -> list[str]:
    """Nothing where there are not two families to compare; why they are not compared where nothing measures them."""
    if sum(len(group.complete) > 0 for group in analysis.groups) < 2:
        return []
    found, pair = comparison(analysis), len(analysis.objectives) == 2
    if found is None:
        return [_unmeasured(analysis), *(_where(analysis, *analysis.objectives) if pair else [])]
    return [
        _verdict(analysis, found),
        _reached(analysis, found),
        *(_where(analysis, *analysis.objectives) if pair else []),
        *(_at_equal(analysis, found, *analysis.objectives) if pair else []),
        _how_sure(analysis, found),
    ]


def _unmeasured(analysis: Analysis) -> str:
    if not analysis.reference:
        return "Which family wins is not said: the search space names no reference point to measure them by."
    at = listed([f"{plain(name)} {with_unit(analysis.reference[name], name)}" for name in analysis.names])
    return f"No family has got anywhere after {_training(analysis)}: none of them is better than {at}, the reference."


def _verdict(analysis: Analysis, found: Comparison) -> str:
    first = found.groups[0].name
    unequal = analysis.unequal_trials or analysis.unequal_images
    effort = f"{_training(analysis)}{', from unequal effort' if unequal else ''}"
    sure = found.certainty is not None and found.certainty.chance >= SURE
    return f"{first} wins after {effort}." if sure else f"No family wins for sure after {effort}; {first} is ahead."


def _reached(analysis: Analysis, found: Comparison) -> str:
    """What the families reach, each by its number."""
    first, *others = (group.name for group in found.groups)
    values = [_value(analysis, found, value) for value in found.values]
    seeds = found.certainty is not None and found.certainty.seeds
    if found.box is None:
        (only,) = analysis.objectives
        reached = f"The best {plain(only.name)} of {first}{', a mean over seeds,' if seeds else ''} is {values[0]}"
        rest = [f"that of {name} {value}" for name, value in zip(others, values[1:], strict=True)]
    else:
        whose = f"configurations of {first}, by their means over seeds," if seeds else f"trials of {first}"
        area = f"a hypervolume of {values[0]}"
        if found.box.ideal is not None:
            area = f"{values[0]} of the area between the worst and the best of the paper's settings"
        reached = f"The {whose} dominate {area}"
        rest = [f"those of {name} {value}" for name, value in zip(others, values[1:], strict=True)]
    return f"{reached}, {listed(rest)}."


def _training(analysis: Analysis) -> str:
    """`240,000 images a model (4 % of the paper's budget) and 12 trials with a result`."""
    images = analysis.complete["images_trained"]
    paper = budget(analysis.dataset)
    share = f" ({100 * images.median() / paper.images:.2g} % of the paper's budget)" if paper else ""
    return f"{spread(images, 'images')} a model{share} and {count(len(analysis.complete), 'trial')} with a result"


def _value(analysis: Analysis, found: Comparison, value: float) -> str:
    if found.box is None:
        (only,) = analysis.objectives
        return with_unit(-only.sign * value, only.name)
    return number(value) if found.box.ideal is None else f"{100 * value:.1f} %"


def _where(analysis: Analysis, x: Objective, y: Objective) -> list[str]:
    """Who is on the front of all, from its one end to the other."""
    shown = standing(analysis)
    turns = leaders(minimised(shown, (x, y)), shown["group"].to_numpy())
    best = f"The best {plain(y.name)} that is to be had at a given {plain(x.name)} is"
    if len(turns) == 1:
        return [f"{best} {turns[0][0]}'s throughout."]
    if len(turns) > MOST_TURNS:
        return [f"{best} by turns that of {listed(list(dict.fromkeys(name for name, _ in turns)))}."]
    ends = [number(x.sign * at, x.name) for _, at in turns]
    parts = [f"{name}'s from {ends[i]} to {ends[i + 1]}" for i, (name, _) in enumerate(turns[:-1])]
    return [f"{best} {', '.join(parts)} and {turns[-1][0]}'s beyond."]


def _at_equal(analysis: Analysis, found: Comparison, x: Objective, y: Objective) -> list[str]:
    """By how much the first is better than each other in the second objective at equal values of the first."""
    shown = standing(analysis)
    points = [minimised(shown[shown["group"] == group.name], (x, y)) for group in found.groups]
    parts = []
    for group, behind in zip(found.groups[1:], points[1:], strict=True):
        gap, *ends = lead_along(points[0], behind)
        low, high = (number(x.sign * end, x.name) for end in ends)
        span = f"from {low} to {high}" if low != high else f"at {low}"
        word = "better" if gap > 0 else "worse"
        parts.append(f"{number(abs(gap), y.name)} {word} than that of {group.name} ({span})")
    return [
        f"At equal {plain(x.name)} the best {plain(y.name)} of {found.groups[0].name} is on average {listed(parts)}."
    ]


def _how_sure(analysis: Analysis, found: Comparison) -> str:
    its, (first, second) = found.certainty, (group.name for group in found.groups[:2])
    if its is None:
        few = "there are too few trials" if len(analysis.objectives) < 4 else "that takes too long with such objectives"
        return f"How sure that is, is not said: {few}."
    again = (
        "When the seeds of every configuration are drawn again"
        if its.seeds
        else f"When the trials are drawn again, {its.each:,} of each family"
    )
    lead = ""
    if its.lead is not None and np.isfinite(its.lead).all():
        lead = f"; its lead over {second} is {_ends(analysis, found, *its.lead)} in the middle 95 % of them"
    knows = (
        ""
        if its.seeds
        else " That says how much hangs on which settings were tried. Each was trained with one seed: what another "
        "seed would change is not known."
    )
    return f"{again}, {first} is ahead of all others in {_part(its.chance)} draws{lead}.{knows}"


def _ends(analysis: Analysis, found: Comparison, low: float, high: float) -> str:
    if found.box is not None and found.box.ideal is not None:
        return f"{100 * low:.1f} to {100 * high:.1f} percentage points".replace("-", "−")
    metric = "" if found.box is not None else analysis.names[0]
    return f"{number(low, metric)} to {number(high, metric)}".replace("-", "−")


def _part(chance: float) -> str:
    """`97 % of 1,000`; what is rounded to all or none of them is not called so."""
    percent = min(99, max(1, round(100 * chance)))
    return f"all {DRAWS:,}" if chance == 1 else f"none of {DRAWS:,}" if chance == 0 else f"{percent} % of {DRAWS:,}"
