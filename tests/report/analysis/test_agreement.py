"""How the metrics rank the models: against scipy, against ranks counted slowly, and what is said of it."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from study.metrics import METRICS
from study.report.analysis.agreement import Agreement, agreement, agreement_sentences, critical, left_out, signed
from tests.report.made import Make, analysis_of, edited

DIRECTED = [name for name, metric in METRICS.items() if metric.direction is not None and not metric.costly]


def slow_rho(a: list[float], b: list[float]) -> float:
    """Pearson's correlation of mean ranks, each rank counted: how many are below, and half of those that are equal."""

    def ranks(values: list[float]) -> list[float]:
        return [sum(v < x for v in values) + (sum(v == x for v in values) + 1) / 2 for x in values]

    x, y = ranks(a), ranks(b)
    x, y = [v - sum(x) / len(x) for v in x], [v - sum(y) / len(y) for v in y]
    return sum(p * q for p, q in zip(x, y, strict=True)) / (sum(p * p for p in x) * sum(q * q for q in y)) ** 0.5


@settings(max_examples=40)
@given(st.lists(st.tuples(*[st.sampled_from([0.0, 1, 2, 3, 4, np.nan, np.inf])] * 3), min_size=4, max_size=15))
def test_the_matrix_is_spearmans(rows: list[tuple[float, float, float]]) -> None:
    names = ["reconstruction", "mig", "frechet_factors"]
    signs = [-1, 1, -1]
    found = agreement(pd.DataFrame(rows, columns=names))
    for i, one in enumerate(names):
        for j, other in enumerate(names[:i]):
            both = [
                (signs[i] * row[i], signs[j] * row[j]) for row in rows if np.isfinite(row[i]) and np.isfinite(row[j])
            ]
            a, b = [x for x, _ in both], [y for _, y in both]
            defined = len(both) >= 4 and len(set(a)) > 1 and len(set(b)) > 1
            if found is None or not {one, other} <= set(found.metrics):
                assert not defined
                continue
            p, q = found.metrics.index(one), found.metrics.index(other)
            assert found.pairs[p, q] == found.pairs[q, p] == len(both)
            assert found.rho[p, q] == pytest.approx(slow_rho(a, b) if defined else np.nan, abs=1e-9, nan_ok=True)
            if defined:
                assert found.rho[p, q] == pytest.approx(spearmanr(a, b).statistic, abs=1e-9)


def test_metrics_of_opposite_direction_that_rank_alike_give_one() -> None:
    best_first = np.arange(8.0)
    found = agreement(
        pd.DataFrame(
            {
                "disentanglement": -(best_first**3),
                "fid": np.exp(best_first),
                "reconstruction": 90 + best_first,
                "mig": best_first,
                "study": "text",
                "reconstruction_standard_error": best_first,
                "full_sap": best_first,
                "validation_sap": best_first,
            }
        )
    )
    assert found is not None
    assert found.metrics == ("reconstruction", "disentanglement", "mig", "fid")  # METRICS' order; only with a direction
    assert found.rho == pytest.approx(
        np.array([[1, 1, -1, 1], [1, 1, -1, 1], [-1, -1, 1, -1], [1, 1, -1, 1]], dtype=float)
    )


def test_every_metric_of_the_catalogue_is_turned_by_its_own_direction() -> None:
    worst_first = np.arange(6.0)
    found = agreement(
        pd.DataFrame({n: worst_first if METRICS[n].direction == "maximize" else -worst_first for n in DIRECTED})
    )
    assert found is not None
    assert list(found.metrics) == DIRECTED
    assert found.rho == pytest.approx(np.ones((len(DIRECTED), len(DIRECTED))))


def test_what_cannot_be_ranked_is_left_out_and_named() -> None:
    values = np.array([1.0, 2, 3, 4, 5])
    table = pd.DataFrame(
        {
            "reconstruction": values,
            "mig": values,
            "disentanglement_4": 1.0,
            "sap": [1, 2, 3, np.nan, np.inf],
            "fid": np.nan,
            "modularity": ["0.1", "0.5", "0.2", "broken", "0.4"],
        }
    )
    found = agreement(table)
    assert found is not None
    assert found.metrics == ("reconstruction", "mig", "modularity")
    assert left_out(found) == "Left out: disentanglement_4 (the same for all models) and sap (of fewer than 4 models)."
    assert found.pairs.tolist() == [[5, 5, 4], [5, 5, 4], [4, 4, 4]]
    assert left_out(Agreement(found.metrics, found.rho, found.pairs)) == ""


def test_a_pair_that_shares_too_few_models_has_an_empty_cell() -> None:
    nothing = np.nan
    found = agreement(
        pd.DataFrame(
            {
                "reconstruction": [1.0, 2, 3, 4, 5, 6, 7],
                "mig": [1.0, 2, 3, 4, nothing, nothing, nothing],
                "sap": [nothing, nothing, nothing, 1.0, 2, 3, 4],
                "modularity": [5.0, 5, 5, 5, 1, 2, 3],  # constant where mig is known
            }
        )
    )
    assert found is not None
    assert found.metrics == ("reconstruction", "mig", "sap", "modularity")
    assert np.isnan(found.rho[1, 2])
    assert np.isnan(found.rho[1, 3])
    assert len(found.upper()) == 4
    assert not found.beyond_chance[1, 2]


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"reconstruction": [1.0, 2, 3], "mig": [1.0, 2, 3]}),
        pd.DataFrame({"reconstruction": [1.0, 2, 3, 4]}),
        pd.DataFrame({"reconstruction": [1.0, 2, 3, 4], "mig": 0.5}),
        pd.DataFrame({"study": ["a"] * 5}),
        pd.DataFrame(),
    ],
)
def test_without_two_metrics_over_four_models_there_is_nothing(table: pd.DataFrame) -> None:
    assert agreement(table) is None


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6, 7])
def test_chance_is_counted_over_all_orders(n: int) -> None:
    ranks = list(range(n))
    rhos = np.array(
        [1 - 6 * sum((i - p) ** 2 for i, p in enumerate(order)) / (n**3 - n) for order in permutations(ranks)]
    )
    beyond = [r for r in sorted(set(np.round(np.abs(rhos), 12))) if np.mean(np.abs(rhos) >= r - 1e-9) <= 0.05]
    found = critical(n)
    if beyond:
        assert found == pytest.approx(beyond[0])
    else:
        assert found is None


def test_chance_is_as_in_published_tables() -> None:
    # Two-sided 5 %: Zar, "Biostatistical Analysis", table of critical values of Spearman's rank correlation.
    for n, value in {5: 1.0, 6: 0.886, 8: 0.738, 9: 0.700, 10: 0.648, 11: 0.618, 12: 0.587}.items():
        assert critical(n) == pytest.approx(value, abs=0.0006)
    for n, value in {13: 0.560, 15: 0.521, 20: 0.447, 30: 0.362}.items():
        assert critical(n) == pytest.approx(value, abs=0.01)
    assert [critical(n) for n in (0, 1, 4)] == [None, None, None]


def test_bold_is_what_is_beyond_chance_for_as_many_models_as_the_pair_has() -> None:
    pairs = np.array([[12, 12, 6], [12, 12, 4], [6, 4, 6]])
    rho = np.array([[1, -0.6, 0.8], [-0.6, 1, 1.0], [0.8, 1.0, 1]])
    far = Agreement(("reconstruction", "mig", "sap"), rho, pairs).beyond_chance
    assert far[0, 1]
    assert not far[0, 2]
    assert not far[1, 2]


def test_numbers_of_rho() -> None:
    assert [signed(v) for v in (0.987, -0.123, -0.001, 1.0, np.nan)] == ["0.99", "−0.12", "0.00", "1.00", "–"]


def test_what_is_said(make: Make) -> None:
    def known(records: pd.DataFrame) -> pd.DataFrame:
        records = records.drop(columns=[n for n in DIRECTED if n in records])
        ranks = np.arange(12.0)
        swapped = ranks.copy()
        swapped[[0, 11]] = swapped[[11, 0]]  # ρ = 1 − 6 · 2 · 11²/1716 = 0.154
        near = np.array([1.0, 0, *range(2, 12)])  # ρ = 0.993 with the ranks, 0.224 with the swapped
        return records.assign(reconstruction=ranks, disentanglement=ranks, mig=near, sap=swapped, frechet_factors=7.0)

    analysis = analysis_of(edited(make("known"), known))
    found = agreement(analysis.complete)
    assert found is not None
    assert agreement_sentences(found, analysis) == [
        "With 12 models, |ρ| ≥ 0.59 is significant at the 5 % level. "
        "This holds for one pair that is chosen beforehand.",
        "Of the disentanglement metrics, disentanglement and sap agree least: ρ = 0.15.",
        "reconstruction agrees most with sap (−0.15) and least with disentanglement (−1.00).",
        "disentanglement agrees most with mig (0.99) and least with reconstruction (−1.00).",
        "The families are ranked together, so a ρ can come from differences between them and not hold within one.",
    ]
    assert left_out(found) == "Left out: frechet_factors (the same for all models)."


def test_what_is_said_of_few_models_of_many_metrics_and_of_several_studies(make: Make) -> None:
    few = analysis_of(make("few", ended=4))
    found = agreement(few.complete)
    assert found is not None
    assert agreement_sentences(found, few)[0] == "4 models are too few for any ρ to be significant at the 5 % level."
    one, two = make("one", suite=True), make("two", suite=True, overrides={"family": "beta-vae"})
    both = analysis_of(one, two)
    found = agreement(both.complete)
    assert found is not None
    text = " ".join(agreement_sentences(found, both))
    assert text.startswith("With 24 models, |ρ| ≥ ")
    assert "of 153 pairs, about 8 are expected by chance" in text
    assert "The trials of all 2 studies are ranked together" in text
    only = analysis_of(two)
    found = agreement(only.complete)
    assert found is not None
    assert "families" not in " ".join(agreement_sentences(found, only))


def test_a_dataset_without_factors_has_no_disentanglement_metrics(make: Make) -> None:
    analysis = analysis_of(make("squares", space="fading_squares", trials=9, suite=True))
    found = agreement(analysis.complete)
    assert found is not None
    assert "mean_pixel_deviation" in found.metrics
    assert "disentanglement" not in " ".join(agreement_sentences(found, analysis))


def test_missing_values_are_said(make: Make) -> None:
    def partly(records: pd.DataFrame) -> pd.DataFrame:
        records.loc[records["trial"] > 7, "mig"] = np.nan
        return records

    analysis = analysis_of(edited(make("partly"), partly))
    found = agreement(analysis.complete)
    assert found is not None
    assert "12 models (some pairs of metrics share only 8 of them)" in agreement_sentences(found, analysis)[0]
