"""The end of a command: what was foreseen, signals included, is one sentence and an exit code of its own."""

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from study.system import full_disk
from study.system.errors import Busy, Halted, InputError, Interrupted
from study.system.files import current_folder
from study.system.signals import INTERRUPTED, interrupting, leave

EXIT_NOTHING_COMPLETE = 1
EXIT_INPUT = 2
EXIT_BUSY = 3
EXIT_HALTED = 4
EXIT_INTERRUPTED = 130

_KEPT = "finished work is kept; run the same command again to resume"


@contextmanager
def exit_codes() -> Iterator[None]:
    """Turn what ends a command in a foreseen way, signals included, into one sentence and the exit code for it."""
    try:
        with interrupting():
            yield
    except InputError as error:
        complain(f"error: {error}")
        raise typer.Exit(EXIT_INPUT) from None
    except KeyboardInterrupt:
        complain(INTERRUPTED)
        raise typer.Exit(EXIT_INTERRUPTED) from None
    except Interrupted as error:
        complain(f"interrupted ({error}); {_KEPT}")
        raise typer.Exit(EXIT_INTERRUPTED) from None
    except Halted as error:
        complain(f"error: the study cannot continue: {error}; {_KEPT}")
        raise typer.Exit(EXIT_HALTED) from None
    except Busy as error:
        complain(f"error: {error}")
        raise typer.Exit(EXIT_BUSY) from None
    except Exception as error:
        if _was_interrupted(error):
            complain(INTERRUPTED)
            raise typer.Exit(EXIT_INTERRUPTED) from None
        if not isinstance(error, OSError):
            raise
        complain(f"error: {_of_the_system(error)}")
        raise typer.Exit(EXIT_HALTED if full_disk.refusal(error) else EXIT_INPUT) from None


def _was_interrupted(error: BaseException | None) -> bool:
    """Whether an interrupt is what the error comes from: while a class is made, Python wraps whatever is raised."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return error is not None


def _of_the_system(error: OSError) -> str:
    """A sentence with the place of the error, which errors of a stream and of the current folder do not name."""
    said = error.strerror or str(error)
    if error.filename:
        return f"{error.filename}: {said}"
    try:
        print(flush=True)  # fails again
    except OSError:
        return _of_the_output(error)
    try:
        current_folder()
    except InputError as lost:
        return str(lost)
    return said


def _of_the_output(error: OSError) -> str:
    return f"standard output cannot be written: {error.strerror}"


def complain(sentence: str) -> None:
    """Print one sentence to the user, on standard error."""
    print(sentence, file=sys.stderr, flush=True)


def print_line(console: Console, line: str) -> None:
    """A line for the user as it is: nothing in it is taken for markup, coloured or wrapped."""
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def print_sentence(console: Console, sentence: str) -> None:
    """A sentence for the user, as `print_line`, but wrapped at words in a terminal."""
    console.print(sentence, markup=False, highlight=False, soft_wrap=not console.is_terminal)


def replace_unprintable() -> None:
    """From here on, a character that standard output or error has no code for is printed as a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # not None, as where it was closed, nor another's capture
            stream.reconfigure(errors="replace")


def run_app(app: Callable[[], object]) -> None:
    """Run a command to its end, as a process: one that was interrupted waits for no thread."""
    replace_unprintable()
    code = None
    try:
        try:
            app()
        except SystemExit as ended:
            code = ended.code
        if code == EXIT_INTERRUPTED:
            leave(EXIT_INTERRUPTED)
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:  # of the output: what a command does itself is within `exit_codes`
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Python would try again at its end
        complain(f"error: {_of_the_output(error)}")
        code = code or EXIT_HALTED
    sys.exit(code)
