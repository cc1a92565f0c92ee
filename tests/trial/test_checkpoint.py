"""A training that was cut goes on from its checkpoint to the same end; what is wrong with a checkpoint is said."""

import io
import logging
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from study.config.families import FAMILIES
from study.system.errors import InputError
from study.trial import fit as fit_module
from study.trial.fit import fit
from study.trial.model import make_loss, make_model
from tests.trial.small import (
    CONVOLUTIONS,
    SHAPE,
    Cut,
    FakeClock,
    assert_same,
    bars,
    colours,
    run,
    told,
    trial,
    watched,
)


@pytest.mark.usefixtures("few_logs")
def test_an_adversary_goes_on_from_a_checkpoint(tmp_path: Path) -> None:
    config, path = trial("wae-gan", adversary_width=16), tmp_path / "checkpoint.pt"
    uncut, cut, resumed = (make_loss(config) for _ in range(3))
    list(fit(make_model(config, SHAPE), uncut, bars(), config, checkpoint=None, device="cpu"))
    for p in fit(make_model(config, SHAPE), cut, bars(), config, checkpoint=path, device="cpu", checkpoint_seconds=0):
        if p.step == 15:
            break
    list(fit(make_model(config, SHAPE), resumed, bars(), config, checkpoint=path, device="cpu"))
    assert_same(resumed.state_dict(), uncut.state_dict())


@pytest.mark.usefixtures("few_logs")
@pytest.mark.parametrize("cut", [1, 5, 13, 23])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("family", ["beta-vae", *(name for name in FAMILIES if name.startswith("wae"))])
def test_a_run_that_was_cut_ends_exactly_where_an_uncut_one_does(
    family: str, precision: str, cut: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, path = trial(family, precision=precision), tmp_path / "checkpoint.pt"
    uncut, progress = run(config, milestones=[7])
    expected = [told(p) for p in progress]

    with monkeypatch.context() as patched:
        watched(patched, cut=cut)
        with pytest.raises(Cut):
            list(run(config, checkpoint=path, checkpoint_seconds=0)[1])
    model, progress = run(config, checkpoint=path, checkpoint_seconds=0, milestones=[7])
    rest = [told(p) for p in progress]
    assert_same(model.state_dict(), uncut.state_dict())
    assert rest == [p for p in expected if p[0] > cut]


@pytest.mark.usefixtures("few_logs")
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize(("network", "batch_norm"), CONVOLUTIONS)
def test_a_convolutional_run_that_was_cut_ends_exactly_where_an_uncut_one_does(
    network: str, batch_norm: str, precision: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moving averages of batch norm included, whatever was evaluated in between."""
    config = trial(network=network, batch_norm=batch_norm, width=4, steps=9, precision=precision)
    path = tmp_path / "checkpoint.pt"
    uncut, progress = run(config, colours())
    expected = [told(p) for p in progress]
    with monkeypatch.context() as patched:
        watched(patched, cut=5)
        with pytest.raises(Cut):
            for _ in run(config, colours(), checkpoint=path, checkpoint_seconds=0)[1]:
                pass
    model, progress = run(config, colours(), checkpoint=path, checkpoint_seconds=0)
    rest = []
    for p in progress:
        rest.append(told(p))
        model.eval()
        model.reconstruct(torch.rand(3, 3, 32, 32))
        model.sample(3, torch.Generator())
    assert_same(model.state_dict(), uncut.state_dict())
    assert rest == [p for p in expected if p[0] > 5]


@pytest.mark.usefixtures("few_logs")
def test_a_step_whose_yield_was_not_dealt_with_is_yielded_again(tmp_path: Path) -> None:
    config, path = trial(), tmp_path / "checkpoint.pt"
    expected = [told(p) for p in run(config)[1]]
    for p in run(config, checkpoint=path, checkpoint_seconds=0)[1]:
        if p.step == 10:
            break
    assert [told(p) for p in run(config, checkpoint=path)[1]] == [p for p in expected if p[0] >= 10]


def test_a_finished_run_is_only_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config, path = trial(), tmp_path / "checkpoint.pt"
    trained, progress = run(config, checkpoint=path)
    list(progress)
    drawn = watched(monkeypatch)
    model, progress = run(config, checkpoint=path)
    assert list(progress) == []
    assert drawn == []
    assert_same(model.state_dict(), trained.state_dict())


def test_seconds_go_on_where_they_were(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clock, path = FakeClock(monkeypatch), tmp_path / "checkpoint.pt"
    for p in run(trial(), checkpoint=path, checkpoint_seconds=0)[1]:
        if p.step == 11:
            break
    clock.now += 1000
    assert all(p.seconds == p.step for p in run(trial(), checkpoint=path)[1])


def test_checkpoints_are_as_seldom_as_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    FakeClock(monkeypatch)
    saved: list[int] = []
    monkeypatch.setattr(fit_module, "save_checkpoint", lambda path, config, content: saved.append(content["step"]))
    list(run(trial(), checkpoint=tmp_path / "c.pt", checkpoint_seconds=7)[1])
    assert saved == [7, 14, 21, 24]


def cut_short(data: bytes) -> bytes:
    return data[: len(data) // 2]


def one_bit_flipped(data: bytes) -> bytes:
    """In the middle of the largest tensor, where the file's structure does not show it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        largest = archive.read(max(archive.infolist(), key=lambda entry: entry.file_size))
    middle = data.index(largest) + len(largest) // 2
    return data[:middle] + bytes([data[middle] ^ 16]) + data[middle + 1 :]


def nothing(data: bytes) -> bytes:
    return b""


def text(data: bytes) -> bytes:
    return b"not a checkpoint"


@pytest.mark.parametrize("damage", [cut_short, one_bit_flipped, nothing, text])
def test_a_damaged_checkpoint_costs_the_training_and_is_said(
    damage: Callable[[bytes], bytes], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config, path = trial(), tmp_path / "checkpoint.pt"
    expected = [told(p) for p in run(config, checkpoint=path)[1]]
    path.write_bytes(damage(path.read_bytes()))
    with caplog.at_level(logging.WARNING):
        assert [told(p) for p in run(config, checkpoint=path)[1]] == expected
    assert "training starts afresh" in caplog.text


@pytest.mark.parametrize(("key", "value"), [("format", 0), ("device", "cuda")])
def test_a_checkpoint_of_another_format_or_device_is_not_gone_on_from(
    key: str, value: object, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config, path = trial(), tmp_path / "checkpoint.pt"
    expected = [told(p) for p in run(config, checkpoint=path)[1]]
    torch.save({**torch.load(path, weights_only=True), key: value}, path)
    with caplog.at_level(logging.WARNING):
        assert [told(p) for p in run(config, checkpoint=path)[1]] == expected
    assert "training starts afresh" in caplog.text


def test_a_checkpoint_of_another_configuration_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pt"
    list(run(trial(lambda_1=1.0), checkpoint=path)[1])
    before = path.read_bytes()
    with pytest.raises(InputError, match=r"another configuration: lambda_1 was 1\.0, is 2\.0"):
        list(run(trial(lambda_1=2.0), checkpoint=path)[1])
    assert path.read_bytes() == before
