"""The movement of codes while a model is trained: its mean codes of a few images at every logged step (footnote 3).

Stored in a file of the trial's own, a record a step. When an interrupted training resumes, records after its checkpoint
are removed, as in the trial's metrics file, so that no step is missing and none is there twice.
"""

from pathlib import Path
from typing import final

import numpy as np
import torch

from study.data.dataset import Dataset
from study.models import AutoEncoder, evaluating
from study.system.files import write_atomically
from study.trial.arrays import shows_a_plane

IMAGES = 100
"""Followed images, evenly spaced over the grey levels."""


@final
class Trajectory:
    """The mean codes of a model in training, in the file `path`; nothing at all where `shows_a_plane` is false."""

    def __init__(self, path: Path, model: AutoEncoder, dataset: Dataset, device: torch.device | str) -> None:
        self.path = path
        self.model = model
        self.followed = shows_a_plane(dataset, model.latent_dim)
        chosen = np.linspace(0, len(dataset.images) - 1, IMAGES).round().astype(np.int64)
        self.images = dataset.images.batch(chosen, device) if self.followed else None
        self.record = np.dtype([("step", "<i8"), ("codes", "<f4", (IMAGES, model.latent_dim))])

    @torch.no_grad()
    def append(self, step: int) -> None:
        """Add the codes as they are now, after `step` steps."""
        if self.images is not None:
            row = np.zeros(1, self.record)
            with evaluating(self.model):
                row["step"], row["codes"] = step, self.model.encode(self.images).mean.cpu().numpy()
            with self.path.open("ab") as file:
                file.write(row.tobytes())

    def truncate(self, step: int) -> None:
        """Remove records after `step`: training resumes from a checkpoint of that step."""
        if self.followed:
            rows = self._read()
            write_atomically(self.path, rows[rows["step"] <= step].tobytes())

    def arrays(self) -> dict[str, np.ndarray]:
        """`trajectory` float16 (steps, images, 2), and `trajectory_step` int64 (steps,): steps done at each."""
        if not self.followed:
            return {}
        rows = self._read()
        return {"trajectory": rows["codes"].astype(np.float16), "trajectory_step": rows["step"].copy()}

    def _read(self) -> np.ndarray:
        """All whole records; a record at the end that a crash left incomplete is skipped."""
        data = self.path.read_bytes() if self.path.exists() else b""
        return np.frombuffer(data[: len(data) - len(data) % self.record.itemsize], self.record)
