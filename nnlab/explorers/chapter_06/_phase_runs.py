"""The trainings behind `phase_map`: one tiny network, over learning rate and size of its first weights.

A pixel of the map is a training of its own, made by `nnlab.sweep`; made again by ``fit`` it has the same bits. All is
done in float64: near the border a rounding error grows from step to step, and deep in the zoom those of float32 would
turn every fifth pixel.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

STEPS = 200  # of full-batch gradient descent
SIDE, COARSE = 55, 5  # pixels of the map, and of the first picture: each pixel of that is the middle of 11 x 11
SEED, UNITS, SAMPLES = 3, 3, 8
LOST = 1000.0  # a loss that ends so many times above its first is beyond return
DECADES = 2.0  # of the learning rate and of the scale, from edge to edge, without zoom


class View(NamedTuple):
    """A part of the map: exponents of ten in its middle, and how many times it is enlarged."""

    activation: str
    log_rate: float
    log_scale: float
    zoom: int

    def exponents(self, side: int) -> tuple[Array, Array]:
        """Give the exponents of the learning rates, from the left, and of the scales, from below.

        Parameters
        ----------
        side : int
            Pixels along an edge, a divisor of `SIDE`; fewer than that stand in the middle of their neighbors.

        Returns
        -------
        tuple of ndarray of shape (side,)
        """
        each = SIDE // side
        along = (DECADES / self.zoom * np.linspace(-0.5, 0.5, SIDE))[each // 2 :: each]
        return self.log_rate + along, self.log_scale + along


@cache
def data() -> tuple[Array, Array]:
    """Make the samples: eight points of two moons, with targets -1 and 1."""
    from nnlab.datasets import toy

    x, y = toy.moons(SAMPLES, noise=0.1, seed=0)
    return x.astype(np.float64), 2.0 * y - 1


def build(activation: str, learning_rate: float, run_eagerly: bool = False) -> Any:
    """Make and compile the network 2-3-1, which has no biases.

    Parameters
    ----------
    activation : str
        Of its hidden units.
    learning_rate : float
    run_eagerly : bool

    Returns
    -------
    Sequential
    """
    from nnlab import Sequential, layers, optimizers

    hidden = layers.Dense(UNITS, activation=activation, use_bias=False, input_shape=(2,))
    model = Sequential([hidden, layers.Dense(1, use_bias=False)], seed=SEED, dtype="float64")
    model.compile(optimizers.SGD(learning_rate=learning_rate), loss="mean_squared_error", run_eagerly=run_eagerly)
    return model


def train(view: View, side: int, stop: threading.Event | None = None, run_eagerly: bool = False) -> Array | None:
    """Train a network for each pixel.

    Parameters
    ----------
    view : View
    side : int
    stop : threading.Event, optional
    run_eagerly : bool

    Returns
    -------
    ndarray of shape (side, side), or None
        As `graded` gives it, the smallest scale first; None if it was stopped.
    """
    from nnlab import sweep

    rates, scales = (10.0**part for part in view.exponents(side))
    grid = {"scale": scales.tolist(), "learning_rate": rates.tolist()}
    template = build(view.activation, 0.1, run_eagerly)
    runs = sweep(template, grid, data(), epochs=STEPS, batch_size=SAMPLES, shuffle=False, stop=stop)
    return graded(runs.history["loss"]) if runs.trained.all() else None


def replay(activation: str, learning_rate: float, scale: float, run_eagerly: bool = False) -> tuple[Array, Any]:
    """Train the network of one pixel by itself.

    Parameters
    ----------
    activation : str
    learning_rate, scale : float
    run_eagerly : bool

    Returns
    -------
    loss : ndarray of shape (steps,)
        NaN behind the step at which it was no number any more.
    model : Sequential
        As it is trained.
    """
    model = build(activation, learning_rate, run_eagerly)
    model.set_weights([weights * scale for weights in model.get_weights()])
    history = model.fit(*data(), batch_size=SAMPLES, epochs=STEPS, shuffle=False, verbose=0)
    loss = np.full(STEPS, np.nan)
    found = history.history.get("loss", [])
    loss[: len(found)] = found
    return loss, model


def graded(loss: Array) -> Array:
    """Grade trainings from -1, trained at once, over 0, got nowhere, to 1, diverged at once.

    Parameters
    ----------
    loss : ndarray of shape (..., steps)
        Before each step.

    Returns
    -------
    ndarray of shape (...)
        Above 0 where the last loss is more than `LOST` times the first one, or no number: the more so the earlier it
        first was. Elsewhere minus what was gained: 1 minus the mean of the losses, as shares of the first one and at
        most 1.
    """
    with np.errstate(all="ignore"):
        share = loss / loss[..., :1]
        beyond = ~(share < LOST)  # no number is beyond, too
        first = np.argmax(beyond, axis=-1)
        gained = 1 - np.where(share < 1, share, 1.0).mean(axis=-1)
    soon = 1 - 0.75 * first / loss.shape[-1]
    return np.where(beyond[..., -1], soon, -np.clip(gained, 0.0, 1.0))
