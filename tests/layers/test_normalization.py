"""Batch and layer normalization: Keras's numbers, gradients by differences, what normalizing promises, mistakes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnlab import constraints, layers, regularizers
from nnlab.layers.base import Layer
from tests.layers import golden
from tests.layers.checks import built, check_gradients

DTYPES = pytest.mark.parametrize("dtype", ["float32", "float64"])
KINDS = pytest.mark.parametrize("kind", [layers.BatchNormalization, layers.LayerNormalization])
RNG = np.random.default_rng(0)
SMALL = st.floats(-10, 10, width=32).map(lambda v: round(v, 3))


@DTYPES
@pytest.mark.parametrize("name", golden.named("BatchNormalization", "LayerNormalization"))
def test_keras_agrees(name, dtype):
    golden.check(name, dtype)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (layers.BatchNormalization(), (5, 3)),
        (layers.BatchNormalization(), (1, 3)),
        (layers.BatchNormalization(epsilon=0.1), (2, 3, 4, 2)),
        (layers.BatchNormalization(axis=1), (3, 2, 4)),
        (layers.BatchNormalization(axis=-2, scale=False), (2, 3, 1)),
        (layers.BatchNormalization(center=False, scale=False), (4, 2)),
        (layers.LayerNormalization(), (3, 5)),
        (layers.LayerNormalization(), (2, 3, 4)),
        (layers.LayerNormalization(axis=1), (2, 3, 4)),
        (layers.LayerNormalization(axis=[-1, 1]), (2, 3, 4)),
        (layers.LayerNormalization(axis=(3, 1), scale=False), (2, 3, 2, 2)),
        (layers.LayerNormalization(center=False), (2, 1)),
    ],
    ids=lambda value: str(value.axis) if isinstance(value, Layer) else str(value),
)
def test_gradients(layer, shape):
    x = RNG.normal(size=shape)
    check_gradients(built(layer, x), [x])


def test_gradients_with_a_mask():
    x, mask = RNG.normal(size=(3, 4, 2)), np.array([[1, 1, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0]], bool)
    check_gradients(built(layers.BatchNormalization(), x), [x], mask=mask)
    check_gradients(built(layers.BatchNormalization(), x), [x], mask=np.zeros((3, 4), bool))


def test_gradients_when_frozen():
    x = RNG.normal(size=(4, 3))
    layer = built(layers.BatchNormalization(), x)
    layer.trainable = False
    check_gradients(layer, [x])


def test_a_frozen_layer_computes_as_after_training_and_keeps_its_averages():
    x = RNG.normal(size=(4, 3))
    layer = built(layers.BatchNormalization(), x)
    expected, before = layer.forward(x), layer.get_weights()
    layer.trainable = False
    np.testing.assert_array_equal(layer.forward(x, training=True), expected)
    np.testing.assert_array_equal(np.stack(layer.weights), np.stack(before))


def test_the_averages_move_in_place_and_only_while_training():
    x = np.array([[1.0, 10.0], [5.0, 30.0]])
    layer = built(layers.BatchNormalization(momentum=0.5), x)
    layer.set_weights([[1, 1], [0, 0], [0, 0], [1, 1]])
    mean, variance = layer.moving_mean, layer.moving_variance
    layer.forward(x)
    assert not mean.any()
    layer.forward(x, training=True)
    assert layer.moving_mean is mean
    np.testing.assert_allclose(mean, [1.5, 10.0])
    np.testing.assert_allclose(variance, [2.5, 50.5])
    assert [w is v for w, v in zip(layer.weights[2:], (mean, variance), strict=True)] == [True, True]


def test_after_long_training_it_predicts_as_it_trains():
    x = RNG.normal(3, 2, size=(50, 2))
    layer = built(layers.BatchNormalization(), x)
    for _ in range(3000):
        trained = layer.forward(x, training=True)
    np.testing.assert_allclose(layer.forward(x), trained, atol=1e-8)


@given(arrays(np.float64, st.tuples(st.integers(2, 7), st.integers(1, 4)), elements=SMALL), st.randoms())
def test_a_batch_may_be_in_any_order(x, random):
    order = random.sample(range(len(x)), len(x))
    layer = built(layers.BatchNormalization(), x)
    expected = layer.forward(x, training=True)
    np.testing.assert_allclose(layer.forward(x[order], training=True), expected[order], atol=1e-9)


@given(
    arrays(np.float64, (3, 5), elements=SMALL),
    arrays(np.float64, (3, 1), elements=SMALL),
    st.floats(0.5, 20),
)
def test_a_shift_and_a_stretch_of_a_sample_change_nothing(x, shift, stretch):
    layer = built(layers.LayerNormalization(epsilon=1e-12), x)
    x = x + np.arange(5)  # no sample is constant
    np.testing.assert_allclose(layer.forward(stretch * x + shift), layer.forward(x), atol=1e-3)
    layer = built(layers.LayerNormalization(), x)
    np.testing.assert_allclose(layer.forward(x + shift), layer.forward(x), atol=1e-8)


@given(arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(2, 5)), elements=SMALL))
def test_each_sample_is_normalized_by_itself(x):
    layer = built(layers.LayerNormalization(), x)
    alone = np.concatenate([layer.forward(x[k : k + 1]) for k in range(len(x))])
    np.testing.assert_allclose(layer.forward(x), alone, atol=1e-12)
    plain = built(layers.LayerNormalization(center=False, scale=False, epsilon=1e-9), x).forward(x)
    np.testing.assert_allclose(plain.mean(axis=-1), 0, atol=1e-6)


@given(arrays(np.float64, (4, 3, 2), elements=SMALL), arrays(bool, (4, 3)))
def test_padding_does_not_count_in_the_statistics(x, mask):
    layer = built(layers.BatchNormalization(), x)
    first = layer.forward(x, training=True, mask=mask)
    other = np.where(mask[..., None], x, 99.0)
    np.testing.assert_allclose(layer.forward(other, training=True, mask=mask)[mask], first[mask], atol=1e-9)
    if mask.any():
        rows = x[mask]
        expected = built(layers.BatchNormalization(), x).forward(rows, training=True)
        np.testing.assert_allclose(first[mask], expected, atol=1e-9)


@KINDS
def test_constant_and_empty_and_single_inputs_stay_finite(kind):
    for x in (np.full((4, 3), 1e6), np.zeros((1, 3)), np.zeros((0, 3))):
        layer = built(kind(), x)
        if len(x):
            assert np.isfinite(layer.forward(x, training=True)).all()
        assert layer.forward(x).shape == x.shape


def test_nan_is_seen_where_it_spreads():
    x = np.ones((3, 2))
    x[1, 0] = np.nan
    batch = built(layers.BatchNormalization(), x)
    assert np.isnan(batch.forward(x)).tolist() == [[False, False], [True, False], [False, False]]
    assert np.isnan(batch.forward(x, training=True)).tolist() == [[True, False]] * 3
    layer = built(layers.LayerNormalization(), x)
    assert np.isnan(layer.forward(x)).tolist() == [[False, False], [True, True], [False, False]]


@DTYPES
@KINDS
def test_views_and_their_copies_give_the_same(kind, dtype):
    x = RNG.normal(size=(5, 4, 6)).astype(dtype).transpose(2, 0, 1)[::2]
    layer = built(kind(), x)
    a = layer.forward(x, training=True)
    da = RNG.normal(size=a.shape).astype(dtype)
    dx = layer.backward(da)
    layer = built(kind(), x)
    np.testing.assert_allclose(layer.forward(x.copy(), training=True), a, atol=1e-5)
    np.testing.assert_allclose(layer.backward(np.asfortranarray(da)), dx, atol=1e-5)


def test_a_large_mean_in_float32_costs_few_digits():
    x = (1000 + RNG.normal(size=(10000, 2))).astype("float32")
    layer = built(layers.BatchNormalization(), x)
    wide = built(layers.BatchNormalization(), x.astype("float64"))
    np.testing.assert_allclose(layer.forward(x, training=True), wide.forward(x.astype("float64"), True), atol=2e-3)


def test_what_is_kept_of_the_arguments():
    layer = layers.BatchNormalization(
        gamma_regularizer="l2", beta_constraint="max_norm", moving_mean_initializer="ones", name="norm"
    )
    assert isinstance(layer.gamma_regularizer, regularizers.L2)
    assert layer.regularizers == {"gamma": layer.gamma_regularizer}
    assert isinstance(layer.beta_constraint, constraints.MaxNorm)
    assert layer.constraints == {"beta": layer.beta_constraint}
    layer(np.zeros((2, 3)))
    assert [w.tolist() for w in layer.weights] == [[1] * 3, [0] * 3, [1] * 3, [1] * 3]
    assert layers.BatchNormalization(scale=False).parameter_names == ("beta",)
    assert layers.LayerNormalization(scale=False, center=False).parameter_names == ()
    assert layers.LayerNormalization(scale=False, gamma_regularizer="l2").regularizers == {}
    assert all(kind.keeps_mask for kind in (layers.BatchNormalization, layers.LayerNormalization))
    assert layers.LayerNormalization(axis=[1, 2])(np.zeros((1, 2, 3))).shape == (1, 2, 3)


def made_for(kind, shape, other, **arguments):
    layer = kind(**arguments)
    layer(np.zeros((2, *shape)))
    layer(np.zeros((2, *other)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.BatchNormalization(momentum=1.0), "momentum has to be from 0 to below 1, got 1"),
        (lambda: layers.BatchNormalization(momentum=-0.1), "momentum has to be from 0"),
        (lambda: layers.BatchNormalization(momentum="0.9"), "momentum is a number"),
        (lambda: layers.BatchNormalization(epsilon=0), "epsilon has to be above 0"),
        (lambda: layers.LayerNormalization(epsilon=-1), "epsilon has to be above 0"),
        (lambda: layers.LayerNormalization(epsilon=None), "epsilon is a number"),
        (lambda: layers.BatchNormalization(gamma_initializer="one_hot"), "unknown initializer"),
        (lambda: layers.LayerNormalization(beta_regularizer="l3"), "unknown regularizer"),
        (lambda: layers.LayerNormalization(beta_constraint="min"), "unknown constraint"),
        (lambda: layers.BatchNormalization(axis=0).output_shape((3,)), "axis 0 counts the samples"),
        (lambda: layers.BatchNormalization(axis=2).output_shape((3,)), "has axis=2, but .* has the axes 1 to 1"),
        (lambda: layers.BatchNormalization(axis=-3).output_shape((3,)), "has axis=-3"),
        (lambda: layers.BatchNormalization(axis="last").output_shape((3,)), "has axis='last'"),
        (lambda: layers.BatchNormalization(axis=True).output_shape((3,)), "has axis=True"),
        (lambda: layers.BatchNormalization(axis=[1, 2]).output_shape((3, 4)), r"has axis=\[1, 2\]"),
        (lambda: layers.LayerNormalization(axis=[1, -1]).output_shape((3,)), "needs different axes"),
        (lambda: layers.LayerNormalization(axis=[]).output_shape((3,)), "needs different axes, at least one"),
        (lambda: layers.LayerNormalization(axis=0).output_shape((3,)), "axis 0 counts the samples"),
        (lambda: layers.LayerNormalization(axis=None).output_shape((3,)), "has axis=None"),
        (lambda: made_for(layers.BatchNormalization, (3,), (4,)), "made for 3 features, got 4"),
        (lambda: made_for(layers.BatchNormalization, (2, 2, 3), (2, 2, 1)), "made for 3 features, got 1"),
        (lambda: made_for(layers.LayerNormalization, (3,), (4,)), r"made for \(3,\) features, got \(4,\)"),
        (lambda: made_for(layers.LayerNormalization, (3, 4), (3, 5), scale=False), "made for"),
        (
            lambda: layers.BatchNormalization()(np.zeros((2, 3, 4, 1)), training=True, mask=np.ones((2, 3), bool)),
            r"normalizes sequences, \(N, T, D\)",
        ),
    ],
)
def test_mistakes_are_explained(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()
