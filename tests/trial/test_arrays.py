"""What trials save for figures: the same images for every model, small, and true to the model."""

import io

import numpy as np

from study.trial.arrays import to_npz


def test_the_file_gives_back_what_went_in() -> None:
    arrays = {"a": np.arange(3), "b": np.ones((2, 2), np.uint8)}
    with np.load(io.BytesIO(to_npz(arrays)), allow_pickle=False) as read:
        assert set(read) == {"a", "b"}
        for name, array in arrays.items():
            np.testing.assert_array_equal(read[name], array)
