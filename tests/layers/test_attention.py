"""Attention: Keras's numbers, loops, gradients by differences, causality and other promises, masks, mistakes."""

import copy
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab import initializers, layers, regularizers
from nnlab.layers.attention import attention_backward, attention_forward, masked_softmax
from tests.layers import golden
from tests.layers.checks import built, check_gradients

DTYPES = pytest.mark.parametrize("dtype", ["float32", "float64"])
RNG = np.random.default_rng(0)
MASK = np.array([[True, True, True, False], [True, False, False, False], [False] * 4])


def attention(*arrays, heads=2, key_dim=3, **arguments):
    return built(layers.MultiHeadAttention(heads, key_dim, **arguments), *arrays)


@DTYPES
@pytest.mark.parametrize("name", golden.named("MultiHeadAttention"))
def test_keras_agrees(name, dtype):
    golden.check(name, dtype)


def by_loops(query, key, value, mask):
    output = np.zeros((len(query), value.shape[1]))
    for t in range(len(query)):
        seen = [s for s in range(len(key)) if mask[t][s]]
        scores = [sum(query[t][k] * key[s][k] for k in range(key.shape[1])) / math.sqrt(key.shape[1]) for s in seen]
        total = sum(math.exp(score) for score in scores)
        for s, score in zip(seen, scores, strict=True):
            output[t] += math.exp(score) / total * value[s]
    return output


@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 4), st.integers(1, 3), st.integers(0, 99))
def test_formula_agrees_with_loops(t, s, k, v, seed):
    rng = np.random.default_rng(seed)
    query, key, value = rng.normal(size=(t, k)), rng.normal(size=(s, k)), rng.normal(size=(s, v))
    mask = rng.random((t, s)) < 0.6
    output, weights = attention_forward(query, key, value, mask)
    np.testing.assert_allclose(output, by_loops(query, key, value, mask), atol=1e-12)
    np.testing.assert_allclose(weights.sum(axis=-1), mask.any(axis=-1), atol=1e-12)
    assert not weights[~mask].any()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"use_causal_mask": True},
        {"return_attention_scores": True},
        {"mask": [MASK, None]},
        {"mask": [None, MASK], "use_causal_mask": True, "return_attention_scores": True},
        {"attention_mask": np.arange(16).reshape(4, 4) % 3 > 0},
        {"attention_mask": RNG.random((3, 2, 4, 4)) < 0.5, "mask": [MASK, MASK]},
    ],
    ids=str,
)
@pytest.mark.parametrize("arguments", [{}, {"use_bias": False, "value_dim": 2}, {"dropout": 0.4}], ids=str)
def test_gradients(options, arguments):
    query, value = RNG.normal(size=(3, 4, 2)), RNG.normal(size=(3, 4, 3))
    check_gradients(attention(query, value, **arguments), [query, value], **options)


@pytest.mark.parametrize("sizes", [(1, 3, 2), (1, 1, 1), (2, 1, 4)])
def test_gradients_with_keys_and_axes_of_one(sizes):
    n, t, s = sizes
    inputs = [RNG.normal(size=(n, t, 3)), RNG.normal(size=(n, s, 2)), RNG.normal(size=(n, s, 1))]
    check_gradients(attention(*inputs, heads=1, key_dim=1), inputs)


def test_gradients_of_attention_to_itself_add_up():
    x = RNG.normal(size=(2, 4, 3))
    layer = attention(x, x)
    output = layer.forward([x, x], training=True, use_causal_mask=True)
    dx = sum(layer.backward(np.cos(output)))
    step = np.zeros_like(x)
    for index in ((0, 0, 0), (1, 3, 2), (0, 2, 1)):
        step[index] = 6e-6
        above, below = (np.sin(layer.forward([x + d, x + d], use_causal_mask=True)).sum() for d in (step, -step))
        assert dx[index] == pytest.approx((above - below) / 12e-6, abs=1e-7)
        step[index] = 0


@settings(max_examples=40)
@given(st.integers(2, 7), st.data(), st.booleans())
def test_a_later_token_never_changes_an_earlier_output(t, data, training):
    x = RNG.normal(size=(2, t, 4))
    later = data.draw(st.integers(1, t - 1))
    other = x.copy()
    other[:, later:] += 100 * RNG.normal(size=other[:, later:].shape)
    layer = attention(x, x)
    first, second = (layer.forward([a, a], training=training, use_causal_mask=True) for a in (x, other))
    np.testing.assert_array_equal(first[:, :later], second[:, :later])
    assert (first[:, later:] != second[:, later:]).all()
    if training:  # and no gradient flows back from an earlier output to a later token
        da = np.ones_like(x)
        da[:, later:] = 0
        assert all(not d[:, later:].any() for d in layer.backward(da))


@given(st.permutations(range(5)), st.permutations(range(3)))
def test_order_of_values_and_of_samples_does_not_matter(places, samples):
    query, value = RNG.normal(size=(3, 2, 4)), RNG.normal(size=(3, 5, 4))
    layer = attention(query, value)
    expected = layer([query, value])
    np.testing.assert_allclose(layer([query, value[:, places]]), expected, atol=1e-12)
    np.testing.assert_allclose(layer([query[samples], value[samples]]), expected[samples], atol=1e-12)


def test_padding_is_not_looked_at_and_does_not_learn():
    x, padded = RNG.normal(size=(3, 4, 2)), RNG.normal(size=(3, 4, 2))
    padded[MASK] = x[MASK]
    layer = attention(x, x)
    first, second = (layer.forward([a, a], training=True, mask=[MASK, MASK]) for a in (x, padded))
    np.testing.assert_allclose(first, second, atol=1e-12)
    np.testing.assert_allclose(first[~MASK], np.broadcast_to(layer.output_bias, first[~MASK].shape))
    assert all(not d[~MASK].any() for d in layer.backward(np.ones_like(x)))
    short = layer([x[:1, :3], x[:1, :3]])
    np.testing.assert_allclose(first[0, :3], short[0], atol=1e-12)
    assert layer.output_mask([MASK, None]) is MASK
    assert layer.output_mask([None, MASK]) is None


def test_masks_join():
    x, other = RNG.normal(size=(1, 3, 2)), RNG.normal(size=(1, 3, 2))
    layer = attention(x, x, x)
    keys, told = np.array([[True, False, True]]), np.array([[[1, 1, 1], [1, 0, 0], [1, 1, 0]]])
    options = {"attention_mask": told, "use_causal_mask": True, "return_attention_scores": True}
    _, scores = layer.forward([x, other, x], mask=[None, None, keys], **options)
    assert (scores[0] > 0).tolist() == [[[True, False, False], [True, False, False], [True, False, False]]] * 2


@DTYPES
def test_scores_far_from_0_stay_finite_and_nan_is_seen(dtype):
    query, key = np.array([[1e4, 0]], dtype), np.array([[1e4, 0], [-1e4, 0], [0, 1]], dtype)
    output, weights = attention_forward(query, key, key)
    assert weights.tolist() == [[1, 0, 0]]
    assert output.dtype == weights.dtype == dtype
    assert masked_softmax(np.full((1, 2), -1e30, dtype), np.array([True, False])).tolist() == [[1, 0]]
    assert all(np.isfinite(d).all() for d in attention_backward(query, key, key, weights, output))
    assert np.isnan(attention_forward(query * np.nan, key, key)[0]).all()
    hidden = np.array([[1, np.nan]], dtype)
    assert masked_softmax(hidden, np.array([True, False])).tolist() == [[1, 0]]


def test_no_samples():
    x = np.zeros((0, 4, 3))
    layer = attention(x, x)
    assert layer.backward(layer.forward([x, x], training=True))[0].shape == (0, 4, 3)


def test_alike_keys_give_the_mean():
    query, value = RNG.normal(size=(4, 3)), RNG.normal(size=(5, 2))
    output, _ = attention_forward(query, np.ones((5, 3)), value)
    np.testing.assert_allclose(output, np.broadcast_to(value.mean(axis=0), (4, 2)), atol=1e-14)


def test_dropout_only_while_training_with_the_rng_and_after_the_scores():
    x = np.ones((2, 6, 3))
    layer = attention(x, x, dropout=0.5)
    still = layer.forward([x, x])
    np.testing.assert_array_equal(still, attention(x, x).forward([x, x]))
    first, scores = layer.forward([x, x], training=True, rng=np.random.default_rng(1), return_attention_scores=True)
    np.testing.assert_allclose(scores.sum(axis=-1), 1)
    second = layer.forward([x, x], training=True, rng=np.random.default_rng(1))
    np.testing.assert_array_equal(first, second)
    assert (first != still).any()
    assert (first != layer.forward([x, x], training=True)).any()


@DTYPES
def test_call_on_arrays_and_symbols(dtype):
    x, y = np.ones((2, 4, 3), dtype), np.ones((2, 5, 6), dtype)
    layer = layers.MultiHeadAttention(2, 5, value_dim=4)
    assert layer(x, y).shape == (2, 4, 3)
    assert [w.shape for w in layer.weights] == [
        (3, 2, 5), (2, 5), (6, 2, 5), (2, 5), (6, 2, 4), (2, 4), (2, 4, 3), (3,)
    ]  # fmt: skip
    output, scores = layer(x, value=y, key=y, return_attention_scores=True)
    assert (output.shape, scores.shape) == ((2, 4, 3), (2, 2, 4, 5))
    np.testing.assert_array_equal(layer(x, key=2 * y, value=y), layer(x, y, 2 * y))
    np.testing.assert_array_equal(layer(x, y, key=None), layer([x, y]))
    a, b = layers.Input((4, 3)), layers.Input((5, 6))
    assert layer(a, b).shape == (4, 3)
    assert layer.output_shape([(4, 3), (5, 6)], return_attention_scores=True) == [(4, 3), (2, 4, 5)]
    assert layer(a, key=b, value=b).call.inputs == (a, b, b)


def test_kernels_are_drawn_as_the_matrices_that_they_stand_for():
    x, y = np.zeros((1, 2, 64)), np.zeros((1, 2, 32))
    layer = layers.MultiHeadAttention(8, 16, value_dim=4)
    layer(x, y)
    for kernel, n_in, n_out in (
        (layer.query_kernel, 64, 128),
        (layer.value_kernel, 32, 32),
        (layer.output_kernel, 32, 64),
    ):
        limit = math.sqrt(6 / (n_in + n_out))
        assert 0.97 * limit < abs(kernel).max() <= limit
    assert not layer.output_bias.any()
    assert layers.MultiHeadAttention(1, 1, kernel_initializer="ones").kernel_initializer.__class__ is initializers.Ones


def test_what_is_kept_of_the_arguments():
    layer = layers.MultiHeadAttention(2, 3, dropout=0.25, kernel_regularizer="l2", bias_regularizer="l1")
    assert (layer.num_heads, layer.key_dim, layer.value_dim, layer.dropout) == (2, 3, 3, 0.25)
    assert isinstance(layer.regularizers["key_kernel"], regularizers.L2)
    assert list(layer.regularizers) == list(layer.parameter_names)
    assert layers.MultiHeadAttention(2, 3, use_bias=False).parameter_names == (
        "query_kernel", "key_kernel", "value_kernel", "output_kernel"
    )  # fmt: skip
    assert copy.deepcopy(layer).describe() == "MultiHeadAttention(2, 3)"


def call(*shapes, **options):
    return lambda: layers.MultiHeadAttention(2, 3)([np.ones(shape) for shape in shapes], **options)


def call_again(*shapes):
    layer = layers.MultiHeadAttention(2, 3)
    layer(np.ones((1, 4, 5)), np.ones((1, 4, 6)))
    return lambda: layer(*[np.ones(shape) for shape in shapes])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.MultiHeadAttention(0, 3), "num_heads has to be a whole number from 1 up, got 0"),
        (lambda: layers.MultiHeadAttention(2, 3.0), "key_dim has to be a whole number"),
        (lambda: layers.MultiHeadAttention(2, 3, 0), "value_dim has to be"),
        (lambda: layers.MultiHeadAttention(2, 3, dropout=1), "dropout has to be from 0 to below 1"),
        (lambda: layers.MultiHeadAttention(2, 3, dropout="some"), "dropout is a number"),
        (lambda: layers.MultiHeadAttention(2, 3, kernel_initializer="one" * 2), "unknown initializer"),
        (call((2, 4, 5)), r"layer\(query, value\) .* for self-attention as layer\(x, x\); got 1 inputs"),
        (call(*[(2, 4, 5)] * 4), "got 4 inputs"),
        (call((2, 4), (2, 4, 5)), r"expected each query to be a sequence, \(T, D\), got shape \(4,\)"),
        (call((2, 4, 5), (2, 4, 4, 5)), "expected each value to be a sequence"),
        (call((2, 4, 5), (2, 4, 5), (2, 5)), "expected each key to be a sequence"),
        (call((2, 4, 5), (2, 4, 5), (2, 3, 5)), "a key for each value, got 3 keys and 4 values"),
        (call_again((1, 4, 6), (1, 4, 6)), "expected query vectors of length 5, got 6"),
        (call_again((1, 4, 5), (1, 4, 5)), "expected value vectors of length 6, got 5"),
        (call_again((1, 4, 5), (1, 4, 6), (1, 4, 1)), "expected key vectors of length 6, got 1"),
        (
            call((2, 4, 5), (2, 3, 5), attention_mask=np.ones((3, 4))),
            r"attention_mask of shape \(4, 3\), \(2, 4, 3\) or \(2, 2, 4, 3\), got \(3, 4\)",
        ),
        (call((2, 4, 5), (2, 3, 5), attention_mask=[True, True, True]), r"got \(3,\)"),
    ],
)
def test_mistakes_are_explained(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()
