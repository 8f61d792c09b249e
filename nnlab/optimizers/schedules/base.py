"""What a schedule of learning rates is; a constant, and a warm-up before any other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._numbers import check_number


class LearningRateSchedule:
    """A learning rate for each step. For one of your own, define ``__call__(step)``.

    Examples
    --------
    >>> class Halving(LearningRateSchedule):
    ...     def __call__(self, step):
    ...         return 0.1 if step < 100 else 0.05
    >>> from nnlab.optimizers import SGD
    >>> SGD(Halving()).learning_rate
    0.1
    """

    def __call__(self, step: int) -> Any:
        """Return the learning rate of a step.

        Parameters
        ----------
        step : int
            From 0; the schedules of this module also take an array of steps.

        Returns
        -------
        float
        """
        raise NotImplementedError(f"{type(self).__name__} has to define __call__(step)")

    def rates(self, steps: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the learning rates of many steps.

        Parameters
        ----------
        steps : ndarray of int of shape (S,)

        Returns
        -------
        ndarray of shape (S,)

        Raises
        ------
        TypeError, ValueError
            If one of them is no number from 0 up.
        """
        what = f"the learning rate that {type(self).__name__} returns"
        return np.array([check_number(what, _plain(self(int(step))), at_least=0) for step in steps])


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.ndarray) and value.ndim == 0 else value


class Formula(LearningRateSchedule):
    """A schedule that is computed for many steps at once: subclasses define ``rates``."""

    def __call__(self, step: Any) -> Any:
        """Return the learning rate of a step, or those of an array of steps."""
        try:
            steps = np.asarray(step)
        except ValueError:  # rows of different lengths
            steps = np.empty((0, 0))
        if steps.dtype.kind not in "iuf" or steps.ndim > 1:
            raise TypeError(f"a step is a whole number from 0 up, or an array of such of shape (S,), got {step!r}")
        rates = self.rates(np.atleast_1d(steps))
        return rates if steps.ndim else float(rates[0])


class Constant(Formula):
    """The same learning rate in every step.

    Parameters
    ----------
    learning_rate : float

    Examples
    --------
    >>> Constant(0.1)(1000)
    0.1
    """

    def __init__(self, learning_rate: float) -> None:
        self.learning_rate = check_number("learning_rate", learning_rate, at_least=0)

    def rates(self, steps: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the number, once for each step."""
        return np.full(len(steps), self.learning_rate)


class WarmUp(Formula):
    """Rises linearly to where another schedule begins, and then follows it.

    Parameters
    ----------
    schedule : LearningRateSchedule or float
    warmup_steps : int
        Steps of the rise.
    initial_learning_rate : float
        Where it begins.

    References
    ----------
    Goyal et al. (2017), arXiv:1706.02677, section 2.2.

    Examples
    --------
    >>> from nnlab.optimizers.schedules import ExponentialDecay
    >>> WarmUp(ExponentialDecay(0.1, 100, 0.5), warmup_steps=10)(np.array([0, 5, 10, 110]))
    array([0.  , 0.05, 0.1 , 0.05])
    """

    def __init__(
        self, schedule: LearningRateSchedule | float, warmup_steps: int, *, initial_learning_rate: float = 0.0
    ) -> None:
        self.schedule = schedule if isinstance(schedule, LearningRateSchedule) else Constant(schedule)
        self.warmup_steps = check_number("warmup_steps", warmup_steps, at_least=0)
        self.initial_learning_rate = check_number("initial_learning_rate", initial_learning_rate, at_least=0)

    def rates(self, steps: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the rise, then what the other schedule says, whose steps are counted from the end of the rise."""
        after = self.schedule.rates(np.maximum(steps - self.warmup_steps, 0))
        top = self.schedule.rates(np.zeros(1, np.int64))
        share = steps / max(self.warmup_steps, 1)
        rise = self.initial_learning_rate + (top - self.initial_learning_rate) * share
        return np.where(steps < self.warmup_steps, rise, after)
