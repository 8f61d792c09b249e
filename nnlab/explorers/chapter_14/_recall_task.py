"""The task of `lstm_gates`: store a value at one mark, give it back at another; and the network that learns it."""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.explorers.core import Task

Array = NDArray[Any]

STEPS, UNITS = 20, 4
SEQUENCES, FEW = 1000, 200  # to train with; a few for the formulas, without compiled code
BATCH = 20
MOST = 20  # epochs


def target(x: Array) -> Array:
    """Say what should come out: the value stored last where it is asked for, else 0.

    Parameters
    ----------
    x : ndarray of shape (N, T, 3)
        Value, store and recall of each step.

    Returns
    -------
    ndarray of shape (N, T, 1)
    """
    held = np.zeros(len(x))
    y = np.zeros(x.shape[:2])
    for t in range(x.shape[1]):
        held = np.where(x[:, t, 1] > 0, x[:, t, 0], held)
        y[:, t] = np.where(x[:, t, 2] > 0, held, 0)
    return y[:, :, None]


@cache
def sequences(count: int) -> tuple[Array, Array]:
    """Draw sequences and what should come out: always the same.

    Parameters
    ----------
    count : int

    Returns
    -------
    x : float32 ndarray of shape (count, 20, 3)
    y : float32 ndarray of shape (count, 20, 1)
    """
    rng = np.random.default_rng(14)
    value = rng.choice([-1.0, 1.0], (count, STEPS))
    store = rng.random((count, STEPS)) < 0.12
    recall = (rng.random((count, STEPS)) < 0.2) & ~store
    x = np.stack([value, store, recall], axis=-1)
    return x.astype(np.float32), target(x).astype(np.float32)


class Trained:
    """An LSTM that remembers its weights after each epoch, and is trained as far as somebody asks.

    Parameters
    ----------
    eagerly : bool
        Whether the formulas train it.
    """

    def __init__(self, eagerly: bool) -> None:
        from nnlab import Sequential, layers, optimizers

        self._lock = threading.Lock()
        self._data = sequences(FEW if eagerly else SEQUENCES)
        stack: list[Any] = [layers.Input(shape=(STEPS, 3)), layers.LSTM(UNITS, return_sequences=True), layers.Dense(1)]
        self._model = Sequential(stack, seed=0)
        optimizer = optimizers.Adam(0.02, clipnorm=1.0)
        self._model.compile(optimizer, loss="mean_squared_error", run_eagerly=eagerly)
        self._weights = [self._model.get_weights()]
        self._orders: dict[int, Array] = {}

    @property
    def done(self) -> int:
        """Epochs so far."""
        return len(self._weights) - 1

    def weights(self, epochs: int, task: Task) -> tuple[list[Array], Array]:
        """Give the weights after so many epochs, and the order of the units; of fewer where the task is stopped.

        Parameters
        ----------
        epochs : int
        task : Task

        Returns
        -------
        list of ndarray
            Kernel (3, 4 H), recurrent kernel (H, 4 H), bias (4 H,), and kernel and bias of the output.
        ndarray of int of shape (H,)
            As `ranked` gives it.
        """
        with self._lock:
            while len(self._weights) <= epochs and not task.stop.is_set():
                done = self.done
                self._model.fit(*self._data, batch_size=BATCH, epochs=done + 1, initial_epoch=done, verbose=0)
                self._weights.append(self._model.get_weights())
            done = min(epochs, self.done)
            if done not in self._orders:
                self._orders[done] = ranked(self._weights[done])
            return self._weights[done], self._orders[done]


@cache
def trained(eagerly: bool) -> Trained:
    """Give the one network of this process."""
    return Trained(eagerly)


def run(weights: list[Array], x: Array) -> dict[str, Array]:
    """Run the network over sequences, and keep what its gates do.

    Parameters
    ----------
    weights : list of ndarray
    x : ndarray of shape (N, T, 3)

    Returns
    -------
    dict of str to ndarray
        "i", "f", "o" and "c", (N, T, H), and "output", (N, T).
    """
    kernel, recurrent, bias, out, out_bias = (part.astype(np.float64) for part in weights)
    h = c = np.zeros((len(x), UNITS))
    found: dict[str, list[Array]] = {"i": [], "f": [], "o": [], "c": [], "output": []}
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ kernel + h @ recurrent + bias, 4, axis=1)
        i, f, o = (1 / (1 + np.exp(-part)) for part in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        for name, part in zip(found, (i, f, o, c, (h @ out + out_bias)[:, 0]), strict=True):
            found[name].append(part)
    return {name: np.stack(parts, axis=1) for name, parts in found.items()}


def ranked(weights: list[Array]) -> Array:
    """Put the units in order: the one whose cell state goes most with the value that is stored comes first.

    Parameters
    ----------
    weights : list of ndarray

    Returns
    -------
    ndarray of int of shape (H,)
    """
    x, _y = sequences(FEW)
    asked = x.copy()
    asked[:, :, 2] = 1  # asked for at every step, the target is what is stored
    held = target(asked)[:, :, 0].ravel()
    states = run(weights, x)["c"].reshape(-1, UNITS)
    centered = states - states.mean(axis=0)
    size = np.sqrt((centered**2).sum(axis=0)) + 1e-12
    return np.argsort(-np.abs(held @ centered) / size, kind="stable")
