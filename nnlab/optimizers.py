"""Optimizers: how a gradient becomes a change of the parameters. Names, arguments and defaults are those of Keras 3.

All parameters of a model are one vector, so an update is a few lines on vectors. The compiled twins of `update`
stand in `nnlab.engine.kernels`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._names import call_hint, look_up

Array = NDArray[Any]


class Optimizer:
    """Changes a vector of parameters by its gradient.

    Parameters
    ----------
    learning_rate : float
        Length of a step; 0 is allowed and changes nothing.
    """

    n_slots = 0  # vectors of the parameters' size that it remembers between two steps

    def __init__(self, learning_rate: float) -> None:
        self.learning_rate = learning_rate
        self.iterations = 0
        self.slots: Array | None = None

    @property
    def learning_rate(self) -> float:
        """Length of a step; may be changed at any time, in a callback too."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self._learning_rate = _number("learning_rate", value, 0.0)

    def build(self, size: int, dtype: np.dtype[Any]) -> None:
        """Make the slots, once, for vectors of this size.

        Parameters
        ----------
        size : int
        dtype : numpy.dtype

        Raises
        ------
        ValueError
            If the optimizer already serves a model of another size.
        """
        if self.slots is None:
            self.slots = np.zeros((self.n_slots, size), dtype)
        elif self.slots.shape[1] != size or self.slots.dtype != dtype:
            raise ValueError(
                f"this {type(self).__name__} already trains a model with {self.slots.shape[1]} parameters in "
                f"{self.slots.dtype}, and this one has {size} in {dtype}: give each model an optimizer of its own, and "
                f"compile a model anew when its layers change."
            )

    def update(self, parameters: Array, gradient: Array) -> None:
        """Take one step, in place.

        Parameters
        ----------
        parameters, gradient : ndarray of shape (P,)
        """
        raise NotImplementedError(f"{type(self).__name__} has to define update(parameters, gradient)")


class SGD(Optimizer):
    """Gradient descent: ``w <- w - lr g``; with momentum ``v <- momentum v - lr g``, ``w <- w + v``.

    Parameters
    ----------
    learning_rate : float
    momentum : float
        From 0 to below 1: the share of the last step that is kept.
    nesterov : bool
        Whether to look ahead: ``w <- w + momentum v - lr g``.

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

    def __init__(self, learning_rate: float = 0.01, momentum: float = 0.0, nesterov: bool = False) -> None:
        super().__init__(learning_rate)
        self.momentum = _number("momentum", momentum, 0.0, 1.0)
        self.nesterov = bool(nesterov)

    def update(self, parameters: Array, gradient: Array) -> None:
        """Take one step, in place."""
        assert self.slots is not None
        self.iterations += 1
        step = self.learning_rate * gradient
        if self.momentum == 0:
            parameters -= step
            return
        velocity = self.slots[0]
        velocity *= self.momentum
        velocity -= step
        parameters += self.momentum * velocity - step if self.nesterov else velocity


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
        self, learning_rate: float = 0.001, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-7
    ) -> None:
        super().__init__(learning_rate)
        self.beta_1 = _number("beta_1", beta_1, 0.0, 1.0)
        self.beta_2 = _number("beta_2", beta_2, 0.0, 1.0)
        self.epsilon = _number("epsilon", epsilon, 0.0)

    def update(self, parameters: Array, gradient: Array) -> None:
        """Take one step, in place."""
        assert self.slots is not None
        self.iterations += 1
        m, v = self.slots
        m += (gradient - m) * (1 - self.beta_1)
        v += (gradient**2 - v) * (1 - self.beta_2)
        correction = math.sqrt(1 - self.beta_2**self.iterations) / (1 - self.beta_1**self.iterations)
        parameters -= self.learning_rate * correction * m / (np.sqrt(v) + self.epsilon)


def _number(name: str, value: float, low: float, below: float = math.inf) -> float:
    if not isinstance(value, int | float | np.number) or isinstance(value, bool):
        raise TypeError(f"{name} is a number, got {value!r}")
    if not low <= value < below:
        limits = f"at least {low:g}" if below == math.inf else f"from {low:g} to below {below:g}"
        raise ValueError(f"{name} has to be {limits} (and finite), got {value!r}")
    return float(value)


_KNOWN: dict[str, type[SGD] | type[Adam]] = {"sgd": SGD, "adam": Adam}


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
