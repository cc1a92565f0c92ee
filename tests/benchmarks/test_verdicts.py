"""The benchmark of error rates: its studies are what they are said to be, and are counted as they should."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.verdicts.landscape import AWAY, BEST, Landscape, at_random, grid, measured
from benchmarks.verdicts.studies import NULLS, Cell, intervals, of_family, planning, rates, trials_of
from study.report.analysis.permutation import ADAPTIVE_LEVEL, LEVEL
from study.system.files import read_json

FIGURE4 = Path("results/paper/figure4")


@pytest.fixture(scope="module")
def landscape() -> Landscape:
    return measured(FIGURE4)


def test_the_curve_and_the_noise_are_those_of_the_records(landscape: Landscape) -> None:
    records = pd.read_csv(FIGURE4 / "records.csv").query("family == 'wae-gaussian'")
    means = records.groupby("lambda_1")[["reconstruction", "disentanglement"]].mean()
    assert landscape.curve == pytest.approx(means.to_numpy() * [1, -1])
    assert landscape.expected(grid(9)) == pytest.approx(landscape.curve)
    within = records.groupby("lambda_1")["disentanglement"].var().mean()
    assert landscape.residuals[:, 1].var() == pytest.approx(within)


def test_between_settings_is_interpolated_and_the_second_parameter_has_a_best_value(landscape: Landscape) -> None:
    (found,) = landscape.expected(np.array([[1 / 16, BEST + 0.5]]))
    assert found == pytest.approx(landscape.curve[:2].mean(axis=0) + AWAY / 4)


def test_a_family_is_worse_by_deviations_of_random_configurations(landscape: Landscape) -> None:
    points = at_random(20_000, np.random.default_rng(1))
    before, after = (its.expected(points) for its in (landscape, landscape.shifted(0.5)))
    assert (after - before).mean(axis=0) == pytest.approx(before.std(axis=0) / 2, rel=0.02)


@pytest.mark.parametrize("sampler", ["random", "grid", "tpe"])
def test_a_study_has_its_configurations_with_their_seeds(landscape: Landscape, sampler: str) -> None:
    cell = Cell(sampler, "equal", "mixed", 12)  # type: ignore[arg-type]
    values, of = trials_of(cell, landscape, 7)
    means, seeds = of_family(cell, landscape, 7)
    assert seeds.tolist() == np.bincount(of).tolist()
    assert set(seeds) > {1, 5}
    assert means[3] == pytest.approx(values[of == 3].mean(axis=0))
    other, _ = of_family(cell, landscape, 8)
    assert not np.allclose(np.sort(means[:4, 0]), np.sort(other[:4, 0]))


def test_what_is_counted(landscape: Landscape) -> None:
    """A family that is far ahead is found to be, and of equal ones hardly any."""
    clear = rates(Cell("random", "one leader", "3", 9, 3.0), landscape, 30)
    equal = rates(Cell("random", "equal", "3", 9), landscape, 30)
    assert clear["right"] == clear["winner"] > 0.8
    assert clear["pairs"] > 0.9
    assert equal["different"] < 0.2
    assert (equal["right"], equal["pairs"]) == (0, None)
    worse = rates(Cell("random", "two leaders", "3", 9, 3.0), landscape, 30)
    assert worse["pairs"] > 0.9
    assert worse["right"] == 0


def test_plans_and_intervals(landscape: Landscape) -> None:
    plan = planning(0.5, landscape, 24)
    assert plan["power"][90] > plan["power"][9]
    assert 0 < plan["not found"] <= 1
    assert intervals(Cell("random", "one leader", "3", 9, 0.5), landscape, 20, draws=100)["held"] > 0.7


def test_the_kept_figures_hold_what_the_report_promises() -> None:
    """Of all kinds of studies: at most 5 % pooled, and 7.5 % each, report two families of one process as different."""
    kept = read_json(Path("results/verdicts.json"))
    cells = kept["different"]["cells"]
    fields = ("sampler", "truth", "seeds", "configurations", "shift")
    assert {tuple(cell[name] for name in fields) for cell in cells} == {
        tuple(getattr(cell, name) for name in fields) for cell in NULLS
    }
    assert min(cell["studies"] for cell in cells) >= 1_000
    assert np.mean([cell["different"] for cell in cells]) == pytest.approx(kept["different"]["pooled"])
    assert kept["different"]["pooled"] <= 0.05
    assert max(cell["different"] for cell in cells) == kept["different"]["largest"] <= 0.075
    assert {cell["level"] for cell in cells if cell["sampler"] == "tpe"} == {ADAPTIVE_LEVEL}
    assert {cell["level"] for cell in cells if cell["sampler"] != "tpe"} == {LEVEL}
