"""Proposals: the point and the seed of each trial, determined by (study seed, trial number) and the trials before it.

A study that was cut proposes what an uncut one would have: the sampler is made anew, and seeded, for every value it
draws, so that nothing is remembered outside the storage.
"""

import hashlib
import itertools
import math
from collections.abc import Sequence

import numpy as np
import optuna
from optuna.trial import FrozenTrial, TrialState, create_trial

from study.config.plan import StudyPlan
from study.config.warm_start import LEARNING
from study.records.table import RUNG
from study.search.samplers import JOINT, Draws, draw_point, draws_of, make_sampler, one_thread
from study.search.storage import CONFIG

CONFIRMATION = 1 << 31
"""Added to the seeds of a confirmation's trials: those of searches, whatever their `--seed`, are below it."""


def propose(study: optuna.Study, plan: StudyPlan, learnt: Sequence[FrozenTrial] = ()) -> optuna.Trial:
    """Ask for the next trial, give it its point and its seed, and store its configuration with it.

    `learnt` are the trials of an earlier study that the plan's sampler is to know: see `study.search.warm_start`.
    """
    trials = study.get_trials(deepcopy=False)
    waiting = [trial.number for trial in trials if trial.state == TrialState.WAITING]
    if not waiting:
        planned = planned_draws(study, plan, len(trials))
        if _rehearsed(plan):
            planned = rehearse(study, plan, len(trials), planned, learnt)
        if planned:
            study.enqueue_trial(planned)
    return complete(study, plan, study.ask())


def adopt(study: optuna.Study, plan: StudyPlan, orphan: FrozenTrial) -> optuna.Trial:
    """Take up a trial that a killed driver had asked for and not told."""
    trial = optuna.trial.Trial(study, orphan._trial_id)
    return trial if CONFIG in orphan.user_attrs else complete(study, plan, trial)


def complete(study: optuna.Study, plan: StudyPlan, trial: optuna.Trial) -> optuna.Trial:
    """Draw what a trial still lacks (values already drawn come back as they are) and store its settings with it."""
    if not _rehearsed(plan) and not _repeats(plan, trial.number):
        study.sampler = make_sampler(plan.sampler, _seed(plan.seed, trial.number))
        _ = trial.relative_params  # what a sampler draws jointly it draws here, with one seed wherever a trial was cut
    point = _draw(plan, trial, trial.number)
    config = plan.trial_config(point, seed=trial_seed(plan, trial.number))
    trial.set_user_attr("config_id", config.config_id)
    trial.set_user_attr(CONFIG, config.settings())
    return trial


def rehearse(
    study: optuna.Study, plan: StudyPlan, number: int, planned: Draws, learnt: Sequence[FrozenTrial] = ()
) -> Draws:
    """The draws of trial `number`, from a study in memory that holds what its sampler is to know: what this study does,
    what was learnt before it, and what those that were stopped early had reached, see `_known`; of groups that are
    modelled separately, see `_apart`, only this trial's group.

    So that the trial, once it is in the storage, has all its draws at once: a Gaussian process takes one that has some
    for one that runs at the same time.
    """
    past = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.RUNNING)
    rehearsal = optuna.create_study(directions=study.directions)
    known, apart = [*learnt, *study.get_trials(deepcopy=False, states=past)], _apart(plan)
    if apart is not None:
        known = [trial for trial in known if apart in planned and trial.params.get(apart) == planned[apart]]
    rehearsal.add_trials([_known(plan, trial) for trial in known])
    if planned:
        rehearsal.enqueue_trial(planned)
    trial = rehearsal.ask()
    with one_thread(plan.sampler):
        _draw(plan, trial, number)
    return trial.params


def planned_draws(study: optuna.Study, plan: StudyPlan, number: int) -> Draws:
    """The settings of trial `number` before a sampler is asked: given points, grid, replicates and balance."""
    later = number - plan.listed
    if plan.sampler == "grid" and later >= 0:
        points = list(plan.space.grid())  # replicate-major: every point once, then every point again
        return dict(points[later % len(points)])
    if repeats := _repeats(plan, number):
        return dict(study.get_trials(deepcopy=False)[number - repeats].params)
    if later < 0:
        return draws_of(plan.space, plan.points[number // plan.replicates])
    if plan.space.balance is not None:
        values = plan.space.parameters[plan.space.balance].choices or ()
        return {plan.space.balance: values[(later // plan.replicates) % len(values)]}
    return {}


def trial_seed(plan: StudyPlan, number: int) -> int:
    """The seed of a trial: of its weights, batches and noise. Every trial has its own, also those of confirmations."""
    seed = _seed(plan.seed, number)
    return seed + CONFIRMATION if plan.seeds == "confirmation" else seed


def _rehearsed(plan: StudyPlan) -> bool:
    """Whether the plan's sampler uses other trials than the study's own, or all of them at once."""
    learns_apart = _apart(plan) is not None
    return learns_apart or plan.sampler == "gp" or plan.warm_start is not None or _learns_from_stopped(plan)


def _repeats(plan: StudyPlan, number: int) -> int:
    """How many trials before it a trial's configuration was tried first; 0: in this one. A grid's come in rounds."""
    return 0 if plan.sampler == "grid" and number >= plan.listed else number % plan.replicates


def _draw(plan: StudyPlan, trial: optuna.Trial, number: int) -> Draws:
    """The point of a trial, each value drawn by a sampler of its own seed."""

    def drawing(name: str) -> None:
        trial.study.sampler = make_sampler(plan.sampler, _seed(plan.seed, number, name))

    return draw_point(trial, plan.space, drawing, whole=plan.sampler in JOINT)


def _learns_from_stopped(plan: StudyPlan) -> bool:
    return plan.sampler == "tpe" and plan.stopping


def _known(plan: StudyPlan, trial: FrozenTrial) -> FrozenTrial:
    """The plan's sampler's view of a trial: its draws, without the one that separates groups, and its values, if any.

    For TPE a trial that was stopped early has those of its rung, as if it had ended there. Most trials of a study that
    stops them are such, and what TPE learns of where good ones lie it learns from all of them.
    """
    state, values = trial.state, trial.values
    if state == TrialState.PRUNED and _learns_from_stopped(plan):
        metrics = trial.user_attrs.get("metrics", {})
        reached = [metrics.get(f"{RUNG}_{objective.name}", math.nan) for objective in plan.space.objectives]
        if all(map(math.isfinite, reached)):
            state, values = TrialState.COMPLETE, reached
    drawn = {name: its for name, its in trial.distributions.items() if name != _apart(plan)}
    return create_trial(state=state, values=values, params={n: trial.params[n] for n in drawn}, distributions=drawn)


def _apart(plan: StudyPlan) -> str | None:
    """The draw by whose values trials are modelled separately, if any: what the space balances, usually the family.

    In one model of all families TPE would call no trial of a dominated family good, and leave that family's own
    parameters to chance. A Gaussian process needs trials that have the same draws, as those of one family have.
    """
    return plan.space.balance if plan.sampler in LEARNING else None


def _seed(*parts: int | str) -> int:
    """A well-mixed seed below 2^31 from a few numbers and names."""
    words = itertools.chain.from_iterable(
        [part] if isinstance(part, int) else hashlib.sha256(part.encode()).digest()[:8] for part in parts
    )
    return int(np.random.SeedSequence(list(words)).generate_state(1)[0]) >> 1
