"""Passwords and tokens of storage and tracking addresses: searched for in all output and all that is left."""

import re
import string
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.records.folder import StudyFolder
from study.system.errors import InputError
from study.system.redaction import redact
from study.tracking.store import check_store
from tests.faults.bounded import World, make_world

SECRET = "hush5ecret"
"""Every part of a secret that could come through holds this."""

ADDRESSES = [
    f"postgresql://me:{SECRET}@127.0.0.1:1/db",
    f"postgresql://me:{SECRET}/{SECRET}@127.0.0.1:1/db",
    f"postgresql://me:{SECRET}@{SECRET}@127.0.0.1:1/db",
    f"postgresql://me:{quote(f'{SECRET}/@:?', safe='')}@127.0.0.1:1/db",
    f"postgresql://{SECRET}@127.0.0.1:1/db",
    f"postgresql://127.0.0.1:1/db?user=me&password={SECRET}",
    f"postgresql://127.0.0.1:1/db?user=me&sslpassword={SECRET}&sslmode=require",
    f"postgresql://127.0.0.1:1/db?pass%77ord={SECRET}",
    f"mysql+pymysql://me:{SECRET}@127.0.0.1:1/db?charset=utf8&ssl_key={SECRET}",
    f"mssql+pyodbc:///?odbc_connect=DRIVER%3DX%3BUID%3Dme%3BPWD%3D{SECRET}",
    f"postgresql://me:{SECRET}/db",
    f"postgresql://me:{SECRET} {SECRET}@127.0.0.1:1/db",
    f"https://me:{SECRET}@127.0.0.1:1/mlflow",
    f"https://{SECRET}@127.0.0.1:1/",
    f"https://127.0.0.1:1/mlflow?access_token={SECRET}&x=1",
    f"https://127.0.0.1:1/mlflow?x=1&api_key={SECRET}#{'x'}",
    f"http://me:{SECRET}/path",
    f"http://me:1{SECRET}@127.0.0.1:1",
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("text", ["{}", "received '{}'; allowed", "python -m x --storage='{}' --y", '({}) {}, "{}"'])
def test_no_address_shows_a_secret(address: str, text: str) -> None:
    if " " in address and text.startswith("("):
        pytest.skip("without quotes a space ends an address")
    shown = redact(text.replace("{}", address))
    assert SECRET not in shown
    assert "127.0.0.1" in shown or "127.0.0.1" not in address


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1:5000/#/experiments/1/runs/0a1b",
        "sqlite:////home/me/runs/mlflow.db",
        "sqlite:///x.db?timeout=30",
        "http://[::1]:5000/",
        "postgresql://host:5432/db?sslmode=require",
        "HTTPConnectionPool(host='127.0.0.1', port=1): Max retries exceeded with url: /api/2.0/mlflow/runs?a=b",
        "the loss is not finite at step 12: 3@4",
        "https://example.org/a?b=c and me@example.org",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


PASSWORDS = st.text(st.sampled_from(string.ascii_letters + string.digits + "!$%&*+-./:;=?@^_~#,"), max_size=12)


@settings(max_examples=300)
@given(before=PASSWORDS, after=PASSWORDS, scheme=st.sampled_from(["http", "postgresql+psycopg", "mysql"]))
def test_a_password_may_hold_any_character(before: str, after: str, scheme: str) -> None:
    address = f"{scheme}://me:{before}{SECRET}{after}@host:5432/db"
    assert SECRET not in redact(address)
    assert SECRET not in redact(f"OperationalError: cannot reach {address} now")
    assert SECRET not in redact(f"--storage '{address}'")


WITHOUT_DRIVER = [address.replace("postgresql", "mssql") for address in ADDRESSES if "postgresql" in address]


@pytest.mark.parametrize("address", [*ADDRESSES, *WITHOUT_DRIVER])
def test_a_refused_tracking_address_is_said_without_its_secret(address: str, tmp_path: Path) -> None:
    try:
        check_store(address, tmp_path)
    except InputError as error:
        sentence = str(error)
    else:
        assert address.startswith(("http", "postgresql"))  # and is taken
        return
    assert SECRET not in sentence


def leaks(root: Path) -> list[str]:
    """Every file below a folder that holds the secret, whatever kind of file it is."""
    secret = re.compile(SECRET.encode(), re.IGNORECASE)
    return [str(path) for path in root.rglob("*") if path.is_file() and secret.search(path.read_bytes())]


KEEPING = """
import runpy, types
from study.search import cluster
cluster.shutil = types.SimpleNamespace(rmtree=lambda path, **options: None)
runpy.run_module("study.launch", run_name="__main__")
"""
"""The launch as a module, which leaves the files of the Ray that it starts: they are removed at its end otherwise."""


def check(world: World, *arguments: str, code: int, **changed: str) -> None:
    """A launch of a tiny study; Ray's own files are searched too. (The names of its sockets may not be long.)"""
    (world.root / "work" / "keeping.py").write_text(KEEPING, encoding="utf-8")
    tiny = ("--name", "tiny", "--trials", "1", "--concurrent", "2", "--set", "steps=20", "--set", "width=8")
    with TemporaryDirectory(prefix="ray-", dir="/tmp", ignore_cleanup_errors=True) as ray:
        launch = ("--space", "fading_squares", "--output", "runs", *tiny, *arguments)
        done = world.run("keeping", *launch, RAY_TMPDIR=ray, **changed)
        assert done.returncode == code, (done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        assert SECRET not in done.stdout + done.stderr
        assert leaks(world.root) == []
        assert leaks(Path(ray)) == []
        assert any(Path(ray).rglob("*.log")) == (code == 0)


@pytest.mark.slow
@pytest.mark.parametrize(
    "address",
    [*ADDRESSES[:12:3], ADDRESSES[10]],
)
def test_a_storage_that_cannot_be_opened(tmp_path: Path, address: str) -> None:
    check(make_world(tmp_path / "world"), "--storage", address, code=2)


@pytest.mark.slow
def test_a_study_whose_tracking_server_refuses(tmp_path: Path) -> None:
    """Nobody listens at port 1. The study runs whole, and what it leaves is searched: databases, Ray's logs and all."""
    world = make_world(tmp_path / "world")
    world.output.mkdir()
    password = quote(f"{SECRET}/@", safe="")
    storage = f"sqlite:///{world.output}/trials.db?timeout=30&password={SECRET}"
    tracking = f"http://me:{password}@127.0.0.1:1/mlflow?token={SECRET}"
    check(world, "--storage", storage, "--tracking-uri", tracking, code=0)
    assert StudyFolder(world.output / "tiny").report.exists()


@pytest.mark.slow
def test_a_tracking_address_of_the_environment(tmp_path: Path) -> None:
    world = make_world(tmp_path / "world")
    check(world, code=0, MLFLOW_TRACKING_URI=f"http://me:{SECRET}@127.0.0.1:1")


@pytest.mark.slow
def test_a_study_that_is_refused_names_its_holder_without_the_secret(tmp_path: Path) -> None:
    from study.records.lock import only_one

    world = make_world(tmp_path / "world")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.orig_argv", ["python", "--storage", ADDRESSES[1], f"--tracking-uri={ADDRESSES[14]}"])
        with only_one(StudyFolder(world.output / "tiny"), "wait"):
            assert leaks(world.root) == []
            check(world, code=3)
