"""The layers of a dense network, forward and backward, as chapters 4 and 7 derive them.

Names: x input, z pre-activation, a activation, dz the gradient of the loss with respect to z; N samples in a batch,
D features, H hidden units.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab import activations, initializers, regularizers
from nnlab.layers.base import Layer, Shape, check_count

Array = NDArray[Any]


def dense_forward(x: Array, kernel: Array, bias: Array | None) -> Array:
    """Affine map ``z = x @ kernel + bias``.

    Parameters
    ----------
    x : ndarray of shape (N, D)
    kernel : ndarray of shape (D, H)
    bias : ndarray of shape (H,) or None

    Returns
    -------
    ndarray of shape (N, H)

    Examples
    --------
    >>> import numpy as np
    >>> dense_forward(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]), np.array([0.5]))
    array([[11.5]])
    """
    z = x @ kernel
    return z if bias is None else z + bias


def dense_backward(x: Array, kernel: Array, dz: Array) -> tuple[Array, Array, Array]:
    """Gradients of an affine map ``z = x @ kernel + bias``.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        Layer input saved by the forward pass.
    kernel : ndarray of shape (D, H)
    dz : ndarray of shape (N, H)
        Gradient of the scalar loss with respect to ``z``.

    Returns
    -------
    dx : ndarray of shape (N, D)
    dkernel : ndarray of shape (D, H)
    dbias : ndarray of shape (H,)
        Summed, not averaged, over the batch: the loss carries the 1/N.

    Notes
    -----
    ``dkernel = x.T @ dz`` costs 2NDH operations, as much as the forward pass.

    References
    ----------
    Rumelhart, Hinton & Williams (1986), Nature 323, 533-536.
    """
    dx = dz @ kernel.T  # (N, D)
    dkernel = x.T @ dz  # (D, H)
    dbias = dz.sum(axis=0)  # (H,)
    return dx, dkernel, dbias


class Dense(Layer):
    """Fully connected layer: ``a = f(x @ kernel + bias)``.

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
    name : str, optional
    input_shape : tuple of int, optional
        Shape of one sample, for the first layer of a `Sequential`.

    Examples
    --------
    >>> Dense(3, activation="relu").output_shape((5,))
    (3,)
    """

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
        name: str | None = None,
        input_shape: Shape | None = None,
    ) -> None:
        super().__init__(name, input_shape)
        self.units = check_count("units", units)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.parameter_names = ("kernel", "bias") if use_bias else ("kernel",)
        for name in self.parameter_names:
            regularizer = getattr(self, f"{name}_regularizer")
            if regularizer is not None:
                self.regularizers[name] = regularizer
        self.bias: Array | None = None

    def build(self, input_shape: Shape, rng: np.random.Generator) -> None:
        """Draw the kernel, (D, H), and the bias, (H,)."""
        self.kernel = self.kernel_initializer((input_shape[0], self.units), rng)
        if self.use_bias:
            self.bias = self.bias_initializer((self.units,), rng)

    def output_shape(self, input_shape: Shape) -> Shape:
        """``(units,)``; an error if a sample is not a vector, or not of the length the kernel was made for."""
        if len(input_shape) != 1:
            raise ValueError(
                f"{self.describe()} expected each sample to be a vector of features, got shape {input_shape}: "
                f"flatten it first, e.g. with layers.Flatten()."
            )
        if self.built and input_shape[0] != self.kernel.shape[0]:
            raise ValueError(
                f"{self.describe()} expected inputs with {self.kernel.shape[0]} features, got {input_shape[0]}."
            )
        return (self.units,)

    def forward(self, x: Array, training: bool = False, rng: np.random.Generator | None = None) -> Array:  # noqa: ARG002
        """Return ``f(x @ kernel + bias)``, (N, H)."""
        z = self.before_activation(x)
        a = self.activation(z)
        if training:
            self.x, self.z, self.a = x, z, a
        return a

    def before_activation(self, x: Array) -> Array:
        """Return z, (N, H): with it a loss and the last activation are computed as one.

        Parameters
        ----------
        x : ndarray of shape (N, D)

        Returns
        -------
        ndarray of shape (N, H)
        """
        return dense_forward(x, self.kernel, self.bias)

    def backward(self, da: Array) -> Array:
        """Return dx, (N, D), and keep dkernel and dbias."""
        return self.backward_from_z(self.activation.backward(self.z, self.a, da))

    def backward_from_z(self, dz: Array) -> Array:
        """Go back from the pre-activation, where a loss and the last activation are differentiated as one.

        Parameters
        ----------
        dz : ndarray of shape (N, H)

        Returns
        -------
        ndarray of shape (N, D)
        """
        dx, self.dkernel, self.dbias = dense_backward(self.x, self.kernel, dz)
        return dx

    def describe(self) -> str:
        """Text such as "Dense(10)"."""
        return f"Dense({self.units})"


class Activation(Layer):
    """Applies an activation function; the same as the ``activation`` argument of the layer before.

    Parameters
    ----------
    activation : str or Activation
    name : str, optional
    input_shape : tuple of int, optional
    """

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


class Dropout(Layer):
    """While training, switches each input off with probability ``rate`` and scales the others by ``1 / (1 - rate)``.

    Parameters
    ----------
    rate : float
        From 0 to below 1.
    name : str, optional
    input_shape : tuple of int, optional

    References
    ----------
    Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov (2014), JMLR 15, 1929-1958.
    """

    def __init__(self, rate: float, *, name: str | None = None, input_shape: Shape | None = None) -> None:
        super().__init__(name, input_shape)
        if not isinstance(rate, int | float | np.number) or not 0 <= rate < 1:
            raise ValueError(f"Dropout's rate is the share of inputs to switch off, from 0 to below 1, got {rate!r}")
        self.rate = float(rate)

    def forward(self, x: Array, training: bool = False, rng: np.random.Generator | None = None) -> Array:
        """Return x with some inputs off while training, else x itself."""
        if not training:
            return x
        rng = rng or np.random.default_rng()
        keep = rng.random(x.shape) >= self.rate
        self.factor = keep * x.dtype.type(1 / (1 - self.rate))
        return x * self.factor

    def backward(self, da: Array) -> Array:
        """Return the gradient of the inputs that stayed."""
        return da * self.factor

    def describe(self) -> str:
        """Text such as "Dropout(0.5)"."""
        return f"Dropout({self.rate:g})"
