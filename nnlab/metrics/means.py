"""Metrics that are means: functions from targets and outputs to one number a sample."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._numbers import as_numbers, is_whole

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

    Raises
    ------
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> binary_accuracy([[1], [0]], [[0.8], [0.7]])
    array([1., 0.])
    """
    y, p = _alike(y_true, y_pred)
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

    Raises
    ------
    ValueError
        If the shapes do not fit.
    """
    y, p = _alike(y_true, y_pred)
    right = y.argmax(axis=-1) == p.argmax(axis=-1)
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

    Raises
    ------
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> sparse_categorical_accuracy([1, 0], [[0.2, 0.8], [0.1, 0.9]])
    array([1., 0.])
    """
    y, p = _classes(y_true, y_pred)
    right = y == p.argmax(axis=-1)
    return right.astype(float)


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Array:
    """1 where the output at the place of the largest target is among the k largest, else 0.

    Parameters
    ----------
    y_true : array_like of shape (N, K)
        One-hot targets.
    y_pred : array_like of shape (N, K)
    k : int

    Returns
    -------
    ndarray of shape (N,)

    Raises
    ------
    ValueError
        If the shapes do not fit, or k is no whole number from 1 up.
    """
    y, p = _alike(y_true, y_pred)
    return sparse_top_k_categorical_accuracy(y.argmax(axis=-1), p, k)


def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Array:
    """1 where the output at the class number that is the target is among the k largest, else 0.

    Parameters
    ----------
    y_true : array_like of shape (N,) or (N, 1)
        Class numbers.
    y_pred : array_like of shape (N, K)
    k : int
        All that are as large as the k-th count as well, as in Keras.

    Returns
    -------
    ndarray of shape (N,)

    Raises
    ------
    ValueError
        If the shapes do not fit, or k is no whole number from 1 up.

    Examples
    --------
    >>> sparse_top_k_categorical_accuracy([2, 2], [[0.5, 0.2, 0.3], [0.5, 0.4, 0.1]], k=2)
    array([1., 0.])
    """
    y, p = _classes(y_true, y_pred)
    _check_k(k)
    known = (y >= 0) & (y < p.shape[1]) & (y == np.floor(y))
    if not known.all():
        raise ValueError(f"the targets are class numbers from 0 to {p.shape[1] - 1}, got {y[~known][0]}")
    own = np.take_along_axis(p, y[:, None].astype(int), axis=-1)
    # NaN is larger than nothing: without the second condition a diverged network would be right.
    right = ((p > own).sum(axis=-1) < k) & np.isfinite(own[:, 0])
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
    y, p = _alike(y_true, y_pred)
    dtype = np.result_type(np.float32, p.dtype)  # whole numbers without a sign cannot be subtracted
    return p.astype(dtype) - y.astype(dtype)


def _alike(y_true: Any, y_pred: Any) -> tuple[Array, Array]:
    """Targets and outputs, of one shape."""
    y, p = as_numbers("the targets", y_true), as_numbers("the outputs", y_pred)
    if p.shape == (*y.shape, 1):
        y = y[..., None]
    if y.shape != p.shape or p.ndim == 0 or p.shape[-1] == 0:
        raise ValueError(
            f"a target for each output, shape (N, K), is compared: the outputs have shape {p.shape}, the targets "
            f"{y.shape}"
        )
    return y, p


def _classes(y_true: Any, y_pred: Any) -> tuple[Array, Array]:
    """Class numbers, (N,), and the outputs for each class, (N, K)."""
    y, p = as_numbers("the targets", y_true), as_numbers("the outputs", y_pred)
    if p.ndim != 2 or p.shape[1] == 0 or y.shape not in ((len(p),), (len(p), 1)):
        raise ValueError(
            f"a class number, shape (N,), is compared with an output for each class, (N, K): the outputs have shape "
            f"{p.shape}, the targets {y.shape}"
        )
    return y.reshape(len(p)), p


def _check_k(k: Any) -> None:
    if not is_whole(k) or k < 1:
        raise ValueError(f"k is a whole number from 1 up, got {k!r}")


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
        if name is not None and not isinstance(name, str):
            raise TypeError(f"name is a text, or None; got {name!r}")
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


class _TopK(NamedMetric):
    """A metric with a setting: the object itself is the function."""

    def __init__(self, k: int = 5, name: str | None = None) -> None:
        _check_k(k)
        super().__init__(name)
        self.k, self.function = int(k), self

    def __call__(self, y_true: Any, y_pred: Any) -> Array:
        return type(self).of(y_true, y_pred, self.k)

    of: Callable[..., Array]


class TopKCategoricalAccuracy(_TopK):
    """`top_k_categorical_accuracy` as an object.

    Parameters
    ----------
    k : int
    name : str, optional
    """

    function: Metric = staticmethod(top_k_categorical_accuracy)
    of = staticmethod(top_k_categorical_accuracy)


class SparseTopKCategoricalAccuracy(_TopK):
    """`sparse_top_k_categorical_accuracy` as an object.

    Parameters
    ----------
    k : int
    name : str, optional

    Examples
    --------
    >>> SparseTopKCategoricalAccuracy(k=2)([2, 2], [[0.5, 0.2, 0.3], [0.5, 0.4, 0.1]])
    array([1., 0.])
    """

    function: Metric = staticmethod(sparse_top_k_categorical_accuracy)
    of = staticmethod(sparse_top_k_categorical_accuracy)
