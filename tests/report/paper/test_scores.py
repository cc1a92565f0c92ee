"""From models to settings: against a slow computation, and at known answers."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.report.paper.scores import ScoredModels, all_seeds, kept_half
from study.report.published.numbers import best_half


def models_table(seed: int, sizes: tuple[int, ...] = (3, 1, 4)) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = []
    for index, size in enumerate(sizes):
        for _ in range(size):
            row: dict[str, object] = {"config_id": f"c{index}", "family": "wae-gaussian", "lambda_1": 3.0 - index}
            row["reconstruction"] = rng.uniform(30, 200)
            for run in (1, 2, 3):
                row[f"disentanglement_adagrad_run{run}"] = rng.uniform()
                row[f"disentanglement_4_adagrad_run{run}"] = rng.uniform()
            rows.append(row)
    return pd.DataFrame(rows).sample(frac=1, random_state=seed).reset_index(drop=True)


@pytest.mark.parametrize("seed", range(4))
def test_the_kept_half_is_that_of_a_slow_computation(seed: int) -> None:
    trials = models_table(seed)
    found = kept_half(ScoredModels.among(trials), 5)
    assert list(found.strength) == [1.0, 2.0, 3.0]  # by strength, in whatever order the trials stand
    for place, strength in enumerate(found.strength):
        pairs = sorted(
            (
                (row[f"disentanglement_adagrad_run{run}"], row["reconstruction"])
                for _, row in trials[trials["lambda_1"] == strength].iterrows()
                for run in (1, 2, 3)
            ),
            reverse=True,
        )
        pairs = pairs[: math.ceil(len(pairs) / 2)]
        assert found.score[place] == pytest.approx(sum(score for score, _ in pairs) / len(pairs))
        assert found.reconstruction[place] == pytest.approx(sum(cost for _, cost in pairs) / len(pairs))
        assert found.score_deviation[place] == pytest.approx(np.std([score for score, _ in pairs]))


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 1)), max_size=30))
def test_half_of_every_group_is_kept_rounded_up_and_it_is_the_better_half(entries: list[tuple[int, float]]) -> None:
    groups = np.array([group for group, _ in entries], dtype=int)
    scores = np.array([score for _, score in entries])
    chosen = best_half(scores, groups)
    for group in set(groups.tolist()):
        mine = np.flatnonzero(groups == group)
        taken = [index for index in chosen if groups[index] == group]
        assert len(taken) == math.ceil(len(mine) / 2)
        left = [scores[index] for index in mine if index not in taken]
        assert not left or max(left) <= min(scores[index] for index in taken)


def test_scores_that_are_not_there_are_not_counted() -> None:
    chosen = best_half(np.array([0.5, np.nan, 0.7, 0.6]), np.array([0, 0, 0, 1]))
    assert sorted(chosen.tolist()) == [2, 3]
    trials = models_table(0).drop(columns=["disentanglement_adagrad_run2"])
    assert len(all_seeds(ScoredModels.among(trials), 5)) == 0
    assert len(kept_half(ScoredModels.among(trials.assign(reconstruction=np.nan)), 5)) == 0


def test_all_seeds_are_averaged_and_held_out_scores_are_their_own() -> None:
    trials = models_table(1, sizes=(4,)).assign(disentanglement_adagrad_heldout=[0.1, 0.2, 0.3, 0.4])
    runs = trials[[f"disentanglement_adagrad_run{run}" for run in (1, 2, 3)]].to_numpy()
    found = all_seeds(ScoredModels.among(trials), 5)
    assert found.score[0] == pytest.approx(runs.mean())
    assert found.score_deviation[0] == pytest.approx(runs.mean(axis=1).std())
    assert found.reconstruction[0] == pytest.approx(trials["reconstruction"].mean())
    assert all_seeds(ScoredModels.among(trials), 5, heldout=True).score[0] == pytest.approx(0.25)


@pytest.mark.parametrize("truth", [True, "True"])
def test_beta_vaes_with_tanh_means_are_a_series_of_their_own(truth: object) -> None:
    trials = models_table(0, sizes=(2, 2)).assign(family=["beta-vae", "beta-vae", "wae-uniform", "vae"], beta=4.0)
    trials["tanh_mean"] = [truth, False, truth, truth]
    models = ScoredModels.among(trials)
    assert models.published().place.tolist() == [1, 2]
    assert models.tanh_betas().place.tolist() == [0]
