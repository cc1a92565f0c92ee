"""A stand-in for training: from a configuration and its seed to the objectives at every rung and at the end.

Within a family, a regression of each objective's curve on the parameters gives what is to be expected, and residuals of
measured trials are added to it: whole residual curves of all objectives, so that rungs and end belong together as they
do in a measured trial. Residuals are those of trials that the regression had not seen: they hold its own error as well
as the luck of seeds. How much of them is luck is estimated from configurations that were trained with several seeds.
That share of the variance comes from a trial that the seed draws among those near by, as some corners of a space are
noisier than others; the rest, from the nearest of all: a part of the landscape, the same for every seed.

Regressions and residuals live on scales on which no sum leaves the possible range: the logarithm of nats, the logit of
an accuracy.
"""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel
from sklearn.model_selection import KFold

from benchmarks.search.values import Curves
from study.config.parameter import Parameter
from study.config.space import SearchSpace
from study.config.trial import TrialConfig
from study.system.errors import InputError

Array = NDArray[np.float64]

EDGE = 1e-3
"""Accuracies are taken for this far from 0 and 1 at least: their logit is finite."""

SCALES: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "reconstruction": (np.log, np.exp),
    "disentanglement": (lambda accuracy: logit(np.clip(accuracy, EDGE, 1 - EDGE)), expit),
}
"""An objective's scale, there and back."""

FOLDS = 10
NEIGHBOURS = 15
"""Measured trials from which the seed draws one."""

ZERO = -0.2
"""Where 0 lies on a logarithmic axis whose range is 0 to 1: of λ₁ from 0.1 to 12, at 0.04."""


def _gaussian_process(d: int) -> GaussianProcessRegressor:
    kernel = ConstantKernel(1.0, (1e-2, 1e2)) * Matern(np.ones(d), (5e-2, 1e2), nu=1.5) + WhiteKernel(0.1, (1e-4, 1e1))
    return GaussianProcessRegressor(kernel, normalize_y=True, random_state=0)


REGRESSIONS: dict[str, Callable[[int], Any]] = {
    "mean": lambda d: DummyRegressor(),
    "Gaussian process": _gaussian_process,
    "extra trees": lambda d: ExtraTreesRegressor(100, min_samples_leaf=2, random_state=0),
}
"""What is chosen from, for an objective, by the held-out error. They are made for d parameters."""


@dataclass(frozen=True)
class FamilySurrogate:
    """`parameters` (d) are what its trials differ in; n measured trials, k numbers of images, m objectives.

    `held_out` (n, k, m) are the regressions' predictions for trials that they had not seen, on the objectives' scales,
    and `residuals` what the trials had beyond them. `luck` (k, m) is the share of the residuals' variance that comes
    with the seed.
    """

    parameters: dict[str, Parameter]
    features: Array
    held_out: Array
    residuals: Array
    luck: Array
    regressions: tuple[Any, ...]

    def predict(self, point: Array) -> Array:
        """The expected curve (k, m) at features (d,), on the objectives' scales."""
        return np.column_stack([regression.predict(point[None])[0] for regression in self.regressions])

    def deviations(self, point: Array, predicted: Array, others: bool = False) -> Array:
        """What trials at features (d,) have beyond the curve (k, m) that is predicted there: all are as likely.

        They are made of the measured trials nearest by: in features, and in predicted ends, in units of the measured
        ones' standard deviation. (`NEIGHBOURS`, k, m), or fewer; with `others`, of no trial that is at this very point.
        """
        away = np.linalg.norm(self.features - point, axis=1)
        ends = self.held_out[:, -1]
        spread = np.maximum((ends + self.residuals[:, -1]).std(axis=0), np.finfo(float).tiny)
        near = np.argsort(away + np.linalg.norm((ends - predicted[-1]) / spread, axis=1), kind="stable")
        if others:
            near = near[away[near] > 0]
        lot = self.residuals[near[1 : 1 + NEIGHBOURS]]
        deviations: Array = np.sqrt(1 - self.luck) * self.residuals[near[0]] + np.sqrt(self.luck) * lot
        return deviations


@dataclass(frozen=True)
class Surrogate:
    """`chosen` names each objective's regression, `errors` their held-out errors: see `held_out_errors`."""

    images: tuple[int, ...]
    objectives: tuple[str, ...]
    families: dict[str, FamilySurrogate]
    chosen: dict[str, str]
    errors: dict[str, dict[str, float]]

    def curve(self, config: TrialConfig) -> Array:
        """What a trial of this configuration and seed has after each of `images`: (k, m). The same each time."""
        predicted, deviations = self._at(config)
        return self.back(predicted + np.random.default_rng(config.seed).choice(deviations))

    def expected(self, config: TrialConfig) -> Array:
        """The mean (k, m) over all that `curve` can give for this configuration."""
        predicted, deviations = self._at(config)
        mean: Array = self.back(predicted + deviations).mean(axis=0)
        return mean

    def back(self, scaled: Array) -> Array:
        """Values (…, m) from the objectives' scales."""
        return np.stack([SCALES[name][1](scaled[..., j]) for j, name in enumerate(self.objectives)], axis=-1)

    def _at(self, config: TrialConfig) -> tuple[Array, Array]:
        """The predicted curve of a configuration, and what its trials can have beyond it."""
        family = self.families[config.family]
        point = features(config.settings(), family.parameters)
        predicted = family.predict(point)
        return predicted, family.deviations(point, predicted)


def fit(curves: Curves, space: SearchSpace) -> Surrogate:
    """The surrogate of measured trials. Parameters are numbers, and depend on the family alone.

    `InputError` for a family with fewer than `FOLDS` trials, or an objective without a scale.
    """
    objectives = tuple(objective.name for objective in space.objectives)
    if unknown := set(objectives) - SCALES.keys():
        raise InputError(f"--space: the surrogate has no scale for {', '.join(sorted(unknown))}")
    scaled = np.stack([SCALES[name][0](curves.values[..., j]) for j, name in enumerate(objectives)], axis=-1)
    parts: dict[str, tuple[dict[str, Parameter], Array, Array]] = {}
    for family in space.families():
        places = curves.of_family(family)
        if len(places) < FOLDS:
            raise InputError(f"--values: needed are {FOLDS} complete trials of {family}; received {len(places)}")
        parameters = family_parameters(space, family)
        points = np.array([features(curves.configs[place].settings(), parameters) for place in places])
        parts[family] = parameters, points, scaled[places]
    predicted = {
        name: {family: _held_out(name, points, targets) for family, (_, points, targets) in parts.items()}
        for name in REGRESSIONS
    }
    errors = {name: _errors(predicted[name], parts, objectives) for name in REGRESSIONS}
    chosen = {objective: min(REGRESSIONS, key=lambda name: errors[name][objective]) for objective in objectives}
    held_out = {
        family: np.stack([predicted[chosen[o]][family][..., j] for j, o in enumerate(objectives)], axis=-1)
        for family in parts
    }
    luck = _luck(held_out, parts)
    families = {}
    for family, (parameters, points, targets) in parts.items():
        regressions = tuple(_fitted(chosen[o], points, targets[..., j]) for j, o in enumerate(objectives))
        residuals = targets - held_out[family]
        families[family] = FamilySurrogate(parameters, points, held_out[family], residuals, luck, regressions)
    return Surrogate(curves.images, objectives, families, chosen, errors)


def family_parameters(space: SearchSpace, family: str) -> dict[str, Parameter]:
    """What is searched within a family."""
    return {
        name: parameter
        for name, parameter in space.parameters.items()
        if name != "family" and parameter.exists({"family": family})
    }


def features(settings: Mapping[str, Any], parameters: Mapping[str, Parameter]) -> Array:
    """The parameters' values (d,) from 0 to 1 over their range, logarithmically where that is searched so.

    Choices are taken for logarithmic: they are sizes.
    """
    return np.array([_coordinate(float(settings[name]), parameter) for name, parameter in parameters.items()])


def _coordinate(value: float, parameter: Parameter) -> float:
    if value == 0 and parameter.zero:
        return ZERO
    ends = [float(end) for end in parameter.ends() if end or not parameter.zero]
    low, high = min(ends), max(ends)
    if parameter.log or parameter.choices is not None:
        value, low, high = np.log([value, low, high])
    return float((value - low) / (high - low)) if high > low else 0.0


def _fitted(name: str, points: Array, targets: Array) -> Any:
    """A regression of curves (n, k) on features (n, d)."""
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):  # a length at its bound: no effect
        return REGRESSIONS[name](points.shape[1]).fit(points, targets)


def _held_out(name: str, points: Array, targets: Array) -> Array:
    """Predictions (n, k, m) for each trial by regressions on the other folds: none has seen its configuration."""
    predicted = np.empty_like(targets)
    configurations, of_trial = np.unique(points, axis=0, return_inverse=True)
    for _, fold in KFold(FOLDS, shuffle=True, random_state=0).split(configurations):
        unseen = np.isin(of_trial, fold)
        seen = ~unseen
        for j in range(targets.shape[2]):
            predicted[unseen, :, j] = _fitted(name, points[seen], targets[seen, :, j]).predict(points[unseen])
    return predicted


def _errors(
    predicted: Mapping[str, Array], parts: Mapping[str, tuple[Any, Array, Array]], objectives: tuple[str, ...]
) -> dict[str, float]:
    """Per objective the held-out squared error, as a share of the variance within families; the mean over images."""
    squared = np.concatenate([(predicted[family] - targets) ** 2 for family, (_, _, targets) in parts.items()])
    centred = np.concatenate([(targets - targets.mean(axis=0)) ** 2 for _, _, targets in parts.values()])
    shares = squared.mean(axis=0) / np.maximum(centred.mean(axis=0), np.finfo(float).tiny)
    return dict(zip(objectives, shares.mean(axis=0).tolist(), strict=True))


def _luck(held_out: Mapping[str, Array], parts: Mapping[str, tuple[Any, Array, Array]]) -> Array:
    """The share (k, m) of the residuals' variance that is within configurations, pooled over all families.

    It is of those that were trained with several seeds. All is luck where there are none.
    """
    squares, freedom, residuals = [], 0, []
    for family, (_, points, targets) in parts.items():
        for configuration in np.unique(points, axis=0):
            again = targets[(points == configuration).all(axis=1)]
            squares.append(((again - again.mean(axis=0)) ** 2).sum(axis=0))
            freedom += len(again) - 1
        residuals.append(targets - held_out[family])
    variance = np.mean(np.concatenate(residuals) ** 2, axis=0)
    if not freedom:
        return np.ones_like(variance)
    luck: Array = np.clip(np.sum(squares, axis=0) / freedom / np.maximum(variance, np.finfo(float).tiny), 0, 1)
    return luck
