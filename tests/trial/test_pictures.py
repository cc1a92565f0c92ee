"""Pictures: sizes, what is where, and the same for every trial."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from study.config.trial import TrialConfig
from study.data.dataset import Dataset, Images, split
from study.models import AutoEncoder
from study.trial.model import make_model
from study.trial.pictures import reconstructions, samples, save_pictures, tile, traversal

SIDE = 16
LEFT, TOP = 112, 18
"""Pixels of the labels of a traversal."""


@pytest.fixture
def dataset() -> Dataset:
    """300 images: a lit column each, its place and brightness differing."""
    array = np.zeros((300, SIDE, SIDE), dtype=np.uint8)
    for index in range(300):
        array[index, :, index % SIDE] = 100 + index // 2
    images = Images(array.reshape(300, -1), "uint8", (1, SIDE, SIDE))
    return Dataset("columns", images, split(300), "made", "0" * 64)


def model(family: str, latent_dim: int = 4, **settings: object) -> AutoEncoder:
    config = TrialConfig(
        **{"dataset": "dsprites", "family": family, "seed": 0, "steps": 1, "latent_dim": latent_dim, "width": 8},
        **{"beta": 1.0} if family == "beta-vae" else {},
        **settings,
    )
    return make_model(config, (1, SIDE, SIDE))


@pytest.mark.parametrize("family", ["beta-vae", "wae-uniform", "wae-deterministic"])
def test_three_small_grey_pictures(family: str, dataset: Dataset, tmp_path: Path) -> None:
    torch.manual_seed(3)
    before = torch.random.get_rng_state()
    trained = model(family).train()
    save_pictures(trained, dataset, tmp_path / "pictures")
    sizes = {}
    for path in (tmp_path / "pictures").iterdir():
        with Image.open(path) as picture:
            assert picture.mode == "L"
            sizes[path.name] = picture.size
    cell = 2 * SIDE + 2
    assert sizes == {
        "reconstructions.png": (10 * cell + 2, 2 * cell + 2),
        "samples.png": (10 * cell + 2, 5 * cell + 2),
        "traversal.png": (LEFT + 10 * cell + 2, TOP + 4 * cell + 2),
    }
    assert torch.equal(torch.random.get_rng_state(), before)
    assert trained.training


def test_the_same_model_gives_the_same_files(dataset: Dataset, tmp_path: Path) -> None:
    for name in ("a", "b"):
        save_pictures(model("wae-gaussian"), dataset, tmp_path / name)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_reconstructions_stand_under_the_same_test_images_for_every_trial(dataset: Dataset) -> None:
    model_ = model("wae-gaussian")
    grid = reconstructions(model_, dataset, "cpu")
    other = reconstructions(model("beta-vae"), dataset, "cpu")
    assert torch.equal(grid[0], other[0])
    torch.testing.assert_close(grid[1], torch.sigmoid(model_.decode(model_.encode(grid[0]).mean)).detach())
    test_images = dataset.images.batch(dataset.split.test)
    assert all(any(torch.equal(shown, image) for image in test_images) for shown in grid[0])
    assert len(torch.unique(grid[0].flatten(1), dim=0)) == 10


def test_few_test_images_make_a_narrow_picture(dataset: Dataset) -> None:
    few = replace(dataset, split=replace(dataset.split, test=dataset.split.test[:3]))
    assert reconstructions(model("vae"), few, "cpu").shape == (2, 3, 1, SIDE, SIDE)
    assert traversal(model("vae"), few, "cpu").images.shape == (4, 10, 1, SIDE, SIDE)


def test_samples_are_decoded_draws_of_the_prior() -> None:
    uniform = model("wae-uniform")
    draws = torch.rand(50, 4, generator=torch.Generator().manual_seed(0)) * 2 - 1
    expected = torch.sigmoid(uniform.decode(draws)).unflatten(0, (5, 10))
    torch.testing.assert_close(samples(uniform, "cpu"), expected)


@pytest.mark.parametrize(
    ("family", "settings", "reach"),
    [("vae", {}, 2), ("wae-gaussian", {}, 1), ("wae-gaussian", {"tanh_mean": False}, 2), ("wae-uniform", {}, 1)],
)
def test_a_traversal_moves_one_dimension_a_row_the_most_active_first(
    family: str, settings: dict[str, object], reach: float, dataset: Dataset
) -> None:
    model_ = model(family, **settings)
    with torch.no_grad():
        head = model_.encoder.mean.head  # type: ignore[union-attr]
        head.weight *= torch.tensor([0.1, 2.0, 0.0, 1.0]).unsqueeze(1)
        images = dataset.images.batch(dataset.split.test)
        codes = model_.encode(images).mean
        order = sorted(range(4), key=lambda d: -float(codes[:, d].std()))
        base = model_.encode(reconstructions(model_, dataset, "cpu")[0][:1]).mean[0]
        shown = traversal(model_, dataset, "cpu")
        grid = shown.images
        assert shown.dimensions.tolist() == order
        torch.testing.assert_close(shown.values, torch.linspace(-reach, reach, 10))
        for row, dimension in enumerate(order):
            for column in (0, 4, 9):
                code = base.clone()
                code[dimension] = -reach + 2 * reach * column / 9
                torch.testing.assert_close(grid[row, column], torch.sigmoid(model_.decode(code.unsqueeze(0)))[0])


def test_a_traversal_shows_at_most_sixteen_dimensions(dataset: Dataset) -> None:
    assert len(traversal(model("vae", latent_dim=20), dataset, "cpu").images) == 16


@pytest.mark.parametrize(
    ("family", "name"),
    [("beta-vae", "log-var"), ("wae-gaussian", "log-var"), ("wae-uniform", "log-spread"), ("wae-deterministic", None)],
)
def test_rows_of_a_traversal_have_the_mean_log_spread_of_their_dimension(
    family: str, name: str | None, dataset: Dataset
) -> None:
    model_ = model(family)
    with torch.no_grad():
        shown = traversal(model_, dataset, "cpu")
        code = model_.encode(dataset.images.batch(dataset.split.test))
    if name is None:
        assert shown.log_spreads is None
        assert code.log_spread is None
        return
    assert code.log_spread is not None
    assert shown.log_spreads is not None
    assert shown.spread_name == name
    expected = code.log_spread.mean(dim=0)[shown.dimensions]
    torch.testing.assert_close(shown.log_spreads, expected)


def test_a_traversal_has_labels_beside_its_images(dataset: Dataset) -> None:
    model_ = model("vae")
    with torch.no_grad():
        shown = traversal(model_, dataset, "cpu")
    picture = np.asarray(shown.picture())
    assert (picture[TOP:, LEFT:] == np.asarray(tile(shown.images.numpy()))).all()
    assert (picture[:TOP, :LEFT] == 255).all()
    high = (picture.shape[0] - TOP) // 4
    for row in range(4):  # dark letters in the row of each dimension, and no two rows with the same text
        assert picture[TOP + row * high : TOP + (row + 1) * high, :LEFT].min() < 64
    texts = {picture[TOP + row * high : TOP + (row + 1) * high, :LEFT].tobytes() for row in range(4)}
    assert len(texts) == 4
    wide = (picture.shape[1] - LEFT) // 10
    assert all(picture[:TOP, LEFT + n * wide : LEFT + (n + 1) * wide].min() < 64 for n in range(10))
    unlabelled = replace(shown, log_spreads=None)
    assert (np.asarray(unlabelled.picture())[:, :LEFT] != picture[:, :LEFT]).any()


def test_tiles_lie_between_grey_lines_and_keep_their_levels() -> None:
    grid = np.zeros((1, 2, 3, 64, 64), dtype=np.float32)
    grid[0, 0, 0] = 1.0
    grid[0, 1, 2] = np.nan
    grid[0, 1, 1] = 0.5
    pixels = np.asarray(tile(grid))
    assert pixels.shape == (68, 134, 3)
    assert (pixels[2:66, 2:66] == [255, 0, 0]).all()
    assert (pixels[2:66, 68:132] == [0, 128, 0]).all()
    assert (pixels[:2] == 110).all()
    assert (pixels[:, 66:68] == 110).all()


def test_small_images_are_doubled() -> None:
    grid = np.arange(4, dtype=np.float32).reshape(1, 1, 1, 2, 2) / 255
    assert np.asarray(tile(grid))[2:6, 2:6].tolist() == [[0, 0, 1, 1], [0, 0, 1, 1], [2, 2, 3, 3], [2, 2, 3, 3]]
