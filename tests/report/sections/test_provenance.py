"""What the report says of how trials were made."""

import pandas as pd

from study.config.plugins import Plugin
from study.records.folder import StudyFolder
from study.report.read.studies import load_studies
from study.report.sections import provenance
from study.report.sections.provenance import run_again, show_runs
from tests.make import plan
from tests.report.made import edited


def test_facts_that_differ_are_summed_up_and_metrics_are_no_facts(study: StudyFolder) -> None:
    def described(records: pd.DataFrame) -> pd.DataFrame:
        long = [f"{trial % 2} {'many words of a set-up ' * 4}" for trial in records["trial"]]
        each = [f"setup {trial}" for trial in records["trial"]]
        return records.assign(long_setup=long, own_setup=each, endless="x" * 5000, full_disentanglement=0.5)

    edited(study, described)
    facts = dict(provenance.of(load_studies([study.path])[0]).facts)
    assert facts["long setup"] == "2 different"
    assert facts["own setup"] == "12 different"
    assert facts["endless"] == "x" * provenance.LONGEST_VALUE + "…"
    assert facts["frechet factors setup"].startswith("10,000 samples")
    assert not {"full disentanglement", "full mig", "mig", "reconstruction floor"} & set(facts)
    assert not [name for name in facts if "standard error" in name or name.startswith("validation")]


def test_a_study_is_run_again_by_what_it_was_given() -> None:
    made = plan(name="mine", trials=12, overrides={"width": 40}, stopping=True)
    command = "python -m study.launch --space dsprites --name mine --preset quick --trials 12"
    assert run_again(made)[0].startswith(f"{command} --sampler ")
    assert run_again(made)[0].endswith("--early-stopping --set width=40")
    unknown = made.model_copy(update={"space": made.space.model_copy(update={"name": "gone"})})
    words, (note,) = run_again(unknown)
    assert "--space YOUR_SPACE.yaml" in words
    assert note.startswith("Its search space is not among those that come with the package")


def test_runs_are_at_an_address_or_shown_by_a_command() -> None:
    assert show_runs("http://server:5000") == "http://server:5000"
    assert show_runs("sqlite:///a b.db") == "mlflow ui --backend-store-uri 'sqlite:///a b.db'"


def test_what_a_study_needs_beside_the_package_is_named() -> None:
    plugin = Plugin(name="mine", reference="./mine.py", sha256="abcdef0123456789", version="1.2")
    _, (note,) = run_again(plan().model_copy(update={"plugins": (plugin,)}))
    assert note == "It needs the plugin mine 1.2 abcdef012345, ./mine.py."
