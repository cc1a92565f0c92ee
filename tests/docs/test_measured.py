"""Numbers on the pages that come from the kept records are what the records say."""

import numpy as np
import pandas as pd
import pytest

from study.config.space import Objective, minimised
from study.records.table import read_records
from study.report.analysis.volume import paper_box
from tests.docs.blocks import ROOT, prose

FIGURE_4 = ("figure4", "figure4_tanh", "figure4_longer")
FAMILIES = ("beta-vae", "wae-uniform", "wae-gaussian")


@pytest.fixture(scope="module")
def records() -> pd.DataFrame:
    return pd.concat([read_records(ROOT / "results/paper" / name / "records.csv") for name in FIGURE_4])


def words(page: str) -> str:
    return " ".join(prose(page).split())


def digits(value: float, places: int = 1) -> str:
    """As the pages write numbers: no zero before the point, and a true minus sign."""
    return f"{value:.{places}f}".replace("-", "−").replace("−0.", "−.").removeprefix("0")


def lower(records: pd.DataFrame, score: str) -> pd.Series:
    """By how many points Adagrad's score is lower than the optimum's."""
    return 100 * (records[score] - records[f"{score}_adagrad"])


def test_how_much_lower_the_score_is_by_adagrad(records: pd.DataFrame) -> None:
    page = words("results/notes/metrics.md")
    for score, text in (
        ("disentanglement", "five-factor score is {} points lower on average ({} to {}, median {})"),
        ("disentanglement_4", "the four-factor one {} ({} to {}, median {})"),
    ):
        points = lower(records, score)
        assert text.format(*map(digits, (points.mean(), points.min(), points.max(), points.median()))) in page
    five, four = (
        [digits(lower(records[records["family"] == family], score).mean()) for family in FAMILIES]
        for score in ("disentanglement", "disentanglement_4")
    )
    assert f"by {five[0]} points for beta-VAEs, {five[1]} for uniform WAEs and {five[2]} for Gaussian ones" in page
    assert f"({four[0]}, {four[1]} and {four[2]} on four)" in page
    own = words("docs/deviations.md")
    assert f"{five[0]} for beta-VAEs, {five[1]} for uniform and {five[2]} for Gaussian WAEs" in own


def test_shares_of_the_papers_box_by_both_scores(records: pd.DataFrame) -> None:
    kept = read_records(ROOT / "results/paper/figure4/records.csv")
    shares = {}
    for score in ("disentanglement", "disentanglement_adagrad"):
        objectives = [
            Objective(name="reconstruction", direction="minimize"),
            Objective(name=score, direction="maximize"),
        ]
        box = paper_box("dsprites", objectives)
        assert box is not None
        own = (minimised(kept[kept["family"] == family], objectives) for family in FAMILIES)
        shares[score] = [digits(100 * box.volume(points)) for points in own]
    beta, uniform, gaussian = shares["disentanglement"]
    page = words("docs/deviations.md")
    assert f"{gaussian} % (Gaussian), {uniform} % (uniform) and {beta} % (beta-VAEs) of the paper's box" in page
    beta, uniform, gaussian = shares["disentanglement_adagrad"]
    assert f"by Adagrad {gaussian}, {uniform} and {beta} %" in page


def test_tanh_and_linear_means_of_beta_vaes(records: pd.DataFrame) -> None:
    page = words("docs/deviations.md")
    ten = records[(records["beta"] == 10) & (records["steps"] == 4000)]
    for tanh, text in (
        ("True", "with tanh {} ± {} on four factors at {} nats"),
        ("False", "linear {} ± {} at {} nats"),
    ):
        some = ten[ten["tanh_mean"].astype(str) == tanh]
        scores = some["disentanglement_4_adagrad"]
        assert len(some) == 3
        assert (
            text.format(digits(scores.mean(), 3), digits(scores.std(), 3), f"{some['reconstruction'].mean():.0f}")
            in page
        )


def test_the_standard_error_of_a_batch(records: pd.DataFrame) -> None:
    one = np.sqrt(10_000 / 100) * records["reconstruction_standard_error"]
    ends = [digits(value) for value in (one.min(), one.max(), one.median())]
    text = f"{ends[0]} to {ends[1]} nats (median {ends[2]}) over the {len(records)} models of Figure 4"
    assert text in words("docs/deviations.md")
