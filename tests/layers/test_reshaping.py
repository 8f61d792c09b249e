"""Zeros around an image, other shapes, other orders of axes: nothing is computed, and nothing gets lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnlab
from nnlab import layers


@pytest.mark.parametrize(
    ("padding", "shape"),
    [(1, (6, 5)), ((1, 2), (6, 7)), (((0, 1), (2, 3)), (5, 8)), (0, (4, 3))],
)
def test_zeros_around_images_as_keras_counts_them(padding, shape):
    layer, x = layers.ZeroPadding2D(padding), np.random.default_rng(0).normal(size=(2, 4, 3, 2))
    assert layer.output_shape((4, 3, 2)) == (*shape, 2)
    a = layer.forward(x, training=True)
    assert a.shape == (2, *shape, 2)
    (above, _), (left, _) = layer.padding
    np.testing.assert_array_equal(a[:, above : above + 4, left : left + 3], x)
    assert np.count_nonzero(a) == x.size
    np.testing.assert_array_equal(layer.backward(a), x)


@pytest.mark.parametrize(
    ("target", "shape"), [((28, 28, 1), (28, 28, 1)), ((28, -1), (28, 28)), ((-1,), (784,)), ((-1, 2), (392, 2))]
)
def test_one_number_of_a_shape_is_worked_out(target, shape):
    layer = layers.Reshape(target)
    x = np.arange(2.0 * 784).reshape(2, 784)
    assert layer.output_shape((784,)) == shape
    a = layer.forward(x, training=True)
    np.testing.assert_array_equal(a, x.reshape(2, *shape))
    np.testing.assert_array_equal(layer.backward(a), x)


@given(st.permutations([1, 2, 3]), st.integers(1, 4))
def test_axes_come_in_the_order_named_and_back(dims, rows):
    layer, x = layers.Permute(tuple(dims)), np.random.default_rng(0).normal(size=(rows, 2, 3, 4))
    a = layer.forward(x, training=True)
    assert a.shape[1:] == layer.output_shape((2, 3, 4))
    assert a[0][tuple(i - 1 for i in (1, 1, 1))] == x[0, 0, 0, 0]
    np.testing.assert_array_equal(a, x.transpose(0, *dims))
    np.testing.assert_array_equal(layer.backward(a), x)


def test_in_a_network():
    model = nnlab.Sequential(
        [
            layers.Reshape((4, 4, 1), input_shape=(16,)),
            layers.ZeroPadding2D(),
            layers.Conv2D(2, 3),
            layers.Permute((3, 1, 2)),
            layers.Flatten(),
            layers.Dense(1),
        ],
        seed=0,
    )
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(size=(8, 16))
    loss = model.fit(x, x.sum(axis=1), epochs=5, verbose=0).history["loss"]
    assert loss[-1] < loss[0]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.ZeroPadding2D(-1), "padding is a number from 0 up"),
        (lambda: layers.ZeroPadding2D((1, 2, 3)), r"padding is a number from 0 up.*\(1, 2, 3\)"),
        (lambda: layers.ZeroPadding2D(((1, 2), (3,))), "padding is a number from 0 up"),
        (lambda: layers.ZeroPadding2D().output_shape((4, 4)), r"\(rows, columns, channels\)"),
        (lambda: layers.Reshape(784), r"target_shape is a tuple.*write \(784,\), with a comma"),
        (lambda: layers.Reshape((-1, -1)), "in which one number may be -1"),
        (lambda: layers.Reshape((0, 4)), "target_shape is a tuple"),
        (lambda: layers.Reshape((5, 5)).output_shape((24,)), r"needs samples of 25 numbers.*which has 24"),
        (lambda: layers.Reshape((5, -1)).output_shape((4, 6)), "samples of a multiple of 5 numbers"),
        (lambda: layers.Permute((0, 1)), "counted from 1"),
        (lambda: layers.Permute((1, 1)), "names each axis once"),
        (lambda: layers.Permute((2, 1)).output_shape((3, 4, 5)), r"Permute\(\(2, 1\)\) expected samples with 2 axes"),
    ],
)
def test_what_does_not_fit_is_said(make, message):
    with pytest.raises(ValueError, match=message):
        make()
