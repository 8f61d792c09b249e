"""A dense network trained by plain loops over single numbers: slow, and short enough to be checked by eye.

Written from the textbook, without a look at the package: no arrays, no shortcuts that join a loss with the last
activation, no guards against overflow. What `nnlab` computes has to agree with this on small, harmless numbers.
"""

from dataclasses import dataclass, field
from math import erf, exp, log, pi, sqrt, tanh


def logistic(z):
    return 1 / (1 + exp(-z))


SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772

# Each activation of one number with its derivative.
ACTIVATIONS = {
    "linear": (lambda z: z, lambda z: 1.0),
    "sigmoid": (logistic, lambda z: logistic(z) * (1 - logistic(z))),
    "tanh": (tanh, lambda z: 1 - tanh(z) ** 2),
    "relu": (lambda z: z if z > 0 else 0.0, lambda z: 1.0 if z > 0 else 0.0),
    "leaky_relu": (lambda z: z if z > 0 else 0.2 * z, lambda z: 1.0 if z > 0 else 0.2),
    "elu": (lambda z: z if z > 0 else exp(z) - 1, lambda z: 1.0 if z > 0 else exp(z)),
    "selu": (
        lambda z: SCALE * (z if z > 0 else ALPHA * (exp(z) - 1)),
        lambda z: SCALE * (1.0 if z > 0 else ALPHA * exp(z)),
    ),
    "gelu": (
        lambda z: z * (1 + erf(z / sqrt(2))) / 2,
        lambda z: (1 + erf(z / sqrt(2))) / 2 + z * exp(-z * z / 2) / sqrt(2 * pi),
    ),
    "silu": (lambda z: z * logistic(z), lambda z: logistic(z) + z * logistic(z) * (1 - logistic(z))),
    "softplus": (lambda z: log(1 + exp(z)), logistic),
}


@dataclass
class Layer:
    """Kernel (list of rows, one for each input), bias, and penalties ``l1 |w| + l2 w^2`` on each."""

    kernel: list
    bias: list
    activation: str
    kernel_penalty: tuple = (0.0, 0.0)
    bias_penalty: tuple = (0.0, 0.0)
    kernel_memory: dict = field(default_factory=dict)  # what the optimizer remembers of each number
    bias_memory: dict = field(default_factory=dict)


def forward(layers, x):
    """Inputs, pre-activations and outputs of each layer, for one sample."""
    passed = []
    for layer in layers:
        z = []
        for j in range(len(layer.bias)):
            total = layer.bias[j]
            for i in range(len(x)):
                total += x[i] * layer.kernel[i][j]
            z.append(total)
        if layer.activation == "softmax":
            whole = sum(exp(value) for value in z)
            a = [exp(value) / whole for value in z]
        else:
            a = [ACTIVATIONS[layer.activation][0](value) for value in z]
        passed.append((x, z, a))
        x = a
    return passed


def categorical(y, p):
    """Loss ``-sum y log(p / sum p)``; ``sum y`` need not be 1."""
    whole = sum(p)
    loss = -sum(t * log(q / whole) for t, q in zip(y, p, strict=True))
    return loss, [sum(y) / whole - t / q for t, q in zip(y, p, strict=True)]


def categorical_of_logits(y, s):
    whole = sum(exp(value) for value in s)
    loss = -sum(t * log(exp(value) / whole) for t, value in zip(y, s, strict=True))
    return loss, [sum(y) * exp(value) / whole - t for t, value in zip(y, s, strict=True)]


def one_hot(function):
    return lambda y, p: function([1.0 if k == y[0] else 0.0 for k in range(len(p))], p)


def mean_of(loss, slope):
    """Loss of a sample that is the mean over its outputs of ``loss(y, p)``."""

    def function(y, p):
        pairs = list(zip(y, p, strict=True))
        return sum(loss(t, q) for t, q in pairs) / len(p), [slope(t, q) / len(p) for t, q in pairs]

    return function


# Each loss of one sample with its derivatives with respect to the outputs.
LOSSES = {
    "mse": mean_of(lambda y, p: (p - y) ** 2, lambda y, p: 2 * (p - y)),
    "mae": mean_of(lambda y, p: abs(p - y), lambda y, p: (p > y) - (p < y)),
    "huber": mean_of(
        lambda y, p: (p - y) ** 2 / 2 if abs(p - y) <= 1 else abs(p - y) - 1 / 2,
        lambda y, p: p - y if abs(p - y) <= 1 else (p > y) - (p < y),
    ),
    "binary": mean_of(lambda y, p: -y * log(p) - (1 - y) * log(1 - p), lambda y, p: (1 - y) / (1 - p) - y / p),
    "binary_of_logits": mean_of(lambda y, s: log(1 + exp(s)) - y * s, lambda y, s: logistic(s) - y),
    "categorical": categorical,
    "categorical_of_logits": categorical_of_logits,
    "sparse": one_hot(categorical),
    "sparse_of_logits": one_hot(categorical_of_logits),
}


def backward(layers, passed, d):
    """Gradients of each layer's kernel and bias, from d, that of the loss with respect to the outputs of one sample."""
    gradients = []
    for layer, (x, z, a) in zip(reversed(layers), reversed(passed), strict=True):
        if layer.activation == "softmax":  # da_k / dz_j = a_k (1 if j is k else 0) - a_k a_j
            dz = [sum(d[k] * a[k] * ((j == k) - a[j]) for k in range(len(a))) for j in range(len(a))]
        else:
            dz = [d[j] * ACTIVATIONS[layer.activation][1](z[j]) for j in range(len(z))]
        gradients.append(([[x[i] * dz[j] for j in range(len(dz))] for i in range(len(x))], dz))
        d = [sum(layer.kernel[i][j] * dz[j] for j in range(len(dz))) for i in range(len(x))]
    return gradients[::-1]


def sgd(w, g, memory, t, learning_rate, momentum=0.0, nesterov=False):
    v = memory["v"] = momentum * memory.get("v", 0.0) - learning_rate * g
    return w + (momentum * v - learning_rate * g if nesterov else v)


def rmsprop(w, g, memory, t, learning_rate, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False):
    v = memory["v"] = rho * memory.get("v", 0.0) + (1 - rho) * g**2
    mean = memory["mean"] = rho * memory.get("mean", 0.0) + (1 - rho) * g
    step = learning_rate * g / sqrt(v - mean**2 + epsilon if centered else v + epsilon)
    memory["step"] = momentum * memory.get("step", 0.0) + step
    return w - memory["step"]


def adagrad(w, g, memory, t, learning_rate, initial_accumulator_value=0.1, epsilon=1e-7):
    memory["sum"] = memory.get("sum", initial_accumulator_value) + g**2
    return w - learning_rate * g / sqrt(memory["sum"] + epsilon)


def adam(w, g, memory, t, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7, weight_decay=0.0):
    m = memory["m"] = beta_1 * memory.get("m", 0.0) + (1 - beta_1) * g
    v = memory["v"] = beta_2 * memory.get("v", 0.0) + (1 - beta_2) * g**2
    step = learning_rate * sqrt(1 - beta_2**t) / (1 - beta_1**t) * m / (sqrt(v) + epsilon)
    return w - learning_rate * weight_decay * w - step


OPTIMIZERS = {"SGD": sgd, "RMSprop": rmsprop, "Adagrad": adagrad, "Adam": adam, "AdamW": adam}


def clip(gradient, clipnorm=None, clipvalue=None):
    """Clip the gradient of one parameter array, given as a dict from place to number."""
    norm = sqrt(sum(g**2 for g in gradient.values()))
    if clipnorm is not None and norm > clipnorm:
        gradient = {place: g * clipnorm / norm for place, g in gradient.items()}
    if clipvalue is not None:
        gradient = {place: min(max(g, -clipvalue), clipvalue) for place, g in gradient.items()}
    return gradient


def arrays(layer):
    """Each parameter array of a layer: its rows, penalty, memory, and where in the gradients it stands."""
    yield layer.kernel, layer.kernel_penalty, layer.kernel_memory, 0
    yield [layer.bias], layer.bias_penalty, layer.bias_memory, 1


def step(layers, batch, loss, update, t, settings, clipping):
    """One step on a batch of (x, y, weight); returns its loss."""
    total, sums = 0.0, {}
    for x, y, weight in batch:
        passed = forward(layers, x)
        value, d = loss(y, passed[-1][2])
        total += weight * value / len(batch)
        gradients = backward(layers, passed, [weight * slope / len(batch) for slope in d])
        for number, (dkernel, dbias) in enumerate(gradients):
            for which, rows in enumerate((dkernel, [dbias])):
                for i in range(len(rows)):
                    for j in range(len(rows[i])):
                        sums[number, which, i, j] = sums.get((number, which, i, j), 0.0) + rows[i][j]

    for number, layer in enumerate(layers):
        for rows, (l1, l2), memory, which in arrays(layer):
            places = [(i, j) for i in range(len(rows)) for j in range(len(rows[i]))]
            gradient = {}
            for i, j in places:
                w = rows[i][j]
                total += l1 * abs(w) + l2 * w**2
                gradient[i, j] = sums[number, which, i, j] + l1 * ((w > 0) - (w < 0)) + 2 * l2 * w
            gradient = clip(gradient, **clipping)
            for i, j in places:
                own = memory.setdefault((i, j), {})
                rows[i][j] = update(rows[i][j], gradient[i, j], own, t, **settings)
    return total


def train(layers, samples, loss, optimizer, batch_size, epochs, clipping, **settings):
    """Train in place on samples (x, y, weight), in their order; returns the mean loss of each epoch."""
    history, t = [], 0
    for _ in range(epochs):
        total = 0.0
        for start in range(0, len(samples), batch_size):
            batch = samples[start : start + batch_size]
            t += 1
            total += len(batch) * step(layers, batch, LOSSES[loss], OPTIMIZERS[optimizer], t, settings, clipping)
        history.append(total / len(samples))
    return history
