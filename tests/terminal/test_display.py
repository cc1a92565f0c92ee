"""The live display and the plain lines, as text."""

import io
import re

import pytest
from rich.console import Console

from study.config.load import load_space
from study.config.plan import StudyPlan, make_plan
from study.terminal.display import Display, progress_console
from study.terminal.progress import view
from tests.make import record

SETTINGS = {"dataset": "dsprites", "family": "beta-vae", "latent_dim": 8, "beta": 4.0, "batch_size": 100, "seed": 1}

MORE = {"train_reconstruction": 95.123456, "train_mmd": 0.0123456, "train_l1": 0.123456, "train_l2": 0.123456}


@pytest.fixture
def plan() -> StudyPlan:
    space, name = load_space("dsprites")
    return make_plan(space, "dsprites", name=name, preset="quick", seed=0, trials=4)


def shown(display: Display, width: int, height: int = 24) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    console.print(view(display.snapshot(), width, height))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert all(len(line) <= width for line in text.splitlines())
    return str(text)


@pytest.mark.parametrize("width", [80, 200])
def test_progress_of_running_trials_and_the_best_so_far(plan: StudyPlan, width: int) -> None:
    display = Display(plan, Console(file=io.StringIO(), width=width))
    assert "0/4 trials" in shown(display, width)
    display.started(0, SETTINGS)
    assert "starting" in shown(display, width)
    display.progressed(0, {"step": 10, "total_steps": 100, "seconds": 1.0})
    display.progressed(
        0, {"step": 30, "total_steps": 100, "seconds": 2.0, "train_loss": 123.456, "train_kl": 1.5, **MORE}
    )
    text = shown(display, width)
    assert "30/100" in text
    assert "beta-vae" in text
    assert "20.0" in text  # steps a second
    assert "loss 123.5" in text
    display.progressed(0, {"step": 100, "total_steps": 100, "seconds": 6.0})
    assert "evaluating" in shown(display, width)

    display.ended(record(plan, 0, metrics={"reconstruction": 99.5, "disentanglement": 0.75}))
    text = shown(display, width)
    assert "1/4 trials" in text
    assert "99.5 (beta-vae, trial 0)" in " ".join(text.split())
    assert "30/100" not in text


def test_failures_are_counted_and_never_the_best(plan: StudyPlan) -> None:
    display = Display(plan, Console(file=io.StringIO()))
    display.ended(record(plan, 0, state="infeasible", reason="training diverged"))
    text = shown(display, 100)
    assert "1 infeasible" in text
    assert "best" not in text


def test_without_a_terminal_each_trial_is_a_line(plan: StudyPlan) -> None:
    out = io.StringIO()
    display = Display(plan, Console(file=out, width=80))
    with display.opened([]):
        display.started(0, SETTINGS)
        display.progressed(0, {"step": 10, "total_steps": 100, "seconds": 1.0})
        display.ended(record(plan, 0, metrics={"reconstruction": 99.5, "disentanglement": 0.75}))
        display.ended(record(plan, 1, state="failed", reason="a reason " * 30))
    lines = out.getvalue().splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("1/4 trial 0 beta-vae reconstruction 99.5, disentanglement 0.75")
    assert lines[1].startswith("2/4 trial 1 beta-vae failed: a reason")
    assert not re.search(r"\x1b", out.getvalue())


def test_what_had_ended_before_counts_and_of_equals_the_earlier_is_the_best(plan: StudyPlan) -> None:
    values = {"reconstruction": 99.5, "disentanglement": 0.75}
    earlier = [record(plan, 0, metrics=values), record(plan, 1, state="failed", reason="because")]
    display = Display(plan, Console(file=io.StringIO()))
    with display.opened(earlier):
        display.ended(record(plan, 2, metrics=values))
        display.ended(record(plan, 3, metrics={"reconstruction": 120.0, "disentanglement": 0.8}))
    text = " ".join(shown(display, 120).split())
    assert "4/4 trials" in text
    assert "3 complete, 1 failed" in text
    assert "best reconstruction 99.5 (beta-vae, trial 0) best disentanglement 0.8 (beta-vae, trial 3)" in text


def test_who_was_stopped_early_is_no_failure(plan: StudyPlan) -> None:
    console = Console(file=io.StringIO(), width=200)
    display = Display(plan, console)
    display.ended(record(plan, 0, state="pruned", reason="stopped after 9,000 images: place 2 of 2 beta-vae trials"))
    line = " ".join(console.file.getvalue().split())  # type: ignore[attr-defined]
    assert line == "1/4 trial 0 beta-vae pruned: stopped after 9,000 images: place 2 of 2 beta-vae trials"
    text = shown(display, 200)
    assert "1 stopped early" in text
    assert "failed" not in text


def test_without_progress_nothing_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    progress_console(False).print("hidden")
    progress_console(True).print("shown")
    assert capsys.readouterr().out == "shown\n"


def test_a_terminal_keeps_a_line_of_every_trial_that_has_ended_above_the_display(plan: StudyPlan) -> None:
    file = io.StringIO()
    display = Display(plan, Console(file=file, width=100, force_terminal=True))
    with display.opened([]):
        display.started(0, SETTINGS)
        display.ended(record(plan, 0, metrics={"reconstruction": 99.5, "disentanglement": 0.75}))
    with display.busy("writing the report …"):
        pass
    assert "1/4 trial 0 beta-vae reconstruction 99.5, disentanglement 0.75" in file.getvalue()
    assert "writing the report" in file.getvalue()
