"""`fit` on a GPU does what it does on the CPU, captured as a graph or not."""

from pathlib import Path

import numpy as np
import pytest
import torch

from study.config.families import FAMILIES
from study.trial import fit as study_fit
from tests.trial.small import CONVOLUTIONS, Cut, colours, run, told, trial, watched

needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")


@needs_gpu
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("family", ["beta-vae", *(name for name in FAMILIES if name.startswith("wae"))])
def test_on_a_gpu_a_captured_training_is_the_plain_one(family: str, precision: str) -> None:
    config = trial(family, precision=precision)
    captured, progress = run(config, device="cuda")
    curve = [told(p) for p in progress]
    plain, progress = run(config, device="cuda", capture=False)
    for mine, theirs in zip(curve, map(told, progress), strict=True):
        assert mine[:2] == theirs[:2]
        assert mine[2] == pytest.approx(theirs[2], rel=1e-3, abs=1e-4)
    for name, weights in plain.state_dict().items():
        torch.testing.assert_close(captured.state_dict()[name], weights, rtol=1e-2, atol=1e-4, msg=name)


@needs_gpu
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize(("network", "batch_norm"), CONVOLUTIONS)
def test_on_a_gpu_a_captured_convolutional_training_is_the_plain_one(
    network: str, batch_norm: str, precision: str
) -> None:
    """The moving averages count every step once: those before the capture, the capture itself not, every replay."""
    config = trial(network=network, batch_norm=batch_norm, width=8, steps=12, precision=precision, learning_rate=1e-5)
    captured, progress = run(config, colours(), device="cuda")
    list(progress)
    plain, progress = run(config, colours(), device="cuda", capture=False)
    list(progress)
    for name, value in plain.state_dict().items():
        torch.testing.assert_close(captured.state_dict()[name], value, rtol=2e-2, atol=1e-3, msg=name)
        if name.endswith("num_batches_tracked"):
            assert captured.state_dict()[name] == 12


@needs_gpu
def test_on_a_gpu_images_that_are_sent_batch_by_batch_give_the_same_training(monkeypatch: pytest.MonkeyPatch) -> None:
    expected, progress = run(trial(), device="cuda")
    list(progress)
    monkeypatch.setattr(study_fit, "fits", lambda images, device: False)
    model, progress = run(trial(), device="cuda")
    list(progress)
    for name, weights in expected.state_dict().items():
        torch.testing.assert_close(model.state_dict()[name], weights, rtol=1e-2, atol=1e-4, msg=name)


@needs_gpu
@pytest.mark.usefixtures("few_logs")
@pytest.mark.parametrize("cut", [1, 5, 13])
def test_on_a_gpu_a_run_that_was_cut_ends_where_an_uncut_one_does(
    cut: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, path = trial(), tmp_path / "checkpoint.pt"
    uncut, progress = run(config, device="cuda")
    list(progress)
    with monkeypatch.context() as patched:
        watched(patched, cut=cut)
        with pytest.raises(Cut):
            list(run(config, device="cuda", checkpoint=path, checkpoint_seconds=0)[1])
    model, progress = run(config, device="cuda", checkpoint=path)
    list(progress)
    for name, weights in uncut.state_dict().items():
        torch.testing.assert_close(model.state_dict()[name], weights, rtol=1e-2, atol=1e-4, msg=name)


@needs_gpu
def test_on_a_gpu_training_sees_the_batches_that_it_sees_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = watched(monkeypatch)
    for device in ("cpu", "cuda"):
        list(run(trial(), device=device)[1])
    for there, here in zip(drawn[:24], drawn[24:], strict=True):
        assert np.array_equal(there, here)
