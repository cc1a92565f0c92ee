"""What the report says of how trials were made."""

import pandas as pd

from study.records.folder import StudyFolder
from study.report.read.studies import load_studies
from study.report.sections import provenance
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
