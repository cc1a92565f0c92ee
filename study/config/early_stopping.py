"""EarlyStopping: the numbers of images at which a trial is compared with others, and the fraction that continues."""

from pydantic import BaseModel, ConfigDict, Field

from study.config.trial import TrialConfig
from study.config.values import Number, Truth, Whole
from study.pareto.ranking import TieBreak


class EarlyStopping(BaseModel):
    """Asynchronous successive halving (Li et al. 2020, "A system for massively parallel hyperparameter tuning").

    A trial is measured after `min_images`, and each time it has seen `reduction_factor` times as many, before its end:
    these are the rungs. At each, one trial in `reduction_factor` continues. `tie_break` orders the trials of one front.
    If `stop` is false, trials are measured at the rungs, and stopped only with `--early-stopping`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    min_images: Whole = Field(ge=1)
    reduction_factor: Number = Field(default=3.0, gt=1, le=100)
    tie_break: TieBreak = "epsilon-net"
    stop: Truth = True

    def rungs(self, total_images: int) -> tuple[int, ...]:
        """The rungs below `total_images`, in images; empty if training is no longer than the first rung."""
        found: list[int] = []
        images = float(self.min_images)
        while round(images) < total_images:
            if not found or round(images) > found[-1]:
                found.append(round(images))
            images *= self.reduction_factor
        return tuple(found)

    def steps(self, config: TrialConfig) -> dict[int, int]:
        """Rungs by step: the first step after which the trial has seen that many images.

        If two rungs fall into one batch, the later one counts. The last step is no rung: a finished trial is not
        stopped.
        """
        at = {-(-images // config.batch_size): images for images in self.rungs(config.total_images)}
        return {step: images for step, images in at.items() if step < config.total_steps}
