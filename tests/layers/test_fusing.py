"""A convolution and the pooling after it as one: the numbers of the two, one after the other."""

import numpy as np
import pytest

from nnlab import engine, layers
from nnlab.engine import sharing
from nnlab.layers.fusing import fuse


def apart(x, conv, pool, da):
    a = pool.forward(conv.forward(x, training=True), training=True)
    dx = conv.backward(pool.backward(da(a)))
    return a, dx, conv.dkernel, conv.dbias


def together(x, conv, pool, da):
    one = fuse(conv, pool)
    a = one.forward(x, training=True)
    dx = one.backward(da(a))
    results = a, dx, conv.dkernel.copy(), conv.dbias.copy()
    assert one.backward_to_parameters(da(a)) is None
    np.testing.assert_array_equal(conv.dkernel, results[2])
    np.testing.assert_array_equal(one.forward(x), a)
    return results


@pytest.mark.parametrize("activation", ["relu", None])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("pooling", [{}, {"pool_size": 3, "strides": 2, "padding": "same"}, {"pool_size": (2, 1)}])
def test_gives_the_same_as_the_two(activation, padding, pooling):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5, 9, 8, 2))
    conv, pool = layers.Conv2D(4, 3, padding=padding, activation=activation), layers.MaxPooling2D(**pooling)
    conv.build_once(x.shape[1:], rng)
    conv.bias[:] = rng.normal(size=4)
    slopes = rng.normal(size=(5, 9, 8, 4))
    first, second = (run(x, conv, pool, lambda a: slopes[:, : a.shape[1], : a.shape[2]]) for run in (apart, together))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)


def test_nan_stays_visible():
    rng = np.random.default_rng(0)
    conv, pool = layers.Conv2D(2, 2, activation="relu"), layers.MaxPooling2D()
    x = rng.normal(size=(1, 7, 7, 1))
    x[0, 0, 0] = np.nan
    conv.build_once((7, 7, 1), rng)
    assert np.isnan(fuse(conv, pool).forward(x)[0, 0, 0]).all()


def test_bits_do_not_depend_on_the_number_of_processors(monkeypatch):
    rng = np.random.default_rng(0)
    x, da = rng.normal(size=(67, 20, 20, 2)).astype(np.float32), rng.normal(size=(67, 9, 9, 16)).astype(np.float32)
    results = []
    for processors in (1, 2, 5):
        monkeypatch.setattr(sharing, "processors", lambda n=processors: n)
        sharing._helpers.cache_clear()
        conv = layers.Conv2D(16, 3, activation="relu")
        conv.build_once((20, 20, 2), np.random.default_rng(1))
        conv.kernel, conv.bias = conv.kernel.astype(np.float32), conv.bias.astype(np.float32)
        results.append(together(x, conv, layers.MaxPooling2D(), lambda a: da))
    sharing._helpers.cache_clear()
    for other in results[1:]:
        for one, two in zip(results[0], other, strict=True):
            np.testing.assert_array_equal(one, two)
            assert one.dtype == np.float32


class Own(layers.Conv2D):
    pass


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (layers.Conv2D(2, 2, activation="tanh"), layers.MaxPooling2D()),
        (layers.Conv2D(2, 2, activation="relu", activity_regularizer="l2"), layers.MaxPooling2D()),
        (layers.Conv2D(2, 2, activation="relu"), layers.AveragePooling2D(2)),
        (layers.Conv1D(2, 2, activation="relu"), layers.MaxPooling1D()),
        (Own(2, 2, activation="relu"), layers.MaxPooling2D()),
    ],
)
def test_what_would_not_be_the_same_stays_apart(first, second):
    assert fuse(first, second) is None


def test_the_formulas_stay_apart():
    with engine.formulas_only():
        assert fuse(layers.Conv2D(2, 2, activation="relu"), layers.MaxPooling2D()) is None
