"""One training step as one CUDA graph: a hundred kernels launched as one, so that the GPU does not wait for Python.

All that the step does on the device is captured, its noise included. Tensors that it reads must stay in place between
calls, and what differs between calls must be written there before. See PyTorch's notes on CUDA graphs.
"""

import logging
from collections.abc import Callable
from typing import final

import torch

from study.system.errors import first_line

log = logging.getLogger(__name__)

WARM_UP = 3
"""Calls that are run as they are, before the capture: libraries allocate their workspaces in the first ones."""


@final
class CapturedStep:
    """Runs `step` once a call: the first few times as it is, then, on a GPU, as a replay of its CUDA graph.

    A step that cannot be captured, because it waits for the device or branches on its values, continues to be
    run without a graph, with one line in the log. `generator` is the step's source of noise, on its device.
    """

    def __init__(self, step: Callable[[], None], generator: torch.Generator) -> None:
        self.step = step
        self.generator = generator
        self.waiting = WARM_UP
        self.capturable = generator.device.type == "cuda"
        self.graph: torch.cuda.CUDAGraph | None = None

    def __call__(self) -> None:
        if self.graph is None and self.capturable and self.waiting == 0:
            self._capture()
        if self.graph is not None:
            self.graph.replay()
        elif self.capturable:
            self._warm_up()
        else:
            self.step()

    def _warm_up(self) -> None:
        """One call on a side stream, as a capture needs."""
        self.waiting -= 1
        aside = torch.cuda.Stream(self.generator.device)
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            self.step()
        torch.cuda.current_stream().wait_stream(aside)

    def _capture(self) -> None:
        """Record the step, which does not run it."""
        graph, noise = torch.cuda.CUDAGraph(), self.generator.get_state()
        graph.register_generator_state(self.generator)
        try:
            with torch.cuda.graph(graph):
                self.step()
        except RuntimeError as error:
            reason = first_line(error)
            log.warning("the training step is run kernel by kernel; it cannot be captured in a CUDA graph: %s", reason)
            self.generator.set_state(noise)
            self.capturable = False
        else:
            self.graph = graph
