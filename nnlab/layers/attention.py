"""Attention: each place of a sequence collects what it needs from the places of another, or of its own.

These are the formulas, for one head or for many at once, forward and backward. The layer around them:
`nnlab.layers.multi_head_attention`. Names: T places ask (queries), S places answer (keys and values).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def masked_softmax(scores: Array, mask: Array | None) -> Array:
    """``e^s_j / sum_k e^s_k`` over the last axis, and over the places only that the mask allows.

    Parameters
    ----------
    scores : ndarray of shape (..., T, S)
    mask : ndarray of bool that can be repeated to this shape, or None
        False where a place is not to be looked at.

    Returns
    -------
    ndarray of shape (..., T, S)
        0 where the mask is False; so a row that may look nowhere has the sum 0, all others 1.

    Examples
    --------
    >>> masked_softmax(np.zeros((2, 3)), np.array([[True, True, False], [False, False, False]]))
    array([[0.5, 0.5, 0. ],
           [0. , 0. , 0. ]])
    """
    if mask is not None:
        scores = np.where(mask, scores, scores.dtype.type(-np.inf))
    top = scores.max(axis=-1, keepdims=True)
    # Without a place that is allowed the top is -inf, and -inf - -inf would be NaN; with one, the sum is 1 or more.
    weights = np.exp(scores - np.where(top == -np.inf, 0, top))
    weights /= np.maximum(weights.sum(axis=-1, keepdims=True), 1)
    return weights


def attention_forward(
    query: Array, key: Array, value: Array, mask: Array | None = None, factor: Array | None = None
) -> tuple[Array, Array]:
    """Scaled dot-product attention: ``softmax(query @ key.T / sqrt(K)) @ value``.

    Parameters
    ----------
    query : ndarray of shape (..., T, K)
    key : ndarray of shape (..., S, K)
    value : ndarray of shape (..., S, V)
    mask : ndarray of bool that can be repeated to (..., T, S), optional
        False where a place is not to be looked at.
    factor : ndarray of shape (..., T, S), optional
        What the weights are multiplied by before the values are mixed: a dropout.

    Returns
    -------
    output : ndarray of shape (..., T, V)
    weights : ndarray of shape (..., T, S)
        The softmax: how much place t takes from place s.

    Notes
    -----
    A product of K numbers of variance 1 has the variance K; the root keeps the softmax from saturating.

    References
    ----------
    Vaswani et al. (2017), NeurIPS 30, arXiv:1706.03762, equation 1.

    Examples
    --------
    >>> output, weights = attention_forward(np.zeros((1, 2)), np.eye(2), np.array([[0.0], [10.0]]))
    >>> output, weights  # a query that prefers no key takes the mean
    (array([[5.]]), array([[0.5, 0.5]]))
    """
    scores = query @ key.swapaxes(-1, -2) * (1 / math.sqrt(query.shape[-1]))
    weights = masked_softmax(scores, mask)
    return (weights if factor is None else weights * factor) @ value, weights


def attention_backward(
    query: Array,
    key: Array,
    value: Array,
    weights: Array,
    doutput: Array,
    dweights: Array | None = None,
    factor: Array | None = None,
) -> tuple[Array, Array, Array]:
    """Gradients of `attention_forward`.

    Parameters
    ----------
    query, key, value, factor : ndarray
        As they went into the forward pass.
    weights : ndarray of shape (..., T, S)
        What it returned.
    doutput : ndarray of shape (..., T, V)
        Gradient with respect to the output.
    dweights : ndarray of shape (..., T, S), optional
        Gradient with respect to the weights, where they are used elsewhere, too.

    Returns
    -------
    dquery, dkey, dvalue : ndarray

    Notes
    -----
    ``output = (factor weights) @ value`` is a product of matrices: ``dvalue = (factor weights).T @ doutput``, and the
    weights get ``factor (doutput @ value.T)``. The softmax passes on ``dscores_j = w_j (dw_j - sum_k w_k dw_k)``: 0
    where the mask was False, because the weight is 0 there, and in a row that looks nowhere. The scores are again a
    product, ``query @ key.T / sqrt(K)``.
    """
    used = weights if factor is None else weights * factor
    dvalue = used.swapaxes(-1, -2) @ doutput
    dused = doutput @ value.swapaxes(-1, -2)
    d = dused if factor is None else dused * factor
    if dweights is not None:
        d = d + dweights
    dscores = weights * (d - (weights * d).sum(axis=-1, keepdims=True)) * (1 / math.sqrt(query.shape[-1]))
    return dscores @ key, dscores.swapaxes(-1, -2) @ query, dvalue
