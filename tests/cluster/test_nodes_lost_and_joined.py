"""Nodes that are lost and nodes that join in the middle of a study: each trial ends once, from where it was."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from study.records.folder import StudyFolder, TrialFolder
from tests import figures
from tests.agreement import check_agreement
from tests.cluster import ray_nodes
from tests.cluster.hosts import Host
from tests.cluster.studies import TINY, launch_command, nodes_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning"),  # in MLflow's own
]

LONG = ["--set", "steps=6000", "--set", "batch_size=50", "--checkpoint-seconds", "3"]
"""Some twenty seconds of one core: longer than a node takes to start."""

PATIENCE = 1200.0
"""Seconds that anything here is waited for at most."""


@contextmanager
def launched(command: list[str], environment: dict[str, str], output: Path) -> Iterator[subprocess.Popen[bytes]]:
    with output.open("wb") as file:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(what: Callable[[], object], process: subprocess.Popen[bytes], output: Path) -> None:
    """Until it is true, while the study runs."""
    until = time.monotonic() + PATIENCE
    while not what():
        assert process.poll() is None, output.read_text()
        assert time.monotonic() < until, output.read_text()
        time.sleep(0.1)


def trial_with_checkpoint(folder: StudyFolder, node: str) -> TrialFolder | None:
    """One that now runs on this node and could go on from where it is."""
    trials = nodes_of(folder)
    here = (folder.trial(number) for number in trials if trials[number][-1] == node)
    return next((trial for trial in here if trial.checkpoint.exists()), None)


def check_it_went_on(trial: TrialFolder, step: int, since: float) -> None:
    """What was logged up to `step` is from before, the rest from after `since`; nothing is there twice."""
    lines = list(trial.read_metrics("train_loss"))
    steps = [line["step"] for line in lines]
    assert steps == sorted(set(steps))
    assert [line["step"] for line in lines if line["time"] < since] == [each for each in steps if each <= step]


def holders(trial: TrialFolder, node: ray_nodes.Node) -> list[int]:
    """The node's processes that have the trial's lock open."""
    found = []
    for pid in node.pids:
        try:
            opened = [path.readlink() for path in Path(f"/proc/{pid}/fd").iterdir()]
        except OSError:
            continue  # it has just ended, or closed a file
        found += [pid] if trial.lock in opened else []
    return found


def test_the_trials_of_a_killed_node_go_on_and_a_node_that_joins_gets_trials(tmp_path: Path) -> None:
    folder, output = StudyFolder(tmp_path / "runs" / "fading_squares"), tmp_path / "output"
    with ray_nodes.cluster() as cluster:
        cluster.start_head(1, host="127.0.0.2")
        lost = cluster.start_node(1, host="127.0.0.3")
        names = cluster.names()
        command = launch_command(tmp_path / "runs", "--address", cluster.address, "--trials", "3", *TINY, *LONG)
        with launched(command, cluster.environment, output) as process:
            wait_for(lambda: trial_with_checkpoint(folder, names["127.0.0.3"]), process, output)
            trial = trial_with_checkpoint(folder, names["127.0.0.3"])
            assert trial is not None
            lost.kill()
            killed = time.time()
            step = torch.load(trial.checkpoint, weights_only=True)["step"]
            cluster.start_node(1, host="127.0.0.4")
            assert process.wait(timeout=PATIENCE) == 0, output.read_text()
    assert "Traceback" not in output.read_text()
    check_agreement(tmp_path / "runs", "fading_squares", 3)
    check_it_went_on(trial, step, killed)
    nodes = nodes_of(folder)
    first, second = nodes[int(trial.path.name)]
    assert first == names["127.0.0.3"] != second
    joined = {node for trial_nodes in nodes.values() for node in trial_nodes} - set(names.values())
    assert len(joined) == 1
    figures.seen(f"of 3 trials, those of the node that joined: {[n for n in nodes if set(nodes[n]) & joined]}")


def test_a_host_that_is_cut_off_holds_its_trial_until_its_worker_is_gone(network: list[Host], tmp_path: Path) -> None:
    """Three hosts with their own addresses. The one that is cut off still runs, and writes to the shared files."""
    folder, output = StudyFolder(tmp_path / "runs" / "fading_squares"), tmp_path / "output"
    head, near, far = network
    with ray_nodes.cluster() as cluster:
        cluster.start_head(0, host=head.address, command=head.command)
        cluster.start_node(1, host=near.address, command=near.command)
        cut = cluster.start_node(1, host=far.address, command=far.command)
        names = cluster.names(head.command)
        command = launch_command(tmp_path / "runs", "--address", cluster.address, "--trials", "3", *TINY, *LONG)
        with launched([*head.command, *command], cluster.environment, output) as process:
            wait_for(lambda: trial_with_checkpoint(folder, names[far.address]), process, output)
            trial = trial_with_checkpoint(folder, names[far.address])
            assert trial is not None
            (worker,) = holders(trial, cut)
            far.cut_off()
            when = time.time()
            assert holders(trial, cut) == [worker]  # it knows nothing of it
            number = int(trial.path.name)

            def begun_elsewhere() -> bool:
                begun = nodes_of(folder)[number] != [names[far.address]]
                assert not (begun and holders(trial, cut)), "two processes work at one trial"
                return begun

            wait_for(begun_elsewhere, process, output)
            begun = trial.attempts.stat().st_mtime
            step = torch.load(trial.checkpoint, weights_only=True)["step"]
            assert process.wait(timeout=PATIENCE) == 0, output.read_text()
    assert "Traceback" not in output.read_text()
    check_agreement(tmp_path / "runs", "fading_squares", 3)
    check_it_went_on(trial, step, begun)
    assert nodes_of(folder)[number] == [names[far.address], names[near.address]]
    figures.seen(f"after the cut, its worker was gone and the trial went on elsewhere after {begun - when:.0f} s")
