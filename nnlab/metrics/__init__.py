"""Metrics: what is reported beside the loss.

Those in `means` are functions from targets and outputs to one number a sample; ``compile(metrics=...)`` takes them.
Those in `classification` and `ranking` (F1, AUC, ...) are numbers for all samples together: call them with the targets
and what ``predict`` returned.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._names import call_hint, look_up
from nnlab._numbers import as_numbers, is_one_of
from nnlab.metrics.classification import confusion_matrix, f1_score, precision_score, recall_score
from nnlab.metrics.means import (
    BinaryAccuracy,
    CategoricalAccuracy,
    MeanAbsoluteError,
    MeanSquaredError,
    Metric,
    NamedMetric,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
    binary_accuracy,
    categorical_accuracy,
    mean_absolute_error,
    mean_squared_error,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from nnlab.metrics.ranking import (
    average_precision_score,
    precision_recall_curve,
    r2_score,
    roc_auc_score,
    roc_curve,
)

__all__ = [
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "Metric",
    "NamedMetric",
    "SparseCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "average_precision_score",
    "binary_accuracy",
    "categorical_accuracy",
    "confusion_matrix",
    "decide",
    "f1_score",
    "get",
    "mean_absolute_error",
    "mean_squared_error",
    "precision_recall_curve",
    "precision_score",
    "r2_score",
    "recall_score",
    "roc_auc_score",
    "roc_curve",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
    "total",
]

Array = NDArray[Any]

_ACCURACIES = (binary_accuracy, categorical_accuracy, sparse_categorical_accuracy)
_ERRORS = (mean_squared_error, mean_absolute_error)

_KNOWN: dict[str, Metric | None] = {
    "accuracy": None,  # which of the three, is decided by the shapes
    "acc": None,
    "binary_accuracy": binary_accuracy,
    "categorical_accuracy": categorical_accuracy,
    "sparse_categorical_accuracy": sparse_categorical_accuracy,
    "top_k_categorical_accuracy": top_k_categorical_accuracy,
    "sparse_top_k_categorical_accuracy": sparse_top_k_categorical_accuracy,
    "mse": mean_squared_error,
    "mean_squared_error": mean_squared_error,
    "mae": mean_absolute_error,
    "mean_absolute_error": mean_absolute_error,
}

# A number for all samples together, not a mean of one for each: batches cannot be added up to it.
_WHOLE: dict[str, Callable[..., Any]] = {
    "auc": roc_auc_score,
    "roc_auc": roc_auc_score,
    "precision": precision_score,
    "recall": recall_score,
    "f1": f1_score,
    "f1_score": f1_score,
    "r2": r2_score,
    "r2_score": r2_score,
    "average_precision": average_precision_score,
    "confusion_matrix": confusion_matrix,
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
        For an unknown name, or a number that is no mean over the samples.
    TypeError
        For anything that is not a metric.
    """
    whole = metric in _WHOLE.values() if callable(metric) else is_one_of(metric, _WHOLE)
    if whole:
        function = _WHOLE[metric] if isinstance(metric, str) else metric
        name = function.__name__  # type: ignore[union-attr]
        raise ValueError(
            f"{metric if isinstance(metric, str) else name!r} is a number for all samples together, and no mean over "
            f"them, so it is not measured while training: call nnlab.metrics.{name}(y, model.predict(x)) afterwards, "
            f"or in a callback"
        )
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
    TypeError
        If it is no function.

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
    if not callable(function):
        raise TypeError(f"a metric is a function of (y_true, y_pred), or None; got {function!r}")
    wants_class_numbers = function is sparse_categorical_accuracy
    sparse_top_k = function is sparse_top_k_categorical_accuracy or isinstance(function, SparseTopKCategoricalAccuracy)
    top_k = function is top_k_categorical_accuracy or isinstance(function, TopKCategoricalAccuracy)
    if (sparse_top_k and (targets != 1 or outputs == 1)) or (top_k and (targets != outputs or outputs == 1)):
        wanted = "class numbers" if sparse_top_k else "one-hot targets"
        raise ValueError(
            f"{'sparse_' * sparse_top_k}top_k_categorical_accuracy takes {wanted} and an output for each class; there "
            f"are {outputs} output(s) and {targets} target(s) a sample"
        )
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
    if not callable(function):
        raise TypeError(f"a metric is a function of (y_true, y_pred), got {function!r}")
    if as_numbers("the targets", y).ndim == 0:
        raise ValueError(f"a metric compares rows, one a sample, with y of shape (N, ...); got {y!r:.80}")
    values = np.asarray(function(y, p), dtype=np.float64)
    if values.ndim == 0:
        return float(values) * len(y)
    if len(values) != len(y):
        raise ValueError(
            f"the metric {getattr(function, '__name__', function)!r} has to return one number for each of the "
            f"{len(y)} samples, or their mean; it returned an array of shape {values.shape}"
        )
    return float(values.reshape(len(y), -1).mean(axis=1).sum())
