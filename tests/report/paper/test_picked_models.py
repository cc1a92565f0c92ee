"""The models that Figure 5 shows."""

from study.report.paper.picked_models import pick_or_best
from study.report.paper.scores import ScoredModels
from tests.report.paper.figure4_answers import Make, trials_of


def test_figure_5_falls_back_to_the_best_on_four_factors(figure4: Make) -> None:
    trials = trials_of(figure4(values="opposing", seeds=2, arrays=False))
    models = ScoredModels.among(trials)
    picked, why = pick_or_best(models.of("beta-vae"), "cheapest")
    assert why == "best on four factors; none above 98 %"
    four = trials[[f"disentanglement_4_adagrad_run{run}" for run in (1, 2, 3)]].mean(axis=1)
    betas = trials["family"] == "beta-vae"
    assert picked.place.tolist() == [int(four[betas].idxmax())]
    assert len(pick_or_best(models.of("vae"), "cheapest")[0]) == 0
