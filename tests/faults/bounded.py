"""What holds of every command on every bad input: it ends, in one sentence, and has touched nothing but its output."""

import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

import pytest

import study
from study.system.errors import InputError
from tests.figures import seen

SECONDS = 60
"""What one case may take at most; most take hundredths, and a damaged file that hangs a command takes for ever."""

ROOT = Path(study.__file__).parent.parent
"""Processes run the code that the tests run."""

PROCESS_SECONDS = 400
"""The same for a whole process, which imports PyTorch and Ray on a machine that may be busy. Launches have two trials
at once, hence a thread each: threads that wait for each other make a busy machine a hundred times slower."""


class Hangs(BaseException):
    """No handler of the product catches it."""


@contextmanager
def limited(seconds: int = SECONDS) -> Iterator[None]:
    """`Hangs` if what is done inside takes longer."""

    def expire(number: int, frame: FrameType | None) -> None:
        raise Hangs(f"still busy after {seconds} s")

    before = signal.signal(signal.SIGALRM, expire)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def any_number() -> Iterator[None]:
    """Numbers of any size: that arithmetic warns of an overflow is not what is looked at."""
    with warnings.catch_warnings():
        for category in (RuntimeWarning, UserWarning):
            warnings.simplefilter("ignore", category)
        yield


def listing(root: Path, but: Sequence[Path] = ()) -> dict[str, bytes | str]:
    """Everything below a folder, but for some folders: contents of files, targets of links. Links are not followed."""
    found: dict[str, bytes | str] = {}
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        folders[:] = [name for name in folders if here / name not in but]
        for name in [*folders, *files]:
            path = here / name
            if path.is_symlink():
                found[str(path)] = f"-> {path.readlink()}"
            else:
                found[str(path)] = path.read_bytes() if path.is_file() else "folder"
    return found


@dataclass(frozen=True)
class World:
    """A folder to work in, with a home, caches and places for temporary files of its own, and something to protect."""

    root: Path

    @property
    def output(self) -> Path:
        return self.root / "work" / "runs"

    @property
    def environment(self) -> dict[str, str]:
        own = {name: str(self.root / name) for name in ("home", "cache")}
        variables = {"HOME": own["home"], "XDG_CACHE_HOME": own["cache"], "WAE_STUDY_CACHE": own["cache"]}
        ours = {"PYTHONPATH": str(ROOT), "MPLCONFIGDIR": own["cache"], "TMPDIR": str(self.root / "scratch")}
        return {**os.environ, **variables, **ours}

    def outside(self) -> dict[str, bytes | str]:
        """What no command may change: all but the output folder and what libraries keep for themselves."""
        return listing(self.root, [self.output, *(self.root / name for name in ("home", "cache", "scratch"))])

    def run(self, module: str, *arguments: str, **changed: str) -> subprocess.CompletedProcess[str]:
        """`python -m module`, killed with all its children if it takes too long.

        Ray's own files go into a folder of a short name, for those of its sockets may not be long.
        """
        if "RAY_TMPDIR" not in changed:
            with TemporaryDirectory(prefix="ray-", dir="/tmp", ignore_cleanup_errors=True) as ray:
                return self.run(module, *arguments, RAY_TMPDIR=ray, **changed)
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=self.root / "work",
            env={**self.environment, **changed},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        try:
            out, err = process.communicate(timeout=PROCESS_SECONDS)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def make_world(root: Path) -> World:
    for name in ("work", "home", "cache", "scratch", "precious"):
        (root / name).mkdir(parents=True)
    (root / "precious" / "thesis.tex").write_text("years of work", encoding="utf-8")
    return World(root)


def one_sentence(said: str) -> str:
    """What a refused command says on standard error: a line, and nothing of Python's."""
    assert "Traceback" not in said
    assert said.startswith("error: "), said[:500]
    assert said.count("\n") == 1, said[:500]
    assert said.endswith("\n")
    assert len(said) < 1500
    return said.removeprefix("error: ").strip()


def refused(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2, (done.args, done.stdout, done.stderr)
    return one_sentence(done.stderr)


def each_case(cases: int, check: Callable[[int], None]) -> None:
    """`check` of every number, within its limit; what fails first names its case."""
    for number in range(cases):
        try:
            with limited():
                check(number)
        except (Exception, Hangs) as error:
            pytest.fail(f"case {number}: {type(error).__name__}: {error}"[:3000])
    seen(f"{cases} damaged cases")


def refusal(do: Callable[[], object]) -> str | None:
    """The sentence that refuses what is done; None if it is not refused."""
    try:
        with any_number():
            do()
    except InputError as error:
        sentence = str(error)
    else:
        return None
    assert "\n" not in sentence
    assert len(sentence) < 1500
    return sentence
