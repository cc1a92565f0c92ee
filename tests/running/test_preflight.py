"""What is checked before the first trial: modules that stand in front of ours, and what the environment names."""

from pathlib import Path

import pytest

from study.config.load import load_space
from study.config.plan import StudyPlan, make_plan
from study.data.cache import cache_folder
from study.running import preflight
from study.system.errors import Halted, InputError


def plan(space: str = "fading_squares", **more: object) -> StudyPlan:
    loaded, name = load_space(space)
    if more:
        loaded = loaded.model_validate({**loaded.model_dump(mode="json", exclude_defaults=True), **more})
    return make_plan(loaded, space, name=name, preset="quick", seed=0)


@pytest.mark.parametrize("name", ["study.py", "study/__init__.py"])
def test_a_module_in_front_of_ours_is_named(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tmp_path / name
    made.parent.mkdir(exist_ok=True)
    made.write_text("")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=f"^{made}: trials would import it instead of this project's own package"):
        preflight.check_process()


@pytest.mark.parametrize("name", ["study/notes.py", "models/__init__.py", "models.py", "search_spaces/__init__.py"])
def test_modules_that_are_in_front_of_nothing_are_left_alone(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder `study` without `__init__.py` is no package that Python would take before ours."""
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("")
    monkeypatch.chdir(tmp_path)
    preflight.check_process()


def test_a_checkout_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(preflight.__file__).parents[1])
    preflight.check_process()


def test_without_docstrings_nothing_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "__doc__", None)
    with pytest.raises(Halted, match="-OO or PYTHONOPTIMIZE=2"):
        preflight.check_surroundings(plan())


@pytest.mark.parametrize("name", preflight.REFUSED)
def test_variables_that_ray_refuses_are_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "/tmp")
    with pytest.raises(Halted, match=f"where the environment sets {name}"):
        preflight.check_surroundings(plan())


def test_weights_that_the_environment_names_need_to_be_some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    variable = "WAE_STUDY_INCEPTION_WEIGHTS"
    monkeypatch.setenv(variable, str(tmp_path / "none.pth"))
    with pytest.raises(InputError, match=f"{variable}: a file with pytorch-fid's Inception weights is needed"):
        preflight.check_surroundings(plan())
    (tmp_path / "none.pth").write_bytes(b"none")
    with pytest.raises(InputError, match=f"{variable}: .*not the weights of pytorch-fid's Inception network"):
        preflight.check_surroundings(plan())
    monkeypatch.delenv(variable)
    preflight.check_surroundings(plan())


def test_fid_as_an_objective_needs_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAE_STUDY_INCEPTION_WEIGHTS", raising=False)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    wanted = plan(objectives={"fid": "minimize", "reconstruction": "minimize"}, reference={})
    with pytest.raises(InputError, match=r"objectives\.fid: no Inception weights on this machine"):
        preflight.check_surroundings(wanted)


def test_without_a_home_nothing_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nowhere)
    with pytest.raises(InputError, match="this user has no home directory, and MLflow needs one; set HOME"):
        preflight.check_process()


def test_where_there_is_no_home_the_cache_needs_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    for name in ("WAE_STUDY_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", nowhere)
    with pytest.raises(InputError, match="there is no home directory; set WAE_STUDY_CACHE"):
        cache_folder()
    monkeypatch.setenv("WAE_STUDY_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
