"""The layers of a dense network, forward and backward, as chapters 4 and 7 derive them; Dropout is in `noise`.

Names: x input, z pre-activation, a activation, dz the gradient of the loss with respect to z; N samples in a batch,
D features, H hidden units, T time steps of a sequence.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab import activations, constraints, engine, initializers, regularizers
from nnlab._numbers import check_flag
from nnlab.layers.base import Layer, Shape, check_count

Array = NDArray[Any]


def dense_forward(x: Array, kernel: Array, bias: Array | None) -> Array:
    """Affine map ``z = x @ kernel + bias``.

    Parameters
    ----------
    x : ndarray of shape (N, D), or (N, T, D)
        A sequence is mapped step by step, each with the same kernel.
    kernel : ndarray of shape (D, H)
    bias : ndarray of shape (H,) or None

    Returns
    -------
    ndarray of shape (N, H), or (N, T, H)

    Examples
    --------
    >>> import numpy as np
    >>> dense_forward(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]), np.array([0.5]))
    array([[11.5]])
    """
    # All steps of all samples as rows of one matrix: one product, instead of one for each sample.
    z = (x.reshape(-1, x.shape[-1]) @ kernel).reshape(*x.shape[:-1], kernel.shape[1])
    return z if bias is None else z + bias


def dense_backward(x: Array, kernel: Array, dz: Array) -> tuple[Array, Array, Array]:
    """Gradients of an affine map ``z = x @ kernel + bias``.

    Parameters
    ----------
    x : ndarray of shape (N, D), or (N, T, D)
        Layer input saved by the forward pass.
    kernel : ndarray of shape (D, H)
    dz : ndarray of shape (N, H), or (N, T, H)
        Gradient of the scalar loss with respect to ``z``.

    Returns
    -------
    dx : ndarray
        Of the shape of x.
    dkernel : ndarray of shape (D, H)
    dbias : ndarray of shape (H,)
        Summed, not averaged, over the batch and the steps: the loss carries the 1/N.

    Notes
    -----
    ``dkernel = x.T @ dz`` costs 2NDH operations, as much as the forward pass.

    References
    ----------
    Rumelhart, Hinton & Williams (1986), Nature 323, 533-536.
    """
    rows, slopes = x.reshape(-1, x.shape[-1]), dz.reshape(-1, dz.shape[-1])
    dx = slopes @ kernel.T  # (N, D)
    dkernel = rows.T @ slopes  # (D, H)
    dbias = slopes.sum(axis=0)  # (H,)
    return dx.reshape(x.shape), dkernel, dbias


class Dense(Layer):
    """Fully connected layer: ``a = f(x @ kernel + bias)``; of a sequence, (T, D), it maps each step alike.

    Parameters
    ----------
    units : int
        Number of outputs, H.
    activation : str, Activation or None
        f; None means linear.
    use_bias : bool
    kernel_initializer, bias_initializer : str or Initializer
    kernel_regularizer, bias_regularizer : str, Regularizer or None
        Penalties added to the loss while training.
    activity_regularizer : str, Regularizer or None
        The same, on the outputs.
    kernel_constraint, bias_constraint : str, Constraint or None
        What the parameters are brought back to after each step.
    name : str, optional
    input_shape : tuple of int, optional
        Shape of one sample, for the first layer of a `Sequential`.

    Examples
    --------
    >>> Dense(3, activation="relu").output_shape((5,))
    (3,)
    >>> Dense(3).output_shape((7, 5))
    (7, 3)
    """

    keeps_mask = True

    def __init__(
        self,
        units: int,
        activation: str | activations.Activation | None = None,
        use_bias: bool = True,
        *,
        kernel_initializer: str | initializers.Initializer = "glorot_uniform",
        bias_initializer: str | initializers.Initializer = "zeros",
        kernel_regularizer: str | regularizers.Regularizer | None = None,
        bias_regularizer: str | regularizers.Regularizer | None = None,
        activity_regularizer: str | regularizers.Regularizer | None = None,
        kernel_constraint: str | constraints.Constraint | None = None,
        bias_constraint: str | constraints.Constraint | None = None,
        name: str | None = None,
        input_shape: Shape | None = None,
    ) -> None:
        super().__init__(name, input_shape)
        self.units = check_count("units", units)
        self.activation = activations.get(activation)
        self.use_bias = check_flag("use_bias", use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.parameter_names = ("kernel", "bias") if self.use_bias else ("kernel",)
        for name in self.parameter_names:
            self._attach(name, name)
        self.bias: Array | None = None

    def build(self, input_shape: Shape, rng: np.random.Generator) -> None:
        """Draw the kernel, (D, H), and the bias, (H,)."""
        self.kernel = self.kernel_initializer((input_shape[-1], self.units), rng)
        if self.use_bias:
            self.bias = self.bias_initializer((self.units,), rng)

    def output_shape(self, input_shape: Shape) -> Shape:
        """``(units,)``, or ``(T, units)`` of a sequence; an error for other samples, or for another number of features.

        Keras would map the last axis of images with channels, too. That is nearly always a forgotten `Flatten`.
        """
        if not isinstance(input_shape, tuple) or len(input_shape) not in (1, 2):
            raise ValueError(
                f"{self.describe()} expected each sample to be a vector of features, (D,), or a sequence of them, "
                f"(T, D), got shape {input_shape}: flatten it first, e.g. with layers.Flatten()."
            )
        if self.built and input_shape[-1] != self.kernel.shape[0]:
            raise ValueError(
                f"{self.describe()} expected inputs with {self.kernel.shape[0]} features, got {input_shape[-1]}."
            )
        return (*input_shape[:-1], self.units)

    def forward(self, x: Array, training: bool = False, rng: np.random.Generator | None = None) -> Array:  # noqa: ARG002
        """Return ``f(x @ kernel + bias)``, (N, H) or (N, T, H)."""
        z = self.before_activation(x)
        a = self.activation(z)
        if training:
            self.x, self.z, self.a = x, z, a
        return a

    def before_activation(self, x: Array) -> Array:
        """Return z, of the outputs' shape: with it a loss and the last activation are computed as one.

        Parameters
        ----------
        x : ndarray of shape (N, D), or (N, T, D)

        Returns
        -------
        ndarray of shape (N, H), or (N, T, H)
        """
        fast = _products(x)
        return (dense_forward if fast is None else fast.dense_forward)(x, self.kernel, self.bias)

    def backward(self, da: Array) -> Array:
        """Return dx, of the shape of x, and keep dkernel and dbias."""
        return self.backward_from_z(self.activation.backward(self.z, self.a, da))

    def backward_to_parameters(self, da: Array) -> None:
        """Keep dkernel and dbias; dx would take a third of the time."""
        dz = self.activation.backward(self.z, self.a, da)
        rows, slopes, fast = self.x.reshape(-1, self.x.shape[-1]), dz.reshape(-1, self.units), _products(self.x)
        self.dkernel = rows.T @ slopes if fast is None else fast.product(rows.T, slopes)
        self.dbias = slopes.sum(axis=0)

    def backward_from_z(self, dz: Array) -> Array:
        """Go back from the pre-activation, where a loss and the last activation are differentiated as one.

        Parameters
        ----------
        dz : ndarray of shape (N, H), or (N, T, H)

        Returns
        -------
        ndarray of shape (N, D), or (N, T, D)
        """
        fast = _products(self.x)
        backward = dense_backward if fast is None else fast.dense_backward
        dx, self.dkernel, self.dbias = backward(self.x, self.kernel, dz)
        return dx

    def describe(self) -> str:
        """Text such as "Dense(10)"."""
        return f"Dense({self.units})"


def _products(x: Array) -> Any:
    """Return the products that use all processors, for rows (N, D); None where plain ones have to do."""
    return engine.compiled("products") if x.ndim == 2 else None


class Activation(Layer):
    """Applies an activation function; the same as the ``activation`` argument of the layer before.

    Parameters
    ----------
    activation : str or Activation
    name : str, optional
    input_shape : tuple of int, optional
    """

    keeps_mask = True

    def __init__(
        self,
        activation: str | activations.Activation,
        *,
        name: str | None = None,
        input_shape: Shape | None = None,
    ) -> None:
        super().__init__(name, input_shape)
        self.activation = activations.get(activation)

    def forward(self, x: Array, training: bool = False, rng: np.random.Generator | None = None) -> Array:  # noqa: ARG002
        """Return f(x)."""
        a = self.activation(x)
        if training:
            self.z, self.a = x, a
        return a

    def before_activation(self, x: Array) -> Array:
        """Return x: it is the pre-activation."""
        return x

    def backward(self, da: Array) -> Array:
        """Return ``da * f'(z)``."""
        return self.activation.backward(self.z, self.a, da)

    def backward_from_z(self, dz: Array) -> Array:
        """Return dz: the loss and this activation were differentiated as one."""
        return dz

    def describe(self) -> str:
        """Text such as "Activation('relu')"."""
        return f"Activation({self.activation.name!r})"


class Flatten(Layer):
    """Makes each sample a vector, row after row: (28, 28) becomes (784,)."""

    def output_shape(self, input_shape: Shape) -> Shape:
        """``(product of the axes,)``."""
        return (int(np.prod(input_shape)),)

    def forward(self, x: Array, training: bool = False, rng: np.random.Generator | None = None) -> Array:  # noqa: ARG002
        """Return x as (N, features)."""
        if training:
            self.shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, da: Array) -> Array:
        """Return da in the shape of the input."""
        return da.reshape(self.shape)
