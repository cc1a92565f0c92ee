"""The command that trains a network of features."""

from pathlib import Path

import pytest

from study.features.training import run_command


def test_the_commands_of_the_small_networks_have_examples(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["train", "--help"])
    with pytest.raises(SystemExit) as ended:
        run_command("train_factor_classifier", Path("weights.pt"), 10, lambda steps: None, lambda network: {})  # type: ignore[arg-type,type-var,return-value]
    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert "python -m study.features.train_factor_classifier --steps 100 --output tried.pt" in text
