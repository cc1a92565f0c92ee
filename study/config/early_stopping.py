"""EarlyStopping: at which numbers of images seen a trial is compared with others, and how many of them go on."""

from pydantic import BaseModel, ConfigDict, Field

from study.config.trial import TrialConfig
from study.config.values import Number, Truth, Whole
from study.pareto.ranking import TieBreak


class EarlyStopping(BaseModel):
    """Asynchronous successive halving (Li et al. 2020, "A system for massively parallel hyperparameter tuning").

    A trial is measured after `min_images`, and each time it has seen `reduction_factor` times as many, before its end:
    these are the rungs. At each, one in `reduction_factor` goes on. `tie_break` orders those of one front. Where `stop`
    is false, trials are measured at the rungs, and stopped only if the command line says so.
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
        """After which step a trial is at which rung: the first one by which it has seen that many images.

        Of two rungs within one batch the later one. The last step is none: a trial that has finished is not stopped.
        """
        at = {-(-images // config.batch_size): images for images in self.rungs(config.total_images)}
        return {step: images for step, images in at.items() if step < config.total_steps}
