"""CelebA from a fixture in its own layout: the crop, the split, what is cached, and every refusal as one sentence."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from study.data import DATASETS, celeba, load
from tests.make import refused

N = 66
PARTITION = [0] * 24 + [1] * 21 + [2] * 21


def photograph(number: int, size: tuple[int, int] = (178, 218)) -> Image.Image:
    """A smooth picture, so that JPEG keeps it nearly as it is; another one for each number."""
    across, down = np.meshgrid(np.linspace(0, 1, size[0]), np.linspace(0, 1, size[1]))
    levels = np.stack([across, down, np.full_like(across, (number * 37 % 101) / 101)], axis=2)
    return Image.fromarray(np.rint(255 * levels).astype(np.uint8))


def write_photographs(folder: Path, n: int = N, suffix: str = ".jpg") -> Path:
    folder.mkdir(parents=True)
    for number in range(n):
        photograph(number).save(folder / f"{number + 1:06d}{suffix}")
    return folder


def write_partition(file: Path, parts: list[int]) -> None:
    file.write_text("".join(f"{number + 1:06d}.jpg {part}\n" for number, part in enumerate(parts)), encoding="utf-8")


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The images, to be linked to."""
    return write_photographs(tmp_path_factory.mktemp("photographs") / "all")


@pytest.fixture
def root(photographs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As torchvision's CelebA leaves it, and a cache of its own."""
    monkeypatch.setenv("WAE_STUDY_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("WAE_STUDY_DATA", raising=False)
    folder = tmp_path / "root" / "celeba" / "img_align_celeba"
    folder.mkdir(parents=True)
    for image in photographs.iterdir():
        (folder / image.name).hardlink_to(image)
    write_partition(folder.parent / "list_eval_partition.txt", PARTITION)
    return tmp_path / "root"


def test_torchvision_s_layout_with_the_official_partition(root: Path) -> None:
    data = load("celeba", root)
    assert (data.name, data.source, data.factors) == ("celeba", "official partition", None)
    assert data.images.shape == DATASETS["celeba"].image_shape == (3, 64, 64)
    assert len(data.images) == N
    assert [len(data.split[part]) for part in celeba.PARTS] == [24, 21, 21]
    assert data.split.train.tolist() == list(range(24))
    assert data.split.test.tolist() == list(range(45, 66))
    assert isinstance(data.images.array, np.memmap)
    assert not data.images.array.flags.writeable
    assert (data.images.array.dtype, data.images.array.shape) == (np.uint8, (N, 12288))


def test_images_are_the_central_140_pixels_in_the_order_of_their_names(root: Path) -> None:
    """Against the box of the original code, in floating point and by another library's way: the ramps as they are."""
    images = load("celeba", root).images.batch(np.arange(N)).numpy()
    centres = np.arange(64) * 140 / 64 + 140 / 128  # of the reduced pixels, in pixels of the square
    across = (19 + centres - 0.5) / 177  # Lanczos keeps a ramp, but for the borders
    down = (39 + centres - 0.5) / 217
    inner = slice(3, 61)
    np.testing.assert_allclose(images[:, 0].mean(axis=(0, 1))[inner], across[inner], atol=0.006)
    np.testing.assert_allclose(images[:, 1].mean(axis=(0, 2))[inner], down[inner], atol=0.006)
    numbers = np.arange(N) * 37 % 101 / 101
    np.testing.assert_allclose(images[:, 2].mean(axis=(1, 2)), numbers, atol=0.012)


def test_reducing_is_pillow_s_lanczos_of_the_box() -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (218, 178, 3), dtype=np.uint8))
    expected = np.asarray(noise.crop((19, 39, 159, 179)).resize((64, 64), Image.Resampling.LANCZOS))
    np.testing.assert_array_equal(celeba.reduced(noise), expected.transpose(2, 0, 1))


@pytest.mark.parametrize(
    ("size", "box"),
    [((218, 178), (39, 19, 179, 159)), ((356, 436), (38, 78, 318, 358)), ((64, 64), (7, 7, 57, 57))],
)
def test_of_other_sizes_the_same_share_is_kept(size: tuple[int, int], box: tuple[int, int, int, int]) -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (*size[::-1], 3), dtype=np.uint8))
    expected = np.asarray(noise.crop(box).resize((64, 64), Image.Resampling.LANCZOS))
    np.testing.assert_array_equal(celeba.reduced(noise), expected.transpose(2, 0, 1))


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_images_of_many_modes_are_made_colour_images(mode: str) -> None:
    assert celeba.reduced(photograph(3).convert(mode)).shape == (3, 64, 64)
    assert celeba.reduced(Image.new(mode, (1, 1))).shape == (3, 64, 64)


def as_it_is(root: Path) -> Path:
    return root


def without_the_outer_folder(root: Path) -> Path:
    return root / "celeba"


def the_images_folder_itself(root: Path) -> Path:
    return root / "celeba" / "img_align_celeba"


def plain(root: Path) -> Path:
    (root / "celeba" / "img_align_celeba").rename(root / "faces")
    (root / "celeba" / "list_eval_partition.txt").rename(root / "faces" / "list_eval_partition.txt")
    return root / "faces"


@pytest.mark.parametrize("place", [as_it_is, without_the_outer_folder, the_images_folder_itself, plain])
@pytest.mark.parametrize("said_by", ["argument", "environment"])
def test_every_layout_is_the_same_data(
    place: Callable[[Path], Path], said_by: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = load("celeba", root)
    folder = place(root)
    if said_by == "environment":
        monkeypatch.setenv("WAE_STUDY_DATA", str(folder))
    monkeypatch.setattr(celeba, "_pack", lambda *_: pytest.fail("read again"))
    data = load("celeba", folder if said_by == "argument" else None)
    assert (data.source, data.checksum) == ("official partition", expected.checksum)
    np.testing.assert_array_equal(data.images.array, expected.images.array)
    np.testing.assert_array_equal(data.split.test, expected.split.test)


def test_without_the_partition_file_the_split_is_by_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAE_STUDY_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "plain"
    folder.mkdir()
    for number in range(450):
        photograph(number, (20, 20)).save(folder / f"{number}.{'PNG' if number % 2 else 'jpeg'}")
    (folder / "notes.txt").write_text("no image", encoding="utf-8")
    data = load("celeba", folder)
    assert data.source == "split by seed"
    assert [len(data.split[part]) for part in celeba.PARTS] == [385, 20, 45]


def test_chunks_do_not_show(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = np.array(load("celeba", root).images.array)
    monkeypatch.setattr("study.data.photographs.PHOTOGRAPHS_AT_ONCE", 7)
    monkeypatch.setattr(celeba, "CACHE_VERSION", "next")
    np.testing.assert_array_equal(load("celeba", root).images.array, expected)


@pytest.mark.parametrize("written", [b"\xef\xbb\xbf%s", b"%s\n\n"])
def test_a_partition_as_windows_writes_it(root: Path, written: bytes) -> None:
    expected = load("celeba", root)
    file = root / "celeba" / "list_eval_partition.txt"
    file.write_bytes(written % file.read_bytes().replace(b"\n", b"\r\n"))
    np.testing.assert_array_equal(load("celeba", root).split.test, expected.split.test)


def test_hidden_files_are_no_images(root: Path) -> None:
    expected = load("celeba", root)
    for name in ("._000001.jpg", ".000002.jpg", ".jpg"):
        (root / "celeba" / "img_align_celeba" / name).write_bytes(b"attributes")
    (root / "celeba" / "._list_eval_partition.txt").write_bytes(b"attributes")
    assert load("celeba", root).checksum == expected.checksum


def test_read_once_and_again_when_an_image_is_another(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = load("celeba", root)
    with monkeypatch.context() as patched:
        patched.setattr(celeba, "_pack", lambda *_: pytest.fail("read again"))
        assert load("celeba", root).checksum == before.checksum
    image = root / "celeba" / "img_align_celeba" / "000001.jpg"
    image.unlink()  # it is linked to by other tests
    Image.new("RGB", (178, 218), "red").save(image)
    after = load("celeba", root)
    assert after.checksum != before.checksum
    np.testing.assert_array_equal(after.images.array[1:], before.images.array[1:])
    assert after.images.batch(np.array([0])).mean(dim=(0, 2, 3)).tolist() == pytest.approx([1, 0, 0], abs=0.02)


def test_nothing_is_printed_where_no_terminal_is(root: Path, capfd: pytest.CaptureFixture[str]) -> None:
    load("celeba", root)
    assert capfd.readouterr() == ("", "")


WANTED = "celeba/img_align_celeba/*.jpg (torchvision's layout), img_align_celeba/*.jpg, or .jpg or .png files"


def test_without_a_folder_it_is_said_what_to_put_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAE_STUDY_DATA", raising=False)
    sentence = f"CelebA was not found; set --data-root or WAE_STUDY_DATA to a folder with {WANTED}"
    assert refused(load, "celeba", None) == sentence


def test_a_folder_without_images_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "celeba" / "img_align_celeba").mkdir(parents=True)
    (tmp_path / "celeba" / "img_align_celeba.zip").touch()
    assert refused(load, "celeba", tmp_path) == f"{tmp_path}: CelebA was not found; expected a folder with {WANTED}"


def test_a_path_that_is_no_folder_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = tmp_path / "nowhere"
    assert refused(load, "celeba", nowhere) == f"--data-root: {nowhere} is not a folder; it should be where CelebA is"
    file = tmp_path / "file.jpg"
    file.touch()
    monkeypatch.setenv("WAE_STUDY_DATA", str(file))
    assert refused(load, "celeba", None) == f"WAE_STUDY_DATA: {file} is not a folder; it should be where CelebA is"


def cut_short(image: Path) -> bytes:
    return image.read_bytes()[:900]


def no_image(image: Path) -> bytes:
    return b"not an image"


def empty(image: Path) -> bytes:
    return b""


def for_print(image: Path) -> bytes:
    stream = io.BytesIO()
    photograph(3).convert("CMYK").save(stream, "JPEG")
    return stream.getvalue()


@pytest.mark.parametrize("spoil", [cut_short, no_image, empty, for_print])
def test_a_broken_image_is_one_sentence_and_leaves_nothing(
    spoil: Callable[[Path], bytes], root: Path, tmp_path: Path
) -> None:
    image = root / "celeba" / "img_align_celeba" / "000040.jpg"
    content = spoil(image)
    image.unlink()
    image.write_bytes(content)
    assert refused(load, "celeba", root).startswith(f"{image}: cannot be read as an image: ")
    assert {file.suffix for file in (tmp_path / "cache").iterdir()} <= {".lock"}


def shorter(file: Path) -> str:
    write_partition(file, PARTITION[:-3])
    return "has no line for 3 of 66 images, such as 000064.jpg"


def longer(file: Path) -> str:
    write_partition(file, [*PARTITION, 0, 1])
    return "lists 2 images that are not there, such as 000067.jpg; remove the file to split the images that are there"


def another_number(file: Path) -> str:
    write_partition(file, [3, *PARTITION[1:]])
    return ", line 1: expected a name and 0, 1 or 2, received '000001.jpg 3'"


def no_number(file: Path) -> str:
    file.write_text(file.read_text(encoding="utf-8") + "\n000001.jpg\n", encoding="utf-8")
    return ", line 68: expected a name and 0, 1 or 2, received '000001.jpg'"


def in_two_parts(file: Path) -> str:
    file.write_text(file.read_text(encoding="utf-8") + "000001.jpg 0\n000001.jpg 2\n", encoding="utf-8")
    return ", line 68: expected one part for each image; 000001.jpg is also in another part"


def no_text(file: Path) -> str:
    file.write_bytes(b"\xff\xfe\x00")
    return ": cannot be read: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"


def a_folder(file: Path) -> str:
    file.unlink()
    file.mkdir()
    return ": cannot be read: "


@pytest.mark.parametrize("spoil", [shorter, longer, another_number, no_number, in_two_parts, no_text, a_folder])
def test_a_partition_that_is_not_of_these_images_is_one_sentence(
    spoil: Callable[[Path], str], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = root / "celeba" / "list_eval_partition.txt"
    expected = spoil(file)
    monkeypatch.setattr(celeba, "_pack", lambda *_: pytest.fail("read for nothing"))
    assert refused(load, "celeba", root).startswith(f"{file}{expected if expected[0] in ',:' else f': {expected}'}")


def test_too_few_images_are_refused_before_any_is_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(celeba, "_pack", lambda *_: pytest.fail("read for nothing"))
    partition = root / "celeba" / "list_eval_partition.txt"
    folder = root / "celeba" / "img_align_celeba"
    write_partition(partition, [0] * 30 + [1] * 17 + [2] * 19)
    least = "each of train, validation, test needs 20"
    assert refused(load, "celeba", root) == f"{folder}: too few images: 66, of them 17 for validation; {least}"
    partition.unlink()
    assert refused(load, "celeba", root) == f"{folder}: too few images: 66, of them 2 for validation; {least}"
