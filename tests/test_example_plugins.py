"""The folders of `examples/plugins`: each as a user has it, far from the checkout, with the unpacked wheel.

The user's folder has its own `models` and `search_spaces`, which are not those of this project.
"""

import csv
import shutil
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT
from tests.wheel import run_python

EXAMPLES = ROOT / "examples" / "plugins"

MODELS = "LEAST_SPREAD = 1e-9\n"
IMPORT = "from models import LEAST_SPREAD\n"
"""The user's own `models/__init__.py`, and what a plugin imports from it."""

CHECK = """

import study.models
import study.search_spaces

for each in (study, study.models, study.search_spaces):
    assert each.__file__.startswith({unpacked!r})
"""
"""What is put at the end of a plugin."""

STUDIES = {
    "own_metric": ("sparsity", {"vae", "wae-gaussian"}, ["sparsity", "validation_sparsity"]),
    "qlae": ("qlae", {"beta-vae", "qlae"}, ["mean_pixel_deviation"]),
    "pythae_rae": ("rae", {"vae", "rae"}, ["frechet_pca"]),
    "photographs": ("photographs", {"vae", "wae-gaussian"}, ["sparsity"]),
    "correlated_factors": ("discs", {"beta-vae", "wae-gaussian"}, ["mig"]),
}
"""The name of each folder's study, its families, and metrics that its records have."""


def test_every_folder_is_looked_at() -> None:
    assert {path.name for path in EXAMPLES.iterdir() if list(path.glob("space.yaml"))} == set(STUDIES)


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*.py")), ids=lambda path: path.name)
def test_no_file_has_more_than_forty_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 40


@pytest.fixture
def place(unpacked: Path, tmp_path: Path) -> Path:
    """The user's folder. Plugins in it raise, wherever they are imported, unless this project is the unpacked wheel."""
    shutil.copytree(
        EXAMPLES, tmp_path / "lab", ignore=shutil.ignore_patterns("__pycache__", "photographs/*.jpg", "*.npz")
    )
    lab = tmp_path / "lab"
    (lab / "models").mkdir()
    (lab / "models" / "__init__.py").write_text(MODELS, encoding="utf-8")
    (lab / "search_spaces").mkdir()
    (lab / "search_spaces" / "dsprites.yaml").write_text("{}", encoding="utf-8")
    for name in ("qlae/qlae.py", "pythae_rae/rae.py", "own_metric/sparsity.py"):
        with (lab / name).open("a", encoding="utf-8") as file:
            file.write(CHECK.format(unpacked=str(unpacked)))
    metric = lab / "own_metric" / "sparsity.py"
    text = metric.read_text(encoding="utf-8").replace("1e-9", "LEAST_SPREAD")
    metric.write_text(text.replace("import numpy as np\n", "import numpy as np\n" + IMPORT), encoding="utf-8")
    return lab


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("folder", STUDIES)
def test_its_study_is_run_and_reported_again_without_its_files(folder: str, unpacked: Path, place: Path) -> None:
    name, families, metrics = STUDIES[folder]

    def run(*arguments: str) -> None:
        done = run_python(unpacked, place, *arguments, WAE_STUDY_CACHE=str(place.parent / "cache"))
        assert done.returncode == 0, done.stdout + done.stderr

    for script in (place / folder).glob("make_*.py"):
        run(str(script))
    run("-c", f"import study, models; assert study.__file__.startswith({str(unpacked)!r}); models.LEAST_SPREAD")
    run("-m", "study.launch", "--space", f"{folder}/space.yaml", "--trials", "2", "--set", "steps=20")
    study = place / "runs" / name
    with (study / "records.csv").open(encoding="utf-8") as file:
        records = list(csv.DictReader(file))
    assert {record["family"] for record in records} == families
    assert [record["state"] for record in records] == ["complete"] * 2
    assert all(record[metric] for record in records for metric in metrics)
    for path in [each for each in place.iterdir() if each.name != "runs"]:
        shutil.rmtree(path)
    (study / "report.html").unlink()
    run("-m", "study.report", str(study))
    assert all(family in (study / "report.html").read_text(encoding="utf-8") for family in families)
