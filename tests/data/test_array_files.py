"""Arrays of .npz and HDF5 files: any layout gives the same images, some rows at a time, and what is refused."""

import re
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from study.data.array_files import as_bytes, image_layout, open_h5, open_npz, pack_arrays, white
from tests.make import refused

Open = Callable[[Path], AbstractContextManager[Any]]


def save_npz(path: Path, values: dict[str, np.ndarray]) -> Open:
    np.savez_compressed(path, **values)  # type: ignore[arg-type]
    return open_npz


def save_h5(path: Path, values: dict[str, np.ndarray]) -> Open:
    with h5py.File(path, "w") as file:
        for name, array in values.items():
            text = array.dtype.kind == "U"
            file.create_dataset(name, data=array.astype(object) if text else array, chunks=True, compression="gzip")
    return open_h5


SAVE = {"npz": save_npz, "h5": save_h5}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("arrays")


@settings(max_examples=40)
@given(st.data(), st.sampled_from(list(SAVE)), st.integers(1, 200))
def test_rows_are_the_array_s_however_many_are_read_at_a_time(folder: Path, data: Any, kind: str, at_once: int) -> None:
    dtype = data.draw(st.sampled_from([np.uint8, np.bool_, np.float32, np.float64, np.int64]))
    shape = data.draw(st.tuples(st.integers(1, 7), st.integers(1, 4), st.integers(1, 3)))
    array = data.draw(arrays(dtype, shape))
    if kind == "npz" and data.draw(st.booleans()):
        array = np.asfortranarray(array)
    path = folder / f"rows.{kind}"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("study.data.array_files.BYTES_AT_ONCE", at_once)
        with SAVE[kind](path, {"x": array})(path) as found:
            assert (found["x"].shape, found["x"].dtype) == (shape, dtype)
            np.testing.assert_array_equal(found["x"].whole(), array)


@pytest.mark.parametrize("kind", SAVE)
def test_texts(kind: str, tmp_path: Path) -> None:
    texts = np.array(["train", "Prüfung", "test"])
    with SAVE[kind](tmp_path / "x", {"part": texts})(tmp_path / ("x.npz" if kind == "npz" else "x")) as found:
        assert found["part"].whole().tolist() == texts.tolist()
        assert found["part"].whole().dtype.kind == "U"


def test_texts_of_a_fixed_length_and_groups_of_hdf5(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["a/part"] = np.array([b"train", "Maß".encode()])
        file["number"] = 3
    with open_h5(tmp_path / "x.h5") as found:
        assert list(found) == ["a/part"]
        assert found["a/part"].whole().tolist() == ["train", "Maß"]


LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {  # from (n, C, H, W)
    "channels first": lambda x: x,
    "channels last": lambda x: x.transpose(0, 2, 3, 1),
    "no channel": lambda x: x[:, 0],
}
TYPES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "bytes": lambda x: x,
    "float32": lambda x: (x / 255).astype(np.float32),
    "float64": lambda x: x / 255,
}


@settings(max_examples=60)
@given(st.data(), st.sampled_from(list(LAYOUTS)), st.sampled_from(list(TYPES)), st.sampled_from(list(SAVE)))
def test_any_layout_and_type_gives_the_same_images(folder: Path, data: Any, layout: str, kind: str, file: str) -> None:
    channels = 1 if layout == "no channel" else data.draw(st.sampled_from([1, 3]))
    side = st.sampled_from([2, 4, 5])  # neither 1 nor 3, so that no other axis could be channels
    images = data.draw(arrays(np.uint8, (data.draw(st.integers(1, 4)), channels, data.draw(side), data.draw(side))))
    images[0, 0, 0, 0] = 200  # not black and white
    path = folder / f"images.{file}"
    with SAVE[file](path, {"x": TYPES[kind](LAYOUTS[layout](images))})(path) as found:
        assert image_layout(found["x"].shape)[0] == images.shape[1:]
        pack_arrays(found["x"], folder / "packed", "reading")
    np.testing.assert_array_equal(np.fromfile(folder / "packed", np.uint8), images.ravel())


@pytest.mark.parametrize("dtype", [np.uint8, np.bool_, np.float32])
def test_zero_and_one_are_black_and_white(dtype: type, tmp_path: Path) -> None:
    images = (np.arange(24).reshape(2, 3, 4) % 3 == 0).astype(dtype)
    with save_npz(tmp_path / "x.npz", {"x": images})(tmp_path / "x.npz") as found:
        pack_arrays(found["x"], tmp_path / "packed", "reading")
    assert np.fromfile(tmp_path / "packed", np.uint8).tolist() == (images.ravel() * 255).tolist()


def test_bytes_are_those_of_all_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first chunk alone looks black and white."""
    monkeypatch.setattr("study.data.array_files.BYTES_AT_ONCE", 1)
    images = np.array([[[1, 0]], [[2, 0]]], np.uint8)
    with save_npz(tmp_path / "x.npz", {"x": images})(tmp_path / "x.npz") as found:
        assert white(found["x"]) == 255
        pack_arrays(found["x"], tmp_path / "packed", "reading", lambda rows: rows[..., ::-1])
    assert np.fromfile(tmp_path / "packed", np.uint8).tolist() == [0, 1, 0, 2]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (np.array([0, 1.5]), "floating-point images should be from 0 to 1; received 0 to 1.5"),
        (np.array([-0.5, 1]), "floating-point images should be from 0 to 1; received -0.5 to 1"),
        (np.array([np.nan, 1]), "floating-point images should be from 0 to 1; received nan to nan"),
        (np.array([0, 1]), "images should be uint8, bool or floating-point numbers; received int64"),
        (np.array([0, 1], np.uint16), "images should be uint8, bool or floating-point numbers; received uint16"),
    ],
)
def test_values_that_are_no_images(values: np.ndarray, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        as_bytes(values, 255)


@pytest.mark.parametrize("shape", [(5,), (5, 4), (5, 0, 4), (5, 4, 0, 3), (5, 4, 4, 4), (5, 2, 4, 4), (5, 1, 2, 3, 4)])
def test_shapes_that_are_no_images(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=rf"with 1 or 3 channels; received {re.escape(str(shape))}$"):
        image_layout(shape)


def read_all(open_file: Open, path: Path) -> None:
    with open_file(path) as found:
        for array in found.values():
            array.whole()


def test_damaged_files_are_one_sentence(tmp_path: Path) -> None:
    good = tmp_path / "good.npz"
    save_npz(good, {"x": np.arange(9999)})
    cut = tmp_path / "cut.npz"
    cut.write_bytes(good.read_bytes()[:400])
    short = tmp_path / "short.npz"
    with zipfile.ZipFile(good) as archive, zipfile.ZipFile(short, "w") as other:
        other.writestr("x.npy", archive.read("x.npy")[:-80])
    for path, reason in ((cut, "File is not a zip file"), (short, "x.npy ends early")):
        assert refused(read_all, open_npz, path) == f"{path}: cannot be read as an .npz file: {reason}"
    no_h5 = tmp_path / "no.h5"
    no_h5.write_bytes(b"text")
    assert refused(read_all, open_h5, no_h5).startswith(f"{no_h5}: cannot be read as an HDF5 file: ")


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    np.savez(path, x=np.array([{}, 1], object), y=np.arange(3))
    with open_npz(path) as found:
        assert found["y"].whole().tolist() == [0, 1, 2]
    sentence = f"{path}: cannot be read as an .npz file: x holds Python objects; expected numbers or texts"
    assert refused(read_all, open_npz, path) == sentence
