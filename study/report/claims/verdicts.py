"""Verdicts: whether our trials agree with a claim of the paper.

A claim agrees where its measure's 95 % interval lies wholly on its side of the threshold, and, if it compares families
or states a trend, where the value is also among the most extreme 5 % of those that exchanged outcomes give
(`significance`). It disagrees where the interval lies wholly on the other side; a comparison of families, only if the
value is among the most extreme 5 % there. Anything else is undecided, and so is a grid that has not been run whole, a
configuration with fewer than three seeds, and a rule that would agree in more than 10 % of the exchanges. A claim is
not measured where all has run, and these trials do not determine it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from study.report.claims.claim import Claim
from study.report.claims.measure import Measure, Reading, TrialTable, numbers_of
from study.report.claims.significance import EXTREME, FEWEST, exchange_orders, exchange_units, intervals, share_reaching

TOO_OFTEN = 0.1
"""Share of the exchanges up to which a rule may agree by chance; above, its verdict is undecided."""

Word = Literal["agrees", "disagrees", "undecided", "not measured"]
Interval = tuple[float, float]


@dataclass(frozen=True)
class Chance:
    """Probabilities of a claim by chance, as shares of the exchanges.

    `reaching`: whose value is at least as far on the claim's side as the observed one, a one-sided p-value; `opposing`:
    at least as far on the other side; `agreeing`: in which the whole rule says that the claim agrees.
    """

    reaching: float
    opposing: float
    agreeing: float


@dataclass(frozen=True)
class Verdict:
    """The verdict on a claim, under a reading of the paper where it depends on one.

    `value`: the measure on the trials that were judged, nan where it is not measured; `singles`: on each replicate
    alone; `interval`: from these, None with fewer than three or where one has no finite value. `chance`: None where
    nothing is exchanged or nothing could be decided. `seeds`: the fewest trials of a configuration that has any;
    `used`: the trials that were judged, by study and number. `why`: the reason against a decision, where it is not the
    interval.
    """

    claim: Claim
    reading: Reading | None
    word: Word
    value: float
    interval: Interval | None
    singles: tuple[float, ...]
    chance: Chance | None
    seeds: int
    used: frozenset[tuple[str, int]]
    why: str = ""

    @property
    def trials(self) -> int:
        return len(self.used)


@dataclass(frozen=True, eq=False)
class Question:
    """A claim under a reading, the trials that answer it, and what of them is missing.

    `trials`: of each configuration equally many, one configuration after the other; `side` (n,) numbers theirs.
    """

    claim: Claim
    measure: Measure
    reading: Reading | None
    trials: pd.DataFrame
    side: np.ndarray
    seeds: int
    missing: str

    @cached_property
    def together(self) -> TrialTable:
        return TrialTable.of(self.trials)

    @cached_property
    def alone(self) -> tuple[tuple[np.ndarray, TrialTable], ...]:
        """The rows of each replicate, and their table."""
        replicates = [np.arange(first, len(self.trials), self.seeds) for first in range(self.seeds)]
        return tuple((rows, self.together.where(rows)) for rows in replicates)

    def value(self, trials: TrialTable) -> float:
        """The measure; nan where it reads a column that no trial has."""
        try:
            return float(self.measure.value(self.measure.view(trials)))
        except KeyError as missing:
            if missing.args and missing.args[0] in trials:
                raise
            return float("nan")

    def singles(self, outcomes: np.ndarray) -> list[float]:
        """The measure on each replicate alone, where the trials have these outcomes (n, m)."""
        return [self.value(table.having(outcomes[rows])) for rows, table in self.alone]

    @property
    def exchange(self) -> tuple[object, ...]:
        """Key of the questions that are answered by the same exchanged tables."""
        within = self.measure.within
        return (self.claim.exchanged, within, tuple(self.trials["config_id"]), tuple(self.side))


def judge(
    claims: Sequence[Claim], measures: Mapping[str, Measure], trials: pd.DataFrame, configurations: pd.DataFrame
) -> tuple[Verdict, ...]:
    """A verdict for each claim and each reading that it depends on, from the `trials` and `configurations` of evidence.

    A measure that reads a column that no trial has gives nan.
    """
    questions = [
        _question(claim, measures[claim.id], reading, trials, configurations)
        for claim in claims
        for reading in measures[claim.id].readings or (None,)
    ]
    drafts = [_draft(question) for question in questions]
    groups: dict[tuple[object, ...], list[int]] = {}
    for place, (question, draft) in enumerate(zip(questions, drafts, strict=True)):
        if draft.interval is not None and not draft.why and question.claim.exchanged != "nothing":
            groups.setdefault(question.exchange, []).append(place)
    chances: dict[int, Chance] = {}
    for places in groups.values():
        chances |= zip(places, _chances([questions[place] for place in places]), strict=True)
    return tuple(_decided(draft, chances.get(place)) for place, draft in enumerate(drafts))


def _question(
    claim: Claim, measure: Measure, reading: Reading | None, trials: pd.DataFrame, configurations: pd.DataFrame
) -> Question:
    masks = measure.sides(configurations, reading)
    sides = {name: side for side, mask in enumerate(masks) for name in configurations["config_id"][mask]}
    chosen = configurations[configurations["config_id"].isin(sides)]
    judged = trials[trials["config_id"].isin(sides)]
    counts = chosen["config_id"].map(judged["config_id"].value_counts()).fillna(0).astype(int)
    seeds = int(counts[counts > 0].min()) if len(judged) else 0
    # Only replicates that every configuration has: the others would compare other settings.
    judged = judged[judged["replicate"] < seeds].sort_values(["config_id", "replicate"], ignore_index=True)
    side = judged["config_id"].map(sides).to_numpy(dtype=int)
    return Question(claim, measure, reading, judged, side, seeds, _missing(chosen, counts, reading))


def _missing(configurations: pd.DataFrame, complete: pd.Series, reading: Reading | None) -> str:
    """The trials that these configurations lack, in words; empty where all planned ones and three seeds have run."""
    if not len(configurations):
        return f"no such settings were run with {reading} means" if reading else ""
    planned, lost = configurations["planned"], int(configurations["lost"].sum())
    ended = f", and {lost} ended without a result" if lost else ""
    done = int(np.minimum(complete, planned).sum())
    if done < planned.sum():
        return f"{done} of {planned.sum()} planned trials are complete{ended}"
    if complete.min() < FEWEST:
        return f"{('no seed', 'one seed', 'two seeds')[complete.min()]} of a configuration: three are needed{ended}"
    return ""


def _draft(question: Question) -> Verdict:
    """The verdict before outcomes are exchanged: undecided, or not measured."""
    table, value = question.trials, question.value(question.together) if len(question.trials) else float("nan")
    singles = tuple(question.singles(question.together.outcomes)) if not np.isnan(value) else ()
    low, high = map(float, intervals(value, singles)) if len(singles) >= FEWEST else (float("nan"), float("nan"))
    why = "these trials cannot say it" if np.isnan(value) else "a replicate alone has no finite value"
    return Verdict(
        claim=question.claim,
        reading=question.reading,
        word="not measured" if np.isnan(value) and not question.missing else "undecided",
        value=value,
        interval=None if np.isnan(low) else (low, high),
        singles=singles,
        chance=None,
        seeds=question.seeds,
        used=frozenset(zip(table["study"], table["trial"].astype(int), strict=True)),
        why=question.missing or (why if np.isnan(low) else ""),
    )


def _chances(group: Sequence[Question]) -> Iterator[Chance]:
    """The chance of each question, all on the same trials: they are measured on the same exchanged tables."""
    first, measures = group[0], [question.measure for question in group]
    within = numbers_of(first.together, first.measure.within) if first.measure.within else np.zeros(len(first.side))
    units = exchange_units(first.claim.exchanged, first.side, within, first.seeds)
    orders = exchange_orders(units, len(first.side))
    outcomes, values = first.together.outcomes, np.empty((len(group), len(orders)))
    for place, order in enumerate(orders):
        table = first.together.having(outcomes[order])
        views = {view: view(table) for view in {measure.view for measure in measures}}
        values[:, place] = [measure.value(views[measure.view]) for measure in measures]
    for question, taken in zip(group, values, strict=True):
        upward = question.claim.larger_agrees
        reaching, opposing = share_reaching(taken, upward), share_reaching(taken, not upward)
        extreme = np.flatnonzero(reaching <= EXTREME)
        singles = np.array([question.singles(outcomes[orders[place]]) for place in extreme]).reshape(-1, question.seeds)
        agreeing = [question.claim.within((low, high)) for low, high in intervals(taken[extreme], singles)]
        yield Chance(float(reaching[0]), float(opposing[0]), sum(agreeing) / len(orders))


def _decided(draft: Verdict, chance: Chance | None) -> Verdict:
    """The draft with its word, where it can be decided."""
    if draft.interval is None or draft.why:
        return draft
    word, why = decide(draft.claim, draft.interval, chance)
    return replace(draft, word=word, why=why, chance=chance)


def decide(claim: Claim, interval: Interval, chance: Chance | None) -> tuple[Word, str]:
    """The word of a claim whose measure has this interval, and the reason against a decision, if it is another."""
    if chance is not None and chance.agreeing > TOO_OFTEN:
        return "undecided", f"exchanged outcomes agree in {100 * chance.agreeing:.0f} % of cases"
    if claim.within(interval):
        share = chance.reaching if chance is not None else 0.0
        return ("agrees", "") if share <= EXTREME else ("undecided", _by_chance(share))
    if claim.beyond(interval):
        share = chance.opposing if chance is not None and claim.exchanged == "families" else 0.0
        return ("disagrees", "") if share <= EXTREME else ("undecided", _by_chance(share))
    return "undecided", ""


def _by_chance(share: float) -> str:
    return f"{100 * share:.0f} % of the exchanges are as extreme"
