"""Space files: the shipped ones by name, others by path, and what is no space is one sentence."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from study.config.load import load_space
from study.config.space import SearchSpace
from study.system.errors import InputError
from tests.make import refused

LATENT = "latent_dim: {choices: [8, 16]}"
QUICK = "quick: {trials: 12, images: 4000, width: 40}"
FIXED = "fixed: {lambda_mmd: 400}"
OBJECTIVES = "{reconstruction: minimize, disentanglement: maximize}"


WHOLE_FILES = {
    "": "expected a mapping, received NoneType",
    "# nothing\n": "expected a mapping, received NoneType",
    "- name\n- dataset\n": "expected a mapping, received list",
    "just words": "expected a mapping, received str",
    "{}": "name: required, but missing",
    "name: [": "not valid YAML: while parsing",
    "\tname: x": "not valid YAML: while scanning",
    "a: 1\n---\nb: 2": "not valid YAML: expected a single document",
    "{[1]: 2}": "not valid YAML: while constructing a mapping",
    "name: !!python/object/apply:os.system [exit]": "not valid YAML: could not determine a constructor",
    "name: !!python/name:os.system ''": "not valid YAML: could not determine a constructor",
    "name: !!map 3": "not valid YAML: expected a mapping node",
    "name: *missing": "not valid YAML: found undefined alias",
    "name: 2024-13-45": "name: received '2024-13-45' in line 1; text that looks like a date is",
    "[" * 5000: "not valid YAML: ",
    "name: " + "9" * 5000: "not valid YAML: Exceeds the limit",
    "name: \x07": "not valid YAML: unacceptable character",
}


@pytest.mark.parametrize(("text", "sentence"), WHOLE_FILES.items(), ids=[text[:20] for text in WHOLE_FILES])
def test_files_that_are_no_space(load: Callable[[str], SearchSpace], text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=rf"mine\.yaml: {re.escape(sentence)}") as error:
        load(text)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (LATENT, "latent_dim: {choices: *b30}"),
        (LATENT, "latent_dim: *b30"),
        (FIXED, "fixed: {latent_dim: *b30}"),
        (FIXED, "fixed: {lambda_mmd: *b30}"),
        (FIXED, "fixed: *b30"),
        ("name: example", "name: *b30"),
        (OBJECTIVES, "*b30"),
        ("when: {family: beta-vae}", "when: {family: *b30}"),
        ("width: 40", "width: *b30"),
    ],
)
def test_a_bomb_of_aliases_is_a_short_sentence(
    load: Callable[[str], SearchSpace], example: str, old: str, new: str
) -> None:
    tens = (f"x{i}: &b{i} [{', '.join([f'*b{i - 1}'] * 10)}]" for i in range(1, 31))  # 10^30 words, written out
    anchors = "\n".join(["description: &b0 boom", *tens])
    with pytest.raises(InputError) as error:
        load(anchors + "\n" + example.replace(old, new))
    assert len(str(error.value)) < 1000


def test_a_list_that_holds_itself_is_a_short_sentence(load: Callable[[str], SearchSpace], example: str) -> None:
    with pytest.raises(InputError, match=r"choices\.0: needs a number, text, true or false; received") as error:
        load(example.replace("[8, 16]", "&a [*a]"))
    assert len(str(error.value)) < 1000


def test_anchors_and_merges_are_allowed(load: Callable[[str], SearchSpace], example: str) -> None:
    merged = load(
        example.replace(QUICK, "quick: &quick {trials: 12, images: 4000, width: 40}\n  big: {<<: *quick, width: 80}")
    )
    assert merged.presets["big"].settings == {"images": 4000, "width": 80}
    assert merged.presets["big"].trials == 12


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--space: no such file: .*none\.yaml"):
        load_space(str(tmp_path / "none.yaml"))
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(InputError, match=r"--space: no such file: .*folder\.yaml"):
        load_space(str(tmp_path / "folder.yaml"))
    (tmp_path / "latin.yaml").write_bytes("name: café".encode("latin-1"))
    with pytest.raises(InputError, match=r"latin\.yaml: cannot be read: 'utf-8' codec"):
        load_space(str(tmp_path / "latin.yaml"))


@pytest.mark.parametrize("name", ["digits", "", "../digits", "paper", "digits/", "search_spaces/dsprites", "\x00"])
def test_unknown_names_say_which_are_known(name: str) -> None:
    with pytest.raises(InputError, match=r"--space: received .*; allowed: .*dsprites, fading_squares.* or a \.yaml"):
        load_space(name)


@pytest.mark.parametrize("name", ["dsprite", "dSprites", "DSPRITES", "dsprites2"])
def test_a_name_that_is_close_to_one_is_answered_with_it(name: str) -> None:
    assert refused(load_space, name) == f"--space: received {name!r}; did you mean 'dsprites'?"
