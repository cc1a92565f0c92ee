"""Damaged photographs and partition files of CelebA: one sentence that names the file, or a dataset."""

import io
import os
import random
import struct
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from study.data import celeba, load
from tests.faults import mutation
from tests.faults.bounded import each_case, limited, listing, refusal

N = 66
"""Enough for the least that each part must have."""

FORMATS = ("JPEG", "PNG", "GIF", "TIFF", "BMP", "WEBP", "PPM")
"""What a file that ends in .jpg may really be."""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WAE_STUDY_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("WAE_STUDY_DATA", raising=False)
    (tmp_path / "cache").mkdir()
    folder = tmp_path / "data" / "celeba" / "img_align_celeba"
    folder.mkdir(parents=True)
    for number in range(1, N + 1):
        (folder / f"{number:06d}.jpg").write_bytes(photograph(number, "JPEG"))
    lines = [f"{number:06d}.jpg {min(2, (number - 1) // 22)}\n" for number in range(1, N + 1)]
    (folder.parent / celeba.PARTITION_FILE).write_text("".join(lines), encoding="utf-8")
    return tmp_path / "data"


def photograph(number: int, kind: str) -> bytes:
    pixels = np.random.default_rng(number).integers(0, 256, (24, 20, 3)).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind)
    return stream.getvalue()


def bomb() -> bytes:
    """A PNG of some bytes that says it has 60,000 × 60,000 pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    ends = chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + ends


def many(root: Path, first: int, cases: int) -> Counter[str]:
    folder = root / "celeba" / "img_align_celeba"
    image, partition = folder / "000040.jpg", folder.parent / celeba.PARTITION_FILE
    sound, listed = image.read_bytes(), partition.read_bytes()
    before = listing(root.parent, [root, root.parent / "cache"])
    said: Counter[str] = Counter()

    def case(number: int) -> None:
        rng = random.Random(f"images {first + number}")
        image.write_bytes(sound)
        partition.write_bytes(listed)
        changed = rng.choice((image, image, partition))
        if changed is image:
            image.write_bytes(mutation.bytes_of(photograph(number, rng.choice(FORMATS)), rng))
        elif rng.random() < 0.5:
            partition.write_bytes(mutation.bytes_of(listed, rng))
        else:
            partition.write_bytes(mutation.text_of(listed.decode(), rng).encode("utf-8", "surrogatepass"))
        sentence = refusal(lambda: load("celeba", root))
        assert sentence is None or str(changed) in sentence or "too few images" in sentence
        said["read" if sentence is None else "refused"] += 1
        left = [file.name for file in (root.parent / "cache").iterdir()]
        assert not [name for name in left if name.startswith(".")]

    each_case(cases, case)
    assert listing(root.parent, [root, root.parent / "cache"]) == before
    return said


def test_damaged_photographs_and_partitions(root: Path) -> None:
    said = many(root, 0, 60)
    assert said["refused"] > 20
    assert said["read"] > 5


@pytest.mark.slow
def test_more_damaged_photographs_and_partitions(root: Path) -> None:
    assert many(root, 1000, 2000).total() == 2000


def test_a_small_file_of_billions_of_pixels_is_one_sentence(root: Path) -> None:
    image = root / "celeba" / "img_align_celeba" / "000040.jpg"
    image.write_bytes(bomb())
    with limited(20):
        sentence = refusal(lambda: load("celeba", root))
    assert sentence is not None
    assert sentence.startswith(f"{image}: cannot be read as an image: Image size (3600000000 pixels) exceeds")


def test_a_name_of_two_lines_is_one_sentence(root: Path) -> None:
    (root / "celeba" / "img_align_celeba" / "a\nb.jpg").write_bytes(b"no image")
    sentence = refusal(lambda: load("celeba", root))
    assert sentence is not None
    assert "has no line for 1 of 67 images, such as a b.jpg" in sentence


def test_pipes_and_links_are_no_photographs(root: Path) -> None:
    folder = root / "celeba" / "img_align_celeba"
    os.mkfifo(folder / "pipe.jpg")
    (folder / "loop.jpg").symlink_to(folder / "loop.jpg")
    (folder / "nowhere.jpg").symlink_to(folder / "not there")
    (folder / "zeros.jpg").symlink_to("/dev/zero")
    with limited(20):
        assert len(load("celeba", root).images) == N


def test_a_pipe_in_the_place_of_the_partition_is_not_waited_for(root: Path) -> None:
    partition = root / "celeba" / celeba.PARTITION_FILE
    partition.unlink()
    os.mkfifo(partition)
    with limited(20):
        sentence = refusal(lambda: load("celeba", root))
    assert sentence is not None
    assert "neither a file nor a folder" in sentence
