"""The search benchmark at known answers: the table of real trials, the surrogate made of it, and studies on that."""

import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from benchmarks.results import save
from benchmarks.search import check, experiment, known_front, measures, real, surrogate, values
from benchmarks.search.figure import draw
from benchmarks.search.simulation import Arm, Completed, Rule, Run, simulate
from study.config import SearchSpace, StudyPlan, TrialConfig
from study.errors import InputError
from study.folder import StudyFolder
from study.outcome import Outcome
from study.records import RUNG, TrialRecord, write_records
from study.search import storage

Array = NDArray[np.float64]

SPACE = SearchSpace.model_validate(
    {
        "name": "small",
        "dataset": "dsprites",
        "objectives": {"reconstruction": "minimize", "disentanglement": "maximize"},
        "reference": {"reconstruction": 565, "disentanglement": 0.2},
        "balance": "family",
        "parameters": {
            "family": {"choices": ["beta-vae", "wae-gaussian"]},
            "lambda_1": {"low": 0.1, "high": 10, "log": True, "zero": 0.1, "when": {"family": ["wae-gaussian"]}},
            "beta": {"low": 1, "high": 100, "log": True, "when": {"family": "beta-vae"}},
            "batch_size": {"choices": [10, 20]},
        },
        "fixed": {"latent_dim": 4},
        "early_stopping": {"min_images": 100, "reduction_factor": 3},
        "presets": {"quick": {"trials": 12, "images": 2700}},
    }
)
IMAGES = (100, 300, 900, 2700)


def plan_of(sampler: Any = "random", rule: Rule = "none", seed: int = 0) -> StudyPlan:
    return experiment.arm_plan(SPACE, Arm(sampler, rule), seed, trials=12)


def badness(config: TrialConfig) -> float:
    """0 to 1: how far a trial is from the best of its family."""
    if config.family == "beta-vae":
        assert config.beta is not None
        return abs(float(np.log10(config.beta)) - 0.7) / 2
    return abs(float(np.log10((config.lambda_1 or 0) + 0.01)) + 0.3) / 2


@dataclass(frozen=True)
class Noiseless:
    """Trials of one quality: their order at each rung is that at the end, or with `turned` the opposite one."""

    turned: bool = False
    images: tuple[int, ...] = IMAGES

    def curve(self, config: TrialConfig) -> Array:
        bad = badness(config)
        end = np.array([100 + 300 * bad, 0.9 - 0.5 * bad])
        rung = np.array([500 - 300 * bad, 0.2 + 0.5 * bad]) if self.turned else end + np.array([100, -0.1])
        return np.array([rung, rung, rung, end])

    def expected(self, config: TrialConfig) -> Array:
        return self.curve(config)


@pytest.mark.parametrize("rule", ["none", "epsilon-net", "crowding", "chance", "foresight"])
@pytest.mark.parametrize("sampler", ["random", "tpe", "nsga2"])
def test_every_image_is_accounted_for(sampler: str, rule: Rule) -> None:
    run = simulate(plan_of(sampler, rule), Noiseless(), rule, budget=12 * 2700, workers=4)
    trained = 2700 * len(run.completed) + sum(rung * count for rung, count in run.stopped.items())
    assert trained + run.under_way == run.images == 12 * 2700
    assert run.under_way <= 4 * 2700
    assert run.started == len(run.completed) + sum(run.stopped.values()) + 4
    moments = [each.images for each in run.completed]
    assert moments == sorted(moments)
    assert all(0 < moment <= run.images for moment in moments)
    if rule == "none":
        assert len(run.completed) == 12
        assert not run.stopped


@pytest.mark.parametrize(("sampler", "rule"), [("random", "chance"), ("tpe", "epsilon-net"), ("nsga2", "none")])
def test_a_seed_says_all(sampler: str, rule: Rule) -> None:
    first, again, other = (
        simulate(plan_of(sampler, rule, seed), Noiseless(), rule, budget=10 * 2700, workers=3) for seed in (1, 1, 2)
    )
    assert first == again
    assert first.completed != other.completed


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rule", ["epsilon-net", "crowding", "foresight"])
def test_where_rungs_tell_the_end_halving_finds_the_same_front_with_a_third_of_the_images(
    rule: Rule, seed: int
) -> None:
    """Random search proposes the same trials in both, and who is the best so far is never stopped."""
    whole = simulate(plan_of(seed=seed), Noiseless(), "none", budget=36 * 2700, workers=4)
    halved = simulate(plan_of(rule=rule, seed=seed), Noiseless(), rule, budget=12 * 2700, workers=4)
    assert halved.started > whole.started - 4
    assert min(whole.completed, key=lambda each: each.values).values in {each.values for each in halved.completed}


def test_where_rungs_mislead_lots_are_better_and_foresight_is_best() -> None:
    def mean(rule: Rule) -> float:
        run = simulate(plan_of(rule=rule), Noiseless(turned=True), rule, budget=16 * 2700, workers=4)
        return float(np.mean([each.values[0] for each in run.completed]))

    assert mean("foresight") < mean("chance") < mean("epsilon-net")


def test_lots_stop_as_many_as_values_do() -> None:
    def gone_on(rule: Rule) -> float:
        run = simulate(plan_of(rule=rule), Noiseless(), rule, budget=20 * 2700, workers=4)
        return 1 - run.stopped[100] / (run.started - 4)

    assert gone_on("epsilon-net") == pytest.approx(0.4, abs=0.1)  # a third, and who came early
    assert gone_on("chance") == pytest.approx(gone_on("epsilon-net"), abs=0.1)


def test_search_is_told_what_studies_tell_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Outcome] = []
    tell = storage.tell

    def listening(study: Any, plan: StudyPlan, number: int, outcome: Outcome) -> None:
        told.append(outcome)
        tell(study, plan, number, outcome)

    monkeypatch.setattr(storage, "tell", listening)
    run = simulate(plan_of(rule="epsilon-net"), Noiseless(), "epsilon-net", budget=10 * 2700, workers=2)
    states = Counter(outcome.state for outcome in told)
    assert states == {"complete": len(run.completed), "pruned": sum(run.stopped.values())}
    complete = [outcome.metrics for outcome in told if outcome.state == "complete"]
    assert [tuple(metrics.values()) for metrics in complete] == [each.values for each in run.completed]
    assert set(complete[0]) == {"validation_reconstruction", "validation_disentanglement"}


def test_a_simulation_needs_an_even_budget_and_values_at_its_rungs() -> None:
    with pytest.raises(ValueError, match="multiple of 4 workers; received 2702"):
        simulate(plan_of(), Noiseless(), "none", budget=2702, workers=4)
    with pytest.raises(ValueError, match="needed are values at"):
        simulate(plan_of(rule="chance"), Noiseless(images=(100, 2700)), "chance", budget=2700, workers=4)
    assert len(simulate(plan_of(), Noiseless(images=(2700,)), "none", budget=2700, workers=1).completed) == 1


def configs(count: int, seed: int = 0) -> list[TrialConfig]:
    """Random trials of the space, families in turn."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(count):
        family = ("beta-vae", "wae-gaussian")[number % 2]
        own = {"beta": float(10 ** rng.uniform(0, 2))} if family == "beta-vae" else {"lambda_1": _lambda_1(rng)}
        point = {"family": family, "batch_size": int(rng.choice([10, 20])), **own}
        found.append(plan_of().trial_config(point, seed=int(rng.integers(1 << 30))))
    return found


def _lambda_1(rng: np.random.Generator) -> float:
    return 0.0 if rng.random() < 0.1 else float(10 ** rng.uniform(-1, 1))


def curves_of(noise: float, count: int = 60, flat: bool = False) -> values.Curves:
    """Trials whose curves are known, with noise on the logarithm of nats that is the same at all rungs of a trial."""
    rng = np.random.default_rng(7)
    drawn = configs(count)
    means = np.array([Noiseless().curve(drawn[0] if flat else config) for config in drawn])
    factors = np.exp(noise * rng.normal(size=count))
    found = means * np.stack([factors, np.ones(count)], axis=-1)[:, None]
    return values.Curves(tuple(drawn), IMAGES, found, {"complete": count})


@cache
def fitted(noise: float) -> surrogate.Surrogate:
    return surrogate.fit(curves_of(noise), SPACE)


def test_without_noise_the_surrogate_is_the_landscape() -> None:
    made = fitted(noise=0)
    assert set(made.chosen.values()) <= {"Gaussian process", "extra trees"}
    new = configs(40, seed=1)
    truth = np.array([Noiseless().curve(config) for config in new])
    for found in ([made.expected(config) for config in new], [made.curve(config) for config in new]):
        error = np.abs(np.array(found) - truth)
        assert np.median(error[..., 0]) < 5  # nats, of a range of 300
        assert np.median(error[..., 1]) < 0.01


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


@settings(max_examples=50, deadline=None)
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


def leave(folder: StudyFolder, plan: StudyPlan, curves: values.Curves, failed: int) -> None:
    """A study of these trials, as a launch leaves it; that many have failed after their first rung."""
    records = []
    for number, (config, curve) in enumerate(zip(curves.configs, curves.values, strict=True)):
        trial = folder.trial(number)
        trial.path.mkdir(parents=True)
        state = "failed" if number < failed else "complete"
        for images, measured in list(zip(IMAGES[:-1], curve[:-1], strict=True))[: 1 if number < failed else None]:
            objectives = {"validation_reconstruction": measured[0], "validation_disentanglement": measured[1]}
            trial.append_metrics({"step": images // config.batch_size, "images": images, "seconds": 1.0})
            trial.append_metrics({"step": images, "images": images, "seconds": 1.0, **objectives, RUNG: images})
        final = {"validation_reconstruction": curve[-1, 0], "validation_disentanglement": curve[-1, 1]}
        records.append(TrialRecord(number, config, state, metrics=final if state == "complete" else {}))
    plan.save(folder.plan)
    write_records(records, folder.records)


def test_the_table_holds_what_trials_had_and_grows_with_studies(tmp_path: Path) -> None:
    curves = curves_of(noise=0.1, count=6)
    table = tmp_path / "values.csv"
    for name in ("one", "two"):
        folder = StudyFolder(tmp_path / name)
        leave(folder, plan_of().model_copy(update={"name": name}), curves, failed=1)
        values.extract([folder.path], table)
    once = table.read_bytes()
    values.extract([tmp_path / "one", tmp_path / "two"], table)
    assert table.read_bytes() == once
    assert str(tmp_path) not in table.read_text()
    found = values.read_curves(table, plan_of())
    assert found.ended == {"complete": 10, "failed": 2}
    assert found.images == IMAGES
    assert found.configs == curves.configs[1:] * 2
    np.testing.assert_allclose(found.values, np.concatenate([curves.values[1:]] * 2))
    assert found.of_family("beta-vae").tolist() == [1, 3, 6, 8]


def test_what_is_wrong_with_a_table_is_said_in_a_sentence(tmp_path: Path) -> None:
    table = tmp_path / "values.csv"
    with pytest.raises(InputError, match="no such file"):
        values.read_curves(table, plan_of())
    folder = StudyFolder(tmp_path / "study")
    leave(folder, plan_of(), curves_of(noise=0, count=2), failed=0)
    values.extract([folder.path], table)
    lines = table.read_text().splitlines()
    table.write_text("\n".join(lines[:-2] + lines[-1:]))
    assert values.read_curves(table, plan_of()).images == (*IMAGES[:-2], IMAGES[-1])  # what both have
    table.write_text("\n".join(lines[:-1]))
    with pytest.raises(InputError, match="after the same images"):
        values.read_curves(table, plan_of())
    table.write_text("study,trial\nsmall,0\n")
    with pytest.raises(InputError, match="without the columns batch_size, beta, disentanglement"):
        values.read_curves(table, plan_of())
    write_records([], folder.records)
    with pytest.raises(InputError, match="no trial has ended"):
        values.extract([folder.path], tmp_path / "new.csv")


def test_volumes_over_images_at_known_answers() -> None:
    stick = measures.yardstick(SPACE)
    assert stick.worst.tolist() == [219, -0.656]
    assert stick.best.tolist() == [29, -0.937]
    run = Run(
        completed=(
            Completed(0, 10, (465.0, 0.3), (515.0, 0.25)),
            Completed(1, 20, (500.0, 0.25), (1.0, 0.99)),  # dominated: what it would give again does not count
            Completed(2, 30, (124.0, 0.7965), (565.0, 0.2)),
        ),
        stopped={},
        started=4,
        images=40,
        under_way=10,
    )
    found = measures.over_images(run, [5, 10, 20, 30, 40, 50], stick)
    assert found["hypervolume"] == pytest.approx([0, 10, 10, 441 * 0.5965, 441 * 0.5965])
    assert found["share"] == pytest.approx([0, 0, 0, 0.25, 0.25])
    assert found["expected_hypervolume"] == pytest.approx([0, 50 * 0.05, 50 * 0.05, 0, 0])
    with pytest.raises(InputError, match="reference"):
        measures.yardstick(SPACE.model_copy(update={"reference": {}}))


@pytest.mark.parametrize(
    ("found", "answer"), [([1, 2, 3, 4], 3), ([3, 3, 3, 3], 1), ([3, 1, 3, 3], 3), ([1, 1, 3, 2], None), ([3], 1)]
)
def test_a_target_is_reached_where_it_is_not_left_again(found: list[float], answer: int | None) -> None:
    assert experiment.reached([1, 2, 3, 4], found, 2.5) == answer


def test_an_experiment_goes_on_where_it_was_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(experiment, "CONTROLS", ())
    monkeypatch.setattr(experiment, "ARMS", experiment.ARMS[::3])
    table = tmp_path / "values.csv"
    table.write_text("")
    setting = experiment.Setting(trainings=8, share=0.5, workers=2)

    def run(seeds: int) -> Path:
        return experiment.run_all(SPACE, Noiseless(), table, setting, seeds, processes=1, place=tmp_path / "runs")

    folder = run(1)
    kept = {path: path.read_bytes() for path in folder.iterdir()}
    assert run(3) == folder
    assert len(list(folder.iterdir())) == 6
    assert all(path.read_bytes() == before for path, before in kept.items())
    found = experiment.summary(folder, SPACE, setting, 3)
    assert found["images"][-1] == 8 * 2700
    assert len(found["arms"]["random-none"]["quartiles"]["hypervolume"][1]) == 100
    assert len(found["arms"]["random-epsilon-net"]["quartiles"]["hypervolume"][1]) == 50
    assert found["arms"]["random-none"]["complete"] == 8
    assert found["target"]["hypervolume"] == found["arms"]["random-none"]["quartiles"]["hypervolume"][1][-1]
    experiment.print_table(json.loads(json.dumps(found)))
    assert "random-epsilon-net" in capsys.readouterr().out
    monkeypatch.setattr("benchmarks.search.figure.ARMS", experiment.ARMS)
    assert draw(found).startswith(b"\x89PNG")
    table.write_text("other values")
    assert run(1) != folder


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


@dataclass(frozen=True)
class Lucky(Noiseless):
    """What each trial measures is off by the luck of its seed, up to a tenth of the range either way."""

    def curve(self, config: TrialConfig) -> Array:
        return super().curve(config) + np.array([30, 0.05]) * np.random.default_rng(config.seed).uniform(-1, 1)

    def expected(self, config: TrialConfig) -> Array:
        return Noiseless().curve(config)


def known(trainer: Noiseless, trainings: int) -> dict[str, Any]:
    setting = experiment.Setting(trainings=4 * trainings)
    return known_front.known_front(trainer, plan_of(), measures.yardstick(SPACE), setting, seeds=8)


def test_who_knows_the_front_finds_it_and_luck_beside(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(known_front, "CANDIDATES", 40)
    best = min(map(badness, known_front.random_configs(plan_of(), 40)))
    whole = (565 - 100 - 300 * best) * (0.9 - 0.5 * best - 0.2)
    found = known(Noiseless(), trainings=5)
    assert (found["candidates"], found["configurations on the front"], found["trainings"]) == (40, 1, 5)
    assert found["expected of all"]["hypervolume"] == pytest.approx(whole)
    assert found["quartiles"]["hypervolume"] == pytest.approx([whole] * 3)
    few, many = known(Lucky(), trainings=2), known(Lucky(), trainings=50)
    assert few["quartiles"]["expected_hypervolume"] == pytest.approx([whole] * 3)
    assert whole < few["quartiles"]["hypervolume"][1] < many["quartiles"]["hypervolume"][1]
    known_front.print_known_front(found, dict.fromkeys(measures.MEASURES, 2 * whole))
    assert "hypervolume: 50.0% of the target (50.0% to 50.0%)" in capsys.readouterr().out


@pytest.fixture
def ended(tmp_path: Path) -> Callable[[int, float, Outcome], None]:
    def end(number: int, at: float, outcome: Outcome) -> None:
        trial = StudyFolder(tmp_path).trial(number)
        trial.path.mkdir(parents=True)
        outcome.write(trial)
        os.utime(trial.outcome, (at, at))

    plan_of().save(StudyFolder(tmp_path).plan)
    return end


def test_what_a_real_study_had_found_by_when(tmp_path: Path, ended: Callable[[int, float, Outcome], None]) -> None:
    final = {"validation_reconstruction": 465.0, "validation_disentanglement": 0.3}
    ended(0, 1010, Outcome("pruned", metrics={RUNG: 100.0, "rung_reconstruction": 1.0, "rung_disentanglement": 1.0}))
    ended(1, 1020, Outcome("complete", metrics=final))
    ended(2, 1040, Outcome("complete", metrics=final))
    StudyFolder(tmp_path).trial(3).path.mkdir()
    found = real.over_time(StudyFolder(tmp_path), 1000, [15, 30], measures.yardstick(SPACE))
    assert [(each.images, each.complete, each.pruned) for each in found] == [(100, 0, 1), (2800, 1, 1)]
    assert [each.hypervolume for each in found] == pytest.approx([0, 10])


def test_a_real_study_is_not_run_again_for_the_same_time_and_settings(tmp_path: Path) -> None:
    path = tmp_path / "real.json"
    asked = {"hours": 0.5, "set": ["width=16"]}
    assert real.kept(path, asked) == {}
    save(path, {"anecdotal": {real.study_name(Arm("tpe", "none"), 1): []}}, **asked)
    assert real.kept(path, asked) == {"tpe-none-01": []}
    assert real.kept(path, {**asked, "hours": 1.0}) == {}


def test_a_real_study_that_does_not_run_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"random-none-00 ended with exit code 2: error: --set: 'nothing'"):
        real.launch(Arm("random", "none"), 0, 60, tmp_path, ["nothing=1"])
    (tmp_path / "random-none-01").mkdir()
    with pytest.raises(InputError, match="is there already"):
        real.launch(Arm("random", "none"), 1, 60, tmp_path, [])
