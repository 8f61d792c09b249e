"""Embedding and masking: Keras's numbers, the gradient three ways, padding, and tokens that are none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab import engine, layers
from nnlab.engine import embedding as compiled
from nnlab.layers.embedding import embedding_backward, embedding_forward
from tests.layers import golden
from tests.layers.checks import built, check_gradients, numerical

DTYPES = pytest.mark.parametrize("dtype", ["float32", "float64"])
RNG = np.random.default_rng(0)


@DTYPES
@pytest.mark.parametrize("formulas", [True, False])
@pytest.mark.parametrize("name", golden.named("Embedding", "Masking"))
def test_keras_agrees(name, formulas, dtype):
    with engine.formulas_only(formulas):
        golden.check(name, dtype)


def test_gradient_by_differences():
    x = np.array([[0.0, 3, 3], [1, 3, 0]])
    layer = built(layers.Embedding(5, 2), x)
    check_gradients(layer, [x], inputs=False)
    assert layer.backward(np.ones((2, 3, 2))) is None


@given(st.data(), st.sampled_from(["float32", "float64"]))
def test_formula_kernel_and_one_hot_product_agree(data, dtype):
    n, t, size, width = (data.draw(st.integers(0 if k < 2 else 1, 6)) for k in range(4))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    tokens, dy = rng.integers(0, size, (n, t)), rng.normal(size=(n, t, width)).astype(dtype)
    formula, kernel = embedding_backward(tokens, dy, size), compiled.embedding_backward(tokens, dy, size)
    assert formula.dtype == kernel.dtype == dtype
    np.testing.assert_array_equal(formula, kernel)  # both add in the order of the places
    one_hot = np.eye(size)[tokens.reshape(-1)]
    np.testing.assert_allclose(kernel, one_hot.T @ dy.reshape(n * t, width), atol=1e-5)
    table = rng.normal(size=(size, width))
    np.testing.assert_array_equal(embedding_forward(tokens, table), table[tokens])


def test_kernel_takes_views_and_keeps_nan():
    tokens = np.arange(24).reshape(4, 6)[::2, ::3] % 5
    dy = RNG.normal(size=(2, 2, 6))[..., ::2]
    dy[0, 0, 0] = np.nan
    np.testing.assert_array_equal(compiled.embedding_backward(tokens, dy, 5), embedding_backward(tokens, dy, 5))
    assert np.isnan(compiled.embedding_backward(tokens, dy, 5)).sum() == 1


@DTYPES
def test_shapes_and_dtype(dtype):
    layer = built(layers.Embedding(7, 3), np.zeros((2, 4), dtype))
    assert layer.output_shape((4,)) == (4, 3)
    assert layer.output_shape(()) == (3,)
    assert layer.forward(np.full((5, 2), 6, dtype)).dtype == dtype
    assert layer.forward(np.zeros((0, 2), dtype)).shape == (0, 2, 3)
    assert layer.forward(np.array([3, 4], dtype)).shape == (2, 3)
    assert abs(layers.Embedding(1000, 4)(np.zeros((1, 1)))).max() <= 0.05  # Keras's uniform


def test_mask_of_tokens_that_are_zero():
    x = np.array([[3.0, 0, 2], [0, 0, 1]])
    layer = built(layers.Embedding(4, 2, mask_zero=True), x)
    layer.forward(x)
    np.testing.assert_array_equal(layer.output_mask(None), x != 0)
    layer.forward(x[:, ::-1], training=True)
    np.testing.assert_array_equal(layer.output_mask(None), x[:, ::-1] != 0)
    layer = built(layers.Embedding(4, 2), x)
    layer.forward(x)
    assert layer.output_mask(None) is None


@given(st.permutations(range(6)))
def test_renaming_the_tokens_renames_the_rows(order):
    x = np.array([[0, 1, 2, 3, 4, 5], [5, 5, 0, 0, 1, 1]])
    layer = built(layers.Embedding(6, 2), x.astype(float))
    expected = layer.forward(x.astype(float))
    renamed = np.empty_like(layer.embeddings)
    renamed[list(order)] = layer.embeddings
    layer.embeddings = renamed
    np.testing.assert_array_equal(layer.forward(np.array(order)[x].astype(float)), expected)


TOKENS = {
    "too large": (10.0, r"Embedding\(10, 4\) takes tokens from 0 to 9: sample 1 has 10 at place 2. .* at least 11"),
    "much too large": (1e6, "has 1000000 at place 2. input_dim is the largest token plus 1, here at least 1000001"),
    "negative": (-1.0, "sample 1 has -1 at place 2. Tokens are whole numbers"),
    "a fraction": (2.5, "sample 1 has 2.5 at place 2. Tokens are whole numbers"),
    "a small fraction": (0.1, "sample 1 has 0.1"),
    "nan": (np.nan, "sample 1 has nan at place 2. Tokens are whole numbers"),
    "inf": (np.inf, "sample 1 has inf at place 2"),
    "-inf": (-np.inf, "sample 1 has -inf at place 2"),
    "beyond int64": (1e300, "sample 1 has 1e[+]300 at place 2"),
    "below int64": (-1e300, "sample 1 has -1e[+]300"),
}


@pytest.mark.parametrize("mistake", TOKENS)
def test_tokens_that_are_none(mistake):
    value, message = TOKENS[mistake]
    x = np.ones((3, 4))
    x[1, 2] = value
    with pytest.raises(ValueError, match=message):
        layers.Embedding(10, 4)(x)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.Embedding(0, 4), "input_dim has to be a whole number from 1 up, got 0"),
        (lambda: layers.Embedding(10.0, 4), "input_dim has to be a whole number"),
        (lambda: layers.Embedding(10, -1), "output_dim has to be a whole number from 1 up, got -1"),
        (lambda: layers.Embedding(True, 4), "input_dim has to be"),
        (lambda: layers.Embedding(10, "4"), "output_dim has to be"),
        (lambda: layers.Embedding(10, 4, embeddings_initializer=3), "an initializer is a name"),
        (lambda: layers.Embedding(10, 4, embeddings_regularizer="l4"), "unknown regularizer"),
        (lambda: layers.Embedding(10, 4, embeddings_constraint=2), r"constraints.MaxNorm\(2\)"),
        (lambda: layers.Embedding(10, 4)(np.zeros((2, 3, 10))), r"a row of tokens, \(T,\), .* np.argmax"),
        (lambda: layers.Embedding(10, 4)(np.array([10.0])), "sample 0 has 10. input_dim"),
        (lambda: layers.Masking("0"), "mask_value is a number"),
        (lambda: layers.Masking(np.nan), "mask_value has to be finite"),
        (lambda: layers.Masking()(np.zeros((2, 3))), r"a sequence of vectors, \(T, D\), got \(3,\)"),
    ],
)
def test_mistakes_are_explained(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()


def test_regularizer_and_constraint_are_kept():
    layer = layers.Embedding(3, 2, embeddings_regularizer="l2", embeddings_constraint="max_norm")
    assert layer.regularizers == {"embeddings": layer.embeddings_regularizer}
    assert layer.constraints == {"embeddings": layer.embeddings_constraint}


@DTYPES
def test_masking(dtype):
    x = np.array([[[1, 0], [2, 2], [0, 2]], [[2, 2], [2, 2], [np.nan, 2]]], dtype)
    layer = layers.Masking(2)
    a = layer.forward(x, training=True)
    mask = [[True, False, True], [False, False, True]]
    assert layer.output_mask(np.zeros((2, 3), bool)).tolist() == mask
    assert a.dtype == dtype
    np.testing.assert_array_equal(a, np.where(np.array(mask)[..., None], x, 0))
    assert layer.backward(np.ones_like(x)).tolist() == np.repeat(np.array(mask, float)[..., None], 2, axis=2).tolist()
    x = RNG.normal(size=(2, 3, 2))
    x[0, 1] = 2
    layer.forward(x, training=True)
    dx = layer.backward(np.ones_like(x))
    x[0, 1] += 1e-9  # a number that equals mask_value by chance is where Keras's derivative ends
    assert not dx[0, 1].any()
    assert numerical(lambda: float(layer.forward(x).sum()), x)[1].all()
