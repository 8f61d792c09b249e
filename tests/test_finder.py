"""The learning-rate range test: what it finds, that it leaves no trace, and bad arguments."""

import copy
import re

import numpy as np
import pytest

import nnlab
from nnlab import layers, optimizers

RNG = np.random.default_rng(0)
X = RNG.normal(size=(300, 4))
Y = (X[:, 0] * X[:, 1] > 0).astype(int)


def small(eager=False, optimizer="sgd", stack=None):
    stack = stack or [layers.Dense(16, "relu"), layers.Dropout(0.1), layers.Dense(2, "softmax")]
    model = nnlab.Sequential([layers.Input((4,)), *stack], seed=0)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"], run_eagerly=eager)
    return model


def line(eager=False):
    model = nnlab.Sequential([layers.Input((1,)), layers.Dense(1)], seed=0, dtype="float64")
    model.compile("sgd", "mse", run_eagerly=eager)
    return model


@pytest.mark.parametrize("eager", [True, False])
def test_the_rates_grow_by_one_factor_and_it_ends_where_the_loss_explodes(eager):
    x = np.linspace(-1, 1, 64)
    found = nnlab.find_learning_rate(line(eager), x, 3 * x, 64, low=1e-4, high=100, steps=120)
    ratios = found.learning_rates[1:] / found.learning_rates[:-1]
    np.testing.assert_allclose(ratios, 1e6 ** (1 / 119))
    assert found.learning_rates[0] == 1e-4
    assert found.exploded
    assert 1 < found.learning_rates[-1] < 30  # the curvature is 2: above a rate of 1 the steps grow
    assert 0.05 < found.suggestion < 1
    assert len(found.losses) == len(found.smoothed) == len(found.learning_rates)
    assert "exploded" in repr(found)


def test_both_trainers_see_the_same():
    a, b = (nnlab.find_learning_rate(line(eager), X[:, :1], X[:, 0], steps=150) for eager in (True, False))
    np.testing.assert_allclose(a.losses, b.losses, rtol=1e-6, atol=1e-12)
    assert a.suggestion == b.suggestion


def test_each_loss_is_that_of_its_batch_before_its_step():
    model = line()
    first = model.evaluate(X[:, :1], X[:, 0])
    found = nnlab.find_learning_rate(model, X[:, :1], X[:, 0], 300, low=1e-9, high=1e-8, steps=10)
    np.testing.assert_allclose(found.losses, first, rtol=1e-6)
    assert not found.exploded
    assert found.smoothed[0] == found.losses[0]


@pytest.mark.parametrize("eager", [True, False])
@pytest.mark.parametrize("optimizer", ["adam", optimizers.SGD(optimizers.schedules.CosineDecay(0.1, 50), 0.9)])
def test_it_leaves_no_trace(eager, optimizer):
    models = [small(eager, copy.deepcopy(optimizer)) for _ in range(2)]
    for k, model in enumerate(models):
        model.fit(X, Y, epochs=2, verbose=0)
        if k:
            nnlab.find_learning_rate(model, X, Y)
        model.fit(X, Y, epochs=2, verbose=0)
    assert models[0].parameters.tobytes() == models[1].parameters.tobytes()
    assert models[0].optimizer.slots.tobytes() == models[1].optimizer.slots.tobytes()
    assert type(models[1].optimizer.schedule) is type(models[0].optimizer.schedule)
    assert models[1].metrics == models[0].metrics != []


def test_a_layers_moving_means_come_back_too():
    model = small(stack=[layers.BatchNormalization(), layers.Dense(2, "softmax")])
    before = model.get_weights()
    nnlab.find_learning_rate(model, X, Y, steps=20)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_rate_that_never_helps_has_no_suggestion():
    x = np.zeros((20, 1))
    found = nnlab.find_learning_rate(line(), x, x[:, 0], steps=10, high=1e-5)
    assert np.isnan(found.suggestion)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"low": 0}, "low has to be above 0"),
        ({"low": 1.0, "high": 0.5}, "high has to be above 1"),
        ({"steps": 5}, "steps is at least 10"),
        ({"steps": 1.5}, "steps has to be a whole number"),
        ({"smoothing": 1.0}, "smoothing has to be from 0 to below 1"),
        ({"batch_size": 0}, "batch_size has to be a whole number"),
        ({"low": "a"}, "low is a number"),
    ],
)
def test_bad_arguments(options, message):
    with pytest.raises((TypeError, ValueError), match=re.escape(message)):
        nnlab.find_learning_rate(small(), X, Y, **options)


def test_a_model_that_is_not_compiled():
    with pytest.raises(RuntimeError, match="compile the model before find_learning_rate"):
        nnlab.find_learning_rate(nnlab.Sequential([layers.Dense(1)]), X, Y)
