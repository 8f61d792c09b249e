"""Loss surfaces: their numbers are those of evaluate, and the model stays as it is."""

import numpy as np
import pytest

import nnlab
from nnlab import layers
from nnlab.landscapes import Landscape


def data(rows=40):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, 2))
    return x, (x[:, 0] * x[:, 1] > 0) * 1.0


def network(seed=0, stack=None, **compiled):
    stack = stack or [layers.Dense(6, activation="tanh"), layers.Dense(1, activation="sigmoid")]
    model = nnlab.Sequential([layers.Input((2,)), *stack], seed=seed, dtype="float64")
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"], **compiled)
    return model


STACKS = {
    "plain": lambda: None,
    "dropout": lambda: [layers.Dense(6, activation="relu"), layers.Dropout(0.5), layers.Dense(1, activation="sigmoid")],
    "penalties": lambda: [
        layers.Dense(6, activation="relu", kernel_regularizer="l1"), layers.Dense(1, activation="sigmoid"),
    ],
    "formulas": lambda: [
        layers.Dense(6, activation="relu"), layers.BatchNormalization(), layers.Dense(1, activation="sigmoid"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("eager", [False, True])
def test_losses_are_those_of_evaluate_and_nothing_changes(stack, eager):
    model = network(stack=STACKS[stack](), run_eagerly=eager)
    model.fit(*data(), epochs=2, verbose=0)
    before, random, steps = model.parameters.copy(), model.rng.bit_generator.state, model.optimizer.iterations
    surface = nnlab.landscape(model, data(), resolution=9, span=1.3)
    np.testing.assert_array_equal(model.parameters, before)
    assert model.rng.bit_generator.state == random
    assert model.optimizer.iterations == steps
    assert [name for name, _ in model.metrics] == ["accuracy"]
    for i, j in ((0, 0), (4, 4), (8, 1), (2, 7)):
        model.parameters[:] = before + surface.a[i] * surface.directions[0] + surface.b[j] * surface.directions[1]
        assert surface.loss[i, j] == pytest.approx(model.evaluate(*data())[0], rel=1e-12)
    assert surface.a.tolist() == pytest.approx(np.linspace(-1.3, 1.3, 9))


def test_random_directions_have_the_weights_norms_unit_by_unit():
    model = network()
    surface = nnlab.landscape(model, data(), resolution=3)
    kernel, direction = model.layers[0].kernel, surface.directions[0][:12].reshape(2, 6)
    np.testing.assert_allclose(np.linalg.norm(direction, axis=0), np.linalg.norm(kernel, axis=0))
    assert (surface.directions[:, 12:18] == 0).all()  # biases stay
    again = nnlab.landscape(model, data(), resolution=3)
    np.testing.assert_array_equal(surface.directions, again.directions)
    other = nnlab.landscape(model, data(), resolution=3, seed=1)
    assert not np.array_equal(surface.directions, other.directions)


def test_a_plane_goes_through_three_points():
    one, two, three = network(0), network(1), network(2)
    surface = nnlab.landscape(one, data(), through=[two, three.parameters], span=1.0, resolution=3)
    assert surface.loss[1, 1] == pytest.approx(one.evaluate(*data())[0])
    assert surface.loss[2, 1] == pytest.approx(two.evaluate(*data())[0])
    assert surface.loss[1, 2] == pytest.approx(three.evaluate(*data())[0])
    np.testing.assert_allclose(surface.project([two.parameters, three.parameters]), np.eye(2), atol=1e-12)
    np.testing.assert_allclose(surface.project(one.parameters), [0, 0], atol=1e-12)


def test_a_path_lies_within_one_of_its_own_plane():
    model, path = network(), []
    for _ in range(6):
        path.append(model.parameters.copy())
        model.fit(*data(), epochs=5, verbose=0)
    surface = nnlab.landscape(model, data(), path=path, resolution=5)
    projected = surface.project(path)
    np.testing.assert_allclose(np.abs(projected).max(axis=0), [1, 1])
    assert surface.a[-1] == 1.5


def test_what_is_not_finite_stays():
    model = nnlab.Sequential([layers.Dense(1, input_shape=(2,))], seed=0)
    model.compile("sgd", "mse")
    with np.errstate(over="ignore"):
        surface = nnlab.landscape(model, data(), span=1e30, resolution=3)
    assert np.isinf(surface.loss[0, 0])
    assert np.isfinite(surface.loss[1, 1])
    assert "3 x 3 points" in repr(surface)
    assert "no finite loss" in repr(Landscape(np.full((1, 1), np.nan), np.ones(1), np.ones(1), np.ones(2), np.eye(2)))


@pytest.mark.parametrize(
    ("change", "kind", "text"),
    [
        ({"model": 3}, TypeError, "compiled model, got 3"),
        ({"model": nnlab.Sequential([layers.Dense(1)])}, RuntimeError, "compile"),
        ({"data": [1, 2, 3]}, TypeError, r"tuple \(x, y\)"),
        ({"data": (np.zeros((3, 5)), np.zeros(3))}, ValueError, "expected inputs of shape"),
        ({"span": 0}, ValueError, "span has to be above 0"),
        ({"span": "1"}, TypeError, "span is a number"),
        ({"resolution": 0}, ValueError, "resolution has to be a whole number"),
        ({"seed": None}, ValueError, "seed is a whole number"),
        ({"seed": -1}, ValueError, "seed is a whole number"),
        ({"through": [1]}, ValueError, "takes two models"),
        ({"through": [np.zeros(3), np.ones(3)]}, ValueError, "25 parameters"),
        ({"through": ["a", "b"]}, TypeError, "a model or a vector"),
        ({"through": [np.zeros(25), np.zeros(25)]}, ValueError, "on a line"),
        ({"path": np.zeros((3, 2))}, ValueError, "vectors of 25 numbers"),
        ({"path": np.ones((3, 25)) * np.arange(3)[:, None], "model": "zeros"}, ValueError, "along a line"),
        ({"path": np.zeros((3, 25)), "through": [1, 2]}, ValueError, "not both"),
    ],
)
def test_bad_input(change, kind, text):
    model = network()
    if change.get("model") == "zeros":
        model.parameters[:] = 0
        change = {**change, "model": model}
    given = {"model": model, "data": data(), **change}
    with pytest.raises(kind, match=text):
        nnlab.landscape(given.pop("model"), given.pop("data"), **given)


def test_projecting_needs_vectors_of_the_model():
    surface = nnlab.landscape(network(), data(), resolution=2)
    with pytest.raises(ValueError, match="vectors of 25 numbers"):
        surface.project(np.zeros(3))
