"""The trained models that benchmarks of metrics measure: those of a study that kept all weights.

    python -m study.launch --space benchmarks/trained_models.yaml --keep all

makes one in some fifteen minutes of two cores.
"""

from pathlib import Path

import torch

from study.config.plan import StudyPlan
from study.config.trial import TrialConfig
from study.data import load
from study.data.dataset import Dataset
from study.evaluation import Size
from study.evaluation.disentanglement import Encoded
from study.evaluation.sizes import SIZES
from study.evaluation.suite import encode
from study.models import AutoEncoder
from study.records.folder import StudyFolder
from study.records.table import TrialRecord
from study.search import storage
from study.trial.model import make_model


def trained(study: Path) -> list[tuple[TrialRecord, AutoEncoder]]:
    """The study's trials whose weights are there, in an order in which the first few are of all families."""
    folder = StudyFolder(study)
    plan = StudyPlan.load(folder.plan)
    shape = load(plan.space.dataset).images.shape
    records = storage.records(storage.load_study(plan, folder, None), folder)
    kept = [record for record in records if folder.trial(record.trial).weights.exists()]
    place = {r.trial: sum(o.config.family == r.config.family and o.trial < r.trial for o in kept) for r in kept}
    models = []
    for record in sorted(kept, key=lambda record: (place[record.trial], record.trial)):
        model = make_model(record.config, shape)
        model.load_state_dict(torch.load(folder.trial(record.trial).weights, weights_only=True))
        models.append((record, model.eval()))
    return models


@torch.inference_mode()
def encoded(model: AutoEncoder, dataset: Dataset, size: Size) -> Encoded:
    """The table of test images that the suite reads at this size."""
    table = encode(model, dataset, "test", SIZES[size], torch.device("cpu"), decoded=False)
    assert dataset.factors is not None
    assert table.factors is not None
    return Encoded(table.codes, table.factors, dataset.factors.names, "test", SIZES[size])


def label(config: TrialConfig) -> str:
    """`wae-gaussian, λ₁ 3`."""
    settings = config.settings()
    strength = f"β {settings['beta']:g}" if "beta" in settings else f"λ₁ {settings.get('lambda_1', 0):g}"
    return f"{config.family}, {strength}"
