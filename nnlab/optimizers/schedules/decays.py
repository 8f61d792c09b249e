"""Learning rates that fall by a formula: in pieces, exponentially, as one over the step, along a power."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._numbers import check_flag, check_number
from nnlab.optimizers.schedules.base import Formula


class PiecewiseConstantDecay(Formula):
    """A learning rate that changes at some steps and stays between them.

    Parameters
    ----------
    boundaries : sequence of int
        Rising: the last step of each piece but the last.
    values : sequence of float
        Learning rates: one more than boundaries.

    Examples
    --------
    >>> PiecewiseConstantDecay([100, 200], [0.1, 0.05, 0.01])(np.array([0, 100, 101, 500]))
    array([0.1 , 0.1 , 0.05, 0.01])
    """

    def __init__(self, boundaries: Sequence[float], values: Sequence[float]) -> None:
        self.boundaries = _numbers("boundaries", "a boundary", boundaries)
        self.values = _numbers("values", "a value", values)
        if len(self.values) != len(self.boundaries) + 1:
            raise ValueError(
                f"values has one learning rate more than there are boundaries: got {len(self.boundaries)} boundaries "
                f"and {len(self.values)} values"
            )
        if sorted(set(self.boundaries)) != self.boundaries:
            raise ValueError(f"boundaries rise from one to the next, got {list(boundaries)}")

    def rates(self, steps: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the value of the piece in which each step lies."""
        return np.array(self.values)[np.searchsorted(self.boundaries, steps, side="left")]


def _numbers(name: str, one: str, given: Any) -> list[float]:
    try:
        numbers = list(given)
    except TypeError:
        raise TypeError(f"{name} is a list of numbers such as [0.1, 0.05], got {given!r}") from None
    return [check_number(one, number, at_least=0) for number in numbers]


class ExponentialDecay(Formula):
    """``initial_learning_rate * decay_rate^(step / decay_steps)``.

    Parameters
    ----------
    initial_learning_rate : float
    decay_steps : int
        Steps in which the learning rate is multiplied by `decay_rate` once.
    decay_rate : float
    staircase : bool
        Whether to round ``step / decay_steps`` down, so that the rate falls in stairs.

    Examples
    --------
    >>> ExponentialDecay(0.1, decay_steps=100, decay_rate=0.5)(200)
    0.025
    """

    def __init__(
        self, initial_learning_rate: float, decay_steps: float, decay_rate: float, staircase: bool = False
    ) -> None:
        self.initial_learning_rate = check_number("initial_learning_rate", initial_learning_rate, at_least=0)
        self.decay_steps = check_number("decay_steps", decay_steps, above=0)
        self.decay_rate = check_number("decay_rate", decay_rate, at_least=0)
        self.staircase = check_flag("staircase", staircase)

    def rates(self, steps: NDArray[np.int64]) -> NDArray[np.float64]:
        """Evaluate the formula."""
        share = steps / self.decay_steps
        return self.initial_learning_rate * self.decay_rate ** (np.floor(share) if self.staircase else share)


class InverseTimeDecay(Formula):
    """``initial_learning_rate / (1 + decay_rate * step / decay_steps)``.

    Parameters
    ----------
    initial_learning_rate : float
    decay_steps : int
    decay_rate : float
    staircase : bool
        Whether to round ``step / decay_steps`` down.

    Examples
    --------
    >>> InverseTimeDecay(0.1, decay_steps=100, decay_rate=1.0)(300)
    0.025
    """

    def __init__(
        self, initial_learning_rate: float, decay_steps: float, decay_rate: float, staircase: bool = False
    ) -> None:
        self.initial_learning_rate = check_number("initial_learning_rate", initial_learning_rate, at_least=0)
        self.decay_steps = check_number("decay_steps", decay_steps, above=0)
        self.decay_rate = check_number("decay_rate", decay_rate, at_least=0)
        self.staircase = check_flag("staircase", staircase)

    def rates(self, steps: NDArray[np.int64]) -> NDArray[np.float64]:
        """Evaluate the formula."""
        share = steps / self.decay_steps
        return self.initial_learning_rate / (1 + self.decay_rate * (np.floor(share) if self.staircase else share))


class PolynomialDecay(Formula):
    """``(initial_learning_rate - end_learning_rate) (1 - step / decay_steps)^power + end_learning_rate``.

    Parameters
    ----------
    initial_learning_rate : float
    decay_steps : int
        After these the rate stays at `end_learning_rate`.
    end_learning_rate : float
    power : float
        1 is a straight line.
    cycle : bool
        Whether to begin again instead, each time from lower down: `decay_steps` is taken as often as is needed to
        reach the present step.

    Examples
    --------
    >>> PolynomialDecay(0.1, decay_steps=100, end_learning_rate=0.0)(50)
    0.05
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
    ) -> None:
        self.initial_learning_rate = check_number("initial_learning_rate", initial_learning_rate, at_least=0)
        self.decay_steps = check_number("decay_steps", decay_steps, above=0)
        self.end_learning_rate = check_number("end_learning_rate", end_learning_rate, at_least=0)
        self.power = check_number("power", power, at_least=0)
        self.cycle = check_flag("cycle", cycle)

    def rates(self, steps: NDArray[np.int64]) -> NDArray[np.float64]:
        """Evaluate the formula."""
        length = self.decay_steps * (np.maximum(1, np.ceil(steps / self.decay_steps)) if self.cycle else 1)
        rest = 1 - np.minimum(steps, length) / length
        return (self.initial_learning_rate - self.end_learning_rate) * rest**self.power + self.end_learning_rate
