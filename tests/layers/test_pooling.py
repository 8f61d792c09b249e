"""Pooling: against Keras, ties, NaN, masks, and what does not fit."""

import pathlib
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab import engine, layers

GOLDEN = pathlib.Path(__file__).parent.parent / "golden"
sys.path.insert(0, str(GOLDEN))
import convolution_cases  # noqa: E402

STORED = np.load(GOLDEN / "convolution.npz")
CASES = [(k, *case) for k, case in enumerate(convolution_cases.CASES) if "Pooling" in case[0]]


@pytest.mark.parametrize("only", [False, True], ids=["compiled", "formulas"])
@pytest.mark.parametrize(("key", "name", "shape", "settings"), CASES)
def test_agrees_with_keras_ties_included(key, name, shape, settings, only):
    layer = getattr(layers, name)(**settings)
    assert layer.output_shape(shape[1:]) == STORED[f"{key}/a"].shape[1:]
    with engine.formulas_only(only):
        np.testing.assert_allclose(layer.forward(STORED[f"{key}/x"], training=True), STORED[f"{key}/a"], atol=1e-12)
        np.testing.assert_allclose(layer.backward(STORED[f"{key}/da"]), STORED[f"{key}/dx"], atol=1e-12)


def test_the_mean_over_time_leaves_padding_out():
    layer = layers.GlobalAveragePooling1D()
    assert layer.takes_mask
    a = layer.forward(STORED["masked/x"], training=True, mask=STORED["masked/mask"])
    np.testing.assert_allclose(a, STORED["masked/a"], atol=1e-12)
    np.testing.assert_allclose(layer.backward(STORED["masked/da"]), STORED["masked/dx"], atol=1e-12)


@pytest.mark.parametrize("only", [False, True])
def test_of_equal_numbers_the_first_gets_the_gradient(only):
    layer, x = layers.MaxPooling2D(), np.ones((1, 2, 2, 1))
    with engine.formulas_only(only):
        layer.forward(x, training=True)
        dx = layer.backward(np.full((1, 1, 1, 1), 5.0))
    np.testing.assert_array_equal(dx.ravel(), [5, 0, 0, 0])


def test_of_equal_numbers_all_share_the_gradient_of_a_global_maximum():
    layer = layers.GlobalMaxPooling1D()
    layer.forward(np.array([[[2.0], [1.0], [2.0]]]), training=True)
    np.testing.assert_array_equal(layer.backward(np.array([[5.0]])).ravel(), [2.5, 0, 2.5])


@pytest.mark.parametrize("only", [False, True])
@pytest.mark.parametrize("pool_size", [2, 3])
@pytest.mark.parametrize("value", [np.nan, -np.inf, np.inf])
def test_what_is_not_finite_stays_visible(only, pool_size, value):
    layer = layers.MaxPooling2D(pool_size, padding="same")
    x = np.full((1, 3, 3, 1), value)
    x[0, 0, 0] = 7.0
    with engine.formulas_only(only):
        a = layer.forward(x, training=True)
        dx = layer.backward(np.ones_like(a))
    assert a.ravel()[0] == (7.0 if value == -np.inf else pytest.approx(value, nan_ok=True))
    assert dx.sum() == a.size  # each gradient finds a pixel, never padding


@pytest.mark.parametrize("name", ["MaxPooling2D", "AveragePooling2D"])
@given(data=st.data())
def test_formulas_and_kernels_agree_and_keep_the_dtype(name, data):
    shape = tuple(data.draw(st.integers(1, n)) for n in (9, 7, 7, 20))
    pool_size, strides = (tuple(data.draw(st.integers(1, 3)) for _ in range(2)) for _ in range(2))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    layer = getattr(layers, name)(pool_size, strides, "same")
    x = rng.integers(-2, 3, shape).astype(np.float32)[:, :, :, ::-1]  # ties, and not contiguous
    results = []
    for only in (False, True):
        with engine.formulas_only(only):
            a = layer.forward(x, training=True)
            results.append((a, layer.backward(np.arange(a.size, dtype=np.float32).reshape(a.shape))))
    for fast, slow in zip(*results, strict=True):
        assert fast.dtype == slow.dtype == np.float32
        np.testing.assert_allclose(fast, slow, rtol=1e-6)


@given(st.permutations(range(5)))
def test_each_sample_is_pooled_by_itself(order):
    x = np.random.default_rng(0).normal(size=(5, 5, 6, 3))
    layer = layers.MaxPooling2D()
    np.testing.assert_array_equal(layer.forward(x[order]), layer.forward(x)[order])


def test_a_window_of_more_than_256_taps():
    x = np.random.default_rng(0).normal(size=(1, 20, 20, 2))
    layer = layers.MaxPooling2D(20)
    layer.forward(x, training=True)
    dx = layer.backward(np.ones((1, 1, 1, 2)))
    np.testing.assert_array_equal(dx != 0, x == x.max(axis=(1, 2), keepdims=True))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.MaxPooling2D(0), "pool_size has to be a whole number from 1 up, got 0"),
        (lambda: layers.MaxPooling2D((2, 2, 2)), "pool_size is a number, or 2 of them"),
        (lambda: layers.AveragePooling1D(2, strides=0), "strides has to be"),
        (lambda: layers.MaxPooling2D(2, padding="causal"), "padding is 'valid' or 'same'"),
        (
            lambda: layers.MaxPooling2D().output_shape((28, 28)),
            r"\(rows, columns, channels\).*Reshape\(\(28, 28, 1\)\)",
        ),
        (lambda: layers.MaxPooling1D().output_shape((3, 4, 5)), r"\(steps, channels\), got shape \(3, 4, 5\)"),
        (lambda: layers.GlobalMaxPooling2D().output_shape((4, 5)), r"GlobalMaxPooling2D expected each sample"),
        (
            lambda: layers.MaxPooling2D(4).output_shape((3, 8, 1)),
            r"a 4 x 4 window does not fit on an image of 3 x 8: \(3 - 4\) // 4 \+ 1 = 0 rows",
        ),
    ],
)
def test_what_does_not_fit_is_said(make, message):
    with pytest.raises(ValueError, match=message):
        make()
