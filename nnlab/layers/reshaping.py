"""Layers that move numbers about and compute nothing: zeros around an image, other shapes, other orders of axes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._numbers import is_whole
from nnlab.layers.base import Layer, Shape
from nnlab.layers.windows import check_axes

Array = NDArray[Any]
Edges = tuple[tuple[int, int], tuple[int, int]]


class ZeroPadding2D(Layer):
    """Puts zeros around images.

    Parameters
    ----------
    padding : int, or tuple of two int, or tuple of two tuples of two int
        Rows and columns of zeros: as many on all sides; above and below, left and right; or
        ``((above, below), (left, right))``.
    name : str, optional
    input_shape : tuple of int, optional
        Shape of one sample, for the first layer of a `Sequential`.

    Examples
    --------
    >>> ZeroPadding2D(((0, 1), (2, 3))).output_shape((5, 5, 3))
    (6, 10, 3)
    """

    def __init__(
        self,
        padding: int | tuple[int, int] | Edges = (1, 1),
        *,
        name: str | None = None,
        input_shape: Shape | None = None,
    ) -> None:
        super().__init__(name, input_shape)
        self.padding = _edges(padding)

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape with the padding; an error if a sample is not an image."""
        check_axes(self.describe(), input_shape, axes=2)
        (above, below), (left, right) = self.padding
        return (input_shape[0] + above + below, input_shape[1] + left + right, input_shape[2])

    def forward(self, x: Array, training: bool = False, rng: np.random.Generator | None = None) -> Array:  # noqa: ARG002
        """Return x with zeros around each image."""
        return np.pad(x, ((0, 0), *self.padding, (0, 0)))

    def backward(self, da: Array) -> Array:
        """Return the gradient without that of the zeros."""
        (above, below), (left, right) = self.padding
        return np.ascontiguousarray(da[:, above : da.shape[1] - below, left : da.shape[2] - right])

    def describe(self) -> str:
        """Text such as "ZeroPadding2D(((1, 1), (1, 1)))"."""
        return f"ZeroPadding2D({self.padding})"


class Reshape(Layer):
    """Gives each sample another shape; its numbers stay in their order, row after row.

    Parameters
    ----------
    target_shape : tuple of int
        Without the batch; one of its numbers may be -1: it is worked out from the others.
    name : str, optional
    input_shape : tuple of int, optional
        Shape of one sample, for the first layer of a `Sequential`.

    Examples
    --------
    >>> Reshape((28, -1, 1)).output_shape((784,))
    (28, 28, 1)
    """

    def __init__(
        self, target_shape: tuple[int, ...], *, name: str | None = None, input_shape: Shape | None = None
    ) -> None:
        super().__init__(name, input_shape)
        self.target_shape = _target(target_shape)

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the target shape; an error if a sample has not so many numbers."""
        size, known = int(np.prod(input_shape)), int(np.prod([n for n in self.target_shape if n != -1]))
        if -1 in self.target_shape and size % known == 0:
            return tuple(size // known if n == -1 else n for n in self.target_shape)
        if -1 not in self.target_shape and size == known:
            return self.target_shape
        wanted = f"a multiple of {known}" if -1 in self.target_shape else f"{known}"
        raise ValueError(
            f"{self.describe()} needs samples of {wanted} numbers, got shape {input_shape}, which has {size}: "
            f"reshaping keeps all numbers."
        )

    def forward(self, x: Array, training: bool = False, rng: np.random.Generator | None = None) -> Array:  # noqa: ARG002
        """Return x in the target shape."""
        if training:
            self.shape = x.shape
        return x.reshape(len(x), *self.output_shape(x.shape[1:]))

    def backward(self, da: Array) -> Array:
        """Return da in the shape of the input."""
        return da.reshape(self.shape)

    def describe(self) -> str:
        """Text such as "Reshape((28, 28))"."""
        return f"Reshape({self.target_shape})"


class Permute(Layer):
    """Gives the axes of each sample another order.

    Parameters
    ----------
    dims : tuple of int
        Which axis of the input comes first, second, ...; counted from 1, because the batch is axis 0 and stays.
    name : str, optional
    input_shape : tuple of int, optional
        Shape of one sample, for the first layer of a `Sequential`.

    Examples
    --------
    >>> Permute((2, 1)).output_shape((10, 64))
    (64, 10)
    """

    def __init__(self, dims: tuple[int, ...], *, name: str | None = None, input_shape: Shape | None = None) -> None:
        super().__init__(name, input_shape)
        if not isinstance(dims, tuple | list) or sorted(dims) != list(range(1, len(dims) + 1)):
            raise ValueError(f"dims names each axis once, counted from 1, such as (2, 1); got {dims!r}")
        self.dims = tuple(int(axis) for axis in dims)

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape in the new order; an error if a sample has not so many axes."""
        if len(input_shape) != len(self.dims):
            raise ValueError(f"{self.describe()} expected samples with {len(self.dims)} axes, got shape {input_shape}")
        return tuple(input_shape[axis - 1] for axis in self.dims)

    def forward(self, x: Array, training: bool = False, rng: np.random.Generator | None = None) -> Array:  # noqa: ARG002
        """Return x with its axes in the new order."""
        return np.ascontiguousarray(x.transpose(0, *self.dims))

    def backward(self, da: Array) -> Array:
        """Return da with its axes in the old order."""
        return np.ascontiguousarray(da.transpose(np.argsort((0, *self.dims))))

    def describe(self) -> str:
        """Text such as "Permute((2, 1))"."""
        return f"Permute({self.dims})"


def _edges(padding: Any) -> Edges:
    pair = padding if isinstance(padding, tuple | list) else (padding, padding)
    sides = [side if isinstance(side, tuple | list) else (side, side) for side in pair]
    numbers = [n for side in sides for n in side]
    whole = all(is_whole(n) and n >= 0 for n in numbers)
    if len(sides) != 2 or any(len(side) != 2 for side in sides) or not whole:
        raise ValueError(
            f"padding is a number from 0 up, (above and below, left and right), or ((above, below), (left, right)); "
            f"got {padding!r}"
        )
    (above, below), (left, right) = sides
    return (int(above), int(below)), (int(left), int(right))


def _target(shape: Any) -> Shape:
    numbers = tuple(shape) if isinstance(shape, tuple | list) else ()
    whole = all(is_whole(n) and (n > 0 or n == -1) for n in numbers)
    if not isinstance(shape, tuple | list) or not whole or numbers.count(-1) > 1:
        hint = f": write ({shape},), with a comma" if is_whole(shape) else ""
        raise ValueError(
            f"target_shape is a tuple such as (28, 28, 1), in which one number may be -1; got {shape!r}{hint}"
        )
    return tuple(int(n) for n in numbers)
