"""The page: valid, self-contained, safe, and sensible in every state that a study can be in."""

import io
import json
import re
import shutil
from collections.abc import Callable

import pytest
from PIL import Image

from study.records.folder import StudyFolder
from study.records.table import write_records
from study.report.drawing import style
from study.report.read.album import ROOM
from study.report.write import write_report
from tests.report.made import Make, edited
from tests.report.read_page import Page, page_of


def test_the_page_of_a_study(study: StudyFolder) -> None:
    page = page_of(study)
    for text in (
        "12 trials on dsprites, preset quick: 10 complete, 1 failed and 1 infeasible.",
        "each model was trained on 240,000 images",
        "A short budget favours WAEs",
        "All values are on test images",
        "Disentanglement versus reconstruction",
        "the mean of the best half of 30 scores after 60,000 steps",
        "compare disentanglement_adagrad with the paper",
        "Scores without adagrad in their name are from the classifier's optimum",
        "bounded by the reference point reconstruction 565.0 nats per image and disentanglement 0.200",
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


def all_failed(study: StudyFolder) -> None:
    edited(study, lambda records: records.assign(state="failed", reason="out of memory"))


def one_complete(study: StudyFolder) -> None:
    edited(study, lambda records: records.head(1))


def objectives_missing(study: StudyFolder) -> None:
    edited(study, lambda records: records.drop(columns=["disentanglement", "validation_disentanglement"]))


def validation_missing(study: StudyFolder) -> None:
    edited(study, lambda records: records.drop(columns=["validation_reconstruction", "validation_disentanglement"]))


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
        (one_complete, "A comparison needs two."),
        (objectives_missing, "without a finite value of every objective, so left out"),
        (validation_missing, "Non-dominated trials"),
        (no_folders, "No learning curve of trials 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11"),
        (no_pictures, "Learning curves"),
        (broken_pictures, "Learning curves"),
        (broken_metrics, "The learning curve of trials 0, 1 ends early"),
        (only_untrained, "Before training, the 12 models have a median"),
        (broken_runs, "Non-dominated trials"),
    ],
)
@pytest.mark.usefixtures("explored")
def test_every_state_has_a_sensible_page(make: Make, spoil: Callable[[StudyFolder], None], says: str) -> None:
    study = make("state", pictures=spoil in (no_pictures, broken_pictures))
    spoil(study)
    page = page_of(study)
    assert says in page.text
    assert not [image for image in page.all("img") if "of trial" in image["alt"]]


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


@pytest.mark.usefixtures("whole")
def test_light_and_dark_wide_and_narrow(study: StudyFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style, "RESOLUTION", 40)
    monkeypatch.setattr(style, "PRINT_RESOLUTION", 40)
    html = write_report([study.path]).report.read_text(encoding="utf-8")
    page = Page(html)
    media = [source["media"] for source in page.all("source")]
    assert sum("dark" in each for each in media) == 10
    assert sum("max-width" in each for each in media) == 10
    assert len({source["srcset"] for source in page.all("source")}) == 15
    assert re.search(r"prefers-color-scheme: dark", html)
    assert [meta["content"] for meta in page.all("meta") if meta.get("name") == "viewport"]
    assert page.all("html")[0]["lang"] == "en"
