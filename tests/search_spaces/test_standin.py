"""The studies of the stand-in for CelebA: what of Table 1 and Figure 3 they ask where d_I = 8 is known."""

import pytest

from study.config.trial import TrialConfig
from tests.make import plan


def configs(name: str, preset: str) -> list[TrialConfig]:
    chosen = plan(f"paper/{name}", preset=preset)
    return [chosen.trial_config(point, 0) for point in chosen.space.grid()]


def shared(config: TrialConfig) -> dict[str, object]:
    """What all models of one figure have in common."""
    return config.model_dump(exclude={"family", "latent_dim", "lambda_1", "lambda_2"})


def test_sizes() -> None:
    """Table 1: 24 models; Figure 3: 24, with the unpenalised ones of Table 1; L2 beside it: 9."""
    assert [plan(f"paper/{name}").trials for name in ("table1_standin", "figure3_standin", "figure3_standin_l2")] == [
        *(24, 24, 9)
    ]
    assert plan("paper/table1_standin", preset="paper").trials == 40


@pytest.mark.parametrize("preset", ["quick", "paper"])
@pytest.mark.parametrize(
    ("table", "figures"),
    [
        ("table1_standin", ["figure3_standin", "figure3_standin_l2"]),
        ("table1_standin_64", ["figure3_standin_64"]),
    ],
)
def test_figure_3_goes_on_where_table_1_ends(preset: str, table: str, figures: list[str]) -> None:
    """One report takes all studies: their objectives, and what their models have in common, are the same."""
    unpenalised = configs(table, preset)
    dimensions = {config.latent_dim for config in unpenalised if config.family == "wae-gaussian"}
    assert {4, 8, 128} < dimensions
    assert {(config["lambda_1"], config["lambda_2"]) for config in unpenalised} == {
        (None, None),
        (0.0, 0.0),
    }
    for name in figures:
        assert (
            plan(f"paper/{name}", preset=preset).space.objectives
            == plan(f"paper/{table}", preset=preset).space.objectives
        )
        assert "figure3" in plan(f"paper/{name}", preset=preset).space.paper
        for config in configs(name, preset):
            assert shared(config) == shared(unpenalised[0])
            assert config.family == "wae-gaussian"
            assert config.latent_dim in dimensions
            assert (config["lambda_1"] or 0) + (config["lambda_2"] or 0) > 0
    assert {"table1", "figure3"} <= set(plan(f"paper/{table}", preset=preset).space.paper)


@pytest.mark.parametrize("preset", ["quick", "paper"])
def test_longer_is_twice_as_long_and_otherwise_the_same(preset: str) -> None:
    of_figure = next(config for config in configs("figure3_standin", preset) if config.latent_dim == 128)
    for config in configs("figure3_standin_longer", preset):
        assert shared(config) == {**shared(of_figure), "steps": 2 * of_figure.steps}
        assert (config.latent_dim, config.family) == (128, "wae-gaussian")


def test_models_are_those_of_celeba() -> None:
    for config in configs("table1_standin_64", "paper"):
        assert (
            config.network,
            config["width"],
            config["prior"],
            config["tanh_mean"],
        ) == ("dcgan", 32, "gaussian", False)
        assert (config["lambda_mmd"], config.batch_size, config["kernel"]) == (
            400,
            100,
            "imq",
        )
