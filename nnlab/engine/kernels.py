"""The pieces of a training step, compiled: products, activations, losses, optimizers.

Every array has its points along the last axis, (units, points): the inner loops run over points and become
vector instructions. Output arguments stand last. The formulas are those of `nnlab.layers.core`,
`nnlab.activations`, `nnlab.losses` and `nnlab.optimizers`; the tests hold the two together.
"""

import numpy as np

from nnlab.engine._jit import kernel
from nnlab.engine.codes import (
    ADAM,
    BINARY,
    BINARY_ACCURACY,
    BINARY_LOGITS,
    CATEGORICAL_LOGITS,
    LINEAR,
    MSE,
    NO_METRIC,
    RELU,
    SIGMOID,
    SOFTMAX,
    SPARSE,
    SPARSE_ACCURACY,
    SPARSE_LOGITS,
    TANH,
)
from nnlab.engine.elementwise import exp, tanh

# Below this many multiply-adds a plain loop beats the call of a BLAS routine.
BLAS_FROM = 4096
# Keras's epsilon: probabilities are kept this far from 0 and 1 before a logarithm.
EPSILON = 1e-7
# Moments of a weight whose gradient is zero shrink until they are denormal numbers, on which the processor is
# 40 times slower. Smaller than this, and than epsilon squared, they change no update.
NEGLIGIBLE = 1e-30


@kernel
def add(source, target):
    """Add one matrix to another; written out, because Numba's ``+=`` brings 3 s of compiling for its messages."""
    for d in range(source.shape[0]):
        for h in range(source.shape[1]):
            target[d, h] += source[d, h]


@kernel
def affine(weights, bias, x, z):
    """Compute z = weights.T @ x + bias, for weights (D, H), x (D, n), z (H, n); an empty bias adds nothing."""
    n_in, n_out = weights.shape
    n = x.shape[1]
    if n_in * n_out * n >= BLAS_FROM:
        np.dot(weights.T, x, z)
        if bias.shape[0] > 0:
            for h in range(n_out):
                row = z[h]
                b = bias[h]
                for i in range(n):
                    row[i] += b
        return
    for h in range(n_out):
        row = z[h]
        b = bias[h] if bias.shape[0] > 0 else z.dtype.type(0)
        for i in range(n):
            row[i] = b
        for d in range(n_in):
            w = weights[d, h]
            point = x[d]
            for i in range(n):
                row[i] += w * point[i]


@kernel
def affine_gradient(x, dz, fresh, scratch, dweights, dbias):
    """Compute dweights = x @ dz.T and dbias = dz.sum(1); added to what is there unless fresh."""
    n_in, n = x.shape
    n_out = dz.shape[0]
    if n_in * n_out * n >= BLAS_FROM:
        if fresh:
            np.dot(x, dz.T, dweights)
        else:
            product = scratch[: n_in * n_out].reshape(n_in, n_out)
            np.dot(x, dz.T, product)
            add(product, dweights)
    else:
        for d in range(n_in):
            point = x[d]
            for h in range(n_out):
                row = dz[h]
                total = dz.dtype.type(0)
                for i in range(n):
                    total += point[i] * row[i]
                dweights[d, h] = total if fresh else dweights[d, h] + total
    for h in range(dbias.shape[0]):
        row = dz[h]
        total = dz.dtype.type(0)
        for i in range(n):
            total += row[i]
        dbias[h] = total if fresh else dbias[h] + total


@kernel
def affine_input_gradient(weights, dz, dx):
    """Compute dx = weights @ dz: what the stage below receives."""
    n_in, n_out = weights.shape
    n = dz.shape[1]
    if n_in * n_out * n >= BLAS_FROM:
        np.dot(weights, dz, dx)
        return
    for d in range(n_in):
        row = dx[d]
        for i in range(n):
            row[i] = 0
        for h in range(n_out):
            w = weights[d, h]
            slope = dz[h]
            for i in range(n):
                row[i] += w * slope[i]


@kernel
def sigmoid(z):
    """1 / (1 + exp(-z)) of one number, without overflow."""
    one = type(z)(1)
    e = exp(-abs(z))
    return one / (one + e) if z >= 0 else e / (one + e)


@kernel
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


@kernel
def activate(code, z, a):
    """Compute a = f(z)."""
    if code == SOFTMAX:
        softmax(z, a)
        return
    source = z.ravel()
    target = a.ravel()
    if code == LINEAR:
        for i in range(source.shape[0]):
            target[i] = source[i]
    elif code == RELU:
        zero = z.dtype.type(0)
        for i in range(source.shape[0]):
            target[i] = max(source[i], zero)  # this order of arguments keeps NaN
    elif code == TANH:
        for i in range(source.shape[0]):
            target[i] = tanh(source[i])
    elif code == SIGMOID:
        for i in range(source.shape[0]):
            target[i] = sigmoid(source[i])


@kernel
def activation_gradient(code, z, a, d):
    """Turn d, the gradient with respect to a, into the gradient with respect to z, in place."""
    one = z.dtype.type(1)
    zero = z.dtype.type(0)
    if code == SOFTMAX:
        n_out, n = z.shape
        for i in range(n):
            mean = zero
            for h in range(n_out):
                mean += a[h, i] * d[h, i]
            for h in range(n_out):
                d[h, i] = a[h, i] * (d[h, i] - mean)
        return
    slope = d.ravel()
    before = z.ravel()
    after = a.ravel()
    if code == RELU:
        for i in range(slope.shape[0]):
            slope[i] = slope[i] if before[i] > zero else slope[i] * zero
    elif code == TANH:
        for i in range(slope.shape[0]):
            slope[i] *= one - after[i] * after[i]
    elif code == SIGMOID:
        for i in range(slope.shape[0]):
            slope[i] *= after[i] * (one - after[i])


@kernel
def loss_and_gradient(code, a, y, scale, d):
    """Sum of the losses over the points; d = gradient times scale (1 / batch size).

    a are the outputs, (K, n), or the values before the last activation for the codes that end in LOGITS; y holds one
    row a point, (n, K), or (n, 1) with class numbers.
    """
    n_out, n = a.shape
    scale = a.dtype.type(scale)
    per_unit = a.dtype.type(1.0 / n_out)
    one = a.dtype.type(1)
    two = a.dtype.type(2)
    low = a.dtype.type(EPSILON)
    total = 0.0
    for i in range(n):
        target = y[i]
        loss = 0.0
        if code == MSE:
            for k in range(n_out):
                error = a[k, i] - target[k]
                loss += error * error
                d[k, i] = two * error * per_unit * scale
            loss /= n_out
        elif code == BINARY_LOGITS:
            for k in range(n_out):
                s = a[k, i]
                # log(1 + exp(s)) - t s, arranged so that exp cannot overflow
                loss += max(s, 0.0) - s * target[k] + np.log1p(exp(-abs(s)))
                d[k, i] = (sigmoid(s) - target[k]) * per_unit * scale
            loss /= n_out
        elif code == BINARY:
            for k in range(n_out):
                p = min(max(a[k, i], low), one - low)
                t = target[k]
                loss -= t * np.log(p) + (one - t) * np.log(one - p)
                inside = p == a[k, i]
                d[k, i] = (p - t) / (p * (one - p)) * per_unit * scale if inside else a[k, i] * 0
            loss /= n_out
        elif code in (CATEGORICAL_LOGITS, SPARSE_LOGITS):
            top = a[0, i]
            for k in range(1, n_out):
                top = max(a[k, i], top)
            total_exp = 0.0
            for k in range(n_out):
                e = exp(a[k, i] - top)
                d[k, i] = e
                total_exp += e
            log_total = np.log(total_exp)
            share = a.dtype.type(1.0 / total_exp)
            if code == SPARSE_LOGITS:
                true = int(target[0])
                loss = log_total - (a[true, i] - top)
                for k in range(n_out):
                    d[k, i] = d[k, i] * share * scale
                d[true, i] -= scale
            else:
                mass = a.dtype.type(0)
                for k in range(n_out):
                    loss += target[k] * (log_total - (a[k, i] - top))
                    mass += target[k]
                for k in range(n_out):
                    d[k, i] = (d[k, i] * share * mass - target[k]) * scale
        elif code == SPARSE:  # on outputs that are not a softmax: normalized, as Keras does
            mass = a.dtype.type(0)
            for k in range(n_out):
                mass += min(max(a[k, i], low), one - low)
            true = int(target[0])
            loss = np.log(mass / min(max(a[true, i], low), one - low))
            for k in range(n_out):
                p = min(max(a[k, i], low), one - low)
                slope = one / mass - (one / p if k == true else 0)
                d[k, i] = slope * scale if p == a[k, i] else a[k, i] * 0
        else:  # CATEGORICAL, likewise; Keras clips after the division here
            mass = a.dtype.type(0)
            for k in range(n_out):
                mass += a[k, i]
            weighted = a.dtype.type(0)
            for k in range(n_out):
                share = a[k, i] / mass
                p = min(max(share, low), one - low)
                loss -= target[k] * np.log(p)
                d[k, i] = -target[k] / p if p == share else share * 0
                weighted += d[k, i] * share
            for k in range(n_out):
                d[k, i] = (d[k, i] - weighted) / mass * scale
        total += loss
    return total


@kernel
def count_correct(code, a, y):
    """How many points are classified right; for binary outputs, the mean over the outputs of a point counts."""
    n_out, n = a.shape
    if code == NO_METRIC:
        return 0.0
    total = 0.0
    for i in range(n):
        if code == BINARY_ACCURACY:
            right = 0
            for k in range(n_out):
                if y[i, k] == (1 if a[k, i] > 0.5 else 0):
                    right += 1
            total += right / n_out
        else:
            best = 0
            true = 0
            for k in range(1, n_out):
                if a[k, i] > a[best, i]:
                    best = k
            if code == SPARSE_ACCURACY:
                true = int(y[i, 0])
            else:  # CATEGORICAL_ACCURACY
                for k in range(1, n_out):
                    if y[i, k] > y[i, true]:
                        true = k
            if best == true:
                total += 1
    return total


@kernel
def adam(settings, updates, gradient, slots, parameters):
    """One update by Adam; slots are the running means of the gradient and of its square."""
    kind = parameters.dtype.type
    rate, beta_1, beta_2 = settings[0], settings[1], settings[2]
    step = kind(rate * np.sqrt(1.0 - beta_2**updates) / (1.0 - beta_1**updates))
    rest_1, rest_2 = kind(1.0 - beta_1), kind(1.0 - beta_2)
    epsilon = kind(settings[3])
    tiny, zero = kind(min(NEGLIGIBLE, settings[3] ** 2)), kind(0)
    mean, square = slots[0], slots[1]
    for j in range(parameters.shape[0]):
        g = gradient[j]
        m = mean[j] + (g - mean[j]) * rest_1
        v = square[j] + (g * g - square[j]) * rest_2
        parameters[j] -= step * m / (np.sqrt(v) + epsilon)
        mean[j] = zero if abs(m) < tiny else m
        square[j] = zero if v < tiny else v


@kernel
def sgd(settings, gradient, slots, parameters):
    """One update by gradient descent, with momentum and Nesterov's variant."""
    kind = parameters.dtype.type
    rate, momentum = kind(settings[0]), kind(settings[1])
    if settings[1] == 0.0:
        for j in range(parameters.shape[0]):
            parameters[j] -= rate * gradient[j]
        return
    nesterov = settings[2] != 0.0
    tiny, zero = kind(NEGLIGIBLE), kind(0)
    velocity = slots[0]
    for j in range(parameters.shape[0]):
        step = rate * gradient[j]
        v = momentum * velocity[j] - step
        parameters[j] += momentum * v - step if nesterov else v
        velocity[j] = zero if abs(v) < tiny else v


@kernel
def update(code, settings, updates, gradient, slots, parameters):
    """One step of the optimizer with this code."""
    if code == ADAM:
        adam(settings, updates, gradient, slots, parameters)
    else:
        sgd(settings, gradient, slots, parameters)
