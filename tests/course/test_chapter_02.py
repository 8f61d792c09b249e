"""Exercises of chapter 02 agree with the package and with each other."""

import numpy as np

from nnlab import Sequential, layers, optimizers
from nnlab.course.exercise import exercises

RNG = np.random.default_rng(0)
X, W, B = RNG.normal(size=(20, 3)), np.array([1.0, -2.0, 0.5]), 0.3
Y = (RNG.random(20) < 0.5).astype(float)


def reference(number):
    return exercises()[number].reference


def test_all_six_are_there():
    assert [number for number in exercises() if number.startswith("2.")] == [f"2.{k}" for k in range(1, 7)]


def test_the_neuron_is_a_dense_layer_with_one_unit():
    layer = layers.Dense(1, "sigmoid", input_shape=(3,))
    model = Sequential([layer], dtype="float64")
    model.set_weights([W[:, None], np.array([B])])
    np.testing.assert_allclose(reference("2.1")(X, W, B), model.predict(X)[:, 0], atol=1e-12)


def test_folding_leaves_z_as_it_is():
    table, weights = reference("2.3")(X, W, B)
    np.testing.assert_allclose(table @ weights, X @ W + B)


def test_the_margin_is_the_smallest_turned_distance():
    distances = reference("2.2")(X, W, B)
    assert reference("2.4")(X, Y, W, B) == min(np.where(Y == 1, distances, -distances))


def test_a_step_is_that_of_gradient_descent_with_one_sample():
    layer = layers.Dense(1, "sigmoid", input_shape=(3,))
    model = Sequential([layer], dtype="float64")
    model.compile(optimizers.SGD(learning_rate=0.5), loss="binary_crossentropy")
    model.set_weights([W[:, None], np.array([B])])
    model.fit(X[:1], Y[:1], epochs=1, batch_size=1, verbose=0)
    w, b = reference("2.5")(W, B, X[0], Y[0], 0.5)
    kernel, bias = model.get_weights()
    np.testing.assert_allclose(np.append(kernel, bias), np.append(w, b), atol=1e-12)


def test_a_filter_is_a_correlation():
    np.testing.assert_allclose(reference("2.6")(X[:, 0], W), np.correlate(X[:, 0], W, "valid"))
