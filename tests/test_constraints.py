"""Constraints: Keras's numbers, what a projection promises, how layers keep them, mistakes."""

import copy
import pathlib
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from nnlab import constraints, layers
from nnlab.constraints import Constraint, MaxNorm
from tests.golden.layer_cases import MAX_NORM

GOLDEN = np.load(pathlib.Path(__file__).parent / "golden" / "layers.npz")
WEIGHTS = arrays(np.float64, array_shapes(min_dims=2, max_dims=4, max_side=4), elements=st.floats(-100, 100))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", MAX_NORM)
def test_keras_agrees(name, dtype):
    w = GOLDEN["constraint"].astype(dtype)
    before, after = w.copy(), MaxNorm(**MAX_NORM[name])(w)
    assert after.dtype == dtype
    np.testing.assert_allclose(after, GOLDEN[f"constraint/{name}/{dtype}"], rtol=1e-6 if dtype == "float32" else 1e-13)
    np.testing.assert_array_equal(w, before)


@given(WEIGHTS, st.floats(0.01, 50))
def test_no_norm_is_larger_and_short_ones_stay(w, limit):
    after = MaxNorm(limit)(w)
    norms, before = np.linalg.norm(after, axis=0), np.linalg.norm(w, axis=0)
    assert (norms <= limit * (1 + 1e-12)).all()
    np.testing.assert_allclose(norms, np.minimum(before, limit), atol=2e-7)
    np.testing.assert_allclose(MaxNorm(limit)(after), after, atol=2e-7)


def test_axes_of_a_convolution():
    w = np.random.default_rng(0).normal(size=(3, 3, 2, 4))
    after = MaxNorm(1.0, axis=(0, 1, 2))(w)
    np.testing.assert_allclose(np.sqrt((after**2).sum(axis=(0, 1, 2))), 1, atol=1e-6)


def test_nothing_zero_and_nan():
    assert not MaxNorm(0)(np.ones((2, 2))).any()
    assert not MaxNorm()(np.zeros((2, 2))).any()
    assert np.isnan(MaxNorm()(np.array([[np.nan, 1.0]]))).tolist() == [[True, False]]
    assert MaxNorm()(np.zeros((0, 2))).shape == (0, 2)


def test_names_and_copies():
    assert constraints.get(None) is None
    one = MaxNorm(3, axis=1)
    assert constraints.get(one) is one
    for name in ("max_norm", "MaxNorm", "maxnorm"):
        assert (constraints.get(name).max_value, constraints.get(name).axis) == (2, 0)
    for other in (copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert (other.max_value, other.axis) == (3, 1)


def test_layers_keep_their_constraints_by_parameter():
    layer = layers.Dense(3, kernel_constraint="max_norm", bias_constraint=MaxNorm(1))
    assert layer.constraints == {"kernel": layer.kernel_constraint, "bias": layer.bias_constraint}
    assert layers.Dense(3).constraints == {}
    assert layers.Dense(3, use_bias=False, bias_constraint="max_norm").constraints == {}
    attention = layers.MultiHeadAttention(1, 2, kernel_constraint=MaxNorm(1))
    assert set(attention.constraints) == {"query_kernel", "key_kernel", "value_kernel", "output_kernel"}


def test_a_constraint_of_the_learners_own():
    class NotNegative(Constraint):
        def __call__(self, w):
            return np.maximum(w, 0)

    own = NotNegative()
    assert layers.Dense(2, kernel_constraint=own).constraints["kernel"] is own


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MaxNorm(-1), "max_value has to be at least 0 and finite, got -1"),
        (lambda: MaxNorm(np.nan), "max_value has to be"),
        (lambda: MaxNorm("2"), "max_value is a number"),
        (lambda: MaxNorm(axis=2)(np.ones((2, 2))), r"axis=2 does not fit weights of shape \(2, 2\)"),
        (lambda: MaxNorm(axis="rows")(np.ones((2, 2))), "axis='rows' does not fit"),
        (lambda: constraints.get("max_norn"), "did you mean 'max_norm'"),
        (lambda: constraints.get(3), r"write constraints.MaxNorm\(3\)"),
        (lambda: constraints.get(MaxNorm), r"write MaxNorm\(\), with brackets"),
        (lambda: constraints.get(np.abs), "a constraint is a name"),
        (lambda: layers.Dense(2, kernel_constraint="norm"), "unknown constraint 'norm'"),
        (lambda: layers.Dense(2, bias_constraint=1.5), r"MaxNorm\(1.5\)"),
        (lambda: Constraint()(np.ones(2)), r"define __call__\(w\)"),
    ],
)
def test_mistakes_are_explained(make, message):
    with pytest.raises((ValueError, TypeError, NotImplementedError), match=message):
        make()
