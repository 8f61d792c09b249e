"""Layers that make one array of several: `Add` of a skip connection, `Concatenate` of branches, and their like.

The shapes need not be equal: an axis of size 1 is repeated, and missing axes are put behind that of the samples, as in
Keras. Going back, a number that was repeated gets the sum of the gradients of all its copies.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._numbers import is_whole
from nnlab.layers.base import Layer, Shape

Array = NDArray[Any]


def sum_to_shape(dy: Array, shape: Shape) -> Array:
    """Undo the repeating of an array: sum the gradients of all copies of a number.

    Parameters
    ----------
    dy : ndarray
        Gradient with respect to an array that was repeated.
    shape : tuple of int
        Of the array before; as many axes as dy.

    Returns
    -------
    ndarray of this shape

    Examples
    --------
    >>> sum_to_shape(np.ones((2, 3)), (2, 1))
    array([[3.],
           [3.]])
    """
    repeated = tuple(axis for axis, size in enumerate(shape) if size == 1 and dy.shape[axis] > 1)
    return dy.sum(axis=repeated, keepdims=True) if repeated else dy


class Merge(Layer):
    """What layers with several inputs share; one that computes number by number defines ``merge`` and ``slopes``."""

    keeps_mask = True

    def output_shape(self, input_shape: Any) -> Shape:
        """Return the shape that all inputs are repeated to; an error if there is none."""
        shapes = self._several(input_shape)
        rank = max(len(shape) for shape in shapes)
        filled = [(1,) * (rank - len(shape)) + shape for shape in shapes]
        for sizes in zip(*filled, strict=True):
            if len({size for size in sizes if size != 1}) > 1:
                raise ValueError(
                    f"{self.describe()} needs inputs of one shape, or axes of size 1 to repeat; got samples of shapes "
                    f"{_listed(shapes)}"
                )
        return tuple(max(sizes) for sizes in zip(*filled, strict=True))

    def _several(self, input_shape: Any) -> list[Shape]:
        if not isinstance(input_shape, list):
            raise ValueError(
                f"{self.describe()} merges several arrays, got one: call it on a list, as in {self.describe()}([a, b])"
            )
        return input_shape

    def _check_samples(self, x: Sequence[Array]) -> None:
        if len({len(one) for one in x}) > 1:
            raise ValueError(
                f"{self.describe()} needs as many samples in each input, got {_listed([len(one) for one in x])}"
            )

    def forward(self, x: Any, training: bool = False, rng: np.random.Generator | None = None) -> Array:  # noqa: ARG002
        """Return the merged array."""
        self._check_samples(x)
        rank = max(one.ndim for one in x)
        filled = [one.reshape(len(one), *(1,) * (rank - one.ndim), *one.shape[1:]) for one in x]
        if training:
            self.shapes, self.filled = [one.shape for one in x], filled
        return self.merge(filled)

    def backward(self, da: Array) -> list[Array]:
        """Return the gradient of each input."""
        gradients = self.slopes(self.filled, da)
        return [
            sum_to_shape(dx, one.shape).reshape(shape)
            for dx, one, shape in zip(gradients, self.filled, self.shapes, strict=True)
        ]

    def merge(self, x: list[Array]) -> Array:
        """Compute the merged array.

        Parameters
        ----------
        x : list of ndarray
            With equally many axes.

        Returns
        -------
        ndarray
        """
        raise NotImplementedError(f"{type(self).__name__} has to define merge(x)")

    def slopes(self, x: list[Array], da: Array) -> list[Array]:
        """Compute the gradient of each input as if it had been repeated to the shape of the output.

        Parameters
        ----------
        x : list of ndarray
        da : ndarray
            Gradient with respect to the merged array.

        Returns
        -------
        list of ndarray
        """
        raise NotImplementedError(f"{type(self).__name__} has to define slopes(x, da)")

    def output_mask(self, mask: Any) -> Array | None:
        """Return what is no padding in one input at least; None if one of them has no mask: it has no padding."""
        return None if any(one is None for one in mask) else reduce(np.logical_or, mask)

    def describe(self) -> str:
        """Text such as "Add()"."""
        return f"{type(self).__name__}()"


class Add(Merge):
    """``a + b + ...``: the gradient goes to each of them unchanged, which is what skip connections live on.

    References
    ----------
    He, Zhang, Ren & Sun (2016), CVPR, 770-778.

    Examples
    --------
    >>> Add()([np.array([[1.0, 2.0]]), np.array([[10.0, 20.0]])])
    array([[11., 22.]])
    """

    def merge(self, x: list[Array]) -> Array:
        """Return the sum."""
        return reduce(np.add, x)

    def slopes(self, x: list[Array], da: Array) -> list[Array]:
        """Return da for each."""
        return [da] * len(x)


class Subtract(Merge):
    """``a - b``.

    Examples
    --------
    >>> Subtract()([np.array([[1.0, 2.0]]), np.array([[10.0, 20.0]])])
    array([[ -9., -18.]])
    """

    def output_shape(self, input_shape: Any) -> Shape:
        """Return the shape that both are repeated to; an error if there is none, or if there are not two."""
        if len(self._several(input_shape)) != 2:
            raise ValueError(f"Subtract() takes two inputs, the second from the first; got {len(input_shape)}")
        return super().output_shape(input_shape)

    def merge(self, x: list[Array]) -> Array:
        """Return the difference."""
        return x[0] - x[1]

    def slopes(self, x: list[Array], da: Array) -> list[Array]:  # noqa: ARG002
        """Return da, and -da."""
        return [da, -da]


class Multiply(Merge):
    """``a b ...``, number by number: a gate.

    Examples
    --------
    >>> Multiply()([np.array([[1.0, 2.0]]), np.array([[10.0, 20.0]])])
    array([[10., 40.]])
    """

    def merge(self, x: list[Array]) -> Array:
        """Return the product."""
        return reduce(np.multiply, x)

    def slopes(self, x: list[Array], da: Array) -> list[Array]:
        """Return da times the product of all others; not of all divided by its own, which may be 0."""
        return [reduce(np.multiply, x[:k] + x[k + 1 :], da) for k in range(len(x))]


class Average(Merge):
    """The mean of the inputs.

    Examples
    --------
    >>> Average()([np.array([[1.0, 2.0]]), np.array([[10.0, 20.0]])])
    array([[ 5.5, 11. ]])
    """

    def merge(self, x: list[Array]) -> Array:
        """Return the sum divided by the number of inputs."""
        return reduce(np.add, x) / len(x)

    def slopes(self, x: list[Array], da: Array) -> list[Array]:
        """Return for each its share of da."""
        return [da / len(x)] * len(x)


class Concatenate(Merge):
    """Puts the inputs side by side along one axis.

    Parameters
    ----------
    axis : int
        With the samples as axis 0; -1 puts features side by side.
    name : str, optional
    input_shape : tuple of int, optional

    Examples
    --------
    >>> Concatenate()([np.array([[1.0, 2.0]]), np.array([[3.0]])])
    array([[1., 2., 3.]])
    """

    def __init__(self, axis: int = -1, *, name: str | None = None, input_shape: Shape | None = None) -> None:
        super().__init__(name, input_shape)
        if not is_whole(axis) or axis == 0:
            raise ValueError(f"Concatenate's axis is a whole number, and not 0, which counts the samples; got {axis!r}")
        self.axis = int(axis)

    def output_shape(self, input_shape: Any) -> Shape:
        """Return the shape with the sum of the sizes along the axis; an error if the other sizes differ."""
        shapes = self._several(input_shape)
        ranks = {len(shape) for shape in shapes}
        if len(ranks) > 1 or not -max(ranks) <= self.axis <= max(ranks):
            raise ValueError(
                f"{self.describe()} needs inputs with this axis and equally many axes, got samples of shapes "
                f"{_listed(shapes)}"
            )
        place = self.axis - 1 if self.axis > 0 else self.axis + max(ranks)
        rests = {shape[:place] + shape[place + 1 :] for shape in shapes}
        if len(rests) > 1:
            raise ValueError(
                f"{self.describe()} puts arrays side by side that differ along this axis only, got samples of shapes "
                f"{_listed(shapes)}"
            )
        return (*shapes[0][:place], sum(shape[place] for shape in shapes), *shapes[0][place + 1 :])

    def forward(self, x: Any, training: bool = False, rng: np.random.Generator | None = None) -> Array:  # noqa: ARG002
        """Return the arrays side by side."""
        self._check_samples(x)
        self.shapes = [one.shape for one in x]  # after training, too: output_mask needs them
        return np.concatenate(x, axis=self.axis)

    def backward(self, da: Array) -> list[Array]:
        """Cut da at the places where the arrays met."""
        ends = np.cumsum([shape[self.axis] for shape in self.shapes])
        return np.split(da, ends[:-1], axis=self.axis)

    def output_mask(self, mask: Any) -> Array | None:
        """Put masks side by side along the time; along the features, return what is no padding in one of them.

        An input without a mask has no padding.
        """
        if all(one is None for one in mask):
            return None
        masks = [np.ones(shape[:2], bool) if one is None else one for one, shape in zip(mask, self.shapes, strict=True)]
        along_time = self.axis == 1 or self.axis == 1 - len(self.shapes[0])
        return np.concatenate(masks, axis=1) if along_time else reduce(np.logical_or, masks)

    def describe(self) -> str:
        """Text such as "Concatenate(axis=-1)"."""
        return f"Concatenate(axis={self.axis})"


def _listed(things: Sequence[Any]) -> str:
    return ", ".join(map(str, things[:-1])) + f" and {things[-1]}"
