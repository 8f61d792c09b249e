"""Optimizers: how a gradient becomes a change of the parameters. Names, arguments and defaults are those of Keras 3.

All parameters of a model are one vector, so an update is a few lines on vectors. The compiled twins of `step`
stand in `nnlab.engine.updates`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._names import call_hint, look_up
from nnlab._numbers import check_number

Array = NDArray[Any]


class Optimizer:
    """Changes a vector of parameters by its gradient. For one of your own, define ``step``.

    Parameters
    ----------
    learning_rate : float
        Length of a step; 0 is allowed and changes nothing.
    clipnorm : float, optional
        Largest Euclidean norm that the gradient of a parameter array (a kernel, a bias) may have; a longer one keeps
        its direction and gets this norm.
    clipvalue : float, optional
        Largest size of each number of the gradient. Give this or `clipnorm`, not both.

    Attributes
    ----------
    n_slots : int
        Vectors of the parameters' size that it remembers between two steps; a class attribute.
    slots : ndarray of shape (n_slots, P) or None
        Those vectors, from ``build`` on.
    starts : ndarray of int
        Where each parameter array begins in the vector of parameters.
    iterations : int
        Number of steps taken; within ``step`` the present one counts, so the first is 1.

    References
    ----------
    Clipping: Pascanu, Mikolov & Bengio (2013), ICML, PMLR 28(3), 1310-1318.

    Examples
    --------
    >>> class SignDescent(Optimizer):
    ...     def step(self, parameters, gradient):
    ...         parameters -= self.learning_rate * np.sign(gradient)
    >>> w = np.array([1.0, 1.0])
    >>> optimizer = SignDescent(0.5)
    >>> optimizer.build(2, w.dtype)
    >>> optimizer.update(w, np.array([100.0, -0.1]))
    >>> w
    array([0.5, 1.5])
    """

    n_slots = 0

    def __init__(self, learning_rate: float, *, clipnorm: float | None = None, clipvalue: float | None = None) -> None:
        if clipnorm is not None and clipvalue is not None:
            raise ValueError(
                f"give clipnorm or clipvalue, not both, got clipnorm={clipnorm!r} and clipvalue={clipvalue!r}"
            )
        self.learning_rate = learning_rate
        self.clipnorm = None if clipnorm is None else check_number("clipnorm", clipnorm, above=0)
        self.clipvalue = None if clipvalue is None else check_number("clipvalue", clipvalue, above=0)
        self.iterations = 0
        self.slots: Array | None = None
        self.starts: NDArray[np.int64] = np.zeros(1, np.int64)

    @property
    def learning_rate(self) -> float:
        """Length of a step; may be changed at any time, in a callback too."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self._learning_rate = check_number("learning_rate", value, at_least=0)

    def build(self, size: int, dtype: np.dtype[Any], starts: Sequence[int] | NDArray[np.int64] = (0,)) -> None:
        """Make the slots, once, for vectors of this size.

        Parameters
        ----------
        size : int
        dtype : numpy.dtype
        starts : sequence of int
            Where each parameter array begins in the vector; `clipnorm` clips one array at a time.

        Raises
        ------
        ValueError
            If the optimizer already serves a model of another size.
        """
        if self.slots is None:
            self.slots = self.first_slots(size, dtype)
        elif self.slots.shape[1] != size or self.slots.dtype != dtype:
            raise ValueError(
                f"this {type(self).__name__} already trains a model with {self.slots.shape[1]} parameters in "
                f"{self.slots.dtype}, and this one has {size} in {dtype}: give each model an optimizer of its own, and "
                f"compile a model anew when its layers change."
            )
        self.starts = np.array(starts, np.int64)

    def first_slots(self, size: int, dtype: np.dtype[Any]) -> Array:
        """Return the slots as they are before the first step: zeros, unless a subclass says otherwise.

        Parameters
        ----------
        size : int
        dtype : numpy.dtype

        Returns
        -------
        ndarray of shape (n_slots, size)
        """
        return np.zeros((self.n_slots, size), dtype)

    def update(self, parameters: Array, gradient: Array) -> None:
        """Count and take one step: clip the gradient, then change the parameters in place.

        Parameters
        ----------
        parameters : ndarray of shape (P,)
        gradient : ndarray of shape (P,)
            Not changed.

        Raises
        ------
        RuntimeError
            If the optimizer has not been built.
        """
        if self.slots is None:
            raise RuntimeError(
                f"this {type(self).__name__} does not know its parameters yet: call build(w.size, w.dtype) first"
            )
        self.iterations += 1
        self.step(parameters, self.clip(gradient))

    def clip(self, gradient: Array) -> Array:
        """Return the gradient, shortened as `clipnorm` or `clipvalue` says; NaN stays NaN.

        Parameters
        ----------
        gradient : ndarray of shape (P,)
            Not changed.

        Returns
        -------
        ndarray of shape (P,)
        """
        if self.clipvalue is not None:
            return np.clip(gradient, -self.clipvalue, self.clipvalue)
        if self.clipnorm is not None:
            return np.concatenate([_shorten(g, self.clipnorm) for g in np.split(gradient, self.starts[1:])])
        return gradient

    def step(self, parameters: Array, gradient: Array) -> None:
        """Change the parameters in place.

        Parameters
        ----------
        parameters, gradient : ndarray of shape (P,)
            The gradient is clipped already, and not to be changed.
        """
        raise NotImplementedError(f"{type(self).__name__} has to define step(parameters, gradient)")


def _shorten(gradient: Array, clipnorm: float) -> Array:
    # In float64, because the square of a float32 above 1.8e19 is infinite, and exploding gradients come here.
    norm = math.sqrt(np.square(gradient, dtype=np.float64).sum())
    return gradient * (clipnorm / max(norm, clipnorm))  # this order of arguments keeps NaN


class SGD(Optimizer):
    """Gradient descent: ``w <- w - lr g``; with momentum ``v <- momentum v - lr g``, ``w <- w + v``.

    Parameters
    ----------
    learning_rate : float
    momentum : float
        From 0 to below 1: the share of the last step that is kept.
    nesterov : bool
        Whether to look ahead: ``w <- w + momentum v - lr g``.
    clipnorm, clipvalue : float, optional
        See `Optimizer`.

    References
    ----------
    Polyak (1964), USSR Computational Mathematics and Mathematical Physics 4(5), 1-17. Sutskever et al. (2013), ICML 28.

    Examples
    --------
    >>> import numpy as np
    >>> w = np.array([1.0])
    >>> optimizer = SGD(learning_rate=0.1)
    >>> optimizer.build(1, w.dtype)
    >>> optimizer.update(w, np.array([2.0]))
    >>> w
    array([0.8])
    """

    n_slots = 1

    def __init__(
        self,
        learning_rate: float = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        *,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
    ) -> None:
        super().__init__(learning_rate, clipnorm=clipnorm, clipvalue=clipvalue)
        self.momentum = check_number("momentum", momentum, at_least=0, below=1)
        self.nesterov = bool(nesterov)

    def step(self, parameters: Array, gradient: Array) -> None:
        """Change the parameters in place."""
        assert self.slots is not None
        step = self.learning_rate * gradient
        if self.momentum == 0:
            parameters -= step
            return
        velocity = self.slots[0]
        velocity *= self.momentum
        velocity -= step
        parameters += self.momentum * velocity - step if self.nesterov else velocity


class RMSprop(Optimizer):
    """Gradient descent that divides each parameter's gradient by its recent root mean square.

    Parameters
    ----------
    learning_rate : float
    rho : float
        From 0 to below 1: memory of the running means.
    momentum : float
        From 0 to below 1: the share of the last step that is kept.
    epsilon : float
        Keeps the division finite; it stands under the root.
    centered : bool
        Whether to divide by the standard deviation: the square of the running mean is taken off first.
    clipnorm, clipvalue : float, optional
        See `Optimizer`.

    Notes
    -----
    ``v <- rho v + (1 - rho) g^2``, then ``w <- w - lr g / sqrt(v + epsilon)``. Centered, with the running mean
    ``a <- rho a + (1 - rho) g``: ``v - a^2`` in place of v. With momentum: ``m <- momentum m + lr g / sqrt(...)``,
    ``w <- w - m``. The slots are v, m, a; those without use stay 0.

    References
    ----------
    Tieleman & Hinton (2012), Neural Networks for Machine Learning, Coursera, lecture 6.5. Centered: Graves (2013),
    arXiv:1308.0850, section 4.
    """

    n_slots = 3

    def __init__(
        self,
        learning_rate: float = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        *,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
    ) -> None:
        super().__init__(learning_rate, clipnorm=clipnorm, clipvalue=clipvalue)
        self.rho = check_number("rho", rho, at_least=0, below=1)
        self.momentum = check_number("momentum", momentum, at_least=0, below=1)
        self.epsilon = check_number("epsilon", epsilon, at_least=0)
        self.centered = bool(centered)

    def step(self, parameters: Array, gradient: Array) -> None:
        """Change the parameters in place."""
        assert self.slots is not None
        velocity, momentum, average = self.slots
        velocity *= self.rho
        velocity += (1 - self.rho) * gradient**2
        spread = velocity
        if self.centered:
            average *= self.rho
            average += (1 - self.rho) * gradient
            # A variance is not negative, but rounding can make this difference so.
            spread = np.maximum(velocity - average**2, 0)
        step = self.learning_rate * gradient / np.sqrt(spread + self.epsilon)
        if self.momentum > 0:
            momentum *= self.momentum
            momentum += step
            step = momentum
        parameters -= step


class Adagrad(Optimizer):
    """Gradient descent whose steps get shorter for parameters that have moved much: ``w <- w - lr g / sqrt(s + eps)``.

    Parameters
    ----------
    learning_rate : float
    initial_accumulator_value : float
        At least 0: s before the first step; each step adds ``g^2`` to it, before s is used.
    epsilon : float
        Keeps the division finite; it stands under the root.
    clipnorm, clipvalue : float, optional
        See `Optimizer`.

    References
    ----------
    Duchi, Hazan & Singer (2011), JMLR 12, 2121-2159.
    """

    n_slots = 1

    def __init__(
        self,
        learning_rate: float = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        *,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
    ) -> None:
        super().__init__(learning_rate, clipnorm=clipnorm, clipvalue=clipvalue)
        self.initial_accumulator_value = check_number(
            "initial_accumulator_value", initial_accumulator_value, at_least=0
        )
        self.epsilon = check_number("epsilon", epsilon, at_least=0)

    def first_slots(self, size: int, dtype: np.dtype[Any]) -> Array:
        """Return s before the first step, (1, size)."""
        return np.full((1, size), self.initial_accumulator_value, dtype)

    def step(self, parameters: Array, gradient: Array) -> None:
        """Change the parameters in place."""
        assert self.slots is not None
        accumulator = self.slots[0]
        accumulator += gradient**2
        parameters -= self.learning_rate * gradient / np.sqrt(accumulator + self.epsilon)


class Adam(Optimizer):
    r"""Gradient descent with a step length for each parameter.

    Parameters
    ----------
    learning_rate : float
    beta_1 : float
        Memory of the running mean of the gradient.
    beta_2 : float
        Memory of the running mean of its square.
    epsilon : float
        Keeps the division finite.
    clipnorm, clipvalue : float, optional
        See `Optimizer`.

    Notes
    -----
    With m and v the running means, both 0 at first, and t the number of the step:
    ``w <- w - lr sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt(v) + epsilon)``.

    References
    ----------
    Kingma & Ba (2015), ICLR, arXiv:1412.6980; the form at the end of its section 2, as in Keras.
    """

    n_slots = 2

    def __init__(
        self,
        learning_rate: float = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        *,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
    ) -> None:
        super().__init__(learning_rate, clipnorm=clipnorm, clipvalue=clipvalue)
        self.beta_1 = check_number("beta_1", beta_1, at_least=0, below=1)
        self.beta_2 = check_number("beta_2", beta_2, at_least=0, below=1)
        self.epsilon = check_number("epsilon", epsilon, at_least=0)

    def step(self, parameters: Array, gradient: Array) -> None:
        """Change the parameters in place."""
        assert self.slots is not None
        m, v = self.slots
        m += (gradient - m) * (1 - self.beta_1)
        v += (gradient**2 - v) * (1 - self.beta_2)
        correction = math.sqrt(1 - self.beta_2**self.iterations) / (1 - self.beta_1**self.iterations)
        parameters -= self.learning_rate * correction * m / (np.sqrt(v) + self.epsilon)


class AdamW(Adam):
    """Adam with decoupled weight decay: ``w <- w - lr weight_decay w`` before each step of `Adam`.

    Parameters
    ----------
    learning_rate : float
    weight_decay : float
        At least 0. It acts on all parameters, the biases too, as in Keras.
    beta_1, beta_2, epsilon : float
        See `Adam`.
    clipnorm, clipvalue : float, optional
        See `Optimizer`; the decay is not clipped.

    References
    ----------
    Loshchilov & Hutter (2019), ICLR, arXiv:1711.05101.
    """

    def __init__(
        self,
        learning_rate: float = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        *,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
    ) -> None:
        super().__init__(learning_rate, beta_1, beta_2, epsilon, clipnorm=clipnorm, clipvalue=clipvalue)
        self.weight_decay = check_number("weight_decay", weight_decay, at_least=0)

    def step(self, parameters: Array, gradient: Array) -> None:
        """Change the parameters in place."""
        parameters -= self.learning_rate * self.weight_decay * parameters
        super().step(parameters, gradient)


_KNOWN: dict[str, Callable[[], Optimizer]] = {
    "sgd": SGD,
    "rmsprop": RMSprop,
    "adagrad": Adagrad,
    "adam": Adam,
    "adamw": AdamW,
}


def get(optimizer: str | Optimizer) -> Optimizer:
    """Return the optimizer that an argument of ``compile`` means.

    Parameters
    ----------
    optimizer : str or Optimizer

    Returns
    -------
    Optimizer

    Raises
    ------
    ValueError
        For an unknown name.
    TypeError
        For anything that is not an optimizer.
    """
    if isinstance(optimizer, str):
        return look_up("optimizer", optimizer, _KNOWN)()
    if isinstance(optimizer, Optimizer):
        return optimizer
    raise TypeError(f"an optimizer is a name such as 'adam' or an Optimizer, got {optimizer!r}{call_hint(optimizer)}")
