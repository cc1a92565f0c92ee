"""The codes of a few images while a model is trained, cut and resumed."""

from pathlib import Path

import numpy as np
import pytest
import torch

from study.data.dataset import Dataset
from study.records.folder import TrialFolder
from study.trial import run as trial_module
from study.trial.arrays import to_npz
from study.trial.model import make_model
from study.trial.run import run_trial
from study.trial.trajectory import IMAGES, Trajectory
from tests.trial.small import config


def test_the_arrays_of_a_trial_are_small_and_hold_its_trajectory(squares: Dataset, tmp_path: Path) -> None:
    folder = TrialFolder(tmp_path)
    run_trial(config(steps=150), folder, metrics=["reconstruction"], objectives=["reconstruction"])
    with np.load(folder.arrays) as arrays:
        assert arrays["trajectory"].shape == (len(arrays["trajectory_step"]), IMAGES, 2)
        chosen = np.linspace(0, 999, IMAGES).round().astype(int)
        np.testing.assert_allclose(arrays["trajectory"][-1], arrays["means"][chosen], rtol=1e-3, atol=1e-4)
    logged = [line["step"] for line in folder.read_metrics()]
    with np.load(folder.arrays) as arrays:
        assert arrays["trajectory_step"].tolist() == logged
    assert folder.arrays.stat().st_size < 200_000
    assert not folder.trajectory.exists()


class Cut(Exception):
    """What a killed process looks like from inside."""


@pytest.mark.parametrize("cut", [0, 1, 3, 6])
def test_a_trajectory_that_was_cut_short_goes_on_without_a_hole_and_without_a_step_twice(
    cut: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {"metrics": ["reconstruction"], "objectives": ["reconstruction"]}
    run_trial(config(), TrialFolder(tmp_path / "uncut"), **wanted)

    folder = TrialFolder(tmp_path / "cut")

    def report(progress: object, values: object) -> None:
        if progress.step == cut:  # type: ignore[attr-defined]
            raise Cut

    fit = trial_module.fit
    with monkeypatch.context() as patched:
        patched.setattr(trial_module, "fit", lambda *args, **kw: fit(*args, **{**kw, "checkpoint_seconds": 0}))
        with pytest.raises(Cut):
            run_trial(config(), folder, **wanted, report=report)
    with folder.trajectory.open("ab") as file:
        file.write(b"half a record")
    run_trial(config(), folder, **wanted)
    with np.load(folder.arrays) as mine, np.load(TrialFolder(tmp_path / "uncut").arrays) as theirs:
        assert mine["trajectory_step"].tolist() == list(range(7))
        np.testing.assert_array_equal(mine["trajectory"], theirs["trajectory"])


@pytest.mark.parametrize("network", ["fully-connected", "dcgan"])
def test_the_trajectory_leaves_the_training_as_it_is(squares: Dataset, tmp_path: Path, network: str) -> None:
    """The moving averages of batch norm too."""
    model = make_model(config(network=network), squares.images.shape).train()
    state, before = torch.get_rng_state(), {name: value.clone() for name, value in model.state_dict().items()}
    trajectory = Trajectory(tmp_path / "t.bin", model, squares, "cpu")
    trajectory.append(0)
    trajectory.append(5)
    assert model.training
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert torch.equal(torch.get_rng_state(), state)
    assert trajectory.arrays()["trajectory_step"].tolist() == [0, 5]
    assert to_npz(trajectory.arrays())
