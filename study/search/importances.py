"""How much each parameter matters for each objective, by family: functional ANOVA over the complete trials.

Hutter et al. (2014, "An efficient approach for assessing hyperparameter importance"): a random forest is fitted to the
trials, and a parameter's importance is the share, 0 to 1, of the forest's variance over the whole space that is left
when all other parameters are averaged out. Interactions of parameters are in no parameter's share, so that these
add up to less than 1.

fANOVA averages uniformly along every axis. So each parameter lies on [0, 1] at its quantile under the space's own
draw: choices as cells of equal width, a logarithmic range by its logarithm, exact zeros below the range, on a part
of the axis as long as their chance. (Optuna's evaluator left to itself averages a logarithmic range on the linear
scale, where its upper decade is nearly all of it.)
"""

import logging
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import optuna
import pandas as pd
from optuna.distributions import BaseDistribution, FloatDistribution
from optuna.importance import FanovaImportanceEvaluator
from optuna.trial import create_trial
from sklearn.ensemble import RandomForestRegressor

from study.config.parameter import Parameter
from study.config.space import SearchSpace
from study.records.table import IMPORTANCE_COLUMNS, LEAST_TRIALS, TrialRecord

TREES, DEPTH = 32, 6
"""Size of the forest. Fully grown trees take ten times as long, and share out the more noise the deeper they are."""


def importances(records: Sequence[TrialRecord], space: SearchSpace) -> pd.DataFrame:
    """One row a family, objective and parameter, the most important first; `trials` is how many were complete.

    `importance` shares out the forest's variance; `explained` is the forest's R² on trials that its trees have not
    seen (out of bag). Near 0 or below, it is noise that is shared out, and the importances say nothing.

    Objectives are taken on test images, as a report shows them. A family has the parameters that each of its trials
    has and whose values differ. Families of fewer than `LEAST_TRIALS` have no rows, nor objectives without variance.
    """
    rows: list[tuple[Any, ...]] = []
    names = [objective.name for objective in space.objectives]
    complete = [r for r in records if r.state == "complete" and all(_finite(r.metrics.get(name)) for name in names)]
    for family in dict.fromkeys(record.config.family for record in complete):
        own = [record for record in complete if record.config.family == family]
        places = _places(own, space) if len(own) >= LEAST_TRIALS else {}
        for name in names:
            values = [record.metrics[name] for record in own]
            if not places or len(set(values)) < 2:
                continue
            explained = round(_explained(places, values), 4)
            for parameter, share in sorted(_fanova(places, values).items(), key=lambda item: -item[1]):
                rows.append((family, name, parameter, round(share, 4), explained, len(own)))
    return pd.DataFrame(rows, columns=list(IMPORTANCE_COLUMNS))


def quantile(parameter: Parameter, value: Any) -> float:
    """The position of a value, 0 to 1, on the parameter's scale in the space; NaN if the space never draws it."""
    if parameter.choices is not None:
        return (parameter.choices.index(value) + 0.5) / len(parameter.choices) if value in parameter.choices else np.nan
    assert parameter.low is not None
    assert parameter.high is not None
    if value == 0 and parameter.zero:
        return parameter.zero / 2
    half = 0.5 if parameter.integer else 0.0  # each whole number stands for what rounds to it
    if not parameter.low <= value <= parameter.high:
        return np.nan
    scale = math.log if parameter.log else float
    low, high = scale(parameter.low - half), scale(parameter.high + half)
    return parameter.zero + (1 - parameter.zero) * (scale(value) - low) / (high - low)


def _places(records: Sequence[TrialRecord], space: SearchSpace) -> dict[str, list[float]]:
    """By parameter the quantiles of all these trials: of those that each trial has, and whose values differ."""
    settings = [record.config.settings() for record in records]
    places = {}
    for name, parameter in space.parameters.items():
        own = [quantile(parameter, its[name]) if its.get(name) is not None else np.nan for its in settings]
        if name != "family" and all(map(math.isfinite, own)) and len(set(own)) > 1:
            places[name] = own
    return places


def _fanova(places: Mapping[str, Sequence[float]], values: Sequence[float]) -> dict[str, float]:
    """The importance of each parameter."""
    logging.getLogger("optuna").setLevel(logging.WARNING)
    axes: dict[str, BaseDistribution] = dict.fromkeys(places, FloatDistribution(0, 1))
    points = ({name: own[i] for name, own in places.items()} for i in range(len(values)))
    study = optuna.create_study()
    study.add_trials(
        [create_trial(value=v, params=point, distributions=axes) for v, point in zip(values, points, strict=True)]
    )
    return FanovaImportanceEvaluator(n_trees=TREES, max_depth=DEPTH, seed=0).evaluate(study)


def _explained(places: Mapping[str, Sequence[float]], values: Sequence[float]) -> float:
    """R² of such a forest, each trial predicted by the trees that were fitted without it; at most 1."""
    forest = RandomForestRegressor(n_estimators=TREES, max_depth=DEPTH, oob_score=True, random_state=0)
    return float(forest.fit(np.column_stack(list(places.values())), values).oob_score_)


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
