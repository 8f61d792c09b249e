"""Dense layers on sequences, with what Keras lets them have beside kernel and bias."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab import layers, regularizers
from nnlab.layers.core import dense_backward, dense_forward
from tests.layers import golden
from tests.layers.checks import built, check_gradients

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", golden.named("Dense"))
def test_keras_agrees(name, dtype):
    golden.check(name, dtype)


@pytest.mark.parametrize("activation", ["linear", "tanh", "softmax"])
@pytest.mark.parametrize("shape", [(2, 3, 4), (1, 1, 1), (3, 4)])
def test_gradients(activation, shape):
    x = RNG.normal(size=shape)
    check_gradients(built(layers.Dense(3, activation), x), [x])
    check_gradients(built(layers.Dense(2, activation, use_bias=False), x), [x])


@given(st.integers(0, 4), st.integers(1, 4), st.integers(1, 4), st.integers(1, 4))
def test_a_sequence_is_mapped_step_by_step(n, t, d, h):
    x, kernel, bias = RNG.normal(size=(n, t, d)), RNG.normal(size=(d, h)), RNG.normal(size=h)
    z = dense_forward(x, kernel, bias)
    assert z.shape == (n, t, h)
    for step in range(t):
        np.testing.assert_allclose(z[:, step], x[:, step] @ kernel + bias, atol=1e-12)
    dz = RNG.normal(size=z.shape)
    dx, dkernel, dbias = dense_backward(x, kernel, dz)
    np.testing.assert_allclose(dx, dz @ kernel.T, atol=1e-12)
    np.testing.assert_allclose(dkernel, np.einsum("ntd,nth->dh", x, dz), atol=1e-12)
    np.testing.assert_allclose(dbias, dz.sum(axis=(0, 1)), atol=1e-12)


def test_views_are_taken():
    x = RNG.normal(size=(4, 6, 3)).transpose(1, 0, 2)[::2]
    layer = built(layers.Dense(2), x)
    np.testing.assert_allclose(layer.forward(x), layer.forward(x.copy()))


def test_shapes_and_masks():
    layer = layers.Dense(3)
    assert layer.output_shape((7, 5)) == (7, 3)
    assert layer(np.ones((2, 7, 5))).shape == (2, 7, 3)
    assert layer(np.ones((2, 5))).shape == (2, 3)
    mask = np.ones((2, 7), bool)
    for keeps in (layer, layers.Activation("relu"), layers.Dropout(0.1)):
        assert keeps.output_mask(mask) is mask
    assert layers.Flatten().output_mask(mask) is None


def test_activity_regularizer_is_kept():
    layer = layers.Dense(3, activity_regularizer="l2")
    assert isinstance(layer.activity_regularizer, regularizers.L2)
    assert layer.regularizers == {}
    assert layers.Dense(3).activity_regularizer is None


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.Dense(10)(np.ones((2, 8, 8, 3))), r"got shape \(8, 8, 3\): flatten it first, .*Flatten"),
        (lambda: layers.Dense(10).output_shape(()), "a vector of features"),
        (lambda: layers.Dense(10)([np.ones((2, 3)), np.ones((2, 3))]), "a vector of features"),
        (lambda: layers.Dense(10, activity_regularizer="l5"), "unknown regularizer"),
    ],
)
def test_mistakes_are_explained(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_another_number_of_features():
    layer = layers.Dense(2)
    layer(np.ones((1, 4, 3)))
    with pytest.raises(ValueError, match="inputs with 3 features, got 4"):
        layer(np.ones((1, 3, 4)))
