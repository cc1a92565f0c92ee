"""WarmStart: the earlier study whose trials a sampler is given before this study has any of its own."""

from pydantic import BaseModel, ConfigDict, Field

from study.config.space import SamplerName
from study.config.values import Name

LEARNING: tuple[SamplerName, ...] = ("tpe", "gp")
"""The samplers that can use trials of another study. NSGA-II and NSGA-III cannot, because their generations consist of
a study's own trials; random draws and grids use no trials."""


class WarmStart(BaseModel):
    """The earlier study's name, and the SHA-256 of the `warm_start.json` in the folder, which holds its trials."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    study: Name
    checksum: str = Field(pattern="^[0-9a-f]{64}$")

    def __str__(self) -> str:
        return f"{self.study} (SHA-256 {self.checksum[:12]}…)"


def check_learning(sampler: SamplerName) -> None:
    """`ValueError` if the sampler would not use what it is given of an earlier study."""
    if sampler not in LEARNING:
        raise ValueError(f"the {sampler} sampler learns nothing from another study; allowed: {', '.join(LEARNING)}")
