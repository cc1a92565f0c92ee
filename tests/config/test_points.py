"""Points that a study is to try first: what is a point of a space, and how files list them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.config.plan import StudyPlan
from study.config.points import check_points, read_points
from study.config.space import SearchSpace
from study.config.yaml_text import read_yaml, write_yaml
from study.system.errors import InputError
from tests.config.conftest import SPACE
from tests.make import plan

NAMES = ("family", "latent_dim", "lambda_1", "beta")
THE_SPACE = SearchSpace.model_validate(read_yaml(SPACE))


def refused(space: SearchSpace, *points: Any, **changed: Any) -> str:
    with pytest.raises(InputError) as error:
        plan(space, points=points, **changed)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 300
    return str(error.value)


def test_points_stand_in_the_order_of_the_space_as_its_values(space: SearchSpace) -> None:
    given = ({"latent_dim": 8.0, "lambda_1": 3, "family": "wae-gaussian"}, {"latent_dim": 16})
    (first, second) = plan(space, points=given).points
    assert list(first.items()) == [("family", "wae-gaussian"), ("latent_dim", 8), ("lambda_1", 3.0)]
    assert isinstance(first["latent_dim"], int)
    assert second == {"latent_dim": 16}


@pytest.mark.parametrize(
    ("point", "sentence"),
    [
        ({"width": 3}, "'width' is not a searched parameter; allowed: family, latent_dim, lambda_1, beta"),
        ({3: 3}, "3 is not a searched parameter; allowed: family, latent_dim, lambda_1, beta"),
        ({"latent_dim": 9}, "latent_dim: received 9; allowed: 8, 16"),
        ({"latent_dim": "8"}, "latent_dim: received '8'; allowed: 8, 16"),
        ({"latent_dim": None}, "latent_dim: received None; allowed: 8, 16"),
        ({"latent_dim": [8]}, "latent_dim: received [8]; allowed: 8, 16"),
        ({"family": "vae"}, "family: received 'vae'; allowed: beta-vae, wae-gaussian"),
        ({"family": "beta-vae", "beta": 0}, "beta: received 0; allowed: 1 to 100"),
        ({"family": "beta-vae", "beta": True}, "beta: received True; allowed: 1 to 100"),
        ({"family": "beta-vae", "beta": float("nan")}, "beta: received nan; allowed: 1 to 100"),
        ({"family": "beta-vae", "beta": float("inf")}, "beta: received inf; allowed: 1 to 100"),
        ({"family": "wae-gaussian", "lambda_1": 0.05}, "lambda_1: received 0.05; allowed: 0.1 to 12, and 0"),
        (
            {"family": "beta-vae", "lambda_1": 1},
            "lambda_1: exists only where family is wae-gaussian; here family is 'beta-vae'",
        ),
        ({"lambda_1": 1}, "lambda_1: exists only where family is wae-gaussian; here family is not given"),
        ({}, "needs a value of at least one parameter; received none"),
        (8, "needs a mapping; received 8"),
        (None, "needs a mapping; received None"),
    ],
)
def test_what_is_no_point_is_one_sentence(space: SearchSpace, point: Any, sentence: str) -> None:
    assert refused(space, {"latent_dim": 8}, point) == f"--enqueue: point 2 of 2: {sentence}"


def test_a_parameter_that_is_set_is_none_of_a_point(space: SearchSpace) -> None:
    said = refused(space, {"latent_dim": 8, "family": "beta-vae"}, overrides={"family": "beta-vae"})
    assert said == "--enqueue: point 1 of 1: 'family' is not a searched parameter; allowed: latent_dim, beta"


def test_more_points_than_trials_are_refused(space: SearchSpace) -> None:
    points = [{"latent_dim": 8}] * 7
    assert plan(space, points=points, trials=7).listed == 7
    assert refused(space, *points, trials=6) == (
        "--enqueue: received 7 points; the study has 6 trials: use --trials for more"
    )


def test_points_are_no_more_than_a_study_file_can_hold(space: SearchSpace) -> None:
    said = refused(space, *[{"latent_dim": 8}] * 9000, trials=9000)
    assert said.startswith("--enqueue: 9,000 points are ")
    assert said.endswith(" bytes of YAML; at most 131,072 can be")


def test_a_study_file_with_points_comes_back(space: SearchSpace, tmp_path: Path) -> None:
    points = [{"family": "wae-gaussian", "lambda_1": 0}, {"latent_dim": 8}]
    whole = plan(space, points=points)
    whole.save(tmp_path / "study.yaml")
    assert StudyPlan.load(tmp_path / "study.yaml") == whole
    assert "points" not in write_yaml(plan(space).model_dump(mode="json", exclude_defaults=True))


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        ("3", "points: needs a list; received 3"),
        ("[3]", "points.0: needs a mapping; received 3"),
        ("[{latent_dim: 3}]", "points: point 1 of 1: latent_dim: received 3; allowed: 8, 16"),
    ],
)
def test_wrong_points_in_a_study_file_are_one_sentence(
    space: SearchSpace, tmp_path: Path, points: str, sentence: str
) -> None:
    path = tmp_path / "study.yaml"
    plan(space).save(path)
    path.write_text(f"{path.read_text()}points: {points}\n")
    with pytest.raises(InputError) as error:
        StudyPlan.load(path)
    assert str(error.value) == f"{path}: {sentence}; correct the file, or start a study with another name"


def test_other_points_are_another_study(space: SearchSpace) -> None:
    def difference(mine: list[Any], theirs: list[Any]) -> str | None:
        return plan(space, points=mine).difference(plan(space, points=theirs))

    eight, sixteen = {"latent_dim": 8}, {"latent_dim": 16}
    assert difference([eight], [{"latent_dim": 8.0}]) is None
    assert difference([], [eight]) == "--enqueue was no points, received 1"
    assert difference([eight, eight], [eight]) == "--enqueue was 2 points, received 1"
    assert difference([eight, eight], [eight, sixteen]) == (
        "--enqueue: point 2 was {'latent_dim': 8}, received {'latent_dim': 16}"
    )


@pytest.mark.parametrize(
    ("points", "trials", "balanced"),
    [
        ([], 12, True),
        ([{"family": "beta-vae"}], 12, False),
        ([{"family": "beta-vae"}, {"family": "wae-gaussian"}], 12, True),
        ([{"family": "beta-vae"}, {"family": "wae-gaussian"}], 13, False),
        ([{"family": "beta-vae"}] * 2, 12, False),
        ([{"latent_dim": 8}] * 2, 12, False),
    ],
)
def test_balance_counts_the_points(space: SearchSpace, points: list[Any], trials: int, balanced: bool) -> None:
    assert plan(space, points=points, trials=trials).balanced == balanced


def test_a_grid_comes_after_the_points(load: Callable[[str], SearchSpace]) -> None:
    grid = load(
        "name: grid\ndataset: fading_squares\nobjectives: {reconstruction: minimize}\nsampler: grid\n"
        "parameters: {family: {choices: [vae, wae-gaussian]}, width: {choices: [10, 20, 30]}}\n"
        "fixed: {latent_dim: 2, steps: 5}\nreplicates: 2\npresets: {quick: {}}\n"
    )
    assert plan(grid).trials == 12
    assert plan(grid, points=[{"width": 10}]).trials == 14


@st.composite
def some_points(draw: st.DrawFn) -> list[dict[str, Any]]:
    def point() -> dict[str, Any]:
        family = draw(st.sampled_from(["beta-vae", "wae-gaussian"]))
        own = {"beta": st.floats(1, 100)} if family == "beta-vae" else {"lambda_1": st.floats(0.1, 12) | st.just(0)}
        whole = {"family": family, "latent_dim": draw(st.sampled_from([8, 16]))}
        whole |= {name: draw(values) for name, values in own.items()}
        left_out = draw(st.sampled_from(["", "latent_dim", *own]))
        return {name: value for name, value in whole.items() if name != left_out}

    return [point() for _ in range(draw(st.integers(1, 4)))]


@settings(max_examples=50)
@given(points=some_points())
def test_points_are_the_same_from_yaml_and_from_a_table(
    tmp_path_factory: pytest.TempPathFactory, points: list[dict[str, Any]]
) -> None:
    folder = tmp_path_factory.mktemp("points")
    (folder / "points.yaml").write_text(write_yaml(points))
    rows = [",".join(["done", *(str(point.get(name, "")) for name in NAMES)]) for point in points]
    (folder / "points.csv").write_text("\n".join([",".join(["state", *NAMES]), *rows]))
    expected = check_points(THE_SPACE, points)
    assert list(expected) == points
    for name in ("points.yaml", "points.csv"):
        assert check_points(THE_SPACE, read_points(folder / name, NAMES)) == expected


def test_of_a_table_only_what_is_searched_is_read(tmp_path: Path) -> None:
    """As pandas writes records: 8 as 8.0 where other cells of the column are empty, and much beside."""
    path = tmp_path / "records.csv"
    path.write_text(
        "trial,state,reason,family,latent_dim,beta,seed,width\n"
        '0,complete,"so, so",beta-vae,8.0,1e1,5,40\n'
        "1,failed,,wae-gaussian,,,6,40\n"
    )
    assert read_points(path, NAMES) == [
        {"family": "beta-vae", "latent_dim": 8.0, "beta": 10.0},
        {"family": "wae-gaussian"},
    ]
    assert read_points(path, ["latent_dim"]) == [{"latent_dim": 8.0}, {}]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("none.yaml", None, "no such file"),
        ("points.json", b"[]", "expected a .yaml or a .csv file"),
        ("points", b"[]", "expected a .yaml or a .csv file"),
        ("points.yaml", b"", "needs a list of mappings; received None"),
        ("points.yaml", b"{latent_dim: 8}", "needs a list of mappings; received {'latent_dim': 8}"),
        ("points.yaml", b"[]", "needs at least one point; received none"),
        ("points.yaml", b"[", "cannot be read: "),
        ("points.yaml", b"\xff\xfe", "cannot be read: "),
        ("points.yml", b"[" * 3000, "cannot be read: nested too deep"),
        ("points.yaml", b"-" * 300_000, "cannot be read: it has more than 262,144 bytes"),
        ("points.csv", b"", "cannot be read: none of its columns is a searched parameter; these are family, "),
        ("points.csv", b"trial,width\n0,3\n", "cannot be read: none of its columns is a searched parameter"),
        ("points.csv", b"latent_dim\n", "needs at least one point; received none"),
        ("points.csv", b'latent_dim\n"8\n', "cannot be read: unexpected end of data"),
        ("points.csv", b"latent_dim\n[\n", "cannot be read: line 2, latent_dim: "),
        ("points.csv", b"latent_dim\n8\n\n016\n", "cannot be read: line 4, latent_dim: received '016' in line 1; a "),
        ("points.csv", b"latent_dim,beta\n8,0,5\n", "cannot be read: line 2: needs 2 cells, as the header has; rec"),
        ("points.csv", b"beta,latent_dim\n1,8\n1\n", "cannot be read: line 3: needs 2 cells, as the header has; rec"),
        ("points.csv", b"latent_dim;beta\n8;0,5\n", "lambda_1, beta, and columns are separated by commas"),
        ("points.csv", b"latent_dim,beta,beta\n8,1,2\n", "cannot be read: a column for each parameter; received beta"),
        ("points.yaml", b"- {latent_dim: 8}\n- {latent_dim: 010}", "1.latent_dim: received '010' in line 2; a number"),
        ("points.csv", b"latent_dim\n" + b"8" * 200_000, "cannot be read: field larger than field limit (131072)"),
        ("x" * 300 + ".csv", None, "cannot be read: File name too long"),
    ],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_a_file_without_points_is_one_sentence(tmp_path: Path, name: str, content: bytes | None, sentence: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as error:
        read_points(path, NAMES)
    said = str(error.value)
    assert said.startswith("--enqueue: ")
    assert sentence in said
    assert "\n" not in said
    assert len(said) < 500


def test_a_decimal_comma_is_no_number(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    for cell in ("8,0", "-0,5", "1.234,5", "1,5e-3", "1 000", "1'000"):
        path.write_bytes(b'\xef\xbb\xbffamily,beta\r\nbeta-vae,"%b"\r\n' % cell.encode())
        with pytest.raises(InputError, match=r"points\.csv: .*line 2, beta: received .*decimal point") as error:
            read_points(path, NAMES)
        assert repr(cell) in str(error.value)


def test_a_folder_named_as_a_table_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        read_points(tmp_path / "folder.csv", NAMES)
