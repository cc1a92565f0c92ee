"""Evaluation: what is measured of one model, on one part of its dataset, at one of three sizes."""

from typing import Literal

Size = Literal["reduced", "standard", "full"]
"""The sizes of an evaluation: while training; of an ended trial; on request, for a model that is worth minutes."""

ScoredSize = Literal["standard", "full"]
"""The sizes at which a trained model can be scored again."""

DeviceName = Literal["auto", "cpu", "cuda"]
"""The devices on which it can be scored; `auto` is a GPU where there is one."""
