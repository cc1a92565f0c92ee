"""The best of each family: its best trial in each objective, and the models that the paper's own rules pick.

Section 3.2 of the paper picks single models, the cheapest with a four-factor score above 98 %; its Figure 4 judges a
setting by the better half of its scores.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from study.config.space import Objective
from study.records.table import VALIDATION, as_numbers
from study.report.analysis.analysis import Analysis, Group
from study.report.published.numbers import GOOD, best_half, cheapest_above
from study.report.read.studies import these
from study.report.text.format import listed, number, plain

CLASSIFIER_SCORES = {
    4: ("disentanglement_4_adagrad", "disentanglement_4"),
    5: ("disentanglement_adagrad", "disentanglement"),
}
"""The score on so many factors: by the paper's classifier where that was fitted, else by ours, which is its optimum."""


@dataclass(frozen=True)
class BestOfFamily:
    """The best of one family by one rule, in words: its `value`, and details. `trial`: None of a whole setting."""

    rule: str
    value: str
    details: str
    trial: pd.Series | None = None


def bests(analysis: Analysis) -> list[tuple[Group, list[BestOfFamily]]]:
    """The best of each group with complete trials, by every rule that applies, the same rules for all."""
    replicated = analysis.complete.duplicated(["study", "config_id"]).any()
    four, five = _score(analysis, 4), _score(analysis, 5) if replicated else None
    best_by_group = []
    for group in analysis.groups:
        if len(group.complete):
            best = [_in_objective(analysis, group, objective) for objective in analysis.objectives]
            best += [_cheapest(group, four)] if four else []
            best += [_best_setting(group, five)] if five else []
            best_by_group.append((group, best))
    return best_by_group


def best_trials(analysis: Analysis) -> list[tuple[pd.Series, str]]:
    """The trials among them, and the rule by which each is the best; a trial is listed once for each rule."""
    return [
        (best.trial, f"{best.rule} of {group.name}")
        for group, best_of_group in bests(analysis)
        for best in best_of_group
        if best.trial is not None
    ]


def _in_objective(analysis: Analysis, group: Group, objective: Objective) -> BestOfFamily:
    row = analysis.best(group, objective)
    assert row is not None  # the group has complete trials
    name, others = objective.name, [o.name for o in analysis.objectives if o is not objective]
    parts = [f"trial {row['trial']}", f"validation {number(row[VALIDATION + name], name)}"]
    if others:
        parts.append(f"at {listed([f'{other} {number(row[other], other)}' for other in others])}")
    return BestOfFamily(f"best {plain(name)}", number(row[name], name), "; ".join(parts), row)


def _cheapest(group: Group, score: str) -> BestOfFamily:
    """Section 3.2: of the models above 98 % on four factors, the one that reconstructs best."""
    rule = f"cheapest above {100 * GOOD:.0f} % on four factors"
    cost, scores = (_numbers(group, name) for name in ("reconstruction", score))
    which = cheapest_above(cost, scores)
    if which is None:
        most = f"at most {number(np.nanmax(scores), score)}" if np.isfinite(scores).any() else "no score"
        return BestOfFamily(rule, "none", most)
    row = group.complete.iloc[which]
    details = f"trial {row['trial']}; at {plain(score)} {number(scores[which], score)}"
    return BestOfFamily(rule, number(cost[which], "reconstruction"), details, row)


def _best_setting(group: Group, score: str) -> BestOfFamily:
    """Figure 4: the setting whose better half of seeds, by their score on five factors, scores best in the mean."""
    rule = "best setting by the better half of its seeds, five factors"
    cost, scores = (_numbers(group, name) for name in ("reconstruction", score))
    codes, _ = pd.factorize(group.complete["config_id"])
    kept = best_half(scores, codes)
    if not len(kept):
        return BestOfFamily(rule, "none", "no score")
    means = {code: float(scores[kept][codes[kept] == code].mean()) for code in dict.fromkeys(codes[kept].tolist())}
    top = max(means, key=lambda code: means[code])
    which = these(group.complete["trial"][codes == top].tolist(), most=6)
    at = number(float(cost[kept][codes[kept] == top].mean()), "reconstruction")
    return BestOfFamily(rule, number(means[top], score), f"{which}; at reconstruction {at}")


def _score(analysis: Analysis, factors: int) -> str | None:
    """The score on so many factors that the trials have; None where they lack it or a reconstruction."""
    complete = analysis.complete
    known = [
        name
        for name in ("reconstruction", *CLASSIFIER_SCORES[factors])
        if name in complete and complete[name].notna().any()
    ]
    return known[1] if len(known) > 1 and known[0] == "reconstruction" else None


def _numbers(group: Group, name: str) -> np.ndarray:
    return as_numbers(group.complete[name]).to_numpy(dtype=float)
