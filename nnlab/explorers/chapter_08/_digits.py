"""What the explorers of chapter 08 train: 1,000 real digits, made smaller, and a dense network with one hidden layer.

Each pixel is the mean of four, so that five optimizers and several seeds are trained while a slider moves.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.engine.threads import single_blas_thread
from nnlab.optimizers import Optimizer

Array = NDArray[Any]

TRAINED, UNITS = 1000, 32
PIXELS = 14 * 14
GUESS = 2.3  # the loss of saying "each digit, one in ten" is ln 10 = 2.303; a network that ends here has failed


@cache
def digits() -> tuple[Array, Array, Array, Array]:
    """Make the digits to learn from and the new ones.

    Returns
    -------
    x, y, x_new, y_new : ndarray of shape (1000, 196), (1000,), (2000, 196), (2000,)
    """
    from nnlab import datasets

    (images, labels), (new_images, new_labels) = datasets.digits.load_data()
    return _smaller(images[:TRAINED]), labels[:TRAINED], _smaller(new_images), new_labels


def _smaller(images: Array) -> Array:
    means = images.reshape(len(images), 14, 2, 14, 2).mean(axis=(2, 4)) / 255
    return np.ascontiguousarray(means.reshape(len(images), PIXELS), np.float32)


def build(optimizer: Optimizer, seed: int, run_eagerly: bool) -> Any:
    """Make and compile one network.

    Parameters
    ----------
    optimizer : Optimizer
    seed : int
        The same seed gives the same first weights and the same batches with each optimizer.
    run_eagerly : bool

    Returns
    -------
    Sequential
    """
    from nnlab import Sequential, layers

    stack = [layers.Dense(UNITS, activation="relu", input_shape=(PIXELS,)), layers.Dense(10, activation="softmax")]
    model = Sequential(stack, seed=seed)
    model.compile(optimizer, loss="sparse_categorical_crossentropy", run_eagerly=run_eagerly)
    return model


def share_right(model: Any) -> float:
    """Say how many of the new digits a network tells right.

    Parameters
    ----------
    model : Sequential

    Returns
    -------
    float
    """
    _x, _y, x_new, y_new = digits()
    with single_blas_thread():  # a product this small is slower on several, above all on a busy computer
        return float(np.mean(model.predict(x_new).argmax(axis=1) == y_new))
