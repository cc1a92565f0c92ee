"""The commands that a report names."""

from study.report.text.command import run_again, show_runs
from tests.make import plan


def test_a_study_is_run_again_by_what_it_was_given() -> None:
    made = plan(name="mine", trials=12, overrides={"width": 40}, stopping=True)
    command = "python -m study.launch --space dsprites --name mine --preset quick --trials 12"
    assert run_again(made)[0].startswith(f"{command} --sampler ")
    assert run_again(made)[0].endswith("--early-stopping --set width=40")
    unknown = made.model_copy(update={"space": made.space.model_copy(update={"name": "gone"})})
    words, (note,) = run_again(unknown)
    assert "--space YOUR_SPACE.yaml" in words
    assert note.startswith("Its search space is no longer among those that come with the package")


def test_runs_are_at_an_address_or_shown_by_a_command() -> None:
    assert show_runs("http://server:5000") == "http://server:5000"
    assert show_runs("sqlite:///a b.db") == "mlflow ui --backend-store-uri 'sqlite:///a b.db'"
