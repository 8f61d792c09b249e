"""Layers that move, turn and zoom images at random while training, and do nothing afterwards.

Each output pixel looks up a place in its image, between four pixels, and takes their weighted mean. A network that sees
each image in many ways learns what does not depend on them: put such layers first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab import engine
from nnlab._numbers import check_number, is_one_of, is_real
from nnlab.layers.base import Layer, Shape

Array = NDArray[Any]
Factor = float | tuple[float, float]


class RandomWarp(Layer):
    """What the layers of this module share; for one of your own, define ``places``.

    Parameters
    ----------
    fill_mode : {"reflect", "nearest", "constant", "wrap"}
        What is seen beyond the edge: ``dcba|abcd|dcba``, ``aaaa|abcd|dddd``, `fill_value`, or ``abcd|abcd|abcd``.
    fill_value : float
    name : str, optional
    input_shape : tuple of int, optional
    """

    def __init__(
        self,
        fill_mode: str = "reflect",
        *,
        fill_value: float = 0.0,
        name: str | None = None,
        input_shape: Shape | None = None,
    ) -> None:
        super().__init__(name, input_shape)
        if not is_one_of(fill_mode, (*_INSIDE, "constant")):
            raise ValueError(f"fill_mode is 'reflect', 'nearest', 'constant' or 'wrap', got {fill_mode!r}")
        self.fill_mode, self.fill_value = fill_mode, check_number("fill_value", fill_value)

    def output_shape(self, input_shape: Any) -> Any:
        """Return the shape of an image: (H, W, C)."""
        if len(input_shape) != 3:
            hint = f": put Reshape({(*input_shape, 1)}) before it" if len(input_shape) == 2 else ""
            raise ValueError(f"{self.describe()} expected images of shape (H, W, C), got {input_shape}{hint}")
        return input_shape

    def places(self, n: int, height: int, width: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Draw where the pixels of n images come from.

        Parameters
        ----------
        n, height, width : int
        rng : numpy.random.Generator

        Returns
        -------
        rows, columns : ndarray, broadcast to shape (n, height, width)
            The place in the image for each output pixel, 0 being the middle of the first one.
        """
        raise NotImplementedError(f"{type(self).__name__} has to define places(n, height, width, rng)")

    def forward(self, x: Array, training: bool = False, rng: np.random.Generator | None = None) -> Array:
        """Return warped images while training, else x itself."""
        if not training:
            return x
        n, height, width, channels = x.shape
        places = self.places(n, height, width, rng or np.random.default_rng())
        rows, columns = (np.ascontiguousarray(np.broadcast_to(a, (n, height, width))) for a in places)
        self._places = rows, columns
        if (fast := engine.compiled("augmentation")) is not None:
            return fast.warp(x, rows, columns, self.fill_mode, self.fill_value)
        pixels, out = x.reshape(-1, channels), np.zeros((n * height * width, channels), x.dtype)
        missing = np.ones(len(out), x.dtype)
        for index, weight in self._four(rows, columns, x.dtype):
            out += weight[:, None] * pixels[index]
            missing -= weight
        if self.fill_mode == "constant":
            out += x.dtype.type(self.fill_value) * missing[:, None]
        return out.reshape(x.shape)

    def backward(self, da: Array) -> Array:
        """Give each pixel's gradient to the four it came from, by their weights: the transpose of `forward`."""
        rows, columns = self._places
        if (fast := engine.compiled("augmentation")) is not None:
            return fast.warp_backward(da, rows, columns, self.fill_mode)
        slopes = da.reshape(-1, da.shape[-1])
        dx = np.zeros(slopes.shape, np.float64)
        for index, weight in self._four(rows, columns, da.dtype):
            for c in range(slopes.shape[1]):
                dx[:, c] += np.bincount(index, weight * slopes[:, c], len(dx))
        return dx.astype(da.dtype).reshape(da.shape)

    def _four(self, rows: Array, columns: Array, dtype: np.dtype[Any]) -> Iterator[tuple[Array, Array]]:
        """Yield the four pixels around each place, as numbers among all pixels of the batch, and their weights."""
        n, height, width = rows.shape
        first = np.arange(n)[:, None, None] * (height * width)
        top, left = np.floor(rows), np.floor(columns)
        down, right = rows - top, columns - left
        inside = _INSIDE["nearest" if self.fill_mode == "constant" else self.fill_mode]
        for i in (0, 1):
            for j in (0, 1):
                r, c = (top + i).astype(np.int64), (left + j).astype(np.int64)
                weight = (down if i else 1 - down) * (right if j else 1 - right)
                if self.fill_mode == "constant":
                    weight = weight * ((r >= 0) & (r < height) & (c >= 0) & (c < width))
                index = first + inside(r, height) * width + inside(c, width)
                yield index.reshape(-1), weight.reshape(-1).astype(dtype)


def _reflect(i: Array, size: int) -> Array:
    i = i % (2 * size)
    return np.minimum(i, 2 * size - 1 - i)


_INSIDE: dict[str, Callable[[Array, int], Array]] = {
    "reflect": _reflect,
    "nearest": lambda i, size: np.clip(i, 0, size - 1),
    "wrap": lambda i, size: i % size,
}


_MOST = 1e6  # far beyond any image


def _limits(name: str, factor: Any, lowest: float) -> tuple[float, float]:
    """Return the lowest and highest value of a factor: (-f, f) for one number."""
    pair = factor if isinstance(factor, tuple | list) else (-factor if is_real(factor) else factor, factor)
    if len(pair) != 2 or not all(is_real(f) for f in pair):
        raise TypeError(f"{name} is a number f, for values from -f to f, or a pair (lowest, highest), got {factor!r}")
    try:
        low, high = (float(f) for f in pair)
    except OverflowError:  # a whole number of more than 308 digits
        low = high = math.inf
    if not lowest <= low <= high <= _MOST:
        raise ValueError(f"{name}: expected {lowest:g} <= lowest <= highest <= {_MOST:g}, got {factor!r}")
    return low, high


def _draw(rng: np.random.Generator, limits: tuple[float, float], n: int) -> Array:
    return rng.uniform(*limits, (n, 1, 1))


class RandomTranslation(RandomWarp):
    """While training, shifts each image by a random share of its size.

    Parameters
    ----------
    height_factor, width_factor : float or (float, float)
        Lowest and highest share of the height, down being positive, and of the width, to the right being positive; one
        number f means from -f to f.
    fill_mode, fill_value, name, input_shape
        See `RandomWarp`.

    Examples
    --------
    >>> image = np.arange(4.0).reshape(1, 2, 2, 1)
    >>> shift = RandomTranslation(0.0, (0.5, 0.5), fill_mode="constant")
    >>> shift.forward(image, training=True)[0, :, :, 0]
    array([[0., 0.],
           [0., 2.]])
    """

    def __init__(self, height_factor: Factor, width_factor: Factor, fill_mode: str = "reflect", **options: Any) -> None:
        super().__init__(fill_mode, **options)
        self.height_factor, self.width_factor = height_factor, width_factor
        self._limits = [_limits("height_factor", height_factor, -1), _limits("width_factor", width_factor, -1)]

    def places(self, n: int, height: int, width: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Draw the shifts, and go back by them."""
        down, right = (_draw(rng, limits, n) for limits in self._limits)
        return np.arange(height)[:, None] - height * down, np.arange(width) - width * right


class RandomRotation(RandomWarp):
    """While training, turns each image about its middle by a random angle.

    Parameters
    ----------
    factor : float or (float, float)
        Lowest and highest angle as shares of a full turn, counter-clockwise being positive; one number f means from -f
        to f.
    fill_mode, fill_value, name, input_shape
        See `RandomWarp`.

    Examples
    --------
    >>> image = np.arange(4.0).reshape(1, 2, 2, 1)
    >>> RandomRotation((0.25, 0.25)).forward(image, training=True)[0, :, :, 0].round(6)
    array([[1., 3.],
           [0., 2.]])
    """

    def __init__(self, factor: Factor, fill_mode: str = "reflect", **options: Any) -> None:
        super().__init__(fill_mode, **options)
        self.factor = factor
        self._limits = _limits("factor", factor, -math.inf)

    def places(self, n: int, height: int, width: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Draw the angles, and turn back by them."""
        angle = 2 * np.pi * _draw(rng, self._limits, n)
        middle, center = (height - 1) / 2, (width - 1) / 2
        y, x = np.arange(height)[:, None] - middle, np.arange(width) - center
        return middle + np.cos(angle) * y + np.sin(angle) * x, center + np.cos(angle) * x - np.sin(angle) * y


class RandomZoom(RandomWarp):
    """While training, makes each image smaller or larger by a random factor, about its middle.

    Parameters
    ----------
    height_factor : float or (float, float)
        Lowest and highest of how much more is seen: 0.5 is zoomed out, -0.5 is zoomed in; above -1. One number f means
        from -f to f.
    width_factor : float or (float, float), optional
        The same for the width; without it both are zoomed alike.
    fill_mode, fill_value, name, input_shape
        See `RandomWarp`.
    """

    def __init__(
        self,
        height_factor: Factor,
        width_factor: Factor | None = None,
        fill_mode: str = "reflect",
        **options: Any,
    ) -> None:
        super().__init__(fill_mode, **options)
        self.height_factor, self.width_factor = height_factor, width_factor
        self._tall = _limits("height_factor", height_factor, -1)
        self._wide = None if width_factor is None else _limits("width_factor", width_factor, -1)

    def places(self, n: int, height: int, width: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Draw the factors."""
        tall = 1 + _draw(rng, self._tall, n)
        wide = tall if self._wide is None else 1 + _draw(rng, self._wide, n)
        middle, center = (height - 1) / 2, (width - 1) / 2
        return middle + tall * (np.arange(height)[:, None] - middle), center + wide * (np.arange(width) - center)
