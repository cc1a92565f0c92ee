"""The disentanglement suite: every metric of codes and factors, from one table of encoded images."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from study.data.dataset import scored
from study.evaluation.sizes import EvaluationPart, Sizes, draws
from study.metrics.beta_vae_score import beta_vae_score
from study.metrics.dci import dci
from study.metrics.explicitness import explicitness
from study.metrics.factor_vae_score import factor_vae_score
from study.metrics.sap import sap
from study.metrics.softmax import ADAGRAD_RESTARTS, Optimum
from study.metrics.splits import rows_within
from study.system.errors import Infeasible, one_line


@dataclass(frozen=True)
class Encoded:
    """Mean codes (n, d) and factor classes (n, K) of n images in a random order, and the factors' names."""

    codes: np.ndarray
    factors: np.ndarray
    names: Sequence[str]
    part: EvaluationPart
    sizes: Sizes

    def rows(self, wanted: tuple[int, int]) -> tuple[int, int]:
        """Numbers of rows to fit to and to be scored on: as wanted, or two thirds and one third of a small table."""
        return rows_within(len(self.codes), wanted)


def disentanglement_metrics(encoded: Encoded, wanted: Collection[str]) -> dict[str, float]:
    """Those of the metrics that are `wanted`, by name, and what is computed along with them.

    `Infeasible` where a metric cannot be computed of these images: their factors hold too little.
    """
    values: dict[str, float] = {}
    for names, compute in SUITE.items():
        if any(name in wanted for name in names):
            try:
                values |= dict(zip(names, compute(encoded), strict=False))  # a single restart has no runs
            except ValueError as error:
                raise Infeasible(f"evaluation: {names[0]}: {one_line(error)}") from error
    return values


def scored_factors(factors: np.ndarray, names: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """The columns of factor classes (n, K), and of their names, that metrics can score on these images: see `scored`.

    Every metric leaves out the others. `Infeasible` if fewer than two are left.
    """
    columns = scored(factors)
    if len(columns) < 2:
        raise Infeasible(
            f"evaluation: at least 2 factors with images of several classes are needed; {len(factors)} images have "
            f"{len(columns)} of {len(names)}"
        )
    return factors[:, columns], [names[column] for column in columns]


def _beta_vae(encoded: Encoded, *, shape: bool, adagrad: bool) -> tuple[float, ...]:
    """With the shape among the factors that may be fixed, or not; both fits see the same examples."""
    fixed = [column for column, name in enumerate(encoded.names) if shape or name != "shape"]
    rng = draws(encoded.part, "disentanglement" if shape else "disentanglement_4")
    classifier = encoded.sizes.adagrad if adagrad else Optimum()
    score = beta_vae_score(
        encoded.codes, encoded.factors, fixed, rng, examples=encoded.sizes.examples, classifier=classifier
    )
    return score.training, score.heldout, *(score.runs if adagrad else ())


def _factor_vae(encoded: Encoded) -> tuple[float, ...]:
    training, heldout = encoded.sizes.votes
    rng = draws(encoded.part, "factor_vae")
    return (factor_vae_score(encoded.codes, encoded.factors, rng, training=training, heldout=heldout).heldout,)


def _sap(encoded: Encoded) -> tuple[float, ...]:
    return (sap(encoded.codes, encoded.factors, draws(encoded.part, "sap"), *encoded.rows(encoded.sizes.rows)),)


def _explicitness(encoded: Encoded) -> tuple[float, ...]:
    rng = draws(encoded.part, "explicitness")
    return (explicitness(encoded.codes, encoded.factors, rng, *encoded.rows(encoded.sizes.rows)).heldout,)


def _dci(encoded: Encoded) -> tuple[float, ...]:
    sizes = encoded.sizes
    rng = draws(encoded.part, "dci")
    rows = encoded.rows(sizes.dci_rows)
    result = dci(encoded.codes, encoded.factors, rng, *rows, sizes.dci_trees, sizes.dci_learning_rate)
    return result.disentanglement, result.completeness, result.informativeness


SUITE: dict[tuple[str, ...], Callable[[Encoded], tuple[float, ...]]] = {
    **{
        (name, f"{name}_heldout"): partial(_beta_vae, shape=shape, adagrad=False)
        for name, shape in (("disentanglement", True), ("disentanglement_4", False))
    },
    **{
        (name, f"{name}_heldout", *(f"{name}_run{run + 1}" for run in range(ADAGRAD_RESTARTS))): partial(
            _beta_vae, shape=shape, adagrad=True
        )
        for name, shape in (("disentanglement_adagrad", True), ("disentanglement_4_adagrad", False))
    },
    ("factor_vae",): _factor_vae,
    ("sap",): _sap,
    ("dci_disentanglement", "dci_completeness", "dci_informativeness"): _dci,
    ("explicitness",): _explicitness,
}
"""The computations, by the names of the metrics that each gives."""
