"""`python -m study.launch` with wrong input: exit code 2, one sentence, nothing written. None of these starts Ray."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from typer.testing import CliRunner, Result

from study.config.load import load_space
from study.config.plan import StudyPlan, make_plan
from study.launch import app
from study.records.folder import StudyFolder
from study.running import run
from study.search.warm_start import Lesson
from tests.make import refused_command
from tests.report.made import make_study

Launch = Callable[..., Result]


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "runs"


@pytest.fixture
def launch(output: Path, monkeypatch: pytest.MonkeyPatch) -> Launch:
    """The command with `--space fading_squares --output OUTPUT`, stopped where it would begin to run."""

    def begin(plan: StudyPlan, *_: Any) -> None:
        raise AssertionError(f"wrong input reached the run: {plan}")

    monkeypatch.setattr(run, "run_study", begin)

    def invoke(*arguments: str, space: str = "fading_squares") -> Result:
        return CliRunner().invoke(app, ["--space", space, "--output", str(output), *arguments])

    return invoke


WRONG = [
    (["--name", "a/b"], "--name: received 'a/b'; allowed: letters, digits, '.', '_' and '-', starting with"),
    (["--name", "../up"], "--name: received '../up'; allowed:"),
    (["--name", ".."], "--name: received '..'; allowed:"),
    (["--name", "."], "--name: received '.'; allowed:"),
    (["--name", ""], "--name: received ''; allowed:"),
    (["--name", "a\\b"], "--name: received 'a\\\\b'; allowed:"),
    (["--name", "two words"], "--name: received 'two words'; allowed:"),
    (["--name", "line\n"], "--name: received 'line\\n'; allowed:"),
    (["--name", "x" * 101], "--name: received 'xxx"),
    (["--preset", "huge"], "--preset: received 'huge'; fading_squares has quick, paper"),
    (["--sampler", "grid"], "fading_squares: parameters.lambda_mmd: the grid sampler needs choices; received a range"),
    (["--set", "width"], "--set: expected SETTING=VALUE, received 'width'"),
    (["--set", "=3"], "--set: expected SETTING=VALUE, received '=3'"),
    (["--set", "widht=3"], "--set: 'widht' is not a setting of a trial; did you mean 'width'?"),
    (["--set", "width=3", "--set", "width=4"], "--set: 'width' is given twice"),
    (["--set", "width=wide"], "--set width: needs a number; received 'wide'"),
    (["--set", "width="], "--set width: needs a value; received none"),
    (["--set", "width=["], "--set width: received '[', which is not a value"),
    (["--set", "width=2024-13-45"], "--set width: received '2024-13-45' in line 1; text that looks like a date"),
    (["--set", "width=010"], "--set width: received '010' in line 1; a number is written in decimal digits, without z"),
    (["--set", "learning_rate=1:30"], "--set learning_rate: received '1:30' in line 1; a number is written in decimal"),
    (["--set", "tanh_mean=yes"], "--set tanh_mean: received 'yes' in line 1; allowed: true and false, and text in"),
    (["--set", "width=" + "[" * 3000], "--set width: received '[[["),
    (["--set", "width=" + "9" * 5000], "--set width: received '999"),
    (
        ["--set", "width=!!python/name:os.system"],
        "--set width: received '!!python/name:os.system', which is not a value",
    ),
    (["--set", "family=gan"], "--set family: allowed: 'vae', "),
    (["--set", "family=beta-vae"], "--set family: received 'beta-vae'; the space has wae-deterministic, wae-"),
    (["--set", "family=vae", "--set", "lambda_mmd=3"], "--set lambda_mmd: vae has no lambda_mmd"),
    (["--set", "images=9", "--set", "steps=9"], "--set: the budget is either images or steps; received both"),
    (["--enqueue", "none.yaml"], "--enqueue: none.yaml: no such file"),
    (["--enqueue", "study/launch.py"], "--enqueue: study/launch.py: expected a .yaml or a .csv file"),
    (["--enqueue", "x" * 5000 + ".csv"], "--enqueue: xxx"),
    (["--warm-start", "none"], "--warm-start: none: no study there; a study's folder holds a study.yaml"),
    (["--warm-start", "none", "--sampler", "nsga2"], "--warm-start: the nsga2 sampler learns nothing from another"),
    (["--trial-timeout", "inf"], "--trial-timeout: needs a finite number; received inf"),
    (["--gpus-per-trial", "inf"], "--gpus-per-trial: needs a finite number; received inf"),
]


@pytest.mark.parametrize(("arguments", "expected"), WRONG, ids=[" ".join(a)[:40] for a, _ in WRONG])
def test_wrong_input_is_one_sentence(launch: Launch, output: Path, arguments: list[str], expected: str) -> None:
    said = refused_command(launch(*arguments))
    assert said.startswith(expected)
    assert len(said) < 400
    assert not output.exists()


@pytest.mark.parametrize(
    ("space", "expected"),
    [
        ("squares", "--space: received 'squares'; allowed: "),
        ("none.yaml", "--space: no such file: none.yaml"),
        ("../digits", "--space: received '../digits'; allowed: "),
    ],
)
def test_a_wrong_space_is_one_sentence(launch: Launch, output: Path, space: str, expected: str) -> None:
    assert refused_command(launch(space=space)).startswith(expected)
    assert not output.exists()


def test_a_space_of_ones_own_that_is_wrong_is_one_sentence(launch: Launch, output: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("name: mine\ndataset: mnist\n")
    said = refused_command(launch(space=str(tmp_path / "mine.yaml")))
    assert said == f"{tmp_path}/mine.yaml: objectives: required, but missing"
    assert not output.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--trials", "0"],
        ["--trials", "many"],
        ["--seed", "-1"],
        ["--concurrent", "0"],
        ["--sampler", "cma"],
        ["--keep", "some"],
        ["--gpus-per-trial", "-1"],
        ["--trial-timeout", "0"],
        ["--trial-timeout", "nan"],
        ["--no-such-option"],
        ["argument"],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_2(launch: Launch, output: Path, arguments: list[str]) -> None:
    result = launch(*arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert arguments[0] in result.stderr
    assert not output.exists()


def test_without_a_space_it_exits_2() -> None:
    result = CliRunner().invoke(app, [])
    assert result.exit_code == 2
    assert "--space" in result.stderr


def save_study(output: Path, space: str = "fading_squares", **changed: Any) -> Path:
    """The folder of a study `fading_squares` as an earlier launch left it."""
    loaded, _ = load_space(space)
    wanted = {"name": "fading_squares", "preset": "quick", "seed": 0, **changed}
    folder = output / "fading_squares"
    make_plan(loaded, space, **wanted).save(folder / "study.yaml")
    return folder


def listing(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(
    ("saved", "arguments", "difference"),
    [
        ({}, ["--seed", "1"], "seed was 0, received 1"),
        ({"seed": 3}, [], "seed was 3, received 0"),
        ({}, ["--preset", "paper"], "preset was 'quick', received 'paper'"),
        ({}, ["--sampler", "random"], "sampler was 'tpe', received 'random'"),
        ({}, ["--set", "width=7"], "--set was not given, received {'width': 7}"),
        ({"overrides": {"width": 7}}, [], "--set was {'width': 7}, received none"),
        ({"space": "dsprites"}, [], "space.name was 'dsprites', received 'fading_squares'"),
    ],
)
def test_a_folder_of_another_study_is_left_alone(
    launch: Launch, output: Path, saved: dict[str, Any], arguments: list[str], difference: str
) -> None:
    folder = save_study(output, **saved)
    before = listing(output)
    assert (
        refused_command(launch(*arguments))
        == f"{folder} holds another study: {difference}; use another --name for this one"
    )
    assert listing(output) == before


def test_fewer_trials_than_before_are_refused(launch: Launch, output: Path) -> None:
    folder = save_study(output, trials=9)
    said = refused_command(launch("--trials", "8"))
    assert said == f"--trials: received 8; {folder} has 9, and can only get more"


@pytest.mark.parametrize("text", ["", "name: [", "name: fading_squares\n", "\x00", "[" * 3000])
def test_a_broken_study_file_is_one_sentence(launch: Launch, output: Path, text: str) -> None:
    folder = save_study(output)
    (folder / "study.yaml").write_text(text)
    assert refused_command(launch()).startswith(f"{folder}/study.yaml: ")
    assert (folder / "study.yaml").read_text() == text


def test_an_output_that_is_a_file_is_one_sentence(launch: Launch, output: Path) -> None:
    output.write_text("a file")
    assert refused_command(launch()) == f"--output: {output} is not a folder"
    output.unlink()
    output.mkdir()
    (output / "fading_squares").write_text("a file")
    assert refused_command(launch()) == f"--output: {output}/fading_squares is not a folder"


def test_a_data_folder_that_is_none_is_one_sentence(output: Path, tmp_path: Path) -> None:
    """Through the real run, which looks at the data before it writes anything."""
    arguments = ["--space", "dsprites", "--output", str(output), "--data-root", str(tmp_path / "nowhere")]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2, result.exception
    assert result.stderr.startswith(
        f"error: --data-root: {tmp_path}/nowhere is not a folder; it should be where dsprites"
    )
    assert result.stderr.count("\n") == 1
    assert not output.exists()


@pytest.mark.parametrize("space", ["paper/table1", "paper/figure3", "paper/figure3_l2"])
def test_without_celeba_its_studies_are_one_sentence(
    space: str, output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WAE_STUDY_DATA", raising=False)
    result = CliRunner().invoke(app, ["--space", space, "--output", str(output)])
    assert result.exit_code == 2
    assert "error: CelebA was not found; set --data-root or WAE_STUDY_DATA to a folder with" in result.stderr
    result = CliRunner().invoke(app, ["--space", space, "--output", str(output), "--data-root", str(tmp_path)])
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {tmp_path}: CelebA was not found; expected a folder with")
    assert result.stderr.count("\n") == 1
    assert not output.exists()


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU computes the FID wherever its weights are")
def test_on_a_cpu_without_inception_weights_a_study_of_the_fid_is_one_sentence(
    output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WAE_STUDY_INCEPTION_WEIGHTS", raising=False)
    monkeypatch.setenv("WAE_STUDY_CACHE", str(tmp_path / "cache"))
    photographs = tmp_path / "photographs"
    photographs.mkdir()
    for number in range(450):
        Image.new("RGB", (8, 8), (number % 256, 0, 0)).save(photographs / f"{number}.png")
    arguments = ["--space", "paper/table1", "--output", str(output), "--data-root", str(photographs)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert result.stderr == (
        "error: objectives.fid: no Inception weights on this machine; set WAE_STUDY_INCEPTION_WEIGHTS to pytorch-fid's "
        "weights file\n"
    )
    assert not output.exists()


class Reached(Exception):
    """The run would begin."""


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], {"name": "fading_squares", "trials": 9, "seed": 0, "sampler": "tpe", "overrides": {}}),
        (["--trials", "8", "--name", "x.Y_1-z"], {"name": "x.Y_1-z", "trials": 8}),
        (["--preset", "paper", "--seed", "4"], {"preset": "paper", "seed": 4, "trials": 90}),
        (["--sampler", "nsga2"], {"sampler": "nsga2", "trials": 9}),
        (["--sampler", "nsga3"], {"sampler": "nsga3"}),
        (["--sampler", "gp"], {"sampler": "gp"}),
        (["--sampler", "gp", "--set", "family=vae"], {"sampler": "gp"}),
        (
            ["--set", "width=1_0", "--set", "learning_rate=1e-3", "--set", "kernel=rbf", "--set", "tanh_mean=true"],
            {"overrides": {"width": 10, "learning_rate": 0.001, "kernel": "rbf", "tanh_mean": True}},
        ),
    ],
)  # fmt: skip
def test_right_input_reaches_the_run(
    output: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], expected: dict[str, Any]
) -> None:
    reached: list[tuple[StudyPlan, StudyFolder]] = []

    def begin(plan: StudyPlan, folder: StudyFolder, *_: Any) -> None:
        reached.append((plan, folder))
        raise Reached

    monkeypatch.setattr(run, "run_study", begin)
    result = CliRunner().invoke(app, ["--space", "fading_squares", "--output", str(output), *arguments])
    assert isinstance(result.exception, Reached)
    ((plan, folder),) = reached
    assert {key: getattr(plan, key) for key in expected} == expected
    assert folder.path == output / plan.name


@pytest.mark.parametrize(("arguments", "trials"), [([], 9), (["--trials", "9"], 9), (["--trials", "12"], 12)])
def test_a_study_that_is_there_goes_on(
    output: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], trials: int
) -> None:
    save_study(output, trials=9)
    reached: list[StudyPlan] = []

    def begin(plan: StudyPlan, *_: Any) -> None:
        reached.append(plan)
        raise Reached

    monkeypatch.setattr(run, "run_study", begin)
    result = CliRunner().invoke(app, ["--space", "fading_squares", "--output", str(output), *arguments])
    assert isinstance(result.exception, Reached)
    assert [plan.trials for plan in reached] == [trials]


def test_points_reach_the_plan_and_stay_with_the_study(
    output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named again, left out, or their file gone: the study goes on with them. Others are another study."""
    reached: list[StudyPlan] = []

    def begin(plan: StudyPlan, folder: StudyFolder, *_: Any) -> None:
        plan.save(folder.plan)
        reached.append(plan)
        raise Reached

    monkeypatch.setattr(run, "run_study", begin)
    points, others = tmp_path / "points.yaml", tmp_path / "others.yaml"
    points.write_text("- {batch_size: 50}\n- {family: vae}\n")
    others.write_text("- {batch_size: 50}\n- {family: wae-uniform}\n")

    def launch(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["--space", "fading_squares", "--output", str(output), *arguments])

    for arguments in (["--enqueue", str(points)], ["--enqueue", str(points)], [], ["--trials", "12"]):
        assert isinstance(launch(*arguments).exception, Reached)
    points.unlink()
    assert isinstance(launch("--enqueue", str(points)).exception, Reached)
    assert [plan.points for plan in reached] == [({"batch_size": 50}, {"family": "vae"})] * 5
    assert [plan.trials for plan in reached] == [9, 9, 9, 12, 12]
    assert refused_command(launch("--enqueue", str(others))) == (
        f"{output}/fading_squares holds another study: --enqueue: point 2 was {{'family': 'vae'}}, received "
        "{'family': 'wae-uniform'}; use another --name for this one"
    )


def test_points_for_a_study_that_had_none_are_refused(launch: Launch, output: Path, tmp_path: Path) -> None:
    save_study(output)
    assert refused_command(launch("--enqueue", str(tmp_path / "none.csv"))).endswith("none.csv: no such file")
    (tmp_path / "points.csv").write_text("batch_size,width\n50,8\n")
    said = refused_command(launch("--enqueue", str(tmp_path / "points.csv")))
    assert said.startswith(f"{output}/fading_squares holds another study: --enqueue was no points, received 1; use")


def test_what_was_learnt_stays_with_the_study(output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named again, left out, or the earlier study gone: the study goes on with it. Another is another study."""
    earlier = make_study(output / "earlier", space="fading_squares", trials=6, pictures=False)
    other = make_study(output / "other", space="fading_squares", trials=5, pictures=False)
    reached: list[tuple[StudyPlan, Lesson]] = []

    def begin(plan: StudyPlan, folder: StudyFolder, options: Any, console: Any, lesson: Lesson) -> None:
        lesson.save(folder)
        plan.save(folder.plan)
        reached.append((plan, lesson))
        raise Reached

    monkeypatch.setattr(run, "run_study", begin)

    def launch(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["--space", "fading_squares", "--output", str(output), *arguments])

    results = [launch(*said) for said in (["--warm-start", str(earlier.path)], ["--warm-start", str(earlier.path)], [])]
    shutil.rmtree(earlier.path)
    results.append(launch("--warm-start", str(earlier.path)))
    assert all(isinstance(result.exception, Reached) for result in results)
    assert all("warm start from earlier: 6 of 6 trials used\n" in result.stdout for result in results)
    assert len({plan.warm_start for plan, _ in reached}) == 1
    assert all(lesson == reached[0][1] for _, lesson in reached)
    assert [example.trial for example in reached[0][1].examples] == list(range(6))

    said = refused_command(launch("--warm-start", str(other.path)))
    assert said.startswith(f"{output}/fading_squares holds another study: --warm-start was earlier (SHA-256 ")
    said = refused_command(launch("--warm-start", str(tmp_path / "never")))
    assert said == f"--warm-start: {tmp_path}/never: no study there; a study's folder holds a study.yaml"
    (output / "fading_squares" / "warm_start.json").unlink()
    assert refused_command(launch()).startswith(f"{output}/fading_squares/warm_start.json: cannot be read: ")


def test_as_a_process_it_says_one_sentence_and_no_more(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "study.launch", "--space", "dsprites", "--name", "a/b"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: --name: received 'a/b'; allowed: ")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
