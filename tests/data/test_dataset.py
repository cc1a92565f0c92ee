"""The split, images as they are stored, and factors of a full grid, each against a slow way."""

from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from study.data.dataset import Factors, Images, split


@pytest.mark.parametrize(("n", "sizes"), [(737280, (630375, 33177, 73728)), (1000, (855, 45, 100))])
def test_split_sizes(n: int, sizes: tuple[int, int, int]) -> None:
    parts = split(n)
    assert (len(parts.train), len(parts.validation), len(parts.test)) == sizes


@settings(max_examples=30)
@given(st.integers(20, 5000))
def test_split_covers_everything_once_and_is_always_the_same(n: int) -> None:
    parts, again = split(n), split(n)
    together = np.concatenate([parts["train"], parts["validation"], parts["test"]])
    assert sorted(together.tolist()) == list(range(n))
    for part in ("train", "validation", "test"):
        assert np.array_equal(parts[part], again[part])
        assert np.all(np.diff(parts[part]) > 0)


def test_split_is_the_one_that_earlier_studies_had() -> None:
    parts = split(1000)
    assert parts.test[:5].tolist() == [3, 7, 21, 29, 66]
    assert parts.validation[:5].tolist() == [8, 25, 36, 81, 84]


def slow_unpacking(rows: np.ndarray, encoding: str) -> list[list[float]]:
    unpacked = []
    for row in rows.tolist():
        if encoding == "bits":
            unpacked.append([float(digit) for byte in row for digit in f"{byte:08b}"])
        elif encoding == "uint8":
            unpacked.append([value / 255 for value in row])
        else:
            unpacked.append(row)
    return unpacked


@settings(max_examples=60)
@given(st.data(), st.sampled_from(["bits", "uint8", "float32"]))
def test_batches_are_what_slow_unpacking_gives(data: Any, encoding: Any) -> None:
    channels, height = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 4))
    width, n = 8, data.draw(st.integers(1, 6))
    pixels = channels * height * width
    if encoding == "float32":
        stored = data.draw(arrays(np.float32, (n, pixels), elements=st.floats(0, 1, width=32)))
    else:
        stored = data.draw(arrays(np.uint8, (n, pixels // 8 if encoding == "bits" else pixels)))
    stored.flags.writeable = False
    images = Images(stored, encoding, (channels, height, width))
    indices = np.array(data.draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=8)))
    batch = images.batch(indices)
    assert batch.dtype == torch.float32
    expected = np.array(slow_unpacking(stored[indices], encoding), dtype=np.float32)
    np.testing.assert_array_equal(batch.numpy(), expected.reshape(len(indices), channels, height, width))
    size = data.draw(st.integers(1, 8))
    pieces = list(images.batches(indices, size))
    assert all(len(piece) == size for piece in pieces[:-1])
    assert torch.equal(torch.cat(pieces), batch)
    assert torch.equal(images.unpack(images.stored().index_select(0, torch.from_numpy(indices))), batch)


def test_a_batch_is_a_copy_that_may_be_written() -> None:
    stored = np.zeros((2, 4), dtype=np.float32)
    images = Images(stored, "float32", (1, 2, 2))
    images.batch(np.array([0])).fill_(1)
    assert stored.sum() == 0


def test_on_the_cpu_what_is_stored_is_shared_and_not_copied() -> None:
    stored = np.zeros((2, 4), dtype=np.uint8)
    rows = Images(stored, "uint8", (1, 2, 2)).stored()
    stored[1, 2] = 51
    assert rows[1, 2] == 51


@settings(max_examples=40)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_factor_values_are_the_grid_with_the_last_fastest(sizes: list[int]) -> None:
    factors = Factors(tuple(f"f{i}" for i in range(len(sizes))), tuple(sizes))
    grid = list(product(*map(range, sizes)))
    values = factors.values(np.arange(len(grid)))
    assert values.shape == (len(grid), len(sizes))
    assert [tuple(row) for row in values.tolist()] == grid
    assert [tuple(row) for row in factors.values(np.array([len(grid) - 1, 0])).tolist()] == [grid[-1], grid[0]]
