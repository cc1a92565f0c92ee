"""Plugins: what they provide stands beside ours, what they declare is known without them, and what is wrong is said."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from study.config import plugins
from study.config.families import FAMILIES, FURTHER, PALETTE, appearance, families_with
from study.config.load import load_space
from study.config.networks import NETWORKS
from study.config.plan import StudyPlan, make_plan
from study.config.trial import TrialConfig, numbers, setting_names, whole_numbers
from study.data import DATASETS, load
from study.metrics import METRICS
from study.records.table import is_numeric
from tests.made_plugins import RINGS, forgotten, write
from tests.make import config, refused

ROOT = Path(__file__).parents[2]

SPACE = """\
name: own
plugins: [./mine.py]
dataset: ramps
objectives: {reconstruction: minimize, code_spread: maximize}
parameters:
  family: {choices: [beta-vae, own-vae]}
  beta: {low: 1, high: 8, log: true}
  groups: {low: 1, high: 64, integer: true, when: {family: own-vae}}
  shape: {choices: [round, square], when: {family: own-vae}}
fixed: {latent_dim: 2, width: 4, batch_size: 10}
presets: {quick: {trials: 2, steps: 3}}
"""


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    before = [dict(entries) for entries in (FAMILIES, NETWORKS, DATASETS, METRICS)]
    paths = list(sys.path)
    with forgotten("mine", "other"):
        yield
    sys.path[:] = paths
    assert before == [dict(entries) for entries in (FAMILIES, NETWORKS, DATASETS, METRICS)]


def plan_of(folder: Path, text: str = SPACE, **more: Any) -> StudyPlan:
    path = folder / "own.yaml"
    path.write_text(text, encoding="utf-8")
    space, name = load_space(str(path))
    return make_plan(space, str(path), **{"name": name, "preset": "quick", "seed": 0, **more})


def own(**settings: Any) -> TrialConfig:
    return config(**{"family": "own-vae", "dataset": "ramps", **settings})


def test_what_it_provides_is_used_like_ours(tmp_path: Path) -> None:
    others = config(family="beta-vae", beta=4).config_id
    plugins.load_plugin(str(write(tmp_path)))
    made = own()
    assert [made[name] for name in ("network", "width", "beta", "groups", "shape")] == [
        "own-network",
        5,
        2.0,
        4,
        "round",
    ]
    assert len({own(groups=groups).config_id for groups in (1, 2, 3)}) == 3
    assert config(family="beta-vae", beta=4).config_id == others
    assert "groups" in whole_numbers()
    assert {"groups", "shape"} <= set(setting_names())
    assert "shape" not in numbers()
    assert families_with("groups") == {"own-vae"}
    assert appearance("own-vae") == FURTHER[0]
    assert "own-vae" not in PALETTE
    assert is_numeric("validation_code_spread")
    assert not is_numeric("shape")


def test_its_settings_are_searched_on_their_scale_and_its_networks_are_given(tmp_path: Path) -> None:
    write(tmp_path)
    plan = plan_of(tmp_path)
    assert plan.space.parameters["groups"].log
    assert "code_spread" in plan.space.computed
    made = plan.trial_config({"family": "own-vae", "beta": 2, "groups": 8, "shape": "square"}, seed=1)
    assert (made["network"], made["width"], made["groups"]) == ("own-network", 4, 8)


def test_a_plan_is_the_same_without_the_plugin(tmp_path: Path) -> None:
    """Another process, in which the plugin would raise, reads the plan, types and directions."""
    write(tmp_path)
    plan_of(tmp_path).save(tmp_path / "study.yaml")
    (tmp_path / "mine.py").write_text("raise SystemExit('was run')", encoding="utf-8")
    code = """
from pathlib import Path
from study.config.plan import StudyPlan
from study.config.trial import whole_numbers
from study.metrics import METRICS
plan = StudyPlan.load(Path("study.yaml"))
made = plan.trial_config({"family": "own-vae", "beta": 2, "groups": 8, "shape": "square"}, seed=1)
print(made.config_id, "groups" in whole_numbers(), METRICS["code_spread"].direction, plan.checksum)
"""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    plan = StudyPlan.load(tmp_path / "study.yaml")
    made = plan.trial_config({"family": "own-vae", "beta": 2, "groups": 8, "shape": "square"}, seed=1)
    assert done.stdout.split() == [made.config_id, "True", "maximize", plan.checksum]


def test_what_is_only_declared_says_which_plugin_it_needs(tmp_path: Path) -> None:
    from study.trial.model import make_model

    plugin = plugins.load_plugin(str(write(tmp_path)))
    plugins.forget("mine")
    plugins.declare([plugin])
    needed = f"it comes from the plugin mine ({tmp_path / 'mine.py'}), which is not loaded"
    assert refused(make_model, own(), (1, 8, 8)) == needed
    assert refused(DATASETS["ramps"].load, None) == needed
    assert refused(plugins.check_loaded, [plugin]).startswith("the study needs its plugin mine; name it with --plugin ")
    plugins.load_plugin(str(tmp_path / "mine.py"))
    plugins.declare([plugin])
    assert make_model(own(), (1, 8, 8)).latent_dim == 8
    plugins.check_loaded([plugin])


def test_a_study_is_not_another_one_if_its_plugin_has_moved_and_is_if_it_has_changed(tmp_path: Path) -> None:
    write(tmp_path)
    plan = plan_of(tmp_path)
    moved = plan.model_copy(
        update={"plugins": tuple(each.model_copy(update={"reference": "x/mine.py"}) for each in plan.plugins)}
    )
    assert plan.difference(moved) is None
    assert plan.checksum == moved.checksum
    write(tmp_path, RINGS + "\n# changed")
    changed = plan_of(tmp_path)
    said = plan.difference(changed)
    assert said is not None
    assert said.startswith("plugin mine: the study was started with mine ")
    assert plan.checksum != changed.checksum
    assert refused(plugins.check_loaded, plan.plugins).startswith("plugin mine: the study was started with")


def test_a_file_that_has_changed_is_run_again(tmp_path: Path) -> None:
    path = write(tmp_path)
    plugins.load_plugin(str(path))
    write(tmp_path, RINGS.replace("Setting(int, 4", "Setting(int, 6").replace("own-network", "other-network"))
    plugins.load_plugin(str(path))
    assert own()["groups"] == 6
    assert "own-network" not in NETWORKS


def test_what_was_there_stays_if_a_changed_file_cannot_be_used(tmp_path: Path) -> None:
    path = write(tmp_path)
    plugins.load_plugin(str(path))
    write(tmp_path, "1 / 0")
    assert refused(plugins.load_plugin, str(path)).endswith(
        "mine.py: cannot be imported: ZeroDivisionError: division by zero"
    )
    assert own()["groups"] == 4


def family(settings: str) -> str:
    return f"from study.plugins import *\nFAMILIES = {{'own-vae': Family(print, print, {settings})}}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import nowhere", "cannot be imported: ModuleNotFoundError: No module named 'nowhere'"),
        ("raise SystemExit(3)", "cannot be imported: SystemExit: 3"),
        ("def f(:", "cannot be imported: SyntaxError: "),
        ("FAMILIES = {}", "expected at least one of FAMILIES, NETWORKS, DATASETS, METRICS; they are missing or empty"),
        ("FAMILIES = []", "FAMILIES needs to be a dict; received []"),
        ("FAMILIES = {'x': 3}", "FAMILIES must be a dict from names to Family; received 'x': 3"),
        ("METRICS = {3: 3}", "METRICS must be a dict from names to Metric; received 3: 3"),
        (
            RINGS.replace('"own-vae"', '"vae"'),
            "FAMILIES: 'vae' is already a name of this project; choose another name",
        ),
        (RINGS.replace('"own-vae"', '"own/vae"'), "FAMILIES: received 'own/vae'; allowed: letters, digits"),
        (RINGS.replace('"code_spread"', '"code spread"'), "received 'code spread'; a setting or metric has letters"),
        (RINGS.replace('"code_spread"', '"full_spread"'), "received 'full_spread'; a setting or metric has letters"),
        (family("{'beta': Setting(int, 1)}"), "own-vae: beta is of type float already; received int"),
        (
            family("{'seed': Setting(int, 1)}"),
            "own-vae: seed already has another meaning; choose another name for the setting",
        ),
        (
            family("{'mig': Setting(int, 1)}"),
            "own-vae: mig already has another meaning; choose another name for the setting",
        ),
        (family("{'a b': Setting(int, 1)}"), "own-vae: received 'a b'; a setting or metric has letters"),
        (family("{'x': 3}"), "own-vae: settings must be a dict from names to Setting; received 'x': 3"),
        (family("{3: Setting(int, 1)}"), "own-vae: settings must be a dict from names to Setting; received 3: "),
        (family("['x']"), "own-vae: settings must be a dict from names to Setting; received ['x']"),
        (family("{'_x': Setting(int, 1)}"), "own-vae: received '_x'; a setting or metric has letters"),
        (
            family("{'copy': Setting(int, 1)}"),
            "own-vae: copy already has another meaning; choose another name for the setting",
        ),
        (RINGS.replace('frozenset({"grey"})', "None"), "ramps: offers must be a frozenset of texts; received None"),
        (RINGS.replace(", of_codes=spread", ""), "code_spread needs its function, of_codes or of_model"),
        (RINGS.replace('"maximize"', '"up"'), "direction: allowed: 'minimize' or 'maximize'; received 'up'"),
        (
            RINGS.replace('"code_spread"', '"groups"'),
            "groups already has another meaning; choose another name for the metric",
        ),
        (
            RINGS.replace('"code_spread"', '"beta"'),
            "beta already has another meaning; choose another name for the metric",
        ),
        (
            RINGS.replace('"width": Setting(int, 5, low=1)', '"groups": Setting(float, 5)'),
            "own-network: groups is of type int already; received float",
        ),
    ],
)
def test_a_plugin_that_cannot_be_used_is_one_sentence(text: str, expected: str, tmp_path: Path) -> None:
    path = write(tmp_path, text)
    before = [dict(entries) for entries in (FAMILIES, NETWORKS, DATASETS, METRICS)]
    assert refused(plugins.load_plugin, str(path)).startswith(f"plugin {path}: {expected}")
    assert before == [dict(entries) for entries in (FAMILIES, NETWORKS, DATASETS, METRICS)]


def test_columns_of_the_records_are_no_names_of_settings_or_metrics() -> None:
    from study.records.table import TrialRecord
    from study.trial.provenance import provenance

    made = config(dataset="fading_squares")
    origin = provenance(made, load("fading_squares"), "cpu") | {"scored_again": "", "plugins": ""}
    columns = TrialRecord(0, made, "complete", provenance=origin).row().keys()
    assert not columns - plugins.TAKEN - made.settings().keys()


def test_two_plugins_are_not_called_the_same_and_do_not_provide_the_same(tmp_path: Path) -> None:
    plugins.load_plugin(str(write(tmp_path)))
    again = write(tmp_path / "elsewhere")
    assert (
        refused(plugins.load_plugin, str(again))
        == f"plugin {again}: another plugin has the name 'mine' too; rename one of them"
    )
    other = write(tmp_path, name="other")
    assert refused(plugins.load_plugin, str(other)) == (
        f"plugin {other}: FAMILIES: 'own-vae' is already a name of the plugin mine; choose another name"
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [("mine.py", "received 'mine.py'"), ("[3]", "received [3]"), ("{a: 1}", "received {'a': 1}")],
)
def test_a_space_lists_its_plugins(given: str, expected: str, tmp_path: Path) -> None:
    text = SPACE.replace("[./mine.py]", given)
    said = refused(plan_of, tmp_path, text)
    assert said == f"{tmp_path / 'own.yaml'}: plugins: needs a list of files and modules; {expected}"


def test_another_process_loads_what_the_first_has_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On another machine the file is not there: Ray has put a copy into a folder that Python looks in."""
    from dataclasses import asdict

    path = write(tmp_path / "first")
    (source,) = plugins.sources([plugins.load_plugin(str(path))])
    plugins.forget("mine")
    plugins.load_source(asdict(source))
    plugins.load_source(asdict(source))
    assert own()["groups"] == 4
    plugins.forget("mine")
    path.rename(write(tmp_path / "sent"))
    monkeypatch.syspath_prepend(str(tmp_path / "sent"))
    plugins.load_source(asdict(source))
    assert own()["groups"] == 4
    plugins.forget("mine")
    write(tmp_path / "sent", RINGS + "# another\n")
    assert refused(plugins.load_source, asdict(source)) == (
        "plugin mine: its code on this machine differs from the code with which the study was started"
    )


def test_a_trial_is_trained_and_scored_with_all_that_a_plugin_provides(tmp_path: Path) -> None:
    from study.records.folder import TrialFolder
    from study.trial.run import run_trial

    plugins.load_plugin(str(write(tmp_path)))
    torch.manual_seed(0)
    outcome = run_trial(
        own(latent_dim=2, images=None, steps=3, batch_size=10), TrialFolder(tmp_path / "trial"), metrics=["code_spread"]
    )
    assert outcome.state == "complete"
    assert outcome.metrics["code_spread"] > 0
    assert outcome.provenance["plugins"].startswith("mine ")
