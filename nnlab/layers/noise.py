"""Layers that disturb their inputs while training, and do nothing afterwards."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._numbers import check_number, is_real
from nnlab.layers.base import Layer, Shape

Array = NDArray[Any]


class Dropout(Layer):
    """While training, switches each input off with probability ``rate`` and scales the others by ``1 / (1 - rate)``.

    Parameters
    ----------
    rate : float
        From 0 to below 1.
    name : str, optional
    input_shape : tuple of int, optional

    References
    ----------
    Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov (2014), JMLR 15, 1929-1958.
    """

    keeps_mask = True

    def __init__(self, rate: float, *, name: str | None = None, input_shape: Shape | None = None) -> None:
        super().__init__(name, input_shape)
        if not is_real(rate) or not 0 <= rate < 1:
            raise ValueError(f"Dropout's rate is the share of inputs to switch off, from 0 to below 1, got {rate!r}")
        self.rate = float(rate)

    def forward(self, x: Array, training: bool = False, rng: np.random.Generator | None = None) -> Array:
        """Return x with some inputs off while training, else x itself."""
        if not training:
            return x
        rng = rng or np.random.default_rng()
        keep = rng.random(x.shape) >= self.rate
        self.factor = keep * x.dtype.type(1 / (1 - self.rate))
        return x * self.factor

    def backward(self, da: Array) -> Array:
        """Return the gradient of the inputs that stayed."""
        return da * self.factor

    def describe(self) -> str:
        """Text such as "Dropout(0.5)"."""
        return f"Dropout({self.rate:g})"


class GaussianNoise(Layer):
    """While training, adds to each input a normal number of mean 0.

    Parameters
    ----------
    stddev : float
        Standard deviation of the noise, at least 0.
    name : str, optional
    input_shape : tuple of int, optional

    References
    ----------
    Bishop (1995), Neural Computation 7, 108-116: small noise acts as a penalty on the slopes of the network.

    Examples
    --------
    >>> GaussianNoise(0.5).forward(np.ones((1, 2)))
    array([[1., 1.]])
    """

    keeps_mask = True

    def __init__(self, stddev: float, *, name: str | None = None, input_shape: Shape | None = None) -> None:
        super().__init__(name, input_shape)
        self.stddev = check_number("stddev", stddev, at_least=0)

    def forward(self, x: Array, training: bool = False, rng: np.random.Generator | None = None) -> Array:
        """Return x with noise while training, else x itself."""
        if not training:
            return x
        rng = rng or np.random.default_rng()
        noise: Array = rng.standard_normal(x.shape).astype(x.dtype)
        return x + self.stddev * noise

    def backward(self, da: Array) -> Array:
        """Return da: the noise does not depend on the inputs."""
        return da

    def describe(self) -> str:
        """Text such as "GaussianNoise(0.1)"."""
        return f"GaussianNoise({self.stddev:g})"
