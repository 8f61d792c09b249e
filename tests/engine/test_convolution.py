"""Compiled convolution and pooling: the formulas' numbers, and the same bits on any number of processors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab import layers
from nnlab.engine import convolution, pooling, sharing
from nnlab.layers.convolution import convolution_backward, convolution_forward
from nnlab.layers.windows import windows_on


@given(st.data())
def test_kernels_agree_with_the_formulas(data):
    draw = data.draw
    shape = tuple(draw(st.integers(1, n)) for n in (9, 8, 8, 3))
    size, strides, dilation = (tuple(draw(st.integers(1, 3)) for _ in range(2)) for _ in range(3))
    windows = windows_on(shape[1:3], size, strides, draw(st.sampled_from(["valid", "same", "causal"])), dilation)
    if not windows.rows.stops or not windows.columns.stops:
        return
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    x, bias = rng.normal(size=shape), rng.normal(size=draw(st.integers(1, 4)))
    kernel = rng.normal(size=(*size, shape[3], len(bias)))
    z = convolution_forward(x, kernel, bias, windows)
    np.testing.assert_allclose(convolution.convolution_forward(x, kernel, bias, windows), z, atol=1e-12)
    a = np.maximum(z, 0)
    np.testing.assert_allclose(convolution.convolution_forward(x, kernel, bias, windows, relu=True), a, atol=1e-12)
    da = rng.normal(size=z.shape)
    expected = convolution_backward(x, kernel, da * (z > 0), windows)
    for fast, slow in zip(convolution.convolution_backward(x, kernel, da, windows, a=a), expected, strict=True):
        np.testing.assert_allclose(fast, slow, atol=1e-12)


def test_blocks_of_a_few_rows_join_without_a_seam(monkeypatch):
    """An image that is larger than a block, and blocks that hold several images."""
    rng = np.random.default_rng(0)
    for shape in ((2, 90, 120, 3), (40, 6, 5, 3)):
        windows = windows_on(shape[1:3], (3, 3), (1, 1), "same")
        x, kernel = rng.normal(size=shape), rng.normal(size=(3, 3, 3, 8))
        dz = rng.normal(size=(*shape[:3], 8))
        np.testing.assert_allclose(
            convolution.convolution_forward(x, kernel, None, windows),
            convolution_forward(x, kernel, None, windows), atol=1e-12,
        )  # fmt: skip
        for fast, slow in zip(
            convolution.convolution_backward(x, kernel, dz, windows), convolution_backward(x, kernel, dz, windows),
            strict=True,
        ):  # fmt: skip
            np.testing.assert_allclose(fast, slow, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_bits_do_not_depend_on_the_number_of_processors(dtype, monkeypatch):
    rng = np.random.default_rng(0)
    x, da = rng.normal(size=(67, 20, 20, 2)).astype(dtype), rng.normal(size=(67, 9, 9, 16)).astype(dtype)
    results = []
    for processors in (1, 2, 5):
        monkeypatch.setattr(sharing, "processors", lambda n=processors: n)
        sharing._helpers.cache_clear()
        first, pool = layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D()
        first.build_once((20, 20, 2), np.random.default_rng(1))
        first.kernel, first.bias = first.kernel.astype(dtype), first.bias.astype(dtype)
        a = pool.forward(first.forward(x, training=True), training=True)
        results.append([a, first.backward(pool.backward(da)), first.dkernel, first.dbias])
        assert all(result.dtype == dtype for result in results[-1])
    sharing._helpers.cache_clear()
    for other in results[1:]:
        for one, two in zip(results[0], other, strict=True):
            np.testing.assert_array_equal(one, two)


def test_arrays_that_are_not_contiguous_or_of_another_dtype():
    rng = np.random.default_rng(0)
    windows = windows_on((6, 6), (3, 3), (1, 1), "valid")
    x, kernel = rng.normal(size=(2, 6, 6, 4))[..., ::2].astype(np.float32), rng.normal(size=(3, 3, 2, 2))
    z = convolution.convolution_forward(x.transpose(0, 2, 1, 3), kernel, None, windows)
    assert z.dtype == np.float64
    np.testing.assert_allclose(z, convolution_forward(x.transpose(0, 2, 1, 3), kernel, None, windows), atol=1e-6)


def test_pieces_cover_a_batch_once():
    for rows in (1, 7, 8, 9, 64, 1000):
        for least in (1, 3, 2000):
            cuts = sharing.pieces(rows, least)
            assert [row for first, last in cuts for row in range(first, last)] == list(range(rows))
            assert 1 <= len(cuts) <= sharing.PIECES


def test_an_error_in_a_piece_is_raised_and_the_next_work_is_done(monkeypatch):
    monkeypatch.setattr(sharing, "processors", lambda: 3)
    sharing._helpers.cache_clear()

    def fail(k):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sharing.share(fail, 4)
    done = []
    sharing.share(done.append, 9)
    assert sorted(done) == list(range(9))
    sharing._helpers.cache_clear()


def test_nan_wins_in_a_window_of_any_size():
    for size in (2, 3):
        x = np.zeros((1, size, size, 3))
        x[0, size - 1, 0, 1] = np.nan
        a, _ = pooling.max_pooling_forward(x, windows_on((size, size), (size, size), (size, size), "valid"))
        assert np.isnan(a[0, 0, 0, 1])
        assert a[0, 0, 0, 0] == 0
