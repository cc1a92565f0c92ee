"""The paper's own studies: each is a grid with its seeds, and asks for what the paper ran."""

import pytest

from study.config import SearchSpace, StudyPlan, available, load_space, make_plan

PAPER = [name for name in available() if name.startswith("paper/")]


def plan(name: str, preset: str) -> StudyPlan:
    space, study_name = load_space(name)
    return make_plan(space, name, name=study_name, preset=preset, seed=0)


def space_of(name: str) -> SearchSpace:
    return load_space(name)[0]


@pytest.mark.parametrize("name", PAPER)
def test_each_is_a_grid_that_serves_a_row(name: str) -> None:
    space = space_of(name)
    assert space.sampler == "grid"
    assert space.paper
    assert set(space.presets) == {"quick", "paper"}
    quick, paper = plan(name, "quick"), plan(name, "paper")
    settings = len(list(space.grid()))
    assert (quick.trials, paper.trials) == (settings * quick.replicates, settings * paper.replicates)
    assert quick.replicates <= paper.replicates
    for point in space.grid():
        short, long = quick.trial_config(point, 0), paper.trial_config(point, 0)
        assert short.total_images <= long.total_images
        assert short.width <= long.width


def test_figure_4_is_the_papers_experiment() -> None:
    paper = plan("paper/figure4", "paper")
    assert paper.trials == 270
    configs = [paper.trial_config(point, 0) for point in paper.space.grid()]
    betas = [config.beta for config in configs if config.family == "beta-vae"]
    assert betas == [1, 3, 10, 20, 30, 40, 50, 75, 100]
    for family, prior in (("wae-gaussian", "gaussian"), ("wae-uniform", "uniform")):
        own = [config for config in configs if config.family == family]
        assert [config.lambda_1 for config in own] == [0, 0.1, 0.5, 1, 2, 3, 5, 8, 12]
        assert {(config.prior, config.tanh_mean, config.lambda_mmd) for config in own} == {(prior, True, 400)}
    for config in configs:
        assert (config.latent_dim, config.batch_size, config.total_steps, config.width) == (16, 100, 60_000, 1200)
        assert config.tanh_mean == (config.family != "beta-vae")
    assert plan("paper/figure4", "quick").trials == 81


def test_settings_of_the_longer_runs_are_among_those_of_figure_4() -> None:
    """Else their order could not be compared."""
    points = list(space_of("paper/figure4").grid())
    assert all(point in points for point in space_of("paper/figure4_longer").grid())
