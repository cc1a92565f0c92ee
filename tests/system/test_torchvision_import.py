"""torchvision imports beside any torch, and is left alone where it needs no help."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

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
        from study.system.torchvision_import import import_torchvision
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
        from study.system import torchvision_import
        assert torchvision_import.import_torchvision().answer == 42
        assert torchvision_import._declared == []
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
    done = run("from study.system.torchvision_import import import_torchvision; import_torchvision()", folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["imported", "imported"]


@pytest.mark.parametrize("error", ["RuntimeError('no such device')", "ImportError('broken')"])
def test_another_failure_is_not_hidden(tmp_path: Path, error: str) -> None:
    folder = stub(tmp_path, f"raise {error}")
    done = run("from study.system.torchvision_import import import_torchvision; import_torchvision()", folder)
    assert done.returncode == 1
    assert error.split("'")[1] in done.stderr.splitlines()[-1]
