"""The draws of an evaluation: the same for all trials, of the images of one part, in whole batches."""

from dataclasses import replace

import numpy as np
import torch

from study.data.dataset import Dataset, Images
from study.evaluation.sizes import BATCH, SIZES
from tests.evaluation.conftest import StandIn, run


def test_same_draws_for_all_trials_and_others_for_the_other_part(dsprites: Dataset) -> None:
    noisy = StandIn(spread=0.2)
    torch_state, numpy_state = torch.get_rng_state(), np.random.get_state(legacy=False)  # noqa: NPY002
    first = run(noisy, dsprites)
    torch.rand(7)
    assert run(noisy, dsprites) == first
    assert run(noisy, dsprites, "validation")["reconstruction"] != first["reconstruction"]
    torch.set_rng_state(torch_state)
    run(noisy, dsprites)
    assert torch.equal(torch.get_rng_state(), torch_state)
    np.testing.assert_equal(np.random.get_state(legacy=False), numpy_state)  # noqa: NPY002


def test_only_images_of_the_part_are_seen(dsprites: Dataset) -> None:
    """All other images are replaced by rubbish; nothing changes."""
    for part in ("validation", "test"):
        array = np.full_like(dsprites.images.array, 0.5)
        rows = dsprites.split[part]  # type: ignore[index]
        array[rows] = dsprites.images.array[rows]
        other = replace(dsprites, images=Images(array, "float32", (1, 64, 64)), checksum=f"{part} only")
        expected = run(StandIn(spread=0.1), dsprites, part, "full")  # type: ignore[arg-type]
        assert run(StandIn(spread=0.1), other, part, "full") == expected  # type: ignore[arg-type]


def test_sizes_are_whole_batches() -> None:
    for sizes in SIZES.values():
        assert sizes.reconstructed % BATCH == 0
