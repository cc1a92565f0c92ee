"""A user's own images: folders, npz and HDF5 files with factors of any kind, and every refusal as one sentence."""

import os
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from study.data import own as module
from study.data.dataset import Dataset, split
from study.data.own import OwnData, name_after
from tests.make import refused

N = 450
"""The fewest images of which a split by default has twenty for validation."""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WAE_STUDY_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def pictures(n: int = N, shape: tuple[int, ...] = (6, 6, 3)) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (n, *shape), dtype=np.uint8)


def write_folder(folder: Path, images: np.ndarray, suffix: str = ".png") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number, image in enumerate(images):
        Image.fromarray(image).save(folder / f"{number:04d}{suffix}")
    return folder


def own(**settings: Any) -> OwnData:
    return OwnData.model_validate(settings)


def pixels(data: Dataset) -> np.ndarray:
    return np.asarray(data.images.array).reshape(-1, *data.images.shape)


def test_a_folder_of_images(tmp_path: Path) -> None:
    images = pictures()
    data = own(images=str(write_folder(tmp_path / "My photos", images)))
    description = data.describe()
    assert description.image_shape == (3, 6, 6)
    assert description.offers == {"grey", "fid"}
    dataset = description.open()
    assert (dataset.name, dataset.source, dataset.factors, dataset.offers) == (
        "My-photos",
        "own images",
        None,
        {"grey", "fid"},
    )
    np.testing.assert_array_equal(pixels(dataset), images.transpose(0, 3, 1, 2))
    np.testing.assert_array_equal(dataset.split.test, split(N).test)
    assert isinstance(dataset.images.array, np.memmap)
    assert not dataset.images.array.flags.writeable
    assert data.checksum() == dataset.checksum
    assert len(dataset.checksum) == 64


def test_folders_inside_are_read_in_the_order_of_names_and_hidden_files_are_not(tmp_path: Path) -> None:
    images = pictures(60)
    for place, some in (("b", images[20:40]), ("a/é", images[:20]), ("b/c", images[40:])):
        write_folder(tmp_path / "all" / place, some)
    (tmp_path / "all" / "b" / "c").rename(tmp_path / "all" / "c")
    for hidden in ("._0000.png", ".hidden.png", "a/._x.png", "notes.txt", ".git/x.png", "c/x.png.part"):
        (tmp_path / "all" / hidden).parent.mkdir(exist_ok=True)
        (tmp_path / "all" / hidden).write_bytes(b"no image")
    data = own(images=tmp_path / "all", split={"train": 0.34, "validation": 0.33, "test": 0.33})
    dataset = data.load()
    np.testing.assert_array_equal(pixels(dataset), images.transpose(0, 3, 1, 2))
    assert [len(dataset.split[part]) for part in ("train", "validation", "test")] == [20, 20, 20]


def test_decoded_once_and_again_when_a_file_is_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_folder(tmp_path / "x", pictures())
    data = own(images=folder)
    before = data.checksum()
    with monkeypatch.context() as patched:
        patched.setattr(module, "pack", lambda *_: pytest.fail("decoded again"))
        assert data.checksum() == before
    time = (folder / "0003.png").stat().st_mtime_ns
    Image.fromarray(pictures()[7]).save(folder / "0003.png")
    os.utime(folder / "0003.png", ns=(time + 10**9, time + 10**9))
    assert data.checksum() != before
    Image.fromarray(pictures()[3]).save(folder / "0003.png")
    os.utime(folder / "0003.png", ns=(time + 10**10, time + 10**10))
    assert data.checksum() == before


def test_the_checksum_is_of_the_content_and_the_parts_not_of_the_place(tmp_path: Path) -> None:
    images = pictures()
    here, there = (write_folder(tmp_path / name, images) for name in ("here", "there"))
    assert own(images=here).checksum() == own(images=there).checksum()
    np.savez(tmp_path / "x.npz", images=images)
    assert own(npz=tmp_path / "x.npz").checksum() == own(images=here).checksum()
    other = own(images=here, split={"train": 0.8, "validation": 0.1, "test": 0.1})
    assert other.checksum() != own(images=here).checksum()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_images_of_every_mode(mode: str, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "x", pictures(N - 1))
    image = Image.new(mode, (6, 6), 65535 if mode == "I;16" else "white" if mode != "CMYK" else 0)
    image.save(folder / ("9999.jpg" if mode == "CMYK" else "9999.png"))
    assert (pixels(own(images=folder).load())[-1] >= 254).all()


def test_grey_folders_are_grey_and_a_colour_is_asked_for(tmp_path: Path) -> None:
    images = pictures(shape=(6, 6))
    folder = write_folder(tmp_path / "x", images)
    np.testing.assert_array_equal(pixels(own(images=folder).load())[:, 0], images)
    np.testing.assert_array_equal(pixels(own(images=folder, colour="rgb").load())[:, 2], images)
    Image.new("RGB", (6, 6), "red").save(folder / "0030.png")
    assert refused(own(images=folder).load) == (
        f"{folder / '0030.png'}: this image is in colour, and the first, 0000.png, is grey; set colour"
    )
    assert pixels(own(images=folder, colour="grey").load())[30].tolist() == [[[76] * 6] * 6]


@pytest.mark.parametrize(("background", "level"), [("white", 255), ("black", 0)])
def test_transparent_pixels_and_margins_have_the_background(background: str, level: int, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "x", pictures(N - 1))
    image = Image.new("RGBA", (6, 12), (9, 9, 9, 0))
    image.save(folder / "9999.png")
    data = own(images=folder, side=12, fit="pad", background=background)
    assert (pixels(data.load())[-1] == level).all()


def test_images_of_different_sizes_need_a_side(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "x", pictures())
    Image.new("RGB", (7, 9)).save(folder / "0100.png")
    assert refused(own(images=folder).load) == (
        f"{folder / '0100.png'}: all images should have one size, or side is to be set; received 7 × 9 pixels, and "
        "0000.png has 6 × 6 pixels"
    )
    assert own(images=folder, side=8).load().images.shape == (3, 8, 8)


def test_photographs_are_put_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    (tmp_path / "x").mkdir()
    for number, image in enumerate(pictures(shape=(5, 8, 3))):
        Image.fromarray(image).save(tmp_path / "x" / f"{number:03d}.png", exif=exif)
    assert own(images=tmp_path / "x").describe().image_shape == (3, 8, 5)
    turned = np.rot90(pictures(shape=(5, 8, 3)), -1, axes=(1, 2))
    np.testing.assert_array_equal(pixels(own(images=tmp_path / "x").load()), turned.transpose(0, 3, 1, 2))


def test_factors_and_parts_of_a_csv_file(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "x", pictures(120))
    parts = ["train", "validation", "test"]
    lines = [f"{i:04d}.png,{'ab'[i % 2]},{i % 4},{i / 7},{parts[i % 3]}" for i in range(120)]
    table = tmp_path / "f.csv"
    table.write_text("\n".join(["file,letter,digit,angle,part", *lines]), encoding="utf-8")
    data = own(images=folder, factors=str(table), split="part")
    dataset = data.describe().open()
    assert dataset.factors is not None
    assert dataset.factors.names == ("letter", "digit", "angle")
    assert dataset.factors.sizes == (2, 4, 10)
    assert dataset.factors.values(np.array([0, 5, 119])).tolist() == [[0, 0, 0], [1, 1, 0], [1, 3, 9]]
    np.testing.assert_allclose(dataset.factors.measured(np.array([5]))[0], [1, 1, 5 / 7])
    assert dataset.split.validation.tolist() == list(range(1, 120, 3))
    assert dataset.offers == {"grey", "fid", "factors"}
    table.write_text("\n".join(["file,letter,digit,angle,part", *lines]).replace(",a,", ",A,"), encoding="utf-8")
    assert data.checksum() == dataset.checksum  # the same classes, of other names
    table.write_text("\n".join(["file,letter,digit,angle,part", *lines]).replace(",3,", ",2,"), encoding="utf-8")
    assert data.checksum() != dataset.checksum


GRID = np.stack(np.unravel_index(np.arange(480), (4, 12, 10)), axis=1)


def write_h5(path: Path, **values: np.ndarray) -> Path:
    with h5py.File(path, "w") as file:
        for name, array in values.items():
            file[name] = array.astype(object) if array.dtype.kind == "U" else array
    return path


def test_an_npz_file_with_the_grid_of_its_factors(tmp_path: Path) -> None:
    images = pictures(480, (8, 8))
    np.savez(tmp_path / "shapes.npz", imgs=images, latents_classes=GRID, latents_values=GRID / 7)
    dataset = own(npz=tmp_path / "shapes.npz").describe().open()
    assert (dataset.name, dataset.source) == ("shapes", "own npz")
    assert dataset.offers == {"grey", "fid", "factors", "factor_grid"}
    assert dataset.factors is not None
    assert dataset.factors.names == ("latents_classes_0", "latents_classes_1", "latents_classes_2")
    np.testing.assert_array_equal(dataset.factors.values(np.arange(480)), GRID)
    np.testing.assert_array_equal(pixels(dataset)[:, 0], images)


def test_an_hdf5_file_with_arrays_of_other_names(tmp_path: Path) -> None:
    parts = np.array(["train", "validation", "test"])[np.arange(480) % 3]
    path = write_h5(
        tmp_path / "x.h5",
        **{"a/pixels": pictures(480, (3, 8, 8)) / 255, "a/colour": GRID[:, 0], "angle": GRID[:, 1] / 3, "part": parts},
    )
    data = own(h5=path, name="mine", array="a/pixels", factors=["a/colour", "angle"], factor_names=["c", "d"])
    assert data.describe().image_shape == (3, 8, 8)
    dataset = data.model_copy(update={"split": "part"}).load()
    assert dataset.factors is not None
    assert (dataset.name, dataset.factors.names, dataset.factors.sizes) == ("mine", ("c", "d"), (4, 12))
    assert dataset.split.test.tolist() == list(range(2, 480, 3))
    np.testing.assert_array_equal(pixels(dataset), pictures(480, (3, 8, 8)))


def test_arrays_are_resized_and_recoloured(tmp_path: Path) -> None:
    images = pictures(shape=(6, 9, 3))
    np.savez(tmp_path / "x.npz", x=images)
    data = own(npz=tmp_path / "x.npz", side=5, fit="stretch", colour="grey")
    assert data.describe().image_shape == (1, 5, 5)
    expected = Image.fromarray(images[17]).convert("L").resize((5, 5), Image.Resampling.LANCZOS)
    np.testing.assert_array_equal(pixels(data.load())[17, 0], np.asarray(expected))


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"labels": GRID[:450, 0]},
        {"labels": np.stack([GRID[:450, 0], np.zeros(450, int)], axis=1)},
        {"labels": np.stack([GRID[:450, 0], np.arange(450)], axis=1)},
    ],
)
def test_with_fewer_than_two_factors_that_vary_there_are_no_metrics_of_factors(
    columns: dict[str, np.ndarray], tmp_path: Path
) -> None:
    """A single label, one that is the same for all images, and one that numbers them."""
    np.savez(tmp_path / "x.npz", x=pictures(shape=(4, 4)), **columns)  # type: ignore[arg-type]
    assert own(npz=tmp_path / "x.npz").describe().offers == {"grey", "fid"}


def test_an_empty_list_means_no_factors(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", x=pictures(shape=(4, 4)), labels=np.arange(3))
    assert own(npz=tmp_path / "x.npz", factors=[]).load().factors is None
    assert refused(own(npz=tmp_path / "x.npz").load).endswith("received shape (3,)")


def test_names_and_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert own(images="~/写真 (2024)").name == "写真-2024"
    assert own(npz="data/my.set.npz").name == "my.set"
    assert own(h5="x.h5", name="a_b-1").name == "a_b-1"
    assert name_after(Path("/")) == "own"
    data = own(images="photos", factors="f.csv").at(tmp_path)
    assert (data.images, data.factors) == (tmp_path / "photos", str(tmp_path / "f.csv"))
    assert OwnData.model_validate(data.model_dump(mode="json")) == data
    monkeypatch.chdir(tmp_path)
    write_folder(tmp_path / "photos", pictures())
    assert own(images="photos").checksum() == own(images="photos").at(tmp_path).checksum()


WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "exactly one of images, npz, h5 is needed; received none"),
    ({"images": "a", "h5": "b"}, "exactly one of images, npz, h5 is needed; received images, h5"),
    ({"images": "a", "array": "x"}, "array goes with npz or h5; received images"),
    ({"images": "a", "factors": ["x"]}, "factors of a folder of images is a CSV file; received ['x']"),
    ({"images": "a", "split": "part"}, "split: part is a column of factors: FILE.csv, which is not given"),
    ({"images": "a", "name": "a/b"}, "String should match pattern"),
    ({"images": "a", "fit": "squeeze"}, "Input should be 'crop', 'pad' or 'stretch'"),
    ({"images": "a", "sides": 3}, "Extra inputs are not permitted"),
    (
        {"images": "a", "split": {"train": 0.5, "validation": 0.1, "test": 0.1}},
        "the shares of train, validation and test add up to 1; received 0.7",
    ),
]


@pytest.mark.parametrize(("settings", "sentence"), WRONG)
def test_descriptions_that_cannot_be(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as error:
        own(**settings)
    assert sentence in str(error.value)


def test_folders_that_cannot_be_read(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    assert refused(own(images=nowhere).describe) == f"images: expected a folder, received {nowhere}"
    nowhere.mkdir()
    none = f"{nowhere}: expected images, files that end in .jpg, .jpeg, .png; there are none"
    assert refused(own(images=nowhere).describe) == none
    (nowhere / "a.png").write_bytes(b"text")
    assert refused(own(images=nowhere).describe).startswith(f"{nowhere / 'a.png'}: cannot be read as an image: ")
    few = write_folder(tmp_path / "few", pictures(30))
    assert refused(own(images=few).describe).startswith(f"{few}: too few images: 30, of them 1 for validation; each of")
    folder = write_folder(tmp_path / "x", pictures())
    (folder / "0005.png").write_bytes((folder / "0005.png").read_bytes()[:50])
    assert refused(own(images=folder).load).startswith(f"{folder / '0005.png'}: cannot be read as an image: ")
    table = tmp_path / "f.csv"
    table.write_text("file,x\n" + "".join(f"{i:04d}.png,nan\n" for i in range(N)), encoding="utf-8")
    by_table = {"images": folder, "factors": str(table)}
    assert refused(own(**by_table).describe) == (
        f"{table}: factor x: every number must be finite; received NaN or infinity"
    )
    sentence = f"split: expected a column of {table}: x; received part"
    assert refused(own(**by_table, split="part").describe) == sentence


FILES: list[tuple[dict[str, np.ndarray], dict[str, Any], str]] = [
    (
        {"a": np.zeros((N, 4, 4))},
        {},
        "an array of images is needed, called imgs or images or image or x or X or data; there are a; set array",
    ),
    ({"x": np.zeros((N, 4, 4))}, {"array": "y"}, "an array of images is needed, called y; there are x; set array"),
    (
        {"x": np.zeros((N, 4))},
        {},
        "images should be (n, H, W), (n, H, W, C) or (n, C, H, W) with 1 or 3 channels; received (450, 4)",
    ),
    ({"x": np.zeros((N, 4, 4), int)}, {}, "x should be uint8, bool or floating-point; received int64"),
    ({"x": np.full((N, 4, 4), 9.0)}, {}, "floating-point images should be from 0 to 1; received 9 to 9"),
    ({"x": np.zeros((N, 4, 4))}, {"factors": "z"}, "there is no array z; there are x"),
    (
        {"x": np.zeros((N, 4, 4)), "y": np.zeros((N, 2, 2))},
        {},
        "y should have a row for each of 450 images; received shape (450, 2, 2)",
    ),
    (
        {"x": np.zeros((N, 4, 4)), "y": np.zeros((N, 2))},
        {"factor_names": ["a"]},
        "every factor needs a name of its own, and 100 is the most; received 1 names of 2 factors",
    ),
    (
        {"x": np.zeros((N, 4, 4)), "y": np.zeros(N, complex)},
        {},
        "y should be numbers, booleans or texts; received complex128",
    ),
]


@pytest.mark.parametrize("kind", ["npz", "h5"])
@pytest.mark.parametrize(("values", "settings", "sentence"), FILES)
def test_files_that_do_not_fit(
    kind: str, values: dict[str, np.ndarray], settings: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    path = tmp_path / f"file.{kind}"
    if kind == "npz":
        np.savez(path, **values)  # type: ignore[arg-type]
    else:
        write_h5(path, **values)
    assert refused(own(**{kind: path}, **settings).load) == f"{path}: {sentence}"


def test_files_that_cannot_be_read(tmp_path: Path, cache: Path) -> None:
    nowhere = tmp_path / "x.npz"
    assert refused(own(npz=nowhere).describe) == f"npz: expected a file, received {nowhere}"
    nowhere.write_bytes(b"text")
    assert refused(own(npz=nowhere).describe).startswith(f"{nowhere}: cannot be read as an .npz file: ")
    assert refused(own(h5=nowhere).describe).startswith(f"{nowhere}: cannot be read as an HDF5 file: ")
    np.savez(nowhere, x=pictures(), part=np.full(N, "val"))
    allowed = "split: part should have one of train, validation, test for each image; received 'val'"
    assert refused(own(npz=nowhere, split="part").describe) == allowed
    assert not cache.exists()
