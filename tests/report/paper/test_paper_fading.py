"""The rows on fading squares: what they make of arrays and tables whose answers are known, and that they draw."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest

from study.report.drawing.style import LOOKS, Look, png
from study.report.paper import ROWS, Evidence

ROW_NAMES = ("figure1", "figure2", "figure2_batch_size", "footnote3")


def arrays_of(family: str, size: int = 100, seed: int = 0) -> dict[str, np.ndarray]:
    """Arrays as a model of the family would leave them that does just what the paper says."""
    rng = np.random.default_rng(seed)
    t = np.linspace(-1, 1, 1000)
    prior = rng.uniform(-1, 1, (1000, 2))
    levels = np.tile(np.linspace(0.0, 36 / 1024, 41), (41, 1))
    arrays: dict[str, np.ndarray] = {"prior_samples": prior, "plane_half_side": np.array(1.0, np.float32)}
    if family == "wae-uniform":
        means = np.stack([0 * t, t], axis=1)
        half_sides = np.stack([np.full(1000, 0.98), np.full(1000, 0.001)], axis=1)
        arrays |= {"means": means, "log_spreads": np.log(half_sides), "plane_brightness": levels.T}
        arrays["codes"] = means + half_sides * rng.uniform(-1, 1, (1000, 2))
    else:
        turns = np.log2(size) / 4
        means = np.stack([0.9 * t, 0.8 * np.sin(turns * np.pi * t)], axis=1)
        arrays |= {"means": means, "codes": means, "plane_brightness": levels}
    if family == "vae":
        arrays |= {"log_spreads": np.zeros((1000, 2)), "plane_half_side": np.array(2.5, np.float32)}
    pace = 0.02 if family == "wae-gan" else 0.002
    steps = np.arange(101)
    shifts = pace * np.stack([steps, 0 * steps], axis=1)[:, None, :]
    arrays["trajectory"] = (means[::10] + shifts).astype(np.float16)
    arrays["trajectory_step"] = 80 * steps
    arrays["plane"] = np.full((11, 11, 1, 32, 32), 90, np.uint8)
    arrays["pixel_deviation"] = rng.normal(0, 0.01, 241).astype(np.float32)
    return arrays


Made = Callable[..., Evidence]


@pytest.fixture
def made() -> Made:
    def make(row: str, families: tuple[str, ...], sizes: tuple[int, ...] = (100,), saved: bool = True) -> Evidence:
        cells = [(family, size, seed) for seed in range(2) for family in families for size in sizes]
        store = {n: arrays_of(*cell) if saved else {} for n, cell in enumerate(cells)}
        deviations = {"wae-deterministic": 0.08, "wae-uniform": 0.02, "vae": 0.01}
        reduce: Callable[[Mapping[str, np.ndarray]], dict[str, float]] = ROWS[row].columns or (lambda arrays: {})
        lines = [
            {
                **{"study": "s", "trial": n, "family": family, "batch_size": size, "replicate": seed},
                "config_id": f"{family}{size}",
                "mean_pixel_deviation": deviations.get(family, 0.05) + 0.002 * seed,
                **reduce(store[n]),
            }
            for n, (family, size, seed) in enumerate(cells)
        ]
        return Evidence(pd.DataFrame(lines), "fading_squares", None, lambda study, trial: store[trial])

    return make


def measured(evidence: Evidence, row: str) -> dict[str, float]:
    return {name: measure(evidence.trials) for name, measure in ROWS[row].measures.items()}


def test_figure_1_in_numbers(made: Made) -> None:
    found = measured(made("figure1", ("wae-deterministic", "wae-uniform")), "figure1")
    assert found["figure1-random-monotone"] == pytest.approx(1)
    assert found["figure1-random-noise"] == pytest.approx(0.02)
    assert found["figure1-random-narrow"] == pytest.approx(0.001)
    assert found["figure1-decoder"] == pytest.approx(1, abs=1e-6)
    assert found["figure1-deterministic-curls"] > 1.3
    assert found["figure1-few-points"] == 1  # a quarter of a turn is plain at 100 points, too
    assert found["figure1-mismatch-at-many"] > 10


def test_figure_2_in_numbers(made: Made) -> None:
    found = measured(made("figure2", ("wae-deterministic", "wae-uniform", "vae")), "figure2")
    assert found == pytest.approx(
        {
            "figure2-deterministic-deviates": 0.081 / 0.021,
            "figure2-random-near-vae": 0.021 / 0.011,
            "figure2-deterministic-worse-than-vae": 0.081 / 0.011,
            "figure2-deterministic-size": 0.081,
            "figure2-random-size": 0.021,
        }
    )


def test_the_slope_of_the_curl_is_that_of_least_squares(made: Made) -> None:
    evidence = made("figure2_batch_size", ("wae-deterministic",), (25, 100, 400))
    trials = evidence.trials.assign(
        curl=3 + 0.5 * np.log2(evidence.trials["batch_size"]) + 0.1 * evidence.trials["replicate"]
    )
    assert ROWS["figure2_batch_size"].measures["figure2-batch-size"](trials) == pytest.approx(0.5)
    assert measured(evidence, "figure2_batch_size")["figure2-batch-size"] > 0
    one_size = trials[trials["batch_size"] == 25]
    assert np.isnan(ROWS["figure2_batch_size"].measures["figure2-batch-size"](one_size))


def test_footnote_3_in_numbers(made: Made) -> None:
    found = measured(made("footnote3", ("wae-deterministic", "wae-gan")), "footnote3")
    assert found == pytest.approx({"footnote3-keeps-moving": 10}, rel=0.05)


@pytest.mark.parametrize("row", ROW_NAMES)
def test_what_the_trials_do_not_show_is_neither_measured_nor_drawn(row: str, made: Made) -> None:
    for evidence in (made(row, ("wae-gaussian",)), made(row, ("wae-deterministic", "wae-uniform"), saved=False)):
        if row != "figure2":
            assert all(np.isnan(value) for value in measured(evidence, row).values())
            assert ROWS[row].draw(evidence, Look()) is None
    evidence = made("figure2", ("wae-gaussian",))
    assert all(np.isnan(value) for value in measured(evidence, "figure2").values())
    assert ROWS["figure2"].draw(evidence, Look()) is None


DRAWN = {
    "figure1": (("wae-deterministic", "wae-uniform"), (100,)),
    "figure2": (("wae-deterministic", "wae-uniform", "vae"), (100,)),
    "figure2_batch_size": (("wae-deterministic",), (25, 100, 300, 855)),
    "footnote3": (("wae-deterministic", "wae-gan"), (100,)),
}


@pytest.mark.parametrize("row", ROW_NAMES)
def test_every_row_is_drawn_in_every_look(row: str, made: Made) -> None:
    evidence = made(row, *DRAWN[row])
    drawn = set()
    for look in LOOKS:
        figure = ROWS[row].draw(evidence, look)
        assert figure is not None
        drawn.add(png(figure))
    assert len(drawn) == len(LOOKS)


def test_figure_1_shows_the_first_seed_that_left_arrays_and_the_paper_s_box_turned_as_ours(made: Made) -> None:
    figure = ROWS["figure1"].draw(made("figure1", ("wae-deterministic", "wae-uniform")), Look())
    assert figure is not None
    boxes = [patch.get_bbox() for ax in figure.axes for patch in ax.patches]
    assert [(box.x0, box.y1) for box in boxes] == [(-0.87, 0.93), (-1.01, 0.973)]  # ours codes in the second dimension


def test_figure_2_sets_the_paper_s_five_models_beside_ours(made: Made) -> None:
    figure = ROWS["figure2"].draw(made("figure2", ("wae-deterministic", "vae")), Look())
    assert figure is not None
    heights = [np.asarray(drawn.get_offsets())[:, 1].tolist() for drawn in figure.axes[1].collections[::2]]
    assert heights[0] == pytest.approx([0.08, 0.082])
    assert heights[1] == pytest.approx([0.081, 0.085, 0.094, 0.047, 0.037])
    assert heights[3] == pytest.approx([0.013, 0.013, 0.010, 0.015, 0.011])
