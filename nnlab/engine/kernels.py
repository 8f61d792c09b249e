"""Products and activations of a training step, compiled. Losses: `objectives`; optimizers: `updates`.

Every array has its points along the last axis, (units, points): the inner loops run over points and become
vector instructions. Output arguments stand last. The formulas are those of `nnlab.layers.core` and
`nnlab.activations`; the tests hold the two together.
"""

import numpy as np

from nnlab.engine._jit import part
from nnlab.engine.codes import (
    ELU,
    GELU,
    LEAKY_RELU,
    LINEAR,
    RELU,
    SELU,
    SIGMOID,
    SILU,
    SOFTMAX,
    SOFTPLUS,
    TANH,
)
from nnlab.engine.elementwise import erf, exp, log1p, tanh
from nnlab.engine.views import vector

# Below this many multiply-adds a plain loop beats the call of a BLAS routine.
BLAS_FROM = 1500

SELU_SCALE, SELU_ALPHA = 1.0507009873554804934, 1.6732632423543772848
HALF_ROOT, ROOT_2_PI = 0.70710678118654752440, 0.39894228040143267794  # sqrt(1 / 2), 1 / sqrt(2 pi)


@part
def affine(weights, bias, x, z):
    """Compute z = weights.T @ x + bias, for weights (D, H), x (D, n), z (H, n); an empty bias adds nothing."""
    n_in, n_out = weights.shape
    n = x.shape[1]
    if n_in * n_out * n >= BLAS_FROM:
        np.dot(weights.T, x, z)
        add_bias(bias, z)
        return
    for h in range(n_out):
        row = vector(z, h * n, n)
        b = bias[h] if bias.shape[0] > 0 else z.dtype.type(0)
        for i in range(n):
            row[i] = b
        for d in range(n_in):
            w = weights[d, h]
            point = vector(x, d * n, n)
            for i in range(n):
                row[i] += w * point[i]


@part
def add_bias(bias, z):
    """Add bias (H,) to each column of z, (H, n); an empty bias adds nothing."""
    n = z.shape[1]
    for h in range(bias.shape[0]):
        row = vector(z, h * n, n)
        b = bias[h]
        for i in range(n):
            row[i] += b


@part
def affine_gradient(x, dz, fresh, scratch, dweights, dbias):
    """Compute dweights = x @ dz.T and dbias = dz.sum(1); added to what is there unless fresh."""
    n_in, n = x.shape
    n_out = dz.shape[0]
    if n_in * n_out * n >= BLAS_FROM:
        if fresh:
            np.dot(x, dz.T, dweights)
        else:
            np.dot(x, dz.T, scratch)
            add(scratch, dweights)
    else:
        for d in range(n_in):
            point = vector(x, d * n, n)
            for h in range(n_out):
                row = vector(dz, h * n, n)
                total = dz.dtype.type(0)
                for i in range(n):
                    total += point[i] * row[i]
                dweights[d, h] = total if fresh else dweights[d, h] + total
    bias_gradient(dz, fresh, dbias)


@part
def bias_gradient(dz, fresh, dbias):
    """Compute dbias = dz.sum(1); added to what is there unless fresh."""
    n = dz.shape[1]
    for h in range(dbias.shape[0]):
        row = vector(dz, h * n, n)
        total = dz.dtype.type(0)
        for i in range(n):
            total += row[i]
        dbias[h] = total if fresh else dbias[h] + total


@part
def affine_of_rows(weights, bias, rows, z):
    """Compute z = weights.T @ rows.T + bias: `affine` for points that stand in rows, (n, D), by BLAS."""
    np.dot(weights.T, rows.T, z)
    add_bias(bias, z)


@part
def affine_of_rows_gradient(rows, dz, fresh, scratch, dweights, dbias):
    """Compute what `affine_gradient` does, for points that stand in rows, (n, D), by BLAS."""
    if fresh:
        np.dot(rows.T, dz.T, dweights)
    else:
        np.dot(rows.T, dz.T, scratch)
        add(scratch, dweights)
    bias_gradient(dz, fresh, dbias)


@part
def affine_input_gradient(weights, dz, dx):
    """Compute dx = weights @ dz: what the stage below receives."""
    n_in, n_out = weights.shape
    n = dz.shape[1]
    if n_in * n_out * n >= BLAS_FROM:
        np.dot(weights, dz, dx)
        return
    for d in range(n_in):
        row = vector(dx, d * n, n)
        for i in range(n):
            row[i] = 0
        for h in range(n_out):
            w = weights[d, h]
            slope = vector(dz, h * n, n)
            for i in range(n):
                row[i] += w * slope[i]


@part
def add(source, target):
    """Add one matrix to another; written out, because Numba's ``+=`` brings 3 s of compiling for its messages."""
    a = vector(source, 0, source.size)
    b = vector(target, 0, target.size)
    for j in range(a.shape[0]):
        b[j] += a[j]


@part
def sigmoid(z):
    """1 / (1 + exp(-z)) of one number, without overflow."""
    one = type(z)(1)
    e = exp(-abs(z))
    return one / (one + e) if z >= 0 else e / (one + e)


@part
def softmax(z, a):
    """Softmax over the units (first axis) of z, for each point."""
    n_out, n = z.shape
    for i in range(n):
        top = z[0, i]
        for h in range(1, n_out):
            top = max(z[h, i], top)  # this order of arguments keeps NaN
        total = z.dtype.type(0)
        for h in range(n_out):
            e = exp(z[h, i] - top)
            a[h, i] = e
            total += e
        for h in range(n_out):
            a[h, i] /= total


@part
def activate(code, constant, z, a):
    """Compute a = f(z); the constant is the slope of a leaky ReLU, the alpha of an ELU."""
    if code == SOFTMAX:
        softmax(z, a)
        return
    kind = z.dtype.type
    zero, one, alpha = kind(0), kind(1), kind(constant)
    source, target = vector(z, 0, z.size), vector(a, 0, a.size)
    n = source.shape[0]
    if code == LINEAR:
        for i in range(n):
            target[i] = source[i]
    elif code == RELU:
        for i in range(n):
            target[i] = max(source[i], zero)  # this order of arguments keeps NaN
    elif code == TANH:
        for i in range(n):
            target[i] = tanh(source[i])
    elif code == SIGMOID:
        for i in range(n):
            target[i] = sigmoid(source[i])
    elif code == LEAKY_RELU:
        for i in range(n):
            target[i] = source[i] if source[i] > zero else alpha * source[i]
    elif code == ELU:
        for i in range(n):
            target[i] = source[i] if source[i] > zero else alpha * (exp(source[i]) - one)
    elif code == SELU:
        scale, limit = kind(SELU_SCALE), kind(SELU_SCALE * SELU_ALPHA)
        for i in range(n):
            target[i] = scale * source[i] if source[i] > zero else limit * (exp(source[i]) - one)
    elif code == GELU:
        half, root = kind(0.5), kind(HALF_ROOT)
        for i in range(n):
            target[i] = half * source[i] * (one + erf(root * source[i]))
    elif code == SILU:
        for i in range(n):
            target[i] = source[i] * sigmoid(source[i])
    elif code == SOFTPLUS:
        for i in range(n):
            target[i] = max(source[i], zero) + log1p(exp(-abs(source[i])))


@part
def activation_gradient(code, constant, z, a, d):
    """Turn d, the gradient with respect to a, into the gradient with respect to z, in place."""
    kind = z.dtype.type
    zero, one, alpha = kind(0), kind(1), kind(constant)
    if code == SOFTMAX:
        n_out, n = z.shape
        for i in range(n):
            mean = zero
            for h in range(n_out):
                mean += a[h, i] * d[h, i]
            for h in range(n_out):
                d[h, i] = a[h, i] * (d[h, i] - mean)
        return
    slope, before, after = vector(d, 0, d.size), vector(z, 0, z.size), vector(a, 0, a.size)
    n = slope.shape[0]
    if code == RELU:
        for i in range(n):
            slope[i] = slope[i] if before[i] > zero else slope[i] * zero
    elif code == TANH:
        for i in range(n):
            slope[i] *= one - after[i] * after[i]
    elif code == SIGMOID:
        for i in range(n):
            slope[i] *= after[i] * (one - after[i])
    elif code == LEAKY_RELU:
        for i in range(n):
            slope[i] *= one if before[i] > zero else alpha
    elif code == ELU:
        for i in range(n):
            slope[i] *= one if before[i] > zero else after[i] + alpha
    elif code == SELU:
        scale, limit = kind(SELU_SCALE), kind(SELU_SCALE * SELU_ALPHA)
        for i in range(n):
            slope[i] *= scale if before[i] > zero else after[i] + limit
    elif code == GELU:
        half, root, height = kind(0.5), kind(HALF_ROOT), kind(ROOT_2_PI)
        for i in range(n):
            x = before[i]
            slope[i] *= half * (one + erf(root * x)) + x * height * exp(-half * x * x)
    elif code == SILU:
        for i in range(n):
            s = sigmoid(before[i])
            slope[i] *= s + after[i] * (one - s)
    elif code == SOFTPLUS:
        for i in range(n):
            slope[i] *= sigmoid(before[i])
