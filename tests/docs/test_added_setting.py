"""A family with settings of its own, added as the tour says: every part of the code uses what is declared."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.make import config

ROOT = Path(__file__).parents[2]

FIELDS = """
    lambda_tc: Number | None = Field(default=None, ge=0)
    groups: Whole | None = Field(default=None, ge=1)
    sharpness: Number | None = Field(default=None, gt=0)
    sorted_codes: Truth | None = None
"""

DEFAULTS = (
    '"lambda_tc": 2.5,\n            "groups": 4,\n            "sharpness": 1.5,\n            "sorted_codes": False,'
)

SPACE = """
name: added
dataset: dsprites
objectives: {reconstruction: minimize, disentanglement: maximize}
parameters:
  family: {choices: [beta-vae, info-vae]}
  beta: {low: 1, high: 50, log: true}
  lambda_tc: {low: 0.1, high: 10, log: true, when: {family: info-vae}}
  groups: {low: 2, high: 9, integer: true, when: {family: info-vae}}
  sharpness: {low: 1, high: 3, when: {family: info-vae}}
  sorted_codes: {choices: [true, false], when: {family: info-vae}}
fixed: {latent_dim: 4, batch_size: 100}
sampler: random
presets: {quick: {trials: 40, images: 1000, width: 8}}
"""

SEEN = """
import dataclasses, json, sys
from pathlib import Path
import numpy as np
import study.report.drawing
from study.models import FAMILIES
from study.config.load import load_space
from study.config.plan import make_plan
from study.config.trial import TrialConfig
from study.records.folder import StudyFolder
from study.records.table import TrialRecord, read_records, write_records
from study.report.analysis.analysis import analyse
from study.report.analysis.slices import scales
from study.report.drawing.style import Look, marker
from study.report.read.studies import load_studies
from study.search import proposals, storage
from study.trial.model import make_loss

place = Path(sys.argv[1])
space, _ = load_space(str(place / "space.yaml"))
plan = make_plan(space, "space.yaml", name="added", preset="quick", seed=0)
folder = StudyFolder(place / "added")
plan.save(folder.plan)
study = storage.open_study(plan, folder, storage.default_url(folder))
records, rng = [], np.random.default_rng(0)
for number in range(plan.trials):
    proposals.propose(study, plan)
    config = storage.trial_config(study.trials[number])
    values = {"reconstruction": 90 + 9 * rng.random(), "disentanglement": float(rng.random())}
    both = {**values, **{f"validation_{name}": value for name, value in values.items()}}
    records.append(TrialRecord(trial=number, config=config, state="complete", metrics=both))
write_records(records, folder.records)
analysis = analyse(load_studies([folder.path]))
table = read_records(folder.records)
base = {"dataset": "dsprites", "seed": 0, "images": 1000, "latent_dim": 8}
old = TrialConfig(**base, family="wae-gaussian")
new = TrialConfig(**base, family="info-vae", beta=1)
loss = make_loss(new)
print(json.dumps({
    "old": [old.config_id, old.settings()],
    "new": new.settings(),
    "ids": len({TrialConfig(**base, family="info-vae", beta=1, lambda_tc=each).config_id for each in (1, 2, 3)}),
    "kinds": {name: parameter.integer for name, parameter in space.parameters.items()},
    "drawn": [record.config.settings() for record in records],
    "dtypes": {name: table[name].dtype.kind for name in ("lambda_tc", "groups", "sharpness")},
    "scales": {name: dataclasses.asdict(scale) for name, scale in scales(analysis).items()},
    "loss": type(loss).__name__,
    "looks": [[Look().colour(name), marker(name)] for name in FAMILIES],
}))
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a copy of the code, with the family and its settings added, makes of a study of it."""
    place = tmp_path_factory.mktemp("added")
    for folder in ("models", "study", "search_spaces"):
        shutil.copytree(ROOT / folder, place / folder, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "examples/info_vae.py", place / "models")
    subprocess.run(["git", "apply", str(ROOT / "examples/info_vae.patch")], cwd=place, check=True)
    _replace(place / "study/config/families.py", '- {"prior"} | {"beta"}', _own('- {"prior"} | {"beta"'))
    _replace(place / "study/config/trial.py", "\n    batch_size: Whole", f"{FIELDS}\n    batch_size: Whole")
    _replace(place / "study/config/trial.py", '"lambda_gan": 10.0,', f'"lambda_gan": 10.0,{DEFAULTS}')
    (place / "space.yaml").write_text(SPACE, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", SEEN, str(place)],
        cwd=place,
        env=os.environ | {"PYTHONPATH": str(place)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _own(beginning: str) -> str:
    return beginning + ', "lambda_tc", "groups", "sharpness", "sorted_codes"}'


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (path, old)
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_family_has_its_settings_and_others_stay_as_they_were(seen: dict[str, Any]) -> None:
    assert seen["old"] == [config().config_id, config().settings()]
    own = {name: seen["new"][name] for name in ("lambda_tc", "groups", "sharpness", "sorted_codes")}
    assert own == {"lambda_tc": 2.5, "groups": 4, "sharpness": 1.5, "sorted_codes": False}
    assert seen["ids"] == 3
    assert seen["loss"] == "InfoVAE"


def test_it_is_searched_by_what_its_annotation_says(seen: dict[str, Any]) -> None:
    assert [name for name, integer in seen["kinds"].items() if integer] == ["groups"]
    drawn = [settings for settings in seen["drawn"] if settings["family"] == "info-vae"]
    assert len(drawn) > 10
    for settings in drawn:
        assert 0.1 <= settings["lambda_tc"] <= 10
        assert settings["groups"] in range(2, 10)
        assert 1 <= settings["sharpness"] <= 3
    assert {settings["sorted_codes"] for settings in drawn} == {True, False}
    others = [settings for settings in seen["drawn"] if settings["family"] == "beta-vae"]
    assert not any({"lambda_tc", "groups", "sharpness", "sorted_codes"} & settings.keys() for settings in others)


def test_it_is_read_and_drawn_as_the_number_that_it_is(seen: dict[str, Any]) -> None:
    assert seen["dtypes"] == {"lambda_tc": "f", "groups": "f", "sharpness": "f"}
    scales = seen["scales"]
    assert scales["lambda_tc"] == {"low": 0.1, "high": 10.0, "log": True, "zero": None, "choices": []}
    assert scales["groups"] == {"low": 2.0, "high": 9.0, "log": False, "zero": None, "choices": []}
    assert scales["sharpness"] == {"low": 1.0, "high": 3.0, "log": False, "zero": None, "choices": []}
    assert sorted(scales["sorted_codes"]["choices"]) == ["False", "True"]


def test_it_has_a_colour_and_a_marker_of_its_own(seen: dict[str, Any]) -> None:
    colours, markers = zip(*seen["looks"], strict=True)
    assert len(set(colours)) == len(set(markers)) == len(seen["looks"])
