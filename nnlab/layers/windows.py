"""How a window slides over an image: where it stops, and what it sees there. Convolution and pooling share this.

An image has rows and columns and channels, (N, H, W, C). A series is an image of one row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._numbers import is_one_of
from nnlab.layers.base import Shape, check_count

Array = NDArray[Any]


@dataclass(frozen=True)
class Slide:
    """How a window slides along one axis.

    Parameters
    ----------
    length : int
        Places along the axis.
    size : int
        Taps of the window.
    stride : int
        Places from one stop to the next.
    dilation : int
        Places from one tap to the next.
    before, after : int
        Places of padding at the two ends.
    stops : int
        How often the window stops; 0 where it does not fit.
    """

    length: int
    size: int
    stride: int
    dilation: int
    before: int
    after: int
    stops: int

    def seen(self, tap: int) -> slice:
        """Places of the padded axis that a tap sees, one for each stop.

        Parameters
        ----------
        tap : int

        Returns
        -------
        slice
        """
        first = tap * self.dilation
        return slice(first, first + (self.stops - 1) * self.stride + 1, self.stride)


@lru_cache(maxsize=1024)
def slide(length: int, size: int, stride: int, padding: str, dilation: int = 1) -> Slide:
    """Work out the padding and the number of stops.

    Parameters
    ----------
    length, size, stride : int
    padding : {"valid", "same", "causal"}
        "valid" pads nothing; "same" pads so that there are ``ceil(length / stride)`` stops; "causal" pads before the
        beginning only, so that a stop sees nothing that comes after it.
    dilation : int

    Returns
    -------
    Slide

    Notes
    -----
    A window spans ``(size - 1) * dilation + 1`` places, and stops ``(padded - span) // stride + 1`` times. Where "same"
    needs an odd number of places, the one more stands at the end, as in TensorFlow and Keras.

    References
    ----------
    Dumoulin & Visin (2016), arXiv:1603.07285.

    Examples
    --------
    >>> slide(5, size=3, stride=2, padding="same").stops
    3
    """
    span = (size - 1) * dilation + 1
    before = after = 0
    if padding == "causal":
        before = span - 1
    elif padding == "same":
        missing = max((-(-length // stride) - 1) * stride + span - length, 0)
        before, after = missing // 2, missing - missing // 2
    stops = max((length + before + after - span) // stride + 1, 0)
    return Slide(length, size, stride, dilation, before, after, stops)


@dataclass(frozen=True)
class Windows:
    """How a window slides over images: down the rows, and along the columns.

    Parameters
    ----------
    rows, columns : Slide
    """

    rows: Slide
    columns: Slide

    def pad(self, x: Array, value: float = 0) -> Array:
        """Put the padding around images.

        Parameters
        ----------
        x : ndarray of shape (N, H, W, C)
        value : float

        Returns
        -------
        ndarray of shape (N, padded H, padded W, C)
        """
        rows, columns = self.rows, self.columns
        edges = ((0, 0), (rows.before, rows.after), (columns.before, columns.after), (0, 0))
        return np.pad(x, edges, constant_values=value) if np.any(edges) else x

    def unpad(self, padded: Array) -> Array:
        """Return a view without the padding: the places of the images themselves.

        Parameters
        ----------
        padded : ndarray of shape (N, padded H, padded W, C)

        Returns
        -------
        ndarray of shape (N, H, W, C)
        """
        rows, columns = self.rows, self.columns
        return padded[:, rows.before : rows.before + rows.length, columns.before : columns.before + columns.length]

    def taps(self) -> Iterator[tuple[int, int, tuple[slice, slice, slice]]]:
        """Go through the taps of the window, row after row.

        Yields
        ------
        row, column : int
        where : tuple of slice
            ``padded[where]``, of shape (N, stops, stops, C), is what this tap sees at all stops.
        """
        for row in range(self.rows.size):
            for column in range(self.columns.size):
                yield row, column, (slice(None), self.rows.seen(row), self.columns.seen(column))


def check_size(what: str, value: Any, axes: int) -> Shape:
    """Return a size for each axis; one number counts for all.

    Parameters
    ----------
    what : str
        Name of the argument, for the message.
    value : int or tuple of int
    axes : int

    Returns
    -------
    tuple of int

    Raises
    ------
    ValueError
        If they are not whole numbers from 1 up, or not as many as axes.

    Examples
    --------
    >>> check_size("pool_size", 2, axes=2)
    (2, 2)
    """
    sizes = tuple(value) if isinstance(value, tuple | list) else (value,) * axes
    if len(sizes) != axes:
        example = "3 or (3,)" if axes == 1 else "3 or (3, 3)"
        raise ValueError(f"{what} is a number, or {axes} of them, one for each axis, such as {example}; got {value!r}")
    return tuple(check_count(what, size) for size in sizes)


def check_padding(padding: Any, allowed: tuple[str, ...]) -> str:
    """Check the name of a padding.

    Parameters
    ----------
    padding : str
    allowed : tuple of str

    Returns
    -------
    str
        In small letters.

    Raises
    ------
    ValueError
        If it is none of the allowed.
    """
    if isinstance(padding, str) and padding.lower() in allowed:
        return padding.lower()
    hint = ": 'causal' is for series, in Conv1D" if is_one_of(padding, ("causal",)) else ""
    raise ValueError(f"padding is {' or '.join(map(repr, allowed))}, got {padding!r}{hint}")


def windows_on(image: Shape, size: Shape, strides: Shape, padding: str, dilation_rate: Shape = (1, 1)) -> Windows:
    """Say how a window slides over images of one size.

    Parameters
    ----------
    image : tuple of int
        Rows and columns.
    size, strides, dilation_rate : tuple of int
        For the rows and the columns; or for the columns only, where the window has one row.
    padding : {"valid", "same", "causal"}

    Returns
    -------
    Windows

    Examples
    --------
    >>> windows_on((28, 28), (3, 3), (1, 1), "valid").rows.stops
    26
    """
    ones = (1,) * (2 - len(size))
    (high, wide), (down, along) = (*ones, *size), (*ones, *strides)
    apart, beside = (*ones, *dilation_rate) if len(dilation_rate) == len(size) else (1, 1)
    return Windows(slide(image[0], high, down, padding, apart), slide(image[1], wide, along, padding, beside))


def check_fit(who: str, what: str, windows: Windows, axes: int) -> None:
    """Check that a window stops at least once.

    Parameters
    ----------
    who : str
        The layer, for the message.
    what : str
        What slides, such as "kernel".
    windows : Windows
    axes : int
        1 for series, 2 for images.

    Raises
    ------
    ValueError
        If the window is larger than the image; the message shows the arithmetic.
    """
    for slides, name in ((windows.rows, "rows"), (windows.columns, "columns")):
        if slides.stops:
            continue
        r, c = windows.rows, windows.columns
        sizes = f"{r.size} x {c.size} {what}" if axes == 2 else f"{what} of {c.size} steps"
        place = f"an image of {r.length} x {c.length}" if axes == 2 else f"a series of {c.length} steps"
        span = (slides.size - 1) * slides.dilation + 1
        spread = f" spread by dilation_rate={slides.dilation} to {span}" if slides.dilation > 1 else ""
        raise ValueError(
            f"{who}: a {sizes}{spread} does not fit on {place}: ({slides.length} - {span}) // {slides.stride} + 1 = "
            f"{(slides.length - span) // slides.stride + 1} {name if axes == 2 else 'steps'}. Use padding='same' or a "
            f"smaller {what}."
        )


def check_axes(who: str, sample: Shape, axes: int) -> None:
    """Check that a sample is an image or a series, with channels.

    Parameters
    ----------
    who : str
        The layer, for the message.
    sample : tuple of int
    axes : int
        1 for series, 2 for images.

    Raises
    ------
    ValueError
        If it has fewer or more axes.
    """
    if len(sample) != axes + 1:
        names = "(rows, columns, channels)" if axes == 2 else "(steps, channels)"
        hint = f": give it one channel with layers.Reshape({(*sample, 1)})" if len(sample) == axes else ""
        raise ValueError(f"{who} expected each sample to have the axes {names}, got shape {sample}{hint}.")
