"""Adam, and AdamW with decoupled weight decay."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._numbers import check_number
from nnlab.optimizers.base import Optimizer
from nnlab.optimizers.schedules import LearningRateSchedule

Array = NDArray[Any]


class Adam(Optimizer):
    r"""Gradient descent with a step length for each parameter.

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule
    beta_1 : float
        Memory of the running mean of the gradient.
    beta_2 : float
        Memory of the running mean of its square.
    epsilon : float
        Keeps the division finite.
    clipnorm, clipvalue : float, optional
        See `Optimizer`.

    Notes
    -----
    With m and v the running means, both 0 at first, and t the number of the step:
    ``w <- w - lr sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt(v) + epsilon)``.

    References
    ----------
    Kingma & Ba (2015), ICLR, arXiv:1412.6980; the form at the end of its section 2, as in Keras.
    """

    n_slots = 2

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        *,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
    ) -> None:
        super().__init__(learning_rate, clipnorm=clipnorm, clipvalue=clipvalue)
        self.beta_1 = check_number("beta_1", beta_1, at_least=0, below=1)
        self.beta_2 = check_number("beta_2", beta_2, at_least=0, below=1)
        self.epsilon = check_number("epsilon", epsilon, at_least=0)

    def step(self, parameters: Array, gradient: Array) -> None:
        """Change the parameters in place."""
        assert self.slots is not None
        m, v = self.slots
        m += (gradient - m) * (1 - self.beta_1)
        v += (gradient**2 - v) * (1 - self.beta_2)
        correction = math.sqrt(1 - self.beta_2**self.iterations) / (1 - self.beta_1**self.iterations)
        parameters -= self.learning_rate * correction * m / (np.sqrt(v) + self.epsilon)


class AdamW(Adam):
    """Adam with decoupled weight decay: ``w <- w - lr weight_decay w`` before each step of `Adam`.

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule
    weight_decay : float
        At least 0. It acts on all parameters, the biases too, as in Keras.
    beta_1, beta_2, epsilon : float
        See `Adam`.
    clipnorm, clipvalue : float, optional
        See `Optimizer`; the decay is not clipped.

    References
    ----------
    Loshchilov & Hutter (2019), ICLR, arXiv:1711.05101.
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        *,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
    ) -> None:
        super().__init__(learning_rate, beta_1, beta_2, epsilon, clipnorm=clipnorm, clipvalue=clipvalue)
        self.weight_decay = check_number("weight_decay", weight_decay, at_least=0)

    def step(self, parameters: Array, gradient: Array) -> None:
        """Change the parameters in place."""
        parameters -= self.learning_rate * self.weight_decay * parameters
        super().step(parameters, gradient)
