"""The Inception features against the network run by hand, with random weights: the true ones are rare."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import interpolate

from study.errors import InputError
from study.metrics.inception import CACHED_NAME, VARIABLE, Inception, available
from study.torchvision_import import import_torchvision


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, nn.Module]:
    """A file of random weights in pytorch-fid's format, and the whole network that they are from."""
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
    path = tmp_path_factory.mktemp("weights") / "random.pth"
    torch.save(made[0].state_dict(), path)
    return path, made[0].eval()


def test_grey_and_colour(network: tuple[Path, nn.Module]) -> None:
    """Resized to 299, scaled to [-1, 1], grey as three equal channels; features are what the last layer would get."""
    path, whole = network
    whole.fc = nn.Identity()
    rgb = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        resized = interpolate(rgb, size=(299, 299), mode="bilinear", align_corners=False)
        expected = whole(2 * resized - 1).numpy()
    features = Inception(path)
    np.testing.assert_allclose(features.features(rgb), expected, rtol=1e-4, atol=1e-5)
    assert expected.shape == (2, 2048)
    assert expected.std() > 0

    grey = rgb[:, :1]
    np.testing.assert_array_equal(features.features(grey), features.features(grey.repeat(1, 3, 1, 1)))
    with pytest.raises(ValueError, match=r"received shape \(2, 2, 64, 64\)"):
        features.features(rgb[:, :2])


def test_nothing_is_downloaded(network: tuple[Path, nn.Module], monkeypatch: pytest.MonkeyPatch) -> None:
    from pytorch_fid import inception

    def download(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(inception, "load_state_dict_from_url", download)
    Inception(network[0])
    assert inception.load_state_dict_from_url is download


@pytest.mark.parametrize("content", [b"", b"not a file of weights", {"a": torch.zeros(3)}, [1, 2]])
def test_another_file(content: object, tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        torch.save(content, path)
    with pytest.raises(
        InputError, match=r"weights\.pth: not the weights of pytorch-fid's Inception network: \S"
    ) as error:
        Inception(path)
    assert "\n" not in str(error.value)


def test_where_the_weights_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    assert available() is None

    cached = tmp_path / "checkpoints" / CACHED_NAME
    cached.parent.mkdir()
    cached.touch()
    assert available() == cached

    named = tmp_path / "mine.pth"
    monkeypatch.setenv(VARIABLE, str(named))
    with pytest.raises(InputError, match=r"mine\.pth"):
        available()
    named.touch()
    assert available() == named
