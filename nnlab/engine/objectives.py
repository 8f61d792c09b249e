"""Losses with their gradients, and metrics, compiled; the formulas are those of `nnlab.losses` and `nnlab.metrics`.

Outputs and targets have their points along the last axis, (K, n), so that loops over points vectorize; class numbers
are one row, (1, n).
"""

import numpy as np

from nnlab.engine._jit import part
from nnlab.engine.codes import (
    ABSOLUTE_ERROR,
    BINARY,
    BINARY_ACCURACY,
    BINARY_LOGITS,
    CATEGORICAL_ACCURACY,
    CATEGORICAL_LOGITS,
    HUBER,
    MAE,
    MSE,
    SPARSE,
    SPARSE_ACCURACY,
    SPARSE_LOGITS,
    SQUARED_ERROR,
)
from nnlab.engine.elementwise import exp, log1p

# Keras's epsilon: probabilities are kept this far from 0 and 1 before a logarithm.
EPSILON = 1e-7


@part
def loss_and_gradient(code, constant, a, y, shares, d):
    """Sum of the losses over the points, each times its weight; d = the gradient of their mean.

    a are the outputs, or the values before the last activation for the codes that end in LOGITS; `shares` (n,) are the
    points' weights divided by the size of the batch; the constant is Huber's delta. The sum is to be multiplied by the
    size of the batch.
    """
    n_out = a.shape[0]
    total = 0.0
    if code in (CATEGORICAL_LOGITS, SPARSE_LOGITS):
        for i in range(a.shape[1]):
            total += shares[i] * softmax_crossentropy(code, a, y, shares[i], i, d)
    elif code == BINARY_LOGITS:
        total = sigmoid_crossentropy(a, y, shares, d)
    elif code in (MSE, MAE, HUBER):
        total = errors(code, constant, a, y, shares, d)
    elif code == BINARY:
        for i in range(a.shape[1]):
            total += shares[i] * binary(a, y, shares[i], i, d)
    elif code == SPARSE:
        for i in range(a.shape[1]):
            total += shares[i] * sparse(a, int(y[0, i]), shares[i], i, d)
    else:
        for i in range(a.shape[1]):
            total += shares[i] * categorical(a, y, shares[i], i, d)
    return total / n_out if code in (MSE, MAE, HUBER, BINARY, BINARY_LOGITS) else total


@part
def errors(code, delta, a, y, shares, d):
    """Squared, absolute and Huber's error, summed over the outputs."""
    n_out, n = a.shape
    kind = a.dtype.type
    zero, half, two, limit = kind(0), kind(0.5), kind(2), kind(delta)
    per_unit = kind(1.0 / n_out)
    total = 0.0
    for k in range(n_out):
        subtotal = zero
        for i in range(n):
            error = a[k, i] - y[k, i]
            sign = kind(error > zero) - kind(error < zero)
            size = abs(error)
            if code == MSE:
                loss = error * error
                slope = two * error
            elif code == MAE:
                loss = size
                slope = sign + zero * error  # NaN stays NaN
            else:
                near = size <= limit
                loss = half * error * error if near else limit * (size - half * limit)
                slope = error if near else limit * sign + zero * error
            subtotal += loss * shares[i]
            d[k, i] = slope * per_unit * shares[i]
        total += subtotal
    return total


@part
def sigmoid_crossentropy(s, y, shares, d):
    """Binary cross-entropy of sigmoid(s), summed over the outputs."""
    n_out, n = s.shape
    kind = s.dtype.type
    zero, one, per_unit = kind(0), kind(1), kind(1.0 / n_out)
    total = 0.0
    for k in range(n_out):
        subtotal = zero
        for i in range(n):
            z = s[k, i]
            e = exp(-abs(z))
            p = one / (one + e) if z >= zero else e / (one + e)
            # log(1 + exp(z)) - t z, arranged so that exp cannot overflow
            subtotal += shares[i] * (max(z, zero) - z * y[k, i] + log1p(e))
            d[k, i] = (p - y[k, i]) * per_unit * shares[i]
        total += subtotal
    return total


@part
def softmax_crossentropy(code, s, y, share, i, d):
    """Cross-entropy of softmax(s) of point i, with one-hot targets or a class number."""
    n_out = s.shape[0]
    kind = s.dtype.type
    top = s[0, i]
    for k in range(1, n_out):
        top = max(s[k, i], top)
    total = kind(0)
    for k in range(n_out):
        e = exp(s[k, i] - top)
        d[k, i] = e
        total += e
    log_total = np.log(total)
    part = kind(1) / total
    if code == SPARSE_LOGITS:
        true = int(y[0, i])
        for k in range(n_out):
            d[k, i] = d[k, i] * part * share
        d[true, i] -= share
        return log_total - (s[true, i] - top)
    loss = kind(0)
    mass = kind(0)
    for k in range(n_out):
        loss += y[k, i] * (log_total - (s[k, i] - top))
        mass += y[k, i]
    for k in range(n_out):
        d[k, i] = (d[k, i] * part * mass - y[k, i]) * share
    return loss


@part
def clipped(p):
    """Keep a probability away from 0 and 1; NaN stays NaN."""
    low = type(p)(EPSILON)
    return min(max(p, low), type(p)(1) - low)


@part
def binary(a, y, share, i, d):
    """Binary cross-entropy of the probabilities of point i, summed over the outputs."""
    n_out = a.shape[0]
    kind = a.dtype.type
    one, per_unit = kind(1), kind(1.0 / n_out)
    loss = kind(0)
    for k in range(n_out):
        p = clipped(a[k, i])
        t = y[k, i]
        loss -= t * np.log(p) + (one - t) * np.log(one - p)
        d[k, i] = (p - t) / (p * (one - p)) * per_unit * share if p == a[k, i] else a[k, i] * kind(0)
    return loss


@part
def sparse(a, true, share, i, d):
    """Cross-entropy of outputs of point i that are not a softmax: normalized after clipping, as Keras does."""
    n_out = a.shape[0]
    kind = a.dtype.type
    one = kind(1)
    mass = kind(0)
    for k in range(n_out):
        mass += clipped(a[k, i])
    for k in range(n_out):
        p = clipped(a[k, i])
        slope = one / mass - (one / p if k == true else kind(0))
        d[k, i] = slope * share if p == a[k, i] else a[k, i] * kind(0)
    return np.log(mass / clipped(a[true, i]))


@part
def categorical(a, y, share, i, d):
    """Cross-entropy of outputs of point i with one-hot targets: clipped after the division, as Keras does."""
    n_out = a.shape[0]
    kind = a.dtype.type
    mass = kind(0)
    for k in range(n_out):
        mass += a[k, i]
    loss = kind(0)
    weighted = kind(0)
    for k in range(n_out):
        part = a[k, i] / mass
        p = clipped(part)
        loss -= y[k, i] * np.log(p)
        d[k, i] = -y[k, i] / p if p == part else part * kind(0)
        weighted += d[k, i] * part
    for k in range(n_out):
        d[k, i] = (d[k, i] - weighted) / mass * share
    return loss


@part
def measure(code, a, y):
    """Sum of a metric over the points; where it is a number for each output, their mean counts."""
    n_out, n = a.shape
    total = 0.0
    if code in (SPARSE_ACCURACY, CATEGORICAL_ACCURACY):
        for i in range(n):
            best = 0
            for k in range(1, n_out):
                if a[k, i] > a[best, i]:
                    best = k
            true = 0
            if code == SPARSE_ACCURACY:
                true = int(y[0, i])
            else:
                for k in range(1, n_out):
                    if y[k, i] > y[true, i]:
                        true = k
            total += best == true
        return total
    for k in range(n_out):
        for i in range(n):
            error = a[k, i] - y[k, i]
            if code == BINARY_ACCURACY:
                total += y[k, i] == (1 if a[k, i] > 0.5 else 0)
            elif code == SQUARED_ERROR:
                total += error * error
            elif code == ABSOLUTE_ERROR:
                total += abs(error)
    return total / n_out
