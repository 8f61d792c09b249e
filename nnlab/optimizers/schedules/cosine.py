"""Learning rates along half a wave of the cosine: one fall, restarts, one cycle."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._numbers import check_number
from nnlab.optimizers.schedules.base import Formula

Array = NDArray[Any]


def _half_wave(share: Any) -> Any:
    """Half a wave of the cosine: from 1 to 0 while share goes from 0 to 1."""
    return 0.5 * (1 + np.cos(np.pi * share))


class CosineDecay(Formula):
    """Falls along half a wave of the cosine, after a linear rise if there is one.

    Parameters
    ----------
    initial_learning_rate : float
    decay_steps : int
        Steps of the fall.
    alpha : float
        Where the fall ends, as a share of where it begins.
    warmup_target : float, optional
        With it the rate first rises from `initial_learning_rate` to this, in `warmup_steps` steps.
    warmup_steps : int

    References
    ----------
    Loshchilov & Hutter (2017), ICLR, arXiv:1608.03983; without restarts.

    Examples
    --------
    >>> CosineDecay(0.1, decay_steps=100)(np.array([0, 50, 100]))
    array([0.1 , 0.05, 0.  ])
    >>> CosineDecay(0.0, decay_steps=100, warmup_target=0.1, warmup_steps=10)(np.array([0, 5, 10, 60]))
    array([0.  , 0.05, 0.1 , 0.05])
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        alpha: float = 0.0,
        *,
        warmup_target: float | None = None,
        warmup_steps: float = 0,
    ) -> None:
        self.initial_learning_rate = check_number("initial_learning_rate", initial_learning_rate, at_least=0)
        self.decay_steps = check_number("decay_steps", decay_steps, above=0)
        self.alpha = check_number("alpha", alpha, at_least=0)
        self.warmup_target = None if warmup_target is None else check_number("warmup_target", warmup_target, at_least=0)
        self.warmup_steps = check_number("warmup_steps", warmup_steps, at_least=0)
        if self.warmup_steps and warmup_target is None:
            raise ValueError(
                f"warmup_steps={warmup_steps!r} needs a warmup_target: the learning rate at which the warm-up ends"
            )

    def rates(self, steps: NDArray[np.int64]) -> NDArray[np.float64]:
        """Evaluate the rise and the fall."""
        if self.warmup_target is None:
            return self.initial_learning_rate * self._fall(steps)
        share = steps / max(self.warmup_steps, 1)
        rise = (self.warmup_target - self.initial_learning_rate) * share + self.initial_learning_rate
        fall = self.warmup_target * self._fall(np.maximum(steps - self.warmup_steps, 0))
        return np.where(steps < self.warmup_steps, rise, fall)

    def _fall(self, steps: Array) -> Array:
        share = np.minimum(steps, self.decay_steps) / self.decay_steps
        return (1 - self.alpha) * _half_wave(share) + self.alpha


class CosineDecayRestarts(Formula):
    """Falls along half a wave of the cosine again and again.

    Parameters
    ----------
    initial_learning_rate : float
    first_decay_steps : int
        Steps of the first fall.
    t_mul : float
        At least 1: how many times longer each fall is than the one before.
    m_mul : float
        How many times higher each fall begins than the one before.
    alpha : float
        Where a fall ends, as a share of `initial_learning_rate`.

    References
    ----------
    Loshchilov & Hutter (2017), ICLR, arXiv:1608.03983.

    Examples
    --------
    >>> CosineDecayRestarts(0.1, first_decay_steps=100)(np.array([0, 50, 100, 200, 300]))
    array([0.1 , 0.05, 0.1 , 0.05, 0.1 ])
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: float,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
    ) -> None:
        self.initial_learning_rate = check_number("initial_learning_rate", initial_learning_rate, at_least=0)
        self.first_decay_steps = check_number("first_decay_steps", first_decay_steps, above=0)
        self.t_mul = check_number("t_mul", t_mul, at_least=1)
        self.m_mul = check_number("m_mul", m_mul, at_least=0)
        self.alpha = check_number("alpha", alpha, at_least=0)

    def rates(self, steps: NDArray[np.int64]) -> NDArray[np.float64]:
        """Find the fall in which each step lies, and how far in it."""
        done = steps / self.first_decay_steps
        if self.t_mul == 1:
            restarts = np.floor(done)
        else:
            restarts = np.floor(np.log(1 + done * (self.t_mul - 1)) / np.log(self.t_mul))
            # At a restart the quotient of the logarithms may be a whole number, or a little less.
            restarts += self._start(restarts + 1) <= done
            restarts -= self._start(restarts) > done
        share = (done - self._start(restarts)) / self.t_mul**restarts
        wave = self.m_mul**restarts * _half_wave(share)
        return self.initial_learning_rate * ((1 - self.alpha) * wave + self.alpha)

    def _start(self, restarts: Array) -> Array:
        """Where the fall after so many restarts begins, in lengths of the first."""
        return restarts if self.t_mul == 1 else (self.t_mul**restarts - 1) / (self.t_mul - 1)


class OneCycle(Formula):
    """One rise to a high learning rate, and a longer fall far below the first one; both along the cosine.

    The numbers are those of PyTorch's ``OneCycleLR`` with its defaults; momentum is left alone.

    Parameters
    ----------
    max_learning_rate : float
    total_steps : int
        Steps of rise and fall together, at least 2; afterwards the rate stays where it ended.
    pct_start : float
        Share of the steps that the rise takes.
    div_factor : float
        The first rate is `max_learning_rate` divided by this.
    final_div_factor : float
        The last rate is the first one divided by this.

    References
    ----------
    Smith & Topin (2019), SPIE 11006, arXiv:1708.07120.

    Examples
    --------
    >>> OneCycle(0.1, total_steps=100)(np.array([0, 29])).round(6)
    array([0.004, 0.1  ])
    """

    def __init__(
        self,
        max_learning_rate: float,
        total_steps: int,
        *,
        pct_start: float = 0.3,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
    ) -> None:
        self.max_learning_rate = check_number("max_learning_rate", max_learning_rate, at_least=0)
        self.total_steps = check_number("total_steps", total_steps, at_least=2)
        self.pct_start = check_number("pct_start", pct_start, at_least=0, below=1)
        self.div_factor = check_number("div_factor", div_factor, above=0)
        self.final_div_factor = check_number("final_div_factor", final_div_factor, above=0)

    def rates(self, steps: NDArray[np.int64]) -> NDArray[np.float64]:
        """Evaluate rise and fall."""
        first = self.max_learning_rate / self.div_factor
        last = first / self.final_div_factor
        top, end = self.pct_start * self.total_steps - 1, self.total_steps - 1  # as PyTorch counts
        # A rise of less than a step has no slope: the fall begins at once.
        rise = first + (self.max_learning_rate - first) * (1 - _half_wave(steps / max(top, 1e-9)))
        fall = last + (self.max_learning_rate - last) * _half_wave((np.minimum(steps, end) - top) / (end - top))
        return np.where(steps <= top, rise, fall)
