"""What trials save for figures: the same images for every model, small, and true to the model."""

import io

import numpy as np
import pytest
import torch

from study.config.trial import TrialConfig
from study.data.dataset import Dataset, Images, split
from study.trial.arrays import collect, to_npz
from study.trial.model import make_model
from study.trial.pictures import reconstructions


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


def config(family: str, **settings: object) -> TrialConfig:
    return TrialConfig.model_validate(
        {"dataset": "dsprites", "family": family, "seed": 0, "steps": 1, "latent_dim": 3, "width": 8, **settings}
    )


@pytest.mark.parametrize("family", ["wae-deterministic", "wae-gaussian", "wae-uniform"])
def test_images_and_spreads(dsprites: Dataset, family: str) -> None:
    model = make_model(config(family), dsprites.images.shape)
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
