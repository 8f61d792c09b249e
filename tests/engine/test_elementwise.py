"""The engine's own exp, tanh, log1p and erf against NumPy's and SciPy's in higher precision, and at the edges."""

import numpy as np
import pytest

from nnlab.engine import _jit, elementwise


def apply_exp(x, out):
    for i in range(x.shape[0]):
        out[i] = elementwise.exp(x[i])


def apply_tanh(x, out):
    for i in range(x.shape[0]):
        out[i] = elementwise.tanh(x[i])


def apply_log1p(x, out):
    for i in range(x.shape[0]):
        out[i] = elementwise.log1p(x[i])


def apply_erf(x, out):
    for i in range(x.shape[0]):
        out[i] = elementwise.erf(x[i])


@pytest.fixture(scope="module")
def functions():
    kernels = {"exp": apply_exp, "tanh": apply_tanh, "log1p": apply_log1p, "erf": apply_erf}
    return {name: _jit.kernel(kernel) for name, kernel in kernels.items()}


def compute(function, x):
    out = np.empty_like(x)
    function(x, out)
    return out


def exact_erf(x):
    """``2 / sqrt(pi) exp(-x^2) sum_n 2^n x^(2n+1) / (1 3 5 ... (2n+1))``: all terms have one sign, none cancels."""
    term = total = x
    for n in range(1, 160):
        term = term * (2 * x * x / (2 * n + 1))
        total = total + term
    return total * np.exp(-x * x) * (2 / np.sqrt(np.longdouble("3.14159265358979323846")))


# For float32 and float64: where it is looked at, the truth, the largest error in units in the last place.
RANGES = {
    "exp": ((-87.0, 87.0), (-708.0, 708.0), np.exp, 2),
    "tanh": ((-25.0, 25.0), (-25.0, 25.0), np.tanh, 2),
    "log1p": ((0.0, 1.0), (0.0, 1.0), np.log1p, 3),
    "erf": ((-7.0, 7.0), (-7.0, 7.0), exact_erf, 3),
}


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("name", RANGES)
def test_errors_in_units_in_the_last_place(functions, name, kind):
    rng = np.random.default_rng(0)
    low, high = RANGES[name][kind is np.float64]
    truth, limit = RANGES[name][2:]
    x = np.concatenate([rng.uniform(low, high, 300_000), rng.normal(size=300_000), np.linspace(-1, 1, 100_001)])
    x = np.concatenate([x, 10.0 ** rng.uniform(-30, 0, 100_000)]).astype(kind)
    x = x[(x >= low) & (x <= high)]
    x = x[::8] if name == "erf" else x  # its series takes time
    exact = truth(x.astype(np.longdouble))
    error = np.abs(compute(functions[name], x) - exact) / np.where(
        exact == 0, 1, np.spacing(np.abs(exact).astype(kind))
    )
    assert error.max() < limit


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_edges(functions, kind):
    x = np.array([np.nan, np.inf, -np.inf, 0.0, 1000.0, -1000.0], kind)
    np.testing.assert_array_equal(compute(functions["exp"], x), np.array([np.nan, np.inf, 0, 1, np.inf, 0], kind))
    for name in ("tanh", "erf"):
        np.testing.assert_array_equal(compute(functions[name], x), np.array([np.nan, 1, -1, 0, 1, -1], kind))
    tiny = np.finfo(kind).tiny
    x = np.array([np.nan, 0.0, 1.0, tiny], kind)
    np.testing.assert_array_equal(compute(functions["log1p"], x), np.array([np.nan, 0, np.log(kind(2)), tiny], kind))


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["tanh", "erf"])
def test_odd_functions_are_odd_to_the_last_bit(functions, name, kind):
    x = np.random.default_rng(0).uniform(0, 7, 10_000).astype(kind)
    np.testing.assert_array_equal(compute(functions[name], -x), -compute(functions[name], x))


@pytest.mark.parametrize(("name", "seam"), [("tanh", 0.625), ("erf", 1.0), ("erf", 6.0), ("log1p", 2**0.5 - 1)])
def test_there_is_no_step_where_two_formulas_meet(functions, name, seam):
    x = np.linspace(seam - 0.005, seam + 0.005, 2001, dtype=np.float32)
    assert (np.diff(compute(functions[name], x)) >= -np.finfo(np.float32).eps).all()
