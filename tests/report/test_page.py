"""The page: valid, self-contained, safe, and sensible in every state that a study can be in."""

import io
import json
import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from PIL import Image

from study.records.folder import StudyFolder
from study.records.table import read_records, write_records
from study.report import write
from study.report.analysis import volume
from study.report.drawing import style
from study.report.home import home_of
from study.report.read.album import ROOM, Album
from study.report.sections import summary
from study.report.sections.objectives import OBJECTIVES
from study.report.write import ReportSummary, write_report
from tests.valid_html import assert_valid

Make = Callable[..., StudyFolder]
VOID = {"meta", "img", "br", "source", "link", "input", "hr"}


class Page(HTMLParser):
    """A page that was checked while it was read: every tag closed in order, ids unique, inner links not dangling."""

    summary: ReportSummary

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        assert html.startswith("<!DOCTYPE html>")
        self.feed(html)
        self.close()
        assert self.open == []
        ids = [attributes["id"] for _, attributes in self.tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        for link in self.links():
            assert not link.startswith("#") or link[1:] in ids

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice in {tag}"
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def links(self) -> list[str]:
        return [attributes.get("href", "") for attributes in self.all("a")]

    def anchors_of(self, kind: str) -> list[str]:
        """Where the links of a class lead."""
        return [attributes["href"] for attributes in self.all("a") if kind in attributes.get("class", "").split()]

    def loaded(self) -> list[str]:
        """Everything that a browser would fetch by itself."""
        kinds = ("src", "srcset", "data", "poster", "background")
        found = [a[kind] for _, a in self.tags for kind in kinds if kind in a]
        return found + [a["href"] for a in self.all("link")]


@pytest.fixture(autouse=True)
def coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures at a quarter of the resolution: what they look like is not what most tests here are about."""
    monkeypatch.setattr(style, "RESOLUTION", 40)
    monkeypatch.setattr(style, "PRINT_RESOLUTION", 40)


def page_of(*studies: StudyFolder) -> Page:
    summary = write_report([study.path for study in studies])
    assert summary.report == home_of(studies).report
    html = summary.report.read_text(encoding="utf-8")
    assert_valid(html)
    page = Page(html)
    page.summary = summary
    assert all(source.startswith("data:image/png;base64,") for source in page.loaded())
    assert all(image.get("alt") for image in page.all("img"))
    assert not {"script", "iframe", "object", "form"} & {tag for tag, _ in page.tags}
    assert "None" not in page.text
    assert "nan" not in page.text.split()
    return page


def test_the_page_of_a_study(study: StudyFolder) -> None:
    page = page_of(study)
    for text in (
        "12 trials on dsprites, preset quick: 10 complete, 1 failed and 1 infeasible.",
        "each model on 240,000 images",
        "A short budget flatters WAEs",
        "Values are on test images",
        "Disentanglement versus reconstruction",
        "the mean of the best half of 30 scores after 60,000 steps",
        "disentanglement_adagrad is what compares with the paper",
        "A score that is not called adagrad is that of the classifier's optimum",
        "up to the reference point reconstruction 565.0 nats per image and disentanglement 0.200",
        "OSError: no space left on device",
        "the loss is not finite at step 1,204",
        "python -m study.launch --space dsprites --name demo --preset quick --trials 12 --sampler tpe --seed 0",
        "0.1.0+g1a2b3c4",
        "rendered",
        "mlflow ui --backend-store-uri sqlite:///runs/mlflow.db",
    ):
        assert text in page.text, text
    # The budget is said before any result.
    assert page.text.index("240,000 images") < page.text.index("Best disentanglement")


def test_links_are_to_mlflow_runs_of_the_front_or_inside(study: StudyFolder) -> None:
    page = page_of(study)
    front = page.summary.front["trial"].tolist()
    web = [link for link in page.links() if link.startswith("http")]
    runs = [f"http://127.0.0.1:5000/#/experiments/1/runs/{trial:032x}" for trial in range(12) if trial % 2 == 0]
    assert {runs[trial // 2] for trial in front if trial % 2 == 0} <= set(web) <= set(runs)
    assert set(page.anchors_of("point")) == {f"#{card['id']}" for card in page.all("article")}
    assert {f"#trial-0-{trial}" for trial in front} <= set(page.links())
    for trial in front:
        if trial % 2:
            assert f"MLflow run {trial:032x}" in [code.get("title") for code in page.all("code")]
    local = [link for link in page.links() if not link.startswith(("http", "#"))]
    assert local == ["explore.html", "records.csv"]


def test_the_summary(study: StudyFolder) -> None:
    summary = write_report([study.path])
    assert list(summary.hypervolumes) == ["beta-vae", "wae-gaussian", "wae-uniform"]
    assert summary.hypervolume is not None
    assert summary.hypervolume >= max(summary.hypervolumes.values())
    assert summary.reference == {"reconstruction": 565, "disentanglement": 0.2}
    assert summary.complete == 10
    names = [path.stem for path in summary.figures]
    assert names == ["objectives", "growth", "agreement", "curves", "slices"]
    records = read_records(study.records).set_index("trial")
    for _, row in summary.front.iterrows():
        for column in ("family", "reconstruction", "validation_reconstruction", "latent_dim", "mlflow_run_id"):
            assert row[column] == records.loc[row["trial"], column]


def test_what_users_wrote_is_only_text(make: Make) -> None:
    evil = "<script>alert(1)</script><img src=http://evil.example/x.png onerror=alert(1)>"
    study = make("evil", lost={1: ("failed", evil)}, edit=lambda space: {**space, "description": evil})
    for number in range(12):
        run = {"run_id": evil, "tracking_uri": evil, "url": "javascript:alert(1)"}
        study.trial(number).mlflow.write_text(json.dumps(run))
    page = page_of(study)
    assert page.text.count("<script>alert(1)</script>") >= 3
    assert not any("javascript" in link for link in page.links())


def emptied(study: StudyFolder) -> None:
    write_records([], study.records)


def without_records(study: StudyFolder) -> None:
    study.records.unlink()


def change(study: StudyFolder, edit: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    edit(read_records(study.records)).to_csv(study.records, index=False)


def all_failed(study: StudyFolder) -> None:
    change(study, lambda records: records.assign(state="failed", reason="out of memory"))


def one_complete(study: StudyFolder) -> None:
    change(study, lambda records: records.head(1))


def objectives_missing(study: StudyFolder) -> None:
    change(study, lambda records: records.drop(columns=["disentanglement", "validation_disentanglement"]))


def validation_missing(study: StudyFolder) -> None:
    change(study, lambda records: records.drop(columns=["validation_reconstruction", "validation_disentanglement"]))


def no_folders(study: StudyFolder) -> None:
    shutil.rmtree(study.path / "trials")


def no_pictures(study: StudyFolder) -> None:
    for number in range(12):
        shutil.rmtree(study.trial(number).pictures, ignore_errors=True)


def broken_pictures(study: StudyFolder) -> None:
    for number in range(12):
        for path in study.trial(number).pictures.glob("*.png"):
            path.write_bytes(b"not a picture")


def broken_metrics(study: StudyFolder) -> None:
    study.trial(0).metrics.write_text('{"step": 0, "images": 0, "validation_reconstruction": 2839}\n{"step": \n')
    study.trial(1).metrics.write_text('["a", "list"]\n')
    study.trial(2).metrics.write_text('{"step": 0, "images": 0, "validation_reconstruction": NaN}\n{"step": 1, "im')


def only_untrained(study: StudyFolder) -> None:
    for number in range(12):
        first = next(iter(study.trial(number).read_metrics()))
        study.trial(number).metrics.write_text(json.dumps(first) + "\n")


def broken_runs(study: StudyFolder) -> None:
    study.trial(0).mlflow.write_text("{")
    study.trial(1).mlflow.write_text("[]")
    study.trial(2).mlflow.unlink()


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (emptied, "0 of 12 planned trials on dsprites ended. The plan gives each model 240,000 images."),
        (without_records, "0 of 12 planned trials on dsprites ended."),
        (all_failed, "No trial is complete yet: there is nothing to compare."),
        (one_complete, "One is no comparison."),
        (objectives_missing, "without a finite value of every objective, so left out"),
        (validation_missing, "Non-dominated trials"),
        (no_folders, "No learning curve of trials 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11"),
        (no_pictures, "Learning curves"),
        (broken_pictures, "Learning curves"),
        (broken_metrics, "The learning curve of trials 0, 1 ends early"),
        (only_untrained, "Untrained, the 12 models have a median"),
        (broken_runs, "Non-dominated trials"),
    ],
)
def test_every_state_has_a_sensible_page(make: Make, spoil: Callable[[StudyFolder], None], says: str) -> None:
    study = make("state", pictures=spoil in (no_pictures, broken_pictures))
    spoil(study)
    page = page_of(study)
    assert says in page.text
    assert not [image for image in page.all("img") if "of trial" in image["alt"]]


def test_figures_that_are_gone_are_not_left_behind_as_if_current(make: Make) -> None:
    study = make("again", ended=3)
    assert len(write_report([study.path]).figures) == 4
    emptied(study)
    assert write_report([study.path]).figures == ()
    assert list(study.figures.iterdir()) == []


def test_one_objective_is_a_ranking(make: Make) -> None:
    def only_disentanglement(space: dict[str, Any]) -> dict[str, Any]:
        return {**space, "objectives": {"disentanglement": "maximize"}, "reference": {"disentanglement": 0.2}}

    study = make("ranking", edit=only_disentanglement)
    page = page_of(study)
    assert "Disentanglement by family" in page.text
    assert "Ranking" in page.text
    assert "Pareto" not in page.text
    assert "Figure 4" not in page.text
    records = read_records(study.records).sort_values("disentanglement", ascending=False)
    shown = [f"{value:.3f}" for value in records["disentanglement"].head(10)]
    ranking = page.text[page.text.index("Ranking") :]
    positions = [ranking.index(value) for value in shown]
    assert positions == sorted(positions)


@pytest.mark.parametrize(("objectives", "bounded"), [(3, False), (4, True), (4, False)])
def test_more_objectives_are_drawn_in_pairs(
    make: Make, monkeypatch: pytest.MonkeyPatch, objectives: int, bounded: bool
) -> None:
    if bounded:
        monkeypatch.setattr(volume, "MOST_POINTS", 2)
        monkeypatch.setattr(summary, "MOST_POINTS", 2)
    monkeypatch.setattr(write, "SECTIONS", (OBJECTIVES,))
    directions = {
        "reconstruction": "minimize",
        "disentanglement": "maximize",
        "frechet_factors": "minimize",
        "disentanglement_4": "maximize",
    }
    names = dict(list(directions.items())[:objectives])
    reference = {"reconstruction": 180, "disentanglement": 0.2, "frechet_factors": 100, "disentanglement_4": 0.25}

    def more(space: dict[str, Any]) -> dict[str, Any]:
        return {**space, "objectives": names, "reference": {name: reference[name] for name in names}}

    study = make("many", trials=6, edit=more)
    page = page_of(study)
    assert "Trade-offs: reconstruction, disentanglement" in page.text
    assert page.summary.hypervolumes
    assert ("of those 2 trials that add most: a lower bound" in page.text) == bounded


def test_several_studies_in_one_page(make: Make) -> None:
    first, second = make("first", overrides={"images": 800_000}), make("second", lost={2: ("failed", "why not")})
    page = page_of(first, second)
    assert page.summary.report == first.path.with_name("first+second") / "report.html"
    assert not first.report.exists()
    assert not second.report.exists()
    for text in (
        "first and second",
        "first: 12 trials on dsprites",
        "second: 12 trials on dsprites, preset quick: 11 complete and 1 failed.",
        "trial 2 of second",
        "--set images=800000",
    ):
        assert text in page.text, text
    assert {"../first/records.csv", "../second/records.csv"} <= set(page.links())


def test_a_thousand_trials_stay_under_ten_megabytes(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    study = make("thousand", trials=999, pictures=False, milestones=2)
    noise = Image.effect_noise((600, 600), 90)
    stream = io.BytesIO()
    noise.save(stream, "PNG")
    for number in range(999):
        study.trial(number).pictures.mkdir()
        (study.trial(number).pictures / "samples.png").write_bytes(stream.getvalue())
    monkeypatch.setattr(style, "RESOLUTION", 160)
    page = page_of(study)
    size = study.report.stat().st_size
    assert size < 10 * 1024 * 1024
    embedded = [
        image for image in page.all("img") if image["alt"].startswith("samples of trial") and ":" in image["alt"]
    ]
    cards = page.all("article")
    assert len(embedded) == min(len(cards), ROOM // len(stream.getvalue()))
    assert len(cards) < 100


def test_pictures_without_room_are_links(study: StudyFolder) -> None:
    from study.report.read.studies import load_studies

    album = Album(study.report, room=1)
    (loaded,) = load_studies([study.path])
    shown = album.of(loaded, 0)
    assert [(p.name, p.source, p.link) for p in shown] == [
        (name, "", f"trials/0000/pictures/{name}.png") for name in ("reconstructions", "samples", "traversal")
    ]
    assert album.linked == 3


@pytest.mark.usefixtures("whole")
def test_light_and_dark_wide_and_narrow(study: StudyFolder) -> None:
    html = write_report([study.path]).report.read_text(encoding="utf-8")
    page = Page(html)
    media = [source["media"] for source in page.all("source")]
    assert sum("dark" in each for each in media) == 10
    assert sum("max-width" in each for each in media) == 10
    assert len({source["srcset"] for source in page.all("source")}) == 15
    assert re.search(r"prefers-color-scheme: dark", html)
    assert [meta["content"] for meta in page.all("meta") if meta.get("name") == "viewport"]
    assert page.all("html")[0]["lang"] == "en"


def test_the_same_records_give_the_same_page(study: StudyFolder, tmp_path: Path) -> None:
    first = write_report([study.path]).report.read_bytes()
    assert write_report([study.path]).report.read_bytes() == first
