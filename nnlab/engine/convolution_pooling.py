"""A convolution and the max pooling after it as one, compiled; the formulas: one after the other, in `nnlab.layers`.

What the convolution returns is the largest array of most networks, and reading and writing it takes longer than its
products do. Here it is pooled image by image while it is in the processor's cache, and never written to memory.

A relu between the two is taken after the pooling, of fewer numbers: the largest of relus is the relu of the largest.
Where that is 0, another pixel may count as the winner, which changes nothing: the gradient there is 0.
"""

import numpy as np

from nnlab.engine import convolution, pooling
from nnlab.engine._jit import kernel
from nnlab.engine.convolution import see, unsee
from nnlab.engine.pooling import pool_image, unpool_image
from nnlab.engine.views import matrix, vector


def convolution_pooling_forward(x, kernel, bias, windows, pool_windows, relu=False):
    """Pool what `nnlab.layers.convolution.convolution_forward` returns.

    Parameters
    ----------
    x : ndarray of shape (N, H, W, C)
    kernel : ndarray of shape (kernel H, kernel W, C, F)
    bias : ndarray of shape (F,) or None
    windows, pool_windows : Windows
        Of the kernel on the images, and of the pooling on what the convolution returns.
    relu : bool
        Whether a relu stands between them; otherwise nothing does.

    Returns
    -------
    a : ndarray of shape (N, stops down, stops across, F)
    winners : ndarray of int of the same shape
        For `convolution_pooling_backward`.
    """
    weights = convolution.joined(kernel, bias, x.dtype)
    x = np.ascontiguousarray(x, weights.dtype)
    r, c = pool_windows.rows, pool_windows.columns
    a = np.empty((len(x), r.stops, c.stops, weights.shape[1]), weights.dtype)
    winners = np.empty(a.shape, np.uint8 if r.size * c.size <= 256 else np.int32)
    layout, pool_layout = convolution.laid_out(windows), pooling.laid_out(pool_windows)
    each = r.length * c.length * weights.size
    cuts = convolution.cut(len(x), each)
    convolution.pieces_of(
        cuts, len(x) * each, lambda k: forward_piece(x, weights, layout, pool_layout, relu, *cuts[k], a, winners)
    )
    return a, winners


def convolution_pooling_backward(x, kernel, da, windows, pool_windows, winners, a=None, inputs=True):
    """Gradients of `convolution_pooling_forward`.

    Parameters
    ----------
    x, kernel, windows, pool_windows
        As in the forward pass.
    da : ndarray of shape (N, stops down, stops across, F)
    winners : ndarray of int of shape (N, stops down, stops across, F)
        From the forward pass.
    a : ndarray of shape (N, stops down, stops across, F), optional
        What the forward pass returned, if a relu stands between the two.
    inputs : bool
        Whether to compute dx.

    Returns
    -------
    dx : ndarray of shape (N, H, W, C), or None
    dkernel : ndarray of shape (kernel H, kernel W, C, F)
    dbias : ndarray of shape (F,)
    """
    weights = convolution.joined(kernel, None, x.dtype)
    kind = weights.dtype
    x, da = np.ascontiguousarray(x, kind), np.ascontiguousarray(da, kind)
    relu, a = (False, da) if a is None else (True, np.ascontiguousarray(a, kind))
    layout, pool_layout = convolution.laid_out(windows), pooling.laid_out(pool_windows)
    each = windows.rows.stops * windows.columns.stops * weights.size
    cuts = convolution.cut(len(x), each)
    dweights = np.empty((len(cuts), *weights.shape), kind)
    dx = np.empty(x.shape if inputs else (0, 0, 0, 0), kind)
    convolution.pieces_of(
        cuts,
        len(x) * each,
        lambda k: backward_piece(x, weights, da, a, winners, layout, pool_layout, relu, *cuts[k], dweights[k], dx),
    )
    total = dweights[0]
    for more in dweights[1:]:  # in their order, whoever computed them
        total += more
    return dx if inputs else None, total[:-1].reshape(kernel.shape), total[-1]


@kernel
def forward_piece(x, weights, layout, pool_layout, relu, start, stop, a, winners):
    """Compute a and winners of the images from start to stop."""
    n_rows, n_columns = layout[8], layout[9]
    taps, filters = weights.shape
    pixels = n_rows * n_columns
    seen, z = np.empty(taps * pixels, x.dtype), np.empty((1, n_rows, n_columns, filters), x.dtype)
    for image in range(start, stop):
        see(x, layout, image * n_rows, (image + 1) * n_rows, seen)
        np.dot(matrix(seen, 0, taps, pixels).T, weights, matrix(z, 0, pixels, filters))
        pool_image(z, 0, pool_layout, a, winners, image)
    if relu:
        each, zero = a.shape[1] * a.shape[2] * filters, x.dtype.type(0)
        numbers = vector(a, start * each, (stop - start) * each)
        for q in range(numbers.shape[0]):
            numbers[q] = max(numbers[q], zero)  # this order of arguments keeps NaN


@kernel
def backward_piece(x, weights, da, a, winners, layout, pool_layout, relu, start, stop, dweights, dx):
    """Compute dweights of the images from start to stop, and their part of dx if it is not empty."""
    n_rows, n_columns = layout[8], layout[9]
    taps, filters = weights.shape
    pixels, each = n_rows * n_columns, da.shape[1] * da.shape[2] * filters
    seen, scratch = np.empty(taps * pixels, x.dtype), np.empty((taps, filters), x.dtype)
    slopes, dz = np.empty((1, *da.shape[1:]), x.dtype), np.empty((1, n_rows, n_columns, filters), x.dtype)
    zero = x.dtype.type(0)
    numbers, more = vector(dweights, 0, taps * filters), vector(scratch, 0, taps * filters)
    for q in range(numbers.shape[0]):
        numbers[q] = zero
    if dx.size > 0:
        places = vector(dx, start * (x.size // x.shape[0]), (stop - start) * (x.size // x.shape[0]))
        for q in range(places.shape[0]):
            places[q] = zero
    for image in range(start, stop):
        above, after, slope = vector(da, image * each, each), vector(a, image * each, each), vector(slopes, 0, each)
        for q in range(each):
            slope[q] = above[q] if not relu or after[q] > zero else above[q] * zero
        unpool_image(winners, slopes, image, 0, pool_layout, dz, 0)
        see(x, layout, image * n_rows, (image + 1) * n_rows, seen)
        np.dot(matrix(seen, 0, taps, pixels), matrix(dz, 0, pixels, filters), scratch)
        for q in range(numbers.shape[0]):
            numbers[q] += more[q]
        if dx.size > 0:  # what the taps saw is not needed any more: their gradient takes its place
            np.dot(
                matrix(weights, 0, taps - 1, filters),
                matrix(dz, 0, pixels, filters).T,
                matrix(seen, 0, taps - 1, pixels),
            )
            unsee(seen, layout, image * n_rows, (image + 1) * n_rows, dx)


def compile_for(dtype):
    """Compile for one dtype, or load it from the cache.

    Parameters
    ----------
    dtype : numpy.dtype
    """
    x, weights, winners = np.zeros((1, 1, 1, 1), dtype), np.zeros((2, 1), dtype), np.zeros((1, 1, 1, 1), np.uint8)
    layout, pool_layout = (1, 1, 1, 1, 1, 1, 0, 0, 1, 1), (1, 1, 1, 1, 0, 0)
    forward_piece(x, weights, layout, pool_layout, True, 0, 1, np.zeros_like(x), winners)
    gradients = np.zeros_like(weights), np.zeros_like(x)
    backward_piece(x, weights, x, x, winners, layout, pool_layout, True, 0, 1, *gradients)
