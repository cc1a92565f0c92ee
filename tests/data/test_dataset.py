"""The split, images as they are stored, and factors of a grid or of any table, each against a slow way."""

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from study.data.dataset import (
    PARTS,
    Dataset,
    Description,
    Factors,
    Images,
    check_parts,
    factor_offers,
    scored,
    split,
)
from tests.make import refused


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


def test_a_split_by_shares_covers_everything_once() -> None:
    parts = split(1001, (0.5, 0.2, 0.3))
    assert [len(parts[part]) for part in PARTS] == [501, 200, 300]
    assert sorted(np.concatenate([parts[part] for part in PARTS]).tolist()) == list(range(1001))
    for part in PARTS:
        np.testing.assert_array_equal(parts[part], split(1001, (0.5, 0.2, 0.3))[part])


COLUMNS = st.one_of(
    st.lists(st.integers(-3, 9), min_size=12, max_size=12),
    st.lists(st.sampled_from(["cat", "dog", "Zebra"]), min_size=12, max_size=12),
    st.lists(st.booleans(), min_size=12, max_size=12),
    st.lists(st.sampled_from([0.75, -1.5, 2.0]), min_size=12, max_size=12),
)


@settings(max_examples=50)
@given(st.lists(COLUMNS, min_size=1, max_size=4), st.lists(st.integers(0, 11), min_size=1, max_size=9))
def test_classes_of_a_table_tell_its_values_apart_and_keep_their_order(columns: list[Any], at: list[int]) -> None:
    factors = Factors.of({f"f{k}": np.array(column) for k, column in enumerate(columns)})
    assert factors.names == tuple(f"f{k}" for k in range(len(columns)))
    assert factors.sizes == tuple(len(set(column)) for column in columns)
    expected = [[sorted(set(column)).index(column[i]) for column in columns] for i in at]
    values = factors.values(np.array(at))
    assert values.dtype == np.int64
    assert values.tolist() == expected
    assert factors.measured(np.array(at)).tolist() == expected


def test_many_numbers_are_cut_into_ten_classes_of_equally_many_images() -> None:
    numbers = np.random.default_rng(0).normal(size=1000) ** 3
    factors = Factors.of({"angle": numbers, "label": np.arange(1000) % 70})
    assert factors.sizes == (10, 70)  # whole numbers are classes, however many
    classes = factors.values(np.arange(1000))[:, 0]
    assert np.bincount(classes).tolist() == [100] * 10
    assert (np.diff(classes[np.argsort(numbers)]) >= 0).all()
    np.testing.assert_array_equal(factors.measured(np.arange(1000))[:, 0], numbers)
    mostly_zero = np.where(np.arange(1000) < 600, 0, np.arange(1000) / 7)
    assert Factors.of({"x": mostly_zero}).sizes == (5,)  # six of the ten classes are one number
    with pytest.raises(ValueError, match="factor angle: every number must be finite"):
        Factors.of({"angle": np.array([1.0, np.nan])})


def test_a_grid_in_any_order_is_complete_and_a_part_of_it_is_not() -> None:
    grid = np.stack(np.unravel_index(np.random.default_rng(0).permutation(60), (3, 4, 5)), axis=1)
    columns = dict(zip("abc", grid.T, strict=True))
    assert Factors(("a",), (3,)).complete
    assert Factors.of(columns).complete
    assert not Factors.of({name: column[:-1] for name, column in columns.items()}).complete
    assert not Factors.of({name: np.append(column[:-1], column[0]) for name, column in columns.items()}).complete
    assert not Factors.of({f"f{k}": np.arange(9) for k in range(40)}).complete  # a grid of more than any number


def test_factors_that_can_be_scored() -> None:
    n = np.arange(1000)
    classes = np.stack([n % 3, n * 0, n, n < 20, n < 19, n // 2], axis=1)
    assert scored(classes) == [0, 3]
    assert scored(classes[:500]) == [0, 3, 4, 5]
    assert scored(classes[:30]) == [0, 3, 4, 5]


@pytest.mark.parametrize(
    ("columns", "offers"),
    [
        ({"a": np.arange(600) // 20, "b": np.arange(600) % 20}, {"factors", "factor_grid"}),
        ({"a": np.arange(600) // 40, "b": np.arange(600) % 20}, {"factors"}),
        ({"a": np.arange(600) % 20, "b": np.zeros(600, int)}, set()),
        ({"a": np.arange(600) % 20, "b": np.arange(600)}, set()),
    ],
)
def test_what_factors_let_a_dataset_offer(columns: dict[str, np.ndarray], offers: set[str]) -> None:
    assert factor_offers(Factors.of(columns), split(600)) == offers


def test_too_few_images_of_a_part() -> None:
    check_parts(Path("x"), split(450))
    needed = "each of train, validation, test needs 20"
    assert refused(check_parts, Path("x"), split(400)) == (
        f"x: too few images: 400, of them 18 for validation; {needed}"
    )


def test_a_description_opens_a_dataset_with_what_it_offers() -> None:
    images = Images(np.zeros((20, 1), np.uint8), "uint8", (1, 1, 1))
    asked = []

    def load(root: Path | None) -> Dataset:
        asked.append(root)
        return Dataset("x", images, split(20), "made", "")

    dataset = Description((1, 1, 1), frozenset({"fid"}), load).open(Path("data"))
    assert (dataset.offers, asked) == ({"fid"}, [Path("data")])
