"""The paper's own studies: each is a grid with its seeds, and asks for what the paper ran."""

import pytest

from study.config.load import available_spaces, load_space
from study.config.plan import make_plan
from study.config.space import SearchSpace
from tests.make import plan

PAPER = [name for name in available_spaces() if name.startswith("paper/")]

BESIDE = ["paper/figure3_standin_longer"]
"""Looks for what may be wrong with a row's study, and is judged by no claim."""


def space_of(name: str) -> SearchSpace:
    return load_space(name)[0]


@pytest.mark.parametrize("name", PAPER)
def test_each_is_a_grid_that_serves_a_row(name: str) -> None:
    space = space_of(name)
    assert space.sampler == "grid"
    assert bool(space.paper) == (name not in BESIDE)
    assert set(space.presets) == {"quick", "paper"}
    quick, paper = plan(name, preset="quick"), plan(name, preset="paper")
    settings = len(list(space.grid()))
    assert (quick.trials, paper.trials) == (settings * quick.replicates, settings * paper.replicates)
    assert quick.replicates <= paper.replicates
    for point in space.grid():
        short, long = quick.trial_config(point, 0), paper.trial_config(point, 0)
        assert short.total_images <= long.total_images
        assert short.width <= long.width


def test_figure_4_is_the_papers_experiment() -> None:
    paper = plan("paper/figure4", preset="paper")
    assert paper.trials == 270
    configs = [paper.trial_config(point, 0) for point in paper.space.grid()]
    betas = [config["beta"] for config in configs if config.family == "beta-vae"]
    assert betas == [1, 3, 10, 20, 30, 40, 50, 75, 100]
    for family, prior in (("wae-gaussian", "gaussian"), ("wae-uniform", "uniform")):
        own = [config for config in configs if config.family == family]
        assert [config["lambda_1"] for config in own] == [0, 0.1, 0.5, 1, 2, 3, 5, 8, 12]
        assert {(config["prior"], config["tanh_mean"], config["lambda_mmd"]) for config in own} == {(prior, True, 400)}
    for config in configs:
        assert (config.latent_dim, config.batch_size, config.total_steps, config["width"]) == (
            16,
            100,
            60_000,
            1200,
        )
        assert config["tanh_mean"] == (config.family != "beta-vae")
    assert plan("paper/figure4", preset="quick").trials == 81


def test_settings_of_the_longer_runs_are_among_those_of_figure_4() -> None:
    """Else their order could not be compared."""
    points = list(space_of("paper/figure4").grid())
    assert all(point in points for point in space_of("paper/figure4_longer").grid())


def test_table_1_is_the_papers_experiment() -> None:
    paper = plan("paper/table1", preset="paper")
    configs = [paper.trial_config(point, 0) for point in paper.space.grid()]
    assert paper.trials == 8 * 5
    for family in ("wae-deterministic", "wae-gaussian"):
        assert [c.latent_dim for c in configs if c.family == family] == [32, 64, 128, 256]
    for config in configs:
        assert (config.network, config["width"], config["batch_norm"]) == (
            "dcgan",
            32,
            "statistics",
        )
        assert (
            config["lambda_mmd"],
            config["prior"],
            config["tanh_mean"],
            config.batch_size,
        ) == (400, "gaussian", False, 100)
        assert (config.learning_rate, config.learning_rate_schedule) == (1e-4, (1.0, 0.1))
        assert config.total_images >= 32 * 182_339
        assert not config["lambda_1"]


def test_figure_3_sweeps_both_penalties_and_leaves_models_without_one_to_table_1() -> None:
    """Its models are those of Table 1 in everything else, so that their records can be laid together."""
    sweep, squares, table = (plan(f"paper/{name}", preset="paper") for name in ("figure3", "figure3_l2", "table1"))
    assert (sweep.trials, squares.trials) == (16 * 5, 8 * 5)
    assert sweep.space.objectives == squares.space.objectives == table.space.objectives
    unpenalised = {
        c.latent_dim: c for c in (table.trial_config(p, 0) for p in table.space.grid()) if c.family == "wae-gaussian"
    }
    for study in (sweep, squares):
        for preset in ("quick", "paper"):
            assert study.space.presets[preset] == table.space.presets[preset]
        for point in study.space.grid():
            config = study.trial_config(point, 0)
            assert bool(config["lambda_1"]) != bool(config["lambda_2"])
            without = config.model_copy(update={"lambda_1": 0.0, "lambda_2": 0.0})
            assert without == unpenalised[config.latent_dim]
    assert sorted({point["lambda_1"] for point in sweep.space.grid()}) == [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3]


@pytest.mark.parametrize("name", ["paper/table1", "paper/figure3", "paper/figure3_l2"])
def test_either_network_of_celeba_can_be_chosen(name: str) -> None:
    space, study_name = load_space(name)
    overrides = {"network": "small-convolutional", "batch_norm": "affine"}
    chosen = make_plan(space, name, name=study_name, preset="paper", seed=0, overrides=overrides)
    for point in chosen.space.grid():
        config = chosen.trial_config(point, 0)
        assert (config.network, config["width"], config["batch_norm"]) == (
            "small-convolutional",
            128,
            "affine",
        )
