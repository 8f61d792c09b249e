"""Dropout and noise: off after training, with the right moments while training, and a gradient of what was done."""

import numpy as np
import pytest

from nnlab import layers

X = np.random.default_rng(0).normal(size=(400, 500))
LAYERS = pytest.mark.parametrize("layer", [layers.Dropout(0.3), layers.GaussianNoise(0.7)], ids=lambda x: x.describe())
DTYPES = pytest.mark.parametrize("dtype", ["float32", "float64"])


@LAYERS
def test_after_training_nothing_is_done(layer):
    assert layer.forward(X) is X
    assert layer.forward(X, rng=np.random.default_rng(0)) is X
    assert layer.output_shape((3, 4)) == (3, 4)
    assert layer.keeps_mask


@DTYPES
@LAYERS
def test_the_same_seed_gives_the_same_noise_and_the_dtype_stays(layer, dtype):
    x = X.astype(dtype)
    first, second = (layer.forward(x, training=True, rng=np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert first.dtype == layer.backward(first).dtype == dtype
    assert (layer.forward(x, training=True, rng=np.random.default_rng(8)) != first).any()
    assert (layer.forward(x, training=True) != first).any()


@LAYERS
def test_the_mean_is_kept_and_the_spread_is_as_told(layer):
    error = layer.forward(X, training=True, rng=np.random.default_rng(1)) - X
    spread = 0.7 if isinstance(layer, layers.GaussianNoise) else np.sqrt(0.3 / 0.7) * np.sqrt(np.mean(X**2))
    assert abs(error.mean()) < 5 * spread / np.sqrt(X.size)
    assert error.std() == pytest.approx(spread, rel=0.02)


def test_gradient_goes_where_the_inputs_stayed():
    layer = layers.Dropout(0.3)
    a = layer.forward(X, training=True, rng=np.random.default_rng(1))
    np.testing.assert_array_equal(layer.backward(X), a)
    assert np.mean(a == 0) == pytest.approx(0.3, abs=0.01)
    noise = layers.GaussianNoise(0.3)
    noise.forward(X, training=True)
    assert noise.backward(X) is X


def test_no_noise_and_nan():
    np.testing.assert_array_equal(layers.GaussianNoise(0).forward(X, training=True), X)
    np.testing.assert_array_equal(layers.Dropout(0).forward(X, training=True), X)
    assert np.isnan(layers.GaussianNoise(1).forward(np.array([[np.nan]]), training=True)).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.GaussianNoise(-0.1), "stddev has to be at least 0 and finite, got -0.1"),
        (lambda: layers.GaussianNoise(np.inf), "stddev has to be"),
        (lambda: layers.GaussianNoise(np.nan), "stddev has to be"),
        (lambda: layers.GaussianNoise("much"), "stddev is a number"),
        (lambda: layers.GaussianNoise(True), "stddev is a number"),
        (lambda: layers.Dropout(1.0), "from 0 to below 1, got 1"),
        (lambda: layers.Dropout(50), "got 50"),
        (lambda: layers.Dropout("half"), "got 'half'"),
    ],
)
def test_mistakes_are_explained(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()
