"""The digits and the small convolutional network of chapter 13's explorers."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

TEST = 500  # digits to test with


@cache
def digits() -> tuple[Array, Array, Array, Array]:
    """Load the embedded digits, scaled, with one channel.

    Returns
    -------
    x, y, x_test, y_test : ndarray
        Images of shape (N, 28, 28, 1) in float32, labels of shape (N,); `TEST` to test with.
    """
    from nnlab import datasets

    (x, y), (x_test, y_test) = datasets.digits.load_data()
    scaled = [(images[..., None] / np.float32(255)).astype(np.float32) for images in (x, x_test[:TEST])]
    return scaled[0], y, scaled[1], y_test[:TEST]


@cache
def example(digit: int) -> Array:
    """Return the first training image of a digit.

    Parameters
    ----------
    digit : int

    Returns
    -------
    uint8 ndarray of shape (28, 28)
    """
    x, y, _x_test, _y_test = digits()
    image = x[np.flatnonzero(y == digit)[0], :, :, 0]
    return np.round(255 * image).astype(np.uint8)


def build(filters: int, kernel_size: int, pooling: bool, learning_rate: float, run_eagerly: bool) -> Any:
    """Make and compile a network: convolution with ReLU, max pooling if asked for, and ten outputs.

    Parameters
    ----------
    filters, kernel_size : int
    pooling : bool
    learning_rate : float
    run_eagerly : bool

    Returns
    -------
    Sequential
    """
    from nnlab import Sequential, layers, optimizers

    model = Sequential(
        [
            layers.Conv2D(filters, kernel_size, activation="relu", input_shape=(28, 28, 1)),
            *([layers.MaxPooling2D(2)] if pooling else []),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ],
        seed=0,
    )
    model.compile(
        optimizer=optimizers.Adam(learning_rate=learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        run_eagerly=run_eagerly,
    )
    return model
