"""What a study can name, one line each."""

from typer.testing import CliRunner

from study.config.load import available_spaces
from study.data import DATASETS
from study.metrics import METRICS, offered
from study.terminal.listing import metrics, spaces
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
