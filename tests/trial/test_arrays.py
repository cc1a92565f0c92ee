"""What trials save for figures: the same images for every model, small, and true to the model."""

import io
from pathlib import Path

import numpy as np
import pytest
import torch

from study.config.trial import TrialConfig
from study.data.dataset import Dataset, Images, split
from study.evaluation.suite import evaluate
from study.trial.arrays import collect, to_npz
from study.trial.model import make_model
from study.trial.pictures import reconstructions
from study.trial.trajectory import Trajectory
from tests.trial.small import config


def test_the_file_gives_back_what_went_in() -> None:
    arrays = {"a": np.arange(3), "b": np.ones((2, 2), np.uint8)}
    with np.load(io.BytesIO(to_npz(arrays)), allow_pickle=False) as read:
        assert set(read) == {"a", "b"}
        for name, array in arrays.items():
            np.testing.assert_array_equal(read[name], array)


@pytest.fixture(scope="module")
def dsprites() -> Dataset:
    """Random images under the name of dSprites."""
    rng = np.random.default_rng(0)
    images = Images(rng.random((200, 64 * 64), dtype=np.float32), "float32", (1, 64, 64))
    return Dataset("dsprites", images, split(200), "made", "0")


def sprites_config(family: str, **settings: object) -> TrialConfig:
    return TrialConfig.model_validate(
        {"dataset": "dsprites", "family": family, "seed": 0, "steps": 1, "latent_dim": 3, "width": 8, **settings}
    )


@pytest.mark.parametrize("family", ["wae-deterministic", "wae-gaussian", "wae-uniform"])
def test_images_and_spreads(dsprites: Dataset, family: str) -> None:
    model = make_model(sprites_config(family), dsprites.images.shape)
    with torch.no_grad():
        model.encoder.mean.head.weight[1] = 0  # a dimension that says nothing
        if family != "wae-deterministic":
            model.encoder.log_spread.head.weight.zero_()
            model.encoder.log_spread.head.bias.copy_(torch.tensor([-3.0, 0.0, 1.0]))
    model.train()
    global_state = torch.get_rng_state()
    arrays = collect(model, dsprites, "cpu")
    assert model.training
    assert torch.equal(torch.get_rng_state(), global_state)
    originals, reconstructed = reconstructions(model, dsprites, "cpu")
    np.testing.assert_allclose(arrays["originals"] / 255, originals.numpy(), atol=0.5 / 255 + 1e-6)
    np.testing.assert_allclose(arrays["reconstructions"] / 255, reconstructed.numpy(), atol=0.5 / 255 + 1e-6)
    assert arrays["samples"].shape == (50, 1, 64, 64)
    codes = model.encode(dsprites.images.batch(dsprites.split.test)).mean.detach().numpy()
    np.testing.assert_allclose(arrays["code_variance"], codes.var(axis=0), rtol=1e-4, atol=1e-9)
    assert arrays["code_variance"][1] == 0
    assert ("log_spread_quantiles" in arrays) == (family != "wae-deterministic")
    if family != "wae-deterministic":
        np.testing.assert_array_equal(arrays["log_spread_quantiles"], np.tile([-3, 0, 1], (5, 1)))


@pytest.mark.parametrize("family", ["wae-deterministic", "wae-uniform", "vae", "wae-gan"])
def test_codes_are_of_all_images_in_grey_order_and_the_plane_is_decoded(squares: Dataset, family: str) -> None:
    model = make_model(config(family), squares.images.shape)
    arrays = collect(model, squares, "cpu")
    images = squares.images.batch(np.arange(1000))
    with torch.no_grad():
        code = model.encode(images)
    np.testing.assert_allclose(arrays["means"], code.mean, atol=1e-5)
    if code.log_spread is None:
        assert "log_spreads" not in arrays
        np.testing.assert_array_equal(arrays["codes"], arrays["means"])
    else:
        np.testing.assert_allclose(arrays["log_spreads"], code.log_spread, atol=1e-5)
        scale = np.exp(arrays["log_spreads"] / (2 if family == "vae" else 1))
        noise = (arrays["codes"] - arrays["means"]) / scale
        assert noise.std() == pytest.approx(1 if family == "vae" else 1 / np.sqrt(3), rel=0.05)

    half_side = 2.5 if family == "vae" else 1.0
    assert arrays["plane_half_side"] == half_side
    assert arrays["prior_samples"].shape == (1000, 2)
    assert arrays["prior_samples"].std() == pytest.approx(1 if family == "vae" else 1 / np.sqrt(3), rel=0.05)
    for name, side in (("plane", 11), ("plane_brightness", 41)):
        corners = {(0, 0): (-1, 1), (0, side - 1): (1, 1), (side - 1, 0): (-1, -1), (side // 2, side // 2): (0, 0)}
        for (row, column), (first, second) in corners.items():
            with torch.no_grad():
                z = half_side * torch.tensor([[float(first), float(second)]])
                image = torch.sigmoid(model.decode(z))[0].numpy()
            if name == "plane":
                np.testing.assert_allclose(arrays[name][row, column] / 255, image, atol=0.5 / 255 + 1e-5)
            else:
                assert arrays[name][row, column] == pytest.approx(image.mean(), abs=1e-5)


def test_the_deviation_s_largest_value_is_about_the_metric(squares: Dataset) -> None:
    model = make_model(config(), squares.images.shape)
    with torch.no_grad():
        model.network.decoder[-2].bias.fill_(-4)  # about the brightness of the data
        model.network.decoder[-2].weight.mul_(0.5)
    deviation = np.abs(collect(model, squares, "cpu")["pixel_deviation"]).max()
    metric = evaluate(model, squares, "test", "standard", "cpu", ["mean_pixel_deviation"])["mean_pixel_deviation"]
    assert 0.3 < metric < 0.99
    assert deviation == pytest.approx(metric, abs=0.02)  # other draws, and at some points only


def test_no_plane_where_codes_or_images_have_none(squares: Dataset, tmp_path: Path) -> None:
    model = make_model(config(latent_dim=3), squares.images.shape)
    assert "means" not in collect(model, squares, "cpu")
    trajectory = Trajectory(tmp_path / "t.bin", model, squares, "cpu")
    trajectory.append(0)
    trajectory.truncate(0)
    assert trajectory.arrays() == {}
    assert not (tmp_path / "t.bin").exists()
