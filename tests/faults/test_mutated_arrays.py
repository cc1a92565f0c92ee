"""Damaged arrays: `arrays.npz` costs its trial a picture; the dSprites archive and cache files end in a sentence."""

import io
import json
import pickle
import random
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from study.config.load import load_space
from study.config.plan import make_plan
from study.data import cache, dsprites, load
from study.data.dataset import Factors
from study.metrics.mean_pixel_deviation import CURVE_AT
from study.records.folder import StudyFolder
from study.records.table import TrialRecord, write_records
from study.report import write
from study.report.drawing import style
from study.report.drawing.style import LOOKS
from study.report.paper import answers
from study.report.paper.answers import read_arrays
from study.report.read.studies import load_studies
from study.report.write import write_answers
from study.system.errors import InputError
from study.trial.arrays import to_npz
from tests.faults import mutation
from tests.faults.bounded import any_number, each_case, limited, listing, refusal

ROWS = ("figure1", "figure2_batch_size", "footnote3", "figure3_standin")
"""Spaces whose figures are drawn from arrays, each in its own way."""


class Marker:
    """Unpickling it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, str]]:
        return open, (str(self.path), "w")


def whole_arrays(latent_dim: int, steps: int, seed: int) -> dict[str, np.ndarray]:
    """Arrays of every name, as a trial saves them."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (10, 1, 32, 32)).astype(np.uint8)
    many = {name: rng.normal(size=(1000, 2)) for name in ("codes", "means", "log_spreads", "prior_samples")}
    arrays = {
        **many,
        "plane": rng.integers(0, 256, (11, 11, 1, 32, 32)).astype(np.uint8),
        "plane_brightness": rng.uniform(size=(41, 41)),
        "plane_half_side": np.array(1.0),
        "pixel_deviation": rng.normal(size=len(CURVE_AT)),
        "trajectory": rng.normal(size=(21, 100, 2)).astype(np.float16),
        "trajectory_step": np.linspace(0, steps, 21).astype(np.int64),
        "originals": images,
        "reconstructions": images,
        "samples": np.concatenate([images] * 5),
        "code_variance": rng.uniform(size=latent_dim),
        "log_spread_quantiles": np.sort(rng.normal(size=(5, latent_dim)), axis=0),
    }
    return {name: array.astype("f4") if array.dtype == np.float64 else array for name, array in arrays.items()}


def make(folder: Path, space: str) -> StudyFolder:
    """One seed of every configuration of a space of the paper, with made-up values and whole arrays."""
    loaded, _ = load_space(f"paper/{space}")
    plan = make_plan(loaded, space, name=space, preset="quick", seed=0)
    study, records = StudyFolder(folder), []
    plan.save(study.plan)
    for number, point in enumerate(plan.space.grid()):
        rng = np.random.default_rng(number)
        names = {"reconstruction", "frechet_factors", "reconstruction_floor", *(o.name for o in plan.space.objectives)}
        config = plan.trial_config(point, seed=number)
        metrics = {name: 20 + float(rng.uniform()) for name in sorted(names)}
        records.append(TrialRecord(number, config, "complete", metrics=metrics))
        study.trial(number).path.mkdir(parents=True)
        arrays = whole_arrays(config.latent_dim, config.total_steps, number)
        study.trial(number).arrays.write_bytes(to_npz(arrays))
    write_records(records, study.records)
    return study


def damaged(content: bytes, rng: random.Random) -> bytes:
    """An archive with one or two arrays lost or of another kind, shape or content; or one whose bytes are damaged."""
    if rng.random() < 0.2:
        return mutation.bytes_of(content, rng)
    with np.load(io.BytesIO(content)) as archive:
        arrays = dict(archive)
    for _ in range(rng.choice((1, 1, 2))):
        name, other = rng.choice(sorted(arrays)), rng.choice(sorted(arrays))
        array = arrays[name]
        changes: list[Callable[[], np.ndarray]] = [
            lambda array=array: np.full(array.shape, rng.choice((np.nan, np.inf, 1e30, 0)), np.float32),
            lambda array=array: array.ravel(),
            lambda array=array: array[: len(array) // 2] if array.ndim else array[None],
            lambda array=array: np.zeros((0, *array.shape[1:]), array.dtype),
            lambda array=array: array.astype(rng.choice(("u1", "i8", "f2", "?", "U4", "S3", "c8", "M8[s]"))),
            lambda array=array: np.array(rng.choice((3, "x", 0.5))),
            lambda array=array: -array.astype(np.float32),
            lambda array=array: array.T,
            lambda array=array: array[None],
            lambda array=array: np.zeros(array.shape, [("a", "f4"), ("b", "i4")]),
            lambda other=other: arrays[other],
        ]
        arrays[name] = rng.choice(changes)()
        if rng.random() < 0.3:
            del arrays[name]
    stream = io.BytesIO()
    np.savez(stream, **arrays)  # type: ignore[arg-type]  # its stub takes a name for an option
    return stream.getvalue()


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, StudyFolder]:
    root = tmp_path_factory.mktemp("templates")
    return {space: make(root / space, space) for space in ROWS}


def draw_all(templates: dict[str, StudyFolder], tmp_path: Path, first: int, cases: int) -> None:
    before = listing(tmp_path.parent, [tmp_path])

    def case(number: int) -> None:
        rng = random.Random(f"arrays {first + number}")
        template = templates[ROWS[number % len(ROWS)]]
        study = StudyFolder(tmp_path / "study")
        shutil.rmtree(study.path, ignore_errors=True)
        shutil.copytree(template.path, study.path)
        for trial in list(study.trials())[: rng.choice((1, 5, 100))]:
            trial.arrays.write_bytes(damaged(trial.arrays.read_bytes(), rng))
        with any_number():
            answers, _ = write_answers(load_studies([study.path]), looks=LOOKS[:1])
        assert answers

    each_case(cases, case)
    assert listing(tmp_path.parent, [tmp_path]) == before


@pytest.mark.slow
@pytest.mark.ci
def test_damaged_arrays_never_cost_the_figures(
    templates: dict[str, StudyFolder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("study.report.paper.answers.judge", lambda *_: ())  # thousands of resampled tables
    monkeypatch.setattr(write, "png", lambda figure, look: b"")
    monkeypatch.setattr(write, "pdf", lambda figure: b"")
    draw_all(templates, tmp_path, 0, 12)


@pytest.mark.slow
def test_more_damaged_arrays_with_pictures_and_verdicts(templates: dict[str, StudyFolder], tmp_path: Path) -> None:
    assert write.png is style.png
    draw_all(templates, tmp_path, 1000, 40)


WRONG: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "another kind": lambda codes: codes.astype(np.int64),
    "text": lambda codes: codes.astype(str),
    "another shape": lambda codes: codes.T,
    "fewer": lambda codes: codes[:10],
    "not finite": lambda codes: np.where(codes > 1, np.nan, codes).astype(np.float32),
}


@pytest.mark.parametrize("change", WRONG.values(), ids=list(WRONG))
def test_arrays_of_another_form_are_none(tmp_path: Path, change: Callable[[np.ndarray], np.ndarray]) -> None:
    arrays = whole_arrays(2, 100, 0)
    (tmp_path / "whole.npz").write_bytes(to_npz(arrays))
    (tmp_path / "other.npz").write_bytes(to_npz(arrays | {"codes": change(arrays["codes"])}))
    assert set(read_arrays(tmp_path / "whole.npz")) == set(arrays) == set(answers.FORMS)
    assert dict(read_arrays(tmp_path / "other.npz")) == {}


def test_arrays_that_do_not_fit_together_are_none(tmp_path: Path) -> None:
    arrays = whole_arrays(2, 100, 0)
    (tmp_path / "arrays.npz").write_bytes(to_npz(arrays | {"trajectory_step": arrays["trajectory_step"][:-1]}))
    assert dict(read_arrays(tmp_path / "arrays.npz")) == {}


def test_an_archive_that_would_fill_the_memory_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "arrays.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("codes.npy", "w") as member:
        header = {"descr": "<f4", "fortran_order": False, "shape": (2**28, 2)}
        np.lib.format.write_array_header_1_0(member, header)
        for _ in range(320):
            member.write(bytes(2**20))
    assert path.stat().st_size < 2**20
    with limited(20):
        assert dict(read_arrays(path)) == {}


def test_no_pickle_in_an_archive_is_opened(tmp_path: Path) -> None:
    marker, path = tmp_path / "marker", tmp_path / "arrays.npz"
    np.savez(path, codes=np.array([Marker(marker)], dtype=object), means=np.zeros((1000, 2), np.float32))
    assert dict(read_arrays(path)) == {}
    path.write_bytes(pickle.dumps(Marker(marker)))
    assert dict(read_arrays(path)) == {}
    assert not marker.exists()


# The dSprites archive and the cache

SMALL = Factors(("shape", "scale"), (3, 8))
N = 24


def official(path: Path) -> Path:
    images = np.random.default_rng(0).integers(0, 2, (N, 64, 64)).astype(np.uint8)
    classes = np.concatenate([np.zeros((N, 1), int), SMALL.values(np.arange(N))], axis=1)
    np.savez_compressed(path, imgs=images, latents_classes=classes)
    return path


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """dSprites of 24 images, in a data folder, with a cache of its own."""
    monkeypatch.setenv("WAE_STUDY_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("WAE_STUDY_DATA", raising=False)
    monkeypatch.setattr(dsprites, "FACTORS", SMALL)
    (tmp_path / "data").mkdir()
    official(tmp_path / "data" / dsprites.OFFICIAL_FILE)
    return tmp_path


def dsprites_many(tiny: Path, first: int, cases: int) -> Counter[str]:
    path = tiny / "data" / dsprites.OFFICIAL_FILE
    sound = path.read_bytes()
    said: Counter[str] = Counter()

    def case(number: int) -> None:
        rng = random.Random(f"dsprites {first + number}")
        content = sound
        if rng.random() < 0.5:  # a damage within an archive whose checksums are right
            name = rng.choice(("imgs.npy", "latents_classes.npy"))
            with zipfile.ZipFile(io.BytesIO(sound)) as archive:
                members = {each: archive.read(each) for each in archive.namelist()}
            members[name] = mutation.bytes_of(members[name][:128], rng) + members[name][128:]
            stream = io.BytesIO()
            kind = rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2))
            with zipfile.ZipFile(stream, "w", kind) as archive:
                for each, member in members.items():
                    archive.writestr(each, member)
            content = stream.getvalue()
        path.write_bytes(content if rng.random() < 0.3 else mutation.bytes_of(content, rng))
        sentence = refusal(lambda: load("dsprites", tiny / "data"))
        assert sentence is None or sentence.startswith(f"{path}: ")
        said["read" if sentence is None else "refused"] += 1

    each_case(cases, case)
    left = {file.name.removeprefix(".") for file in (tiny / "cache").iterdir()}
    assert left <= {f"dsprites-official.bits{end}" for end in ("", ".json", ".lock")}
    return said


def test_damaged_archives_of_dsprites(tiny: Path) -> None:
    said = dsprites_many(tiny, 0, 100)
    assert said["refused"] > 60
    assert said["read"] > 1


@pytest.mark.slow
def test_more_damaged_archives_of_dsprites(tiny: Path) -> None:
    assert dsprites_many(tiny, 1000, 3000).total() == 3000


def test_an_archive_of_objects_runs_nothing(tiny: Path) -> None:
    path, marker = tiny / "data" / dsprites.OFFICIAL_FILE, tiny / "marker"
    np.savez(path, imgs=np.array([Marker(marker)] * N, dtype=object), latents_classes=np.zeros((N, 3), int))
    with pytest.raises(InputError):
        load("dsprites", tiny / "data")
    path.write_bytes(pickle.dumps(Marker(marker)))
    with pytest.raises(InputError):
        load("dsprites", tiny / "data")
    assert not marker.exists()


def test_a_pipe_in_the_place_of_the_archive_is_not_waited_for(tiny: Path) -> None:
    import os

    path = tiny / "data" / dsprites.OFFICIAL_FILE
    path.unlink()
    os.mkfifo(path)
    with limited(20), pytest.raises(InputError, match="cannot be read: neither a file nor a folder"):
        load("dsprites", tiny / "data")


def test_a_damaged_cache_is_made_again(tiny: Path) -> None:
    """The file or the note about it: whatever happens to them, the data are those of the archive."""
    sound = np.array(load("dsprites", tiny / "data").images.array)
    path = tiny / "cache" / "dsprites-official.bits"
    note = path.with_name(path.name + ".json")

    def case(number: int) -> None:
        rng = random.Random(f"cache {number}")
        for each in rng.choice(([path], [note], [path, note])):
            content = each.read_bytes()
            if each is note and rng.random() < 0.5:
                each.write_text(json.dumps(mutation.value_of(json.loads(content), rng, ODD), skipkeys=True))
            else:
                each.write_bytes(mutation.bytes_of(content, rng))
        if number % 10 == 9:
            note.write_bytes(b"[" * 100_000)
        np.testing.assert_array_equal(load("dsprites", tiny / "data").images.array, sound)

    each_case(60, case)


ODD = tuple(value for value in mutation.ODD_VALUES if not isinstance(value, int) or abs(value) < 10**40)
"""Python prints no number of thousands of digits."""


@pytest.mark.parametrize("place", ["file", "note", "lock", "folder"])
def test_a_folder_or_a_file_in_the_place_of_the_cache_is_one_sentence(tiny: Path, place: str) -> None:
    name = "dsprites-official.bits"
    path = tiny / "cache" / {"file": name, "note": f"{name}.json", "lock": f"{name}.lock", "folder": ""}[place]
    if place == "folder":
        path.write_text("a file")
    else:
        (path / "inside").mkdir(parents=True)
    with pytest.raises(InputError, match="cannot be written") as error:
        load("dsprites", tiny / "data")
    assert "\n" not in str(error.value)
    assert cache.cache_folder() == tiny / "cache"
