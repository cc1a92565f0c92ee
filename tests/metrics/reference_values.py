"""Makes `reference_values.json`: what disentanglement_lib's own functions give for the tables of `tables.py`.

    git clone https://github.com/google-research/disentanglement_lib FOLDER
    git -C FOLDER checkout 86a644d4ed35c771560dc3360756363d35477357
    python -m tests.metrics.reference_values FOLDER

Its functions of the metrics run as they are. Modules that they import and do not need (gin, absl, six) are stood in
for, and what gin would bind is bound here, as in its `config/unsupervised_study_v1/metric_configs`: 20 bins of equal
width, classes for SAP, .05 as the least deviation of a dimension. In place of a data set with images, they sample:

- the rows of a table, in the order in which our functions draw them from the seed `SEED`, so that both see the same
  training rows and the same held-out ones; DCI's trees get the seeds that ours give, and, as `dci_unseeded`, none;
- for the FactorVAE and beta-VAE scores, the images that our functions drew, vote by vote and pair by pair;
- for `independent`, a full grid of factors by their own draws.
"""

import json
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import scipy
import scipy.stats
import sklearn
import sklearn.metrics
from sklearn.ensemble import GradientBoostingClassifier

from study.metrics import Penalised, beta_vae_score, factor_vae_score
from study.metrics.splits import RowsByValue
from tests.metrics.tables import COMPARED, encoded_grid

COMMIT = "86a644d4ed35c771560dc3360756363d35477357"
FILE = Path(__file__).with_suffix(".json")

SEED = 7
"""Of all draws of ours."""

ROWS = {"training": 800, "heldout": 400}
"""For SAP and explicitness."""

DCI_ROWS = {"training": 300, "heldout": 300}
VOTES = {"batch": 16, "training": 2000, "heldout": 2000}
PAIRS = {"pairs": 16, "examples": 2000}
INDEPENDENT = {"batch": 16, "training": 20_000, "heldout": 100_000}
"""Images a vote or pairs an example, votes or examples to learn from, and others."""

GRID_SEED = 8
UNSEEDED_RUNS = 5


def load(folder: Path) -> Callable[[str], Any]:
    """The modules of its metrics by name."""

    def configurable(*_: object, **__: object) -> Callable[[Any], Any]:
        return lambda function: function

    gin = ModuleType("gin")
    gin.configurable, gin.REQUIRED = configurable, None  # type: ignore[attr-defined]
    absl = ModuleType("absl")
    absl.logging = SimpleNamespace(info=lambda *_: None)  # type: ignore[attr-defined]
    moves = ModuleType("six.moves")
    moves.range = range  # type: ignore[attr-defined]
    sys.modules |= {"gin": gin, "gin.tf": gin, "absl": absl, "six": ModuleType("six"), "six.moves": moves}
    sys.path.insert(0, str(folder))

    def module(name: str) -> Any:
        return import_module(f"disentanglement_lib.evaluation.metrics.{name}")

    utils, factor_vae = module("utils"), module("factor_vae")
    utils.make_discretizer = partial(utils.make_discretizer, num_bins=20, discretizer_fn=utils._histogram_discretize)
    factor_vae._prune_dims = partial(factor_vae._prune_dims, threshold=0.05)
    return module


class Rows:
    """A data set that gives the rows of a table in their order."""

    def __init__(self, codes: np.ndarray, factors: np.ndarray) -> None:
        self.codes, self.factors, self.at = codes, factors, 0

    def sample(self, n: int, _: object) -> tuple[np.ndarray, np.ndarray]:
        rows = slice(self.at, self.at + n)
        self.at += n
        return self.factors[rows], self.codes[rows]


class Drawn(np.random.RandomState):
    """A data set, and the random state beside it, that give the images that ours drew: fixed factor, rows of codes."""

    def __init__(self, codes: np.ndarray, n_factors: int, draws: list[tuple[int, list[np.ndarray]]]) -> None:
        super().__init__(0)
        self.codes, self.num_factors = codes, n_factors
        self.labels = iter([label for label, _ in draws])
        self.batches: Iterator[np.ndarray] = iter([rows for _, batches in draws for rows in batches])

    def randint(self, *_: object) -> int:  # type: ignore[override]
        return next(self.labels)

    def sample_observations(self, _: int, __: object) -> np.ndarray:
        return self.codes

    def sample_factors(self, n: int, _: object) -> np.ndarray:
        return np.zeros((n, self.num_factors), dtype=int)

    def sample_observations_from_factors(self, _: np.ndarray, __: object) -> np.ndarray:
        return self.codes[next(self.batches)]


class Grid:
    """A data set of all combinations of classes, each with its code."""

    def __init__(self, codes: np.ndarray, factors: np.ndarray) -> None:
        self.codes, self.sizes = codes, tuple(factors.max(axis=0) + 1)
        self.num_factors = len(self.sizes)

    def sample_factors(self, n: int, random: np.random.RandomState) -> np.ndarray:
        return np.stack([random.randint(size, size=n) for size in self.sizes], axis=1)

    def sample_observations_from_factors(self, factors: np.ndarray, _: object) -> np.ndarray:
        found: np.ndarray = self.codes[np.ravel_multi_index(tuple(factors.T), self.sizes)]
        return found

    def sample_observations(self, n: int, random: np.random.RandomState) -> np.ndarray:
        return self.sample_observations_from_factors(self.sample_factors(n, random), random)


def same(codes: np.ndarray) -> np.ndarray:
    return codes


def draws_of(module: str, score: Callable[[], object]) -> list[tuple[int, list[np.ndarray]]]:
    """What `score`, of our `module`, drew: for each vote or example the column that is fixed, and its rows."""
    columns: list[RowsByValue] = []
    found: list[tuple[int, list[np.ndarray]]] = []

    class Recording(RowsByValue):
        def __init__(self, values: np.ndarray) -> None:
            super().__init__(values)
            columns.append(self)

        def draw_like(self, rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
            drawn = super().draw_like(rows, rng)
            first = [] if module == "factor_vae_score" else [rows]
            found.extend((columns.index(self), list(batches)) for batches in zip(*first, drawn, strict=True))
            return drawn

    ours = sys.modules[f"study.metrics.{module}"]
    kept = ours.RowsByValue
    ours.RowsByValue = Recording  # type: ignore[attr-defined]
    try:
        score()
    finally:
        ours.RowsByValue = kept  # type: ignore[attr-defined]
    return found


def order(n: int) -> tuple[np.ndarray, np.random.Generator]:
    """The rows as ours draw them, and the generator after that."""
    rng = np.random.default_rng(SEED)
    return rng.permutation(n), rng


def dci(module: Callable[[str], Any], codes: np.ndarray, factors: np.ndarray, seeded: bool) -> dict[str, float]:
    rows, rng = order(len(codes))
    theirs = module("dci")

    def trees() -> GradientBoostingClassifier:
        return GradientBoostingClassifier(random_state=int(rng.integers(2**32)) if seeded else None)

    theirs.ensemble = SimpleNamespace(GradientBoostingClassifier=trees)
    found = theirs.compute_dci(Rows(codes[rows], factors[rows]), same, None, None, *DCI_ROWS.values())
    return {name: float(found[key]) for name, key in DCI_NAMES.items()}


DCI_NAMES = {
    "dci_disentanglement": "disentanglement",
    "dci_completeness": "completeness",
    "dci_informativeness": "informativeness_test",
}


def unseeded(module: Callable[[str], Any], codes: np.ndarray, factors: np.ndarray) -> dict[str, float]:
    """The mean of runs whose trees decide between equally good dimensions by NumPy's global state."""
    np.random.seed(0)  # noqa: NPY002
    runs = [dci(module, codes, factors, seeded=False) for _ in range(UNSEEDED_RUNS)]
    return {name: float(np.mean([run[name] for run in runs])) for name in DCI_NAMES}


def values(module: Callable[[str], Any], codes: np.ndarray, factors: np.ndarray) -> dict[str, Any]:
    """All metrics of one table."""
    n, n_factors = factors.shape
    rows, _ = order(n)

    def drawn() -> Rows:
        return Rows(codes[rows], factors[rows])

    sap = module("sap_score").compute_sap(drawn(), same, None, None, *ROWS.values(), continuous_factors=False)
    linear = module("modularity_explicitness").compute_modularity_explicitness
    whole = module("modularity_explicitness").utils
    information = whole.discrete_mutual_info(whole.make_discretizer(codes.T), factors.T)
    votes = Drawn(
        codes,
        n_factors,
        draws_of("factor_vae_score", lambda: factor_vae_score(codes, factors, SEED, **VOTES)),
    )
    factor_vae = module("factor_vae").compute_factor_vae(
        votes, same, votes, None, VOTES["batch"], VOTES["training"], VOTES["heldout"], n
    )
    pairs = Drawn(
        codes,
        n_factors,
        draws_of("beta_vae_score", lambda: beta_vae_score(codes, factors, None, SEED, **PAIRS, classifier=Penalised())),
    )
    beta_vae = module("beta_vae").compute_beta_vae_sklearn(
        pairs, same, pairs, None, PAIRS["pairs"], PAIRS["examples"], PAIRS["examples"]
    )
    found = {
        "mig": module("mig").compute_mig(Rows(codes, factors), same, None, None, n)["discrete_mig"],
        "modularity": module("modularity_explicitness").modularity(information),
        "sap": sap["SAP_score"],
        "factor_vae_training": factor_vae["train_accuracy"],
        "factor_vae_heldout": factor_vae["eval_accuracy"],
        "beta_vae_training": beta_vae["train_accuracy"],
        "beta_vae_heldout": beta_vae["eval_accuracy"],
    }
    if codes.std(axis=0).min() > 1e-9:  # theirs divides by the deviation of each dimension
        explicit = linear(drawn(), same, None, None, *ROWS.values())
        found["explicitness_training"] = explicit["explicitness_score_train"]
        found["explicitness_heldout"] = explicit["explicitness_score_test"]
    return {
        "sum_of_codes": float(codes.sum(dtype=np.float64)),
        **{name: float(value) for name, value in found.items()},
        **dci(module, codes, factors, seeded=True),
        "dci_unseeded": unseeded(module, codes, factors),
    }


def independent(module: Callable[[str], Any]) -> dict[str, float]:
    """The two scores of a full grid, by their own draws."""
    grid, random = Grid(*encoded_grid(GRID_SEED)), np.random.RandomState(0)
    sizes = tuple(INDEPENDENT.values())
    factor_vae = module("factor_vae").compute_factor_vae(grid, same, random, None, *sizes, 100_000)
    beta_vae = module("beta_vae").compute_beta_vae_sklearn(grid, same, random, None, *sizes)
    return {"factor_vae": float(factor_vae["eval_accuracy"]), "beta_vae": float(beta_vae["eval_accuracy"])}


def main(folder: Path) -> None:
    module = load(folder)
    content = {
        "note": f"disentanglement_lib at commit {COMMIT}; made by tests/metrics/reference_values.py, which says how",
        "versions": {library.__name__: library.__version__ for library in (np, scipy, sklearn)},
        "independent": independent(module),
        "tables": {name: values(module, *table) for name, table in COMPARED.items()},
    }
    FILE.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
