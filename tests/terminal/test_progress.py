"""What a terminal shows of a study, as text at known answers, from wide and high to narrow and low."""

import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from contextlib import suppress
from fcntl import ioctl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from study.report.text.format import duration
from study.terminal.progress import BestValue, Running, Snapshot, view

LOSSES = {"loss": 123.4567, "reconstruction": 95.1234, "mmd": 0.01234, "l1": 0.12}
FAMILIES = ("vae", "beta-vae", "wae-deterministic", "wae-gaussian")
BEST = (
    BestValue("reconstruction", 99.54321, 7, "wae-deterministic"),
    BestValue("disentanglement", 0.754321, 3, "beta-vae"),
)


def running(number: int, first: int = 10) -> list[Running]:
    """The first is being evaluated, the second has just begun, the others are under way."""
    under_way = [Running(first + i, FAMILIES[i % 4], 600 * i, 60_000, 20.0 + i, LOSSES) for i in range(2, number)]
    return [Running(first, "vae", 60_000, 60_000, 20.0, LOSSES), Running(first + 1, "beta-vae"), *under_way][:number]


def shown(snapshot: Snapshot, width: int, height: int = 24) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(view(snapshot, width, height))
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def test_one_running_trial_of_a_small_study_at_80_columns() -> None:
    snapshot = Snapshot("dsprites", 9, {"complete": 4, "pruned": 2, "failed": 1, "infeasible": 1}, running(1), BEST)
    assert shown(snapshot, 80).splitlines() == [
        "dsprites ━━━━━━━━━━━━━━━━━━━━━━━━ 8/9 trials",
        "4 complete, 2 stopped early, 1 failed, 1 infeasible, 1 running",
        "trial  family                    step  steps/s   to go  losses",
        "   10  vae                 evaluating     20.0          loss 123.5",
        "best reconstruction 99.54 (wae-deterministic, trial 7)",
        "best disentanglement 0.7543 (beta-vae, trial 3)",
    ]


def test_eight_running_trials_of_a_large_study_at_80_and_at_200_columns() -> None:
    name = "a-name-of-a-study-that-is-longer-than-what-there-is-room-for-beside-everything-else"
    snapshot = Snapshot(name, 100_000, {"complete": 12_345}, running(8, first=12_345), BEST, left=400_000)
    narrow, wide = shown(snapshot, 80).splitlines(), shown(snapshot, 200).splitlines()
    assert narrow[:2] == [
        "a-name-of-a-study-… ━━╸                      12345/100000 trials, 4.6 days to go",
        "12345 complete, 8 running",
    ]
    assert wide[0].split()[0] == name
    assert wide[0].endswith("12345/100000 trials, 4.6 days to go")
    assert narrow[4:6] == [
        "12346  beta-vae              starting",
        "12347  wae-deterministic   1200/60000     22.0  45 min  loss 123.5",
    ]
    assert wide[5] == narrow[5] + "  reconstruction 95.12  mmd 0.01234  l1 0.12"
    assert len(narrow) == len(wide) == 13


def test_a_narrow_terminal_keeps_trial_family_and_step() -> None:
    snapshot = Snapshot("dsprites", 12, {"complete": 1}, running(3), BEST, left=100)
    assert shown(snapshot, 40).splitlines() == [
        "dsprites 1/12 trials, 2 min to go",
        "1 complete, 3 running",
        "trial  family                    step",
        "   10  vae                 evaluating",
        "   11  beta-vae              starting",
        "   12  wae-deterministic   1200/60000",
        "best reconstruction 99.54 (wae-determin…",
        "best disentanglement 0.7543 (beta-vae, …",
    ]


def test_of_more_trials_than_lines_the_rest_is_counted() -> None:
    lines = shown(Snapshot("dsprites", 100, {}, running(20), BEST), 80, height=12).splitlines()
    assert len(lines) == 12
    assert lines[-3] == "and 14 more"
    assert lines[-4].split()[0] == "15"


def test_a_study_that_has_only_begun() -> None:
    assert shown(Snapshot("dsprites", 12, {}), 80).split() == ["dsprites", "0/12", "trials"]


@given(
    width=st.integers(20, 220),
    height=st.integers(7, 60),
    number=st.integers(0, 70),
    ended=st.integers(0, 100_000),
    name=st.text("abc-", min_size=1, max_size=100),
    left=st.none() | st.floats(0, 1e8),
)
def test_no_line_is_longer_than_the_terminal_and_no_view_higher(
    width: int, height: int, number: int, ended: int, name: str, left: float | None
) -> None:
    text = shown(Snapshot(name, 100_000, {"complete": ended}, running(number), BEST, left), width, height)
    assert all(len(line) <= width for line in text.splitlines())
    assert len(text.splitlines()) <= height


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (89, "89 s"), (90, "2 min"), (5400, "1.5 h"), (172_800, "2.0 days")]
)
def test_spans_in_their_units(seconds: float, words: str) -> None:
    assert duration(seconds) == words


PROGRAM = """
import os
from rich.console import Console
from study.config.load import load_space
from study.config.plan import make_plan
from study.terminal.display import Display
space, name = load_space("dsprites")
plan = make_plan(space, "dsprites", name=name, preset="quick", seed=0)
console = Console()
display = Display(plan, console)
with display.opened([]):
    for number in range(8):
        display.started(number, {"family": "wae-gaussian"})
        display.progressed(number, {"step": 10, "total_steps": 100, "seconds": 1.0, "train_loss": 1.5})
"""


def in_terminal(program: str, columns: int, lines: int, **environment: str) -> str:
    """What a program writes to a terminal of that size."""
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    kept = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES", "NO_COLOR")}
    command = [sys.executable, "-c", program]
    said = b""
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env={**kept, "TERM": "xterm-256color", **environment}
    ) as process:
        os.close(theirs)
        with suppress(OSError):  # the end of a terminal, on Linux
            while part := os.read(ours, 65536):
                said += part
        os.close(ours)
    assert process.returncode == 0, said
    return said.decode()


COLOUR = re.compile(r"\x1b\[[\d;]*\b(?:3[0-8]|4[0-8]|9[0-7])\b[\d;]*m")


@pytest.mark.parametrize("columns", [80, 200])
def test_in_a_real_terminal_nothing_wraps(columns: int) -> None:
    said = in_terminal(PROGRAM, columns, 8)
    assert COLOUR.search(said)
    plain = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", said).replace("\r", "\n")
    assert "and 5 more" in plain
    assert all(len(line) <= columns for line in plain.splitlines())


def test_without_colour_where_the_user_wants_none() -> None:
    said = in_terminal(PROGRAM, 80, 24, NO_COLOR="1")
    assert "wae-gaussian" in said
    assert not COLOUR.search(said)


def test_a_terminal_that_cannot_move_its_cursor_gets_plain_lines() -> None:
    assert "\x1b" not in in_terminal(PROGRAM, 80, 24, TERM="dumb")
