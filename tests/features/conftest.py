"""A file of random weights for the Inception network: the true ones are 91 MB that few machines have."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from study.data.faces import render
from study.features.inception import import_torchvision


@pytest.fixture(scope="session")
def random_inception(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, nn.Module]:
    """The file, in pytorch-fid's format, and the whole network that it was written from, in evaluation mode.

    Weights are drawn such that every layer keeps the size of what it is given (He et al. 2015). With PyTorch's own, the
    features would be of size 1e-8, and all comparisons with them true.
    """
    torchvision = import_torchvision()
    from pytorch_fid import inception

    made: list[nn.Module] = []

    def capture(self: nn.Module, state: object) -> None:
        made.append(self)

    with pytest.MonkeyPatch.context() as patch, torch.random.fork_rng():
        torch.manual_seed(0)
        patch.setattr(inception, "load_state_dict_from_url", lambda *_, **__: {})
        patch.setattr(torchvision.models.Inception3, "load_state_dict", capture)
        inception.fid_inception_v3()
        for layer in made[0].modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight)
    path = tmp_path_factory.mktemp("weights") / "random.pth"
    torch.save(made[0].state_dict(), path)
    return path, made[0].eval()


def squares(n: int, seed: int = 0) -> tuple[torch.Tensor, np.ndarray]:
    """Upright squares of side 16 at random positions in place of sprites: images, and their centres' (x, y)."""
    rng = np.random.default_rng(seed)
    images = torch.zeros(n, 1, 64, 64)
    centres = rng.integers(16, 49, size=(n, 2))
    for image, (x, y) in zip(images, centres, strict=True):
        image[:, y - 8 : y + 8, x - 8 : x + 8] = 1
    return images, centres


def faces(n: int, side: int = 32, free: int = 12) -> tuple[torch.Tensor, np.ndarray]:
    """Images that were not trained on, and their factors."""
    factors = np.random.default_rng(99).random((n, 12))
    factors[:, free:] = 0.5
    return torch.from_numpy(render(factors, side)) / 255, factors
