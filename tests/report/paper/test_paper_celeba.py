"""Table 1 and Figure 3: measures on made-up tables that agree and that do not, and what is drawn of them."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from study.report.claims.claim import claims, claims_of
from study.report.claims.verdicts import judge
from study.report.drawing.style import LOOKS, Look, png
from study.report.paper import ROWS
from study.report.paper.row import Evidence
from study.report.published.numbers import paper_numbers

FLOOR = 6000.0


def holding() -> dict[str, Callable[[float], bool]]:
    """By a claim's id, whether a value is on its side of the threshold."""
    return {claim.id: claim.holds for claim in claims()}


Change = Callable[[pd.DataFrame], None]


def published(distance: str = "fid", dataset: str = "celeba", seeds: int = 5) -> pd.DataFrame:
    """The paper's own means as a table of trials, with a seed's own offset that averages to nothing."""
    rows: list[dict[str, Any]] = []
    table, sweep = paper_numbers("table1"), paper_numbers("figure3")

    def add(family: str, latent_dim: int, fid: float, reconstruction: float, **settings: float) -> None:
        for replicate in range(seeds):
            offset = (replicate - (seeds - 1) / 2) / seeds
            rows.append(
                {
                    "dataset": dataset,
                    "family": family,
                    "latent_dim": latent_dim,
                    distance: fid + offset,
                    "reconstruction": reconstruction + 3 * offset,
                    "reconstruction_floor": FLOOR,
                    "config_id": f"{family}{latent_dim}{settings}",
                    "replicate": replicate,
                    "study": "made up",
                    "trial": len(rows),
                    **settings,
                }
            )

    for place, latent_dim in enumerate(table["latent_dim"]):
        for family in ("wae-deterministic", "wae-gaussian"):
            random = {} if family == "wae-deterministic" else {"lambda_1": 0.0, "lambda_2": 0.0}
            random |= {} if family == "wae-deterministic" else {"collapsed_share": 0.8, "active_dimensions": 200.0}
            values = table[family]
            add(family, latent_dim, values["fid"][place], values["reconstruction"][place], **random)
    for latent_dim in (32, 256):
        values = sweep[latent_dim]
        for weight, fid, nats in zip(values["lambda_1"], values["fid"], values["reconstruction"], strict=True):
            if weight:
                add("wae-gaussian", latent_dim, fid, nats, lambda_1=weight, lambda_2=0.0, collapsed_share=0.0)
    for weight, fid in ((0.001, 150.0), (0.01, 140.0), (0.1, 145.0)):
        add("wae-gaussian", 256, fid, 6330.0, lambda_1=0.0, lambda_2=weight, collapsed_share=0.0)
    return pd.DataFrame(rows)


def table1_of(trials: pd.DataFrame) -> pd.DataFrame:
    """Those that `paper/table1` has."""
    free = (trials["lambda_1"].fillna(0) == 0) & (trials["lambda_2"].fillna(0) == 0)
    return trials[free].reset_index(drop=True)


def where(trials: pd.DataFrame, **settings: Any) -> pd.Series:
    chosen = pd.Series(True, index=trials.index)
    for name, value in settings.items():
        chosen &= trials[name] == value
    return chosen


def set_to(column: str, value: float, **settings: Any) -> Change:
    def change(trials: pd.DataFrame) -> None:
        assert where(trials, **settings).any()
        trials.loc[where(trials, **settings), column] = value

    return change


GAUSSIAN, DETERMINISTIC = {"family": "wae-gaussian"}, {"family": "wae-deterministic"}
RAND = {**GAUSSIAN, "lambda_1": 0, "lambda_2": 0}

# The claim, its measure on the paper's own numbers, and a change that makes them disagree with the measure then.
CASES: list[tuple[str, float, Change, float]] = [
    (
        "table1-reconstruction-falls",
        35.2,
        set_to("reconstruction", 6600, latent_dim=256, **DETERMINISTIC),
        6300.5 - 6600,
    ),
    ("table1-fid-falls-then-rises", 75.0 / 71.6 - 1, set_to("fid", 60.0, latent_dim=256, **DETERMINISTIC), 0.0),
    ("table1-best-above-smallest", 75.0 / 71.6 - 1, set_to("fid", 60.0, latent_dim=32, **DETERMINISTIC), 60 / 71.6 - 1),
    ("table1-random-like-deterministic", 1 - 71.1 / 71.6, set_to("fid", 60.0, latent_dim=64, **RAND), 1 - 60 / 71.6),
    (
        "table1-random-reconstructs-alike",
        8.8 / 300.5,
        set_to("reconstruction", 6200, latent_dim=256, **RAND),
        1 - 200 / 265.3,
    ),
    (
        "table1-random-better-at-largest",
        1 - 139.8 / 147.6,
        set_to("fid", 150.0, latent_dim=256, **RAND),
        1 - 150 / 147.6,
    ),
    ("figure3-l1-repairs", 72.6 / 71.6, set_to("fid", 50.0, latent_dim=128, **DETERMINISTIC), 72.6 / 50),
    (
        "figure3-and-reconstructs-better",
        6364.4 - 6318,
        set_to("reconstruction", 6400, latent_dim=256, lambda_1=0.1),
        6364.4 - 6400,
    ),
    ("figure3-nothing-at-small", 1 - 74.6 / 74.8, set_to("fid", 50.0, latent_dim=32, lambda_1=0.3), 1 - 50 / 74.8),
    (
        "figure3-too-much",
        min(94.7 / 76.6, 443 / 358) - 1,
        set_to("fid", 78.0, latent_dim=256, lambda_1=1),
        78 / 76.6 - 1,
    ),
    ("figure3-l1-better-than-l2", 140 / 82.7 - 1, set_to("fid", 60.0, lambda_2=0.1), 60 / 82.7 - 1),
    ("footnote4-collapse", 0.8, set_to("collapsed_share", 0.3, latent_dim=256, **RAND), 0.3),
    ("footnote4-not-all", 56.0, set_to("active_dimensions", 255.0, latent_dim=256, **RAND), 1.0),
]


def measure(name: str, trials: pd.DataFrame) -> float:
    found = [row.measures[name] for row in ROWS.values() if name in row.measures]
    assert len(found) == 1
    return found[0](trials)


def sides(name: str, trials: pd.DataFrame) -> list[pd.DataFrame]:
    """The settings that a measure compares."""
    (found,) = [row.measures[name] for row in ROWS.values() if name in row.measures]
    return [trials[mask].drop_duplicates("config_id") for mask in found.sides(trials, None)]


@pytest.mark.parametrize("distance", ["fid", "frechet_factors"])
@pytest.mark.parametrize(("claim", "value", "change", "changed"), CASES, ids=[case[0] for case in CASES])
def test_a_measure_on_the_papers_numbers_and_on_others(
    claim: str, value: float, change: Change, changed: float, distance: str
) -> None:
    holds = holding()[claim]
    trials = published()
    assert measure(claim, trials.rename(columns={"fid": distance})) == pytest.approx(value, abs=1e-9)
    assert holds(value)
    change(trials)
    assert measure(claim, trials.rename(columns={"fid": distance})) == pytest.approx(changed, abs=1e-9)
    assert not holds(changed)


def test_every_claim_of_both_rows_has_a_case_or_is_the_stand_ins() -> None:
    ids = {name for row in ("table1", "figure3") for name in ROWS[row].measures}  # type: ignore[index]
    assert ids == {name for name in holding() if name.startswith(("table1-", "figure3-", "footnote4-"))}
    left = ids - {case[0] for case in CASES}
    assert left == {"table1-best-at-intrinsic", "table1-poor-below-intrinsic", "figure3-active-dimensions"}


def test_the_sides_of_a_comparison_have_equally_many_settings() -> None:
    trials = published()
    deterministic, penalised = sides("figure3-l1-repairs", trials)
    assert deterministic["latent_dim"].tolist() == [32, 64, 128, 256]
    assert penalised["lambda_1"].tolist() == [0.001, 0.01, 0.1, 1]  # of seven, spread evenly
    absolute, squares = sides("figure3-l1-better-than-l2", trials)
    assert absolute["lambda_1"].tolist() == [0.001, 0.03, 1]
    assert squares["lambda_2"].tolist() == [0.001, 0.01, 0.1]
    assert {*absolute["latent_dim"], *squares["latent_dim"]} == {256}


def test_measures_are_about_no_more_trials_than_they_use() -> None:
    trials = published()
    dimensions = {
        "table1-best-above-smallest": [[32, 64]],
        "table1-random-like-deterministic": [[32, 64, 128]] * 2,
        "table1-random-better-at-largest": [[256]] * 2,
        "footnote4-collapse": [[256]],
    }
    for name, expected in dimensions.items():
        assert [side["latent_dim"].tolist() for side in sides(name, trials)] == expected
    (two,) = sides("figure3-too-much", trials)
    assert two[["latent_dim", "lambda_1"]].to_numpy().tolist() == [[256, 0.3], [256, 1]]
    free, swept = sides("figure3-nothing-at-small", trials)
    assert free[["latent_dim", "lambda_1"]].to_numpy().tolist() == [[32, 0]]
    assert (len(swept), set(swept["latent_dim"])) == (8, {32})


def test_table_1_alone_says_its_own_claims_and_not_the_sweep_s() -> None:
    alone = table1_of(published())
    for claim, value, _, _ in CASES:
        found = measure(claim, alone)
        if claim.startswith(("table1-", "footnote4-")):
            assert found == pytest.approx(value, abs=1e-9)
        else:
            assert np.isnan(found)


def test_the_sweep_alone_says_nothing_of_deterministic_encoders() -> None:
    whole = published()
    alone = whole[~whole.index.isin(whole[where(whole, **DETERMINISTIC) | where(whole, **RAND)].index)]
    for claim, value, _, _ in CASES:
        found = measure(claim, alone.reset_index(drop=True))
        if claim in ("figure3-too-much", "figure3-l1-better-than-l2"):
            assert found == pytest.approx(value, abs=1e-9)
        else:
            assert np.isnan(found)


def test_columns_are_the_share_of_dimensions_that_have_collapsed_for_every_image() -> None:
    quantiles = np.full((5, 4), -30, dtype=np.float32)
    quantiles[4] = [-20, -10.5, -9.5, 0]
    columns = ROWS["figure3"].columns
    assert columns is not None
    assert columns({"log_spread_quantiles": quantiles})["collapsed_share"] == 0.5
    assert columns({"code_variance": np.ones(4)}) == {}


# What is drawn


def pictures(study: str, trial: int) -> Mapping[str, np.ndarray]:
    random = np.random.default_rng(trial)
    colour = random.integers(0, 256, (50, 3, 1, 1)) * np.ones((1, 1, 64, 64))
    images = colour.astype(np.uint8)
    return {"originals": images[:10], "reconstructions": images[10:20], "samples": images}


def evidence(
    trials: pd.DataFrame, dataset: str = "celeba", distance: str | None = "fid", images: bool = True
) -> Evidence:
    return Evidence(trials, dataset, distance, pictures if images else lambda study, trial: {})


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
@pytest.mark.parametrize("row", ["table1", "figure3"])
def test_each_look_is_drawn(row: Any, look: Look) -> None:
    figure = ROWS[row].draw(evidence(published()), look)
    assert figure is not None
    assert png(figure).startswith(b"\x89PNG")


def texts(row: Any, of: Evidence) -> str:
    figure = ROWS[row].draw(of, Look())
    assert figure is not None
    found = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    found += [text.get_text() for ax in figure.axes for text in [*ax.texts, ax.title, ax.xaxis.label, ax.yaxis.label]]
    return "\n".join(found + [ax.get_title(loc="left") for ax in figure.axes])


def test_the_papers_own_values_are_drawn_only_on_its_own_data() -> None:
    trials = published()
    renamed = trials.rename(columns={"fid": "frechet_factors"})
    for row in ("table1", "figure3"):
        assert "paper" in texts(row, evidence(trials))
        assert "paper" not in texts(row, evidence(renamed, "faces-8", "frechet_factors"))


def test_figure_3_shows_images_of_the_marked_models_and_does_without() -> None:
    said = texts("figure3", evidence(published()))
    for words in ("A: d_Z = 32, no penalty", "B: d_Z = 32, λ₁ = 0.003", "C: d_Z = 256, no penalty",
                  "D: d_Z = 256, λ₁ = 0.1", "E: deterministic, d_Z = 64", "test images"):  # fmt: skip
        assert words in said
    assert "no penalty" not in texts("figure3", evidence(published(), images=False))


def test_figure_3_is_drawn_of_the_sweep_alone_and_of_one_dimension() -> None:
    trials = published()
    alone = trials[(trials["lambda_1"] > 0) | (trials["lambda_2"] > 0)].reset_index(drop=True)
    assert "deterministic" not in texts("figure3", evidence(alone))
    one = alone[alone["latent_dim"] == 256].reset_index(drop=True)
    assert "A: d_Z = 256, λ₁ = 0.1, samples" in texts("figure3", evidence(one))


def test_what_the_trials_do_not_show_is_not_drawn() -> None:
    trials = published()
    assert ROWS["figure3"].draw(evidence(table1_of(trials)), Look()) is None
    assert ROWS["table1"].draw(evidence(trials, distance=None), Look()) is None
    one = trials[trials["latent_dim"] == 64]
    assert ROWS["table1"].draw(evidence(one), Look()) is None


BY_CHANCE = {
    "table1-fid-falls-then-rises": 0.5,  # of four d_Z in any order, the best is at neither end in half of the orders
    "figure3-and-reconstructs-better": 0.5,  # 46 nats are little beside what settings differ by
}
"""Claims on which the paper's own numbers are not extreme, and in about which share of exchanges others reach them."""


def test_the_paper_s_own_numbers_agree_with_all_that_it_says_unless_exchanged_ones_do_too() -> None:
    trials = published()
    configurations = trials.drop_duplicates("config_id").assign(planned=5, lost=0)
    for row in ("table1", "figure3"):
        for verdict in judge(claims_of(row), ROWS[row].measures, trials, configurations):  # type: ignore[index]
            name = verdict.claim.id
            if name in ("table1-best-at-intrinsic", "table1-poor-below-intrinsic", "figure3-active-dimensions"):
                assert verdict.word == "not measured"
            elif name in BY_CHANCE:
                assert verdict.word == "undecided"
                assert verdict.interval is not None
                assert verdict.claim.within(verdict.interval)
                assert verdict.chance is not None
                assert verdict.chance.reaching == pytest.approx(BY_CHANCE[name], abs=0.05)
            else:
                assert verdict.word == "agrees", verdict
