"""Damaged space files through the command: a plan that is sound, or one sentence and exit code 2."""

import random
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from study.config.load import available_spaces, load_space
from study.config.plan import StudyPlan
from study.config.space import SearchSpace
from study.config.yaml_text import LARGEST_YAML
from study.launch import app
from study.running import run
from study.system.errors import InputError
from tests.faults import mutation
from tests.faults.bounded import World, each_case, limited, make_world, one_sentence, refused

SPACES = {
    name: files("study.search_spaces").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    for name in available_spaces()
}
PLAIN = SPACES["fading_squares"]


def damaged(number: int) -> bytes:
    """A space that comes with the package, damaged as a text, as values or as bytes."""
    rng = random.Random(number)
    text = SPACES[rng.choice(sorted(SPACES))]
    match rng.choice(("text", "text", "values", "values", "bytes")):
        case "text":
            return mutation.text_of(text, rng).encode("utf-8", "surrogatepass")
        case "values":
            value = mutation.value_of(yaml.safe_load(text), rng)
            return mutation.as_yaml(value).encode("utf-8", "surrogatepass")
        case _:
            return mutation.bytes_of(text.encode(), rng)


class Launch:
    """The command on a space file, stopped where it would begin to run; there the plan has to be sound."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world = world
        self.file = world.root / "work" / "mine.yaml"
        self.plans: list[StudyPlan] = []
        monkeypatch.chdir(world.root / "work")
        monkeypatch.setattr(run, "run_study", self._begin)
        monkeypatch.setattr("study.terminal.summary.print_result", lambda *_: None)

    def _begin(self, plan: StudyPlan, *_: Any) -> Any:
        self.plans.append(plan)
        return run.LaunchResult([], None, "", None, None)  # type: ignore[arg-type]  # nothing has run

    def __call__(self, content: bytes, *arguments: str) -> str:
        """`sound`, or what the sentence is about."""
        self.file.write_bytes(content)
        self.plans.clear()
        result = CliRunner().invoke(app, ["--space", "mine.yaml", "--output", "runs", *arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
        if result.exit_code == 1:  # no trial of the study is complete, for none was run
            (plan,) = self.plans
            check_plan(plan, self.world.root / "scratch" / "study.yaml")
            return "sound"
        assert result.exit_code == 2
        assert not self.plans
        said = one_sentence(result.stderr)
        assert said.startswith(("mine.yaml: ", "--preset: received 'quick'; mine.yaml has "))
        assert "Input should" not in said
        return said.split(": ")[1]


def check_plan(plan: StudyPlan, path: Path) -> None:
    """A plan that is used comes back as it was saved, and every corner of it is a trial."""
    plan.save(path)
    back = StudyPlan.load(path)
    assert back == plan
    assert plan.difference(back) is None
    for point in plan.space.extremes():
        plan.trial_config(point, seed=0)


@pytest.fixture
def launch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Launch:
    return Launch(make_world(tmp_path / "world"), monkeypatch)


def many(launch: Launch, first: int, cases: int) -> None:
    before = launch.world.outside()
    said: Counter[str] = Counter()
    each_case(cases, lambda number: said.update([launch(damaged(first + number))]))
    launch.file.unlink()
    assert launch.world.outside() == before
    assert not launch.world.output.exists()
    assert said["sound"] > cases / 50  # damage that does no harm is part of it
    assert len(said) > min(cases, 1000) / 20  # many different things are wrong
    assert said.total() == cases


def test_damaged_spaces(launch: Launch) -> None:
    many(launch, first=0, cases=80)


@pytest.mark.slow
def test_two_thousand_more(launch: Launch) -> None:
    many(launch, first=80, cases=2200)


MERGES = "\n".join(
    ["a0: &a0 {x: 1}", *(f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 10)}]}}" for i in range(1, 12))]
)
LAUGHS = "\n".join(["b0: &b0 boom", *(f"b{i}: &b{i} [{', '.join([f'*b{i - 1}'] * 10)}]" for i in range(1, 12))])
TWINS = LAUGHS + "\n" + LAUGHS.replace("b", "c").replace("coom", "boom") + "\n? *b11\n: 1\n? *c11\n: 2"
NUMBERS = ", ".join(map(str, range(2, 400)))
FAMILIES = "[wae-deterministic, wae-uniform]"

NAMED = {
    "merges of merges of merges": (f"{MERGES}\n{PLAIN}", "not valid YAML: stands for more than 50,000 values"),
    "lists of lists of lists": (f"{LAUGHS}\n{PLAIN}", "not valid YAML: stands for more than 50,000 values"),
    "two such lists as keys": (f"{TWINS}\n{PLAIN}", "not valid YAML: stands for more than 50,000 values"),
    "a setting that is such a list": (
        f"{LAUGHS}\n{PLAIN}".replace("latent_dim: 2", "network: *b11"),
        "not valid YAML: stands for more than 50,000 values",
    ),
    "keys without end": ("".join(f"k{i}: 1\n" for i in range(20_000)), "name: required, but missing"),
    "a very large file": ("# nothing\n" * (LARGEST_YAML // 10 + 1), "cannot be read: it has more than 262,144 bytes"),
    "brackets without end": ("a: " + "[" * 50_000, "not valid YAML: nested too deep"),
    "a name that leads out": (PLAIN.replace("name: fading_squares", "name: ../../x"), "name: received '../../x'; all"),
    "an absolute name": (PLAIN.replace("name: fading_squares", "name: /tmp/x"), "name: received '/tmp/x'; allowed:"),
    "a preset that leads out": (PLAIN.replace("  paper:", "  ../../x:"), "presets: received '../../x'; allowed:"),
    "half a character": (PLAIN.replace("name: fading_squares", 'name: "\\ud800"'), "not valid YAML: '\\ud800' in"),
    "half a character as a key": (PLAIN.replace("name:", '"\\ud800":'), "not valid YAML: '\\ud800' in line 1 is"),
    "a command to the terminal": (PLAIN.replace("description: W", 'description: "\\e[2J" #'), "not valid YAML: '\\x1"),
    "trials of 4000 digits": (PLAIN.replace("trials: 9,", f"trials: {'9' * 4000},"), "presets.quick.trials: needs a"),
    "steps of 300 digits": (PLAIN.replace("steps: 4_000,", "steps: 1.0e+300,"), "presets.quick gives a trial that is"),
    "a choice of 4000 digits": (PLAIN.replace("[50,", f"[{'9' * 4000},"), "parameters.batch_size.choices.0: needs"),
    "a grid of millions": (
        PLAIN.replace("sampler: tpe", "sampler: grid")
        .replace("{low: 5, high: 500, log: true,", f"{{choices: [{NUMBERS}],")
        .replace("{low: 0.25, high: 4, log: true,", f"{{choices: [{NUMBERS}],"),
        "parameters: a grid has 50,000 points at most; received ",
    ),
    "conditions on everything": (
        PLAIN.replace("[50, 100, 200, 400]", f"[{NUMBERS}]}}\n  width: {{choices: [{NUMBERS}]")
        .replace("quick: {trials: 9, steps: 4_000, width: 200}", "quick: {trials: 9, steps: 4_000}")
        .replace(", width: 1200", "")
        .replace("fixed:", "  learning_rate: {choices: [0.1, 0.2], when: {batch_size: [2], width: [2]}}\nfixed:")
        .replace(", learning_rate: 1.0e-3", ""),
        "parameters: there are ",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), NAMED.values(), ids=list(NAMED))
def test_named_cases_are_one_sentence_and_soon(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with limited(30), pytest.raises(InputError) as error:
        load_space(str(path))
    assert str(error.value).removeprefix(f"{path}: ").startswith(sentence)
    assert len(str(error.value)) < 1000


def test_a_text_that_looks_like_a_number_comes_back_as_text(tmp_path: Path) -> None:
    space = SearchSpace.model_validate(yaml.safe_load(PLAIN.replace("name: fading_squares", "name: '1e3'")))
    plan = StudyPlan(name="1e5", space=space, preset="quick", sampler="tpe", seed=0, trials=9, replicates=1)
    check_plan(plan, tmp_path / "study.yaml")


@pytest.mark.parametrize(
    "kind", ["a pipe", "a device", "a link to itself", "a link to nothing", "a folder", "too long"]
)
def test_what_is_no_file_is_not_waited_for(tmp_path: Path, kind: str) -> None:
    import os

    path = tmp_path / ("x" * 5000 + ".yaml" if kind == "too long" else "mine.yaml")
    match kind:
        case "a pipe":
            os.mkfifo(path)
        case "a device":
            path.symlink_to("/dev/zero")
        case "a link to itself":
            path.symlink_to(path)
        case "a link to nothing":
            path.symlink_to(tmp_path / "nowhere")
        case "a folder":
            path.mkdir()
    with limited(30), pytest.raises(InputError, match="--space: no such file: ") as error:
        load_space(str(path))
    assert len(str(error.value)) < 400


WHOLE = 24
"""Damaged spaces that are launched as whole processes."""


@pytest.mark.slow
def test_as_whole_processes(tmp_path: Path) -> None:
    world, number = make_world(tmp_path / "world"), 0
    file = world.root / "work" / "mine.yaml"
    for _ in range(WHOLE):
        while True:
            number += 1
            file.write_bytes(damaged(number))
            try:
                load_space(str(file))
            except InputError:
                break
        before = world.outside()
        done = world.run("study.launch", "--space", "mine.yaml", "--output", "runs")
        assert refused(done).startswith("mine.yaml: ")
        assert done.stdout == ""
        assert world.outside() == before
        assert not world.output.exists()


def test_a_tag_that_would_run_code_runs_none(tmp_path: Path) -> None:
    world = make_world(tmp_path / "world")
    marker = world.root / "work" / "marker"
    tag = f'!!python/object/apply:os.system ["touch {marker}"]'
    (world.root / "work" / "mine.yaml").write_text(PLAIN.replace("name: fading_squares", f"name: {tag}"))
    before = world.outside()
    said = refused(world.run("study.launch", "--space", "mine.yaml", "--output", "runs"))
    assert said.startswith("mine.yaml: not valid YAML: could not determine a constructor for the tag")
    assert "width" in refused(world.run("study.launch", "--space", "fading_squares", "--set", f"width={tag}"))
    assert not marker.exists()
    assert world.outside() == before
