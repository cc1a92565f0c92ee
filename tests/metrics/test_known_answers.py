"""Codes whose scores are known: what each metric must give, derived from its own definition, and the docs' table of it.

`results/notes/metrics.md` tabulates these codes against all metrics of disentanglement. Every cell of that table is
computed again here, and wherever a definition says what a cell must be, the computed value is compared with that.
"""

from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize

from study.metrics import METRICS
from study.metrics.beta_vae_score import beta_vae_score
from study.metrics.dci import Dci, dci
from study.metrics.explicitness import explicitness
from study.metrics.factor_vae_score import factor_vae_score
from study.metrics.mig import mig
from study.metrics.modularity import modularity
from study.metrics.sap import sap
from study.metrics.splits import split_rows

SIZES = (3, 6, 40, 32, 32)
"""dSprites: shape, scale, orientation, posX, posY."""

ROWS = 15_000
"""Drawn from the full grid."""

LINEAR = {"training": 3000, "heldout": 2000}
"""Rows for explicitness, in place of its defaults, so that these tests are quick."""

TREES = {"training": 400, "heldout": 300, "trees": 5}
"""For DCI, likewise."""

TOLERANCE = 0.015
"""Of a cell of the docs' table, half a unit of its last place included."""


@cache
def factors() -> np.ndarray:
    grid = np.random.default_rng(0).choice(np.prod(SIZES), size=ROWS, replace=False)
    return np.stack(np.unravel_index(grid, SIZES), axis=1)


def standardised() -> np.ndarray:
    """The factors' class numbers with mean 0 and variance 1 over the grid."""
    sizes = np.array(SIZES)
    return (factors() - (sizes - 1) / 2) / np.sqrt((sizes**2 - 1) / 12)


def noise() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(ROWS, len(SIZES)))


def rotated_positions() -> np.ndarray:
    codes = standardised()
    x, y = codes[:, 3].copy(), codes[:, 4].copy()
    codes[:, 3], codes[:, 4] = (x + y) / np.sqrt(2), (x - y) / np.sqrt(2)
    return codes


def rotated() -> np.ndarray:
    rotation, _ = np.linalg.qr(np.random.default_rng(2).normal(size=(5, 5)))
    return standardised() @ rotation


def with_shuffled_copies(codes: np.ndarray) -> np.ndarray:
    """Beside each dimension one with the same values in another order: noise that looks the same."""
    return np.hstack([codes, np.random.default_rng(3).permuted(codes, axis=0)])


CODES: dict[str, Callable[[], np.ndarray]] = {
    "the factors": standardised,
    "in another order, signs flipped": lambda: standardised()[:, [4, 2, 0, 1, 3]] * [1, -1, 1, -1, -1],
    "each times .04": lambda: 0.04 * standardised(),
    "each plus 10": lambda: standardised() + 10,
    "each cubed": lambda: standardised() ** 3,
    "posX and posY rotated by 45°": rotated_positions,
    "all five rotated at random": rotated,
    "each twice": lambda: np.hstack([standardised(), standardised()]),
    "five dimensions of noise beside": lambda: np.hstack([standardised(), noise()]),
    "five dead dimensions beside": lambda: np.hstack([standardised(), np.zeros((ROWS, 5))]),
    "shape missing": lambda: standardised()[:, 1:],
    "shape missing, shuffled copies beside": lambda: with_shuffled_copies(standardised()[:, 1:]),
    "noise alone": noise,
    "constant": lambda: np.full((ROWS, 5), 0.25),
}

COLUMNS: dict[str, Callable[[np.ndarray, np.random.Generator], float]] = {
    "disentanglement": lambda codes, rng: beta_vae_score(codes, factors(), range(5), rng).training,
    "factor_vae": lambda codes, rng: factor_vae_score(codes, factors(), rng).heldout,
    "mig": lambda codes, rng: mig(codes, factors()),
    "sap": lambda codes, rng: sap(codes, factors(), rng),
    "modularity": lambda codes, rng: modularity(codes, factors()),
    "explicitness": lambda codes, rng: explicitness(codes, factors(), rng, **LINEAR).heldout,
}


@cache
def row(codes: str) -> dict[str, float]:
    """All metrics of these codes, by their names in `METRICS`."""
    values = {name: metric(CODES[codes](), np.random.default_rng(4)) for name, metric in COLUMNS.items()}
    three = dci(CODES[codes](), factors(), np.random.default_rng(4), **TREES)
    return values | {f"dci_{name}": value for name, value in asdict(three).items()}


def same(values: np.ndarray) -> np.ndarray:
    return values


def values_of(size: int, changed: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """What a dimension shows of a factor: one value for each of its classes, evenly spaced of variance 1, `changed`."""
    classes = np.arange(size)
    return changed((classes - classes.mean()) / classes.std())


def expected_mig(changed: Callable[[np.ndarray], np.ndarray] = same, gaps: tuple[int, ...] = (1, 1, 1, 1, 1)) -> float:
    """A dimension that is a function of one factor has the entropy of its own histogram, any other 0. `gaps` are 0
    where the second-best dimension is as good as the best, or where none has anything."""
    ratios = []
    for size in SIZES:
        share = np.histogram(values_of(size, changed), bins=20)[0] / size
        ratios.append(-sum(p * np.log(p) for p in share if p > 0) / np.log(size))
    return float(np.mean(np.array(ratios) * gaps))


def expected_sap(changed: Callable[[np.ndarray], np.ndarray] = same, gaps: tuple[int, ...] = (1, 1, 1, 1, 1)) -> float:
    """A dimension that is a function of one factor, against others that know nothing and name one class always."""
    return float(np.mean((np.array(expected_accuracies(changed)) - 1 / np.array(SIZES)) * gaps))


@cache
def expected_accuracies(changed: Callable[[np.ndarray], np.ndarray]) -> list[float]:
    """The machine's own problem, factor by factor, solved for slope and intercept by a general minimiser: rows of one
    class are one point, and "balanced" weighs the named class alone."""
    training, heldout = split_rows(ROWS, 10_000, 5_000, np.random.default_rng(4))
    accuracies = []
    for factor, size in enumerate(SIZES):
        values = values_of(size, changed)
        count = np.bincount(factors()[training, factor], minlength=size)
        height = np.empty((size, size))
        for named in range(size):
            mine = np.arange(size) == named
            sign, weight = np.where(mine, 1.0, -1.0), 0.01 * np.where(mine, len(training) / size, count)

            def loss(line: np.ndarray, v: np.ndarray = values, s: np.ndarray = sign, w: np.ndarray = weight) -> float:
                return float(line @ line / 2 + w @ np.maximum(0, 1 - s * (line[0] * v + line[1])) ** 2)

            line = minimize(loss, np.zeros(2), method="BFGS", options={"gtol": 1e-8}).x
            height[:, named] = line[0] * values + line[1]
        right = height.argmax(axis=1) == np.arange(size)
        accuracies.append(float(right[factors()[heldout, factor]].mean()))
    return accuracies


IN_SHAPE = (0, 1, 1, 1, 1)
CHANCE = float(np.mean([1 / size for size in SIZES]))

# What the definitions say, where they say it: codes, metric, value, tolerance (the noise of drawn rows and votes).
DERIVED: list[tuple[str, str, Callable[[], float], float]] = [
    # A factor held still makes its dimension's differences and variance 0, and no other's.
    ("the factors", "disentanglement", lambda: 1, 0),
    ("the factors", "factor_vae", lambda: 1, 0),
    ("the factors", "mig", expected_mig, 0.01),
    ("the factors", "sap", expected_sap, 0.01),
    ("the factors", "modularity", lambda: 1, 0.001),
    ("the factors", "dci_disentanglement", lambda: 1, 0.02),
    ("the factors", "dci_completeness", lambda: 1, 0.02),
    ("the factors", "dci_informativeness", lambda: 1, 0.01),
    # Below a standard deviation of .05 no dimension is active.
    ("each times .04", "factor_vae", lambda: 0, 0),
    ("each times .04", "sap", lambda: expected_sap(lambda values: 0.04 * values), 0.01),
    ("each plus 10", "sap", lambda: expected_sap(lambda values: values + 10), 0.01),
    ("each cubed", "disentanglement", lambda: 1, 0),
    ("each cubed", "factor_vae", lambda: 1, 0),
    ("each cubed", "mig", lambda: expected_mig(lambda values: values**3), 0.01),
    ("each cubed", "sap", lambda: expected_sap(lambda values: values**3), 0.01),
    # Both positions move both dimensions alike: they can only be told apart by guessing, neither has a gap, and each
    # of the two dimensions has equal information on two of five factors: 1 - m² / 4m².
    ("posX and posY rotated by 45°", "disentanglement", lambda: 3 / 5 + 2 / 5 / 2, 0.02),
    ("posX and posY rotated by 45°", "factor_vae", lambda: 3 / 5 + 2 / 5 / 2, 0.02),
    ("posX and posY rotated by 45°", "mig", lambda: expected_mig(gaps=(1, 1, 1, 0, 0)), 0.01),
    ("posX and posY rotated by 45°", "sap", lambda: expected_sap(gaps=(1, 1, 1, 0, 0)), 0.01),
    ("posX and posY rotated by 45°", "modularity", lambda: (3 + 2 * (1 - 1 / 4)) / 5, 0.001),
    # The second copy is as good as the first; trees take either, one half each of a column's importance.
    ("each twice", "disentanglement", lambda: 1, 0),
    ("each twice", "factor_vae", lambda: 1, 0),
    ("each twice", "mig", lambda: 0, 0),
    ("each twice", "sap", lambda: 0, 0),
    ("each twice", "modularity", lambda: 1, 0.001),
    ("each twice", "dci_disentanglement", lambda: 1, 0.02),
    ("each twice", "dci_completeness", lambda: 1 - np.log(2) / np.log(10), 0.02),
    ("five dimensions of noise beside", "factor_vae", lambda: 1, 0),
    ("five dimensions of noise beside", "mig", expected_mig, 0.01),
    # Of an independent factor of C classes the estimate is in proportion to C - 1, so noise seems to know 40 classes.
    (
        "five dimensions of noise beside",
        "modularity",
        lambda: (1 + 1 - sum((size - 1) ** 2 for size in (3, 6, 32, 32)) / 4 / 39**2) / 2,
        0.03,
    ),
    ("noise alone", "modularity", lambda: 1 - sum((size - 1) ** 2 for size in (3, 6, 32, 32)) / 4 / 39**2, 0.06),
    ("five dead dimensions beside", "factor_vae", lambda: 1, 0),
    ("five dead dimensions beside", "mig", expected_mig, 0.01),
    ("five dead dimensions beside", "modularity", lambda: 1 / 2, 0.001),
    # Nothing stands still: that is how a linear classifier knows the missing factor; the flaw of the beta-VAE score.
    ("shape missing", "disentanglement", lambda: 1, 0),
    ("shape missing", "factor_vae", lambda: 4 / 5, 0.02),
    ("shape missing", "mig", lambda: expected_mig(gaps=IN_SHAPE), 0.01),
    ("shape missing", "sap", lambda: expected_sap(gaps=IN_SHAPE), 0.01),
    ("shape missing", "modularity", lambda: 1, 0.001),
    # One factor has no importance to go by; trees spread it over four rows that have 1 of their own.
    (
        "shape missing",
        "dci_disentanglement",
        lambda: 1 + (0.8 * np.log(0.8) + 0.2 * np.log(0.2)) / np.log(5),
        0.03,
    ),
    ("shape missing", "dci_completeness", lambda: 4 / 5, 0.03),
    # With shape fixed, one of eight alike dimensions varies least by chance. Four of them never do otherwise, so these
    # stand for shape, and half of its votes are right: FactorVAE's own flaw.
    ("shape missing, shuffled copies beside", "disentanglement", lambda: 1, 0),
    ("shape missing, shuffled copies beside", "factor_vae", lambda: 4 / 5 + 1 / 5 / 2, 0.02),
    ("noise alone", "disentanglement", lambda: 1 / 5, 0.02),
    ("noise alone", "factor_vae", lambda: 1 / 5, 0.02),
    ("noise alone", "mig", lambda: 0, 0.005),
    ("noise alone", "sap", lambda: 0, 0.01),
    ("noise alone", "explicitness", lambda: 1 / 2, 0.01),
    ("noise alone", "dci_disentanglement", lambda: 0, 0.03),
    ("noise alone", "dci_completeness", lambda: 0, 0.03),
    ("noise alone", "dci_informativeness", lambda: CHANCE, 0.03),
    ("constant", "disentanglement", lambda: 1 / 5, 0.02),
    ("constant", "factor_vae", lambda: 0, 0),
    ("constant", "mig", lambda: 0, 0),
    ("constant", "sap", lambda: 0, 0),
    ("constant", "modularity", lambda: 0, 0),
    ("constant", "explicitness", lambda: 1 / 2, 0),
    ("constant", "dci_disentanglement", lambda: 0, 0),
    ("constant", "dci_completeness", lambda: 0, 0),
    ("constant", "dci_informativeness", lambda: CHANCE, 0.03),
]


@pytest.mark.parametrize(
    ("codes", "metric", "value", "tolerance"), [pytest.param(*case, id=f"{case[0]}, {case[1]}") for case in DERIVED]
)
def test_what_the_definition_says(codes: str, metric: str, value: Callable[[], float], tolerance: float) -> None:
    assert row(codes)[metric] == pytest.approx(value(), abs=tolerance)


# Every metric must give the same as for the factors, to this; where it does not appear it may change, and the next
# test says that it does.
INVARIANT: dict[str, dict[str, float]] = {
    "in another order, signs flipped": {
        **{"disentanglement": 0.005, "factor_vae": 0, "mig": 0.005, "sap": 0.005, "modularity": 1e-4},
        **{"explicitness": 1e-3, "dci_disentanglement": 0.01, "dci_completeness": 0.01, "dci_informativeness": 0.005},
    },
    "each times .04": {
        **{"disentanglement": 0.005, "mig": 1e-9, "modularity": 1e-9, "explicitness": 1e-4},
        **{"dci_disentanglement": 0.005, "dci_completeness": 0.005, "dci_informativeness": 0.005},
    },
    "each plus 10": {
        **{"disentanglement": 0.005, "factor_vae": 0, "mig": 0.005, "modularity": 1e-4, "explicitness": 1e-4},
        **{"dci_disentanglement": 0.005, "dci_completeness": 0.005, "dci_informativeness": 0.005},
    },
    "each cubed": {"dci_disentanglement": 0.005, "dci_completeness": 0.005, "dci_informativeness": 0.005},
    "five dead dimensions beside": {
        **{"disentanglement": 0.005, "factor_vae": 0, "mig": 1e-9, "sap": 0.005, "explicitness": 1e-3},
        **{"dci_disentanglement": 0.005, "dci_informativeness": 0.005},
    },
    "all five rotated at random": {"explicitness": 0.002},
}


@pytest.mark.parametrize("codes", INVARIANT)
def test_what_moves_no_metric(codes: str) -> None:
    for metric, tolerance in INVARIANT[codes].items():
        assert row(codes)[metric] == pytest.approx(row("the factors")[metric], abs=tolerance), metric


@pytest.mark.parametrize(
    ("codes", "metric"),
    [
        ("each times .04", "factor_vae"),
        ("each times .04", "sap"),
        ("each plus 10", "sap"),
        ("each cubed", "mig"),
        ("each cubed", "sap"),
        ("each cubed", "explicitness"),
        ("five dead dimensions beside", "modularity"),
        *(("all five rotated at random", metric) for metric in sorted(set(COLUMNS) - {"explicitness"})),
        ("all five rotated at random", "dci_disentanglement"),
        ("all five rotated at random", "dci_completeness"),
        ("all five rotated at random", "dci_informativeness"),
    ],
)
def test_what_moves_a_metric(codes: str, metric: str) -> None:
    assert abs(row(codes)[metric] - row("the factors")[metric]) > 0.02


def documented() -> dict[str, dict[str, float]]:
    """The docs' table: codes, metric, value."""
    lines = Path(__file__).parents[2].joinpath("results/notes/metrics.md").read_text(encoding="utf-8").splitlines()
    start = lines.index("## Known answers")
    rows = []
    for line in lines[start + 1 : next(n for n in range(start + 1, len(lines)) if lines[n].startswith("## "))]:
        if line.startswith("|") and not line.startswith("|-"):
            rows.append([cell.strip().strip("`") for cell in line.strip("|").split("|")])
    header, *body = rows
    return {cells[0]: dict(zip(header[1:], map(float, cells[1:]), strict=True)) for cells in body}


def test_the_docs_tabulate_all_codes_and_metrics() -> None:
    table = documented()
    assert list(table) == list(CODES)
    for values in table.values():
        assert set(values) == {*COLUMNS, *(f"dci_{name}" for name in Dci.__dataclass_fields__)}
        assert set(values) <= set(METRICS)


@pytest.mark.parametrize("codes", CODES)
def test_the_docs_table(codes: str) -> None:
    for metric, value in documented()[codes].items():
        assert row(codes)[metric] == pytest.approx(value, abs=TOLERANCE), metric
