"""What a launch prints before its trials."""

import io
from pathlib import Path

from rich.console import Console

from study.records.folder import StudyFolder
from study.records.outcome import Outcome
from study.system.exit_codes import print_sentence
from study.terminal.summary import print_opening
from tests.make import plan


def test_the_opening_is_the_study_in_a_line_and_what_is_done(tmp_path: Path) -> None:
    console = Console(file=io.StringIO(), width=40)
    folder = StudyFolder(tmp_path / "study")
    folder.trial(0).path.mkdir(parents=True)
    Outcome("failed").write(folder.trial(0))
    print_opening(console, plan(trials=6), folder, resumed=False)
    print_opening(console, plan(trials=6), folder, resumed=True)
    line = "dsprites: 6 trials of dsprites, preset quick, seed 0\n"
    assert console.file.getvalue() == f"{line}{line}resuming {folder.path}: 1 of 6 trials are done\n"  # type: ignore[attr-defined]


def test_in_a_terminal_sentences_are_wrapped_at_words_and_elsewhere_they_are_one_line() -> None:
    sentence = "a sentence of several words that does not fit"
    lines: dict[bool, list[str]] = {}
    for terminal in (True, False):
        console = Console(file=io.StringIO(), width=20, force_terminal=terminal)
        print_sentence(console, sentence)
        lines[terminal] = [line.rstrip() for line in console.file.getvalue().splitlines()]  # type: ignore[attr-defined]
    assert lines[False] == [sentence]
    assert lines[True] == ["a sentence of", "several words that", "does not fit"]
