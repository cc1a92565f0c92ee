"""dSprites from a file such as the official one, and rendered: content, checks, what is refused and never unpickled."""

import errno
import hashlib
import io
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from study.data import DATASETS, dsprites, load, rendering
from study.data.cache import sha256
from study.data.dataset import Factors
from study.system.errors import InputError

SMALL = Factors(("shape", "scale", "orientation", "pos_x", "pos_y"), (2, 1, 2, 3, 2))
N = 24
CLASSES = np.column_stack([np.zeros(N, dtype=np.int64), SMALL.values(np.arange(N))])
IMAGES = np.random.default_rng(1).integers(0, 2, (N, 64, 64), dtype=np.uint8)
PACKED = np.packbits(IMAGES.reshape(N, -1), axis=1)


class Evil:
    """Unpickled, it would leave a file behind."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.mark,)


def npy(array: np.ndarray, allow_pickle: bool = False) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, allow_pickle=allow_pickle)
    return stream.getvalue()


def archive(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, content in members.items():
            file.writestr(f"{name}.npy", content)
    return path


def official(path: Path, images: np.ndarray = IMAGES, classes: np.ndarray = CLASSES) -> Path:
    """A file in the official format, a pickle that must not be opened included."""
    metadata = np.array(Evil(path.with_name("unpickled")), dtype=object)
    return archive(
        path,
        {
            "metadata": npy(metadata, allow_pickle=True),
            "imgs": npy(images),
            "latents_classes": npy(classes),
            "latents_values": npy(classes.astype(float)),
        },
    )


def test_images_are_packed_in_their_order_and_nothing_is_unpickled(tmp_path: Path) -> None:
    source = official(tmp_path / "small.npz")
    with pytest.raises(ValueError, match="cannot be loaded when allow_pickle=False"), np.load(source) as opened:
        opened["metadata"]
    dsprites.pack_official(source, tmp_path / "packed", SMALL)
    packed = np.fromfile(tmp_path / "packed", dtype=np.uint8).reshape(N, 512)
    np.testing.assert_array_equal(packed, PACKED)
    assert not (tmp_path / "unpickled").exists()
    with np.load(source, allow_pickle=True) as opened:  # so that the trap is one
        opened["metadata"]
    assert (tmp_path / "unpickled").exists()


def test_chunks_do_not_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dsprites, "IMAGES_AT_ONCE", 5)
    dsprites.pack_official(official(tmp_path / "small.npz", IMAGES.astype(bool)), tmp_path / "packed", SMALL)
    np.testing.assert_array_equal(np.fromfile(tmp_path / "packed", dtype=np.uint8).reshape(N, 512), PACKED)


def order_swapped(path: Path) -> None:
    official(path, classes=np.ascontiguousarray(CLASSES[:, [0, 1, 2, 3, 5, 4]]))


def one_class_off(path: Path) -> None:
    classes = CLASSES.copy()
    classes[7, 3] += 1
    official(path, classes=classes)


def a_colour(path: Path) -> None:
    classes = CLASSES.copy()
    classes[7, 0] = 1
    official(path, classes=classes)


def values_255(path: Path) -> None:
    official(path, IMAGES * 255)


def negative_values(path: Path) -> None:
    official(path, -IMAGES.astype(np.int8))


def float_images(path: Path) -> None:
    official(path, IMAGES.astype(np.float32))


def wrong_side(path: Path) -> None:
    official(path, IMAGES[:, :32, :32])


def too_few(path: Path) -> None:
    official(path, IMAGES[:-1])


def fortran_order(path: Path) -> None:
    official(path, np.asfortranarray(IMAGES))


def object_images(path: Path) -> None:
    objects = np.empty((N, 64, 64), dtype=object)
    objects[0, 0, 0] = Evil(path.with_name("unpickled"))
    archive(path, {"imgs": npy(objects, allow_pickle=True), "latents_classes": npy(CLASSES)})


def object_classes(path: Path) -> None:
    objects = CLASSES.astype(object)
    objects[0, 0] = Evil(path.with_name("unpickled"))
    archive(path, {"imgs": npy(IMAGES), "latents_classes": npy(objects, allow_pickle=True)})


def no_images(path: Path) -> None:
    archive(path, {"latents_classes": npy(CLASSES)})


def cut_member(path: Path) -> None:
    archive(path, {"imgs": npy(IMAGES)[:-10], "latents_classes": npy(CLASSES)})


def no_header(path: Path) -> None:
    archive(path, {"imgs": b"\x93NUMPY", "latents_classes": npy(CLASSES)})


def strange_header(path: Path) -> None:
    archive(path, {"imgs": npy(IMAGES).replace(b"'descr'", b"'desk!'"), "latents_classes": npy(CLASSES)})


def python_pickle(path: Path) -> None:
    path.write_bytes(pickle.dumps(Evil(path.with_name("unpickled"))))


def empty_file(path: Path) -> None:
    path.touch()


def truncated(path: Path) -> None:
    content = official(path).read_bytes()
    path.write_bytes(content[: len(content) // 2])


def damaged_stored_bytes(path: Path) -> None:
    archive(path, {"imgs": npy(IMAGES), "latents_classes": npy(CLASSES)}, zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    content[60_000] ^= 1  # still 0 or 1: only the archive's checksum can tell
    path.write_bytes(content)


def damaged_compressed_bytes(path: Path) -> None:
    content = bytearray(official(path).read_bytes())
    start = content.index(b"imgs.npy") + 100
    content[start : start + 200] = bytes(200)
    path.write_bytes(content)


def encrypted(path: Path) -> None:
    content = bytearray(official(path).read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(signature)
        while place >= 0:
            content[place + flags] |= 1
            place = content.find(signature, place + 4)
    path.write_bytes(content)


def unknown_compression(path: Path) -> None:
    content = bytearray(official(path).read_bytes())
    for signature, method in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = content.find(signature)
        while place >= 0:
            content[place + method] = 77
            place = content.find(signature, place + 4)
    path.write_bytes(content)


WRONG = [
    (order_swapped, "latents_classes is not the official full grid"),
    (one_class_off, "latents_classes is not the official full grid"),
    (a_colour, "latents_classes is not the official full grid"),
    (values_255, "imgs holds values other than 0 and 1"),
    (negative_values, "imgs holds values other than 0 and 1"),
    (float_images, r"imgs should be integers of shape \(24, 64, 64\) in C order; received float32"),
    (wrong_side, r"imgs should be integers of shape \(24, 64, 64\) in C order; received uint8 of shape \(24, 32, 32\)"),
    (too_few, r"received uint8 of shape \(23, 64, 64\)"),
    (fortran_order, "received uint8 .* in Fortran order"),
    (object_images, "imgs should be integers of shape .*; received object"),
    (object_classes, "latents_classes should be integers of shape .*; received object"),
    (no_images, "not the official dSprites file"),
    (cut_member, "not the official dSprites file"),
    (no_header, "not the official dSprites file"),
    (strange_header, "not the official dSprites file"),
    (python_pickle, "not the official dSprites file"),
    (empty_file, "not the official dSprites file"),
    (truncated, "not the official dSprites file"),
    (damaged_stored_bytes, "not the official dSprites file"),
    (damaged_compressed_bytes, "not the official dSprites file"),
    (encrypted, "not the official dSprites file"),
    (unknown_compression, "not the official dSprites file"),
]


@pytest.mark.parametrize(("spoil", "sentence"), WRONG, ids=[spoil.__name__ for spoil, _ in WRONG])
def test_a_wrong_file_is_one_sentence(tmp_path: Path, spoil: Callable[[Path], None], sentence: str) -> None:
    source = tmp_path / "wrong.npz"
    spoil(source)
    with pytest.raises(InputError, match=sentence) as error:
        dsprites.pack_official(source, tmp_path / "packed", SMALL)
    assert str(error.value).startswith(f"{source}: ")
    assert "\n" not in str(error.value)
    assert not (tmp_path / "unpickled").exists()


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """dSprites with a grid of 24 images, rendered as noise, in a cache of its own."""
    monkeypatch.setenv("WAE_STUDY_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("WAE_STUDY_DATA", raising=False)
    monkeypatch.setattr(dsprites, "FACTORS", SMALL)
    monkeypatch.setattr(rendering, "render_all", lambda out, advance: out.__setitem__(slice(None), PACKED[::-1]))
    return tmp_path


def test_without_the_official_file_images_are_rendered(tiny: Path) -> None:
    data = load("dsprites")
    assert (data.name, data.source, data.factors) == ("dsprites", "rendered", SMALL)
    assert data.images.shape == DATASETS["dsprites"].image_shape
    np.testing.assert_array_equal(data.images.array, PACKED[::-1])
    np.testing.assert_array_equal(data.images.batch(np.array([3]))[0, 0].numpy(), IMAGES[N - 1 - 3])
    assert data.checksum == sha256(tiny / "cache" / "dsprites-rendered.bits")


def test_images_are_a_map_that_processes_share_and_none_writes(tiny: Path) -> None:
    array = load("dsprites").images.array
    assert isinstance(array, np.memmap)
    assert array.mode == "r"
    assert not array.flags.writeable


def test_the_official_file_comes_first_wherever_it_is_named(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("argument", "environment"):
        (tiny / name).mkdir()
    official(tiny / "argument" / dsprites.OFFICIAL_FILE)
    official(tiny / "environment" / dsprites.OFFICIAL_FILE, 1 - IMAGES)
    monkeypatch.setenv("WAE_STUDY_DATA", str(tiny / "environment"))
    data = load("dsprites")
    assert data.source == "official"
    np.testing.assert_array_equal(data.images.array, ~PACKED)
    data = load("dsprites", tiny / "argument")
    assert data.source == "official"
    assert data.checksum == hashlib.sha256((tiny / "argument" / dsprites.OFFICIAL_FILE).read_bytes()).hexdigest()
    np.testing.assert_array_equal(data.images.array, PACKED)


def test_a_file_that_has_changed_is_read_again(tiny: Path) -> None:
    path = official(tiny / dsprites.OFFICIAL_FILE)
    before = load("dsprites", tiny)
    official(path, 1 - IMAGES)
    after = load("dsprites", tiny)
    assert before.checksum != after.checksum
    np.testing.assert_array_equal(after.images.array, ~PACKED)


def test_a_folder_without_the_file_means_rendering_unless_it_was_named_for_it(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable may be there for another dataset."""
    with pytest.raises(InputError, match=rf"--data-root: {tiny} has no {dsprites.OFFICIAL_FILE}; without"):
        load("dsprites", tiny)
    monkeypatch.setenv("WAE_STUDY_DATA", str(tiny))
    assert load("dsprites").source == "rendered"


def test_a_folder_that_is_not_there_is_one_sentence(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"--data-root: .*nowhere is no folder; it should be where"):
        load("dsprites", tiny / "nowhere")
    monkeypatch.setenv("WAE_STUDY_DATA", str(official(tiny / dsprites.OFFICIAL_FILE)))
    with pytest.raises(InputError, match=r"WAE_STUDY_DATA: .*npz is no folder"):
        load("dsprites")


def test_a_wrong_official_file_is_refused_and_leaves_nothing(tiny: Path) -> None:
    values_255(tiny / dsprites.OFFICIAL_FILE)
    with pytest.raises(InputError, match="imgs holds values other than 0 and 1"):
        load("dsprites", tiny)
    assert not list((tiny / "cache").glob("*.bits"))
    assert not list((tiny / "cache").glob(".*"))


def test_an_official_file_that_cannot_be_read_is_one_sentence(tiny: Path) -> None:
    (tiny / dsprites.OFFICIAL_FILE).mkdir()
    with pytest.raises(InputError, match=f"{dsprites.OFFICIAL_FILE}: cannot be read: Is a directory"):
        load("dsprites", tiny)


def test_a_new_rendering_replaces_an_old_one(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load("dsprites")
    monkeypatch.setattr(rendering, "render_all", lambda out, advance: out.__setitem__(slice(None), PACKED))
    np.testing.assert_array_equal(load("dsprites").images.array, PACKED[::-1])
    monkeypatch.setattr(dsprites, "RENDERING_VERSION", "next")
    np.testing.assert_array_equal(load("dsprites").images.array, PACKED)


def test_a_full_disk_is_one_sentence_before_anything_is_drawn(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(descriptor: int, offset: int, length: int) -> None:
        assert (offset, length) == (0, N * 512)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", no_room)
    monkeypatch.setattr(rendering, "render_all", lambda out, advance: pytest.fail("drawn without room"))
    with pytest.raises(InputError, match="No space left on device"):
        load("dsprites")
    assert {file.suffix for file in (tiny / "cache").iterdir()} <= {".lock"}


def test_nothing_is_printed_where_no_terminal_is(tiny: Path, capfd: pytest.CaptureFixture[str]) -> None:
    load("dsprites")
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_everything_rendered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All 737,280 images: those that single rendering gives, with the official mean pixel, in 377 MB."""
    monkeypatch.setenv("WAE_STUDY_CACHE", str(tmp_path))
    monkeypatch.delenv("WAE_STUDY_DATA", raising=False)
    data = load("dsprites")
    assert (tmp_path / "dsprites-rendered.bits").stat().st_size == 737_280 * 512
    chosen = np.sort(np.random.default_rng(0).choice(737_280, 300, replace=False))
    assert data.factors is not None
    expected = rendering.render(data.factors.values(chosen))
    np.testing.assert_array_equal(data.images.batch(chosen)[:, 0].numpy(), expected)
    ones = sum(int(np.bitwise_count(data.images.array[at : at + 65536]).sum()) for at in range(0, 737_280, 65536))
    assert ones / (737_280 * 4096) == pytest.approx(0.04249, rel=0.02)
