"""Failed trials, tried again: Optuna itself changes nothing of a trial that has ended."""

from dataclasses import fields

from optuna.storages._rdb.models import TrialModel, TrialUserAttributeModel
from optuna.trial import TrialState
from sqlalchemy import delete, update

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.records.outcome import Outcome
from study.search.storage import failed, load_study, one_sentence, opened
from study.system.errors import InputError


def reopen(url: str, plan: StudyPlan, folder: StudyFolder) -> list[int]:
    """Make the failed trials of the study interrupted ones, which the next launch resumes: their numbers.

    Each keeps its number, its configuration, its checkpoint and the traceback of its failure. To be called before the
    study is opened, since Optuna remembers ended trials.
    """
    try:
        study = load_study(plan, folder, url)
    except InputError:  # none is there; what else is wrong is said when it is opened
        return []
    trials = failed(study)
    outcome = [each.name for each in fields(Outcome)]
    with one_sentence(), opened(url) as engine, engine.begin() as connection:
        for trial in trials:
            of_trial = TrialUserAttributeModel.trial_id == trial._trial_id
            connection.execute(
                delete(TrialUserAttributeModel).where(of_trial, TrialUserAttributeModel.key.in_(outcome))
            )
            ended = update(TrialModel).where(
                TrialModel.trial_id == trial._trial_id, TrialModel.state == TrialState.FAIL
            )
            connection.execute(ended.values(state=TrialState.RUNNING, datetime_complete=None))
            folder.trial(trial.number).outcome.unlink(missing_ok=True)
    return [trial.number for trial in trials]
