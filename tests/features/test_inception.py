"""The Inception features against the network run by hand, with random weights: the true ones are rare."""

import copy
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import interpolate

from study.features.inception import CACHED_NAME, VARIABLE, Inception, available
from study.system.errors import InputError


def test_grey_and_colour(random_inception: tuple[Path, nn.Module]) -> None:
    """Resized to 299, scaled to [-1, 1], grey as three equal channels; features are what the last layer would get."""
    path, whole = copy.deepcopy(random_inception)
    whole.fc = nn.Identity()
    rgb = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        resized = interpolate(rgb, size=(299, 299), mode="bilinear", align_corners=False)
        expected = whole(2 * resized - 1).numpy()
    features = Inception(path)
    np.testing.assert_allclose(features.features(rgb), expected, rtol=1e-4, atol=1e-5)
    assert expected.shape == (2, 2048)
    assert 0.1 < expected.std() < 10

    grey = rgb[:, :1]
    np.testing.assert_array_equal(features.features(grey), features.features(grey.repeat(1, 3, 1, 1)))
    with pytest.raises(ValueError, match=r"received shape \(2, 2, 64, 64\)"):
        features.features(rgb[:, :2])


def test_nothing_is_downloaded(random_inception: tuple[Path, nn.Module], monkeypatch: pytest.MonkeyPatch) -> None:
    from pytorch_fid import inception

    def download(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(inception, "load_state_dict_from_url", download)
    Inception(random_inception[0])
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


ROOT = Path(__file__).resolve().parents[2]


def run(code: str, *path: Path) -> subprocess.CompletedProcess[str]:
    """Run `code` in a fresh process, in which `path` comes first among the folders of modules."""
    preamble = f"import sys; sys.path[:0] = {[str(folder) for folder in (*path, ROOT)]!r}\n"
    return subprocess.run(
        [sys.executable, "-c", preamble + textwrap.dedent(code)], capture_output=True, text=True, check=False
    )


def stub(folder: Path, body: str) -> Path:
    package = folder / "torchvision"
    package.mkdir()
    (package / "__init__.py").write_text(textwrap.dedent(body))
    return folder


def test_inception_blocks_run_in_a_fresh_process() -> None:
    done = run(
        """
        import torch
        from study.features.inception import import_torchvision
        assert import_torchvision() is import_torchvision()
        from pytorch_fid import inception
        block = inception.FIDInceptionA(8, pool_features=4).eval()
        with torch.inference_mode():
            print(tuple(block(torch.rand(2, 8, 9, 9)).shape))
        """
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "(2, 228, 9, 9)"


def test_nothing_is_declared_where_torchvision_imports(tmp_path: Path) -> None:
    folder = stub(tmp_path, "answer = 42")
    done = run(
        """
        import torch
        from study.features import inception
        assert inception.import_torchvision().answer == 42
        assert inception._declared == []
        print(hasattr(torch.ops.torchvision, "nms"))
        """,
        folder,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "False"


def test_the_failing_lines_pass_on_the_second_import(tmp_path: Path) -> None:
    """A torchvision whose operators are missing, as the stub describes it: both lines that fail, in their order."""
    folder = stub(
        tmp_path,
        """
        import torch
        from . import half
        for name in ("nms", "qnms"):
            torch.library.register_fake(f"torchvision::{name}")(lambda dets, scores, iou_threshold: dets)
        """,
    )
    (folder / "torchvision" / "half.py").write_text("print('imported')")
    done = run("from study.features.inception import import_torchvision; import_torchvision()", folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["imported", "imported"]


@pytest.mark.parametrize("error", ["RuntimeError('no such device')", "ImportError('broken')"])
def test_another_failure_is_not_hidden(tmp_path: Path, error: str) -> None:
    folder = stub(tmp_path, f"raise {error}")
    done = run("from study.features.inception import import_torchvision; import_torchvision()", folder)
    assert done.returncode == 1
    assert error.split("'")[1] in done.stderr.splitlines()[-1]
