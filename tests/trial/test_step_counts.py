"""What a training step costs, in counts that no noise touches: operators, bytes that they read and write, new memory.

A count above its bound is not wrong but wants a reason. The bounds are what was counted with the pinned PyTorch and a
tenth more; on a GPU an operator that is no view is a kernel, some microsecond each.
"""

from typing import Any

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from study.config.trial import TrialConfig
from study.data.dataset import Dataset, Images, split
from study.models import kernel_widths, mmd
from study.trial.fit import fit
from study.trial.model import make_loss, make_model

SHAPE = (1, 64, 64)


class Counts(TorchDispatchMode):
    """Operators that are no views; bytes of the tensors that go in and come out; bytes of those that are new."""

    def __init__(self) -> None:
        super().__init__()
        self.values = np.zeros(3)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        is_view = any(each.alias_info is not None and not each.alias_info.is_write for each in func._schema.returns)
        if not is_view:
            taken, given = (
                [each for each in tree_leaves(values) if isinstance(each, torch.Tensor)]
                for values in ((args, kwargs), result)
            )
            old = {each.untyped_storage().data_ptr() for each in taken}
            new = [each for each in given if each.untyped_storage().data_ptr() not in old]
            self.values += 1, sum(each.nbytes for each in taken + given), sum(each.nbytes for each in new)
        return result


def counts_of_a_step(family: str, precision: str, batch_size: int = 100) -> dict[str, float]:
    """Operators, and bytes in units of the model's weights, of one step that is not logged."""
    settings: dict[str, Any] = {"family": family, "precision": precision, "batch_size": batch_size}
    if family == "beta-vae":
        settings["beta"] = 4.0
    config = TrialConfig(dataset="dsprites", seed=0, latent_dim=16, width=400, steps=10_000, **settings)
    images = Images(np.zeros((3000, 512), np.uint8), "bits", SHAPE)
    dataset = Dataset("dsprites", images, split(3000), source="rendered", checksum="")
    model = make_model(config, SHAPE)
    progress = fit(model, make_loss(config), dataset, config, checkpoint=None, device="cpu", milestones=(2, 3, 6))
    for _ in range(2):
        next(progress)
    found = []
    for _ in ("one step", "three steps"):  # and each of them one log
        with Counts() as counts:
            next(progress)
        found.append(counts.values)
    operators, moved, new = (found[1] - found[0]) / 2
    weights = sum(weight.nbytes for weight in model.parameters())
    return {"operators": operators, "moved": moved / weights, "new": new / weights}


@pytest.mark.parametrize(
    ("family", "precision", "operators", "moved", "new"),
    [
        ("beta-vae", "bfloat16", 150, 12.2, 3.3),
        ("beta-vae", "float32", 113, 10.5, 2.1),
        ("wae-deterministic", "bfloat16", 168, 13.1, 3.5),
        ("wae-gaussian", "bfloat16", 218, 13.2, 3.5),
        ("wae-uniform", "float32", 184, 11.4, 2.3),
        ("wae-gan", "bfloat16", 187, 16.1, 4.2),
    ],
)
def test_a_step_does_no_more_than_it_did(
    family: str, precision: str, operators: float, moved: float, new: float
) -> None:
    counted = counts_of_a_step(family, precision)
    for name, bound in {"operators": operators, "moved": moved, "new": new}.items():
        assert counted[name] <= bound, f"{name}: {counted[name]:.2f}"


def test_a_larger_batch_takes_no_more_operators() -> None:
    small, large = (counts_of_a_step("wae-gaussian", "bfloat16", batch)["operators"] for batch in (20, 200))
    assert small == large


@pytest.mark.parametrize(("n", "operators"), [(100, 64), (1024, 343)])
def test_the_mmd_of_ten_kernels_takes_few_operators(n: int, operators: int) -> None:
    codes = torch.randn(n, 16, requires_grad=True)
    with Counts() as counts:
        mmd(codes, torch.randn(n, 16), kernel_widths(16).float()).backward()
    assert counts.values[0] <= operators
