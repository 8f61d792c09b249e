"""Global pooling: the largest or the mean of each channel of a whole image or series. Channels stand last."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._numbers import check_flag
from nnlab.layers.base import Layer, Shape
from nnlab.layers.windows import check_axes

Array = NDArray[Any]


class _GlobalPooling(Layer):
    """What the layers below have in common: they pool over so many axes."""

    axes: int
    sample_shape: Shape

    def __init__(self, *, keepdims: bool = False, name: str | None = None, input_shape: Shape | None = None) -> None:
        super().__init__(name, input_shape)
        self.keepdims = check_flag("keepdims", keepdims)

    def output_shape(self, input_shape: Shape) -> Shape:
        """``(channels,)``; with ``keepdims`` the other axes stay, with a length of 1."""
        check_axes(self.describe(), input_shape, self.axes)
        return (*(1,) * self.axes * self.keepdims, input_shape[-1])

    def _shaped(self, pooled: Array) -> Array:
        """Give (N, C) the shape of the output."""
        return pooled.reshape(len(pooled), *self.output_shape(self.sample_shape))

    @property
    def _all_but_channels(self) -> tuple[int, ...]:
        return tuple(range(1, self.axes + 1))


class _GlobalAveragePooling(_GlobalPooling):
    def forward(self, x: Array, training: bool = False, rng: np.random.Generator | None = None) -> Array:  # noqa: ARG002
        """Return the means, (N, C)."""
        self.sample_shape = x.shape[1:]
        return self._shaped(x.mean(axis=self._all_but_channels))

    def backward(self, da: Array) -> Array:
        """Return the gradient, spread evenly."""
        places = int(np.prod(self.sample_shape[:-1]))
        shares = da.reshape(len(da), *(1,) * self.axes, -1) / da.dtype.type(places)
        return np.broadcast_to(shares, (len(da), *self.sample_shape)).copy()


class _GlobalMaxPooling(_GlobalPooling):
    def forward(self, x: Array, training: bool = False, rng: np.random.Generator | None = None) -> Array:  # noqa: ARG002
        """Return the largest, (N, C)."""
        self.sample_shape = x.shape[1:]
        a = x.max(axis=self._all_but_channels)
        if training:
            self.x, self.a = x, a
        return self._shaped(a)

    def backward(self, da: Array) -> Array:
        """Return the gradient, which goes to the largest; in equal parts where there are several, as in TensorFlow."""
        channels = (len(da), *(1,) * self.axes, self.x.shape[-1])
        largest = self.x == self.a.reshape(channels)
        shares = da.reshape(channels) / largest.sum(axis=self._all_but_channels, keepdims=True, dtype=da.dtype)
        return np.where(largest, shares, da.dtype.type(0))


class GlobalAveragePooling1D(_GlobalAveragePooling):
    """Makes a series one vector: the mean over time of each channel.

    Parameters
    ----------
    keepdims : bool
        Whether to keep the axis of time, with a length of 1.
    name : str, optional
    input_shape : tuple of int, optional

    Notes
    -----
    Time steps that are only padding, as a mask says, do not count: ``a = sum(mask x) / sum(mask)``.

    References
    ----------
    Lin, Chen & Yan (2014), Network in Network, arXiv:1312.4400, section 3.2.

    Examples
    --------
    >>> GlobalAveragePooling1D().output_shape((100, 8))
    (8,)
    """

    axes = 1
    takes_mask = True

    def forward(
        self,
        x: Array,
        training: bool = False,
        rng: np.random.Generator | None = None,
        mask: Array | None = None,
    ) -> Array:
        """Return the means, (N, C)."""
        self.counted = None if mask is None else mask[:, :, None].astype(x.dtype)  # (N, T, 1)
        if self.counted is None:
            return super().forward(x, training, rng)
        self.sample_shape = x.shape[1:]
        return self._shaped((x * self.counted).sum(axis=1) / self.counted.sum(axis=1))

    def backward(self, da: Array) -> Array:
        """Return the gradient, spread evenly over the time steps that count."""
        if self.counted is None:
            return super().backward(da)
        return self.counted * (da.reshape(len(da), 1, -1) / self.counted.sum(axis=1, keepdims=True))


class GlobalAveragePooling2D(_GlobalAveragePooling):
    """Makes an image one vector: the mean over all pixels of each channel.

    Parameters
    ----------
    keepdims : bool
        Whether to keep the axes of rows and columns, with a length of 1.
    name : str, optional
    input_shape : tuple of int, optional

    References
    ----------
    Lin, Chen & Yan (2014), Network in Network, arXiv:1312.4400, section 3.2.

    Examples
    --------
    >>> GlobalAveragePooling2D().output_shape((7, 7, 64))
    (64,)
    """

    axes = 2


class GlobalMaxPooling1D(_GlobalMaxPooling):
    """Makes a series one vector: the largest over time of each channel.

    Parameters
    ----------
    keepdims : bool
        Whether to keep the axis of time, with a length of 1.
    name : str, optional
    input_shape : tuple of int, optional

    Examples
    --------
    >>> GlobalMaxPooling1D().output_shape((100, 8))
    (8,)
    """

    axes = 1


class GlobalMaxPooling2D(_GlobalMaxPooling):
    """Makes an image one vector: the largest of all pixels of each channel.

    Parameters
    ----------
    keepdims : bool
        Whether to keep the axes of rows and columns, with a length of 1.
    name : str, optional
    input_shape : tuple of int, optional

    Examples
    --------
    >>> GlobalMaxPooling2D(keepdims=True).output_shape((7, 7, 64))
    (1, 1, 64)
    """

    axes = 2
