"""Plain loops over single numbers, the formulas and the compiled runner train the same network to the same weights."""

from itertools import pairwise

import numpy as np
import pytest

import nnlab
from nnlab import layers, losses, optimizers, regularizers
from tests import naive

ACTIVATIONS = [*naive.ACTIVATIONS, "softmax"]
# name in naive, loss of nnlab, activation of the outputs, kind of targets
LOSSES = [
    ("mse", losses.MeanSquaredError(), "linear", "real"),
    ("mse", losses.MeanSquaredError(), "tanh", "real"),
    ("mae", losses.MeanAbsoluteError(), "linear", "real"),
    ("huber", losses.Huber(), "linear", "real"),
    ("binary", losses.BinaryCrossentropy(), "sigmoid", "shares"),
    ("binary", losses.BinaryCrossentropy(), "softmax", "shares"),
    ("binary_of_logits", losses.BinaryCrossentropy(True), "linear", "shares"),
    ("categorical", losses.CategoricalCrossentropy(), "softmax", "shares"),
    ("categorical", losses.CategoricalCrossentropy(), "sigmoid", "shares"),
    ("categorical_of_logits", losses.CategoricalCrossentropy(True), "elu", "shares"),
    ("sparse", losses.SparseCategoricalCrossentropy(), "softmax", "classes"),
    ("sparse", losses.SparseCategoricalCrossentropy(), "sigmoid", "classes"),
    ("sparse_of_logits", losses.SparseCategoricalCrossentropy(True), "linear", "classes"),
]
OPTIMIZERS = [
    ("SGD", {"learning_rate": 0.1}),
    ("SGD", {"learning_rate": 0.1, "momentum": 0.9}),
    ("SGD", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
    ("RMSprop", {"learning_rate": 0.01, "rho": 0.8}),
    ("RMSprop", {"learning_rate": 0.01, "rho": 0.8, "momentum": 0.5, "epsilon": 1e-3, "centered": True}),
    ("Adagrad", {"learning_rate": 0.1, "initial_accumulator_value": 0.2}),
    ("Adam", {"learning_rate": 0.01}),
    ("AdamW", {"learning_rate": 0.01, "weight_decay": 0.1, "beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-3}),
]
SIZES = (3, 4, 3)
PENALTIES = ((0.03, 0.0), (0.0, 0.1), (0.02, 0.05), (0.01, 0.0))  # l1 and l2: kernel, bias, kernel, bias
NONE = ((0.0, 0.0),) * 4


def problem(kind, rows, rng):
    x = rng.normal(size=(rows, SIZES[0]))
    y = {
        "real": rng.normal(size=(rows, SIZES[-1])),
        "shares": rng.uniform(0.1, 0.9, size=(rows, SIZES[-1])),
        "classes": rng.integers(0, SIZES[-1], size=(rows, 1)),
    }[kind]
    first = [a for n, m in pairwise(SIZES) for a in (rng.normal(size=(n, m)), rng.normal(size=m))]
    return x, y, first


def by_loops(x, y, first, weights, names, loss, optimizer, clipping, penalties, batch_size):
    network = [
        naive.Layer(first[2 * k].tolist(), first[2 * k + 1].tolist(), names[k], *penalties[2 * k : 2 * k + 2])
        for k in range(2)
    ]
    samples = list(zip(x.tolist(), y.tolist(), weights.tolist(), strict=True))
    name, settings = optimizer
    history = naive.train(network, samples, loss, name, batch_size, 2, clipping, **settings)
    return np.concatenate([np.ravel(array) for layer in network for array in (layer.kernel, layer.bias)]), history


def by_nnlab(x, y, first, weights, names, loss, optimizer, clipping, penalties, batch_size, eager, dtype="float64"):
    dense = [
        layers.Dense(
            SIZES[k + 1],
            names[k],
            kernel_regularizer=regularizers.L1L2(*penalties[2 * k]),
            bias_regularizer=regularizers.L1L2(*penalties[2 * k + 1]),
        )
        for k in range(2)
    ]
    model = nnlab.Sequential([layers.Input(SIZES[:1]), *dense], dtype=dtype)
    model.set_weights(first)
    name, settings = optimizer
    model.compile(getattr(optimizers, name)(**settings, **clipping), loss, run_eagerly=eager)
    assert bool(model.why_formulas()) == eager
    history = model.fit(x, y, batch_size=batch_size, epochs=2, shuffle=False, verbose=0, sample_weight=weights).history[
        "loss"
    ]
    return model.parameters.astype("float64"), history


def check(hidden, number, optimizer, rows=5, batch_size=2, weighted=False, clipping=None, penalties=NONE):
    name, loss, output, kind = LOSSES[number]
    rng = np.random.default_rng(number)
    x, y, first = problem(kind, rows, rng)
    weights = rng.uniform(0, 2, rows) if weighted else np.ones(rows)
    common = (optimizer, clipping or {}, penalties, batch_size)
    expected = by_loops(x, y, first, weights, (hidden, output), name, *common)
    given = None if not weighted else weights
    for eager, dtype, tolerance in ((True, "float64", 1e-10), (False, "float64", 1e-10), (False, "float32", 2e-4)):
        found = by_nnlab(x, y, first, given, (hidden, output), loss, *common, eager, dtype)
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=tolerance)


@pytest.mark.parametrize("number", range(len(LOSSES)), ids=lambda k: f"{LOSSES[k][0]}-{LOSSES[k][2]}")
@pytest.mark.parametrize("hidden", ACTIVATIONS)
def test_activations_and_losses(hidden, number):
    check(hidden, number, OPTIMIZERS[(len(hidden) + number) % len(OPTIMIZERS)])


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
@pytest.mark.parametrize("clipping", [{}, {"clipnorm": 0.2}, {"clipvalue": 0.05}], ids=str)
def test_optimizers_and_clipping(optimizer, clipping):
    check("tanh", 1, optimizer, clipping=clipping)
    check("silu", 7, optimizer, clipping=clipping, weighted=True)


@pytest.mark.parametrize(("rows", "batch_size"), [(1, 1), (1, 4), (4, 1), (7, 3), (6, 3), (5, 9)])
@pytest.mark.parametrize("number", [0, 5, 9, 11])
def test_one_row_batches_of_one_and_a_last_batch_that_is_smaller(rows, batch_size, number):
    check("tanh", number, OPTIMIZERS[6], rows, batch_size)
    check("relu", number, OPTIMIZERS[2], rows, batch_size, weighted=True)


@pytest.mark.parametrize("number", range(len(LOSSES)), ids=lambda k: f"{LOSSES[k][0]}-{LOSSES[k][2]}")
def test_weights_of_samples_and_penalties(number):
    check("tanh", number, OPTIMIZERS[1], weighted=True)
    check("gelu", number, OPTIMIZERS[7], weighted=True, penalties=PENALTIES)
    check("elu", number, OPTIMIZERS[0], clipping={"clipnorm": 0.5}, penalties=PENALTIES)
