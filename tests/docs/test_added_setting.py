"""A family with settings of its own in a file outside: every part of the code uses what is declared.

And how little is needed: one file outside, or one file and one entry in the package.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.docs.blocks import ROOT
from tests.make import config

SETTINGS = """SETTINGS = {
    "lambda_tc": Setting(float, 2.5, low=0),
    "groups": Setting(int, 4, low=1, high=64, log=True),
    "sharpness": Setting(float, 1.5, above=0),
    "sorted_codes": Setting(bool, False),
"""
OWN = {"lambda_tc": 2.5, "groups": 4, "sharpness": 1.5, "sorted_codes": False}

SPACE = """
name: added
plugins: [./info_vae.py]
dataset: dsprites
objectives: {reconstruction: minimize, disentanglement: maximize}
parameters:
  family: {choices: [beta-vae, info-vae]}
  beta: {low: 1, high: 50, log: true, when: {family: beta-vae}}
  lambda_tc: {low: 0.1, high: 10, log: true, when: {family: info-vae}}
  groups: {low: 2, high: 32, integer: true, when: {family: info-vae}}
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
import study, study.report.drawing
from study.config.families import FAMILIES
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
from study.system.errors import InputError
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
refused = {}
for name, value in json.loads(sys.argv[2]):
    try:
        TrialConfig(**base, family="info-vae", **{name: value})
    except ValueError as error:
        refused[f"{name}={value}"] = name in str(error)
print(json.dumps({
    "old": [old.config_id, old.settings()],
    "new": TrialConfig(**base, family="info-vae").settings(),
    "ids": len({TrialConfig(**base, family="info-vae", lambda_tc=each).config_id for each in (1, 2, 3)}),
    "refused": refused,
    "kinds": {name: parameter.integer for name, parameter in space.parameters.items()},
    "drawn": [record.config.settings() for record in records],
    "dtypes": {name: table[name].dtype.kind for name in ("lambda_tc", "groups", "sharpness", "sorted_codes")},
    "cells": sorted(set(table["sorted_codes"].dropna().map(str))),
    "scales": {name: dataclasses.asdict(scale) for name, scale in scales(analysis).items()},
    "loss": type(make_loss(TrialConfig(**base, family="info-vae"))).__name__,
    "looks": [[Look().colour(name), marker(name)] for name in FAMILIES],
}))
"""

REFUSED = [
    ("lambda_tc", -1),
    ("groups", 0),
    ("groups", 65),
    ("groups", 2.5),
    ("sharpness", 0),
    ("sorted_codes", "maybe"),
]


def run(code: str, folder: Path, root: Path, *arguments: str) -> Any:
    """What a script prints as JSON on its last line. It runs in `folder`, with the packages of `root`."""
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONSAFEPATH": "1"}
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the code makes of a study of a plugin: the family of the examples with four settings more."""
    place = tmp_path_factory.mktemp("added")
    text = (ROOT / "examples/info_vae.py").read_text(encoding="utf-8")
    (place / "info_vae.py").write_text(_replaced(text, "SETTINGS = {\n", SETTINGS), encoding="utf-8")
    (place / "space.yaml").write_text(SPACE, encoding="utf-8")
    found: dict[str, Any] = run(SEEN, place, ROOT, str(place), json.dumps(REFUSED))
    return found


def _replaced(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


def test_a_family_has_its_settings_and_others_stay_as_they_were(seen: dict[str, Any]) -> None:
    assert seen["old"] == [config().config_id, config().settings()]
    assert {name: seen["new"][name] for name in OWN} == OWN
    assert seen["ids"] == 3
    assert seen["loss"] == "InfoVAE"


def test_values_that_its_settings_do_not_take_are_refused_by_name(seen: dict[str, Any]) -> None:
    assert seen["refused"] == {f"{name}={value}": True for name, value in REFUSED}


def test_it_is_searched_by_what_its_settings_say(seen: dict[str, Any]) -> None:
    assert [name for name, integer in seen["kinds"].items() if integer] == ["groups"]
    drawn = [settings for settings in seen["drawn"] if settings["family"] == "info-vae"]
    assert len(drawn) > 10
    for settings in drawn:
        assert 0.1 <= settings["lambda_tc"] <= 10
        assert settings["groups"] in range(2, 33)
        assert 1 <= settings["sharpness"] <= 3
    assert {settings["sorted_codes"] for settings in drawn} == {True, False}
    others = [settings for settings in seen["drawn"] if settings["family"] == "beta-vae"]
    assert others
    assert not any(OWN.keys() & settings.keys() for settings in others)


def test_it_is_read_and_drawn_as_the_number_that_it_is(seen: dict[str, Any]) -> None:
    """On a logarithmic scale where it was searched so, by the space's word or by the setting's own."""
    assert seen["dtypes"] == {"lambda_tc": "f", "groups": "f", "sharpness": "f", "sorted_codes": "O"}
    assert seen["cells"] == ["False", "True"]
    scales = seen["scales"]
    assert scales["lambda_tc"] == {"low": 0.1, "high": 10.0, "log": True, "zero": None, "choices": []}
    assert scales["groups"] == {"low": 2.0, "high": 32.0, "log": True, "zero": None, "choices": []}
    assert scales["sharpness"] == {"low": 1.0, "high": 3.0, "log": False, "zero": None, "choices": []}
    assert sorted(scales["sorted_codes"]["choices"]) == ["False", "True"]


def test_it_has_a_colour_and_a_marker_of_its_own(seen: dict[str, Any]) -> None:
    colours, markers = zip(*seen["looks"], strict=True)
    assert len(set(colours)) == len(set(markers)) == len(seen["looks"])


# How many files an addition takes

OUTSIDE = """
import json
from study.config.families import FAMILIES
from study.config.plugins import load_plugin
from study.data import DATASETS
from study.metrics import METRICS
for name in ("rings.py", "info_vae.py", "total_correlation.py"):
    load_plugin(name)
print(json.dumps(["rings" in DATASETS, "info-vae" in FAMILIES, "total_correlation" in METRICS]))
"""

INSIDE = """
import json
import numpy as np
from study.config.trial import TrialConfig
from study.data import load
from study.metrics import METRICS
from study.trial.model import make_loss
made = TrialConfig(dataset="rings", family="info-vae", seed=0, steps=1, latent_dim=2, alpha=0.5)
correlated = METRICS["total_correlation"].of_codes(np.random.default_rng(0).standard_normal((50, 2)))
print(json.dumps([len(load("rings").images), type(make_loss(made)).__module__, made["matching"], correlated < 0.1]))
"""

FAMILY = """    "info-vae": Family(
        "study.models:Gaussian.of",
        "study.models.info_vae:InfoVAE.of",
        {
            **OF_VAE,
            "alpha": Setting(float, 0.0, low=0, high=1),
            "matching": Setting(float, 500.0, low=1, log=True),
            "kernel": OF_MMD["kernel"],
            "kernel_bandwidth": OF_MMD["kernel_bandwidth"],
        },
    ),
    "vae": Family("""

METRIC = """    "total_correlation": Metric("minimize", "nats", "of codes", of_codes=total_correlation),
    "factor_vae": """

SCORE = "from study.metrics.splits import Score\n"

ENTRIES = {
    "study/data/__init__.py": {
        "mpi3d, shapes3d": "mpi3d, rings, shapes3d",
        '    "celeba": ': '    "rings": rings.DATASETS["rings"],\n    "celeba": ',
    },
    "study/config/families.py": {'    "vae": Family(': FAMILY},
    "study/metrics/__init__.py": {
        SCORE: f"{SCORE}from study.metrics.total_correlation import total_correlation\n",
        '    "factor_vae": ': METRIC,
    },
}
"""Changes of the package's files: an entry each, with the import that it needs."""

FILES = {
    "study/data/rings.py": ("rings", "from study.plugins import", "from study.data.dataset import", None),
    "models/info_vae.py": ("info_vae", "from study.plugins import Family, Setting\n", "", "\nSETTINGS = "),
    "study/metrics/total_correlation.py": (
        *("total_correlation", "from study.plugins import Metric\n", "", "\nDESCRIPTION = "),
    ),
}
"""What is put into the package: a file of the examples, with other imports, up to what only a plugin needs."""


def test_outside_a_dataset_a_family_and_a_metric_take_one_file_each(tmp_path: Path) -> None:
    for name in ("rings", "info_vae", "total_correlation"):
        shutil.copy(ROOT / "examples" / f"{name}.py", tmp_path)
    assert run(OUTSIDE, tmp_path, ROOT) == [True, True, True]


def test_in_the_package_they_take_one_file_and_one_entry_each(tmp_path: Path) -> None:
    for folder in ("models", "study", "search_spaces"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, tmp_path / folder, symlinks=True, ignore=ignored)
    for path, (example, old, new, end) in FILES.items():
        text = _replaced((ROOT / "examples" / f"{example}.py").read_text(encoding="utf-8"), old, new)
        (tmp_path / path).write_text(text.partition(end)[0] if end else text, encoding="utf-8")
    for path, entries in ENTRIES.items():
        text = (ROOT / path).read_text(encoding="utf-8")
        for old, new in entries.items():
            text = _replaced(text, old, new)
        (tmp_path / path).write_text(text, encoding="utf-8")
    here = {path.relative_to(ROOT): path.read_bytes() for path in _modules(ROOT)}
    there = {path.relative_to(tmp_path): path.read_bytes() for path in _modules(tmp_path)}
    assert len(there.keys() - here.keys()) == 3
    assert len([path for path in here if there[path] != here[path]]) == 3
    assert run(INSIDE, tmp_path, tmp_path) == [4000, "study.models.info_vae", 500.0, True]


def _modules(root: Path) -> list[Path]:
    return [path for folder in ("models", "study") for path in (root / folder).rglob("*.py")]
