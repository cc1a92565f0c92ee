"""The sentences at the top of a report: which families differ, where, by how much, and after how much training."""

from typing import Any

from study.config.space import Objective, minimised
from study.report.analysis.analysis import Analysis
from study.report.analysis.comparison import UNEQUAL, Comparison, Pair, comparison, lead_along, leaders, standing
from study.report.analysis.permutation import FEWEST_CONFIGURATIONS, LEVEL, MOST_TIMES, smallest_found
from study.report.analysis.volume import FEW_OBJECTIVES
from study.report.text.format import count, listed, number, p_value, plain, spread, with_unit

MOST_TURNS = 5
"""Largest number of changes of the family on the front that are listed one by one."""


def winner_sentences(analysis: Analysis) -> list[str]:
    """The sentences; empty with fewer than two families, and the reason if they cannot be compared."""
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
        *_tested(found),
        *_undecided(analysis, found),
    ]


def pair_rows(analysis: Analysis) -> list[dict[str, Any]]:
    """Rows of the table of pairs of families: lead, interval, p-value and verdict."""
    found = comparison(analysis)
    if found is None:
        return []
    return [
        {
            "ahead": pair.ahead,
            "behind": pair.behind,
            "lead": _difference(analysis, found, pair.lead),
            "interval": _ends(analysis, found, *pair.interval),
            "p": "–" if pair.tested is None else _p(pair),
            "word": _word(pair),
        }
        for pair in found.pairs
    ]


def _unmeasured(analysis: Analysis) -> str:
    if not analysis.reference:
        return "Families are not compared: the search space gives no reference point."
    at = listed([f"{plain(name)} {with_unit(analysis.reference[name], name)}" for name in analysis.names])
    return f"No trial is better than the reference point, {at}, {_training(analysis)}."


def _verdict(analysis: Analysis, found: Comparison) -> str:
    first = found.groups[0].name
    if found.winner is not None:
        return f"{first} wins {_training(analysis)}."
    return f"No significant winner; {first} leads {_training(analysis)}."


def _reached(analysis: Analysis, found: Comparison) -> str:
    """The value that each family reaches."""
    first, *others = (group.name for group in found.groups)
    values = [_value(analysis, found, value) for value in found.values]
    if found.box is None:
        (only,) = analysis.objectives
        means = ", a mean over seeds," if found.replicated else ""
        reached = f"The best {plain(only.name)} of {first}{means} is {values[0]}"
        rest = [f"that of {name} {value}" for name, value in zip(others, values[1:], strict=True)]
    else:
        whose = f"configurations of {first}, by their means over seeds," if found.replicated else f"trials of {first}"
        area = f"a hypervolume of {values[0]}"
        if found.box.ideal is not None:
            area = f"{values[0]} of the area between the worst and the best of the paper's settings"
        reached = f"The {whose} dominate {area}"
        rest = [f"those of {name} {value}" for name, value in zip(others, values[1:], strict=True)]
    return f"{reached}, {listed(rest)}."


def _training(analysis: Analysis) -> str:
    """`after 12 trials of 240,000 images`."""
    images = spread(analysis.complete["images_trained"], "images")
    return f"after {count(len(analysis.complete), 'trial')} of {images}"


def _value(analysis: Analysis, found: Comparison, value: float) -> str:
    if found.box is None:
        (only,) = analysis.objectives
        return with_unit(-only.sign * value, only.name)
    return number(value) if found.box.ideal is None else f"{100 * value:.1f} %"


def _where(analysis: Analysis, x: Objective, y: Objective) -> list[str]:
    """The families on the joint front, from one end to the other."""
    shown = standing(analysis).dropna(subset=analysis.names)
    turns = leaders(minimised(shown, (x, y)), shown["group"].to_numpy())
    best = f"Best {plain(y.name)} at a given {plain(x.name)}:"
    if len(turns) == 1:
        return [f"{best} {turns[0][0]} throughout."]
    if len(turns) > MOST_TURNS:
        return [f"{best} {listed(list(dict.fromkeys(name for name, _ in turns)))} in turns."]
    ends = [number(x.sign * at, x.name) for _, at in turns]
    parts = [f"{name} from {ends[i]} to {ends[i + 1]}" for i, (name, _) in enumerate(turns[:-1])]
    return [f"{best} {', '.join(parts)}, {turns[-1][0]} beyond."]


def _at_equal(analysis: Analysis, found: Comparison, x: Objective, y: Objective) -> list[str]:
    """By how much the first is better than each other in the second objective at equal values of the first."""
    shown = standing(analysis).dropna(subset=analysis.names)
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


def _tested(found: Comparison) -> list[str]:
    """The result of every pair, in as few sentences as there are kinds of results."""
    if not found.pairs:
        return [f"Whether families differ is not tested: with more than {FEW_OBJECTIVES} objectives it takes too long."]
    tested = [pair for pair in found.pairs if pair.tested is not None]
    sentences = []
    for group in found.groups:
        for better, effort in ((True, ""), (False, f", but from efforts that differ by more than {UNEQUAL:.0%}")):
            own = [pair for pair in tested if pair.ahead is group and pair.found and pair.better is better]
            if own:
                behind = listed([f"{pair.behind.name} ({_p(pair)})" for pair in own])
                sentences.append(f"{group.name} is better than {behind}{effort}.".replace("0%", "0 %"))
    alike = [f"{pair.ahead.name} and {pair.behind.name} ({_p(pair)})" for pair in tested if not pair.found]
    if alike:
        sentences.append(f"No difference is found between {listed(alike)}.")
    untested = [f"{pair.ahead.name} and {pair.behind.name}" for pair in found.pairs if pair.tested is None]
    if untested:
        sentences.append(
            f"Not tested: {listed(untested)}; that needs {FEWEST_CONFIGURATIONS} configurations of each, tried with "
            "equally many seeds."
        )
    if tested:
        several = "; p-values are adjusted for all pairs" if len(found.pairs) > 1 else ""
        level = found.pairs[0].level
        why = ", since the sampler learns from its trials" if level < LEVEL else ""
        sentences.append(f"(Permutation tests over configurations at the {100 * level:g} % level{why}{several}.)")
    return [" ".join(sentences)]


def _undecided(analysis: Analysis, found: Comparison) -> list[str]:
    """The further effort that would decide between the first family and those it is not found to be better than."""
    if found.winner is not None:
        return []
    parts = [_further(analysis, found, pair) for pair in found.pairs if pair.ahead is found.groups[0]]
    unequal = [pair.behind.name for pair in found.pairs if pair.ahead is found.groups[0] and not pair.equal]
    if unequal:
        parts.append(
            f"Trials and images of {found.groups[0].name} and {listed(unequal)} need to be equal, within 10 %."
        )
    said = [part for part in parts if part]
    return [" ".join(said)] if said else []


def _further(analysis: Analysis, found: Comparison, pair: Pair) -> str:
    """`Its lead over wae-uniform, 1.2 points, if real, would be found with …`; empty where it was found."""
    if pair.found or pair.tested is None:
        return ""
    lead = f"{pair.ahead.name}'s lead over {pair.behind.name}, {_difference(analysis, found, pair.lead)},"
    configurations, seeds = pair.needed
    ways = []
    if configurations is not None:
        ways.append(f"{max(1, configurations - pair.configurations):,} further configurations of each")
    if seeds is not None:
        ways.append(f"{max(1, round(seeds - pair.seeds)):,} further seeds of each configuration")
    if ways:
        return f"{lead} would be found with 80 % power, if it is real, with about {listed(ways, 'or')}."
    size = _difference(analysis, found, smallest_found(pair.tested.deviation, pair.level))
    return f"{lead} is smaller than {size}, the least that {MOST_TIMES} times as many configurations would find."


def _word(pair: Pair) -> str:
    if pair.tested is None:
        return "not tested"
    if not pair.found:
        return "no difference found"
    return "better" if pair.better else "better, from unequal effort"


def _p(pair: Pair) -> str:
    """`p = .012`."""
    assert pair.tested is not None
    return f"p = {p_value(pair.tested.p)}"


def _difference(analysis: Analysis, found: Comparison, value: float) -> str:
    """`1.2 percentage points` of the paper's box; else in the unit of what is compared."""
    if found.box is not None and found.box.ideal is not None:
        return f"{100 * value:.1f} percentage points"
    return with_unit(value, analysis.names[0]) if found.box is None else number(value)


def _ends(analysis: Analysis, found: Comparison, low: float, high: float) -> str:
    if found.box is not None and found.box.ideal is not None:
        return f"{100 * low:.1f} to {100 * high:.1f}".replace("-", "−")
    metric = "" if found.box is not None else analysis.names[0]
    return f"{number(low, metric)} to {number(high, metric)}".replace("-", "−")
