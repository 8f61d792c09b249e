"""Convolutions: against Keras, by finite differences, what they promise, and document E's network."""

import os
import pathlib
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnlab
from nnlab import engine, layers, optimizers
from nnlab.layers.convolution import convolution_backward, convolution_forward
from nnlab.layers.windows import windows_on

GOLDEN = pathlib.Path(__file__).parent.parent / "golden"
sys.path.insert(0, str(GOLDEN))
import convolution_cases  # noqa: E402

STORED = np.load(GOLDEN / "convolution.npz")
CASES = [(k, *case) for k, case in enumerate(convolution_cases.CASES) if "Conv" in case[0]]


def stored(key):
    key = str(key)
    return {name[len(key) + 1 :]: STORED[name] for name in STORED.files if name.startswith(f"{key}/")}


@pytest.mark.parametrize("only", [False, True], ids=["compiled", "formulas"])
@pytest.mark.parametrize(("key", "name", "shape", "settings"), CASES)
def test_agrees_with_keras(key, name, shape, settings, only):
    golden, layer = stored(key), getattr(layers, name)(**settings)
    assert layer.output_shape(shape[1:]) == golden["a"].shape[1:]
    layer.build_once(shape[1:], np.random.default_rng(0))
    layer.set_weights([golden[f"w{k}"] for k in range(len(layer.weights))])
    with engine.formulas_only(only):
        np.testing.assert_allclose(layer.forward(golden["x"], training=True), golden["a"], atol=1e-10)
        np.testing.assert_allclose(layer.backward(golden["da"]), golden["dx"], atol=1e-10)
    for k, parameter in enumerate(layer.parameter_names):
        np.testing.assert_allclose(getattr(layer, f"d{parameter}"), golden[f"dw{k}"], atol=1e-10)


def document_e(dtype="float32", images=(28, 28, 1), filters=32, units=64, classes=10, seed=0):
    model = nnlab.Sequential(
        [
            layers.Conv2D(filters, (3, 3), activation="relu", input_shape=images),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(units, activation="relu"),
            layers.Dense(classes, activation="softmax"),
        ],
        seed=seed,
        dtype=dtype,
    )
    return model


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("kind", ["sgd", "adam"])
def test_three_steps_as_keras(kind, dtype):
    golden = stored(f"{kind}/{dtype}")
    model = document_e(dtype, (8, 8, 1), 4, 6, 3)
    model.compile(
        optimizers.SGD(0.125) if kind == "sgd" else optimizers.Adam(2**-7, 0.875, 0.96875),
        "sparse_categorical_crossentropy",
    )
    model.set_weights([golden[f"first{k}"] for k in range(6)])
    for start in (0, 3, 6):
        model.fit(golden["x"][start : start + 4], golden["y"][start : start + 4], batch_size=4, verbose=0)
    for k, w in enumerate(model.get_weights()):
        np.testing.assert_allclose(w, golden[f"last{k}"], atol=1e-9 if dtype == "float64" else 2e-5)
        assert w.dtype == dtype


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strides", [1, 2])
def test_gradients_by_finite_differences(padding, strides):
    rng = np.random.default_rng(0)
    layer = layers.Conv2D(2, (3, 2), strides, padding, activation="tanh")
    x = rng.normal(size=(2, 5, 4, 2))
    layer.build_once(x.shape[1:], rng)
    a = layer.forward(x, training=True)
    weight = rng.normal(size=a.shape)
    dx = layer.backward(weight)
    for array, slope in ((x, dx), (layer.kernel, layer.dkernel), (layer.bias, layer.dbias)):
        direction, step = rng.normal(size=array.shape), 6e-6
        kept = array.copy()
        array[...] = kept + step * direction
        above = (layer.forward(x) * weight).sum()
        array[...] = kept - step * direction
        below = (layer.forward(x) * weight).sum()
        array[...] = kept
        np.testing.assert_allclose((slope * direction).sum(), (above - below) / (2 * step), rtol=1e-6)


def test_a_layer_that_stands_first_needs_no_gradient_of_its_inputs():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3, 6, 5, 2))
    layer = layers.Conv2D(4, 3, activation="relu")
    layer.build_once(x.shape[1:], rng)
    da = layer.forward(x, training=True) + 1
    layer.backward(da)
    both = layer.dkernel.copy(), layer.dbias.copy()
    assert layer.backward_to_parameters(da) is None
    np.testing.assert_array_equal(layer.dkernel, both[0])
    np.testing.assert_array_equal(layer.dbias, both[1])


images = st.tuples(*(st.integers(1, n) for n in (3, 6, 6, 3)))
kernels = st.tuples(*(st.integers(1, n) for n in (3, 3, 3)))


@given(images, kernels, st.integers(0, 99))
def test_linear_in_the_image_and_in_the_kernel(shape, kernel_shape, seed):
    rng = np.random.default_rng(seed)
    high, wide, filters = kernel_shape
    windows = windows_on(shape[1:3], (high, wide), (1, 1), "same")
    x, y = rng.normal(size=(2, *shape))
    k, m = rng.normal(size=(2, high, wide, shape[3], filters))
    for forward in (convolution_forward, engine.compiled("convolution").convolution_forward):
        both = forward(x, k, None, windows)
        np.testing.assert_allclose(
            forward(2 * x - y, k, None, windows), 2 * both - forward(y, k, None, windows), atol=1e-12
        )
        np.testing.assert_allclose(
            forward(x, k + 3 * m, None, windows), both + 3 * forward(x, m, None, windows), atol=1e-12
        )


@given(st.integers(0, 4), st.integers(0, 4), st.integers(0, 99))
def test_a_shifted_image_gives_a_shifted_output(down, along, seed):
    rng = np.random.default_rng(seed)
    layer = layers.Conv2D(2, 3, activation="relu")
    layer.build_once((12, 12, 2), rng)
    x = np.zeros((1, 12, 12, 2))
    x[:, 2:6, 2:6] = rng.normal(size=(1, 4, 4, 2))  # zeros around, so that nothing is shifted out
    shifted = np.roll(x, (down, along), axis=(1, 2))
    np.testing.assert_allclose(
        layer.forward(shifted), np.roll(layer.forward(x), (down, along), axis=(1, 2)), atol=1e-12
    )


@given(images, st.integers(0, 99))
def test_the_backward_pass_is_the_transpose_of_the_forward_pass(shape, seed):
    rng = np.random.default_rng(seed)
    windows = windows_on(shape[1:3], (2, 3), (2, 1), "same", (1, 2))
    x, k = rng.normal(size=shape), rng.normal(size=(2, 3, shape[3], 2))
    z = convolution_forward(x, k, None, windows)
    dz = rng.normal(size=z.shape)
    dx, dkernel, _ = convolution_backward(x, k, dz, windows)
    np.testing.assert_allclose((z * dz).sum(), (x * dx).sum(), atol=1e-10)
    np.testing.assert_allclose((z * dz).sum(), (k * dkernel).sum(), atol=1e-10)


def test_causal_sees_nothing_that_comes_later():
    rng = np.random.default_rng(0)
    layer = layers.Conv1D(3, 4, padding="causal", dilation_rate=2)
    x = rng.normal(size=(1, 20, 2))
    layer.build_once((20, 2), rng)
    before = layer.forward(x)
    x[:, 11:] += 1
    after = layer.forward(x)
    np.testing.assert_array_equal(before[:, :11], after[:, :11])
    assert (before[:, 11] != after[:, 11]).all()


def test_a_series_is_an_image_of_one_row():
    rng = np.random.default_rng(0)
    series, image = layers.Conv1D(3, 4, strides=2), layers.Conv2D(3, (1, 4), strides=(1, 2))
    x = rng.normal(size=(2, 9, 2))
    series.build_once((9, 2), rng)
    image.build_once((1, 9, 2), rng)
    image.set_weights([series.kernel[None], series.bias])
    np.testing.assert_array_equal(series.forward(x), image.forward(x[:, None])[:, 0])


@pytest.mark.parametrize("only", [False, True])
def test_nan_stays_visible(only):
    layer = layers.Conv2D(2, 2, activation="relu")
    x = np.ones((1, 4, 4, 1))
    layer.build_once((4, 4, 1), np.random.default_rng(0))
    x[0, 1, 1] = np.nan
    with engine.formulas_only(only):
        a = layer.forward(x)
    assert np.isnan(a[0, :2, :2]).all()
    assert np.isfinite(a[0, 2]).all()


def test_first_weights_and_numbers_of_parameters_as_in_keras():
    layer = layers.Conv2D(32, (3, 3))
    layer.build_once((28, 28, 1), np.random.default_rng(0))
    limit = np.sqrt(6 / (9 * 1 + 9 * 32))
    assert 0.95 * limit < np.abs(layer.kernel).max() <= limit
    assert not layer.bias.any()
    assert document_e().count_params() == 347_146


def test_regularizers_and_constraints_are_kept_by_parameter():
    layer = layers.Conv1D(
        2, 3, kernel_regularizer="l2", bias_regularizer="l1", activity_regularizer="l2", kernel_constraint="max_norm"
    )
    assert set(layer.regularizers) == {"kernel", "bias"}
    assert set(layer.constraints) == {"kernel"}
    assert layer.activity_regularizer is not None


def test_document_e_learns_a_small_slice():
    data = np.random.default_rng(0)
    x = np.zeros((60, 28, 28, 1), np.float32)
    y = np.arange(60) % 3
    for k, where in enumerate(data.integers(2, 20, (60, 2))):  # a bar, an upright bar, a square
        high, wide = ((2, 6), (6, 2), (4, 4))[y[k]]
        x[k, where[0] : where[0] + high, where[1] : where[1] + wide] = 1
    model = document_e()
    model.compile(optimizer=optimizers.Adam(learning_rate=0.001), loss="sparse_categorical_crossentropy",
                  metrics=["accuracy"])  # fmt: skip
    history = model.fit(x, y, batch_size=64, epochs=40, verbose=0).history
    assert history["loss"][0] > 1.5
    assert history["accuracy"][-1] == 1
    again = document_e()
    again.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    assert again.fit(x, y, batch_size=64, epochs=2, verbose=0).history["loss"] == history["loss"][:2]


@pytest.mark.skipif("NNLAB_DATA" not in os.environ, reason="needs Fashion-MNIST, in the folder that NNLAB_DATA names")
def test_document_e_reaches_on_fashion_mnist_what_it_reaches_in_keras():
    (x, y), (x_test, y_test) = nnlab.datasets.fashion_mnist.load_data()
    model = document_e()
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x[..., None] / np.float32(255), y, batch_size=64, epochs=2, verbose=0)
    accuracy = model.evaluate(x_test[..., None] / np.float32(255), y_test)[1]
    assert 0.88 < accuracy < 0.90  # Keras with three seeds: 0.886 to 0.891; nnlab: 0.890 to 0.893


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.Conv2D(0, 3), "filters has to be a whole number from 1 up"),
        (lambda: layers.Conv2D(2, (3, 3, 3)), r"kernel_size is a number, or 2 of them.*\(3, 3, 3\)"),
        (lambda: layers.Conv1D(2, (3, 3)), r"kernel_size is a number, or 1 of them"),
        (lambda: layers.Conv2D(2, 0), "kernel_size has to be a whole number from 1 up, got 0"),
        (lambda: layers.Conv2D(2, 3, strides=-1), "strides has to be"),
        (lambda: layers.Conv2D(2, 3, dilation_rate=0.5), "dilation_rate has to be"),
        (lambda: layers.Conv2D(2, 3, padding="full"), "padding is 'valid' or 'same', got 'full'"),
        (lambda: layers.Conv2D(2, 3, padding="causal"), "'causal' is for series, in Conv1D"),
        (lambda: layers.Conv2D(2, 3, activation="rleu"), "relu"),
        (lambda: layers.Conv2D(2, 3).output_shape((28, 28)), r"\(rows, columns, channels\).*Reshape\(\(28, 28, 1\)\)"),
        (lambda: layers.Conv1D(2, 3).output_shape((9,)), r"\(steps, channels\), got shape \(9,\)"),
        (
            lambda: layers.Conv2D(8, 3).output_shape((2, 5, 1)),
            r"a 3 x 3 kernel does not fit on an image of 2 x 5: \(2 - 3\) // 1 \+ 1 = 0 rows. Use padding='same' or",
        ),
        (
            lambda: layers.Conv2D(8, 3, dilation_rate=2, strides=2).output_shape((9, 4, 1)),
            r"spread by dilation_rate=2 to 5 does not fit on an image of 9 x 4: \(4 - 5\) // 2 \+ 1 = 0 columns",
        ),
        (
            lambda: layers.Conv1D(8, 5).output_shape((4, 1)),
            r"a kernel of 5 steps does not fit on a series of 4 steps: \(4 - 5\) // 1 \+ 1 = 0 steps",
        ),
    ],
)
def test_what_does_not_fit_is_said(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_another_number_of_channels_is_refused():
    layer = layers.Conv2D(2, 3)
    layer.build_once((8, 8, 3), np.random.default_rng(0))
    with pytest.raises(ValueError, match="expected inputs with 3 channels, got 1"):
        layer.output_shape((8, 8, 1))
