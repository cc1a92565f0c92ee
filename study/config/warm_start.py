"""WarmStart: of which earlier study a sampler knew the trials before this study had any of its own."""

from pydantic import BaseModel, ConfigDict, Field

from study.config.space import SamplerName
from study.config.values import Name

LEARNING: tuple[SamplerName, ...] = ("tpe", "gp")
"""The samplers that can know trials of another study. Generations are of a study's own trials, so that NSGA-II and
NSGA-III cannot; random draws and grids know no trial at all."""


class WarmStart(BaseModel):
    """The earlier study's name, and the SHA-256 of what was learnt, which `warm_start.json` in the folder holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    study: Name
    checksum: str = Field(pattern="^[0-9a-f]{64}$")

    def __str__(self) -> str:
        return f"{self.study} (SHA-256 {self.checksum[:12]}…)"


def check_learning(sampler: SamplerName) -> None:
    """`ValueError` if the sampler would not use what it is given of an earlier study."""
    if sampler not in LEARNING:
        raise ValueError(f"the {sampler} sampler learns nothing from another study; allowed are {', '.join(LEARNING)}")
