"""Commits of folders, from a repository that is made here."""

import subprocess
from pathlib import Path

from study.system import git


def run(folder: Path, *arguments: str) -> None:
    named = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.org"]
    subprocess.run(["git", *named, *arguments], cwd=folder, check=True, capture_output=True)


def test_the_commit_of_a_folder_and_whether_files_differ_from_it(tmp_path: Path) -> None:
    assert (git.commit_of(tmp_path), git.repository_of(tmp_path)) == ("", None)
    run(tmp_path, "init")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner/one.py").write_text("1")
    run(tmp_path, "add", ".")
    run(tmp_path, "commit", "--message", "one")
    commit = git.commit_of(tmp_path / "inner")
    assert len(commit) == 12
    assert git.repository_of(tmp_path / "inner") == tmp_path.resolve()
    (tmp_path / "inner/one.py").write_text("2")
    assert git.commit_of(tmp_path / "inner") == f"{commit}-dirty"
