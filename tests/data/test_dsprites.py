"""dSprites from a file such as the official one, and rendered: content, checks, what is refused and never unpickled."""

import errno
import hashlib
import io
import os
import pickle
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.data import DATASETS, dsprites, load
from study.data.cache import sha256
from study.data.dataset import Factors
from study.data.dsprites import FACTOR_SIZES, POSITIONS, SHAPES, render
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
    monkeypatch.setattr(dsprites, "render_all", lambda out, advance: out.__setitem__(slice(None), PACKED[::-1]))
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
    with pytest.raises(InputError, match=r"--data-root: .*nowhere is not a folder; it should be where"):
        load("dsprites", tiny / "nowhere")
    monkeypatch.setenv("WAE_STUDY_DATA", str(official(tiny / dsprites.OFFICIAL_FILE)))
    with pytest.raises(InputError, match=r"WAE_STUDY_DATA: .*npz is not a folder"):
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
    monkeypatch.setattr(dsprites, "render_all", lambda out, advance: out.__setitem__(slice(None), PACKED))
    np.testing.assert_array_equal(load("dsprites").images.array, PACKED[::-1])
    monkeypatch.setattr(dsprites, "RENDERING_VERSION", "next")
    np.testing.assert_array_equal(load("dsprites").images.array, PACKED)


def test_a_full_disk_is_one_sentence_before_anything_is_drawn(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(descriptor: int, offset: int, length: int) -> None:
        assert (offset, length) == (0, N * 512)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", no_room)
    monkeypatch.setattr(dsprites, "render_all", lambda out, advance: pytest.fail("drawn without room"))
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
    expected = dsprites.render(data.factors.values(chosen))
    np.testing.assert_array_equal(data.images.batch(chosen)[:, 0].numpy(), expected)
    ones = sum(int(np.bitwise_count(data.images.array[at : at + 65536]).sum()) for at in range(0, 737_280, 65536))
    assert ones / (737_280 * 4096) == pytest.approx(0.04249, rel=0.02)


OFFICIAL = np.load(Path(__file__).with_name("dsprites_official_25.npz"), allow_pickle=False)["images"].astype(bool)
SQUARES = {0, 3, 4, 8, 9, 12, 23}
HEARTS = {7, 11, 13, 14, 18, 24}
ELLIPSES = set(range(25)) - SQUARES - HEARTS
OFFICIAL_MEAN_PIXEL = 0.04249


@cache
def drawn_in_the_middle() -> list[tuple[tuple[int, int, int], int, np.ndarray]]:
    """Every shape, scale and orientation at one position: its factors, area, and centroid (y, x) from its centre."""
    middle = len(POSITIONS) // 2
    centre = 16 + 32 * POSITIONS[middle]
    found = []
    for pose in np.ndindex(FACTOR_SIZES[:3]):
        (image,) = render(np.array([[*pose, middle, middle]]))
        found.append((pose, int(image.sum()), np.argwhere(image).mean(0) + 0.5 - centre))
    return found


@cache
def best_match(number: int) -> tuple[int, str]:
    """Pixels off and shape of the rendered image that comes nearest to an official one.

    Two images differ in at least as many pixels as their areas do, so that poses of another area need no search; and
    a pose has its centroid where the image has it, so that three positions a direction are enough.
    """
    official = OFFICIAL[number]
    area, centroid = int(official.sum()), np.argwhere(official).mean(0) + 0.5
    best = (64 * 64, "none")
    for pose, other_area, offset in drawn_in_the_middle():
        if abs(area - other_area) > 24:
            continue
        y, x = np.rint((centroid - offset - 16) / 32 * (len(POSITIONS) - 1)).astype(int)
        places = [(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
        places = [place for place in places if min(place) >= 0 and max(place) < len(POSITIONS)]
        if not places:
            continue
        candidates = render(np.array([[*pose, *place] for place in places]))
        off = int((candidates != official).sum((1, 2)).min())
        best = min(best, (off, SHAPES[pose[0]]))
    return best


def matches(numbers: set[int], shape: str) -> list[int]:
    found = [best_match(number) for number in sorted(numbers)]
    assert {name for _, name in found} == {shape}
    return [off for off, _ in found]


def test_squares_are_the_official_ones() -> None:
    off = matches(SQUARES, "square")
    assert sorted(off)[:-1] == [0] * 6
    assert max(off) <= 1


def test_ellipses_come_near_the_official_ones() -> None:
    assert sorted(matches(ELLIPSES, "ellipse")) == [0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 6]


def test_hearts_are_the_official_ones() -> None:
    assert matches(HEARTS, "heart") == [0] * 6


def test_sprites_turn_counter_clockwise() -> None:
    """A quarter turn (step 10 is 92 degrees) takes the heart's tip from below to the right, the ellipse upright."""
    poses = np.array([[2, 5, 0, 16, 16], [2, 5, 10, 16, 16], [1, 5, 0, 16, 16], [1, 5, 10, 16, 16]])
    tip_below, tip_right, lying, upright = (np.argwhere(image) - 32 for image in render(poses))
    below, right = tip_below[tip_below[:, 0] >= 8], tip_right[tip_right[:, 1] >= 8]
    assert len(below) > 0
    assert len(right) > 0
    assert np.ptp(below[:, 1]) <= 2
    assert np.ptp(right[:, 0]) <= 2
    assert np.ptp(lying, axis=0).tolist() == [14, 24]
    assert np.ptp(upright, axis=0).tolist() == [24, 14]


def test_sprites_never_leave_the_window_that_the_fast_path_draws() -> None:
    for _, area, offset in drawn_in_the_middle():
        assert area > 0
        assert np.abs(offset).max() < dsprites.REACH
    middle = np.array([[shape, 5, turn, 16, 16] for shape in range(3) for turn in range(40)])
    centre = 16 + 32 * POSITIONS[16]
    reached = np.abs(np.argwhere(render(middle))[:, 1:] + 0.5 - centre).max()
    assert reached <= dsprites.REACH - 1


@settings(max_examples=25)
@given(
    st.integers(0, 2), st.integers(0, 5), st.integers(0, 39), st.lists(st.integers(0, 1023), min_size=1, max_size=20)
)
def test_all_positions_at_once_are_the_single_images(shape: int, scale: int, turn: int, places: list[int]) -> None:
    fast = np.unpackbits(dsprites._all_positions(shape, scale, turn), axis=1).reshape(-1, 64, 64)
    slow = render(np.array([[shape, scale, turn, *divmod(place, 32)] for place in places]))
    np.testing.assert_array_equal(fast[places], slow)


def test_positions_move_the_sprite_along_their_own_axis() -> None:
    left, right, low, high = render(
        np.array([[0, 2, 0, 0, 16], [0, 2, 0, 31, 16], [0, 2, 0, 16, 0], [0, 2, 0, 16, 31]])
    )
    for near, far, axis in ((left, right, 1), (low, high, 0)):
        first, last = (np.argwhere(image).mean(0) + 0.5 for image in (near, far))
        moved = last - first
        assert moved[axis] == pytest.approx(32, abs=0.51)
        assert moved[1 - axis] == 0


def test_both_ends_of_the_orientation_are_the_same_picture() -> None:
    ends = render(np.array([[shape, 5, turn, 10, 20] for shape in range(3) for turn in (0, 39)]))
    np.testing.assert_array_equal(ends[::2], ends[1::2])


def test_mean_pixel_is_the_official_one() -> None:
    """Counted at every position, over one orientation in five, each scale at others."""
    means = [
        np.bitwise_count(dsprites._all_positions(shape, scale, turn)).mean() / 8
        for shape in range(3)
        for scale in range(6)
        for turn in range(scale % 5, 40, 5)
    ]
    assert np.mean(means) == pytest.approx(OFFICIAL_MEAN_PIXEL, rel=0.02)
