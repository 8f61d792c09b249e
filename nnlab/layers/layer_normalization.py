"""`LayerNormalization`: brings each sample, or each step of a sequence, to mean 0 and variance 1 by itself.

The formulas work on a matrix, one row for each set of numbers that are averaged over; the layer brings other arrays
into that form. How the gradients come about stands in `layer_normalization_backward`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab import constraints, initializers, regularizers
from nnlab.layers.base import Shape
from nnlab.layers.normalization import Normalization, scaled

Array = NDArray[Any]


def layer_normalization_forward(
    x: Array, gamma: Array | None, beta: Array | None, epsilon: float
) -> tuple[Array, Array, Array]:
    """Normalize rows: ``y = gamma x_hat + beta`` with ``x_hat = (x - mean) / sqrt(variance + epsilon)``.

    Parameters
    ----------
    x : ndarray of shape (M, F)
    gamma, beta : ndarray of shape (F,) or None
    epsilon : float
        Keeps a constant row from dividing by 0.

    Returns
    -------
    y, x_hat : ndarray of shape (M, F)
    inverse : ndarray of shape (M, 1)
        ``1 / sqrt(variance + epsilon)``.

    References
    ----------
    Ba, Kiros & Hinton (2016), arXiv:1607.06450.

    Examples
    --------
    >>> y, x_hat, inverse = layer_normalization_forward(np.array([[1.0, 5.0]]), None, None, 0.0)
    >>> y
    array([[-1.,  1.]])
    """
    distance = x - x.mean(axis=1, keepdims=True)
    inverse = 1 / np.sqrt(np.square(distance).mean(axis=1, keepdims=True) + epsilon)
    x_hat = distance * inverse
    return scaled(x_hat, gamma, beta), x_hat, inverse


def layer_normalization_backward(
    x_hat: Array, inverse: Array, gamma: Array | None, dy: Array
) -> tuple[Array, Array, Array]:
    """Gradients of `layer_normalization_forward`.

    Parameters
    ----------
    x_hat : ndarray of shape (M, F)
    inverse : ndarray of shape (M, 1)
        What the forward pass returned.
    gamma : ndarray of shape (F,) or None
    dy : ndarray of shape (M, F)

    Returns
    -------
    dx : ndarray of shape (M, F)
    dgamma, dbeta : ndarray of shape (F,)

    Notes
    -----
    For one row of F numbers, with ``r = inverse`` and ``g = gamma dy``, the gradient of the loss with respect to
    ``x_hat``:

    - ``x_hat_j = r (x_j - mean)`` passes on three gradients: ``r g_j`` to ``x_j``; to the mean ``-r sum_k g_k``; and,
      because ``dr / dvariance = -r^3 / 2``, to the variance ``-r^2 / 2 sum_k g_k x_hat_k``.
    - The mean changes by ``1 / F`` with ``x_j``, the variance by ``2 (x_j - mean) / F = 2 x_hat_j / (r F)``.

    Together ``dx_j = r (g_j - mean_k g_k - x_hat_j mean_k g_k x_hat_k)``: what is left of g is neither a shift nor a
    stretch of the row, for those are undone by the forward pass.

    References
    ----------
    Ba, Kiros & Hinton (2016), arXiv:1607.06450.
    """
    g = dy if gamma is None else dy * gamma
    dx = inverse * (g - g.mean(axis=1, keepdims=True) - x_hat * (g * x_hat).mean(axis=1, keepdims=True))
    return dx, (dy * x_hat).sum(axis=0), dy.sum(axis=0)


class LayerNormalization(Normalization):
    """Normalizes each sample, or each step of a sequence, by the mean and variance of its own features.

    ``y = gamma (x - mean) / sqrt(variance + epsilon) + beta``: the same while training and afterwards.

    Parameters
    ----------
    axis : int or list of int
        The axes that are averaged over, with the samples as axis 0.
    epsilon : float
        Added to the variance, above 0.
    center, scale : bool
        Whether there is a beta; a gamma.
    beta_initializer, gamma_initializer : str or Initializer
    beta_regularizer, gamma_regularizer : str, Regularizer or None
    beta_constraint, gamma_constraint : str, Constraint or None
    name : str, optional
    input_shape : tuple of int, optional

    References
    ----------
    Ba, Kiros & Hinton (2016), arXiv:1607.06450.

    Examples
    --------
    >>> LayerNormalization()(np.array([[1.0, 5.0], [10.0, 50.0]])).round(3)
    array([[-1.,  1.],
           [-1.,  1.]])
    """

    def __init__(
        self,
        axis: int | list[int] | tuple[int, ...] = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        *,
        beta_initializer: str | initializers.Initializer = "zeros",
        gamma_initializer: str | initializers.Initializer = "ones",
        beta_regularizer: str | regularizers.Regularizer | None = None,
        gamma_regularizer: str | regularizers.Regularizer | None = None,
        beta_constraint: str | constraints.Constraint | None = None,
        gamma_constraint: str | constraints.Constraint | None = None,
        name: str | None = None,
        input_shape: Shape | None = None,
    ) -> None:
        super().__init__(
            epsilon, center, scale, beta_initializer, gamma_initializer, beta_regularizer, gamma_regularizer,
            beta_constraint, gamma_constraint, name, input_shape,
        )  # fmt: skip
        self.axis = axis

    def build(self, input_shape: Shape, rng: np.random.Generator) -> None:
        """Make gamma and beta, of the shape of the axes that are averaged over."""
        self.make(tuple(input_shape[place - 1] for place in self._places(input_shape)), rng)

    def _places(self, input_shape: Shape) -> list[int]:
        axes = self.axis if isinstance(self.axis, list | tuple) else [self.axis]
        places = sorted({self.place(axis, input_shape) for axis in axes})
        if not places or len(places) < len(axes):
            raise ValueError(f"{self.describe()} needs different axes, at least one, got axis={self.axis!r}")
        return places

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the input; an error if it has no such axes, or other numbers of features."""
        size = tuple(input_shape[place - 1] for place in self._places(input_shape))
        parameter = self.beta if self.gamma is None else self.gamma
        if parameter is not None and parameter.shape != size:
            raise ValueError(f"{self.describe()} was made for {parameter.shape} features, got {size}")
        return input_shape

    def _rows(self, x: Array) -> tuple[Array, Shape, list[int]]:
        """Bring the axes that are averaged over to the end, and make one of them: (M, F)."""
        places = self._places(x.shape[1:])
        last = list(range(-len(places), 0))
        moved = np.moveaxis(x, places, last)
        features = int(np.prod(moved.shape[-len(places) :]))
        return moved.reshape(-1, features), moved.shape, places

    def forward(self, x: Array, training: bool = False, rng: np.random.Generator | None = None) -> Array:  # noqa: ARG002
        """Return the normalized x."""
        rows, shape, places = self._rows(x)
        y, x_hat, inverse = layer_normalization_forward(rows, _flat(self.gamma), _flat(self.beta), self.epsilon)
        if training:
            self.x_hat, self.inverse = x_hat, inverse
        return np.moveaxis(y.reshape(shape), range(-len(places), 0), places)

    def backward(self, da: Array) -> Array:
        """Return dx, of the shape of x, and keep dgamma and dbeta."""
        rows, shape, places = self._rows(da)
        dx, dgamma, dbeta = layer_normalization_backward(self.x_hat, self.inverse, _flat(self.gamma), rows)
        size = shape[-len(places) :]
        self.dgamma, self.dbeta = dgamma.reshape(size), dbeta.reshape(size)
        return np.moveaxis(dx.reshape(shape), range(-len(places), 0), places)


def _flat(parameter: Array | None) -> Array | None:
    return None if parameter is None else parameter.reshape(-1)
