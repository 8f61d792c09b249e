"""Learning rates that change with the steps: pass one to an optimizer in place of a number.

Names, arguments and numbers are those of Keras 3, except for `Constant`, `WarmUp` and `OneCycle`, which it has not. The
first step has number 0. For a schedule of your own, subclass `LearningRateSchedule` and define ``__call__(step)``.
"""

from nnlab.optimizers.schedules.base import Constant, Formula, LearningRateSchedule, WarmUp
from nnlab.optimizers.schedules.cosine import CosineDecay, CosineDecayRestarts, OneCycle
from nnlab.optimizers.schedules.decays import (
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
)

__all__ = [
    "Constant",
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "Formula",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "OneCycle",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "WarmUp",
]
