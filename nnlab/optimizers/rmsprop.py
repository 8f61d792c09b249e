"""RMSprop: each parameter's gradient divided by its recent size."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._numbers import check_flag, check_number
from nnlab.optimizers.base import Optimizer
from nnlab.optimizers.schedules import LearningRateSchedule

Array = NDArray[Any]


class RMSprop(Optimizer):
    """Gradient descent that divides each parameter's gradient by its recent root mean square.

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule
    rho : float
        From 0 to below 1: memory of the running means.
    momentum : float
        From 0 to below 1: the share of the last step that is kept.
    epsilon : float
        Keeps the division finite; it stands under the root.
    centered : bool
        Whether to divide by the standard deviation: the square of the running mean is taken off first.
    clipnorm, clipvalue : float, optional
        See `Optimizer`.

    Notes
    -----
    ``v <- rho v + (1 - rho) g^2``, then ``w <- w - lr g / sqrt(v + epsilon)``. Centered, with the running mean
    ``a <- rho a + (1 - rho) g``: ``v - a^2`` in place of v. With momentum: ``m <- momentum m + lr g / sqrt(...)``,
    ``w <- w - m``. The slots are v, m, a; those without use stay 0.

    References
    ----------
    Tieleman & Hinton (2012), Neural Networks for Machine Learning, Coursera, lecture 6.5. Centered: Graves (2013),
    arXiv:1308.0850, section 4.
    """

    n_slots = 3

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        *,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
    ) -> None:
        super().__init__(learning_rate, clipnorm=clipnorm, clipvalue=clipvalue)
        self.rho = check_number("rho", rho, at_least=0, below=1)
        self.momentum = check_number("momentum", momentum, at_least=0, below=1)
        self.epsilon = check_number("epsilon", epsilon, at_least=0)
        self.centered = check_flag("centered", centered)

    def step(self, parameters: Array, gradient: Array) -> None:
        """Change the parameters in place."""
        assert self.slots is not None
        velocity, momentum, average = self.slots
        velocity *= self.rho
        velocity += (1 - self.rho) * gradient**2
        spread = velocity
        if self.centered:
            average *= self.rho
            average += (1 - self.rho) * gradient
            # A variance is not negative, but rounding can make this difference so.
            spread = np.maximum(velocity - average**2, 0)
        step = self.learning_rate * gradient / np.sqrt(spread + self.epsilon)
        if self.momentum > 0:
            momentum *= self.momentum
            momentum += step
            step = momentum
        parameters -= step
