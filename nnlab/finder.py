"""The learning-rate range test: train with ever longer steps, and look where the loss falls fastest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnlab import assembly, engine, evaluation, training
from nnlab._numbers import check_number
from nnlab.engine.threads import single_blas_thread
from nnlab.layers.base import check_count
from nnlab.optimizers.schedules import Formula

if TYPE_CHECKING:
    from nnlab.model import Model

Array = NDArray[Any]

MOST = 100_000  # steps: the order of their samples is drawn beforehand
EXPLODED = 4.0  # times the lowest smoothed loss: there the test ends


class _Growing(Formula):
    """From one learning rate to another, each step longer than the last by the same factor."""

    def __init__(self, low: float, high: float, steps: int, first: int) -> None:
        self.low, self.high, self.steps, self.first = low, high, steps, first

    def rates(self, steps: NDArray[np.int64]) -> NDArray[np.float64]:
        return self.low * (self.high / self.low) ** ((steps - self.first) / max(1, self.steps - 1))


@dataclass(frozen=True)
class RangeTest:
    """What `find_learning_rate` saw, step by step.

    Attributes
    ----------
    learning_rates : ndarray of shape (S,)
    losses : ndarray of shape (S,)
        Loss of each mini-batch, before its step.
    smoothed : ndarray of shape (S,)
        Their running mean.
    suggestion : float
        Where the smoothed loss falls fastest; NaN if it never falls.
    exploded : bool
        Whether the test ended because the loss had grown too far.
    """

    learning_rates: Array
    losses: Array
    smoothed: Array
    suggestion: float
    exploded: bool

    def __repr__(self) -> str:
        end = "the loss exploded" if self.exploded else "the loss did not explode"
        rates = self.learning_rates
        return (
            f"<RangeTest of {len(rates)} steps, learning rates {rates[0]:.2g} to {rates[-1]:.2g}: "
            f"{end}; suggestion {self.suggestion:.2g}>"
        )


def find_learning_rate(
    model: Model,
    x: Any,
    y: Any,
    batch_size: int | None = None,
    *,
    low: float = 1e-6,
    high: float = 10.0,
    steps: int = 200,
    smoothing: float = 0.9,
) -> RangeTest:
    """Train through a range of learning rates, from step to step a longer one, and say which is a good one.

    It ends early when the loss explodes: is not finite, or above four times its lowest. The model, its optimizer and
    its random numbers afterwards are as before.

    Parameters
    ----------
    model : Model
        Compiled.
    x : array_like of shape (N, ...)
    y : array_like of shape (N,) or (N, K)
    batch_size : int, optional
        Samples a step; 32 if not given.
    low, high : float
        First and last learning rate.
    steps : int
        At least 10. With more than one epoch has, the data are gone through again, in a new order.
    smoothing : float
        From 0 to below 1: how much of the running mean of the loss is kept from step to step.

    Returns
    -------
    RangeTest

    Raises
    ------
    TypeError
        If it is no model.
    RuntimeError
        If the model was not compiled, or is being trained.
    ValueError
        If data or settings do not fit.

    Notes
    -----
    The suggestion is where the smoothed loss, over the logarithm of the learning rate, falls most steeply: safely below
    the rate at which it explodes.

    References
    ----------
    Smith (2017), WACV, arXiv:1506.01186, section 3.3.

    Examples
    --------
    >>> import nnlab
    >>> x = np.linspace(-1, 1, 100)
    >>> model = nnlab.Sequential([nnlab.Input((1,)), nnlab.layers.Dense(1)], seed=0)
    >>> model.compile("sgd", "mse")
    >>> found = find_learning_rate(model, x, 3 * x)
    >>> found.exploded, 0.01 < found.suggestion < 1
    (True, True)
    """
    if not hasattr(model, "_check_compiled"):
        raise TypeError(f"find_learning_rate needs a compiled model, got {model!r:.100}")
    model._check_compiled("find_learning_rate")
    low = check_number("low", low, above=0)
    high = check_number("high", high, above=low)
    smoothing = check_number("smoothing", smoothing, at_least=0, below=1)
    steps = check_count("steps", steps)
    if not 10 <= steps <= MOST:
        raise ValueError(f"steps is at least 10, to see where the loss falls, and at most {MOST:,}; got {steps!r}")
    samples = model._samples(x, y)
    if model._in_training:
        raise RuntimeError("this model is being trained, in another thread: stop that first")
    batch_size = min(check_count("batch_size", 32 if batch_size is None else batch_size), samples.rows)

    model.optimizer.build(model.parameters.size, model.dtype, assembly.starts(model.chain))
    before = _remember(model)
    model._in_training = True
    try:
        # Orders of one batch each: so the trainers add up each step by itself.
        orders = _batches(samples.rows, batch_size, steps, model.rng)
        optimizer = model.optimizer
        optimizer.learning_rate = schedule = _Growing(low, high, steps, optimizer.iterations)
        rates = schedule.rates(optimizer.iterations + np.arange(steps))
        losses = _train(model, samples, orders, smoothing)
    finally:
        _restore(model, before)
        model._in_training = False
    smoothed = _smooth(losses, smoothing)
    end = _end(smoothed)
    shown = slice(len(losses) if end is None else end + 1)
    return RangeTest(
        rates[: len(losses)][shown],
        losses[shown],
        smoothed[shown],
        _steepest(rates[: len(losses)][shown], smoothed[shown], smoothing),
        end is not None,
    )


def _train(model: Model, samples: Any, orders: Array, smoothing: float) -> Array:
    """Return the losses of the steps, up to where the training ended."""
    functions: list[list[Any]] = [[] for _ in model.objectives]
    metrics = [objective.metrics for objective in model.objectives]
    for objective in model.objectives:
        objective.metrics = []  # nobody reads them
    try:
        trainer = (training.Formulas if model.why_formulas() else training.Compiled)(model, functions, orders.shape[1])
        totals = np.zeros((len(orders), evaluation.width(model)))
        with training.interrupts() as interrupted, single_blas_thread(), engine.formulas_only(model.run_eagerly):
            for at in trainer.epochs(samples, orders, totals):
                if interrupted.is_set() or _end(_smooth(totals[:at, 0] / orders.shape[1], smoothing)) is not None:
                    break
    finally:
        for objective, chosen in zip(model.objectives, metrics, strict=True):
            objective.metrics = chosen
    done = int((totals[:, -1] > 0).sum())
    losses: Array = totals[:done, 0] / totals[:done, -1]
    return losses


def _batches(rows: int, batch_size: int, steps: int, rng: np.random.Generator) -> Array:
    """Draw orders of all rows, and cut them into batches; what is left of each order is not used."""
    each = rows // batch_size
    epochs = [rng.permutation(rows)[: each * batch_size].reshape(each, batch_size) for _ in range(-(-steps // each))]
    return np.concatenate(epochs)[:steps]


def _smooth(losses: Array, smoothing: float) -> Array:
    """Take the running mean, divided by the sum of its weights, so that its first values are not drawn to 0."""
    mean, smoothed = 0.0, np.empty(len(losses))
    for k, loss in enumerate(losses):
        mean = smoothing * mean + (1 - smoothing) * loss
        smoothed[k] = mean / (1 - smoothing ** (k + 1))
    return smoothed


def _end(smoothed: Array) -> int | None:
    """Find the step at which the loss had exploded."""
    lowest = np.fmin.accumulate(smoothed) if len(smoothed) else smoothed
    with np.errstate(over="ignore", invalid="ignore"):
        # A loss that may be negative, or 0, has no "four times"; those of this package are not negative.
        exploded = ~(smoothed <= EXPLODED * np.maximum(lowest, 1e-12))
    found = np.flatnonzero(exploded)
    return int(found[0]) if len(found) else None


def _steepest(rates: Array, smoothed: Array, smoothing: float) -> float:
    """Find the rate around which the mean falls most, on its way to its lowest value."""
    # The first means are over a few batches, and jump; a slope between two neighbors would be noise, too.
    first, reach = int(2 / (1 - smoothing)), max(1, len(rates) // 20)
    known = np.where(np.isfinite(smoothed), smoothed, np.inf)
    last = int(known.argmin()) if len(known) else 0
    middles = np.arange(min(first, last // 2) + reach, min(last, len(rates) - 1 - reach) + 1)
    if len(middles) == 0:
        return float("nan")
    falls = known[middles + reach] - known[middles - reach]
    return float(rates[middles[falls.argmin()]]) if falls.min() < 0 else float("nan")


def _remember(model: Model) -> dict[str, Any]:
    optimizer = model.optimizer
    assert optimizer.slots is not None
    return {
        "weights": model.get_weights(),
        "slots": optimizer.slots.copy(),
        "iterations": optimizer.iterations,
        "rate": optimizer.schedule or optimizer.learning_rate,
        "rng": model.rng.bit_generator.state,
    }


def _restore(model: Model, before: dict[str, Any]) -> None:
    optimizer = model.optimizer
    assert optimizer.slots is not None
    model.set_weights(before["weights"])
    optimizer.slots[...] = before["slots"]
    optimizer.iterations, optimizer.learning_rate = before["iterations"], before["rate"]
    model.rng.bit_generator.state = before["rng"]
