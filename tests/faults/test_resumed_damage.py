"""Commands on a study folder whose files were damaged meanwhile, as whole processes.

A damaged file of a trial costs at most that trial; one of the study is one sentence, and the folder is left as it was.
"""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from study.records.folder import StudyFolder
from study.records.table import read_records
from tests.faults.bounded import World, listing, make_world, refused
from tests.faults.small import LAUNCH, make_small

GO_ON = ("study.launch", *LAUNCH, "--trials", "3", "--concurrent", "2", "--output", "runs")
SCORE = ("study.evaluate", "runs/small", "--metrics", "reconstruction", "--device", "cpu")

Damage = Callable[[StudyFolder], object]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_small(tmp_path_factory.mktemp("template")).folder.path


@pytest.fixture
def world(tmp_path: Path, template: Path) -> World:
    world = make_world(tmp_path / "world")
    shutil.copytree(template, world.output / "small")
    return world


def noise(path: Path) -> None:
    path.write_bytes(random.Random(path.name).randbytes(3000))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def hole(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:4096] + bytes(16384) + content[20480:])


STUDY: dict[str, tuple[Damage, tuple[str, ...], str]] = {
    "storage of noise": (lambda study: noise(study.database), GO_ON, "--storage: cannot be opened: "),
    "storage cut": (lambda study: cut(study.database), SCORE, "--storage: cannot be opened: "),
    "storage with a hole": (lambda study: hole(study.database), GO_ON, "--storage: cannot be opened: "),
    "empty storage": (lambda study: study.database.write_bytes(b""), SCORE, "--storage: it holds no study 'small'"),
    "plan of noise": (lambda study: noise(study.plan), GO_ON, "runs/small/study.yaml: cannot be read as YAML: "),
    "plan cut": (lambda study: cut(study.plan), SCORE, "runs/small/study.yaml: "),
    "tracking of noise": (lambda study: noise(study.path.parent / "mlflow.db"), GO_ON, "--tracking-uri: "),
}


@pytest.mark.slow
@pytest.mark.parametrize(("damage", "command", "sentence"), STUDY.values(), ids=list(STUDY))
def test_a_damaged_file_of_the_study_is_one_sentence(
    world: World, damage: Damage, command: tuple[str, ...], sentence: str
) -> None:
    study = StudyFolder(world.output / "small")
    damage(study)
    before, left = world.outside(), listing(world.output)
    said = refused(world.run(*command))
    assert said.startswith(sentence)
    assert world.outside() == before
    changed = {name for name, content in listing(world.output).items() if left.get(name) != content}
    claimed = {".id", ".lock", "optuna.db"}  # of the folder, which has had no id so far
    assert {Path(name).name for name in changed} <= claimed | {".mlflow.lock", "mlflow.db", "mlartifacts"}


def all_of(study: StudyFolder) -> None:
    """Every file that the cut trial needs to go on."""
    trial = study.trial(2)
    for path in (trial.checkpoint, trial.trajectory, trial.metrics):
        noise(path)


def outcomes(study: StudyFolder) -> None:
    noise(study.trial(2).outcome)
    study.trial(0).outcome.write_text("[1]")


def ended(study: StudyFolder) -> None:
    """What nobody needs any more of an ended trial, and derived files."""
    study.trial(0).metrics.write_bytes(b"{}\n[1]\n\xff\n")
    noise(study.trial(1).arrays)
    noise(study.records)
    study.mlflow.write_text('{"study_id": "it\'s", "tracking_uri": 5}')
    (study.path / "trials" / "00x1").mkdir()
    (study.path / "trials" / "00x1" / "mlflow.json").write_text('{"run_id": "a", "url": "b"}')


TRIAL: dict[str, tuple[Damage, str]] = {
    "what it needs to go on": (all_of, "complete"),
    "outcomes": (outcomes, "failed"),
    "what is not needed": (ended, "complete"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("damage", "state"), TRIAL.values(), ids=list(TRIAL))
def test_damaged_files_of_a_trial_cost_at_most_that_trial(world: World, damage: Damage, state: str) -> None:
    study = StudyFolder(world.output / "small")
    damage(study)
    before = world.outside()
    done = world.run(*GO_ON)
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert "Traceback" not in done.stdout + done.stderr
    table = read_records(study.records)
    assert table["state"].tolist() == ["complete", "complete", state]
    assert (table["reason"].iloc[2] == "") == (state == "complete")
    assert world.outside() == before
