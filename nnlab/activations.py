"""Activation functions: each formula f with its derivative f' beside it, in plain NumPy.

An activation is an `Activation`: call it to get f(z), ask it for ``derivative(z)`` to get f'(z). Where they are
used in a network: `nnlab.layers.core`. Their compiled twins: `nnlab.engine.kernels`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial, wraps
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._names import call_hint, look_up
from nnlab._numbers import as_numbers, check_number

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

    def __post_init__(self) -> None:
        # Three dots stand where an exercise leaves something to be written.
        written = all(callable(part) or part is ... for part in (self.function, self.derivative))
        if not isinstance(self.name, str) or not written:
            raise TypeError(
                f"Activation(name, function, derivative) takes a text and two functions; got {self.name!r}, "
                f"{self.function!r} and {self.derivative!r}"
            )

    def __call__(self, z: Array) -> Array:
        """Compute f(z)."""
        return self.function(_wide(z))

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


def _wide(z: Any) -> Array:
    """Numbers as an array in which ``-z`` does not go round the end, as it would in small whole numbers."""
    if isinstance(z, np.ndarray) and z.dtype.char in "efdFD":  # complex: the complex step of nnlab.gradient_check
        return z
    z = as_numbers("the inputs of an activation", z)
    if z.dtype.kind == "f":
        return z if z.dtype.itemsize <= 8 else z.astype(np.float64)
    return z.astype(np.float64 if z.dtype == np.uint64 else np.int64)


def _of_numbers(derivative: Callable[..., Array]) -> Callable[..., Array]:
    """Let a derivative take all that the function takes."""

    @wraps(derivative)
    def wide(z: Any, *settings: float, **named: float) -> Array:
        return derivative(_wide(z), *settings, **named)

    return wide


def _linear(z: Array) -> Array:
    """``z``."""
    return z


@_of_numbers
def _linear_derivative(z: Array) -> Array:
    return np.ones_like(z)


def _step(z: Array) -> Array:
    """1 where ``z >= 0``, else 0: at 0 the threshold is reached. McCulloch & Pitts (1943), Bull. Math. Biophys. 5."""
    return np.heaviside(z, 1)


def _step_derivative(z: Array) -> Array:  # noqa: ARG001
    raise ValueError(
        "the step function cannot be trained by gradient descent: its slope is 0 everywhere, and undefined at 0, so "
        "there is nothing to go by. Use its smooth relative 'sigmoid' to train."
    )


def _sigmoid(z: Array) -> Array:
    """``1 / (1 + e^-z)``, the logistic function."""
    # exp(-|z|) cannot overflow; the two halves are the same function written differently.
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))


@_of_numbers
def _sigmoid_derivative(z: Array) -> Array:
    a = _sigmoid(z)
    return a * (1 - a)


@_of_numbers
def _tanh_derivative(z: Array) -> Array:
    return 1 - np.tanh(z) ** 2


def _relu(z: Array) -> Array:
    """``max(z, 0)``. Nair & Hinton (2010), ICML 27, 807-814."""
    return np.maximum(z, 0)


@_of_numbers
def _relu_derivative(z: Array) -> Array:
    # At 0 the two slopes 0 and 1 meet; 0 is the usual choice, as in Keras and PyTorch.
    return (z > 0).astype(z.dtype)


def _leaky_relu(z: Array, negative_slope: float) -> Array:
    """``z`` above 0, ``negative_slope z`` below."""
    return np.where(z > 0, z, negative_slope * z)


@_of_numbers
def _leaky_relu_derivative(z: Array, negative_slope: float) -> Array:
    one = np.ones(1, np.result_type(z, np.float16))[0]
    return np.where(z > 0, one, one * negative_slope)


def _elu(z: Array, alpha: float) -> Array:
    """``z`` above 0, ``alpha (e^z - 1)`` below."""
    # np.where computes both sides everywhere: without the minimum, exp would overflow on the side not taken.
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))


@_of_numbers
def _elu_derivative(z: Array, alpha: float) -> Array:
    return np.where(z > 0, 1, alpha * np.exp(np.minimum(z, 0)))


# Solutions of the paper's fixed-point equations: mean 0 and variance 1 are carried from layer to layer.
SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805


def _selu(z: Array) -> Array:
    """``scale elu(z)`` with two fixed numbers. Klambauer et al. (2017), NeurIPS 30, arXiv:1706.02515."""
    return SELU_SCALE * _elu(z, SELU_ALPHA)


@_of_numbers
def _selu_derivative(z: Array) -> Array:
    return SELU_SCALE * _elu_derivative(z, SELU_ALPHA)


def _normal_cdf(z: Array) -> Array:
    from scipy.special import erf  # here: only those who use gelu wait for the import

    return 0.5 * (1 + erf(z / math.sqrt(2)))


def _gelu(z: Array) -> Array:
    """``z P(X <= z)`` for a standard normal X. Hendrycks & Gimpel (2016), arXiv:1606.08415."""
    return z * _normal_cdf(z)


@_of_numbers
def _gelu_derivative(z: Array) -> Array:
    return _normal_cdf(z) + z * np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)


def _silu(z: Array) -> Array:
    """``z sigmoid(z)``. Elfwing et al. (2018), Neural Networks 107, 3-11; as swish Ramachandran et al. (2017)."""
    return z * _sigmoid(z)


@_of_numbers
def _silu_derivative(z: Array) -> Array:
    a = _sigmoid(z)
    return a * (1 + z * (1 - a))


def _softplus(z: Array) -> Array:
    """``log(1 + e^z)``, a relu without a kink. Dugas et al. (2001), NIPS 13, 472-478."""
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))  # the same, but exp cannot overflow


@_of_numbers
def _softplus_derivative(z: Array) -> Array:
    return _sigmoid(z)


def _softmax(z: Array) -> Array:
    """``e^z_k / sum_j e^z_j``, row by row."""
    if z.ndim == 0 or z.shape[-1] == 0:
        raise ValueError(f"softmax turns each row of numbers into shares of 1; got an array of shape {z.shape}")
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


@dataclass(frozen=True)
class _Parametrized(Activation):
    """An activation with a setting: two are equal when their settings are, though their functions are made anew."""

    name: str = field(init=False, repr=False)
    function: Callable[[Array], Array] = field(init=False, repr=False, compare=False)
    derivative: Callable[[Array], Array] = field(init=False, repr=False, compare=False)

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)  # as a frozen dataclass sets its own


@dataclass(frozen=True)
class LeakyReLU(_Parametrized):
    """``z`` above 0, ``negative_slope z`` below: a relu whose units cannot die.

    Parameters
    ----------
    negative_slope : float
        At least 0. It is also the derivative at 0.

    References
    ----------
    Maas, Hannun & Ng (2013), ICML Workshop on Deep Learning for Audio, Speech and Language Processing.

    Examples
    --------
    >>> LeakyReLU(0.1)(np.array([-2.0, 3.0]))
    array([-0.2,  3. ])
    """

    negative_slope: float = 0.2

    def __post_init__(self) -> None:
        slope = check_number("negative_slope", self.negative_slope, at_least=0)
        self._set(
            name="leaky_relu",
            function=partial(_leaky_relu, negative_slope=slope),
            derivative=partial(_leaky_relu_derivative, negative_slope=slope),
            negative_slope=slope,
        )


@dataclass(frozen=True)
class ELU(_Parametrized):
    """``z`` above 0, ``alpha (e^z - 1)`` below: it bends smoothly towards ``-alpha``.

    Parameters
    ----------
    alpha : float
        It is also the derivative at 0.

    References
    ----------
    Clevert, Unterthiner & Hochreiter (2016), ICLR, arXiv:1511.07289.

    Examples
    --------
    >>> ELU(2.0)(np.array([-1000.0, 3.0]))
    array([-2.,  3.])
    """

    alpha: float = 1.0

    def __post_init__(self) -> None:
        alpha = check_number("alpha", self.alpha)
        self._set(
            name="elu",
            function=partial(_elu, alpha=alpha),
            derivative=partial(_elu_derivative, alpha=alpha),
            alpha=alpha,
        )


linear = Activation("linear", _linear, _linear_derivative)
step = Activation("step", _step, _step_derivative)
sigmoid = Activation("sigmoid", _sigmoid, _sigmoid_derivative)
tanh = Activation("tanh", np.tanh, _tanh_derivative)
relu = Activation("relu", _relu, _relu_derivative)
leaky_relu = LeakyReLU()
elu = ELU()
selu = Activation("selu", _selu, _selu_derivative)
gelu = Activation("gelu", _gelu, _gelu_derivative)
silu = Activation("silu", _silu, _silu_derivative)
softplus = Activation("softplus", _softplus, _softplus_derivative)
softmax = _Softmax("softmax", _softmax, _softmax_derivative)

_ALL = (linear, step, sigmoid, tanh, relu, leaky_relu, elu, selu, gelu, silu, softplus, softmax)
_KNOWN: dict[str, Activation] = {f.name: f for f in _ALL} | {"swish": silu}


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
        f"got {activation!r}{call_hint(activation)}. For your own function, give its derivative too: "
        f"training needs the slope."
    )
