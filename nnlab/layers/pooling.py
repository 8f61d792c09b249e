"""Pooling: an image or a series made smaller, by the largest or the mean of each window.

Channels stand last and are pooled one by one. A series is an image of one row. Where the windows stop:
`nnlab.layers.windows`. Compiled twins of the formulas of max pooling: `nnlab.engine.pooling`. Of all there is:
`nnlab.layers.global_pooling`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab import engine
from nnlab.layers.base import Layer, Shape
from nnlab.layers.windows import Windows, check_axes, check_fit, check_padding, check_size, windows_on

Array = NDArray[Any]


def max_pooling_forward(x: Array, windows: Windows) -> tuple[Array, Array]:
    """Take the largest number of each window.

    Parameters
    ----------
    x : ndarray of shape (N, H, W, C)
    windows : Windows

    Returns
    -------
    a : ndarray of shape (N, stops down, stops across, C)
    winners : ndarray of int of shape (N, stops down, stops across, C)
        Which tap of the window saw the largest, counted row after row; the first of several that are equal.

    Notes
    -----
    Padding never wins. NaN does, so that it stays visible.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[1.0, 3.0], [3.0, 2.0]]).reshape(1, 2, 2, 1)
    >>> a, winners = max_pooling_forward(x, windows_on((2, 2), (2, 2), (2, 2), "valid"))
    >>> a.item(), winners.item()
    (3.0, 1)
    """
    padded = windows.pad(x, -np.inf)
    taps = [padded[seen] for _, _, seen in windows.taps()]
    inside = windows.pad(np.ones((1, *x.shape[1:3], 1), dtype=bool))  # where a window sees -inf all over, an image wins
    a = np.maximum.reduce(taps)  # keeps NaN
    winners = np.full(a.shape, -1)
    for k, (tap, (_, _, seen)) in enumerate(zip(taps, windows.taps(), strict=True)):
        wins = ((tap == a) | (np.isnan(tap) & np.isnan(a))) & (winners < 0) & inside[seen]
        winners[wins] = k
    return a, winners


def max_pooling_backward(winners: Array, da: Array, windows: Windows) -> Array:
    """Gradient of `max_pooling_forward`: all of it goes to the winner.

    Parameters
    ----------
    winners : ndarray of int of shape (N, stops down, stops across, C)
        From the forward pass.
    da : ndarray of shape (N, stops down, stops across, C)
    windows : Windows

    Returns
    -------
    ndarray of shape (N, H, W, C)

    Notes
    -----
    The largest has the slope 1, the others 0. Where several are largest, the first gets all, as in TensorFlow.
    """
    image = np.zeros((len(da), windows.rows.length, windows.columns.length, da.shape[3]), da.dtype)
    dpadded = windows.pad(image)
    for k, (_, _, seen) in enumerate(windows.taps()):
        dpadded[seen] += np.where(winners == k, da, da.dtype.type(0))
    return np.ascontiguousarray(windows.unpad(dpadded))


def average_pooling_forward(x: Array, windows: Windows) -> Array:
    """Take the mean of each window.

    Parameters
    ----------
    x : ndarray of shape (N, H, W, C)
    windows : Windows

    Returns
    -------
    ndarray of shape (N, stops down, stops across, C)

    Notes
    -----
    Padding does not count: the sum is divided by the number of pixels that the window sees.
    """
    padded = windows.pad(x)
    total = sum(padded[seen] for _, _, seen in windows.taps())
    return np.asarray(total / _pixels(windows, x.dtype))


def average_pooling_backward(da: Array, windows: Windows) -> Array:
    """Gradient of `average_pooling_forward`: each pixel of a window gets the same share.

    Parameters
    ----------
    da : ndarray of shape (N, stops down, stops across, C)
    windows : Windows

    Returns
    -------
    ndarray of shape (N, H, W, C)
    """
    image = np.zeros((len(da), windows.rows.length, windows.columns.length, da.shape[3]), da.dtype)
    dpadded, shares = windows.pad(image), da / _pixels(windows, da.dtype)
    for _, _, seen in windows.taps():
        dpadded[seen] += shares
    return np.ascontiguousarray(windows.unpad(dpadded))


def _pixels(windows: Windows, dtype: np.dtype[Any]) -> Array:
    """How many pixels of the image a window sees at each stop, (1, stops down, stops across, 1)."""
    ones = windows.pad(np.ones((1, windows.rows.length, windows.columns.length, 1), dtype))
    return np.asarray(sum(ones[seen] for _, _, seen in windows.taps()))


class _Pooling(Layer):
    """What the layers below have in common: windows that slide along so many axes."""

    axes: int

    def __init__(
        self,
        pool_size: int | tuple[int, ...],
        strides: int | tuple[int, ...] | None = None,
        padding: str = "valid",
        *,
        name: str | None = None,
        input_shape: Shape | None = None,
    ) -> None:
        super().__init__(name, input_shape)
        self.pool_size = check_size("pool_size", pool_size, self.axes)
        self.strides = self.pool_size if strides is None else check_size("strides", strides, self.axes)
        self.padding = check_padding(padding, ("valid", "same"))

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the stops of the window along each axis, and the channels; an error if a sample does not fit."""
        check_axes(self.describe(), input_shape, self.axes)
        windows = self.windows(input_shape)
        check_fit(self.describe(), "window", windows, self.axes)
        return (*(windows.rows.stops, windows.columns.stops)[-self.axes :], input_shape[-1])

    def windows(self, sample: Shape) -> Windows:
        """Say where the window stops.

        Parameters
        ----------
        sample : tuple of int

        Returns
        -------
        Windows
        """
        image = (1, *sample[:-1])[-2:]  # a series is an image of one row
        return windows_on(image, self.pool_size, self.strides, self.padding)

    def _images(self, x: Array) -> Array:
        return x if self.axes == 2 else x[:, None]

    def _samples(self, images: Array) -> Array:
        return images if self.axes == 2 else images[:, 0]

    def describe(self) -> str:
        """Text such as "MaxPooling2D(pool_size=(2, 2))"."""
        return f"{type(self).__name__}(pool_size={self.pool_size})"


class _MaxPooling(_Pooling):
    def __init__(
        self,
        pool_size: int | tuple[int, ...] = 2,
        strides: int | tuple[int, ...] | None = None,
        padding: str = "valid",
        *,
        name: str | None = None,
        input_shape: Shape | None = None,
    ) -> None:
        super().__init__(pool_size, strides, padding, name=name, input_shape=input_shape)

    def forward(self, x: Array, training: bool = False, rng: np.random.Generator | None = None) -> Array:  # noqa: ARG002
        """Return the largest of each window."""
        windows, fast = self.windows(x.shape[1:]), engine.compiled("pooling")
        pool = max_pooling_forward if fast is None else fast.max_pooling_forward
        a, winners = pool(self._images(x), windows)
        if training:
            self.sample_shape, self.winners = x.shape[1:], winners
        return self._samples(a)

    def backward(self, da: Array) -> Array:
        """Return the gradient, which goes to the winners."""
        windows, fast = self.windows(self.sample_shape), engine.compiled("pooling")
        unpool = max_pooling_backward if fast is None else fast.max_pooling_backward
        return self._samples(unpool(self.winners, self._images(da), windows))


class _AveragePooling(_Pooling):
    def forward(self, x: Array, training: bool = False, rng: np.random.Generator | None = None) -> Array:  # noqa: ARG002
        """Return the mean of each window."""
        if training:
            self.sample_shape = x.shape[1:]
        return self._samples(average_pooling_forward(self._images(x), self.windows(x.shape[1:])))

    def backward(self, da: Array) -> Array:
        """Return the gradient, spread evenly over each window."""
        return self._samples(average_pooling_backward(self._images(da), self.windows(self.sample_shape)))


class MaxPooling1D(_MaxPooling):
    """Keeps the largest number of each window of a series, channel by channel.

    Parameters
    ----------
    pool_size : int or tuple of int, optional
        Time steps of the window; 2 if not given.
    strides : int or tuple of int, optional
        How far the window moves from stop to stop; by its own size if not given.
    padding : {"valid", "same"}
        "valid" leaves out a rest that fills no window; "same" keeps it, and padding does not count.
    name : str, optional
    input_shape : tuple of int, optional
        Shape of one sample, for the first layer of a `Sequential`.

    Examples
    --------
    >>> MaxPooling1D(2).output_shape((100, 8))
    (50, 8)
    """

    axes = 1


class MaxPooling2D(_MaxPooling):
    """Keeps the largest number of each window of an image, channel by channel.

    Parameters
    ----------
    pool_size : int or tuple of int, optional
        Rows and columns of the window; (2, 2) if not given.
    strides : int or tuple of int, optional
        How far the window moves from stop to stop; by its own size if not given.
    padding : {"valid", "same"}
        "valid" leaves out a rest that fills no window; "same" keeps it, and padding does not count.
    name : str, optional
    input_shape : tuple of int, optional
        Shape of one sample, for the first layer of a `Sequential`.

    Examples
    --------
    >>> MaxPooling2D((2, 2)).output_shape((26, 26, 32))
    (13, 13, 32)
    """

    axes = 2


class AveragePooling1D(_AveragePooling):
    """Keeps the mean of each window of a series, channel by channel.

    Parameters
    ----------
    pool_size : int or tuple of int
        Time steps of the window.
    strides : int or tuple of int, optional
        How far the window moves from stop to stop; by its own size if not given.
    padding : {"valid", "same"}
        "valid" leaves out a rest that fills no window; "same" keeps it, and padding does not count.
    name : str, optional
    input_shape : tuple of int, optional
        Shape of one sample, for the first layer of a `Sequential`.

    Examples
    --------
    >>> AveragePooling1D(2).output_shape((100, 8))
    (50, 8)
    """

    axes = 1


class AveragePooling2D(_AveragePooling):
    """Keeps the mean of each window of an image, channel by channel.

    Parameters
    ----------
    pool_size : int or tuple of int
        Rows and columns of the window.
    strides : int or tuple of int, optional
        How far the window moves from stop to stop; by its own size if not given.
    padding : {"valid", "same"}
        "valid" leaves out a rest that fills no window; "same" keeps it, and padding does not count.
    name : str, optional
    input_shape : tuple of int, optional
        Shape of one sample, for the first layer of a `Sequential`.

    Examples
    --------
    >>> AveragePooling2D(3, strides=2, padding="same").output_shape((9, 8, 4))
    (5, 4, 4)
    """

    axes = 2
