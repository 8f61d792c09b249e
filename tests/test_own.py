"""A learner's own layer, activation, loss, optimizer, regularizer, metric: they train without being registered."""

import copy
import re

import numpy as np
import pytest

import nnlab
from nnlab import activations, layers, losses, optimizers, regularizers

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4))
Y = (X[:, 0] * X[:, 1] > 0).astype(int)


def make(stack, eager=False, dtype="float64", loss="sparse_categorical_crossentropy", optimizer="adam"):
    model = nnlab.Sequential([layers.Input((4,)), *stack], seed=0, dtype=dtype)
    model.compile(optimizer, loss, metrics=["accuracy"], run_eagerly=eager)
    return model


def test_a_layer_and_an_activation_of_the_learners_own_train_through_the_formulas():
    square = nnlab.activations.Activation("square", lambda z: z * z, lambda z: 2 * z)

    class Shift(layers.Layer):
        parameter_names = ("offset",)

        def build(self, input_shape, rng):
            self.offset = np.zeros(input_shape)

        def forward(self, x, training=False, rng=None):
            return x + self.offset

        def backward(self, da):
            self.doffset = da.sum(axis=0)
            return da

    model = make([layers.Dense(6, square), Shift(), layers.Dense(2, "softmax")])
    assert "square" in model.why_formulas()
    history = model.fit(X, Y, epochs=60, verbose=0).history["loss"]
    assert history[-1] < 0.7 * history[0]
    assert model.layers[1].offset.any()


class OwnDense(layers.Layer):
    parameter_names = ("weights_", "offset")

    def __init__(self, units):
        super().__init__()
        self.units = units

    def build(self, input_shape, rng):
        limit = (6 / (input_shape[0] + self.units)) ** 0.5  # as Dense draws them
        self.weights_ = rng.uniform(-limit, limit, (input_shape[0], self.units))
        self.offset = np.zeros(self.units)

    def output_shape(self, input_shape):
        return (self.units,)

    def forward(self, x, training=False, rng=None):
        self.x = x
        return x @ self.weights_ + self.offset

    def backward(self, da):
        self.dweights_, self.doffset = self.x.T @ da, da.sum(axis=0)
        return da @ self.weights_.T


class OwnLoss(losses.Loss):
    def per_sample(self, y, p):
        return ((p - y) ** 2).mean(axis=-1)

    def gradient(self, y, p):
        return 2 * (p - y) / p.size


class OwnOptimizer(optimizers.Optimizer):
    n_slots = 1

    def step(self, parameters, gradient):
        velocity = self.slots[0]
        velocity[:] = 0.9 * velocity - self.learning_rate * gradient
        parameters += velocity


class OwnRegularizer(regularizers.Regularizer):
    def __call__(self, w):
        return float(0.03 * np.sum(w * w))

    def gradient(self, w):
        return 0.06 * w


def own_metric(y, p):
    return np.abs(p - y).mean(axis=-1)


OWN_TANH = activations.Activation("mine", np.tanh, lambda z: 1 / np.cosh(z) ** 2)
# What a learner may write, what the package has for it, and what is said of it.
OWN = {
    "layer": (OwnDense(2), lambda: layers.Dense(2), r"layer owndense \(OwnDense\) has no compiled form"),
    "activation": (OWN_TANH, lambda: "tanh", "the activation 'mine' of layer dense has no compiled form"),
    "loss": (OwnLoss(), lambda: "mse", "the loss 'loss' has no compiled form"),
    "optimizer": (
        OwnOptimizer(0.1, clipnorm=0.5),
        lambda: optimizers.SGD(0.1, 0.9, clipnorm=0.5),
        "the optimizer OwnOptimizer has no compiled form",
    ),
    "regularizer": (
        OwnRegularizer(),
        lambda: regularizers.L2(0.03),
        "the regularizer of layer dense has no compiled form",
    ),
    "metric": (own_metric, lambda: "mae", "a metric of your own has no compiled form"),
}


@pytest.mark.parametrize("part", OWN)
def test_what_a_learner_writes_trains_as_what_the_package_has(part):
    own, ours, why = OWN[part]
    runs = []
    for value in (copy.deepcopy(own), ours()):
        given = {part: value}
        model = nnlab.Sequential(
            [
                layers.Input((4,)),
                layers.Dense(5, given.get("activation", "tanh"), kernel_regularizer=given.get("regularizer")),
                given.get("layer") or layers.Dense(2),
            ],
            seed=3,
            dtype="float64",
        )
        model.compile(
            given.get("optimizer", "adam"), given.get("loss", "mse"), metrics=[given.get("metric", "mae"), "accuracy"]
        )
        assert bool(model.why_formulas()) == (value is not None and len(runs) == 0)
        if not runs:
            assert re.fullmatch(why, model.why_formulas())
        weights = np.linspace(0, 2, len(X))
        history = model.fit(X, np.eye(2)[Y], batch_size=8, epochs=12, verbose=0, sample_weight=weights).history
        runs.append([model.parameters, *history.values(), model.evaluate(X, np.eye(2)[Y])])
        assert history["loss"][-1] < history["loss"][0]
    for first, second in zip(*runs, strict=True):
        np.testing.assert_allclose(first, second, rtol=0, atol=1e-10)


def test_a_subclass_is_not_taken_for_its_parent():
    class Doubled(layers.Dense):
        def forward(self, x, training=False, rng=None):
            return 2 * super().forward(x, training, rng)

    class Halved(optimizers.Adam):
        def step(self, parameters, gradient):
            super().step(parameters, gradient / 2)

    class Weighted(losses.MeanSquaredError):
        def gradient(self, y, p):
            return 3 * super().gradient(y, p)

    class Leakier(activations.LeakyReLU):
        def __call__(self, z):
            return 2 * super().__call__(z)

    class Offset(regularizers.L2):
        def __call__(self, w):
            return super().__call__(w - 1)

    assert "Dense" in make([Doubled(2, "softmax")]).why_formulas()
    assert "Halved" in make([layers.Dense(2)], optimizer=Halved()).why_formulas()
    assert "loss" in make([layers.Dense(2)], loss=Weighted()).why_formulas()
    assert "leaky_relu" in make([layers.Dense(2, Leakier())]).why_formulas()
    assert "regularizer" in make([layers.Dense(2, bias_regularizer=Offset())]).why_formulas()


def test_a_loss_that_overrides_a_crossentropy_is_given_the_outputs_it_expects():
    class Doubled(losses.BinaryCrossentropy):
        def per_sample(self, y, p):
            return -2 * np.mean(y * np.log(p) + (1 - y) * np.log(1 - p), axis=-1)

        def gradient(self, y, p):
            return 2 * (p - y) / (p * (1 - p)) / p.size

    model = make([layers.Dense(1, "sigmoid")], loss=Doubled(), optimizer=optimizers.SGD(0.1))
    reference = make([layers.Dense(1, "sigmoid")], loss="binary_crossentropy", optimizer=optimizers.SGD(0.2))
    assert model.evaluate(X, Y)[0] == pytest.approx(2 * reference.evaluate(X, Y)[0])
    for each in (model, reference):
        each.fit(X, Y, epochs=3, verbose=0)
    np.testing.assert_allclose(model.parameters, reference.parameters, rtol=0, atol=1e-10)


def test_an_own_activation_of_a_known_name_is_not_taken_for_the_known_one():
    steep = nnlab.activations.Activation("sigmoid", lambda z: 1 / (1 + np.exp(-3 * z)), lambda z: 0 * z)
    model = make([layers.Dense(1, steep)], loss="binary_crossentropy")
    before = model.parameters.copy()
    loss = model.evaluate(X, Y)[0]
    assert loss == pytest.approx(model.loss(Y, model.predict(X)))
    model.fit(X, Y, verbose=0)
    assert (model.parameters == before).all()  # its derivative is 0
