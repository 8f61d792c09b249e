"""Constraints: what parameters are brought back to after each step. Names, arguments and defaults are those of Keras 3.

A layer keeps its constraints in ``layer.constraints``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._names import call_hint, look_up
from nnlab._numbers import as_numbers, check_number, is_whole

Array = NDArray[Any]


class Constraint:
    """A set that a parameter array may not leave. For one of your own, define ``__call__``.

    Examples
    --------
    >>> class NotNegative(Constraint):
    ...     def __call__(self, w):
    ...         return np.maximum(w, 0)
    >>> NotNegative()(np.array([-1.0, 2.0]))
    array([0., 2.])
    """

    def __call__(self, w: Array) -> Array:
        """Return the nearest allowed array.

        Parameters
        ----------
        w : ndarray
            A kernel or a bias, after a step; not changed.

        Returns
        -------
        ndarray
            Of the shape and dtype of w.
        """
        raise NotImplementedError(f"{type(self).__name__} has to define __call__(w)")


class MaxNorm(Constraint):
    """Shortens the weights of a unit to a largest length: ``w * min(|w|, max_value) / |w|``.

    Parameters
    ----------
    max_value : float
        The largest Euclidean norm.
    axis : int or tuple of int
        Axes over which the norm is taken: 0 for a dense kernel, whose columns belong to one unit each; (0, 1, 2) for
        that of a two-dimensional convolution.

    References
    ----------
    Srebro & Shraibman (2005), COLT, 545-560; with dropout: Srivastava et al. (2014), JMLR 15, 1929-1958.

    Examples
    --------
    >>> MaxNorm(1)(np.array([[3.0, 0.3], [4.0, 0.4]])).round(6)
    array([[0.6, 0.3],
           [0.8, 0.4]])
    """

    def __init__(self, max_value: float = 2, axis: int | tuple[int, ...] = 0) -> None:
        self.max_value = check_number("max_value", max_value, at_least=0)
        axes = axis if isinstance(axis, tuple | list) else (axis,)
        if not all(is_whole(a) and abs(a) < 64 for a in axes):
            raise TypeError(f"axis={axis!r} does not fit: it is a whole number, or a tuple of such")
        self.axis = axis

    def __call__(self, w: Array) -> Array:
        """Return w with no norm above ``max_value``."""
        w = as_numbers("weights", w)
        w = w.astype(np.result_type(w, np.float16), copy=False)  # whole numbers would be cut to 0
        try:
            norms = np.sqrt(np.sum(np.square(w), axis=self.axis, keepdims=True))
        except (TypeError, ValueError) as error:  # numpy.exceptions.AxisError is a ValueError
            raise ValueError(f"MaxNorm's axis={self.axis!r} does not fit weights of shape {w.shape}: {error}") from None
        shortened: Array = w * (np.clip(norms, 0, self.max_value) / (1e-7 + norms)).astype(w.dtype)
        return shortened


_KNOWN: dict[str, Callable[[], Constraint]] = {"max_norm": MaxNorm, "maxnorm": MaxNorm}


def get(constraint: str | Constraint | None) -> Constraint | None:
    """Return the constraint that a layer's argument means.

    Parameters
    ----------
    constraint : str, Constraint or None

    Returns
    -------
    Constraint or None

    Raises
    ------
    ValueError
        For an unknown name.
    TypeError
        For anything that is not a constraint.

    Examples
    --------
    >>> get("max_norm").max_value
    2.0
    """
    if constraint is None or isinstance(constraint, Constraint):
        return constraint
    if isinstance(constraint, str):
        return look_up("constraint", constraint, _KNOWN)()
    hint = call_hint(constraint)
    if isinstance(constraint, int | float):
        hint = f": write constraints.MaxNorm({constraint!r})"
    raise TypeError(f"a constraint is a name such as 'max_norm', a Constraint or None, got {constraint!r}{hint}")
