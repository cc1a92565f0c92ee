"""The faces datasets: which images they have, which factors vary, and the file in the cache."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.data import DATASETS, faces, load
from study.data.faces import FACTORS, box, draw_faces, ellipse, render
from study.metrics import offered

NAMES = [name for name in DATASETS if name.startswith("faces-")]


@pytest.fixture(autouse=True)
def few_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WAE_STUDY_CACHE", str(tmp_path))
    monkeypatch.setattr(faces, "N_IMAGES", 400)
    return tmp_path


def test_names() -> None:
    assert {"faces-2", "faces-8", "faces-12", "faces-8-64"} < set(NAMES)
    for name in NAMES:
        metrics = offered(DATASETS[name].offers)
        assert {"frechet_factors", "kernel_factors", "reconstruction_floor", "fid"} <= set(metrics)
        assert not {"disentanglement", "frechet_pca", "mean_pixel_deviation"} & set(metrics)
    with pytest.raises(KeyError):
        load("faces-3")


@pytest.mark.parametrize(("name", "free", "side"), [("faces-8", 8, 32), ("faces-2", 2, 32), ("faces-12-64", 12, 64)])
def test_images_are_those_of_the_factors(name: str, free: int, side: int) -> None:
    data = load(name)
    assert (data.name, data.source, data.factors) == (name, "rendered", None)
    assert data.images.shape == DATASETS[name].image_shape == (3, side, side)
    assert len(data.images) == 400
    values = faces.factor_values(free)
    expected = render(values, side)
    assert np.array_equal(data.images.array.reshape(expected.shape), expected)
    assert not data.images.array.flags.writeable
    batch = data.images.batch(np.array([3, 1])).numpy()
    np.testing.assert_allclose(batch, expected[[3, 1]] / 255, atol=1e-6)
    assert [len(data.split[part]) for part in ("train", "validation", "test")] == [342, 18, 40]


def test_draws() -> None:
    """The first factors are uniform and independent, the others at their middle; a draw is common to all datasets."""
    values = faces.factor_values(8)
    assert (values[:, 8:] == 0.5).all()
    assert np.array_equal(faces.factor_values(2)[:, :2], values[:, :2])
    free = values[:, :8]
    assert np.abs(free.mean(axis=0) - 0.5).max() < 0.06
    assert np.abs(free.std(axis=0) - np.sqrt(1 / 12)).max() < 0.03
    assert np.abs(np.corrcoef(free.T) - np.eye(8)).max() < 0.2
    np.testing.assert_allclose(values[0, :3], [0.63696169, 0.26978671, 0.04097352], atol=1e-8)


def test_rendered_once_and_again_for_another_version(few_images: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load("faces-8")
    path = few_images / "faces-8.bytes"
    written = path.stat().st_mtime_ns
    assert load("faces-8").checksum == first.checksum
    assert path.stat().st_mtime_ns == written
    monkeypatch.setattr(faces, "CACHE_VERSION", "of tomorrow")
    monkeypatch.setattr(faces, "FACTORS_SEED", 1)
    assert load("faces-8").checksum != first.checksum


@pytest.mark.slow
def test_all_machines_have_the_same_images(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faces, "N_IMAGES", 50_000)
    assert load("faces-8").checksum == "b47584042a8ad097774de646485e8c4566eb88b48cbb82f37afe7cdd62de5c3f"


MIDDLE = np.full(12, 0.5)
SHA256 = {
    32: "173b8369c7f1b74ae7eac37ddade29f62ee334bf499fd62054873c23320eb066",
    64: "b729e58c0efa28cc90c9a72e2792c92cc73324d6d62893ca7de3c1e10cedc9b8",
}


def face(**factors: float) -> np.ndarray:
    """One image (3, 32, 32) before rounding, all factors at their middle but for these."""
    values = MIDDLE.copy()
    for name, value in factors.items():
        values[FACTORS.index(name)] = value
    (image,) = draw_faces(values[None], 32)
    return image


def changed(**factors: float) -> np.ndarray:
    """Which pixels (32, 32) differ from the middle face."""
    mask: np.ndarray = (np.abs(face(**factors) - face()) > 1 / 255).any(axis=0)
    return mask


def jacobian(point: np.ndarray, free: int, step: float = 0.005) -> np.ndarray:
    """Central differences of all pixels in the first `free` factors: (free, 3072)."""
    moves = step * np.eye(12)[:free]
    ahead, behind = (draw_faces(point + sign * moves, 32).reshape(free, -1).astype(float) for sign in (1, -1))
    return (ahead - behind) / (2 * step)


@pytest.mark.parametrize("side", [32, 64])
def test_pixels_are_the_same_on_every_machine(side: int) -> None:
    factors = np.random.default_rng(7).random((40, 12))
    assert hashlib.sha256(render(factors, side).tobytes()).hexdigest() == SHA256[side]


def test_images_do_not_depend_on_what_is_drawn_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    factors = np.random.default_rng(0).random((10, 12))
    together = render(factors)
    assert (together.shape, together.dtype) == ((10, 3, 32, 32), np.uint8)
    monkeypatch.setattr("study.data.faces.RENDERED_AT_ONCE", 3 * 32**2)
    assert np.array_equal(render(factors), together)


def test_rounding_is_to_the_nearest_level() -> None:
    factors = np.random.default_rng(0).random((10, 12))
    np.testing.assert_allclose(render(factors), 255 * draw_faces(factors, 32), atol=0.5001)


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_sides_of_64_show_the_same_more_finely(seed: int) -> None:
    factors = np.random.default_rng(seed).random((1, 12))
    (fine,) = draw_faces(factors, 64).reshape(1, 3, 32, 2, 32, 2).mean(axis=(3, 5))
    difference = np.abs(fine - draw_faces(factors, 32)[0])
    assert difference.mean() < 0.01
    assert difference.max() < 0.3


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_positions_move_everything_but_the_background(seed: int) -> None:
    """An eighth of position x, a sixth of position y are a pixel."""
    here = np.random.default_rng(seed).uniform(0.2, 0.8, 12)
    right, down = here.copy(), here.copy()
    right[FACTORS.index("position_x")] += 1 / 8
    down[FACTORS.index("position_y")] += 1 / 6
    first, moved_right, moved_down = draw_faces(np.stack([here, right, down]), 32)
    np.testing.assert_allclose(moved_right[:, :, 1:], first[:, :, :-1], atol=1e-4)
    np.testing.assert_allclose(moved_down[:, 1:], first[:, :-1], atol=1e-4)


def test_every_factor_does_what_its_name_says() -> None:
    """Where the middle face changes: its middle is at (16, 14.5)."""
    rows, columns = np.mgrid[:32, :32] + 0.5
    above_the_mouth, beside_the_mouth = rows < 15, np.abs(columns - 16) > 5
    eyes = (np.abs(rows - 13.9) < 3.5) & (np.abs(np.abs(columns - 16) - 3.3) < 4)
    for end in (0.0, 1.0):
        assert not (changed(shirt=end) & (rows < 22)).any()
        assert not (changed(smile=end) & (above_the_mouth | beside_the_mouth)).any()
        assert not (changed(fringe=end) & (rows > 14)).any()
        assert not (changed(eye_size=end) & ~eyes).any()
        assert not (changed(eye_distance=end) & ~eyes).any()
        assert not (changed(background=end) & (np.hypot(columns - 16, rows - 14) < 8)).any()
        assert changed(background=end)[0].all()
    # pixels of hair colour beside the face, below the chin
    assert changed(hair_length=1.0)[22:27, 7:25].sum() > 30
    wide, narrow = (face(face_width=end)[0, 14, 5:27] for end in (1.0, 0.0))
    background = face()[0, 0, 0]
    assert (np.abs(wide - background) > 0.1).sum() >= (np.abs(narrow - background) > 0.1).sum() + 5
    brightness = [face(skin=end, hair_colour=end).mean() for end in (0.0, 0.5, 1.0)]
    assert brightness == sorted(brightness)


@pytest.mark.parametrize(("free", "least", "condition"), [(2, 30, 2), (4, 12, 5), (8, 3, 20), (12, 1, 60)])
def test_the_manifold_has_as_many_dimensions_as_factors_vary(free: int, least: float, condition: float) -> None:
    """The Jacobian has full rank, far from degenerate, at random points: `results/notes/faces.md` lists them."""
    rng = np.random.default_rng(free)
    for _ in range(25):
        point = rng.uniform(0.01, 0.99, 12)
        point[free:] = 0.5
        values = np.linalg.svd(jacobian(point, free), compute_uv=False)
        assert values[-1] > least
        assert values[0] / values[-1] < condition


def test_images_are_smooth_in_the_factors() -> None:
    """Central differences of two widths agree, where pixels switched on and off would make them differ in full."""
    rng = np.random.default_rng(3)
    for _ in range(10):
        point = rng.uniform(0.1, 0.9, 12)
        coarse, fine = jacobian(point, 12, 0.004), jacobian(point, 12, 0.002)
        off = np.linalg.norm(coarse - fine, axis=1) / np.linalg.norm(fine, axis=1)
        assert off.max() < 0.15


def test_far_points_have_different_images() -> None:
    """No two of 300 images are nearly equal: the cube is not folded onto itself."""
    rng = np.random.default_rng(4)
    factors = np.full((300, 12), 0.5)
    factors[:, :8] = rng.random((300, 8))
    images = draw_faces(factors, 32).reshape(300, -1).astype(float)
    apart = np.sqrt(((images[:, None, ::7] - images[None, :, ::7]) ** 2).mean(axis=2))
    between = np.linalg.norm(factors[:, None] - factors[None], axis=2)
    off_diagonal = ~np.eye(300, dtype=bool)
    assert (apart / np.where(off_diagonal, between, 1))[off_diagonal].min() > 0.02


def test_distance_to_a_circle_and_to_a_box() -> None:
    x, y = (each.astype(np.float32) for each in np.meshgrid(np.linspace(-5, 5, 21), np.linspace(-5, 5, 21)))
    np.testing.assert_allclose(ellipse(x, y, 3, 3), np.hypot(x, y) - 3, atol=1e-5)
    on = np.linspace(0, 2 * np.pi, 50)
    outline = ellipse(np.float32(4 * np.cos(on)), np.float32(2 * np.sin(on)), 4, 2)
    np.testing.assert_allclose(outline, 0, atol=1e-5)
    expected = np.array([[-2, -2, -1, 0, 1, 2], [-1, -1, -1, 0, 1, 2]])
    along = np.array([0, 1, 2, 3, 4, 5], dtype=np.float32)
    np.testing.assert_allclose(box(along, np.float32(0) * along, 3, 2, 0)[None], expected[:1], atol=1e-6)
    np.testing.assert_allclose(box(along, 0 * along + np.float32(1), 3, 2, 0)[None], expected[1:], atol=1e-6)
    rounded = box(np.float32([3 + 3]), np.float32([2 + 4]), 3, 2, 1)  # from the corner's circle, of radius 1 at (2, 1)
    np.testing.assert_allclose(rounded, np.hypot(4, 5) - 1, rtol=1e-6)
