"""Adagrad: shorter steps for parameters that have moved much."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._numbers import check_number
from nnlab.optimizers.base import Optimizer
from nnlab.optimizers.schedules import LearningRateSchedule

Array = NDArray[Any]


class Adagrad(Optimizer):
    """Gradient descent whose steps get shorter for parameters that have moved much: ``w <- w - lr g / sqrt(s + eps)``.

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule
    initial_accumulator_value : float
        At least 0: s before the first step; each step adds ``g^2`` to it, before s is used.
    epsilon : float
        Keeps the division finite; it stands under the root.
    clipnorm, clipvalue : float, optional
        See `Optimizer`.

    References
    ----------
    Duchi, Hazan & Singer (2011), JMLR 12, 2121-2159.
    """

    n_slots = 1

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        *,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
    ) -> None:
        super().__init__(learning_rate, clipnorm=clipnorm, clipvalue=clipvalue)
        self.initial_accumulator_value = check_number(
            "initial_accumulator_value", initial_accumulator_value, at_least=0
        )
        self.epsilon = check_number("epsilon", epsilon, at_least=0)

    def first_slots(self, size: int, dtype: np.dtype[Any]) -> Array:
        """Return s before the first step, (1, size)."""
        return np.full((1, size), self.initial_accumulator_value, dtype)

    def step(self, parameters: Array, gradient: Array) -> None:
        """Change the parameters in place."""
        assert self.slots is not None
        accumulator = self.slots[0]
        accumulator += gradient**2
        parameters -= self.learning_rate * gradient / np.sqrt(accumulator + self.epsilon)
