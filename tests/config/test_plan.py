"""Plans: the grid, corners that meet every choice, what `--set` fixes, saving and loading, what makes another study."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from study.config.load import available_spaces, load_space
from study.config.plan import StudyPlan, make_plan
from study.config.space import SearchSpace
from study.metrics import METRICS
from study.system.errors import InputError
from tests.config.conftest import GRID
from tests.make import plan, refused


def test_what_trials_compute(load: Callable[[str], SearchSpace]) -> None:
    """All but what is costly; or what is named, and the objectives in any case."""
    dsprites = GRID.replace("fading_squares", "dsprites")
    everything = load(dsprites).computed
    always = tuple(name for name, metric in METRICS.items() if metric.always)
    assert {"log_spread_max", "active_units"} <= set(always)
    assert {"mig", "dci_completeness", "reconstruction", "fid"} <= set(everything)
    assert "mean_pixel_deviation" not in everything
    assert "disentanglement_adagrad" not in everything
    assert load(f"{dsprites}metrics: [mig]\n").computed == ("reconstruction", *always, "mig")
    assert load(f"{dsprites}metrics: []\n").computed == ("reconstruction", *always)
    assert load(f"{dsprites}metrics: [disentanglement_adagrad]\n").computed == (
        "reconstruction",
        *always,
        "disentanglement_adagrad",
    )


def test_a_grid_has_as_many_trials_as_points(load: Callable[[str], SearchSpace]) -> None:
    space = load(GRID)
    assert plan(space).trials == 18
    assert plan(space, preset="twice").trials == 36
    assert plan(space, trials=4).trials == 4
    assert plan(space, overrides={"width": 30}).trials == 9
    assert plan(space, overrides={"family": "vae"}).trials == 2


def test_another_sampler_on_a_grid_needs_a_number(load: Callable[[str], SearchSpace]) -> None:
    space = load(GRID)
    assert refused(plan, space, sampler="tpe") == (
        "--sampler tpe: preset 'quick' of mine has no number of trials; use --trials"
    )
    assert plan(space, sampler="tpe", trials=7).trials == 7


def test_a_grid_needs_choices(space: SearchSpace) -> None:
    assert refused(plan, space, sampler="grid") == (
        "mine: parameters.lambda_1: the grid sampler needs choices; received a range"
    )


def test_objectives_know_their_sign(space: SearchSpace) -> None:
    assert {o.name: o.sign for o in space.objectives} == {"reconstruction": 1, "disentanglement": -1}


def test_a_setting_that_is_set_is_no_longer_searched(space: SearchSpace) -> None:
    made = plan(space, overrides={"latent_dim": 5})
    assert list(made.space.parameters) == ["family", "lambda_1", "beta"]
    assert {made.trial_config(point, 0).latent_dim for point in made.space.extremes()} == {5}
    assert made.space.balance == "family"


def test_a_family_that_is_set_settles_conditions(space: SearchSpace) -> None:
    made = plan(space, overrides={"family": "wae-gaussian"})
    assert list(made.space.parameters) == ["latent_dim", "lambda_1"]
    assert made.space.parameters["lambda_1"].when == {}
    assert made.space.families() == ("wae-gaussian",)
    assert made.space.balance is None
    assert not made.balanced
    made = plan(space, overrides={"family": "beta-vae"})
    assert list(made.space.parameters) == ["latent_dim", "beta"]
    assert "lambda_mmd" not in made.space.fixed


def test_what_hangs_on_a_parameter_that_is_gone_is_gone_too(load: Callable[[str], SearchSpace]) -> None:
    made = plan(load(GRID), overrides={"family": "vae"})
    assert list(made.space.parameters) == ["width"]
    made = plan(load(GRID), overrides={"lambda_1": 0})
    assert list(made.space.parameters) == ["family", "width"]
    made = plan(load(GRID), overrides={"lambda_1": 1})
    assert made.space.parameters["kernel"].when == {"family": ("wae-uniform",)}


def test_what_is_set_stands_over_fixed_and_preset(space: SearchSpace) -> None:
    made = plan(space, overrides={"lambda_mmd": 20, "width": 70})
    config = made.trial_config({"family": "wae-gaussian", "latent_dim": 8}, 0)
    assert (config["lambda_mmd"], config["width"]) == (20, 70)


def test_a_budget_that_is_set_takes_the_place_of_the_other_kind(space: SearchSpace) -> None:
    point = {"family": "wae-gaussian", "latent_dim": 8}
    assert plan(space).trial_config(point, 0).images == 4000
    by_steps = plan(space, overrides={"steps": 9}).trial_config(point, 0)
    assert (by_steps.images, by_steps.steps) == (None, 9)
    assert plan(space, overrides={"images": 900}).trial_config(point, 0).images == 900


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        ({"wdith": 4}, "--set: 'wdith' is not a setting of a trial; did you mean 'width'?"),
        ({"seed": 4}, "--set: 'seed' is not a setting of a trial; allowed: adversary_learning_rate, "),
        ({"images": 4, "steps": 4}, "--set: the budget is either images or steps; received both"),
        ({"batch_norm": "affine"}, "mine: fixed.batch_norm: fully-connected has no batch_norm"),
        ({"latent_dim": "many"}, "--set latent_dim: needs a number; received 'many'"),
        ({"latent_dim": True}, "--set latent_dim: needs a number; received True"),
        ({"latent_dim": 8.5}, "--set latent_dim: needs a whole number; received 8.5"),
        ({"latent_dim": 0}, "--set latent_dim: must be at least 1; received 0"),
        ({"latent_dim": [8, 9]}, "--set latent_dim: needs a whole number; received [8, 9]"),
        ({"latent_dim": None}, "--set latent_dim: needs a value; received none"),
        ({"beta": float("nan")}, "--set beta: needs a finite number; received nan"),
        ({"kernel": "gauss"}, "--set kernel: allowed: 'imq' or 'rbf'; received 'gauss'"),
        ({"precision": 16}, "--set precision: allowed: 'bfloat16' or 'float32'; received 16"),
        ({"learning_rate_schedule": [2]}, "--set learning_rate_schedule holds factors in (0, 1]; received [2.0]"),
        ({"family": "vqvae"}, "--set family: allowed: 'vae', 'beta-vae', "),
        ({"family": ["vae"]}, "--set family: allowed: 'vae', 'beta-vae', "),
        ({"family": "wae-uniform"}, "--set family: received 'wae-uniform'; the space has beta-vae, wae-gaussian"),
        ({"family": "wae-gaussian", "beta": 3}, "--set beta: wae-gaussian has no beta"),
        ({"family": "beta-vae", "latent_dim": 8, "beta": 3}, "--set: every parameter is fixed; at least one"),
        ({"prior": "round"}, "--set prior: allowed: 'gaussian' or 'uniform'; received 'round'"),
        ({"family": "beta-vae", "prior": "uniform"}, "--set prior: beta-vae has no prior"),
    ],
)  # fmt: skip
def test_what_cannot_be_set_is_one_sentence(space: SearchSpace, overrides: dict[str, Any], sentence: str) -> None:
    assert refused(plan, space, overrides=overrides).startswith(sentence)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"preset": "paper"}, "--preset: received 'paper'; mine has quick"),
        ({"trials": 0}, "mine: trials: must be at least 1; received 0"),
        ({"seed": -1}, "mine: seed: must be at least 0; received -1"),
    ],
)
def test_other_wrong_wishes(space: SearchSpace, changed: dict[str, Any], sentence: str) -> None:
    assert refused(plan, space, **changed) == sentence


@pytest.mark.parametrize(("trials", "balanced"), [(12, True), (13, False), (1, False), (2, True)])
def test_balance_needs_a_whole_number_of_rounds(space: SearchSpace, trials: int, balanced: bool) -> None:
    assert plan(space, trials=trials).balanced is balanced


OVERRIDES: list[dict[str, Any]] = [
    {},
    {"family": "wae-gaussian", "learning_rate_schedule": [1, 0.5]},
    {"steps": 9, "tanh_mean": False, "learning_rate": 1e-5, "kernel": "rbf"},
]


@pytest.mark.parametrize("overrides", OVERRIDES)
@pytest.mark.parametrize("name", ["study", "1e3", "null", "0x10", "2024-01-01", "1.5", "true"])
def test_a_plan_comes_back_as_it_was_saved(
    space: SearchSpace, tmp_path: Path, name: str, overrides: dict[str, Any]
) -> None:
    made = plan(space, name=name, overrides=overrides)
    made.save(tmp_path / "study.yaml")
    back = StudyPlan.load(tmp_path / "study.yaml")
    assert back == made
    assert back.difference(made) is None
    assert made.difference(back) is None
    for point in made.space.extremes():
        assert back.trial_config(point, 1) == made.trial_config(point, 1)


@pytest.mark.parametrize("name", available_spaces())
def test_shipped_spaces_come_back_as_they_were_saved(name: str, tmp_path: Path) -> None:
    space, default = load_space(name)
    for preset in space.presets:
        made = make_plan(space, name, name=default, preset=preset, seed=1)
        made.save(tmp_path / "study.yaml")
        assert StudyPlan.load(tmp_path / "study.yaml") == made


BROKEN = {
    "": "study.yaml: needs a mapping; received None",
    "name: [": "study.yaml: cannot be read as YAML: while parsing",
    "name: x": "study.yaml: space: required, but missing",
    "name: 2024-13-45": "study.yaml: name: received '2024-13-45' in line 1; text that looks like a date",
    "[" * 5000: "study.yaml: cannot be read as YAML: ",
    "name: !!python/name:os.system ''": "study.yaml: cannot be read as YAML: could not determine",
}


@pytest.mark.parametrize(("text", "sentence"), BROKEN.items(), ids=[text[:15] for text in BROKEN])
def test_a_broken_study_file_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "study.yaml").write_text(text)
    with pytest.raises(InputError) as error:
        StudyPlan.load(tmp_path / "study.yaml")
    assert str(error.value).startswith(f"{tmp_path}/{sentence}")
    assert "\n" not in str(error.value)


def test_a_study_file_of_an_unknown_preset_is_one_sentence(space: SearchSpace, tmp_path: Path) -> None:
    plan(space).save(tmp_path / "study.yaml")
    text = (tmp_path / "study.yaml").read_text()
    (tmp_path / "study.yaml").write_text(text.replace("preset: quick", "preset: slow"))
    with pytest.raises(InputError, match=r"study\.yaml: preset: received 'slow'; the space has quick"):
        StudyPlan.load(tmp_path / "study.yaml")


def test_no_study_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no study there; a study's folder holds a study\.yaml"):
        StudyPlan.load(tmp_path / "study.yaml")


def test_more_trials_are_the_same_study(space: SearchSpace) -> None:
    assert plan(space).difference(plan(space, trials=99)) is None


def test_another_description_is_the_same_study(space: SearchSpace) -> None:
    assert plan(space).difference(plan(space.model_copy(update={"description": "said better"}))) is None


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"seed": 1}, "seed was 0, received 1"),
        ({"name": "other"}, "name was 'study', received 'other'"),
        ({"sampler": "random"}, "sampler was 'tpe', received 'random'"),
        ({"overrides": {"width": 7}}, "--set was not given, received {'width': 7}"),
    ],
)
def test_the_difference_is_named(space: SearchSpace, changed: dict[str, Any], sentence: str) -> None:
    assert plan(space).difference(plan(space, **changed)) == sentence


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("width: {choices: [10, 20]}", "width: {choices: [10, 21]}",
         "space.parameters.width.choices was [10, 20], received [10, 21]"),
        ("width: {choices: [10, 20]}", "batch_size: {choices: [10, 20]}",
         "space.parameters.width was {'choices': [10, 20]"),
        ("sampler: grid", "sampler: grid\nbalance: family", "space.balance was None, received 'family'"),
        ("steps: 5", "steps: 6", "space.fixed.steps was 5, received 6"),
        ("objectives: {", "reference: {reconstruction: 1}\nobjectives: {",
         "space.reference.reconstruction was None, received 1.0"),
    ],
)  # fmt: skip
def test_a_difference_of_spaces_is_named(load: Callable[[str], SearchSpace], old: str, new: str, sentence: str) -> None:
    first, second = plan(load(GRID)), plan(load(GRID.replace(old, new)))
    difference = first.difference(second)
    assert difference is not None
    assert difference.startswith(sentence)


def test_another_order_of_parameters_is_another_study(load: Callable[[str], SearchSpace]) -> None:
    width = "  width: {choices: [10, 20]}\n"
    moved = GRID.replace(width, "").replace("parameters:\n", f"parameters:\n{width}")
    difference = plan(load(GRID)).difference(plan(load(moved)))
    assert difference == (
        "space.parameters was in the order family, lambda_1, kernel, width, received width, family, lambda_1, kernel"
    )
