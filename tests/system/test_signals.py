"""What a command does with the signals that ask it to end, and with those that it was started to ignore."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import typer

from study.system.exit_codes import EXIT_INTERRUPTED, exit_codes
from study.system.signals import ENDING, INTERRUPTED, check_interrupted, handled, interrupting, last_act


@pytest.mark.parametrize("number", ENDING)
def test_heeded_within_and_as_before_after(number: signal.Signals) -> None:
    received: list[int] = []
    before = [signal.getsignal(each) for each in ENDING]
    with handled(lambda number, frame: received.append(number)):
        os.kill(os.getpid(), number)
    assert received == [number]
    assert [signal.getsignal(each) for each in ENDING] == before


def test_what_is_ignored_stays_ignored() -> None:
    received: list[int] = []
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with handled(lambda number, frame: received.append(number)):
            os.kill(os.getpid(), signal.SIGHUP)
            os.kill(os.getpid(), signal.SIGTERM)
        assert received == [signal.SIGTERM]
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_as_before_after_an_error() -> None:
    before = [signal.getsignal(each) for each in ENDING]
    with pytest.raises(ValueError, match="wrong"), handled(signal.default_int_handler):
        raise ValueError("wrong")
    assert [signal.getsignal(each) for each in ENDING] == before


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("number", ENDING)
def test_one_that_comes_while_garbage_is_collected_is_not_lost(number: signal.Signals) -> None:
    class Collected:
        def __del__(self) -> None:
            os.kill(os.getpid(), number)

    with interrupting():
        Collected()
        with pytest.raises(KeyboardInterrupt):
            check_interrupted()
    check_interrupted()  # it was of that command


@pytest.mark.parametrize("number", ENDING)
def test_a_command_that_is_asked_to_end_says_so_wherever_it_is(
    number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended, exit_codes():
        os.kill(os.getpid(), number)
    assert ended.value.exit_code == EXIT_INTERRUPTED
    assert capsys.readouterr().err == "interrupted; run the same command again to resume\n"


@pytest.mark.parametrize("number", ENDING)
def test_a_command_that_is_asked_to_end_while_it_makes_a_class_says_so(
    number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python 3.11 makes a RuntimeError of what is raised there."""

    class Quick:
        def __set_name__(self, owner: type, name: str) -> None:
            os.kill(os.getpid(), number)

    with pytest.raises(typer.Exit) as ended, exit_codes():
        type("Made", (), {"field": Quick()})
    assert ended.value.exit_code == EXIT_INTERRUPTED
    assert capsys.readouterr().err == f"{INTERRUPTED}\n"


def test_a_command_that_has_said_how_it_was_interrupted_says_nothing_more(capsys: pytest.CaptureFixture[str]) -> None:
    def says_so_itself() -> None:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt:
            raise typer.Exit(7) from None

    with pytest.raises(typer.Exit) as ended, exit_codes():
        says_so_itself()
    assert ended.value.exit_code == 7
    assert capsys.readouterr().err == ""


def test_what_else_goes_wrong_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), exit_codes():
        _ = 1 / 0


@pytest.mark.parametrize(("code", "threads_end"), [(EXIT_INTERRUPTED, False), (0, True), (2, True)])
def test_an_interrupted_command_waits_for_no_thread(code: int, threads_end: bool) -> None:
    """What is registered for the end is done in any case, and everything said is there."""
    program = f"""
import atexit, sys, threading
from study import launch
atexit.register(print, "registered", end=" ")
def work():
    threading.main_thread().join()
    print("thread", end=" ")
def app():
    threading.Thread(target=work).start()
    print("said", end=" ")
    sys.exit({code})
launch.app = app
launch.main()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == code, done.stderr
    assert set(done.stdout.split()) == {"said", "registered"} | ({"thread"} if threads_end else set())


def test_an_interrupted_command_that_waits_for_ever_ends_all_the_same() -> None:
    program = """
import os, signal, threading
from study.system import signals
signals.GRACE_SECONDS = 0.2
lost = threading.Lock()
lost.acquire()
with signals.interrupting():
    try:
        os.kill(os.getpid(), signal.SIGINT)
    except KeyboardInterrupt:
        lost.acquire()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stderr) == (EXIT_INTERRUPTED, f"{INTERRUPTED}\n")


def run(program: str) -> tuple[int, str, str]:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr


def test_who_never_comes_back_from_a_librarys_own_code_ends_all_the_same() -> None:
    """The main thread is in C when the signal comes, takes none, and stays there."""
    program = """
import ctypes, os, signal
from study.system import signals
signals.GRACE_SECONDS = 0.2
libc, pid = ctypes.CDLL(None), os.getpid()
command = f"exec >/dev/null 2>&1; kill -TERM {pid}; while kill -0 {pid}; do sleep 0.1; done".encode()
with signals.last_act(lambda: print("last act", flush=True)), signals.interrupting():
    signal.pthread_sigmask(signal.SIG_BLOCK, signals.ENDING)
    libc.system(command)
"""
    assert run(program) == (EXIT_INTERRUPTED, "last act\n", f"{INTERRUPTED}\n")


def test_who_is_asked_again_ends_at_once() -> None:
    program = """
import os, signal, threading
from study.system import signals
signals.AGAIN_SECONDS = 0
with signals.last_act(lambda: print("last act", flush=True)), signals.interrupting():
    try:
        os.kill(os.getpid(), signal.SIGINT)
    except KeyboardInterrupt:
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait()
"""
    assert run(program) == (EXIT_INTERRUPTED, "last act\n", f"{INTERRUPTED}\n")


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_that_comes_twice_is_one_request(number: signal.Signals) -> None:
    def command() -> None:
        try:
            os.kill(os.getpid(), number)
        finally:
            os.kill(os.getpid(), number)  # nothing is raised where things are put in order

    with pytest.raises(KeyboardInterrupt), interrupting():
        command()


def test_who_has_ended_in_time_is_left_alone() -> None:
    acts: list[str] = []
    before = signal.set_wakeup_fd(-1)
    threads = threading.active_count()
    with pytest.raises(KeyboardInterrupt), last_act(lambda: acts.append("done")), interrupting():
        os.kill(os.getpid(), signal.SIGINT)
    assert signal.set_wakeup_fd(before) == -1
    assert threading.active_count() == threads
    assert acts == []


@pytest.mark.parametrize("command", ["launch", "evaluate", "report", "report.results", "status"])
def test_a_command_that_is_interrupted_while_it_is_imported_says_so(command: str, tmp_path: Path) -> None:
    """A module of typer's name stands for a user who is quick."""
    (tmp_path / "typer.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    here = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{Path(__file__).parents[2]}"}
    done = subprocess.run(
        [sys.executable, "-m", f"study.{command}"], capture_output=True, text=True, env=here, stdin=subprocess.DEVNULL
    )
    assert (done.returncode, done.stdout, done.stderr) == (EXIT_INTERRUPTED, "", "interrupted\n")


def test_other_errors_and_other_programs_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise ValueError('odd')")
    here = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{Path(__file__).parents[2]}"}
    done = subprocess.run([sys.executable, "-m", "study.launch"], capture_output=True, text=True, env=here)
    assert done.returncode == 1
    assert done.stderr.endswith("ValueError: odd\n")
    program = "import sys, study; print(sys.excepthook is sys.__excepthook__)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


def test_beside_the_main_thread_nothing_is_set() -> None:
    """Python would refuse it: `study.run` can be called in a thread."""
    before = [signal.getsignal(each) for each in ENDING]
    found: list[bool] = []

    def work() -> None:
        with handled(signal.default_int_handler):
            found.append([signal.getsignal(each) for each in ENDING] == before)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [True]
