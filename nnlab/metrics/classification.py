"""How often classes are taken for one another: the confusion matrix, precision, recall and F1.

The names, and the numbers, are scikit-learn's; the outputs of a network may be passed as they are.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._numbers import as_numbers, check_number, is_one_of

Array = NDArray[Any]

_MOST_CLASSES = 5_000  # a matrix of 200 MB
_LARGEST = 10**9  # of class numbers: a larger one is a mistake, such as the numbers of a regression


def confusion_matrix(y_true: Any, y_pred: Any, *, threshold: float = 0.5) -> NDArray[np.int64]:
    """Count how often class i was taken for class j: row i, column j.

    Parameters
    ----------
    y_true : array_like of shape (N,), (N, 1) or (N, K)
        Class numbers, or one-hot targets.
    y_pred : array_like of shape (N,), (N, 1) or (N, K)
        Class numbers; or what a network returns: the score of class 1 (N,) or (N, 1), or of each class (N, K).
    threshold : float
        Scores of class 1 above this mean class 1.

    Returns
    -------
    ndarray of int of shape (C, C)
        For the scores of K classes, C is K; otherwise the classes are those that occur, in order.

    Raises
    ------
    ValueError
        If the arrays do not fit, or hold something else.

    Examples
    --------
    >>> confusion_matrix([0, 0, 1, 1], [[0.2], [0.7], [0.9], [0.4]])
    array([[1, 1],
           [1, 1]])
    """
    y, p, classes = _classes(y_true, y_pred, threshold)
    if len(classes) > _MOST_CLASSES:
        raise ValueError(
            f"a confusion matrix has a row for each class, and here are {len(classes):,} different numbers: these do "
            f"not look like classes"
        )
    counts = np.zeros((len(classes), len(classes)), np.int64)
    np.add.at(counts, (np.searchsorted(classes, y), np.searchsorted(classes, p)), 1)
    return counts


def precision_score(
    y_true: Any, y_pred: Any, *, average: str | None = "binary", threshold: float = 0.5
) -> float | Array:
    """Share of the samples taken for a class that are of it.

    Parameters
    ----------
    y_true, y_pred, threshold
        See `confusion_matrix`.
    average : {"binary", "macro", "micro", "weighted", None}
        "binary": of class 1 alone; "macro": the mean over the classes; "micro": of all decisions together; "weighted":
        the mean, each class counting by its samples; None: one number for each class.

    Returns
    -------
    float, or ndarray of shape (C,)

    Raises
    ------
    ValueError
        If the arrays do not fit, or "binary" is asked of more than two classes.

    Examples
    --------
    >>> precision_score([0, 0, 1, 1], [1, 0, 1, 0])
    0.5
    """
    return _score("precision", y_true, y_pred, average, threshold)


def recall_score(y_true: Any, y_pred: Any, *, average: str | None = "binary", threshold: float = 0.5) -> float | Array:
    """Share of the samples of a class that are taken for it.

    Parameters
    ----------
    y_true, y_pred, average, threshold
        See `precision_score`.

    Returns
    -------
    float, or ndarray of shape (C,)

    Raises
    ------
    ValueError
        If the arrays do not fit, or "binary" is asked of more than two classes.

    Examples
    --------
    >>> recall_score([0, 0, 1, 1], [0, 1, 1, 1])
    1.0
    """
    return _score("recall", y_true, y_pred, average, threshold)


def f1_score(y_true: Any, y_pred: Any, *, average: str | None = "binary", threshold: float = 0.5) -> float | Array:
    """Harmonic mean of precision and recall: ``2 hits / (taken for the class + of the class)``.

    Parameters
    ----------
    y_true, y_pred, average, threshold
        See `precision_score`.

    Returns
    -------
    float, or ndarray of shape (C,)

    Raises
    ------
    ValueError
        If the arrays do not fit, or "binary" is asked of more than two classes.

    References
    ----------
    van Rijsbergen (1979), Information Retrieval, chapter 7.

    Examples
    --------
    >>> f1_score([0, 0, 1, 1], [0, 1, 1, 1])
    0.8
    """
    return _score("F1", y_true, y_pred, average, threshold)


def _score(kind: str, y_true: Any, y_pred: Any, average: str | None, threshold: float) -> float | Array:
    if not is_one_of(average, ("binary", "macro", "micro", "weighted", None)):
        raise ValueError(f"average is 'binary', 'macro', 'micro', 'weighted' or None, got {average!r}")
    y, p, classes = _classes(y_true, y_pred, threshold)
    if average == "binary":
        if not set(classes.tolist()) <= {0, 1}:
            raise ValueError(
                f"average='binary' tells class 1 from class 0, and here are the classes {_listed(classes)}: choose "
                f"'macro', 'micro', 'weighted' or None"
            )
        classes = np.array([1])
    hits = np.array([np.sum((y == c) & (p == c)) for c in classes])
    taken, there = np.array([np.sum(p == c) for c in classes]), np.array([np.sum(y == c) for c in classes])
    if average == "micro":
        hits, taken, there = (np.array([counts.sum()]) for counts in (hits, taken, there))
    parts = {"precision": (hits, taken), "recall": (hits, there), "F1": (2 * hits, taken + there)}
    above, below = parts[kind]
    if (below == 0).any() and average != "micro":
        why = {"precision": "never predicted", "recall": "never a target", "F1": "neither a target nor predicted"}[kind]
        warnings.warn(f"class {_listed(classes[below == 0])} is {why}: its {kind} counts as 0", stacklevel=3)
    scores = above / np.maximum(below, 1)
    if average is None:
        return scores
    if average == "weighted":
        return float((scores * there).sum() / there.sum())
    return float(scores.mean())


def _listed(classes: Array) -> str:
    return ", ".join(str(c) for c in classes.tolist())


def _classes(y_true: Any, y_pred: Any, threshold: float) -> tuple[Array, Array, Array]:
    """Targets and predictions as class numbers, and the classes that there are."""
    threshold = check_number("threshold", threshold)
    y, p = as_numbers("targets", y_true), as_numbers("predictions", y_pred)
    if len(y.shape) == 0 or len(p.shape) == 0 or len(y) != len(p) or len(y) == 0:
        raise ValueError(f"targets and predictions need the same number of rows, at least 1: {y.shape} and {p.shape}")
    for name, a in (("targets", y), ("predictions", p)):
        if a.ndim > 2 or 0 in a.shape or not (np.abs(a.astype(np.float64)) <= _LARGEST).all():
            raise ValueError(
                f"{name} are numbers of shape (N,) or (N, K), finite and none beyond {_LARGEST:.0e}; got {a.dtype} of "
                f"shape {a.shape}"
            )
    columns = p.shape[1] if p.ndim == 2 else 1
    if y.ndim == 2 and y.shape[1] > 1:
        if y.shape[1] != columns and columns > 1:
            raise ValueError(f"one-hot targets of {y.shape[1]} classes do not fit predictions of {columns}")
        if not (((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all()):
            raise ValueError("targets with several columns have to be one-hot: a single 1 in each row, and zeros")
        columns, y = max(columns, y.shape[1]), y.argmax(axis=1)
    p = p.argmax(axis=1) if p.ndim == 2 and p.shape[1] > 1 else _decided(p.reshape(-1), threshold)
    y = y.reshape(-1)
    if (y != np.floor(y)).any():
        raise ValueError(f"targets are class numbers, and {y[y != np.floor(y)][0]} is none")
    y, p = y.astype(np.int64), p.astype(np.int64)
    classes = np.union1d(y, p) if columns == 1 else np.arange(columns)
    if columns > 1 and (y.min() < 0 or y.max() >= columns):
        raise ValueError(
            f"targets are class numbers from 0 to {columns - 1}, got {y.min() if y.min() < 0 else y.max()}"
        )
    return y, p, classes


def _decided(p: Array, threshold: float) -> Array:
    """Class numbers as they are; scores of class 1 by the threshold."""
    return p if (p == np.floor(p)).all() else p > threshold
