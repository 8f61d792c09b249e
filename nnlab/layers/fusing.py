"""Two layers computed as one, where that is faster and gives the same: a convolution and the max pooling after it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab import activations, engine
from nnlab.layers.base import Layer
from nnlab.layers.convolution import Conv2D
from nnlab.layers.pooling import MaxPooling2D

Array = NDArray[Any]


def fuse(first: Layer, second: Layer) -> FusedPooling | None:
    """Join two layers, of which the second takes what the first returns; nobody else may want to see that.

    Parameters
    ----------
    first, second : Layer

    Returns
    -------
    FusedPooling or None
        None where there is nothing to gain, or it would not give the same.

    Examples
    --------
    >>> from nnlab.layers import Flatten
    >>> fuse(Conv2D(32, 3, activation="relu"), Flatten()) is None
    True
    """
    # Exact types: a learner's own layer may compute something else than what it derives from.
    if type(first) is not Conv2D or type(second) is not MaxPooling2D or first.activity_regularizer is not None:
        return None
    if second.activity_regularizer is not None:
        return None
    if first.activation is not activations.relu and first.activation is not activations.linear:
        return None
    return FusedPooling(first, second) if engine.compiled("convolution_pooling") is not None else None


class FusedPooling:
    """Does what a `Conv2D` and a `MaxPooling2D` do one after the other, and leaves gradients in the convolution.

    Parameters
    ----------
    convolution : Conv2D
        With a relu, or no activation.
    pooling : MaxPooling2D

    Notes
    -----
    The output of the convolution is never written to memory, which halves the time of both together.
    """

    def __init__(self, convolution: Conv2D, pooling: MaxPooling2D) -> None:
        self.convolution, self.pooling = convolution, pooling

    def forward(self, x: Array, training: bool = False, rng: np.random.Generator | None = None) -> Array:  # noqa: ARG002
        """Return the pooled activations of the convolution; see `Layer.forward`."""
        conv, fast = self.convolution, engine.compiled("convolution_pooling")
        assert fast is not None
        windows = conv.windows(x.shape[1:])
        pool_windows = self.pooling.windows((windows.rows.stops, windows.columns.stops, conv.filters))
        relu = conv.activation is activations.relu
        a, winners = fast.convolution_pooling_forward(x, conv.kernel, conv.bias, windows, pool_windows, relu=relu)
        if training:
            self.x, self.a, self.winners, self.windows, self.pool_windows = x, a, winners, windows, pool_windows
        return a

    def backward(self, da: Array) -> Array:
        """Return dx, and leave dkernel and dbias in the convolution."""
        return self._backward(da, inputs=True)

    def backward_to_parameters(self, da: Array) -> None:
        """Leave dkernel and dbias in the convolution."""
        self._backward(da, inputs=False)

    def _backward(self, da: Array, inputs: bool) -> Any:
        conv, fast = self.convolution, engine.compiled("convolution_pooling")
        assert fast is not None
        a = self.a if conv.activation is activations.relu else None
        dx, conv.dkernel, conv.dbias = fast.convolution_pooling_backward(
            self.x, conv.kernel, da, self.windows, self.pool_windows, self.winners, a=a, inputs=inputs
        )
        return dx
