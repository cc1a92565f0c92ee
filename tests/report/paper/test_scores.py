"""Scores of models: their own, held out, and of beta-VAEs with tanh means."""

import pytest

from study.report.paper.aggregation import all_seeds
from study.report.paper.scores import own, with_tanh
from tests.report.paper.conftest import models_table


def test_all_seeds_are_averaged_and_held_out_scores_are_their_own() -> None:
    trials = models_table(1, sizes=(4,)).assign(disentanglement_adagrad_heldout=[0.1, 0.2, 0.3, 0.4])
    runs = trials[[f"disentanglement_adagrad_run{run}" for run in (1, 2, 3)]].to_numpy()
    found = all_seeds(own(trials), 5)
    assert found.score[0] == pytest.approx(runs.mean())
    assert found.score_deviation[0] == pytest.approx(runs.mean(axis=1).std())
    assert found.reconstruction[0] == pytest.approx(trials["reconstruction"].mean())
    assert all_seeds(own(trials), 5, heldout=True).score[0] == pytest.approx(0.25)


@pytest.mark.parametrize("truth", [True, "True"])
def test_beta_vaes_with_tanh_means_are_a_series_of_their_own(truth: object) -> None:
    trials = models_table(0, sizes=(2, 2)).assign(family=["beta-vae", "beta-vae", "wae-uniform", "vae"], beta=4.0)
    trials["tanh_mean"] = [truth, False, truth, truth]
    assert own(trials).place.tolist() == [1, 2]
    assert with_tanh(trials).place.tolist() == [0]
