"""Configurations: means over replicates, and the probability that each is on the front."""

import pandas as pd

from study.config.space import minimised
from study.pareto.noise import front_probability
from study.report.analysis.analysis import Analysis, once, setting_columns

DRAWS = 1_000
"""Number of times that the seeds are drawn again: the standard error of a probability is .016 at most."""

DEVIATION = "_deviation"
"""Suffix of an objective's standard deviation over the seeds of a configuration."""


@once
def configurations(analysis: Analysis) -> pd.DataFrame | None:
    """One row a configuration, the likeliest to be on the front first; None where none was trained with two seeds.

    `study`, `family`, `group`, `config_id`; the settings that `setting_columns` names; `trials`, the numbers of its
    complete trials; `lost`, how many more of its trials have no result; of each objective, on test images, the mean
    over seeds and the standard deviation (n - 1; NaN for a single seed); `probability` to be on the front of all
    configurations when the seeds of each are drawn again (`front_probability`). A single seed shows no noise:
    such a one is taken at its word.
    """
    complete, key = analysis.complete, ["study", "config_id"]
    if not complete.duplicated(key).any():
        return None
    codes = complete.groupby(key, sort=False).ngroup().to_numpy()
    _, probability = front_probability(minimised(complete, analysis.objectives), codes, DRAWS)
    grouped = complete.groupby(key, sort=False)
    values = {name: grouped[name].mean() for name in analysis.names}
    values |= {name + DEVIATION: grouped[name].std() for name in analysis.names}
    alike = ["family", "group", *setting_columns(analysis)]
    known = {"trials": grouped["trial"].agg(tuple), **{name: grouped[name].first() for name in alike}}
    ended = analysis.trials.groupby(key).size()
    table = pd.DataFrame({**known, **values, "probability": probability})
    table["lost"] = ended.reindex(table.index) - table["trials"].map(len)
    first = analysis.objectives[0]
    return table.reset_index().sort_values(
        ["probability", first.name], ascending=[False, first.sign > 0], kind="stable", ignore_index=True
    )


def probabilities(analysis: Analysis) -> dict[tuple[str, int], float]:
    """Of each complete trial, by study and number, the probability that its configuration is on the front."""
    table = configurations(analysis)
    if table is None:
        return {}
    return {
        (study, int(trial)): float(probability)
        for study, trials, probability in zip(table["study"], table["trials"], table["probability"], strict=True)
        for trial in trials
    }
