"""Tensor: gradients against PyTorch's, complex steps and finite differences; NumPy's habits; bad input."""

import math
import pathlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nnlab.autodiff import Tensor, Value, no_grad
from tests.golden import autodiff_cases

GOLDEN = np.load(pathlib.Path(__file__).parents[1] / "golden" / "autodiff.npz")


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", autodiff_cases.CASES)
def test_values_and_gradients_are_those_of_pytorch(name, dtype):
    formula, shapes = autodiff_cases.CASES[name]
    leaves = [Tensor(array.astype(dtype)) for array in autodiff_cases.inputs(name, shapes)]
    out = formula(Tensor, *leaves)
    out.backward(autodiff_cases.upstream(out.shape))
    tolerance = {"rtol": 1e-12, "atol": 1e-13} if dtype == np.float64 else {"rtol": 2e-4, "atol": 2e-5}
    assert out.dtype == dtype
    np.testing.assert_allclose(out.data, GOLDEN[f"{name}/out"], **tolerance)
    for k, leaf in enumerate(leaves):
        assert leaf.grad.dtype == dtype
        np.testing.assert_allclose(leaf.grad, GOLDEN[f"{name}/grad{k}"], **tolerance)


def check(function, *arrays):
    """Compare with complex steps (smooth functions, which NumPy computes for complex arrays) and with differences."""
    leaves = [Tensor(array) for array in arrays]
    out = function(*leaves)
    upstream = autodiff_cases.upstream(out.shape)
    out.backward(upstream)
    for k, leaf in enumerate(leaves):
        for index in np.ndindex(leaf.shape):
            moved = [array.astype(complex) for array in arrays]
            moved[k][index] += 1e-30j
            slope = (np.imag(function(*moved)) / 1e-30 * upstream).sum()
            assert leaf.grad[index] == pytest.approx(slope, rel=1e-10, abs=1e-10)
            ends = []
            for h in (6e-6, -6e-6):
                near = [array.copy() for array in arrays]
                near[k][index] += h
                ends.append((function(*near) * upstream).sum())
            assert (ends[0] - ends[1]) / 1.2e-5 == pytest.approx(slope, rel=1e-5, abs=1e-5)


SMOOTH = [
    lambda x, y: x + y * y,
    lambda x, y: x * y - y,
    lambda x, y: np.tanh(x) / (y * y + 1),
    lambda x, y: np.exp(x) * (2 - y),
    lambda x, y: np.log(x * x + 1) * 3 + y**3,
    lambda x, y: (1 - x) ** 2 * np.sum(y) + np.mean(x),
]


@given(
    hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3), st.sampled_from(SMOOTH), st.integers(0, 99)
)
@settings(max_examples=100, deadline=None)
def test_random_shapes_that_broadcast(shapes, function, seed):
    rng = np.random.default_rng(seed)
    check(function, *(rng.uniform(-1, 1, shape) for shape in shapes.input_shapes))


@given(hnp.mutually_broadcastable_shapes(signature=np.matmul.signature, max_dims=2, max_side=3), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_random_shapes_that_multiply(shapes, seed):
    rng = np.random.default_rng(seed)
    a, b = (rng.uniform(-1, 1, shape) for shape in shapes.input_shapes)
    check(lambda x, y: x @ y, a, b)


@given(hnp.array_shapes(max_dims=3, max_side=4), st.data(), st.booleans(), st.sampled_from(["sum", "mean"]))
@settings(max_examples=60, deadline=None)
def test_random_reductions(shape, data, keepdims, name):
    axis = data.draw(
        st.none() | hnp.valid_tuple_axes(len(shape), min_size=1) | st.integers(-len(shape), len(shape) - 1)
    )
    x = np.random.default_rng(0).uniform(-1, 1, shape)
    check(lambda t: getattr(t, name)(axis=axis, keepdims=keepdims) ** 2, x)


@given(hnp.array_shapes(max_dims=3, max_side=4), st.data())
@settings(max_examples=80, deadline=None)
def test_random_indices(shape, data):
    x = np.random.default_rng(0).uniform(-1, 1, shape)
    index = data.draw(
        hnp.basic_indices(shape, allow_newaxis=True) | hnp.integer_array_indices(shape) | hnp.arrays(np.bool_, shape)
    )
    if np.asarray(x[index]).size:
        check(lambda t: t[index] * 2, x)


def test_kinks_away_from_zero_by_differences():
    x = np.array([-1.5, -0.2, 0.3, 2.0])
    y = np.array([-1.0, -0.5, 0.1, 3.0])
    for function in (
        lambda F, a, b: F.relu(a) * b,
        lambda F, a, b: F.abs(a) + b,
        lambda F, a, b: F.maximum(a, b) * a,
        lambda F, a, b: F.max(a) * b,
        lambda F, a, b: F.sigmoid(a) + b,
    ):
        ours = [Tensor(x), Tensor(y)]
        function(Tensor, *ours).sum().backward()
        for k in range(2):
            for i in range(4):
                ends = []
                for h in (6e-6, -6e-6):
                    moved = [x.copy(), y.copy()]
                    moved[k][i] += h
                    ends.append(function(Tensor, *map(Tensor, moved)).sum().item())
                assert ours[k].grad[i] == pytest.approx((ends[0] - ends[1]) / 1.2e-5, abs=1e-8)


def test_ties_share_and_corners_are_flat():
    x = Tensor([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])
    x.max(axis=1).backward([6.0, 6.0])
    assert x.grad.tolist() == [[0, 3, 3], [2, 2, 2]]
    a, b = Tensor([1.0, 2.0]), Tensor([1.0, 0.0])
    a.maximum(b).sum().backward()
    assert (a.grad.tolist(), b.grad.tolist()) == ([0.5, 1], [0.5, 0])
    z = Tensor([0.0])
    (z.relu() + z.abs() + z**0).sum().backward()
    assert z.grad == 0


def test_max_of_nan_is_nan_and_its_gradient_goes_there():
    x = Tensor([1.0, math.nan, 3.0])
    y = x.max()
    y.backward()
    assert math.isnan(y.item())
    assert x.grad.tolist() == [0, 1, 0]


def test_given_arrays_accumulate_and_those_between_begin_anew():
    x = Tensor([3.0, 4.0])
    y = x * x
    z = y.sum()
    z.backward()
    first = x.grad
    z.backward()
    assert first.tolist() == [6, 8]  # a gradient that was taken away does not change
    assert x.grad.tolist() == [12, 16]
    assert y.grad.tolist() == [1, 1]
    z.zero_grad()
    assert not x.grad.any()
    assert not z.grad.any()
    (x * 5).sum().backward()
    (x * 7).sum().backward()
    assert x.grad.tolist() == [12, 12]


def test_numbers_and_whole_numbers_take_over_the_dtype():
    x = Tensor(np.ones((2, 2), np.float32))
    for y in (x * 2.0, 2 - x, x / np.float64(3), x @ np.array([1, 2]), x * np.array([True, False]), 2**x, x.mean()):
        assert y.dtype == np.float32
    y = (x * np.ones(2)).sum()
    y.backward()
    assert y.dtype == np.float64
    assert x.grad.dtype == np.float32


def test_it_copies_what_it_is_made_from():
    a = np.ones(2)
    t = Tensor(a)
    a[0] = 5
    assert t.data[0] == 1


def test_numpys_functions_keep_the_graph():
    a, t = np.array([[1.0, 2.0], [3.0, 4.0]]), Tensor([[0.5, 1.5], [2.5, 3.5]])
    for result, plain in [
        (a + t, a + t.data),
        (a - t, a - t.data),
        (a * t, a * t.data),
        (a / t, a / t.data),
        (a @ t, a @ t.data),
        (np.float64(2) * t, 2 * t.data),
        (np.exp(t), np.exp(t.data)),
        (np.log(t), np.log(t.data)),
        (np.tanh(t), np.tanh(t.data)),
        (np.abs(t), np.abs(t.data)),
        (np.maximum(a, t), np.maximum(a, t.data)),
        (np.sum(t, axis=0), t.data.sum(axis=0)),
        (np.mean(t), t.data.mean()),
        (np.max(t, axis=1), t.data.max(axis=1)),
        (np.transpose(t), t.data.T),
        (np.reshape(t, (4, 1)), t.data.reshape(4, 1)),
        (abs(-t), t.data),
        (t.T, t.data.T),
        (t.transpose((1, 0)), t.data.T),
    ]:
        assert isinstance(result, Tensor)
        assert t in forward(result)
        np.testing.assert_array_equal(result.data, plain)
    b = a
    b += 0
    c = a + t
    assert isinstance(c, Tensor)
    assert (t > 1).tolist() == (np.greater(t, 1)).tolist() == [[False, True], [True, True]]
    assert (a < t).tolist() == (a < t.data).tolist()
    assert (t == 0.5).sum() == 1
    assert np.shape(t) == (2, 2)
    assert [row.data.tolist() for row in t] == t.data.tolist()


def forward(root):
    from nnlab.autodiff import forward_order

    return dict.fromkeys(forward_order(root))


def test_divergence_is_numpys_nan_not_an_error():
    with pytest.warns(RuntimeWarning, match="invalid value"):
        assert np.isnan(Tensor([-1.0]).log()).all()
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert (1 / Tensor([0.0])).data == np.inf


def test_updates_in_place_only_where_no_graph_is_kept():
    w = Tensor([1.0, 2.0])
    with pytest.raises(TypeError, match=r"write w\.data -= "):
        w -= 0.1
    with no_grad():
        same = w
        w -= np.array([0.5, 0.5])
        w *= 2.0
    assert same is w
    assert w.data.tolist() == [1.0, 3.0]
    loss = (w * w).sum()
    loss += 1.0  # a computed Tensor: simply the next node
    loss /= 2.0
    loss.backward()
    assert w.grad.tolist() == [1.0, 3.0]
    with pytest.raises(TypeError, match="cannot be assigned"):
        w[0] = 1.0


def test_no_grad_and_backward():
    x = Tensor([1.0, 2.0])
    with no_grad():
        y = (x * x).sum()
    with pytest.raises(RuntimeError, match="computed by 'sum' under no_grad"):
        y.backward()


def ones(*shape):
    return Tensor(np.ones(shape))


@pytest.mark.parametrize(
    ("action", "error", "words"),
    [
        (lambda: Tensor("abc"), TypeError, "real numbers"),
        (lambda: Tensor(None), TypeError, "got object"),
        (lambda: Tensor([1, 2]), TypeError, r"whole numbers have no slope; got int64. Write Tensor\(\[1.0, 2.0\]\)"),
        (lambda: Tensor([1j]), TypeError, "complex128"),
        (lambda: Tensor(np.ones(2, np.float16)), TypeError, "float16"),
        (lambda: Tensor([[1.0], [1.0, 2.0]]), ValueError, "rows of equal length"),
        (lambda: Tensor(ones(2)), TypeError, "its graph would be lost"),
        (lambda: ones(2) + "a", TypeError, "real numbers"),
        (lambda: ones(2) + Value(1.0), TypeError, "do not mix"),
        (
            lambda: ones(4, 3) + ones(4),
            ValueError,
            r"\(4, 3\) and \(4,\) .* in '\+': axis -1.* 3 entries on the left and 4",
        ),
        (lambda: ones(4, 3).maximum(ones(2, 3)), ValueError, "axis -2"),
        (lambda: ones(4, 3) @ ones(4, 3), ValueError, "inner sizes are 3 .* and 4 .*transpose missing"),
        (lambda: ones(4, 3) @ ones(4), ValueError, r"and 4 \(the only axis on the right\)"),
        (lambda: ones(2, 4, 3) @ ones(5, 3, 4), ValueError, "do not broadcast in '@'"),
        (lambda: ones(2) @ 3.0, ValueError, r"use '\*' for numbers"),
        (lambda: ones(3).backward(), ValueError, r"has shape \(3,\): reduce it first"),
        (lambda: ones(3).sum().backward([1.0]), ValueError, r"own shape \(\), got \(1,\)"),
        (lambda: bool(ones(3)), ValueError, "ambiguous"),
        (lambda: ones(2) ** ones(2), TypeError, "plain number, got a Tensor"),
        (lambda: (-1) ** ones(2), ValueError, "above 0, got -1"),
        (lambda: ones(2)[ones(2)], TypeError, "write t.data"),
        (lambda: np.asarray(ones(2)), TypeError, "write t.data"),
        (lambda: np.array([ones(2), ones(2)]), TypeError, "write t.data"),
        (lambda: math.exp(ones(1)), TypeError, "Tensor"),
        (lambda: np.cos(ones(2)), TypeError, r"np.cos does not work on a Tensor. These do: absolute, add"),
        (lambda: np.concatenate([ones(2), ones(2)]), TypeError, "np.concatenate does not work"),
        (lambda: np.add.reduce(ones(2)), TypeError, "np.add.reduce does not work"),
        (lambda: np.add(np.ones(2), ones(2), out=np.ones(2)), TypeError, r"a = a \+ t in place of a \+= t"),
    ],
)
def test_bad_input_is_refused_in_words(action, error, words):
    with pytest.raises(error, match=words):
        action()


def test_it_shows_its_numbers():
    assert repr(Tensor([1.0, 2.0])) == "Tensor([1., 2.])"
    assert repr(Tensor(np.float32(1.5))) == "Tensor(1.5, dtype=float32)"
