"""The landscape of the losing family, the models that are compared on it, and the table of them."""

import math

import pytest

from benchmarks.search import losing_family
from benchmarks.search.losing_family import BEHIND, LOSING, MODELS, distance, objectives, plan_of
from benchmarks.search.simulation import study_in_memory
from study.config.load import load_space
from study.config.trial import TrialConfig
from study.search import proposals, storage

SPACE, _ = load_space("dsprites")


def config(family: str, latent_dim: int = 8, **settings: float) -> TrialConfig:
    point = {"family": family, "latent_dim": latent_dim, "batch_size": 100, **settings}
    return plan_of(SPACE, "of each", 0).trial_config(point, seed=0)


def test_values_at_known_answers() -> None:
    assert distance(config("beta-vae", beta=10)) == 0
    for beta in (1, 100):
        assert distance(config("beta-vae", beta=beta)) == pytest.approx(math.log(10))
    assert distance(config("wae-uniform", lambda_1=0)) == pytest.approx(math.log(25))
    assert objectives(config("beta-vae", beta=10), (0, 0)) == [100, 0.8]
    assert objectives(config("beta-vae", 32, beta=10), (60, 0.3)) == pytest.approx([140, 0.4])
    assert objectives(config("wae-gaussian", lambda_1=math.e), (60, 0.3)) == pytest.approx([120, 0.74])


def test_no_beta_makes_up_for_what_beta_vaes_are_behind() -> None:
    best = objectives(config(LOSING, beta=10), BEHIND["dominated"])
    worst = objectives(config("wae-uniform", lambda_1=0.1), BEHIND["dominated"])
    assert worst[0] < best[0]
    assert worst[1] > best[1]


@pytest.mark.parametrize("model", MODELS)
def test_families_take_turns_with_every_model(model: losing_family.Model) -> None:
    plan = plan_of(SPACE, model, 0)
    study = study_in_memory(plan)
    families = [proposals.propose(study, plan).user_attrs[storage.CONFIG]["family"] for _ in range(6)]
    assert families == ([LOSING] * 6 if model == "alone" else ["beta-vae", "wae-gaussian", "wae-uniform"] * 2)
    assert plan.space.balance == ("family" if model in ("random", "of each") else None)


def test_a_run_looks_at_the_last_trials_of_each_family(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of nine trials, three a family, the last one; hypervolumes are of all of them."""
    monkeypatch.setattr(losing_family, "TRIALS", 9)
    monkeypatch.setattr(losing_family, "LAST", 1)
    plan = plan_of(SPACE, "random", 5)
    study = study_in_memory(plan)
    drawn = [TrialConfig(**proposals.propose(study, plan).user_attrs[storage.CONFIG]) for _ in range(9)]
    run = losing_family._run(SPACE, "as good", "random", 5)
    assert [run[each.family] for each in drawn[6:]] == [distance(each) for each in drawn[6:]]
    assert run["hypervolume"] >= run[f"hypervolume of {LOSING}s"] > 0
    other = losing_family._run(SPACE, "dominated", "random", 5)
    assert other[LOSING] == run[LOSING]
    assert other[f"hypervolume of {LOSING}s"] < run[f"hypervolume of {LOSING}s"]
    summary = losing_family._summary([{"beta-vae": 1.0}, {"beta-vae": 3.0}])
    assert summary == {"beta-vae": [2.0, pytest.approx(1.0)]}
    losing_family.print_losing_family({"dominated": {"random": summary}})
    assert "| dominated | random | 2 ± 1 |" in capsys.readouterr().out
