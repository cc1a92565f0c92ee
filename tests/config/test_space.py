"""What a search space may not say: each case is one sentence with the field, what was received and what is allowed."""

import re
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from study.config.load import available_spaces, load_space
from study.config.plan import make_plan
from study.config.space import SearchSpace
from study.system.errors import InputError

LATENT = "latent_dim: {choices: [8, 16]}"
QUICK = "quick: {trials: 12, images: 4000, width: 40}"
FAMILY = "family: {choices: [beta-vae, wae-gaussian]}"
FIXED = "fixed: {lambda_mmd: 400}"
OBJECTIVES = "{reconstruction: minimize, disentanglement: maximize}"

# what is replaced, by what, and how the sentence goes on after "mine.yaml: "
WRONG = [
    # keys
    ("balance: family", "ballance: family", "ballance: unknown key"),
    ("log: true, zero", "logarithmic: true, zero", "parameters.lambda_1.logarithmic: unknown key"),
    ("dataset: dsprites\n", "", "dataset: required, but missing"),
    (QUICK, "", "presets: needs a mapping; received None"),
    (f"presets:\n  {QUICK}", "presets: {}", "presets: needs at least one entry; received {}"),
    (f"presets:\n  {QUICK}", "", "presets: required, but missing"),
    ("balance: family", "1: family", "1: a key needs to be text; received 1"),
    (LATENT, "8: {choices: [8, 16]}", "parameters: a key needs to be text; received 8"),
    ("width: 40", "7: 40", "presets.quick.7: a key needs to be text; received 7"),
    (
        "width: 40",
        "widht: 40",
        r"presets.quick: 'widht' is not a setting of a trial; did you mean 'width'",
    ),
    (FIXED, "fixed: {seed: 1}", "fixed: 'seed' is not a setting of a trial; allowed: adversary_learning_rate"),
    (LATENT, "latent: {choices: [8, 16]}", "parameters: 'latent' is not a setting of a trial; allowed: family, .*"),
    ("balance: family", "balance: family\nbalance: family", "not valid YAML: 'balance' is written twice in line 1"),
    (LATENT, f"{LATENT}\n  {LATENT}", "not valid YAML: 'latent_dim' is written twice in line 7 and after"),
    # names of things
    ("dataset: dsprites", "dataset: mnist", "dataset: received 'mnist'; allowed: dsprites, fading_squares"),
    ("dataset: dsprites", "dataset: [dsprites]", r"dataset: needs text; received \['dsprites'\]"),
    ("name: example", "name: 5", "name: needs text; received 5"),
    ("[beta-vae, wae", "[beta-vae, vqvae, wae", "parameters.family: received 'vqvae'; allowed: vae, beta-vae, wae-"),
    ("[beta-vae, wae", "[beta-vae, 3, wae", "parameters.family: received '3'; allowed: vae, beta-vae, "),
    (OBJECTIVES, "{accuracy: maximize}", "objectives: received 'accuracy'; dsprites offers dci_completeness, "),
    (OBJECTIVES, "{mean_pixel_deviation: minimize}", "objectives: received 'mean_pixel_deviation'; dsprites offers "),
    (
        OBJECTIVES,
        "{reconstruction: maximize}",
        "objectives.reconstruction: received 'maximize'; this metric is minimized",
    ),
    (OBJECTIVES, "{reconstruction: up}", "objectives.0.direction: allowed: 'minimize' or 'maximize'; received 'up'"),
    (OBJECTIVES, "{kid_standard_error: minimize}", "objectives: received 'kid_standard_error'; dsprites offers "),
    (OBJECTIVES, "{reconstruction_standard_error: minimize}", "objectives: received 'reconstruction_standard_error'; "),
    (QUICK, f"{QUICK}\nmetrics: [mig, mean_pixel_deviation]", "metrics: received 'mean_pixel_deviation'; dspr"),
    (QUICK, f"{QUICK}\nmetrics: mig", "metrics: needs a list; received 'mig'"),
    (OBJECTIVES, "{}", r"objectives: needs at least one entry; received \[\]"),
    (OBJECTIVES, "reconstruction", "objectives: needs a mapping of metrics to minimize or maximize; received 'recon"),
    (OBJECTIVES, "[reconstruction]", "objectives.0: needs a mapping; received 'reconstruction'"),
    ("{reconstruction: 180, disentanglement: 0.2}", "{fid: 3}", "reference: received fid; needs a value for each obje"),
    (
        "disentanglement: 0.2}",
        "disentanglement: .nan}",
        "reference.disentanglement: needs a finite number; received na",
    ),
    (
        QUICK,
        f"{QUICK}\nsampler: cma",
        "sampler: allowed: 'tpe', 'gp', 'nsga2', 'nsga3', 'random' or 'grid'; received 'cma'",
    ),
    (
        "balance: family",
        "sampler: gp",
        "parameters.lambda_1: the gp sampler models only what every trial has; received a condition on family, to be "
        "settled by balance: family in the space, or by --set family=…",
    ),
    (QUICK, f"{QUICK}\nreplicates: 0", "replicates: must be at least 1; received 0"),
    (QUICK, f"{QUICK}\nreplicates: true", "replicates: needs a number; received True"),
    ("balance: family", "balance: beta", "balance: received 'beta'; allowed: a parameter with choices and without a"),
    ("balance: family", "balance: width", "balance: received 'width'; allowed: a parameter with choices"),
    # ranges and choices
    ("low: 1, high: 100", "low: 100, high: 1", "parameters.beta: low must be less than high; received low=100, high=1"),
    ("low: 1, high: 100", "low: 5, high: 5", "parameters.beta: low must be less than high; received low=5, high=5"),
    ("low: 1, high: 100", "low: 0, high: 100", "parameters.beta: a logarithmic range starts above 0; received low=0"),
    ("low: 1, high: 100", "low: 1", "parameters.beta: needs choices, or both low and high"),
    ("low: 1, high: 100", "low: 1, high: .inf", "parameters.beta.high: needs a finite number; received inf"),
    ("low: 1, high: 100", "low: .nan, high: 100", "parameters.beta.low: needs a finite number; received nan"),
    ("low: 1, high: 100", "low: one, high: 100", "parameters.beta.low: needs a number; received 'one'"),
    ("low: 1, high: 100", "low: true, high: 100", "parameters.beta.low: needs a number; received True"),
    ("low: 1, high: 100", "low: [1], high: 100", r"parameters.beta.low: needs a number; received \[1\]"),
    ("low: 1, high: 100", "low: 1.5, high: 9, integer: true", "parameters.beta: an integer range has whole ends; rec"),
    ("log: true, zero", "log: 1, zero", "parameters.lambda_1.log: needs true or false; received 1"),
    ("zero: 0.1", "zero: 1", "parameters.lambda_1.zero: must be less than 1; received 1"),
    ("zero: 0.1", "zero: -0.1", "parameters.lambda_1.zero: must be at least 0; received -0.1"),
    ("low: 1, high: 100", "low: -5, high: 100", "parameters.beta: a logarithmic range starts above 0; received low=-5"),
    (
        "low: 1, high: 100, log: true",
        "low: -5, high: 9",
        "presets.quick gives .*: beta: must be at least 0; received -5",
    ),
    (LATENT, "latent_dim: {low: 2, high: 64}", "parameters: latent_dim: its values are whole numbers; a range of it n"),
    (LATENT, "latent_dim: {choices: []}", "parameters.latent_dim: choices needs at least one value; received none"),
    (LATENT, "latent_dim: {choices: 8}", "parameters.latent_dim.choices: needs a list; received 8"),
    (LATENT, "latent_dim: {choices: [8, 8]}", r"parameters.latent_dim: choices must differ; received \[8, 8\]"),
    (LATENT, "latent_dim: {choices: [1, 1.0]}", r"parameters.latent_dim: choices must differ; received \[1, 1.0\]"),
    (LATENT, "latent_dim: {choices: [8, [9]]}", r"parameters.latent_dim.choices.1: needs a number, text, .* \[9\]"),
    (LATENT, "latent_dim: {choices: [8, null]}", "parameters.latent_dim.choices.1: needs a number, text, true or"),
    (LATENT, "latent_dim: {choices: [8, .nan]}", "parameters.latent_dim.choices.1: needs a finite number; received n"),
    (LATENT, "latent_dim: {choices: [8, eight]}", "presets.quick gives .*: latent_dim: needs a number; received 'eig"),
    (LATENT, "latent_dim: {choices: [8, 8.5]}", "presets.quick gives .*: latent_dim: needs a whole number; received 8"),
    (LATENT, "latent_dim: {choices: [8, 0]}", "presets.quick gives .*: latent_dim: must be at least 1; received 0"),
    (LATENT, "latent_dim: {choices: [8, 16], log: true}", "parameters.latent_dim: choices excludes low"),
    (LATENT, "latent_dim: 8", "parameters.latent_dim: needs a mapping; received 8"),
    (LATENT, "latent_dim:", "parameters.latent_dim: needs a mapping; received None"),
    # conditions
    (
        "when: {family: beta-vae}",
        "when: {faimly: beta-vae}",
        "parameters: beta.when: 'faimly' is not a parameter of this",
    ),
    ("when: {family: beta-vae}", "when: {family: beta}", "parameters: beta.when.family: received 'beta', which 'famil"),
    ("when: {family: beta-vae}", "when: {family: vae}", "parameters: beta.when.family: received 'vae', which 'family"),
    (
        "when: {family: beta-vae}",
        f"when: {{family: {'x' * 5000}}}",
        r"parameters: beta.when.family: received 'x{25,30}\.\.\.x{25,30}', which 'family'",
    ),
    ("when: {family: beta-vae}", "when: {lambda_1: 5}", "parameters: beta.when.lambda_1: received 5, which 'lambda_1"),
    ("when: {family: beta-vae}", "when: {beta: 1}", "parameters: beta.when: 'beta' must come before 'beta', which"),
    ("when: {family: beta-vae}", "when: family", "parameters.beta.when: needs a mapping; received 'family'"),
    ("when: {family: beta-vae}", "when: {family: []}", "parameters.beta.when: never holds; received {'family': "),
    (
        "when: {family: beta-vae}",
        "when: {family: [[beta-vae]]}",
        "parameters.beta.when.family.0: needs a number, text,",
    ),
    ("when: {family: beta-vae}", "when: {lambda_1: 0, family: beta-vae}", "parameters.beta.when: never holds; recei"),
    (
        "  latent_dim",
        f"  tanh_mean: {{choices: [true], when: {{{LATENT[:10]}: 8}}}}\n  latent_dim",
        "parameters: tanh_",
    ),
    (
        ", when: {family: beta-vae}",
        "",
        "parameters.beta: wae-gaussian has no beta; add the families .* when: {family: ",
    ),
    # settings
    (FIXED, "fixed: {latent_dim: 8}", "fixed.latent_dim: it is also under parameters; remove one of the"),
    (FIXED, "fixed: [lambda_mmd]", r"fixed: needs a mapping; received \['lambda_mmd'\]"),
    (FIXED, "fixed: {lambda_mmd: -1}", "presets.quick gives .*: lambda_mmd: must be at least 0; received -1"),
    (FIXED, "fixed: {lambda_mmd: '400'}", "presets.quick gives .*: lambda_mmd: needs a number; received '400'"),
    (FIXED, "fixed: {kernel: gauss}", "presets.quick gives .*: kernel: allowed: 'imq' or 'rbf'; received 'gauss'"),
    (FIXED, "fixed: {tanh_mean: 1}", "presets.quick gives .*: tanh_mean: needs true or false; received 1"),
    (FIXED, "fixed: {learning_rate: 0}", "presets.quick gives .*: learning_rate: must be greater than 0; received 0"),
    (FIXED, "fixed: {learning_rate_schedule: 0.5}", "presets.quick gives .*: learning_rate_schedule: needs a list; re"),
    (FIXED, "fixed: {learning_rate_schedule: []}", "presets.quick gives .*: learning_rate_schedule: needs at least on"),
    (FIXED, "fixed: {learning_rate_schedule: [1, 2]}", "presets.quick .*: learning_rate_schedule holds factors in"),
    (FIXED, "fixed: {prior: round}", "presets.quick gives .*: prior: allowed: 'gaussian' or 'uniform'; received 'r"),
    (FIXED, "fixed: {kernel: [imq]}", r"presets.quick gives .*: kernel: allowed: 'imq' or 'rbf'; received \['imq"),
    ("wae-gaussian]}\n", "wae-deterministic]}\n", "parameters: lambda_1.when.family: received 'wae-gaussian', which"),
    (FAMILY, "family: {choices: [vae, wae-gaussian]}", "parameters: beta.when.family: received 'beta-vae', which 'fa"),
    ("images: 4000", "images: 4000, steps: 10", "presets.quick gives .*: the budget is either images or steps; rece"),
    (
        "images: 4000, ",
        "",
        "presets.quick gives .*: the budget is either images or steps; received images=None, steps=No",
    ),
    ("images: 4000", "images: 4e3.5", "presets.quick gives .*: images: needs a number; received '4e3.5'"),
    ("images: 4000", "images: 0", "presets.quick gives .*: images: must be at least 1; received 0"),
    ("images: 4000", "images: 4000.5", "presets.quick gives .*: images: needs a whole number; received 4000.5"),
    ("trials: 12, ", "", "presets.quick: trials is needed with sampler tpe; received none"),
    ("trials: 12", "trials: 0", "presets.quick.trials: must be at least 1; received 0"),
    ("trials: 12", "trials: twelve", "presets.quick.trials: needs a number; received 'twelve'"),
    ("trials: 12", "trials: 1.5", "presets.quick.trials: needs a whole number; received 1.5"),
    ("trials: 12", "replicates: .inf, trials: 2", "presets.quick.replicates: needs a finite number; received inf"),
    ("width: 40", "width: 40, family: vae", "presets.quick.family: it is also under parameters; remove one"),
    (QUICK, f"{QUICK}\nsampler: grid", "parameters.lambda_1: the grid sampler needs choices; received a range"),
]


@pytest.mark.parametrize(("old", "new", "sentence"), WRONG, ids=[f"{new.strip()[:40]}" for _, new, _ in WRONG])
def test_one_sentence(load: Callable[[str], SearchSpace], example: str, old: str, new: str, sentence: str) -> None:
    assert example.count(old) == 1
    with pytest.raises(InputError) as error:
        load(example.replace(old, new))
    place, said = str(error.value).split("mine.yaml: ", 1)
    assert place.startswith("/")
    assert re.match(sentence, said), said
    assert "\n" not in said
    assert "Input should" not in said


def test_the_space_itself_is_sound(load: Callable[[str], SearchSpace], example: str) -> None:
    assert load(example).families() == ("beta-vae", "wae-gaussian")


def test_numbers_as_people_write_them(load: Callable[[str], SearchSpace], example: str) -> None:
    space = load(example.replace("lambda_mmd: 400", "learning_rate: 1e-3").replace("images: 4000", "images: 4e3"))
    assert space.fixed["learning_rate"] == 0.001
    assert space.trial_config({"family": "beta-vae", "beta": 1, "latent_dim": 8}, {"images": 4e3}, 0).images == 4000


SHIPPED = {
    name: files("study.search_spaces").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    for name in available_spaces()
}
ODD = ["", "null", "-1", "0", ".nan", ".inf", "true", "[]", "{}", "[1, [2]]", "1e400", "'8'", "x" * 200, "0x1F", "1:30"]


@settings(max_examples=80, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_shipped_spaces_changed_at_random_work_or_are_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: Any
) -> None:
    text = data.draw(st.sampled_from(sorted(SHIPPED.values())))
    for _ in range(data.draw(st.integers(1, 3))):
        text = mutated(text, data)
    path = tmp_path_factory.getbasetemp() / "mutated.yaml"
    path.write_text(text, encoding="utf-8")
    try:
        space, name = load_space(str(path))
        plan = make_plan(space, str(path), name=name, preset=next(iter(space.presets)), seed=0)
        for point in space.extremes():
            plan.trial_config(point, 0)
    except InputError as error:
        sentence = str(error)
        assert "\n" not in sentence
        assert sentence.startswith(str(path))
        assert "Input should" not in sentence
        assert len(sentence) < 1000


def mutated(text: str, data: Any) -> str:
    lines = text.splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    match data.draw(st.sampled_from(["value", "value", "value", "line", "delete", "repeat", "swap", "cut"])):
        case "value":
            words = list(re.finditer(r"[^\s{}\[\],:]+", lines[at]))
            if words:
                word = data.draw(st.sampled_from(words))
                others = (
                    st.sampled_from(ODD) | st.sampled_from(re.findall(r"[^\s{}\[\],:]+", text)) | st.text(max_size=5)
                )
                lines[at] = lines[at][: word.start()] + data.draw(others) + lines[at][word.end() :]
        case "line":
            key = lines[at].split(":")[0]
            lines[at] = f"{key}: {data.draw(st.sampled_from(ODD))}"
        case "delete":
            del lines[at]
        case "repeat":
            lines.insert(data.draw(st.integers(0, len(lines))), lines[at])
        case "swap":
            other = data.draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], lines[at]
        case "cut":
            lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
    return "\n".join(lines).encode("utf-8", "replace").decode() + "\n"
