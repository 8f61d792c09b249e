"""Gradient descent, with momentum and Nesterov's variant."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from nnlab._numbers import check_flag, check_number
from nnlab.optimizers.base import Optimizer
from nnlab.optimizers.schedules import LearningRateSchedule

Array = NDArray[Any]


class SGD(Optimizer):
    """Gradient descent: ``w <- w - lr g``; with momentum ``v <- momentum v - lr g``, ``w <- w + v``.

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule
    momentum : float
        From 0 to below 1: the share of the last step that is kept.
    nesterov : bool
        Whether to look ahead: ``w <- w + momentum v - lr g``.
    clipnorm, clipvalue : float, optional
        See `Optimizer`.

    References
    ----------
    Polyak (1964), USSR Computational Mathematics and Mathematical Physics 4(5), 1-17. Sutskever et al. (2013), ICML 28.

    Examples
    --------
    >>> import numpy as np
    >>> w = np.array([1.0])
    >>> optimizer = SGD(learning_rate=0.1)
    >>> optimizer.build(1, w.dtype)
    >>> optimizer.update(w, np.array([2.0]))
    >>> w
    array([0.8])
    """

    n_slots = 1

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        *,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
    ) -> None:
        super().__init__(learning_rate, clipnorm=clipnorm, clipvalue=clipvalue)
        self.momentum = check_number("momentum", momentum, at_least=0, below=1)
        self.nesterov = check_flag("nesterov", nesterov)

    def step(self, parameters: Array, gradient: Array) -> None:
        """Change the parameters in place."""
        assert self.slots is not None
        step = self.learning_rate * gradient
        if self.momentum == 0:
            parameters -= step
            return
        velocity = self.slots[0]
        velocity *= self.momentum
        velocity -= step
        parameters += self.momentum * velocity - step if self.nesterov else velocity
