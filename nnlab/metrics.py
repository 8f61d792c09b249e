"""Metrics: what is reported beside the loss. Each is a function from targets and outputs to one number a sample."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._names import look_up

Array = NDArray[Any]
Metric = Callable[[Array, Array], Array]


def binary_accuracy(y_true: Any, y_pred: Any) -> Array:
    """Share of outputs that fall on the right side of 0.5.

    Parameters
    ----------
    y_true : array_like of shape (N, K)
    y_pred : array_like of shape (N, K)

    Returns
    -------
    ndarray of shape (N,)

    Examples
    --------
    >>> binary_accuracy([[1], [0]], [[0.8], [0.7]])
    array([1., 0.])
    """
    y, p = np.asarray(y_true), np.asarray(y_pred)
    return np.mean(y == (p > 0.5), axis=-1)


def categorical_accuracy(y_true: Any, y_pred: Any) -> Array:
    """1 where the largest output is at the place of the largest target, else 0.

    Parameters
    ----------
    y_true : array_like of shape (N, K)
        One-hot targets.
    y_pred : array_like of shape (N, K)

    Returns
    -------
    ndarray of shape (N,)
    """
    right = np.argmax(y_true, axis=-1) == np.argmax(y_pred, axis=-1)
    return right.astype(float)


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Array:
    """1 where the largest output is at the class number that is the target, else 0.

    Parameters
    ----------
    y_true : array_like of shape (N,) or (N, 1)
        Class numbers.
    y_pred : array_like of shape (N, K)

    Returns
    -------
    ndarray of shape (N,)

    Examples
    --------
    >>> sparse_categorical_accuracy([1, 0], [[0.2, 0.8], [0.1, 0.9]])
    array([1., 0.])
    """
    right = np.asarray(y_true).reshape(len(np.asarray(y_true))) == np.argmax(y_pred, axis=-1)
    return right.astype(float)


_KNOWN: dict[str, Metric | None] = {
    "accuracy": None,  # which of the three, is decided by the shapes
    "acc": None,
    "binary_accuracy": binary_accuracy,
    "categorical_accuracy": categorical_accuracy,
    "sparse_categorical_accuracy": sparse_categorical_accuracy,
}


def get(metric: str | Metric) -> tuple[str, Metric | None]:
    """Return the name and the function of a metric; "accuracy" has no function until the shapes are known.

    Parameters
    ----------
    metric : str or callable

    Returns
    -------
    name : str
    function : callable or None

    Raises
    ------
    ValueError
        For an unknown name.
    TypeError
        For anything that is not a metric.
    """
    if isinstance(metric, str):
        return metric, look_up("metric", metric, _KNOWN)
    if callable(metric):
        return getattr(metric, "__name__", type(metric).__name__), metric
    raise TypeError(f"a metric is a name such as 'accuracy' or a function of (y_true, y_pred), got {metric!r}")


def accuracy_for(targets: int, outputs: int) -> Metric:
    """Say which accuracy "accuracy" means, as Keras decides it.

    Parameters
    ----------
    targets, outputs : int
        Numbers a sample: columns of the targets and of the network's outputs.

    Returns
    -------
    callable

    Examples
    --------
    >>> accuracy_for(targets=1, outputs=10).__name__
    'sparse_categorical_accuracy'
    """
    if outputs == 1:
        return binary_accuracy
    return sparse_categorical_accuracy if targets == 1 else categorical_accuracy
