"""A training, kept moment by moment: the weights after every thousand images. No widgets, no drawing."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.engine.threads import single_blas_thread
from nnlab.explorers.chapter_12.digits import _data

Array = NDArray[Any]

UNITS = 32
LAST = 40  # thousand images: five epochs of 8,000
HEAPS = (100, 1000, 8000)  # how many different digits
STEP = 1000  # images between two moments


def images_of_test() -> Array:
    """Give the test digits as rows of 784 numbers.

    Returns
    -------
    ndarray of shape (2000, 784)
    """
    return _data()[2]


class Film:
    """A network while it learns.

    Parameters
    ----------
    heap : int
        How many different digits it learns from.
    eagerly : bool
        Whether the formulas train.

    Attributes
    ----------
    kernels : list of ndarray of shape (784, UNITS)
    outgoing : list of ndarray of shape (UNITS, 10)
    accuracy, training_accuracy : list of float
        Of the test digits, and of the digits learned from (at most 1,000 of them).
    """

    def __init__(self, heap: int, eagerly: bool) -> None:
        from nnlab import Sequential, layers

        stack = [layers.Dense(UNITS, activation="relu", input_shape=(784,)), layers.Dense(10, activation="softmax")]
        self._model = Sequential(stack, seed=0)
        self._model.compile(
            "adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"], run_eagerly=eagerly
        )  # fmt: skip
        self._heap, self._order = heap, np.random.default_rng(0)
        self._queue = np.zeros(0, dtype=np.intp)
        self.kernels: list[Array] = []
        self.outgoing: list[Array] = []
        self.accuracy: list[float] = []
        self.training_accuracy: list[float] = []

    @property
    def moments(self) -> int:
        """How many there are."""
        return len(self.kernels)

    def shoot(self) -> None:
        """Train with the next thousand images, except at the beginning, and keep the weights."""
        x, y, x_test, y_test = _data()
        with single_blas_thread():  # products this small are slower on several
            if self.kernels:
                rows = self._next()
                self._model.fit(x[rows], y[rows], batch_size=32, epochs=1, verbose=0, shuffle=False)
            W1, _b1, W2, _b2 = self._model.get_weights()
            some = min(self._heap, 1000)
            self.accuracy.append(self._right(x_test, y_test))
            self.training_accuracy.append(self._right(x[:some], y[:some]))
        self.outgoing.append(W2)
        self.kernels.append(W1)

    def _right(self, x: Array, y: Array) -> float:
        return float(np.mean(self._model.predict(x).argmax(axis=1) == y))

    def _next(self) -> Array:
        """Take the next thousand rows; the heap is shuffled anew whenever it is used up."""
        while len(self._queue) < STEP:
            self._queue = np.concatenate([self._queue, self._order.permutation(self._heap)])
        rows, self._queue = self._queue[:STEP], self._queue[STEP:]
        return rows


@lru_cache(maxsize=6)
def film_of(heap: int, eagerly: bool) -> Film:
    """Give the film of a training, as far as it is shot: the same one each time.

    Parameters
    ----------
    heap : int
    eagerly : bool

    Returns
    -------
    Film
    """
    return Film(heap, eagerly)
