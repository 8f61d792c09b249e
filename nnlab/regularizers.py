"""Regularizers: what large weights cost, added to the loss. Names, arguments and defaults are those of Keras 3.

Each penalty stands beside its gradient. A layer keeps its regularizers in ``layer.regularizers``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._names import call_hint, look_up
from nnlab._numbers import as_numbers, check_number

Array = NDArray[Any]


class Regularizer:
    """A penalty on a parameter array. For one of your own, define ``__call__`` and ``gradient``.

    Examples
    --------
    >>> class PullToOne(Regularizer):
    ...     def __call__(self, w):
    ...         return float(np.sum((w - 1) ** 2))
    ...
    ...     def gradient(self, w):
    ...         return 2 * (w - 1)
    >>> PullToOne()(np.array([1.0, 3.0]))
    4.0
    """

    def __call__(self, w: Array) -> float:
        """Return the penalty.

        Parameters
        ----------
        w : ndarray
            A kernel or a bias.

        Returns
        -------
        float
        """
        raise NotImplementedError(f"{type(self).__name__} has to define __call__(w)")

    def gradient(self, w: Array) -> Array:
        """Return the gradient of the penalty.

        Parameters
        ----------
        w : ndarray

        Returns
        -------
        ndarray
            Of the shape and dtype of w.
        """
        raise NotImplementedError(f"{type(self).__name__} has to define gradient(w)")


class L1L2(Regularizer):
    """``l1 sum |w| + l2 sum w^2``.

    Parameters
    ----------
    l1, l2 : float
        At least 0.

    References
    ----------
    Zou & Hastie (2005), Journal of the Royal Statistical Society B 67, 301-320.

    Examples
    --------
    >>> L1L2(l1=0.5, l2=0.25)(np.array([-2.0, 0.0]))
    2.0
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1 = check_number("l1", l1, at_least=0)
        self.l2 = check_number("l2", l2, at_least=0)

    def __call__(self, w: Array) -> float:
        """Return the penalty, summed in float64."""
        w = as_numbers("weights", w).astype(np.float64, copy=False)
        return float(self.l1 * np.abs(w).sum() + self.l2 * np.square(w).sum())

    def gradient(self, w: Array) -> Array:
        """``l1 sign(w) + 2 l2 w``; where w is 0, its absolute value counts as flat."""
        w = as_numbers("weights", w)
        return self.l1 * np.sign(w) + 2 * self.l2 * w

    def __repr__(self) -> str:
        return f"{type(self).__name__}(l1={self.l1:g}, l2={self.l2:g})"


class L1(L1L2):
    """``l1 sum |w|``: drives weights that help little to 0.

    Parameters
    ----------
    l1 : float
        At least 0.

    References
    ----------
    Tibshirani (1996), Journal of the Royal Statistical Society B 58, 267-288.
    """

    def __init__(self, l1: float = 0.01) -> None:
        super().__init__(l1=l1)

    def __repr__(self) -> str:
        return f"L1({self.l1:g})"


class L2(L1L2):
    """``l2 sum w^2``: keeps weights small, the large ones most.

    Parameters
    ----------
    l2 : float
        At least 0.

    References
    ----------
    Hoerl & Kennard (1970), Technometrics 12, 55-67.
    """

    def __init__(self, l2: float = 0.01) -> None:
        super().__init__(l2=l2)

    def __repr__(self) -> str:
        return f"L2({self.l2:g})"


_KNOWN: dict[str, Callable[[], Regularizer]] = {
    "l1": L1,
    "l2": L2,
    "l1_l2": lambda: L1L2(l1=0.01, l2=0.01),  # as Keras documents the name; L1L2() would do nothing
}


def get(regularizer: str | Regularizer | None) -> Regularizer | None:
    """Return the regularizer that a layer's argument means.

    Parameters
    ----------
    regularizer : str, Regularizer or None
        "l1_l2" has both numbers 0.01.

    Returns
    -------
    Regularizer or None

    Raises
    ------
    ValueError
        For an unknown name.
    TypeError
        For anything that is not a regularizer.

    Examples
    --------
    >>> get("l2")
    L2(0.01)
    """
    if regularizer is None or isinstance(regularizer, Regularizer):
        return regularizer
    if isinstance(regularizer, str):
        return look_up("regularizer", regularizer, _KNOWN)()
    hint = call_hint(regularizer)
    if isinstance(regularizer, int | float):
        hint = f": write regularizers.L2({regularizer!r})"
    raise TypeError(f"a regularizer is a name such as 'l2', a Regularizer or None, got {regularizer!r}{hint}")
