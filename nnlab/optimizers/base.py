"""What an optimizer is: it counts its steps, clips gradients, and remembers vectors between two steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._numbers import check_number
from nnlab.optimizers.schedules import LearningRateSchedule

Array = NDArray[Any]


class Optimizer:
    """Changes a vector of parameters by its gradient. For one of your own, define ``step``.

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule
        Length of a step; 0 is allowed and changes nothing. A schedule (`nnlab.optimizers.schedules`) says it for
        each step.
    clipnorm : float, optional
        Largest Euclidean norm that the gradient of a parameter array (a kernel, a bias) may have; a longer one keeps
        its direction and gets this norm.
    clipvalue : float, optional
        Largest size of each number of the gradient. Give this or `clipnorm`, not both.

    Attributes
    ----------
    n_slots : int
        Vectors of the parameters' size that it remembers between two steps; a class attribute.
    slots : ndarray of shape (n_slots, P) or None
        Those vectors, from ``build`` on.
    starts : ndarray of int
        Where each parameter array begins in the vector of parameters.
    schedule : LearningRateSchedule or None
        What was given as learning rate, if that was a schedule.
    iterations : int
        Number of steps taken; within ``step`` the present one counts, so the first is 1.

    References
    ----------
    Clipping: Pascanu, Mikolov & Bengio (2013), ICML, PMLR 28(3), 1310-1318.

    Examples
    --------
    >>> class SignDescent(Optimizer):
    ...     def step(self, parameters, gradient):
    ...         parameters -= self.learning_rate * np.sign(gradient)
    >>> w = np.array([1.0, 1.0])
    >>> optimizer = SignDescent(0.5)
    >>> optimizer.build(2, w.dtype)
    >>> optimizer.update(w, np.array([100.0, -0.1]))
    >>> w
    array([0.5, 1.5])
    """

    n_slots = 0

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule,
        *,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
    ) -> None:
        if clipnorm is not None and clipvalue is not None:
            raise ValueError(
                f"give clipnorm or clipvalue, not both, got clipnorm={clipnorm!r} and clipvalue={clipvalue!r}"
            )
        self._rate_of_step: float | None = None
        self.learning_rate = learning_rate
        self.clipnorm = None if clipnorm is None else check_number("clipnorm", clipnorm, above=0)
        self.clipvalue = None if clipvalue is None else check_number("clipvalue", clipvalue, above=0)
        self.iterations = 0
        self.slots: Array | None = None
        self.starts: NDArray[np.int64] = np.zeros(1, np.int64)

    @property
    def learning_rate(self) -> float:
        """Length of the present step, or between two steps of the next one; a schedule's value, if there is one.

        It may be changed at any time, in a callback too. A number replaces a schedule.
        """
        if self._rate_of_step is not None:
            return self._rate_of_step
        if self.schedule is not None:
            return float(self.schedule.rates(np.array([self.iterations]))[0])
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: float | LearningRateSchedule) -> None:
        if isinstance(value, type) and issubclass(value, LearningRateSchedule):
            raise TypeError(f"learning_rate is a number or a schedule, got a class: write {value.__name__}(...)")
        if isinstance(value, LearningRateSchedule):
            self.schedule: LearningRateSchedule | None = value
        else:
            self._learning_rate, self.schedule = check_number("learning_rate", value, at_least=0), None

    def build(self, size: int, dtype: np.dtype[Any], starts: Sequence[int] | NDArray[np.int64] = (0,)) -> None:
        """Make the slots, once, for vectors of this size.

        Parameters
        ----------
        size : int
        dtype : numpy.dtype
        starts : sequence of int
            Where each parameter array begins in the vector; `clipnorm` clips one array at a time.

        Raises
        ------
        ValueError
            If the optimizer already serves a model of another size.
        """
        if self.slots is None:
            self.slots = self.first_slots(size, dtype)
        elif self.slots.shape[1] != size or self.slots.dtype != dtype:
            raise ValueError(
                f"this {type(self).__name__} already trains a model with {self.slots.shape[1]} parameters in "
                f"{self.slots.dtype}, and this one has {size} in {dtype}: give each model an optimizer of its own, and "
                f"compile a model anew when its layers change."
            )
        self.starts = np.array(starts, np.int64)

    def first_slots(self, size: int, dtype: np.dtype[Any]) -> Array:
        """Return the slots as they are before the first step: zeros, unless a subclass says otherwise.

        Parameters
        ----------
        size : int
        dtype : numpy.dtype

        Returns
        -------
        ndarray of shape (n_slots, size)
        """
        return np.zeros((self.n_slots, size), dtype)

    def update(self, parameters: Array, gradient: Array) -> None:
        """Count and take one step: clip the gradient, then change the parameters in place.

        Parameters
        ----------
        parameters : ndarray of shape (P,)
        gradient : ndarray of shape (P,)
            Not changed.

        Raises
        ------
        RuntimeError
            If the optimizer has not been built.
        """
        if self.slots is None:
            raise RuntimeError(
                f"this {type(self).__name__} does not know its parameters yet: call build(w.size, w.dtype) first"
            )
        self._rate_of_step = self.learning_rate  # a schedule counts the steps before this one
        self.iterations += 1
        try:
            self.step(parameters, self.clip(gradient))
        finally:
            self._rate_of_step = None

    def clip(self, gradient: Array) -> Array:
        """Return the gradient, shortened as `clipnorm` or `clipvalue` says; NaN stays NaN.

        Parameters
        ----------
        gradient : ndarray of shape (P,)
            Not changed.

        Returns
        -------
        ndarray of shape (P,)
        """
        if self.clipvalue is not None:
            return np.clip(gradient, -self.clipvalue, self.clipvalue)
        if self.clipnorm is not None:
            return np.concatenate([_shorten(g, self.clipnorm) for g in np.split(gradient, self.starts[1:])])
        return gradient

    def step(self, parameters: Array, gradient: Array) -> None:
        """Change the parameters in place.

        Parameters
        ----------
        parameters, gradient : ndarray of shape (P,)
            The gradient is clipped already, and not to be changed.
        """
        raise NotImplementedError(f"{type(self).__name__} has to define step(parameters, gradient)")


def _shorten(gradient: Array, clipnorm: float) -> Array:
    # In float64, because the square of a float32 above 1.8e19 is infinite, and exploding gradients come here.
    norm = math.sqrt(np.square(gradient, dtype=np.float64).sum())
    return gradient * (clipnorm / max(norm, clipnorm))  # this order of arguments keeps NaN
