"""The engine's own exp and tanh against NumPy's in higher precision, and at the edges."""

import numpy as np
import pytest

from nnlab.engine import _jit, elementwise


def apply_exp(x, out):
    for i in range(x.shape[0]):
        out[i] = elementwise.exp(x[i])


def apply_tanh(x, out):
    for i in range(x.shape[0]):
        out[i] = elementwise.tanh(x[i])


@pytest.fixture(scope="module")
def functions():
    return {"exp": _jit.kernel(apply_exp), "tanh": _jit.kernel(apply_tanh)}


def compute(function, x):
    out = np.empty_like(x)
    function(x, out)
    return out


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["exp", "tanh"])
def test_errors_are_below_two_units_in_the_last_place(functions, name, kind):
    rng = np.random.default_rng(0)
    edge = {"exp": 87.0 if kind is np.float32 else 708.0, "tanh": 25.0}[name]
    x = np.concatenate([rng.uniform(-edge, edge, 300_000), rng.normal(size=300_000), np.linspace(-1, 1, 100_001)])
    x = np.concatenate([x, 10.0 ** rng.uniform(-30, 0, 100_000)]).astype(kind)
    exact = getattr(np, name)(x.astype(np.longdouble))
    error = np.abs(compute(functions[name], x) - exact) / np.where(exact == 0, 1, np.spacing(exact.astype(kind)))
    assert error.max() < 2


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_edges(functions, kind):
    x = np.array([np.nan, np.inf, -np.inf, 0.0, 1000.0, -1000.0], kind)
    np.testing.assert_array_equal(compute(functions["exp"], x), np.array([np.nan, np.inf, 0, 1, np.inf, 0], kind))
    np.testing.assert_array_equal(compute(functions["tanh"], x), np.array([np.nan, 1, -1, 0, 1, -1], kind))


def test_tanh_has_no_step_where_its_two_halves_meet(functions):
    x = np.linspace(0.62, 0.63, 2001, dtype=np.float32)
    assert (np.diff(compute(functions["tanh"], x)) >= -np.finfo(np.float32).eps).all()
