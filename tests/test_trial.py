"""What becomes of a trial that does not come to its end."""

from pathlib import Path

import pytest
import torch

from study import trial
from study.config import TrialConfig
from study.folder import TrialFolder
from study.outcome import Outcome


def test_out_of_memory_is_infeasible_and_says_at_which_sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*arguments: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.\nGPU 0 has …")

    monkeypatch.setattr(trial, "make_model", no_room)
    config = TrialConfig(
        dataset="fading_squares", family="wae-gaussian", seed=1, steps=10, latent_dim=2, width=50_000, batch_size=900,
        lambda_mmd=1.0,
    )  # fmt: skip
    folder = TrialFolder(tmp_path)
    outcome = trial.run_trial(config, folder)
    assert outcome == Outcome.read(folder)
    assert outcome.state == "infeasible"
    assert outcome.reason == (
        "out of memory on cpu at batch_size 900, width 50000, latent_dim 2: "
        "CUDA out of memory. Tried to allocate 20.00 GiB."
    )
