"""When a step is run as it is, when it is captured and replayed; the GPU itself is played, unless there is one."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest
import torch

from study.trial.cuda_graph import WARM_UP, CapturedStep

needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")


class Noise:
    """A generator that says that it is on a GPU."""

    device = torch.device("cuda")

    def __init__(self) -> None:
        self.state = 0

    def get_state(self) -> int:
        return self.state

    def set_state(self, state: int) -> None:
        self.state = state


class PlayedGPU:
    """Graphs that remember what was done while they were captured, and do it in a replay."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, refuses: str = "") -> None:
        self.recording: list[Callable[[], None]] | None = None
        self.registered: list[Any] = []
        played = self

        class Graph:
            def register_generator_state(self, generator: Any) -> None:
                played.registered.append(generator)

            def replay(self) -> None:
                for work in self.recorded:
                    work()

            recorded: list[Callable[[], None]]

        class Stream:
            def __init__(self, device: torch.device | None = None) -> None: ...

            def wait_stream(self, other: object) -> None: ...

        @contextmanager
        def capture(graph: Graph) -> Iterator[None]:
            self.recording = []
            yield
            graph.recorded, self.recording = self.recording, None
            if refuses:
                raise RuntimeError(refuses)

        monkeypatch.setattr(torch.cuda, "CUDAGraph", Graph)
        monkeypatch.setattr(torch.cuda, "Stream", Stream)
        monkeypatch.setattr(torch.cuda, "current_stream", Stream)
        monkeypatch.setattr(torch.cuda, "stream", lambda stream: nullcontext())
        monkeypatch.setattr(torch.cuda, "graph", capture)

    def launch(self, work: Callable[[], None]) -> None:
        if self.recording is None:
            work()
        else:
            self.recording.append(work)


class Counting:
    """A step that counts how often it was run in Python, and how often on the device."""

    def __init__(self, gpu: PlayedGPU, noise: Noise) -> None:
        self.gpu, self.noise = gpu, noise
        self.in_python = self.on_device = 0

    def __call__(self) -> None:
        self.in_python += 1
        self.noise.state += 1
        self.gpu.launch(self._work)

    def _work(self) -> None:
        self.on_device += 1


def test_a_step_is_run_warm_captured_and_from_then_on_replayed(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = Noise()
    gpu = PlayedGPU(monkeypatch)
    step = Counting(gpu, noise)
    run = CapturedStep(step, noise)  # type: ignore[arg-type]
    for call in range(1, 21):
        run()
        assert step.on_device == call
    assert step.in_python == WARM_UP + 1
    assert gpu.registered == [noise]


def test_a_step_that_cannot_be_captured_is_run_as_it_is_and_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    noise = Noise()
    gpu = PlayedGPU(monkeypatch, refuses="operation not permitted when stream is capturing\nand more")
    step = Counting(gpu, noise)
    run = CapturedStep(step, noise)  # type: ignore[arg-type]
    with caplog.at_level(logging.WARNING):
        for call in range(1, 21):
            run()
            assert step.on_device == call
            assert noise.state == call  # the noise that the attempt drew is drawn again
    assert [record.getMessage() for record in caplog.records] == [
        "the training step is run kernel by kernel; it cannot be captured in a CUDA graph: "
        "operation not permitted when stream is capturing"
    ]


def test_on_the_cpu_a_step_is_run_as_it_is() -> None:
    calls = []
    run = CapturedStep(lambda: calls.append(1), torch.Generator())
    for _ in range(10):
        run()
    assert len(calls) == 10


@needs_gpu
def test_on_a_gpu_a_replay_draws_new_noise_and_goes_on_where_it_was() -> None:
    def draws(n: int, generator: torch.Generator) -> list[float]:
        total, seen = torch.zeros((), device="cuda"), []
        run = CapturedStep(lambda: total.copy_(torch.randn((), generator=generator, device="cuda")), generator)
        for _ in range(n):
            run()
            seen.append(total.item())
        return seen

    noise = torch.Generator("cuda").manual_seed(0)
    first = draws(10, noise)
    assert len(set(first)) == 10
    state = noise.get_state()
    rest = draws(10, noise)
    noise.set_state(state)
    assert draws(10, noise) == rest
    assert draws(20, torch.Generator("cuda").manual_seed(0)) == first + rest


@needs_gpu
def test_on_a_gpu_a_step_that_reads_its_result_falls_back(caplog: pytest.LogCaptureFixture) -> None:
    total = torch.zeros((), device="cuda")

    def step() -> None:
        if total.add_(1).item() < 0:
            raise AssertionError

    run = CapturedStep(step, torch.Generator("cuda"))
    with caplog.at_level(logging.WARNING):
        for _ in range(10):
            run()
    assert total.item() == 10
    assert len(caplog.records) == 1
