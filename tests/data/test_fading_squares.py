"""Fading squares: 1000 grey levels of one centred square."""

import numpy as np

from study.data import DATASETS, fading_squares, load


def test_facts_of_the_data() -> None:
    data = load("fading_squares")
    assert (data.name, data.source, data.factors) == ("fading_squares", "rendered", None)
    assert len(data.images) == 1000
    assert data.images.shape == DATASETS["fading_squares"].image_shape == (1, 32, 32)
    images = data.images.batch(np.arange(1000)).numpy()[:, 0]
    inside = images[:, 13:19, 13:19]
    np.testing.assert_allclose(inside, np.broadcast_to(np.arange(1000)[:, None, None] / 1000, inside.shape), rtol=1e-7)
    outside = np.ones((32, 32), dtype=bool)
    outside[13:19, 13:19] = False
    assert not images[:, outside].any()


def test_pixels_cannot_be_written_and_the_checksum_is_of_the_pixels() -> None:
    first, second = fading_squares.load(), fading_squares.load()
    assert not first.images.array.flags.writeable
    assert first.checksum == second.checksum
    assert len(first.checksum) == 64


def test_split_has_900_for_training_and_validation() -> None:
    parts = load("fading_squares").split
    assert [len(parts[part]) for part in ("train", "validation", "test")] == [855, 45, 100]
