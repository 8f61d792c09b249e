"""Optimizers, clipping and regularizers, compiled; the formulas: `nnlab.optimizers` and `nnlab.regularizers`."""

import numpy as np

from nnlab.engine._jit import part
from nnlab.engine.codes import ADAGRAD, ADAM, BIAS, KERNEL, N_IN, N_OUT, RMSPROP
from nnlab.engine.views import vector

# Moments of a weight whose gradient is zero shrink until they are denormal numbers, on which the processor is
# 40 times slower. Smaller than this, and than what epsilon adds to them, they change no update.
NEGLIGIBLE = 1e-30


@part
def regularize(stages, penalties, parameters, gradient):
    """Add the penalties' gradient to the gradient, and return their sum.

    `penalties` has a row a stage: l1 and l2 of the kernel, l1 and l2 of the bias.
    """
    total = 0.0
    for s in range(stages.shape[0]):
        stage = stages[s]
        for k in range(2):
            start = stage[KERNEL] if k == 0 else stage[BIAS]
            l1, l2 = penalties[s, 2 * k], penalties[s, 2 * k + 1]
            if start >= 0 and (l1 != 0.0 or l2 != 0.0):
                size = stage[N_OUT] * (stage[N_IN] if k == 0 else 1)
                total += penalty(l1, l2, vector(parameters, start, size), vector(gradient, start, size))
    return total


@part
def penalty(l1, l2, w, dw):
    """Return l1 sum |w| + l2 sum w^2, and add its gradient to dw."""
    kind = w.dtype.type
    zero, a, b = kind(0), kind(l1), kind(2.0 * l2)
    absolute, square = 0.0, 0.0
    for j in range(w.shape[0]):
        absolute += abs(w[j])
        square += w[j] * w[j]
        dw[j] += a * (kind(w[j] > zero) - kind(w[j] < zero)) + b * w[j]
    return l1 * absolute + l2 * square


@part
def clip(clipnorm, clipvalue, starts, gradient):
    """Clip the gradient of each array by its norm, or each number; 0 stands for no clipping."""
    kind = gradient.dtype.type
    if clipvalue > 0.0:
        limit = kind(clipvalue)
        for j in range(gradient.shape[0]):
            gradient[j] = min(max(gradient[j], -limit), limit)
    if clipnorm > 0.0:
        for k in range(starts.shape[0]):
            end = starts[k + 1] if k + 1 < starts.shape[0] else gradient.shape[0]
            part = vector(gradient, starts[k], end - starts[k])
            square = 0.0  # in float64, where squares do not overflow
            for j in range(part.shape[0]):
                square += np.float64(part[j]) * part[j]
            norm = np.sqrt(square)
            if not norm <= clipnorm:
                factor = kind(clipnorm / norm)
                for j in range(part.shape[0]):
                    part[j] *= factor


@part
def update(code, settings, updates, gradient, slots, parameters):
    """One step of the optimizer with this code."""
    if code == ADAM:
        adam(settings, updates, gradient, slots, parameters)
    elif code == RMSPROP:
        rmsprop(settings, gradient, slots, parameters)
    elif code == ADAGRAD:
        adagrad(settings, gradient, slots, parameters)
    else:
        sgd(settings, gradient, slots, parameters)


@part
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
    velocity = vector(slots, 0, parameters.shape[0])
    for j in range(parameters.shape[0]):
        step = rate * gradient[j]
        v = momentum * velocity[j] - step
        parameters[j] += momentum * v - step if nesterov else v
        velocity[j] = zero if abs(v) < tiny else v


@part
def adam(settings, updates, gradient, slots, parameters):
    """One update by Adam or AdamW; slots are the running means of the gradient and of its square."""
    kind = parameters.dtype.type
    rate, beta_1, beta_2 = settings[0], settings[1], settings[2]
    step = kind(rate * np.sqrt(1.0 - beta_2**updates) / (1.0 - beta_1**updates))
    rest_1, rest_2 = kind(1.0 - beta_1), kind(1.0 - beta_2)
    epsilon, decay = kind(settings[3]), kind(rate * settings[4])
    tiny, zero = kind(min(NEGLIGIBLE, settings[3] ** 2)), kind(0)
    size = parameters.shape[0]
    mean, square = vector(slots, 0, size), vector(slots, size, size)
    for j in range(size):
        g = gradient[j]
        m = mean[j] + (g - mean[j]) * rest_1
        v = square[j] + (g * g - square[j]) * rest_2
        parameters[j] -= decay * parameters[j] + step * m / (np.sqrt(v) + epsilon)
        mean[j] = zero if abs(m) < tiny else m
        square[j] = zero if v < tiny else v


@part
def rmsprop(settings, gradient, slots, parameters):
    """One update by RMSprop; slots are the running mean of the square, the momentum, the running mean."""
    kind = parameters.dtype.type
    rate, rho, momentum, epsilon = kind(settings[0]), kind(settings[1]), kind(settings[2]), kind(settings[3])
    centered = settings[4] != 0.0
    rest, zero = kind(1.0 - settings[1]), kind(0)
    tiny = kind(min(NEGLIGIBLE, settings[3]))
    size = parameters.shape[0]
    square, velocity, mean = vector(slots, 0, size), vector(slots, size, size), vector(slots, 2 * size, size)
    for j in range(size):
        g = gradient[j]
        v = rho * square[j] + rest * g * g
        square[j] = zero if v < tiny else v
        spread = v
        if centered:
            m = rho * mean[j] + rest * g
            mean[j] = zero if abs(m) < tiny else m
            spread = max(v - m * m, zero)
        step = rate * g / np.sqrt(spread + epsilon)
        if momentum > zero:
            step += momentum * velocity[j]
            velocity[j] = zero if abs(step) < tiny else step
        parameters[j] -= step


@part
def adagrad(settings, gradient, slots, parameters):
    """One update by Adagrad; the slot is the sum of the squared gradients."""
    kind = parameters.dtype.type
    rate, epsilon = kind(settings[0]), kind(settings[1])
    total = vector(slots, 0, parameters.shape[0])
    for j in range(parameters.shape[0]):
        g = gradient[j]
        total[j] += g * g
        parameters[j] -= rate * g / np.sqrt(total[j] + epsilon)
