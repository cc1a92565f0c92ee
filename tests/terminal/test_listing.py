"""What a study can name, one line each."""

from typer.testing import CliRunner

from study.config.load import available_spaces
from study.config.trial import setting_names
from study.data import DATASETS
from study.metrics import METRICS, offered
from study.terminal.listing import metrics, setting_rows, settings, spaces
from tests.make import refused_command


def lines(text: str) -> list[str]:
    return [line.split()[0] for line in text.splitlines()[1:]]


def test_every_space_has_a_line() -> None:
    done = CliRunner().invoke(spaces, [])
    assert lines(done.stdout) == available_spaces()


def test_every_metric_has_a_line_and_those_of_a_dataset_can_be_chosen() -> None:
    assert lines(CliRunner().invoke(metrics, []).stdout) == list(METRICS)
    chosen = CliRunner().invoke(metrics, ["--dataset", "fading_squares"])
    assert lines(chosen.stdout) == list(offered(DATASETS["fading_squares"].offers))


def test_an_unknown_dataset_is_one_sentence() -> None:
    wrong = CliRunner().invoke(metrics, ["--dataset", "fading-squares"])
    assert refused_command(wrong) == "--dataset: received 'fading-squares'; did you mean 'fading_squares'?"


def test_every_setting_has_a_line_with_what_it_takes_and_who_has_it() -> None:
    assert lines(CliRunner().invoke(settings, []).stdout) == list(setting_names())
    rows = {name: row for name, *row in setting_rows()}
    assert rows["beta"][:4] == ["number", "needed", "from 0", "beta-vae"]
    assert rows["width"][:4] == ["whole number", "1200 or 32 or 128", "from 1 to 65536", "all"]
    assert rows["kernel"][:3] == ["text", "imq", "imq, rbf"]
    assert rows["lambda_mmd"][3] == "wae-deterministic, wae-gaussian, wae-uniform"
    assert rows["steps"][:3] == ["whole number", "either of both", "from 1"]
    assert rows["learning_rate_schedule"][:2] == ["list of numbers", "1, 0.7, 0.3, 0.1"]
    assert all(row[-1] for row in rows.values())
