"""The series of `forecast_horizon`, the network that learns to go on with them, and its forecasts."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

SERIES = ("seasonal", "chaotic", "random walk")
LEARNED = 800  # steps to learn from; what follows is to be forecast
LATER = 1200
DELAY, FINE = 17, 10  # of the chaotic series, and how many small steps make a step
FARTHEST = 40  # steps ahead
UNITS, BATCH = 16, 64
RATE = 0.015
APART = 10  # steps between two origins of forecasts


@cache
def series(name: str) -> Array:
    """Make a series: what is learned has mean 0 and standard deviation 1.

    Parameters
    ----------
    name : {"seasonal", "chaotic", "random walk"}

    Returns
    -------
    ndarray of shape (2000,)

    References
    ----------
    The chaotic one: Mackey & Glass (1977), Science 197, 287-289.
    """
    rng = np.random.default_rng(14)
    t = np.arange(LEARNED + LATER)
    if name == "seasonal":
        made = np.sin(2 * np.pi * t / 24) + 0.5 * np.sin(2 * np.pi * t / 8 + 1) + 0.25 * rng.standard_normal(len(t))
    elif name == "random walk":
        made = np.cumsum(rng.standard_normal(len(t)))
    else:
        made = _mackey_glass(len(t))
    learned = made[:LEARNED]
    return np.asarray((made - learned.mean()) / learned.std())


def _mackey_glass(count: int) -> Array:
    """Solve dx/dt = 0.2 x(t - 17) / (1 + x(t - 17)^10) - 0.1 x(t) by small steps; the first 200 units are left out."""
    lag = DELAY * FINE
    x = [1.2] * (lag + 1)
    for _step in range(FINE * (count + 200)):
        late = x[-1 - lag]
        x.append(x[-1] + (0.2 * late / (1 + late**10) - 0.1 * x[-1]) / FINE)
    return np.array(x[lag + 1 :: FINE][200 : 200 + count])


def windows(s: Array, length: int) -> tuple[Array, Array]:
    """Cut what is learned into windows and the step after each.

    Parameters
    ----------
    s : ndarray of shape (T,)
    length : int

    Returns
    -------
    x : float32 ndarray of shape (N, length, 1)
    y : float32 ndarray of shape (N, 1)
    """
    cut = np.lib.stride_tricks.sliding_window_view(s[:LEARNED], length + 1).astype(np.float32)
    return cut[:, :-1, None], cut[:, -1:]


def build(length: int, eagerly: bool) -> Any:
    """Make and compile the network.

    Parameters
    ----------
    length : int
        Of a window.
    eagerly : bool

    Returns
    -------
    Sequential
    """
    from nnlab import Sequential, layers, optimizers

    stack: list[Any] = [layers.Input(shape=(length, 1)), layers.SimpleRNN(UNITS), layers.Dense(1)]
    model = Sequential(stack, seed=0)
    model.compile(optimizers.Adam(RATE, clipnorm=1.0), loss="mean_squared_error", run_eagerly=eagerly)
    return model


def last_state(weights: list[Array], x: Array) -> Array:
    """Run over windows, and give the forecast of the next step.

    Parameters
    ----------
    weights : list of ndarray
    x : ndarray of shape (N, length)

    Returns
    -------
    ndarray of shape (N,)
    """
    kernel, recurrent, bias, out, out_bias = weights
    h = np.zeros((len(x), UNITS), kernel.dtype)
    for column in x.T:
        h = np.tanh(column[:, None] @ kernel + h @ recurrent + bias)
    return np.asarray((h @ out + out_bias)[:, 0])


def go_on(weights: list[Array], x: Array, steps: int) -> Array:
    """Forecast many steps: each forecast is fed back as if it were true.

    Parameters
    ----------
    weights : list of ndarray
    x : ndarray of shape (N, length)
        The last steps that are known.
    steps : int

    Returns
    -------
    ndarray of shape (N, steps)
    """
    kernel, recurrent, bias, out, out_bias = weights
    length = x.shape[1]
    read = x.T.astype(np.float32)[:, :, None] * kernel[0] + bias  # what a value does to the state, (time, N, H)
    read = np.concatenate([read, np.empty((steps, *read.shape[1:]), read.dtype)])
    found = np.empty((len(x), steps), read.dtype)
    for step in range(steps):
        h = np.tanh(read[step])
        for part in read[step + 1 : step + length]:
            h = h @ recurrent
            h += part
            np.tanh(h, out=h)
        found[:, step] = (h @ out)[:, 0] + out_bias[0]
        read[step + length] = found[:, step, None] * kernel[0] + bias
    return found


def pieces(s: Array, length: int) -> tuple[Array, Array]:
    """Cut the later part into windows and the steps after them, one each 10 steps.

    Parameters
    ----------
    s : ndarray of shape (T,)
    length : int

    Returns
    -------
    known : ndarray of shape (N, length)
    truth : ndarray of shape (N, 40)
    """
    cut = np.lib.stride_tricks.sliding_window_view(s[LEARNED - length :], length + FARTHEST)[::APART]
    return cut[:, :length], cut[:, length:]


def error(forecast: Array, truth: Array) -> Array:
    """Root of the mean squared error at each horizon.

    Parameters
    ----------
    forecast, truth : ndarray of shape (N, steps)

    Returns
    -------
    ndarray of shape (steps,)
    """
    return np.asarray(np.sqrt(np.mean((forecast - truth) ** 2, axis=0)))
