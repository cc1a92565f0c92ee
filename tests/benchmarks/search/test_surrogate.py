"""The surrogate of measured trials at known answers, and the check of how far it is like them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.search import check, measures, surrogate, values
from study.system.errors import InputError
from tests.benchmarks.search.landscape import IMAGES, SPACE, Noiseless, configs, curves_of, fitted, plan_of


@pytest.mark.slow
@pytest.mark.ci
def test_without_noise_the_surrogate_is_the_landscape() -> None:
    made = fitted(noise=0)
    assert set(made.chosen.values()) <= {"Gaussian process", "extra trees"}
    new = configs(40, seed=1)
    truth = np.array([Noiseless().curve(config) for config in new])
    for found in ([made.expected(config) for config in new], [made.curve(config) for config in new]):
        error = np.abs(np.array(found) - truth)
        assert np.median(error[..., 0]) < 5  # nats, of a range of 300
        assert np.median(error[..., 1]) < 0.01


@pytest.mark.slow
@pytest.mark.ci
def test_a_residual_is_a_whole_curve_as_large_as_the_noise() -> None:
    made = surrogate.fit(curves_of(noise=0.2, count=80, flat=True), SPACE)
    config = configs(1)[0]
    mean = made.families[config.family].predict(
        surrogate.features(config.settings(), made.families["beta-vae"].parameters)
    )
    drawn = np.array([made.curve(config.model_copy(update={"seed": seed})) for seed in range(50)])
    residuals = np.log(drawn[..., 0]) - mean[:, 0]
    assert np.ptp(residuals, axis=1).max() < 0.02  # of one trial, the same at all rungs
    spread = np.std([np.log(made.curve(each)[-1, 0]) for each in configs(400, seed=2)])
    assert spread == pytest.approx(0.2, rel=0.25)


def test_the_expected_curve_is_the_mean_over_seeds() -> None:
    made = fitted(noise=0.2)
    config = configs(1, seed=3)[0]
    drawn = [made.curve(config.model_copy(update={"seed": seed})) for seed in range(300)]
    different = np.unique(drawn, axis=0)
    assert len(different) == surrogate.NEIGHBOURS
    np.testing.assert_allclose(different.mean(axis=0), made.expected(config))
    assert (made.curve(config) == made.curve(config)).all()


def curves_with_seeds(landscape: float, luck: float, count: int = 60) -> values.Curves:
    """Configurations of two seeds each. On the logarithm of nats one is off by so much for both, and each by luck."""
    rng = np.random.default_rng(11)
    once = curves_of(noise=0, count=count, flat=True)
    offsets = {config.config_id: landscape * rng.normal() for config in once.configs}  # some have λ₁ = 0, and are one
    off = np.repeat([offsets[config.config_id] for config in once.configs], 2) + luck * rng.normal(size=2 * count)
    found = np.repeat(once.values, 2, axis=0) * np.stack([np.exp(off), np.ones(2 * count)], axis=-1)[:, None]
    drawn = [config.model_copy(update={"seed": seed}) for config in once.configs for seed in (1, 2)]
    return values.Curves(tuple(drawn), IMAGES, found, {"complete": 2 * count})


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize(("landscape", "luck"), [(0.2, 0.2), (0.3, 0.1), (0.2, 0.0)])
def test_luck_is_what_seeds_of_one_configuration_differ_by(landscape: float, luck: float) -> None:
    made = surrogate.fit(curves_with_seeds(landscape, luck), SPACE)
    share = luck**2 / (landscape**2 + luck**2)
    for family in made.families.values():
        assert family.luck[:, 0] == pytest.approx(share, abs=0.12)
    drawn = [
        [np.log(made.curve(new.model_copy(update={"seed": seed}))[-1, 0]) for seed in range(40)]
        for new in configs(20, seed=5)
    ]
    assert np.sqrt(np.var(drawn, axis=1).mean()) == pytest.approx(luck, rel=0.25, abs=1e-9)
    spread = np.std([np.log(made.curve(each)[-1, 0]) for each in configs(400, seed=2)])
    assert spread == pytest.approx(np.hypot(landscape, luck), rel=0.35)  # of 30 measured landscapes a family


@settings(max_examples=50)
@given(family=st.sampled_from(["beta-vae", "wae-gaussian"]), at=st.floats(0, 1), seed=st.integers(0, 2**31 - 1))
def test_no_value_is_out_of_range(family: str, at: float, seed: int) -> None:
    own = {"beta": 100**at} if family == "beta-vae" else {"lambda_1": 0.1 * 100**at}
    config = plan_of().trial_config({"family": family, "batch_size": 20, **own}, seed=seed)
    made = fitted(noise=1.5)
    for found in (made.curve(config), made.expected(config)):
        assert found.shape == (4, 2)
        assert (found[:, 0] > 0).all()
        assert ((found[:, 1] > 0) & (found[:, 1] < 1)).all()


def test_features_are_places_on_logarithmic_ranges() -> None:
    parameters = surrogate.family_parameters(SPACE, "wae-gaussian")
    assert list(parameters) == ["lambda_1", "batch_size"]
    assert surrogate.features({"lambda_1": 1, "batch_size": 10}, parameters).tolist() == pytest.approx([0.5, 0])
    assert surrogate.features({"lambda_1": 0, "batch_size": 20}, parameters).tolist() == pytest.approx([-0.2, 1])


def test_a_surrogate_needs_trials_of_every_family_and_objectives_it_has_a_scale_for() -> None:
    with pytest.raises(InputError, match="needed are 10 complete trials of beta-vae; received 9"):
        surrogate.fit(curves_of(noise=0, count=18), SPACE)
    other = SPACE.model_copy(
        update={"objectives": (SPACE.objectives[0], SPACE.objectives[1].model_copy(update={"name": "mig"}))}
    )
    with pytest.raises(InputError, match="no scale for mig"):
        surrogate.fit(curves_of(noise=0), other)


def test_the_check_sees_that_a_surrogate_is_like_its_trials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "DRAWS", 4)
    curves = curves_of(noise=0.2)
    found = check.check(fitted(noise=0.2), curves, plan_of(), measures.yardstick(SPACE))
    held_out = {(row["figure"], row["objective"], row["images"]): row["value"] for row in found["held out"]}
    assert held_out["deviation of residuals", "reconstruction", 2700] == pytest.approx(0.2, rel=0.4)
    assert held_out["R²", "disentanglement", 2700] > 0.9
    for row in found["real and surrogate trials"]:
        if row["figure"] == "rank correlation with the end":
            assert row["real"] > 0.9
            assert row["median"] > 0.9
        if row["figure"] == "standard deviation":
            assert row["median"] == pytest.approx(row["real"], rel=0.5)
    fronts = {(row["whose"], row["measure"]): row["median"] for row in found["fronts of random trials"]}
    assert fronts["surrogate", "hypervolume"] == pytest.approx(fronts["real", "hypervolume"], rel=0.1)
    check.print_check(found)
