"""Metrics: what is reported beside the loss. Each is a function from targets and outputs to one number a sample."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._names import call_hint, look_up

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


class BinaryAccuracy:
    """`binary_accuracy` as an object.

    Parameters
    ----------
    name : str, optional
        Under which it is reported.
    """

    function: Metric = staticmethod(binary_accuracy)

    def __init__(self, name: str | None = None) -> None:
        self.name = name or self.function.__name__


class CategoricalAccuracy(BinaryAccuracy):
    """`categorical_accuracy` as an object; see `BinaryAccuracy`."""

    function: Metric = staticmethod(categorical_accuracy)


class SparseCategoricalAccuracy(BinaryAccuracy):
    """`sparse_categorical_accuracy` as an object; see `BinaryAccuracy`.

    Examples
    --------
    >>> SparseCategoricalAccuracy().name
    'sparse_categorical_accuracy'
    """

    function: Metric = staticmethod(sparse_categorical_accuracy)


_KNOWN: dict[str, Metric | None] = {
    "accuracy": None,  # which of the three, is decided by the shapes
    "acc": None,
    "binary_accuracy": binary_accuracy,
    "categorical_accuracy": categorical_accuracy,
    "sparse_categorical_accuracy": sparse_categorical_accuracy,
}


def get(metric: str | Metric | BinaryAccuracy) -> tuple[str, Metric | None]:
    """Return the name and the function of a metric; "accuracy" has no function until the shapes are known.

    Parameters
    ----------
    metric : str, callable or metric object

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
    if isinstance(metric, BinaryAccuracy):
        return metric.name, metric.function
    if callable(metric) and not isinstance(metric, type):
        return getattr(metric, "__name__", type(metric).__name__), metric
    raise TypeError(
        f"a metric is a name such as 'accuracy' or a function of (y_true, y_pred), got {metric!r}{call_hint(metric)}"
    )


def decide(function: Metric | None, targets: int, outputs: int) -> Metric:
    """Return the function of a metric for data of this shape; "accuracy" is decided as Keras decides it.

    Parameters
    ----------
    function : callable or None
        None stands for "accuracy".
    targets, outputs : int
        Numbers a sample: columns of the targets and of the network's outputs.

    Returns
    -------
    callable

    Raises
    ------
    ValueError
        If one of the three accuracies is given for targets of another kind.

    Examples
    --------
    >>> decide(None, targets=1, outputs=10).__name__
    'sparse_categorical_accuracy'
    """
    fitting = sparse_categorical_accuracy if targets == 1 else categorical_accuracy
    if outputs == 1:
        fitting = binary_accuracy
    if function is None:
        return fitting
    wants_class_numbers = function is sparse_categorical_accuracy
    if function in _KNOWN.values() and wants_class_numbers != (targets == 1 and outputs > 1):
        raise ValueError(
            f"{function.__name__} does not fit {targets} target(s) for {outputs} output(s) a sample: "
            f"use 'accuracy' or {fitting.__name__!r}"
        )
    return function


def total(function: Metric, y: Array, p: Array) -> float:
    """Sum a metric over the samples, whatever shape its function returns.

    Parameters
    ----------
    function : callable
        Returns one number a sample, (N,); several, (N, ...), of which the mean counts; or their mean.
    y, p : ndarray of shape (N, ...)

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If it returns something else.

    Examples
    --------
    >>> y, p = np.zeros((4, 1)), np.ones((4, 1))
    >>> total(lambda y, p: np.mean(abs(y - p)), y, p), total(lambda y, p: abs(y - p), y, p)
    (4.0, 4.0)
    """
    values = np.asarray(function(y, p), dtype=np.float64)
    if values.ndim == 0:
        return float(values) * len(y)
    if len(values) != len(y):
        raise ValueError(
            f"the metric {getattr(function, '__name__', function)!r} has to return one number for each of the "
            f"{len(y)} samples, or their mean; it returned an array of shape {values.shape}"
        )
    return float(values.reshape(len(y), -1).mean(axis=1).sum())
