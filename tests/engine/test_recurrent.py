"""The compiled time loops against the formulas of the layers, at odd sizes too."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab import engine
from nnlab.layers import gru, lstm, simple_rnn

pytestmark = pytest.mark.skipif(not engine.available(), reason="Numba is not installed")

FAMILIES = {"simple_rnn": (simple_rnn, 1, 1), "lstm": (lstm, 4, 2), "gru": (gru, 3, 1)}


def both(name, steps, rows, units, *, bias=True, masked=False, sequences=True, dtype=np.float64, seed=0):
    """All that forward and backward return, by the formulas and by the kernels."""
    formulas, gates, count = FAMILIES[name]
    rng = np.random.default_rng(seed)

    def draw(*shape):
        return rng.normal(0, 0.6, shape).astype(dtype)

    u, states = draw(steps, rows, gates * units), [draw(rows, units) for _ in range(count)]
    kernel = (draw(units, gates * units) / np.sqrt(units)).astype(dtype)  # else what is rounded grows step by step
    row = draw(*((2, 3 * units) if name == "gru" else (gates * units,))) if bias else None
    mask = rng.random((steps, rows)) < 0.6 if masked else None
    dhs, dstates = draw(steps, rows, units) if sequences else None, [draw(rows, units) for _ in range(count)]
    found = []
    for module in (formulas, engine.compiled("recurrent")):
        forward, backward = getattr(module, f"{name}_forward"), getattr(module, f"{name}_backward")
        *after, memory = forward(u.copy(), *states, kernel, row, mask)
        given_ = [array.copy() for array in (*dstates, *after)]
        back = backward(dhs, *dstates, *after, memory, kernel, mask)
        for array, before in zip((*dstates, *after), given_, strict=True):
            np.testing.assert_array_equal(array, before)  # what is given is not changed
        found.append([*after, *back])
    return found


def assert_alike(found, tolerance):
    for formula, kernel in zip(*found, strict=True):
        assert formula.dtype == kernel.dtype
        assert formula.shape == kernel.shape
        np.testing.assert_allclose(kernel, formula, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", FAMILIES)
@settings(max_examples=40)
@given(
    steps=st.integers(1, 6), rows=st.integers(1, 9), units=st.integers(1, 19), bias=st.booleans(), masked=st.booleans(),
    sequences=st.booleans(), seed=st.integers(0, 2**16),
)  # fmt: skip
def test_as_the_formulas(name, **case):
    assert_alike(both(name, **case), 1e-10)


@pytest.mark.parametrize("name", FAMILIES)
def test_as_the_formulas_at_full_size(name):
    assert_alike(both(name, 28, 32, 64, seed=1), 1e-10)
    assert_alike(both(name, 12, 33, 65, masked=True, seed=2), 1e-10)


@pytest.mark.parametrize("name", FAMILIES)
def test_float32(name):
    assert_alike(both(name, 7, 5, 17, dtype=np.float32), 2e-5)


@pytest.mark.parametrize("name", FAMILIES)
def test_views_of_larger_arrays(name):
    """Arrays need not be contiguous: those that are not are copied before the loop."""
    formulas, gates, count = FAMILIES[name]
    rng = np.random.default_rng(3)
    states = [rng.normal(size=(3, 8))[:, ::2] for _ in range(count)]
    kernel, u = rng.normal(size=(gates * 4, 4)).T, rng.normal(size=(5, 3, gates * 4))
    fast = engine.compiled("recurrent")
    found = []
    for module in (formulas, fast):
        *after, memory = getattr(module, f"{name}_forward")(u.copy(), *states, kernel, None)
        dhs, dstates = rng.normal(size=(5, 3, 8))[:, :, ::2] * 0 + 1, [np.ones((4, 3)).T] * count
        found.append([*after, *getattr(module, f"{name}_backward")(dhs, *dstates, *after, memory, kernel)])
    assert_alike(found, 1e-10)


@pytest.mark.parametrize("name", FAMILIES)
def test_infinite_weights_are_not_hidden(name):
    """A diverging run must stay visible."""
    _, gates, count = FAMILIES[name]
    fast = engine.compiled("recurrent")
    kernel = np.full((3, gates * 3), np.nan)
    hs = getattr(fast, f"{name}_forward")(np.ones((2, 2, gates * 3)), *[np.ones((2, 3))] * count, kernel, None)[0]
    assert np.isnan(hs[1:]).all()


@pytest.mark.parametrize("name", FAMILIES)
def test_same_bits_again(name):
    for first, second in zip(both(name, 6, 7, 33)[1], both(name, 6, 7, 33)[1], strict=True):
        np.testing.assert_array_equal(first, second)
