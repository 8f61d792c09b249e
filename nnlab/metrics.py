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


def mean_squared_error(y_true: Any, y_pred: Any) -> Array:
    """``mean_k (p_k - y_k)^2`` for each sample.

    Parameters
    ----------
    y_true : array_like of shape (N, K), or (N,) where K is 1
    y_pred : array_like of shape (N, K)

    Returns
    -------
    ndarray of shape (N,)

    Raises
    ------
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> mean_squared_error([[0], [1]], [[0.5], [1.0]])
    array([0.25, 0.  ])
    """
    return np.mean(_errors(y_true, y_pred) ** 2, axis=-1)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Array:
    """``mean_k |p_k - y_k|`` for each sample.

    Parameters
    ----------
    y_true : array_like of shape (N, K), or (N,) where K is 1
    y_pred : array_like of shape (N, K)

    Returns
    -------
    ndarray of shape (N,)

    Raises
    ------
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> mean_absolute_error([[0], [1]], [[0.5], [1.0]])
    array([0.5, 0. ])
    """
    return np.mean(np.abs(_errors(y_true, y_pred)), axis=-1)


def _errors(y_true: Any, y_pred: Any) -> Array:
    """``p - y``, in floating point; shapes that would be broadcast are refused."""
    y, p = np.asarray(y_true), np.asarray(y_pred)
    if p.shape == (*y.shape, 1):
        y = y[..., None]
    if y.shape != p.shape:
        raise ValueError(
            f"an error compares each output with a target: the outputs have shape {p.shape}, the targets {y.shape}"
        )
    dtype = np.result_type(np.float32, p.dtype)  # whole numbers without a sign cannot be subtracted
    return p.astype(dtype) - y.astype(dtype)


class NamedMetric:
    """A metric as an object: its function, and a name of your choice.

    Parameters
    ----------
    name : str, optional
        Under which it is reported; without one, the function's.

    Examples
    --------
    >>> MeanAbsoluteError("distance").name, MeanAbsoluteError().name
    ('distance', 'mean_absolute_error')
    """

    function: Metric

    def __init__(self, name: str | None = None) -> None:
        self.name = name or self.function.__name__


class BinaryAccuracy(NamedMetric):
    """`binary_accuracy` as an object; see `NamedMetric`."""

    function: Metric = staticmethod(binary_accuracy)


class CategoricalAccuracy(NamedMetric):
    """`categorical_accuracy` as an object; see `NamedMetric`."""

    function: Metric = staticmethod(categorical_accuracy)


class SparseCategoricalAccuracy(NamedMetric):
    """`sparse_categorical_accuracy` as an object; see `NamedMetric`."""

    function: Metric = staticmethod(sparse_categorical_accuracy)


class MeanSquaredError(NamedMetric):
    """`mean_squared_error` as an object; see `NamedMetric`."""

    function: Metric = staticmethod(mean_squared_error)


class MeanAbsoluteError(NamedMetric):
    """`mean_absolute_error` as an object; see `NamedMetric`."""

    function: Metric = staticmethod(mean_absolute_error)


_ACCURACIES = (binary_accuracy, categorical_accuracy, sparse_categorical_accuracy)
_ERRORS = (mean_squared_error, mean_absolute_error)

_KNOWN: dict[str, Metric | None] = {
    "accuracy": None,  # which of the three, is decided by the shapes
    "acc": None,
    "binary_accuracy": binary_accuracy,
    "categorical_accuracy": categorical_accuracy,
    "sparse_categorical_accuracy": sparse_categorical_accuracy,
    "mse": mean_squared_error,
    "mean_squared_error": mean_squared_error,
    "mae": mean_absolute_error,
    "mean_absolute_error": mean_absolute_error,
}


def get(metric: str | Metric | NamedMetric) -> tuple[str, Metric | None]:
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
    if isinstance(metric, NamedMetric):
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
        If one of the three accuracies, or an error, is given for targets of another kind.

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
    if function in _ERRORS and targets != outputs:
        hint = ". For class numbers use 'accuracy'." if targets == 1 else ""
        raise ValueError(
            f"{function.__name__} compares each output with a target, and there are {outputs} output(s) and {targets} "
            f"target(s) a sample{hint}"
        )
    if function in _ACCURACIES and wants_class_numbers != (targets == 1 and outputs > 1):
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
