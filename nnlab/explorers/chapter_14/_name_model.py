"""The character model of `temperature_names`: it learns to go on with a name, letter by letter."""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.datasets import names
from nnlab.explorers.core import Task

Array = NDArray[Any]

LETTERS = "abcdefghijklmnopqrstuvwxyz"
END = 0  # begin and end of a name; a is 1
LONGEST = 12  # letters that are sampled, the end included
UNITS, VECTOR, BATCH = 48, 16, 32
FEW = 320  # names for the formulas, without compiled code


def tokens(words: list[str], length: int = LONGEST) -> Array:
    """Write names as numbers, filled up with ends.

    Parameters
    ----------
    words : list of str
        Of letters a to z.
    length : int

    Returns
    -------
    ndarray of int of shape (N, length + 1)
        Each begins with the end of the name before, 0.

    Examples
    --------
    >>> tokens(["ab"], 4)
    array([[0, 1, 2, 0, 0]])
    """
    found = np.zeros((len(words), length + 1), dtype=np.int64)
    for row, word in zip(found, words, strict=True):
        row[1 : len(word) + 1] = [LETTERS.index(letter) + 1 for letter in word]
    return found


@cache
def known() -> frozenset[str]:
    """Collect all names that were there to learn from."""
    (x, _y), _test = names.load_data()
    return frozenset(map(str, x))


class NameModel:
    """A GRU that remembers its weights after each epoch, and is trained as far as somebody asks.

    Parameters
    ----------
    eagerly : bool
        Whether the formulas train it.
    """

    def __init__(self, eagerly: bool) -> None:
        from nnlab import Sequential, layers, optimizers

        (x, _y), _test = names.load_data()
        written = tokens([str(name) for name in (x[:FEW] if eagerly else x)])
        self._x, self._y = written[:, :-1], written[:, 1:]
        self._lock = threading.Lock()
        stack = [
            layers.Embedding(27, VECTOR, input_shape=(LONGEST,)),
            layers.GRU(UNITS, return_sequences=True),
            layers.Dense(27),
        ]
        self._model = Sequential(stack, seed=0)
        from nnlab import losses

        loss = losses.SparseCategoricalCrossentropy(from_logits=True)
        self._model.compile(optimizers.Adam(0.005), loss=loss, run_eagerly=eagerly)
        self._weights = [self._model.get_weights()]

    @property
    def done(self) -> int:
        """Epochs so far."""
        return len(self._weights) - 1

    def step(self, task: Task) -> None:
        """Train for one epoch more."""
        with self._lock:
            if task.stop.is_set():
                return
            done = self.done
            self._model.fit(self._x, self._y, batch_size=BATCH, epochs=done + 1, initial_epoch=done, verbose=0)
            self._weights.append(self._model.get_weights())

    def weights(self, epochs: int) -> list[Array]:
        """Give the weights after so many epochs, or those that are there."""
        return self._weights[min(epochs, self.done)]


@cache
def model(eagerly: bool) -> NameModel:
    """Give the one model of this process."""
    return NameModel(eagerly)


class Writer:
    """The network at work, a letter at a time.

    Parameters
    ----------
    weights : list of ndarray
    count : int
        Names that are written side by side.
    """

    def __init__(self, weights: list[Array], count: int) -> None:
        self._table, self._kernel, self._recurrent, self._bias, self._out, self._out_bias = weights
        self._h = np.zeros((count, UNITS), self._kernel.dtype)

    def read(self, letters: Array) -> Array:
        """Read one letter of each name, and give the scores of the next.

        Parameters
        ----------
        letters : ndarray of int of shape (count,)

        Returns
        -------
        ndarray of shape (count, 27)
        """
        from nnlab.layers.gru import gru_forward

        u = self._table[letters] @ self._kernel
        hs, _memory = gru_forward(u[None], self._h, self._recurrent, self._bias)
        self._h = hs[-1]
        return np.asarray(self._h @ self._out + self._out_bias, dtype=np.float64)


def softmax(scores: Array, temperature: float) -> Array:
    """Make probabilities of scores at a temperature.

    Parameters
    ----------
    scores : ndarray of shape (..., K)
    temperature : float

    Returns
    -------
    ndarray of shape (..., K)
    """
    z = scores / temperature
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def write(weights: list[Array], prefix: str, temperature: float, count: int, seed: int) -> tuple[Array, list[str]]:
    """Go on with a prefix.

    Parameters
    ----------
    weights : list of ndarray
    prefix : str
        Of letters a to z.
    temperature : float
    count : int
    seed : int

    Returns
    -------
    scores : ndarray of shape (27,)
        Of the letter after the prefix.
    written : list of str
    """
    writer = Writer(weights, count)
    for token in tokens([prefix], len(prefix))[0]:
        scores = writer.read(np.full(count, token))
    first, written = scores[0], np.zeros((count, 0), dtype=np.int64)
    draws = np.random.default_rng(seed).random((LONGEST, count))  # the same luck at each temperature
    for draw in draws[len(prefix) :]:
        climbed = np.cumsum(softmax(scores, temperature), axis=1)
        letters = np.minimum((climbed < draw[:, None]).sum(axis=1), 26)
        written = np.concatenate([written, letters[:, None]], axis=1)
        scores = writer.read(letters)
    ends = ["".join(LETTERS[k - 1] if k else "." for k in row) for row in written]
    return first, [prefix + end.split(".")[0] for end in ends]
