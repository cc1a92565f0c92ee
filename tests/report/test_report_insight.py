"""What was reached by when; configurations, parameters, rungs: against slow computations, and where there is none."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.collections import LineCollection, PathCollection
from PIL import Image

from study.pareto.dominance import non_dominated
from study.pareto.hypervolume import hypervolume
from study.records.folder import StudyFolder
from study.records.importances import COLUMNS, read_importances, write_importances
from study.report.analysis.analysis import Analysis, analyse
from study.report.analysis.configurations import DEVIATION, configurations, probabilities
from study.report.analysis.growth import growth, running
from study.report.analysis.slices import searched
from study.report.drawing.style import LOOKS, Look, blank, png
from study.report.page import render
from study.report.read.album import Album
from study.report.read.studies import load_studies
from study.report.sections.configurations import CONFIGURATIONS, configurations_figure
from study.report.sections.curves import curves_figure
from study.report.sections.growth import GROWTH, growth_figure
from study.report.sections.importances import importances_figure
from study.report.sections.section import Contents, Section
from study.report.sections.slices import MOST_PANELS, SLICES, sliced, slices_figure

Make = Callable[..., StudyFolder]

NARROW = LOOKS[2]


def analysis_of(*studies: StudyFolder) -> Analysis:
    return analyse(load_studies([study.path for study in studies]))


def context_of(section: Section, analysis: Analysis) -> dict[str, Any] | None:
    """What the section's template is given, of a page without figures."""
    return section.context(Contents(analysis, Album(analysis.studies[0].folder.report)))


def page_of(analysis: Analysis) -> str:
    names = ("growth", "configurations", "importances", "slices", "curves")
    figures = {name: {look.name: b"" for look in LOOKS} for name in names}
    return render(Contents(analysis, Album(analysis.studies[0].folder.report), images=figures))


# What was reached by when


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12), st.sets(st.integers(0, 11)))
def test_running_volumes_are_those_of_the_first_trials(points: list[tuple[int, int]], missing: set[int]) -> None:
    values = np.array(points, dtype=float).reshape(-1, 2)
    values[[place for place in missing if place < len(values)]] = np.nan
    found = running(values, lambda some: hypervolume(some, (4, 4)))
    assert found.tolist() == [hypervolume(values[: n + 1], (4, 4)) for n in range(len(values))]


def test_growth_ends_at_what_the_families_table_says(make: Make) -> None:
    study = make("grown", trials=24, stopped={3: 9_000, 7: 27_000}, lost={4: ("failed", "gone")}, pictures=False)
    analysis = analysis_of(study)
    (box, curves), (paper, shares) = growth(analysis)
    assert (box, paper) == (analysis.box, analysis.paper_box)
    for group, curve, share in zip(analysis.groups, curves, shares, strict=False):
        assert (curve.study, curve.family) == (group.study, group.family)
        assert (curve.images[-1], curve.volume[-1], share.volume[-1]) == (
            group.images,
            group.hypervolume,
            group.paper_share,
        )
    whole = curves[-1]
    assert whole.family == ""
    assert whole.volume[-1] == analysis.total_hypervolume
    seen = analysis.trials["images_trained"].to_numpy()
    assert whole.images.tolist() == np.cumsum(seen).tolist()
    assert (np.diff(whole.volume) >= 0).all()
    assert whole.volume[4] == whole.volume[3] == whole.volume[2]  # a stopped one and a failed one add images only


def test_two_studies_are_measured_from_the_first_ones_reference(make: Make) -> None:
    other = make("other", edit=lambda space: {**space, "reference": {"reconstruction": 300, "disentanglement": 0.1}})
    both = analysis_of(make("one"), other)
    ((_, curves), _) = growth(both)
    assert [curve.study for curve in curves if not curve.family] == ["one", "other"]
    values = both.complete[both.complete["study"] == "other"][["reconstruction", "disentanglement"]].to_numpy()
    assert curves[-1].volume[-1] == pytest.approx(hypervolume(values * [1, -1], (565, -0.2)))
    text = page_of(both)
    assert "other names another; the same one is used for all here" in text
    assert "All studies are measured in the first one" in text


def test_growth_is_not_drawn_where_there_is_none(make: Make) -> None:
    without = analysis_of(make("bare", space="fading_squares", trials=3, edit=lambda space: {**space, "reference": {}}))
    assert growth(without) == ()
    assert growth_figure(without, Look()) is None
    lost = analysis_of(make("lost", trials=3, lost=dict.fromkeys(range(3), ("failed", "gone"))))
    assert growth_figure(lost, Look()) is None
    names = {"reconstruction": "minimize", "disentanglement": "maximize"}
    names |= {"frechet_factors": "minimize", "disentanglement_4": "maximize"}
    reference = {"reconstruction": 180, "disentanglement": 0.2, "frechet_factors": 100, "disentanglement_4": 0.2}
    four = analysis_of(make("four", trials=4, edit=lambda s: {**s, "objectives": names, "reference": reference}))
    assert growth(four) == ()
    shown = context_of(GROWTH, four)
    assert shown is not None
    assert "With more than 3 objectives there is no figure of it" in shown["note"]
    assert context_of(GROWTH, without) is None


def test_the_growth_figure_has_a_line_for_each_curve(make: Make) -> None:
    analysis = analysis_of(make("drawn", pictures=False))
    figure = growth_figure(analysis, NARROW)
    assert figure is not None
    for ax, (_, curves) in zip(figure.axes, growth(analysis), strict=True):
        assert len(ax.lines) == len(curves) == 4
        low, high = ax.get_ylim()
        assert low < max(curve.volume[-1] for curve in curves) < high


# Configurations


def test_configurations_are_means_over_their_seeds(make: Make) -> None:
    analysis = analysis_of(make("seeds", trials=16, replicates=4, lost={5: ("failed", "gone")}, pictures=False))
    table = configurations(analysis)
    assert table is not None
    assert len(table) == 4
    assert table["probability"].is_monotonic_decreasing
    for row in table.to_dict("records"):
        own = analysis.complete[analysis.complete["config_id"] == row["config_id"]]
        assert row["trials"] == tuple(own["trial"])
        assert row["lost"] == (1 if len(own) == 3 else 0)
        for name in analysis.names:
            assert row[name] == pytest.approx(own[name].mean())
            assert row[name + DEVIATION] == pytest.approx(own[name].to_numpy().std(ddof=1))
    rng = np.random.default_rng(5)
    values = {key: its[analysis.names].to_numpy() for key, its in analysis.complete.groupby("config_id")}
    times = np.zeros(len(values))
    for _ in range(2000):
        means = [each[rng.integers(len(each), size=len(each))].mean(axis=0) for each in values.values()]
        times += non_dominated(np.array(means) * [1, -1])
    slow = dict(zip(values, times / 2000, strict=True))
    for row in table.to_dict("records"):
        assert row["probability"] == pytest.approx(slow[row["config_id"]], abs=0.05)


def test_the_front_table_has_the_probability_of_each_trial(make: Make) -> None:
    analysis = analysis_of(make("seeds", trials=12, replicates=3, pictures=False))
    sure, table = probabilities(analysis), configurations(analysis)
    assert table is not None
    assert set(sure) == {("seeds", trial) for trial in range(12)}
    assert all(len({sure["seeds", trial] for trial in trials}) == 1 for trials in table["trials"])
    text = page_of(analysis)
    assert "Configurations, with their seeds together" in text
    assert "each of 4 configurations stands" in text
    assert "Probability: that the mean of" in text
    for trial in analysis.complete.to_dict("records"):
        named = {name: trial[name] for name in ("beta", "kernel_bandwidth", "lambda_1") if not np.isnan(trial[name])}
        said = ", ".join(f"{name} {value:.3g}" for name, value in named.items())
        assert f"{said}, batch_size {trial['batch_size']:.0f}<span" in text
    assert "winner" not in text


def test_without_replicates_the_page_says_what_that_means(study: StudyFolder) -> None:
    analysis = analysis_of(study)
    assert configurations(analysis) is None
    assert probabilities(analysis) == {}
    assert configurations_figure(analysis, Look()) is None
    text = page_of(analysis)
    assert "the front is one of single runs, whose winners are chosen by luck too (the winner&#39;s curse)" in text
    assert "Configurations, with their seeds together" not in text


def test_single_seeds_and_lost_ones_among_replicates_are_said(make: Make) -> None:
    stopped = dict.fromkeys((1, 2), 9_000)
    analysis = analysis_of(make("mixed", trials=9, replicates=3, stopped=stopped, pictures=False))
    shown = context_of(CONFIGURATIONS, analysis)
    assert shown is not None
    assert [note.split(",")[0] for note in shown["notes"]] == [
        "1 configuration has one seed only",
        "Of 1 configuration some seeds have no result",
    ]
    (single,) = [row for row in shown["rows"] if row["seeds"] == 1]
    assert {value["spread"] for value in single["values"]} == {""}
    figure = configurations_figure(analysis, Look())
    assert figure is not None
    drawn = [c for c in figure.axes[0].collections if isinstance(c, PathCollection)]
    bars = [c for c in figure.axes[0].collections if isinstance(c, LineCollection)]
    assert sum(len(np.asarray(points.get_offsets())) for points in drawn) == 3
    assert sum(len(segment) == 2 for c in bars for segment in c.get_segments()) == 4  # two with two bars each


# Which parameters matter


def importances(*rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(COLUMNS))


ROWS = (
    ("beta-vae", "reconstruction", "beta", 0.9, 0.8, 60),
    ("beta-vae", "reconstruction", "batch_size", 0.05, 0.8, 60),
    ("beta-vae", "disentanglement", "beta", 0.6, 0.01, 60),
    ("beta-vae", "disentanglement", "batch_size", 0.2, 0.01, 60),
    ("wae-gan", "reconstruction", "lambda_gan", 1.0, 1.0, 60),
)


def test_importances_are_those_of_the_file(study: StudyFolder) -> None:
    write_importances(importances(*ROWS), study.importances)
    assert read_importances(study.importances).values.tolist() == [list(row) for row in ROWS]
    analysis = analysis_of(study)
    figure = importances_figure(analysis, Look())
    assert figure is not None
    titles = [ax.get_title(loc="left") for ax in figure.axes]
    assert titles == ["beta-vae: reconstruction", "beta-vae: disentanglement"]
    assert [[bar.get_width() for bar in ax.patches] for ax in figure.axes] == [[0.9, 0.05], [0.6, 0.2]]  # type: ignore[attr-defined]
    assert [ax.patches[0].get_facecolor()[3] for ax in figure.axes] == [1, 0]  # noise is hollow
    assert figure.axes[1].texts[0].get_text() == "R² 0.01, 60 trials"
    text = page_of(analysis)
    assert "of families with 50 complete trials and more: wae-gaussian has 2 and wae-uniform has 4." in text


HEADER = ",".join(COLUMNS)


@pytest.mark.parametrize("content", ["", "family\nx\n", "\x00\x01", f"{HEADER}\nbeta-vae,reconstruction,a,b,c,d\n"])
def test_a_damaged_table_of_importances_is_none(study: StudyFolder, content: str) -> None:
    study.importances.write_text(content)
    analysis = analysis_of(study)
    assert importances_figure(analysis, Look()) is None
    assert "beta-vae has 4, wae-gaussian has 2 and wae-uniform has 4" in page_of(analysis)


# Slices


def test_slices_have_every_trial_at_its_place(make: Make) -> None:
    analysis = analysis_of(make("sliced", trials=30, pictures=False))
    assert sliced(analysis) == ["latent_dim", "lambda_1", "beta", "kernel_bandwidth", "batch_size"]
    figure = slices_figure(analysis, Look())
    assert figure is not None
    assert len(figure.axes) == 10
    beta = next(ax for ax in figure.axes if (ax.get_xlabel(), ax.get_ylabel()) == ("beta", "disentanglement"))
    assert beta.get_xscale() == "log"
    own = analysis.complete[analysis.complete["family"] == "beta-vae"]
    (points,) = beta.collections
    expected = np.array(own[["beta", "disentanglement"]])
    expected[:, 1] = np.clip(expected[:, 1], *beta.get_ylim())  # what is beyond the axis stands at its edge
    np.testing.assert_allclose(np.asarray(points.get_offsets()), expected)
    choices = next(ax for ax in figure.axes if ax.get_xlabel() == "batch size")
    assert [label.get_text() for label in choices.get_xticklabels()] == ["50", "100", "200", "400"]
    places = np.concatenate([np.asarray(c.get_offsets())[:, 0] for c in choices.collections])
    drawn = pd.concat([own for _, own in analysis.complete.groupby("family", sort=False)])
    assert (np.round(places) == drawn["batch_size"].map({50: 0, 100: 1, 200: 2, 400: 3})).all()


def test_slices_are_bounded(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    analysis = analysis_of(make("many", pictures=False))
    assert len(sliced(analysis)) * 2 <= MOST_PANELS
    monkeypatch.setattr("study.report.sections.slices.MOST_PANELS", 5)
    assert sliced(analysis) == searched(analysis)[:2]
    assert "No room was for beta, kernel bandwidth and batch size." in page_of(analysis)


def test_without_a_parameter_that_differs_there_are_no_slices(make: Make) -> None:
    one = analysis_of(make("one", trials=1, pictures=False))
    assert slices_figure(one, Look()) is None
    assert context_of(SLICES, one) is None
    assert "What the parameters do" not in page_of(one)


# Curves


def without_rungs(space: dict[str, Any]) -> dict[str, Any]:
    space["presets"]["paper"].pop("early_stopping")
    return {key: value for key, value in space.items() if key != "early_stopping"}


def test_curves_have_their_rungs_and_where_trials_stopped(make: Make) -> None:
    stopped = {0: 27_000, 1: 81_000, 5: 27_000}
    analysis = analysis_of(make("rungs", stopped=stopped, pictures=False))
    figure = curves_figure(analysis, Look())
    assert figure is not None
    ax = figure.axes[0]
    assert ax.get_xscale() == "log"
    assert [line.get_xdata()[0] for line in ax.lines] == [27_000, 81_000]  # type: ignore[index]
    batches = analysis.trials.set_index("trial")["batch_size"]
    ends = sorted(-(-rung // batches[number]) * batches[number] for number, rung in stopped.items())
    crosses = [np.asarray(c.get_offsets()) for c in ax.collections if isinstance(c, PathCollection)][-3:]
    crosses = [c for c in crosses if len(c) < 3]
    assert sorted(x for points in crosses for x, _ in points) == ends
    assert "Dotted: the rungs" in page_of(analysis)
    smooth = analysis_of(make("smooth", trials=3, pictures=False, edit=without_rungs))
    plain = curves_figure(smooth, Look())
    assert plain is not None
    assert plain.axes[0].get_xscale() == "linear"


def test_a_colour_that_few_pixels_have_stays_itself() -> None:
    figure = blank(Look(), 4, 3)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.imshow(np.random.default_rng(0).uniform(size=(40, 40, 3)) * [0, 0.5, 1])
    ax.plot([20], [20], "s", color="#D55E00", markersize=2)
    with Image.open(io.BytesIO(png(figure))) as image:
        pixels = np.asarray(image.convert("RGB")).reshape(-1, 3).astype(int)
    assert np.abs(pixels - [0xD5, 0x5E, 0]).max(axis=1).min() < 40
