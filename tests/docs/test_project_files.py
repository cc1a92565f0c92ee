"""The files that describe the project: valid, and of one version and licence."""

import subprocess
import sys
import tomllib

import pytest
import yaml

from tests.docs.blocks import ROOT, text


@pytest.fixture(scope="module")
def citation() -> dict[str, object]:
    content = yaml.safe_load(text("CITATION.cff"))
    assert isinstance(content, dict)
    return content


def test_the_citation_file_is_valid() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.citation-file-format"]
    done = subprocess.run([*command, "CITATION.cff"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_cites_the_paper(citation: dict[str, object]) -> None:
    assert "1802.03761" in str(citation["references"])


def test_version_and_licence_are_said_alike_everywhere(citation: dict[str, object]) -> None:
    project = tomllib.loads(text("pyproject.toml"))["project"]
    assert (citation["version"], citation["license"]) == (project["version"], project["license"])
    assert project["version"] in text("CHANGELOG.md")
    assert "Apache License" in text("LICENSE")
