"""Activation functions: each formula f with its derivative f' beside it, in plain NumPy.

An activation is an `Activation`: call it to get f(z), ask it for ``derivative(z)`` to get f'(z). Where they are
used in a network: `nnlab.layers.core`. Their compiled twins: `nnlab.engine.kernels`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._names import look_up

Array = NDArray[Any]


@dataclass(frozen=True)
class Activation:
    """An elementwise function and its derivative.

    Parameters
    ----------
    name : str
    function : callable
        f, from an array to an array of the same shape and dtype.
    derivative : callable
        f', likewise, as a function of z.

    Examples
    --------
    >>> import numpy as np
    >>> square = Activation("square", lambda z: z**2, lambda z: 2 * z)
    >>> square(np.array([1.0, -3.0]))
    array([1., 9.])
    >>> square.derivative(np.array([1.0, -3.0]))
    array([ 2., -6.])
    """

    name: str
    function: Callable[[Array], Array]
    derivative: Callable[[Array], Array]

    def __call__(self, z: Array) -> Array:
        """Compute f(z)."""
        return self.function(np.asarray(z))

    def backward(self, z: Array, a: Array, da: Array) -> Array:  # noqa: ARG002 (softmax needs a)
        """Carry a gradient through the function: ``dz = da * f'(z)``.

        Parameters
        ----------
        z : ndarray
            Input of the forward pass.
        a : ndarray
            Its output, f(z).
        da : ndarray
            Gradient of the loss with respect to a.

        Returns
        -------
        ndarray
            Gradient of the loss with respect to z.
        """
        return da * self.derivative(z)

    def __repr__(self) -> str:
        return f"<activation {self.name}>"


def _linear(z: Array) -> Array:
    return z


def _linear_derivative(z: Array) -> Array:
    return np.ones_like(z)


def _sigmoid(z: Array) -> Array:
    # exp(-|z|) cannot overflow; the two halves are the same function written differently.
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))


def _sigmoid_derivative(z: Array) -> Array:
    a = _sigmoid(z)
    return a * (1 - a)


def _tanh_derivative(z: Array) -> Array:
    return 1 - np.tanh(z) ** 2


def _relu(z: Array) -> Array:
    return np.maximum(z, 0)


def _relu_derivative(z: Array) -> Array:
    # At 0 the two slopes 0 and 1 meet; 0 is the usual choice, as in Keras and PyTorch.
    return (z > 0).astype(z.dtype)


def _softmax(z: Array) -> Array:
    # Subtracting the largest value changes nothing (it cancels) and keeps exp from overflowing.
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


class _Softmax(Activation):
    """Softmax is not elementwise: each output depends on all inputs of its row."""

    def backward(self, z: Array, a: Array, da: Array) -> Array:  # noqa: ARG002
        """``dz_k = a_k (da_k - sum_j a_j da_j)``, row by row."""
        return a * (da - (a * da).sum(axis=-1, keepdims=True))


def _softmax_derivative(z: Array) -> Array:  # noqa: ARG001
    raise ValueError(
        "softmax has no elementwise derivative: each output depends on every input of its row. "
        "Use softmax.backward(z, a, da), which multiplies by the whole Jacobian."
    )


linear = Activation("linear", _linear, _linear_derivative)
sigmoid = Activation("sigmoid", _sigmoid, _sigmoid_derivative)
tanh = Activation("tanh", np.tanh, _tanh_derivative)
relu = Activation("relu", _relu, _relu_derivative)
softmax = _Softmax("softmax", _softmax, _softmax_derivative)

_KNOWN = {f.name: f for f in (linear, sigmoid, tanh, relu, softmax)}


def get(activation: str | Activation | None) -> Activation:
    """Return the activation that a layer's argument means.

    Parameters
    ----------
    activation : str, Activation or None
        None means linear, as in Keras.

    Returns
    -------
    Activation

    Raises
    ------
    ValueError
        For an unknown name.
    TypeError
        For anything that is not an activation.

    Examples
    --------
    >>> get("relu")
    <activation relu>
    """
    if activation is None:
        return linear
    if isinstance(activation, str):
        return look_up("activation", activation, _KNOWN)
    if isinstance(activation, Activation):
        return activation
    raise TypeError(
        f"an activation is a name such as 'relu' or an nnlab.activations.Activation(name, function, derivative), "
        f"got {activation!r}. For your own function, give its derivative too: training needs the slope."
    )
