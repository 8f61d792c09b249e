"""How well scores put the samples of a class before the others, at all thresholds; and the coefficient R².

The names, and the numbers, are scikit-learn's: exact, where Keras's AUC adds up a table of 200 thresholds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab._numbers import as_numbers

Array = NDArray[Any]


def roc_curve(y_true: Any, y_score: Any) -> tuple[Array, Array, Array]:
    """Shares of false and of true alarms when all scores from a threshold up count as class 1.

    Parameters
    ----------
    y_true : array_like of shape (N,) or (N, 1)
        0 and 1, both of them.
    y_score : array_like of shape (N,) or (N, 1)

    Returns
    -------
    fpr : ndarray of shape (T,)
        False alarms among the samples of class 0.
    tpr : ndarray of shape (T,)
        True alarms among those of class 1.
    thresholds : ndarray of shape (T,)
        Falling: infinity, then each score that occurs. (scikit-learn leaves out those on straight lines, unless
        ``drop_intermediate=False``.)

    Raises
    ------
    ValueError
        If the arrays do not fit, or one class is missing.

    Examples
    --------
    >>> fpr, tpr, thresholds = roc_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> fpr, tpr
    (array([0. , 0. , 0.5, 0.5, 1. ]), array([0. , 0.5, 0.5, 1. , 1. ]))
    """
    hits, alarms, thresholds = _counts(*_pairs(y_true, y_score, "the ROC curve", both=True))
    false = alarms - hits
    starts = (np.r_[0, counts] for counts in (false, hits))
    fpr, tpr = (counts / counts[-1] for counts in starts)
    return fpr, tpr, np.r_[np.inf, thresholds]


def roc_auc_score(y_true: Any, y_score: Any) -> float:
    """Area under the ROC curve: how probably a sample of class 1 has a higher score than one of class 0.

    Parameters
    ----------
    y_true : array_like of shape (N,) or (N, 1)
        0 and 1; or class numbers for scores of K classes.
    y_score : array_like of shape (N,), (N, 1) or (N, K)

    Returns
    -------
    float
        For K classes the mean of the areas of each class against all others.

    Raises
    ------
    ValueError
        If the arrays do not fit, or a class is missing among the targets.

    Notes
    -----
    Exact: equal scores count half, and no thresholds are chosen.

    References
    ----------
    Hanley & McNeil (1982), Radiology 143, 29-36.

    Examples
    --------
    >>> roc_auc_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    scores = as_numbers("the scores", y_score)
    if scores.ndim == 2 and scores.shape[1] > 1:
        y = as_numbers("the targets", y_true)
        y = y.argmax(axis=1) if y.shape == scores.shape else y.reshape(-1)
        missing = set(range(scores.shape[1])) ^ set(np.unique(y).tolist())
        if missing:
            raise ValueError(
                f"the AUC of {scores.shape[1]} classes needs each of them among the targets, and no others: see class "
                f"{', '.join(f'{c:g}' for c in sorted(missing))}"
            )
        return float(np.mean([roc_auc_score(y == c, scores[:, c]) for c in range(scores.shape[1])]))
    fpr, tpr, _ = roc_curve(y_true, y_score)
    return float(np.trapezoid(tpr, fpr))


def precision_recall_curve(y_true: Any, y_score: Any) -> tuple[Array, Array, Array]:
    """Precision and recall of class 1 when all scores from a threshold up count as it.

    Parameters
    ----------
    y_true : array_like of shape (N,) or (N, 1)
        0 and 1.
    y_score : array_like of shape (N,) or (N, 1)

    Returns
    -------
    precision, recall : ndarray of shape (T + 1,)
        The last values are 1 and 0, without a threshold.
    thresholds : ndarray of shape (T,)
        Rising: each score that occurs.

    Raises
    ------
    ValueError
        If the arrays do not fit, or there is no sample of class 1.

    Examples
    --------
    >>> precision, recall, thresholds = precision_recall_curve([0, 1, 1], [0.2, 0.1, 0.8])
    >>> recall
    array([1. , 0.5, 0.5, 0. ])
    """
    hits, alarms, thresholds = _counts(*_pairs(y_true, y_score, "the precision-recall curve", both=False))
    return np.r_[(hits / alarms)[::-1], 1.0], np.r_[(hits / hits[-1])[::-1], 0.0], thresholds[::-1]


def average_precision_score(y_true: Any, y_score: Any) -> float:
    """Mean of the precisions over the recalls that are gained: ``sum_t (R_t - R_{t-1}) P_t``.

    Parameters
    ----------
    y_true, y_score
        See `precision_recall_curve`.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the arrays do not fit, or there is no sample of class 1.

    Examples
    --------
    >>> average_precision_score([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.8])
    0.8333333333333333
    """
    precision, recall, _ = precision_recall_curve(y_true, y_score)
    return float(-np.sum(np.diff(recall) * precision[:-1]))


def r2_score(y_true: Any, y_pred: Any) -> float:
    """Share of the targets' variance that the predictions explain: ``1 - sum (y - p)^2 / sum (y - mean y)^2``.

    Parameters
    ----------
    y_true : array_like of shape (N,) or (N, K)
    y_pred : array_like of shape (N,) or (N, K)

    Returns
    -------
    float
        The mean over the columns. It is at most 1, 0 for predicting the mean, and may be negative. Targets that are
        all the same count 1 if they are met exactly, else 0.

    Raises
    ------
    ValueError
        If the arrays do not fit, or there are fewer than two samples.

    Examples
    --------
    >>> r2_score([1, 2, 3], [[1], [2], [4]])
    0.5
    """
    y, p = as_numbers("the targets", y_true), as_numbers("the predictions", y_pred)
    y, p = y.astype(np.float64), p.astype(np.float64)
    y, p = (a[:, None] if a.ndim == 1 else a for a in (y, p))
    if y.shape != p.shape or y.ndim != 2:
        raise ValueError(f"targets and predictions need the same shape, (N,) or (N, K): {y.shape} and {p.shape}")
    if len(y) < 2:
        raise ValueError("R² compares with the targets' variance, which needs at least two samples")
    left, all_of_it = ((y - p) ** 2).sum(axis=0), ((y - y.mean(axis=0)) ** 2).sum(axis=0)
    scores = np.where(left == 0, 1.0, 0.0)
    varied = (all_of_it != 0) & (left != 0)
    scores[varied] = 1 - left[varied] / all_of_it[varied]
    return float(scores.mean())


def _pairs(y_true: Any, y_score: Any, what: str, both: bool) -> tuple[Array, Array]:
    y, scores = as_numbers("the targets", y_true), as_numbers("the scores", y_score)
    if y.shape[1:] not in ((), (1,)) or scores.shape[1:] not in ((), (1,)) or y.ndim == 0 or y.size != scores.size:
        raise ValueError(f"{what} takes a target and a score for each sample: {y.shape} and {scores.shape} given")
    if y.size == 0:
        raise ValueError(f"{what} needs samples, and there are none")
    y, scores = y.reshape(-1), scores.reshape(-1)
    if not ((y == 0) | (y == 1)).all():
        raise ValueError(f"{what} takes targets 0 and 1, got {y[(y != 0) & (y != 1)][0]}")
    if scores.dtype.kind not in "biuf" or not np.isfinite(scores.astype(float)).all():
        raise ValueError(f"{what} takes finite numbers as scores")
    if (y.all() and both) or not y.any():
        raise ValueError(f"{what} needs samples of {'both classes' if both else 'class 1'}; all targets are {y[0]:g}")
    return y.astype(bool), scores


def _counts(y: Array, scores: Array) -> tuple[Array, Array, Array]:
    """Hits and alarms with each score that occurs as threshold, falling: equal scores fall on one side together."""
    order = np.argsort(-scores.astype(np.float64), kind="stable")
    y, scores = y[order], scores[order]
    last = np.r_[np.flatnonzero(np.diff(scores)), len(y) - 1]
    return np.cumsum(y)[last], last + 1, scores[last]
