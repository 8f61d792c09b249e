"""`BatchNormalization`: brings each feature to mean 0 and variance 1 over the batch.

The formulas work on a matrix, with samples (or the pixels of all images) as rows; the layer brings other arrays into
that form. How the gradients come about stands in `batch_normalization_backward`. Normalizing each sample by itself:
`nnlab.layers.layer_normalization`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab import constraints, initializers, regularizers
from nnlab._numbers import check_flag, check_number, is_whole
from nnlab.layers.base import Layer, Shape

Array = NDArray[Any]


def moments(x: Array, share: Array) -> tuple[Array, Array]:
    """Weighted mean and variance of each column: ``mean = sum_i s_i x_i``, ``variance = sum_i s_i (x_i - mean)^2``.

    Parameters
    ----------
    x : ndarray of shape (M, C)
    share : ndarray of shape (M,)
        s: 1 / M for each row, so that these are the plain ones; 0 for a row that is only padding.

    Returns
    -------
    mean, variance : ndarray of shape (C,)

    Examples
    --------
    >>> moments(np.array([[1.0], [5.0], [9.0]]), np.array([0.5, 0.5, 0.0]))
    (array([3.]), array([4.]))
    """
    mean = share @ x
    return mean, share @ np.square(x - mean)


def batch_normalization_forward(
    x: Array, mean: Array, variance: Array, gamma: Array | None, beta: Array | None, epsilon: float
) -> tuple[Array, Array, Array]:
    """Normalize columns: ``y = gamma x_hat + beta`` with ``x_hat = (x - mean) / sqrt(variance + epsilon)``.

    Parameters
    ----------
    x : ndarray of shape (M, C)
    mean, variance : ndarray of shape (C,)
    gamma, beta : ndarray of shape (C,) or None
    epsilon : float
        Keeps a constant column from dividing by 0.

    Returns
    -------
    y, x_hat : ndarray of shape (M, C)
    inverse : ndarray of shape (C,)
        ``1 / sqrt(variance + epsilon)``.

    References
    ----------
    Ioffe & Szegedy (2015), ICML 37, 448-456, algorithm 1.

    Examples
    --------
    >>> y, x_hat, inverse = batch_normalization_forward(np.array([[1.0], [5.0]]), 3.0, 4.0, None, None, 0.0)
    >>> y
    array([[-1.],
           [ 1.]])
    """
    inverse = 1 / np.sqrt(variance + epsilon)
    x_hat = (x - mean) * inverse
    return scaled(x_hat, gamma, beta), x_hat, inverse


def batch_normalization_backward(
    x_hat: Array, inverse: Array, gamma: Array | None, share: Array, dy: Array
) -> tuple[Array, Array, Array]:
    """Gradients of `batch_normalization_forward`, through the mean and the variance, too.

    Parameters
    ----------
    x_hat : ndarray of shape (M, C)
    inverse : ndarray of shape (C,)
        What the forward pass returned.
    gamma : ndarray of shape (C,) or None
    share : ndarray of shape (M,)
        What `moments` was told; all 0 where the statistics do not depend on x.
    dy : ndarray of shape (M, C)

    Returns
    -------
    dx : ndarray of shape (M, C)
    dgamma, dbeta : ndarray of shape (C,)

    Notes
    -----
    For one column, with ``r = inverse`` and ``g = gamma dy``, the gradient of the loss with respect to ``x_hat``:

    - ``x_hat_i = r (x_i - mean)`` passes on three gradients: ``r g_i`` to ``x_i``; to the mean ``-r sum_i g_i``; and,
      because ``dr / dvariance = -r^3 / 2``, to the variance ``-r^3 / 2 sum_i g_i (x_i - mean)``, which is
      ``-r^2 / 2 sum_i g_i x_hat_i``.
    - ``mean = sum_i s_i x_i`` changes by ``s_i`` with ``x_i``, and ``variance = sum_i s_i (x_i - mean)^2`` by
      ``2 s_i (x_i - mean) = 2 s_i x_hat_i / r``. That the mean moves in it makes no difference: the weighted distances
      from the mean sum to 0.

    Together ``dx_i = r (g_i - s_i (sum_j g_j + x_hat_i sum_j g_j x_hat_j))``. The two sums are ``gamma dbeta`` and
    ``gamma dgamma``, so that nothing new has to be summed.

    References
    ----------
    Ioffe & Szegedy (2015), ICML 37, 448-456, section 3.
    """
    dbeta = dy.sum(axis=0)
    dgamma = (dy * x_hat).sum(axis=0)
    dx = inverse * (dy - share[:, None] * (dbeta + x_hat * dgamma))
    return dx if gamma is None else dx * gamma, dgamma, dbeta


def scaled(x_hat: Array, gamma: Array | None, beta: Array | None) -> Array:
    """``gamma x_hat + beta``; None changes nothing.

    Parameters
    ----------
    x_hat : ndarray of shape (M, C)
    gamma, beta : ndarray of shape (C,) or None

    Returns
    -------
    ndarray of shape (M, C)
    """
    y = x_hat if gamma is None else x_hat * gamma
    return y if beta is None else y + beta


class Normalization(Layer):
    """What `BatchNormalization` and `LayerNormalization` share: gamma and beta."""

    keeps_mask = True
    gamma: Array | None = None
    beta: Array | None = None

    def __init__(
        self,
        epsilon: float,
        center: bool,
        scale: bool,
        beta_initializer: str | initializers.Initializer,
        gamma_initializer: str | initializers.Initializer,
        beta_regularizer: str | regularizers.Regularizer | None,
        gamma_regularizer: str | regularizers.Regularizer | None,
        beta_constraint: str | constraints.Constraint | None,
        gamma_constraint: str | constraints.Constraint | None,
        name: str | None,
        input_shape: Shape | None,
    ) -> None:
        super().__init__(name, input_shape)
        self.epsilon = check_number("epsilon", epsilon, above=0)
        self.center, self.scale = check_flag("center", center), check_flag("scale", scale)
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.parameter_names = ("gamma",) * self.scale + ("beta",) * self.center
        for parameter in self.parameter_names:
            self._attach(parameter, parameter)

    def make(self, shape: Shape, rng: np.random.Generator) -> None:
        """Make gamma and beta.

        Parameters
        ----------
        shape : tuple of int
        rng : numpy.random.Generator
        """
        for parameter in self.parameter_names:
            setattr(self, parameter, getattr(self, f"{parameter}_initializer")(shape, rng))

    def place(self, axis: Any, input_shape: Shape) -> int:
        """Count an axis from the batch's beginning.

        Parameters
        ----------
        axis : int
            With the samples as axis 0; negative from the end.
        input_shape : tuple of int
            Shape of one sample.

        Returns
        -------
        int

        Raises
        ------
        ValueError
            If there is no such axis, or if it is that of the samples.
        """
        rank = len(input_shape) + 1
        if not is_whole(axis) or not -rank < axis < rank or axis == 0:
            raise ValueError(
                f"{self.describe()} has axis={axis!r}, but a batch of samples of shape {input_shape} has the axes 1 "
                f"to {rank - 1}, or -1 for the last; axis 0 counts the samples"
            )
        return int(axis) % rank


class BatchNormalization(Normalization):
    """Normalizes each feature: while training by its mean and variance in the batch, else by their moving averages.

    ``y = gamma (x - mean) / sqrt(variance + epsilon) + beta``. Each training step moves the averages:
    ``moving_mean = momentum moving_mean + (1 - momentum) mean``, and the variance likewise.

    Parameters
    ----------
    axis : int
        The axis of the features, with the samples as axis 0; -1 are the channels of an image, too.
    momentum : float
        Share of a moving average that stays in a step, from 0 to below 1.
    epsilon : float
        Added to the variance, above 0.
    center, scale : bool
        Whether there is a beta; a gamma.
    beta_initializer, gamma_initializer, moving_mean_initializer, moving_variance_initializer : str or Initializer
    beta_regularizer, gamma_regularizer : str, Regularizer or None
    beta_constraint, gamma_constraint : str, Constraint or None
    name : str, optional
    input_shape : tuple of int, optional

    Notes
    -----
    With ``trainable = False`` the moving averages stay, and are used while training, too. Masked time steps are
    normalized like the others, but do not count in the statistics. Both is so in Keras.

    References
    ----------
    Ioffe & Szegedy (2015), ICML 37, 448-456.

    Examples
    --------
    >>> layer = BatchNormalization()
    >>> layer(np.array([[1.0], [5.0]])).round(3)  # not trained: mean 0, variance 1
    array([[1.   ],
           [4.998]])
    >>> layer.forward(np.array([[1.0], [5.0]]), training=True).round(3)
    array([[-1.],
           [ 1.]])
    >>> layer.moving_mean.round(6)  # 0.99 * 0 + 0.01 * 3
    array([0.03])
    """

    state_names = ("moving_mean", "moving_variance")
    takes_mask = True

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        *,
        beta_initializer: str | initializers.Initializer = "zeros",
        gamma_initializer: str | initializers.Initializer = "ones",
        moving_mean_initializer: str | initializers.Initializer = "zeros",
        moving_variance_initializer: str | initializers.Initializer = "ones",
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
        self.momentum = check_number("momentum", momentum, at_least=0, below=1)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)

    def build(self, input_shape: Shape, rng: np.random.Generator) -> None:
        """Make gamma, beta and the moving averages, each (C,)."""
        shape = (input_shape[self.place(self.axis, input_shape) - 1],)
        self.make(shape, rng)
        self.moving_mean = self.moving_mean_initializer(shape, rng)
        self.moving_variance = self.moving_variance_initializer(shape, rng)

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the input; an error if it has no such axis, or another number of features."""
        features = input_shape[self.place(self.axis, input_shape) - 1]
        if self.built and self.moving_mean.shape != (features,):
            raise ValueError(f"{self.describe()} was made for {len(self.moving_mean)} features, got {features}")
        return input_shape

    def forward(
        self,
        x: Array,
        training: bool = False,
        rng: np.random.Generator | None = None,  # noqa: ARG002
        mask: Array | None = None,
    ) -> Array:
        """Return the normalized x; while training also move the averages, in place."""
        moved = np.moveaxis(x, self.axis, -1)
        rows = moved.reshape(-1, moved.shape[-1])  # (M, C)
        if training and self.trainable:
            share = _shares(moved, mask)
            mean, variance = moments(rows, share)
            for moving, new in ((self.moving_mean, mean), (self.moving_variance, variance)):
                moving *= self.momentum
                moving += (1 - self.momentum) * new
        else:
            share = np.zeros(len(rows), x.dtype)
            mean, variance = self.moving_mean, self.moving_variance
        y, x_hat, inverse = batch_normalization_forward(rows, mean, variance, self.gamma, self.beta, self.epsilon)
        if training:
            self.x_hat, self.inverse, self.share = x_hat, inverse, share
        return np.moveaxis(y.reshape(moved.shape), -1, self.axis)

    def backward(self, da: Array) -> Array:
        """Return dx, of the shape of x, and keep dgamma and dbeta."""
        moved = np.moveaxis(da, self.axis, -1)
        dx, self.dgamma, self.dbeta = batch_normalization_backward(
            self.x_hat, self.inverse, self.gamma, self.share, moved.reshape(self.x_hat.shape)
        )
        return np.moveaxis(dx.reshape(moved.shape), -1, self.axis)


def _shares(x: Array, mask: Array | None) -> Array:
    """Each row's share in the statistics, (M,): 1 / M, or less than 1 in all where the mask leaves rows out."""
    if mask is None:
        rows = x[..., 0].size
        return np.full(rows, 1 / rows, x.dtype)
    if mask.shape != x.shape[:-1]:
        raise ValueError(
            f"BatchNormalization with a mask normalizes sequences, (N, T, D): got inputs of shape {x.shape} and a mask "
            f"of shape {mask.shape}"
        )
    return (mask / max(mask.sum(), 1)).astype(x.dtype).reshape(-1)
