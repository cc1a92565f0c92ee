"""Command lines of odd arguments: one sentence and exit code 2, or a sound plan; nothing is written elsewhere."""

import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from study import evaluate, launch
from study.config.plan import StudyPlan
from study.report.results.__main__ import app as results
from study.running import run
from tests.faults.bounded import World, each_case, limited, make_world, one_sentence
from tests.faults.mutation import ODD_WORDS
from tests.faults.test_mutated_spaces import check_plan

WORDS = tuple(word for word in ODD_WORDS if "\x00" not in word and len(word) < 10_000)
"""A command line holds no NUL, and the system bounds its length."""

MORE = (
    *(
        "-1",
        "0",
        "1",
        "9",
        "1.5",
        "nan",
        "inf",
        "-inf",
        "1e300",
        "9" * 30,
        "9" * 500,
        "x" * 5000,
        "",
        " ",
        "--",
        "-",
        "=",
    ),
    *("\udcff", "a\nb", "../x", "/", "sqlite://", "sqlite:///x.db?password=x", "http://", "http://[::1", "://", "none"),
)

OPTIONS = (
    *("--space", "--name", "--preset", "--trials", "--concurrent", "--seed", "--output", "--data-root", "--sampler"),
    *("--gpus-per-trial", "--trial-timeout", "--keep", "--enqueue", "--warm-start"),
)

SETTINGS = (
    *("family", "latent_dim", "prior", "tanh_mean", "network", "width", "batch_norm", "beta", "lambda_mmd", "kernel"),
    *("lambda_1", "batch_size", "learning_rate", "learning_rate_schedule", "precision", "images", "steps", "seed", "x"),
)


def typed(number: int) -> list[str]:
    """One to three arguments of a launch that a person or a script got wrong."""
    rng = random.Random(number)
    arguments: list[str] = []
    for _ in range(rng.choice((1, 1, 2, 3))):
        word = rng.choice((rng.choice(WORDS), rng.choice(MORE)))
        match rng.choice(("option", "option", "set", "set", "set", "bare", "joined")):
            case "option":
                arguments += [rng.choice(OPTIONS), word]
            case "joined":
                arguments += [f"{rng.choice(OPTIONS)}={word}"]
            case "set":
                arguments += ["--set", f"{rng.choice((*SETTINGS, word))}={word}"]
            case _:
                arguments += [word]
    return arguments


class Stopped(Exception):
    """The command has come to where it would begin to run."""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    world = make_world(tmp_path / "world")
    monkeypatch.chdir(world.root / "work")
    return world


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[StudyPlan]:
    """The plans of the studies that would have been run."""
    reached: list[StudyPlan] = []

    def begin(plan: StudyPlan, *_: Any) -> None:
        reached.append(plan)
        raise Stopped

    monkeypatch.setattr(run, "run_study", begin)
    return reached


def check(result: Result) -> bool:
    """Whether the command was refused, as it is to be; if not it has come to its work."""
    if isinstance(result.exception, Stopped) or result.exit_code == 0:
        return False
    assert isinstance(result.exception, SystemExit), repr(result.exception)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    if not result.stderr.startswith("Usage"):  # the command line's own library draws a box
        one_sentence(result.stderr)
    return True


@pytest.mark.parametrize("cases", [80, pytest.param(250, marks=pytest.mark.slow)])
def test_odd_launches(world: World, plans: list[StudyPlan], cases: int) -> None:
    before, refusals = world.outside(), []

    def case(number: int) -> None:
        reached = len(plans)
        result = CliRunner().invoke(launch.app, ["--space", "fading_squares", *typed(number)])
        refusals.append(check(result))
        if not refusals[-1] and len(plans) > reached:
            check_plan(plans[-1], world.root / "scratch" / "study.yaml")

    each_case(cases, case)
    assert world.outside() == before
    assert not world.output.exists()
    assert 0.6 * cases < sum(refusals) < cases


LONG = "x" * 5000

NAMED: list[tuple[Sequence[str], str]] = [
    (["--space", f"{LONG}.yaml"], "--space: no such file: xxx"),
    (["--space", LONG], "--space: received 'xxx"),
    (["--space", "a\nb.yaml"], "--space: no such file: a b.yaml"),
    (["--space", "\udcff.yaml"], "--space: no such file: "),
    (["--output", LONG], "--output: xxx"),
    (["--output", "\udcff"], "--output: "),
    (["--name", "\udcff"], "--name: received '\\udcff'; allowed:"),
    (["--trials", "9" * 30], "--trials: needs a number of 64 bits at most; received 999"),
    (["--seed", "9" * 30], "--seed: needs a number of 64 bits at most; received 999"),
    (["--gpus-per-trial", "1e9"], "--gpus-per-trial: must be at most 10000; received 1e+09"),
    (["--set", f"{LONG}=1"], "--set: 'xxx"),
    (["--set", 'width="\\ud800"'], "--set width: received 'width"),
    (
        ["--set", "learning_rate=" + "9" * 4000],
        "--set learning_rate: needs a number of 64 bits at most; received 999",
    ),
    (["--set", "learning_rate_schedule=&a [*a]"], "--set learning_rate_schedule.0: needs a number; received [[[...]]]"),
    (
        ["--set", "network=[&a [&b [x, x], *b, *b], *a, *a]"],
        "--set network: allowed: 'fully-connected', 'dcgan' or 'sm",
    ),
]


@pytest.mark.parametrize(("arguments", "sentence"), NAMED, ids=[" ".join(a)[:30] for a, _ in NAMED])
def test_named_launches(world: World, plans: list[StudyPlan], arguments: Sequence[str], sentence: str) -> None:
    before = world.outside()
    with limited():
        result = CliRunner().invoke(launch.app, ["--space", "fading_squares", *arguments])
    assert result.exit_code == 2, result.exception
    said = one_sentence(result.stderr)
    assert said.startswith(sentence.replace("received 'width", "received '\"\\\\ud800\"', which is not a value"))
    assert len(said) < 700
    assert not plans
    assert world.outside() == before


@pytest.mark.parametrize("concurrent", ["9" * 400, "0", "-1"])
def test_no_machine_has_so_many_trials_at_once(world: World, plans: list[StudyPlan], concurrent: str) -> None:
    result = CliRunner().invoke(launch.app, ["--space", "fading_squares", "--concurrent", concurrent])
    assert result.exit_code == 2
    assert "--concurrent" in result.stderr
    assert not plans


def test_a_data_folder_of_an_impossible_name_is_one_sentence(world: World) -> None:
    result = CliRunner().invoke(launch.app, ["--space", "dsprites", "--data-root", LONG])
    assert one_sentence(result.stderr).startswith("--data-root: xxx")
    assert not world.output.exists()


def test_odd_folders_of_the_other_commands(world: World) -> None:
    """`study.report`, `study.report.results` and `study.evaluate` where there is no study."""
    from study.report.__main__ import report

    os.mkfifo(world.root / "work" / "pipe")
    (world.root / "work" / "loop").symlink_to("loop")
    (world.root / "work" / "piped").mkdir()
    os.mkfifo(world.root / "work" / "piped" / "study.yaml")
    import typer

    reporting = typer.Typer()
    reporting.command()(report)
    before = world.outside()
    for folder in ("", "nowhere", "pipe", "loop", "piped", "../precious", "x" * 300, "\udcff", "a\nb", "/dev/null"):
        for app, arguments in (
            (reporting, [folder]),
            (results, ["keep", folder, "kept"]),
            (results, ["table", folder]),
            (evaluate.app, [folder]),
        ):
            with limited():
                result = CliRunner().invoke(app, arguments)
            assert result.exit_code == 2, (folder, arguments, result.exception)
            one_sentence(result.stderr)
            assert result.stdout == ""
    assert world.outside() == before


@pytest.mark.slow
def test_as_whole_processes(tmp_path: Path) -> None:
    """Some of what is refused above, where Python itself hands the arguments over."""
    world = make_world(tmp_path / "world")
    before = world.outside()
    for arguments, sentence in NAMED[::2]:
        done = world.run("study.launch", "--space", "fading_squares", *arguments)
        assert done.returncode == 2
        said = one_sentence(done.stderr)
        assert said.startswith(sentence[:12])
    assert world.outside() == before
    assert not world.output.exists()
