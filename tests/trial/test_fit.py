"""`fit`: what it yields, how it trains, and what is infeasible."""

import math
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from study.config.families import FAMILIES
from study.config.trial import TrialConfig
from study.data.dataset import Dataset, Encoding, Images, split
from study.models import WAEGAN, bernoulli_nll
from study.system.errors import Infeasible
from study.trial import fit as study_fit
from study.trial.fit import Batches, draw_batch, fit, fits, log_steps, scheduled
from study.trial.model import make_loss, make_model, stream_seed
from tests.trial.small import CONVOLUTIONS, SHAPE, FakeClock, assert_same, bars, colours, run, trial, watched


@pytest.mark.parametrize("total", [1, 7, 100, 101, 4000, 60_000])
def test_a_learning_curve_has_about_a_hundred_even_steps_and_ends_at_the_last(total: int) -> None:
    steps = sorted(log_steps(total))
    assert len(steps) == min(total, 100)
    assert steps[0] >= 1
    assert steps[-1] == total
    assert np.ptp(np.diff([0, *steps])) <= 1


@pytest.mark.usefixtures("few_logs")
def test_yields_at_0_at_log_steps_at_milestones_and_at_the_last() -> None:
    _, progress = run(trial(), milestones=[0, 7, 10, 100])
    assert [p.step for p in progress] == [0, 5, 7, 10, 15, 20, 24]


def test_the_budget_is_in_images_or_in_steps() -> None:
    by_images = [(p.step, p.images) for p in run(trial(images=90))[1]]
    by_steps = [(p.step, p.images) for p in run(trial(steps=5))[1]]
    assert by_images == by_steps == [(step, 20 * step) for step in range(6)]


@pytest.mark.usefixtures("few_logs")
def test_terms_are_means_over_the_steps_since_the_last_yield() -> None:
    every_step = {p.step: p.terms for p in run(trial(), milestones=range(25))[1]}
    yielded = list(run(trial())[1])
    assert yielded[0].terms == {}
    for before, after in pairwise(yielded):
        steps = range(before.step + 1, after.step + 1)
        for name in ("loss", "reconstruction", "mmd", "l1", "l2"):
            mean = np.mean([every_step[step][name] for step in steps])
            assert after.terms[name] == pytest.approx(mean, rel=1e-5)


def test_seconds_count_training_and_not_what_the_caller_does(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clock = FakeClock(monkeypatch)
    progress = run(trial(), checkpoint=tmp_path / "c.pt", checkpoint_seconds=0)[1]
    for p in progress:
        assert p.seconds == p.step
        clock.now += 1000


@pytest.mark.parametrize(("n", "batch_size"), [(200, 20), (950, 400), (700_000, 100)])
def test_batches_are_of_different_training_images_and_independent_of_each_other(
    n: int, batch_size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = Dataset("dsprites", Images(np.zeros((n, 8), np.uint8), "bits", SHAPE), split(n), "rendered", "")
    drawn = watched(monkeypatch)
    list(run(trial(batch_size=batch_size), dataset)[1])
    assert len(drawn) == 24
    for batch in drawn:
        assert len(np.unique(batch)) == batch_size
        assert np.isin(batch, dataset.split.train).all()
    everything = np.concatenate(drawn)
    assert everything.min() < 0.1 * n
    assert everything.max() > 0.9 * n
    if n == 200:  # three epochs' worth of images: independent batches leave gaps and repeat within an epoch
        first_epoch = everything[: len(dataset.split.train) // 20 * 20]
        assert len(np.unique(first_epoch)) < len(first_epoch)


def test_each_factor_of_the_schedule_holds_for_an_equal_part_of_the_budget() -> None:
    config = trial(steps=10, learning_rate=0.1, learning_rate_schedule=(1.0, 0.5, 0.25, 0.1), batch_size=100)
    rates = [scheduled(config.learning_rate, config, step) for step in range(10)]
    assert rates == pytest.approx([0.1] * 3 + [0.05] * 2 + [0.025] * 3 + [0.01] * 2)
    short = trial(steps=1, learning_rate=0.1, batch_size=100)
    assert scheduled(short.learning_rate, short, 0) == 0.1


@pytest.mark.parametrize(("scaling", "factor"), [("constant", 1), ("linear", 4), ("sqrt", 2)])
def test_the_learning_rate_follows_the_batch_size_as_the_setting_says(scaling: str, factor: float) -> None:
    config = trial(batch_size=400, learning_rate=0.01, learning_rate_scaling=scaling)
    assert scheduled(config.learning_rate, config, 0) == pytest.approx(0.01 * factor)


def test_training_is_adam_on_the_objective_with_the_scheduled_rate() -> None:
    """Against Adam (Kingma and Ba 2015, Algorithm 1) written out."""
    config = trial(steps=12, precision="float32", learning_rate_scaling="sqrt")
    trained, progress = run(config)
    list(progress)

    model, objective, dataset = make_model(config, SHAPE), make_loss(config), bars()
    batches = np.random.default_rng(stream_seed(config.seed, "batches"))
    noise = torch.Generator().manual_seed(stream_seed(config.seed, "noise"))
    train, parameters = dataset.split.train, list(model.parameters())
    m, v = [torch.zeros_like(p) for p in parameters], [torch.zeros_like(p) for p in parameters]
    for t in range(1, 13):
        rate = 1e-3 * math.sqrt(20 / 100) * (1.0, 0.7, 0.3, 0.1)[(t - 1) // 3]
        images = dataset.images.batch(train[batches.choice(len(train), 20, replace=False, shuffle=False)])
        gradients = torch.autograd.grad(objective(model, images, noise)["loss"], parameters)
        with torch.no_grad():
            for i, (p, g) in enumerate(zip(parameters, gradients, strict=True)):
                m[i] = 0.9 * m[i] + 0.1 * g
                v[i] = 0.999 * v[i] + 0.001 * g**2
                p.sub_(rate * (m[i] / (1 - 0.9**t)) / ((v[i] / (1 - 0.999**t)).sqrt() + 1e-8))
    for name, value in model.state_dict().items():
        torch.testing.assert_close(trained.state_dict()[name], value, rtol=1e-4, atol=2e-6, msg=name)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("family", FAMILIES)
def test_training_lowers_the_loss(family: str, precision: str) -> None:
    config = trial(family, steps=200, precision=precision, width=32, learning_rate=3e-3, lambda_mmd=10.0)
    curve = [p.terms for p in run(config)[1] if p.step > 0]
    on = np.arange(1, 8) / 8  # how often the pixels of each row are on; the first row always is
    constant_image = float(-8 * (on * np.log(on) + (1 - on) * np.log(1 - on)).sum())
    assert curve[0]["reconstruction"] > constant_image
    assert np.mean([terms["reconstruction"] for terms in curve[-10:]]) < 0.7 * constant_image
    assert np.mean([terms["loss"] for terms in curve[-10:]]) < curve[0]["loss"]


def speaking(config: TrialConfig) -> WAEGAN:
    """The objective of a WAE-GAN whose small adversary has weights large enough to say something from the start."""
    objective = make_loss(config)
    assert isinstance(objective, WAEGAN)
    with torch.no_grad():
        for weights in objective.parameters():
            weights.mul_(50)
    return objective


def test_an_adversary_is_trained_beside_the_model_by_an_adam_of_its_own() -> None:
    """Against two optimisers and two backward passes, one after the other."""
    config = trial("wae-gan", steps=12, precision="float32", adversary_width=16, adversary_learning_rate=2e-3)
    trained, objective = make_model(config, SHAPE), speaking(config)
    list(fit(trained, objective, bars(), config, checkpoint=None, device="cpu"))

    model, rival, dataset = make_model(config, SHAPE), speaking(config), bars()
    batches = np.random.default_rng(stream_seed(config.seed, "batches"))
    noise = torch.Generator().manual_seed(stream_seed(config.seed, "noise"))
    of_model = torch.optim.Adam(model.parameters(), lr=1e-3)
    of_rival = torch.optim.Adam(rival.adversary.parameters(), lr=2e-3, betas=(0.5, 0.999))
    for step in range(12):
        factor = (1.0, 0.7, 0.3, 0.1)[step // 3]
        of_model.param_groups[0]["lr"], of_rival.param_groups[0]["lr"] = 1e-3 * factor, 2e-3 * factor
        images = dataset.images.batch(draw_batch(dataset.split.train, 20, batches))
        z = model.encode(images).mean
        prior = model.sample_prior(20, noise)
        on_prior, on_codes = torch.sigmoid(rival.adversary(prior)), torch.sigmoid(rival.adversary(z.detach()))
        of_rival.zero_grad()
        (-on_prior.log().mean() - (1 - on_codes).log().mean()).backward()
        loss = bernoulli_nll(model.decode(z), images).mean() - 10 * torch.sigmoid(rival.adversary(z)).log().mean()
        gradients = torch.autograd.grad(loss, list(model.parameters()))
        for weights, gradient in zip(model.parameters(), gradients, strict=True):
            weights.grad = gradient
        of_model.step()
        of_rival.step()
    for name, value in {**model.state_dict(), **rival.state_dict()}.items():
        found = {**trained.state_dict(), **objective.state_dict()}[name]
        torch.testing.assert_close(found, value, rtol=1e-3, atol=2e-5, msg=name)
    initial = speaking(config).state_dict()
    assert all((value - initial[name]).abs().max() > 1e-3 for name, value in objective.state_dict().items())


def test_weights_of_an_adversary_that_stop_being_finite_are_infeasible() -> None:
    config = trial("wae-gan", steps=3)
    objective = make_loss(config)
    progress = fit(make_model(config, SHAPE), objective, bars(), config, checkpoint=None, device="cpu")
    for p in progress:
        if p.step == 2:
            with torch.no_grad():
                objective.get_parameter("adversary.layers.8.bias")[0] = math.inf
            break
    with pytest.raises(Infeasible, match=r"diverged: \w+ is (nan|inf) by step 3"):
        list(progress)


def test_bfloat16_and_float32_differ_in_the_products_and_hardly_in_the_result() -> None:
    low, high = (
        [p.terms["reconstruction"] for p in run(trial(precision=precision))[1] if p.step]
        for precision in ("bfloat16", "float32")
    )
    assert low != high
    assert low == pytest.approx(high, rel=0.02)


def test_float32_is_wholly_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {}
    for precision in ("float32", "bfloat16"):
        model, progress = run(trial(precision=precision, steps=1))
        dtypes: set[torch.dtype] = set()
        for module in model.modules():
            module.register_forward_hook(
                lambda _, __, out, dtypes=dtypes: dtypes.add(out.dtype) if isinstance(out, torch.Tensor) else None
            )
        list(progress)
        seen[precision] = dtypes
    assert seen == {"float32": {torch.float32}, "bfloat16": {torch.float32, torch.bfloat16}}


def test_a_run_is_a_function_of_its_configuration() -> None:
    results = []
    for global_seed in (1, 2):
        torch.manual_seed(global_seed)
        before = torch.get_rng_state()
        model, progress = run(trial())
        results.append(([p.terms for p in progress], model.state_dict()))
        assert torch.equal(before, torch.get_rng_state())
    assert results[0][0] == results[1][0]
    assert_same(results[0][1], results[1][1])


def test_what_the_caller_does_with_the_model_between_yields_changes_nothing() -> None:
    plain, progress = run(trial())
    list(progress)
    evaluated, progress = run(trial())
    for _ in progress:
        evaluated.eval()
        evaluated.sample(10, torch.Generator().manual_seed(0))
        np.random.default_rng(0).random()
    assert evaluated.training
    assert_same(plain.state_dict(), evaluated.state_dict())


def test_images_that_are_sent_batch_by_batch_give_the_same_training(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a GPU that has no room for all of them."""
    expected, progress = run(trial())
    list(progress)
    monkeypatch.setattr(study_fit, "fits", lambda images, device: False)
    model, progress = run(trial())
    list(progress)
    assert_same(model.state_dict(), expected.state_dict())


def test_a_batch_larger_than_the_training_part_is_infeasible() -> None:
    with pytest.raises(Infeasible, match="batch of 300 cannot be drawn from 171 training images"):
        list(run(trial(batch_size=300))[1])


@pytest.mark.usefixtures("few_logs")
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_loss_that_is_not_finite_is_infeasible_and_never_in_a_checkpoint(precision: str, tmp_path: Path) -> None:
    config = trial(learning_rate=1e30, precision=precision)
    with pytest.raises(Infeasible, match=r"diverged: \w+ is (nan|inf|-inf) by step \d+|the weights .* after step \d+"):
        list(run(config, checkpoint=tmp_path / "c.pt", checkpoint_seconds=0)[1])
    if (tmp_path / "c.pt").exists():
        saved = torch.load(tmp_path / "c.pt", weights_only=True)
        assert all(value.isfinite().all() for value in saved["model"].values())


def test_weights_that_stop_being_finite_at_the_last_step_are_infeasible() -> None:
    config = trial(steps=3)
    model, progress = run(config)
    for p in progress:
        if p.step == 2:  # the loss of the step to come does not see this bias: the clipped side of the log-spread
            with torch.no_grad():
                model.get_parameter("encoder.log_spread.head.bias")[0] = math.inf
            break
    with pytest.raises(Infeasible, match=r"weights encoder\.log_spread\.head\.bias are not finite after step 3"):
        list(progress)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize(("network", "batch_norm"), CONVOLUTIONS)
def test_training_a_convolutional_network_lowers_the_loss_and_the_model_in_evaluation_has_learned_it(
    network: str, batch_norm: str, precision: str
) -> None:
    code: dict[str, Any] = {"latent_dim": 6, "tanh_mean": False, "lambda_mmd": 0}
    network_settings = {"network": network, "batch_norm": batch_norm, "width": 8, "precision": precision}
    config = trial("wae-deterministic", steps=60, learning_rate=3e-3, **code, **network_settings)
    data = colours()
    model, progress = run(config, data)
    curve = [p.terms for p in progress if p.step > 0]
    last = np.mean([terms["reconstruction"] for terms in curve[-5:]])
    assert last < 0.92 * curve[0]["reconstruction"]
    model.eval()
    images = data.images.batch(data.split.train)
    seen = torch.nn.functional.binary_cross_entropy(model.reconstruct(images), images, reduction="sum") / len(images)
    assert seen == pytest.approx(last, rel=0.05)


STORED_SHAPE = (3, 2, 8)
N_STORED = 30


def stored(encoding: Encoding) -> Images:
    random = np.random.default_rng(0)
    if encoding == "float32":
        return Images(random.random((N_STORED, 48), dtype=np.float32), encoding, STORED_SHAPE)
    return Images(
        random.integers(0, 256, (N_STORED, 6 if encoding == "bits" else 48), dtype=np.uint8), encoding, STORED_SHAPE
    )


@pytest.mark.parametrize("copied", [True, False])
@pytest.mark.parametrize("encoding", ["bits", "uint8", "float32"])
def test_images_are_those_that_were_put(encoding: Encoding, copied: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(study_fit, "fits", lambda images, device: copied)
    images = stored(encoding)
    incoming = Batches(images, 4, torch.device("cpu"))
    for indices in ([3, 1, 2, 29], [0, 5, 7, 6]):
        incoming.put(np.array(indices))
        assert torch.equal(incoming.images(), images.batch(np.array(indices)))


@pytest.mark.parametrize("copied", [True, False])
def test_what_a_captured_step_reads_stays_where_it_is(copied: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(study_fit, "fits", lambda images, device: copied)
    incoming = Batches(stored("uint8"), 4, torch.device("cpu"))
    places = set()
    for start in range(5):
        incoming.put(np.arange(start, start + 4))
        places.add(incoming._next.data_ptr())
    assert len(places) == 1


@pytest.mark.parametrize(("memory", "expected"), [(16 * N_STORED * 48, True), (16 * N_STORED * 48 - 1, False)])
def test_a_copy_may_take_a_sixteenth_of_a_gpu(memory: int, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: SimpleNamespace(total_memory=memory))
    assert fits(stored("uint8"), torch.device("cuda")) is expected
    assert fits(stored("uint8"), torch.device("cpu"))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("encoding", ["bits", "uint8", "float32"])
def test_on_a_gpu_both_ways_give_the_same(encoding: Encoding, monkeypatch: pytest.MonkeyPatch) -> None:
    images, device = stored(encoding), torch.device("cuda")
    for copied in (True, False):
        monkeypatch.setattr(study_fit, "fits", lambda images, device, copied=copied: copied)
        incoming = Batches(images, 4, device)
        for start in range(20):
            incoming.put(np.arange(start, start + 4))
            assert torch.equal(incoming.images(), images.batch(np.arange(start, start + 4), device))
