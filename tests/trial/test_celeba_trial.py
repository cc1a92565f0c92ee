"""A trial on images in CelebA's layout, from the files to everything that it leaves: in colour, with batch norm."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from study.config.trial import TrialConfig
from study.data import load
from study.records.folder import TrialFolder
from study.trial.run import run_trial


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WAE_STUDY_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "celeba" / "img_align_celeba"
    folder.mkdir(parents=True)
    lines = []
    for number in range(90):
        colour = (2 * number, 255 - 2 * number, 100)
        Image.new("RGB", (178, 218), colour).save(folder / f"{number:06d}.jpg")
        lines.append(f"{number:06d}.jpg {number % 3}\n")
    (folder.parent / "list_eval_partition.txt").write_text("".join(lines), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("family", "network"), [("wae-gaussian", "dcgan"), ("wae-deterministic", "small-convolutional")]
)
def test_a_trial_on_celeba_leaves_everything(family: str, network: str, root: Path) -> None:
    settings = {"network": network, "width": 8, "latent_dim": 3, "tanh_mean": False, "batch_size": 10, "steps": 4}
    config = TrialConfig(**{"dataset": "celeba", "family": family, "seed": 0, **settings})
    folder = TrialFolder(root / "trial")
    outcome = run_trial(config, folder, data_root=root, metrics=["reconstruction", "reconstruction_floor"])
    assert (outcome.state, outcome.reason) == ("complete", "")
    assert 0 < outcome.metrics["reconstruction_floor"] < outcome.metrics["reconstruction"]
    assert str(outcome.provenance["data"]).startswith("official partition ")
    with np.load(folder.arrays) as arrays:
        assert arrays["originals"].shape == arrays["reconstructions"].shape == (10, 3, 64, 64)
        assert arrays["samples"].shape == (50, 3, 64, 64)
        assert arrays["originals"].dtype == np.uint8
    with Image.open(folder.pictures / "samples.png") as picture:
        assert picture.mode == "RGB"
    data = load("celeba", root)
    floor = -sum(
        value * np.log(value, where=value > 0, out=np.zeros_like(value)) for value in _levels(data.images.array[2::3])
    )
    assert outcome.metrics["reconstruction_floor"] == pytest.approx(floor.sum() / 30, rel=1e-4)


def _levels(stored: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """p and 1 - p of every value."""
    p = stored / 255
    return p, 1 - p
