"""Layers with several inputs: Keras's numbers, gradients by differences, masks, algebra, shapes that do not fit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes

from nnlab import layers
from nnlab.layers.merging import Merge
from tests.layers import golden
from tests.layers.checks import check_gradients

DTYPES = pytest.mark.parametrize("dtype", ["float32", "float64"])
ELEMENTWISE = (layers.Add, layers.Subtract, layers.Multiply, layers.Average)
RNG = np.random.default_rng(0)


@DTYPES
@pytest.mark.parametrize("name", golden.named("Add", "Subtract", "Multiply", "Average", "Concatenate"))
def test_keras_agrees(name, dtype):
    golden.check(name, dtype)


@pytest.mark.parametrize("kind", ELEMENTWISE)
@given(mutually_broadcastable_shapes(num_shapes=2, min_dims=1, max_dims=3, max_side=3), st.integers(1, 3))
def test_gradients_of_any_shapes_that_fit(kind, shapes, samples):
    arrays = [RNG.normal(size=(samples, *shape)) for shape in shapes.input_shapes]
    assert kind().output_shape([a.shape[1:] for a in arrays]) == shapes.result_shape
    assert kind()(arrays).shape == (samples, *shapes.result_shape)
    check_gradients(kind(), arrays)


@pytest.mark.parametrize("kind", [layers.Add, layers.Multiply, layers.Average])
@pytest.mark.parametrize("count", [2, 3, 4])
def test_gradients_of_several(kind, count):
    arrays = [RNG.normal(size=(2, 3)) for _ in range(count)]
    arrays[0][0] = 0  # no division by it
    check_gradients(kind(), arrays)


@pytest.mark.parametrize(
    ("axis", "shapes"), [(-1, [(2, 3), (2, 1)]), (1, [(2, 1, 3), (2, 2, 3)]), (2, [(1, 2, 3)] * 3)]
)
def test_gradients_of_concatenate(axis, shapes):
    check_gradients(layers.Concatenate(axis), [RNG.normal(size=shape) for shape in shapes])


@given(st.permutations(range(4)))
def test_the_order_of_a_sum_a_product_and_a_mean_does_not_matter(order):
    arrays = [RNG.normal(size=(2, 3)) for _ in order]
    for kind in (layers.Add, layers.Multiply, layers.Average):
        np.testing.assert_allclose(kind()([arrays[k] for k in order]), kind()(arrays), atol=1e-14)


def test_concatenate_is_undone_by_its_backward_pass():
    arrays = [RNG.normal(size=(2, n, 3)) for n in (1, 4, 2)]
    layer = layers.Concatenate(axis=1)
    for found, expected in zip(layer.backward(layer(arrays)), arrays, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_one_array_twice():
    x = RNG.normal(size=(2, 3))
    layer = layers.Multiply()
    layer.forward([x, x], training=True)
    np.testing.assert_allclose(sum(layer.backward(np.ones((2, 3)))), 2 * x)


@DTYPES
def test_dtype_and_nan_stay(dtype):
    a, b = np.array([[1, np.nan]], dtype), np.array([[2, 3]], dtype)
    for layer in (*(kind() for kind in ELEMENTWISE), layers.Concatenate()):
        c = layer.forward([a, b], training=True)
        assert c.dtype == dtype
        assert np.isnan(c).sum() == 1
        assert all(d.dtype == dtype for d in layer.backward(c))


def test_masks():
    first, second = np.array([[True, False, False]]), np.array([[True, True, False]])
    for kind in ELEMENTWISE:
        assert kind.keeps_mask
        np.testing.assert_array_equal(kind().output_mask([first, second]), second)
        assert kind().output_mask([first, None]) is None
        assert kind().output_mask([None, None]) is None
    features, time = layers.Concatenate(), layers.Concatenate(axis=1)
    x = np.zeros((1, 3, 2))
    for layer in (features, time):
        layer([x, x])
        assert layer.output_mask([None, None]) is None
    np.testing.assert_array_equal(features.output_mask([first, second]), second)
    assert features.output_mask([first, None]).all()
    assert time.output_mask([first, None]).tolist() == [[True, False, False, True, True, True]]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.Add()(np.zeros((2, 3))), r"Add\(\) merges several arrays, got one: .* Add\(\)\(\[a, b\]\)"),
        (lambda: layers.Concatenate()(np.zeros((2, 3))), "merges several arrays, got one"),
        (lambda: layers.Add().output_shape([(3,), (4,)]), r"Add\(\) needs inputs of one shape.* \(3,\) and \(4,\)"),
        (lambda: layers.Multiply().output_shape([(3, 2), (1, 2), (2, 2)]), r"\(3, 2\), \(1, 2\) and \(2, 2\)"),
        (lambda: layers.Average().output_shape([(3, 4), (3,)]), "Average.* needs inputs of one shape"),
        (lambda: layers.Subtract().output_shape([(3,)] * 3), "takes two inputs, .* got 3"),
        (lambda: layers.Subtract().output_shape([(3,), (2,)]), "needs inputs of one shape"),
        (lambda: layers.Add()([np.zeros((2, 3)), np.zeros((1, 3))]), "as many samples in each input, got 2 and 1"),
        (lambda: layers.Concatenate()([np.zeros((2, 3)), np.zeros((3, 3))]), "as many samples"),
        (lambda: layers.Concatenate(axis=0), "not 0, which counts the samples; got 0"),
        (lambda: layers.Concatenate(axis=1.0), "axis is a whole number"),
        (lambda: layers.Concatenate(axis=True), "axis is a whole number"),
        (lambda: layers.Concatenate(2).output_shape([(3,), (4,)]), "needs inputs with this axis"),
        (lambda: layers.Concatenate(-2).output_shape([(3,), (4,)]), "needs inputs with this axis"),
        (lambda: layers.Concatenate().output_shape([(3, 2), (2,)]), r"equally many axes, .* \(3, 2\) and \(2,\)"),
        (lambda: layers.Concatenate().output_shape([(3, 2), (4, 2)]), r"differ along this axis only, .*\(4, 2\)"),
        (lambda: layers.Concatenate(1).output_shape([(3, 2), (3, 4)]), "differ along this axis only"),
        (lambda: Merge().merge([]), "define merge"),
        (lambda: Merge().slopes([], np.zeros(1)), "define slopes"),
    ],
)
def test_mistakes_are_explained(make, message):
    with pytest.raises((ValueError, TypeError, NotImplementedError), match=message):
        make()


def test_shapes_of_concatenate():
    assert layers.Concatenate().output_shape([(3,), (4,), (1,)]) == (8,)
    assert layers.Concatenate(1).output_shape([(3, 2), (5, 2)]) == (8, 2)
    assert layers.Concatenate(-2).output_shape([(3, 2), (5, 2)]) == (8, 2)
    assert layers.Concatenate(2).output_shape([(3, 2), (3, 5)]) == (3, 7)
