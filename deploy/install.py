"""Install into this environment with uv under pip's settings, or with pip where uv cannot be installed or fails.

The arguments are those of `pip install` and have to be known to uv too. Variables of uv (`UV_...`) that are set win.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path

PIP = [sys.executable, "-m", "pip"]
UV = [sys.executable, "-m", "uv", "pip"]

VARIABLES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "constraint": "UV_CONSTRAINT",
    "cert": "SSL_CERT_FILE",
}
"""The environment variable of uv for a setting of pip."""

SECTIONS = ("global", "install", ":env:")
"""Where pip reads settings for an installation: a later section replaces an earlier one."""

STRATEGY = {"UV_INDEX_STRATEGY": "unsafe-best-match"}
"""pip takes the best version of all indexes, uv the first index that has the package."""

COMPILE = {"UV_COMPILE_BYTECODE": "1"}
"""As pip does. Needed where Python writes no bytecode: every process would compile all that it imports."""


def pip_settings(listed: str) -> dict[str, str]:
    """The settings in force, from what `pip config list` prints: lines like `global.find-links='/wheels'`."""
    given = dict(line.split("=", 1) for line in listed.splitlines())
    keys = {name: f"{section}.{name}" for section in SECTIONS for name in VARIABLES if f"{section}.{name}" in given}
    return {name: str(ast.literal_eval(given[key])) for name, key in keys.items()}


def uv_variables(settings: dict[str, str]) -> dict[str, str]:
    """The variables that give uv these settings of pip."""
    return STRATEGY | {
        VARIABLES[name]: ",".join(filter(is_there, value.split())) if name == "find-links" else " ".join(value.split())
        for name, value in settings.items()
    }


def is_there(location: str) -> bool:
    """Whether links can be looked for there; uv fails where a folder is missing, and pip only warns."""
    path = location.removeprefix("file://")
    return "://" in path or Path(path).exists()


def install_with_uv(arguments: list[str]) -> bool:
    """Install uv, then the rest with it; whether both succeeded."""
    if subprocess.run([*PIP, "install", "--quiet", "--constraint", "constraints.txt", "uv"]).returncode:
        return False
    listed = subprocess.run([*PIP, "config", "list"], capture_output=True, text=True, check=True).stdout
    environment = uv_variables(pip_settings(listed)) | (COMPILE if sys.dont_write_bytecode else {}) | os.environ
    # an option would replace the variable, where pip takes both
    more = [f"--constraint={path}" for path in environment.pop("UV_CONSTRAINT", "").split()]
    command = [*UV, "install", "--python", sys.executable, *more, *arguments]
    return subprocess.run(command, env=environment).returncode == 0


if __name__ == "__main__":
    if not install_with_uv(sys.argv[1:]):
        print("uv failed: installing with pip, which ignores the variables of uv", file=sys.stderr)
        sys.exit(subprocess.run([*PIP, "install", *sys.argv[1:]]).returncode)
