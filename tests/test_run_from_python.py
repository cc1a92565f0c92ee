"""`study.run`: a study from Python, resumed, interrupted, and in a process that has Ray already."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

import study
from study.records.folder import StudyFolder
from study.running import run
from study.system.errors import Busy, Halted, Interrupted
from study.terminal.display import Display
from tests.make import refused

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning")  # in MLflow's own

TINY: dict[str, Any] = {"settings": {"steps": 20, "width": 8}, "sampler": "random", "seed": 5, "concurrent": 1}


def test_what_is_wrong_is_a_sentence_in_the_names_of_arguments(tmp_path: Path) -> None:
    said = refused(study.run, "fading_squares", preset="huge", output=tmp_path, progress=False)
    assert said == "preset: received 'huge'; fading_squares has quick, paper"
    assert refused(study.run, "fading_squares", output=None).startswith("output: ")
    assert list(tmp_path.iterdir()) == []


def test_a_notebook_shows_the_sentence_alone(tmp_path: Path) -> None:
    with pytest.raises(study.InputError) as raised:
        study.run("fading_squares", trials=0, output=tmp_path)
    assert raised.value._render_traceback_() == ["InputError: trials: must be at least 1; received 0"]


ENDS = [(Busy, study.Busy), (Halted, study.Halted), (Interrupted, KeyboardInterrupt)]


@pytest.mark.parametrize(("error", "kind"), ENDS)
def test_what_ends_a_study_is_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception], kind: type[BaseException]
) -> None:
    def end(*_: Any) -> None:
        raise error("because")

    monkeypatch.setattr(run, "run_study", end)
    with pytest.raises(kind, match="because"):
        study.run("fading_squares", output=tmp_path, progress=False)


@pytest.mark.slow
@pytest.mark.usefixtures("ray_session")
def test_it_is_interrupted_resumed_and_made_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one process, whose Ray is left running."""
    import ray

    with monkeypatch.context() as patched:
        patched.setattr(Display, "ended", lambda display, record: os.kill(os.getpid(), signal.SIGINT))
        with pytest.raises(KeyboardInterrupt, match="repeat the same call to resume"):
            study.run("fading_squares", trials=2, output=tmp_path, progress=False, **TINY)
    before = study.open(tmp_path / "fading_squares")
    assert len(before.trials) < 2
    assert capsys.readouterr().out == ""
    result = study.run("fading_squares", trials=2, output=tmp_path, **TINY)
    assert f"resuming {tmp_path / 'fading_squares'}: 1 of 2 trials are done" in capsys.readouterr().out
    assert list(result.trials.index) == [0, 1]
    longer = study.run("fading_squares", trials=3, output=tmp_path, progress=False, **TINY)
    assert list(longer.trials["state"]) == ["complete"] * 3
    assert longer.trials.loc[:1, "reconstruction"].equals(result.trials["reconstruction"])
    number = int(longer.front.index[0])
    assert longer.model(number).latent_dim == 2
    assert StudyFolder(longer.folder).report.exists()
    assert ray.is_initialized()
