"""A study as a Python object: its tables, its figure, its models, in every state that its folder can be in."""

import math
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib.figure import Figure

import study
from study.records.folder import StudyFolder
from study.records.table import write_records
from study.result import Result
from study.system.errors import InputError
from study.system.files import write_json
from study.trial.checkpoint import read_tensors
from tests.make import plan, refused
from tests.mirrored import Mirrored
from tests.report.made import LOST, make_study
from tests.terminal.states import held

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning")  # in MLflow's own


@pytest.fixture
def made(tmp_path: Path) -> StudyFolder:
    """Three families of four trials each, one of them infeasible and one failed."""
    return make_study(tmp_path / "demo", lost=dict(LOST), pictures=False)


@pytest.fixture
def kept(made_up: Mirrored, tmp_path: Path) -> StudyFolder:
    """A copy of a study with weights, and with its records."""
    folder = StudyFolder(tmp_path / "made-up")
    shutil.copytree(made_up.folder.path, folder.path)
    write_records(made_up.records, folder.records)
    for record in made_up.records:
        write_json(folder.trial(record.trial).config, record.config.model_dump(mode="json"))
    return folder


def test_trials_are_those_of_the_records_by_number(made: StudyFolder) -> None:
    result = study.open(made.path)
    stored = pd.read_csv(made.records).set_index("trial")
    assert isinstance(result, study.Result)
    assert list(result.trials.index) == list(range(12))
    assert set(stored.columns) <= set(result.trials.columns)
    assert result.trials["state"].value_counts().to_dict() == {"complete": 10, "infeasible": 1, "failed": 1}
    np.testing.assert_array_equal(result.trials["reconstruction"], stored["reconstruction"])
    assert (result.plan.name, result.space.dataset, result.folder) == ("demo", "dsprites", made.path)


def test_the_front_is_of_those_rows_that_no_other_dominates(made: StudyFolder) -> None:
    result = study.open(str(made.path))
    complete = result.trials[result.trials["state"] == "complete"]
    pairs = complete[["reconstruction", "disentanglement"]].to_numpy(dtype=float) * [1, -1]
    alone = [not any((other <= own).all() and (other < own).any() for other in pairs) for own in pairs]
    assert set(result.front.index) == set(complete.index[alone])
    assert result.front["reconstruction"].is_monotonic_increasing
    pd.testing.assert_frame_equal(result.front, result.trials.loc[result.front.index], check_dtype=False)


def test_families_are_counted_and_have_their_bests(made: StudyFolder) -> None:
    result = study.open(made.path)
    families, trials = result.families, result.trials
    assert families["trials"].sum() == 12
    assert families["complete"].sum() == 10
    assert families["front"].sum() == len(result.front)
    for family, row in families.iterrows():
        own = trials[(trials["family"] == family) & (trials["state"] == "complete")]
        assert row["best_reconstruction"] == own["reconstruction"].min()
        assert row["best_disentanglement"] == own["disentanglement"].max()
        assert row["hypervolume"] > 0


def test_the_headline_says_who_wins_and_is_what_a_notebook_shows(made: StudyFolder) -> None:
    result = study.open(made.path)
    assert " after " in result.headline
    counts = f"12 of 12 trials ended, 10 complete, {len(result.front)} on the front"
    assert repr(result) == f"Result({str(made.path)!r}: {counts})"
    page = result._repr_html_()
    assert "<b>demo</b>" in page
    assert 'src="data:image/png;base64,' in page


def test_plotting_leaves_matplotlib_as_it_is(made: StudyFolder) -> None:
    result = study.open(made.path)
    before = dict(mpl.rcParams)
    figure = result.plot_front()
    assert dict(mpl.rcParams) == before
    assert isinstance(figure, Figure)
    assert figure._repr_png_().startswith(b"\x89PNG")  # type: ignore[attr-defined]
    ax = Figure().add_subplot()
    assert result.plot_front(ax) is ax.figure
    assert "reconstruction" in ax.get_xlabel()
    assert [text.get_text() for text in ax.get_legend().get_texts()][-1]  # type: ignore[union-attr]


def test_a_figure_of_several_panels_is_not_drawn_into_one(tmp_path: Path) -> None:
    three = {"reconstruction": "minimize", "disentanglement": "maximize", "mig": "maximize"}
    made = make_study(
        tmp_path / "demo", trials=6, pictures=False, edit=lambda space: space | {"objectives": three, "reference": {}}
    )
    result = study.open(made.path)
    assert len(result.plot_front().axes) == 3
    assert refused(result.plot_front, Figure().add_subplot()).endswith("3 objectives need several panels; leave out ax")
    assert result.families["hypervolume"].isna().all()


def test_a_study_that_runs_has_what_is_there_so_far(tmp_path: Path) -> None:
    made = make_study(tmp_path / "demo", ended=5, pictures=False)
    held(made)
    assert repr(study.open(made.path)).startswith(f"Result({str(made.path)!r}: 5 of 12 trials ended, 5 complete")


def test_a_study_that_has_just_begun(tmp_path: Path) -> None:
    plan().save(tmp_path / "demo" / "study.yaml")
    result = study.open(tmp_path / "demo")
    assert result.trials.empty
    assert result.front.empty
    assert list(result.families["trials"]) == [0, 0, 0]
    assert all(math.isnan(value) for value in result.families["best_reconstruction"])
    assert result.headline == "No trial is complete yet: there is nothing to compare."
    assert "0 of 12 trials ended" in result._repr_html_()
    assert refused(result.plot_front).endswith("is complete yet: there is nothing to draw")
    assert refused(result.model, 0) == f"model: received 0; {tmp_path / 'demo'} has none so far"


@pytest.fixture
def read_only(made: StudyFolder) -> Iterator[Path]:
    folders = [made.path, *(path for path in made.path.rglob("*") if path.is_dir())]
    for path in folders:
        path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    yield made.path
    for path in folders:
        path.chmod(stat.S_IRWXU)


def test_a_folder_that_may_not_be_written_is_opened_and_reported_elsewhere(read_only: Path, tmp_path: Path) -> None:
    result = study.open(read_only)
    assert len(result.trials) == 12
    assert result._repr_html_()
    if not os.access(read_only, os.W_OK):  # root may
        assert refused(result.report).endswith("output FOLDER puts the report elsewhere")
    assert result.report(tmp_path / "elsewhere") == tmp_path / "elsewhere" / "report.html"
    assert (tmp_path / "elsewhere" / "report.html").exists()


@pytest.mark.parametrize("what", [3, None, b"runs"])
def test_what_is_no_folder_is_one_sentence(what: object) -> None:
    assert refused(study.open, what).startswith(f"open: received {what!r}; needed is the folder of a study")


def test_where_there_is_no_study_it_is_said(tmp_path: Path) -> None:
    assert refused(study.open, tmp_path) == f"{tmp_path}: no study there; a study's folder holds a study.yaml"


def test_models_are_the_trained_ones_from_the_folder(kept: StudyFolder, made_up: Mirrored) -> None:
    result = study.open(kept.path)
    for number in result.trials.index:
        model = result.model(number)
        weights = read_tensors(made_up.folder.trial(number).weights)
        assert not model.training
        assert all(torch.equal(value, weights[name]) for name, value in model.state_dict().items())


def test_a_model_whose_weights_are_gone_comes_from_mlflow(kept: StudyFolder, made_up: Mirrored) -> None:
    number = min(made_up.front)
    kept.trial(number).weights.unlink()
    model = study.open(kept.path).model(number)
    weights = read_tensors(made_up.folder.trial(number).weights)
    assert all(torch.equal(value, weights[name]) for name, value in model.state_dict().items())


def test_why_a_trial_has_no_model(kept: StudyFolder, made_up: Mirrored, made: StudyFolder) -> None:
    result = study.open(kept.path)
    lost = max(set(result.trials.index) - made_up.front)
    kept.trial(lost).weights.unlink()
    said = refused(result.model, lost)
    assert said.startswith(f"model: trial {lost} has no weights in {kept.trial(lost).path}, and none in MLflow (")
    assert said.endswith('keep="all" those of every trial')
    assert refused(result.model, 99).startswith("model: received 99; ")
    assert refused(study.open(made.path).model, 4) == (
        f"model: trial 4 is infeasible ({LOST[4][1]}); only complete trials have a model"
    )
    kept.trial(0).weights.write_bytes(b"damaged")
    assert "weights.pt cannot be used: " in refused(result.model, 0)


def test_the_type_is_had_without_importing_it_first() -> None:
    assert study.Result is Result
    with pytest.raises(AttributeError, match="module 'study' has no attribute 'nothing'"):
        _ = study.nothing
    assert issubclass(study.InputError, InputError)
