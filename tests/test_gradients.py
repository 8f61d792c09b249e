"""The backward passes agree with central differences of the forward passes, in float64."""

import numpy as np
import pytest

from nnlab import activations, layers, losses

STEP = 6e-6  # best for central differences in float64: error about 5e-10


def numerical_gradient(f, x):
    """Gradient of the scalar f at x by central differences."""
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + STEP
        above = f()
        x[index] = kept - STEP
        below = f()
        x[index] = kept
        gradient[index] = (above - below) / (2 * STEP)
    return gradient


@pytest.fixture
def rng():
    return np.random.default_rng(1)


@pytest.mark.parametrize("name", ["linear", "sigmoid", "tanh", "relu", "softmax"])
def test_dense(name, rng):
    layer = layers.Dense(3, activation=name)
    layer.build_once((4,), rng)
    layer.bias[:] = rng.normal(size=3)
    x, weight = rng.normal(size=(5, 4)), rng.normal(size=(5, 3))

    def value():
        return float((layer.forward(x) * weight).sum())

    layer.forward(x, training=True)
    dx = layer.backward(weight)
    np.testing.assert_allclose(dx, numerical_gradient(value, x), atol=1e-8)
    np.testing.assert_allclose(layer.dkernel, numerical_gradient(value, layer.kernel), atol=1e-8)
    np.testing.assert_allclose(layer.dbias, numerical_gradient(value, layer.bias), atol=1e-8)


@pytest.mark.parametrize("layer", [layers.Activation("tanh"), layers.Flatten(), layers.Dropout(0.4)])
def test_layers_without_parameters(layer, rng):
    x = rng.normal(size=(3, 4))
    layer.forward(x, training=True, rng=rng)
    # A dropout's mask is drawn anew in each pass: hold on to the one of the first.
    forward = (lambda: x * layer.factor) if isinstance(layer, layers.Dropout) else (lambda: layer.forward(x))
    weight = rng.normal(size=(3, 4))
    np.testing.assert_allclose(
        layer.backward(weight), numerical_gradient(lambda: float((forward() * weight).sum()), x), atol=1e-8
    )


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize(
    ("loss", "targets"),
    [
        (losses.BinaryCrossentropy, [[0.0, 1.0, 1.0], [0.3, 0.0, 1.0]]),
        (losses.CategoricalCrossentropy, [[0.0, 1.0, 0.0], [0.2, 0.3, 0.4]]),
        (losses.SparseCategoricalCrossentropy, [2, 0]),
    ],
)
def test_crossentropies(loss, targets, from_logits, rng):
    loss = loss(from_logits=from_logits)
    p = rng.normal(size=(2, 3)) if from_logits else rng.uniform(0.1, 0.9, size=(2, 3))
    y = loss.targets(targets, p.shape)
    np.testing.assert_allclose(loss.gradient(y, p), numerical_gradient(lambda: loss(targets, p), p), atol=1e-8)


def test_mean_squared_error(rng):
    loss, p, y = losses.MeanSquaredError(), rng.normal(size=(4, 2)), rng.normal(size=(4, 2))
    np.testing.assert_allclose(loss.gradient(y, p), numerical_gradient(lambda: loss(y, p), p), atol=1e-8)


@pytest.mark.parametrize("loss", [losses.BinaryCrossentropy(), losses.CategoricalCrossentropy()])
def test_a_clipped_probability_has_no_slope(loss):
    p = np.array([[0.0, 1.0]])
    assert np.isfinite(loss(np.array([[1.0, 0.0]]), p))
    assert not loss.gradient(np.array([[1.0, 0.0]]), p).any()


def test_extreme_inputs_stay_finite_and_nan_stays_nan():
    z = np.array([[-1e4, -40.0, 0.0, 40.0, 1e4]])
    for f in (activations.sigmoid, activations.softmax, activations.tanh):
        assert np.isfinite(f(z)).all()
        assert np.isnan(f(np.full((1, 2), np.nan))).all()
    assert np.isnan(activations.relu(np.array([np.nan]))).all()
    assert activations.sigmoid(np.float32([0.5])).dtype == np.float32
    assert activations.softmax(np.float32([[0.5, 1]])).dtype == np.float32


def test_softmax_has_no_elementwise_derivative():
    with pytest.raises(ValueError, match="Jacobian"):
        activations.softmax.derivative(np.zeros((1, 2)))
