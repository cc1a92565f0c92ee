"""What `make venv` installs with: pip's settings, as uv's variables."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from deploy import install

ALWAYS = {"UV_INDEX_STRATEGY": "unsafe-best-match"}


@pytest.mark.parametrize(
    ("listed", "settings"),
    [
        ("", {}),
        ("global.timeout='60'\nlist.cert='/a'", {}),
        ("global.cert='/a'\ninstall.cert='/b'", {"cert": "/b"}),
        (":env:.cert='/c'\nglobal.cert='/a'\ninstall.cert='/b'", {"cert": "/c"}),
        ("global.index-url='https://a/?x=1'", {"index-url": "https://a/?x=1"}),
        (r"global.find-links='/a\n/b'", {"find-links": "/a\n/b"}),
    ],
)
def test_the_settings_that_count_are_read_from_pips_list(listed: str, settings: dict[str, str]) -> None:
    assert install.pip_settings(listed) == settings


@pytest.mark.parametrize(
    ("settings", "variables"),
    [
        ({}, {}),
        ({"index-url": "https://a/simple"}, {"UV_DEFAULT_INDEX": "https://a/simple"}),
        ({"extra-index-url": "https://a\nhttps://b"}, {"UV_INDEX": "https://a https://b"}),
        ({"find-links": "https://a\n/usr /nowhere"}, {"UV_FIND_LINKS": "https://a,/usr"}),
        ({"find-links": "file:///usr file:///nowhere"}, {"UV_FIND_LINKS": "file:///usr"}),
        ({"trusted-host": "a b"}, {"UV_INSECURE_HOST": "a b"}),
        ({"constraint": "a.txt b.txt", "cert": "/a.pem"}, {"UV_CONSTRAINT": "a.txt b.txt", "SSL_CERT_FILE": "/a.pem"}),
    ],
)
def test_each_setting_has_its_variable(settings: dict[str, str], variables: dict[str, str]) -> None:
    assert install.uv_variables(settings) == ALWAYS | variables


@pytest.mark.skipif(find_spec("pip") is None, reason="needs pip, which `make venv` brings")
def test_pip_lists_its_files_and_the_environment(tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_text("[global]\nfind-links =\n    /one\n    /two\n[install]\nconstraint = c.txt\n")
    known = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    given = {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf"), "PIP_EXTRA_INDEX_URL": "https://a https://b"}
    listed = subprocess.run([*install.PIP, "config", "list"], env=known | given, capture_output=True, text=True)
    settings = install.pip_settings(listed.stdout)
    assert settings["find-links"].split() == ["/one", "/two"]
    assert settings["constraint"] == "c.txt"
    assert settings["extra-index-url"] == "https://a https://b"


class Recorder:
    """Stands for `subprocess.run`: notes each command, and gives `codes` in turn."""

    def __init__(self, *codes: int) -> None:
        self.codes = iter(codes)
        self.calls: list[tuple[list[str], dict[str, str]]] = []

    def __call__(self, command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        environment = options.get("env") or {}
        assert isinstance(environment, dict)
        self.calls.append((command, environment))
        return subprocess.CompletedProcess(command, next(self.codes), "global.constraint='/c'\nglobal.cert='/d'")


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "not compiled"])
def test_uv_gets_all_constraints_and_variables_of_the_user_win(compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", compiled)
    run = Recorder(0, 0, 0)
    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(os, "environ", {"SSL_CERT_FILE": "/mine"})
    assert install.install_with_uv(["--constraint", "ours", "thing"])
    command, environment = run.calls[-1]
    constraints = ["--constraint=/c", "--constraint", "ours"]
    assert command == [*install.UV, "install", "--python", sys.executable, *constraints, "thing"]
    assert environment == ALWAYS | ({"UV_COMPILE_BYTECODE": "1"} if compiled else {}) | {"SSL_CERT_FILE": "/mine"}


@pytest.mark.parametrize("codes", [(1,), (0, 0, 2)], ids=["no uv", "uv fails"])
def test_it_is_said_where_uv_does_not_install(codes: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", Recorder(*codes))
    assert not install.install_with_uv(["thing"])
