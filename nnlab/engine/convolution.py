"""Convolution, compiled; the formulas: `nnlab.layers.convolution`.

What the taps of the kernel see is copied to the rows of a matrix (im2col), so that a convolution is one product. A
last row of ones makes the bias one more tap. This is done for some rows of the image at a time, which stay in the
processor's cache until all is done with them.
"""

import numpy as np

from nnlab.engine import sharing
from nnlab.engine._jit import kernel, part
from nnlab.engine.threads import single_blas_thread
from nnlab.engine.views import matrix, vector

# Numbers of a block: 0.3 MB in float32, a third of a processor's second cache.
BLOCK = 75_000
# Multiply-adds of a piece, from which on a second thread brings more than the 20 us it takes to ask it.
WORTH_SHARING = 1_000_000
# Above this many multiply-adds OpenBLAS takes several threads for a product, if it may; to forbid it costs 25 us.
BLAS_SHARES_FROM = 262_144


def convolution_forward(x, kernel, bias, windows, relu=False):
    """Do as `nnlab.layers.convolution.convolution_forward`, and perhaps take the relu at once."""
    weights = joined(kernel, bias, x.dtype)
    x = np.ascontiguousarray(x, weights.dtype)
    layout, filters = laid_out(windows), weights.shape[1]
    z = np.empty((len(x), windows.rows.stops, windows.columns.stops, filters), weights.dtype)
    cuts = cut(len(x), z[:1].size * len(weights))
    pieces_of(cuts, z.size * len(weights), lambda k: forward_piece(x, weights, layout, relu, *cuts[k], z))
    return z


def convolution_backward(x, kernel, da, windows, a=None, inputs=True):
    """Do as `nnlab.layers.convolution.convolution_backward`; with `a` through a relu, whose outputs they are.

    Without `inputs` dx is None.
    """
    weights = joined(kernel, None, x.dtype)
    kind = weights.dtype
    x, da = np.ascontiguousarray(x, kind), np.ascontiguousarray(da, kind)
    layout = laid_out(windows)
    cuts = cut(len(x), da[:1].size * len(weights))
    dweights = np.empty((len(cuts), *weights.shape), kind)
    dx = np.empty(x.shape if inputs else (0, 0, 0, 0), kind)
    relu, a = (False, da) if a is None else (True, np.ascontiguousarray(a, kind))
    pieces_of(
        cuts,
        da.size * len(weights),
        lambda k: backward_piece(x, weights, da, a, layout, relu, *cuts[k], dweights[k], dx),
    )
    total = dweights[0]
    for more in dweights[1:]:  # in their order, whoever computed them
        total += more
    return dx if inputs else None, total[:-1].reshape(kernel.shape), total[-1]


def joined(kernel, bias, kind):
    """Return the kernel as a matrix, (taps, filters), with the bias as its last row."""
    filters = kernel.shape[-1]
    weights = np.zeros((kernel.size // filters + 1, filters), np.result_type(kernel, kind))
    weights[:-1] = kernel.reshape(-1, filters)
    if bias is not None:
        weights[-1] = bias
    return weights


def laid_out(windows):
    """Return what the kernels have to know about the windows, as plain numbers."""
    r, c = windows.rows, windows.columns
    return (r.size, c.size, r.stride, c.stride, r.dilation, c.dilation, r.before, c.before, r.stops, c.stops)


def cut(images, each):
    """Cut a batch in pieces that are worth a thread."""
    return sharing.pieces(images, max(1, WORTH_SHARING // max(1, each)))


def pieces_of(cuts, products, compute):
    """Compute all pieces; BLAS is held to one thread where it would take more."""
    if products <= BLAS_SHARES_FROM:
        sharing.share(compute, len(cuts))
        return
    with single_blas_thread():
        sharing.share(compute, len(cuts))


@part
def block_rows(taps, filters, wide):
    """Return the number of output rows that are computed at a time."""
    return max(1, BLOCK // ((taps + filters) * wide))


@part
def see(x, layout, first, last, seen):
    """Write what each tap sees at the output rows from first to last: (taps + 1, pixels), the last row ones."""
    high, wide, down, along, apart, beside, top, left, n_rows, n_columns = layout
    height, width, channels = x.shape[1], x.shape[2], x.shape[3]
    one, zero = x.dtype.type(1), x.dtype.type(0)
    pixels = (last - first) * n_columns
    for i in range(high):
        for j in range(wide):
            shift = j * beside - left
            low, end = stops_inside(shift, along, width, n_columns)
            step, count = along * channels, end - low
            for c in range(channels):
                tap = ((i * wide + j) * channels + c) * pixels
                image, at = first // n_rows, first % n_rows
                for place in range(tap, tap + pixels, n_columns):
                    y = at * down + i * apart - top
                    inside = y >= 0 and y < height and count > 0
                    if not inside or count < n_columns:
                        row = vector(seen, place, n_columns)
                        for q in range(n_columns):
                            row[q] = zero
                    if inside:
                        start = ((image * height + y) * width + low * along + shift) * channels + c
                        target, source = vector(seen, place + low, count), vector(x, start, (count - 1) * step + 1)
                        if step == 1:  # neighbors are copied by vectors
                            for q in range(count):
                                target[q] = source[q]
                        else:
                            for q in range(count):
                                target[q] = source[q * step]
                    at += 1
                    if at == n_rows:
                        image, at = image + 1, 0
    ones = vector(seen, high * wide * channels * pixels, pixels)
    for q in range(pixels):
        ones[q] = one


@part
def stops_inside(shift, along, width, stops):
    """Return the first stop at which a tap is within the columns of the image, and the one behind the last."""
    low = min(max(0, -(shift // along)), stops)
    return low, max(low, min((width - 1 - shift) // along + 1, stops))


@part
def unsee(dseen, layout, first, last, dx):
    """Add to dx what each tap passes back to the places that it saw: the reverse of `see`."""
    high, wide, down, along, apart, beside, top, left, n_rows, n_columns = layout
    height, width, channels = dx.shape[1], dx.shape[2], dx.shape[3]
    pixels = (last - first) * n_columns
    for i in range(high):
        for j in range(wide):
            shift = j * beside - left
            low, end = stops_inside(shift, along, width, n_columns)
            step, count = along * channels, end - low
            for c in range(channels):
                tap = ((i * wide + j) * channels + c) * pixels
                image, at = first // n_rows, first % n_rows
                for place in range(tap, tap + pixels, n_columns):
                    y = at * down + i * apart - top
                    if y >= 0 and y < height and count > 0:
                        start = ((image * height + y) * width + low * along + shift) * channels + c
                        source, target = vector(dseen, place + low, count), vector(dx, start, (count - 1) * step + 1)
                        if step == 1:
                            for q in range(count):
                                target[q] += source[q]
                        else:
                            for q in range(count):
                                target[q * step] += source[q]
                    at += 1
                    if at == n_rows:
                        image, at = image + 1, 0


@kernel
def forward_piece(x, weights, layout, relu, start, stop, z):
    """Compute z of the images from start to stop; with relu ``max(z, 0)`` in its place."""
    n_rows, n_columns = layout[8], layout[9]
    taps, filters = weights.shape
    rows = block_rows(taps, filters, n_columns)
    seen = np.empty(taps * min(rows, (stop - start) * n_rows) * n_columns, x.dtype)
    zero = x.dtype.type(0)
    for first in range(start * n_rows, stop * n_rows, rows):
        last = min(first + rows, stop * n_rows)
        pixels = (last - first) * n_columns
        see(x, layout, first, last, seen)
        block = matrix(z, first * n_columns * filters, pixels, filters)
        np.dot(matrix(seen, 0, taps, pixels).T, weights, block)
        if relu:
            numbers = vector(z, first * n_columns * filters, pixels * filters)
            for q in range(numbers.shape[0]):
                numbers[q] = max(numbers[q], zero)  # this order of arguments keeps NaN


@kernel
def backward_piece(x, weights, da, a, layout, relu, start, stop, dweights, dx):
    """Compute dweights of the images from start to stop, and their part of dx if it is not empty."""
    n_rows, n_columns = layout[8], layout[9]
    taps, filters = weights.shape
    rows = block_rows(taps, filters, n_columns)
    most = min(rows, (stop - start) * n_rows) * n_columns
    seen, scratch = np.empty(taps * most, x.dtype), np.empty((taps, filters), x.dtype)
    slopes = np.empty(most * filters if relu else 0, x.dtype)
    zero = x.dtype.type(0)
    numbers = vector(dweights, 0, taps * filters)
    for q in range(numbers.shape[0]):
        numbers[q] = zero
    if dx.size > 0:
        each = x.shape[1] * x.shape[2] * x.shape[3]
        places = vector(dx, start * each, (stop - start) * each)
        for q in range(places.shape[0]):
            places[q] = zero
    for first in range(start * n_rows, stop * n_rows, rows):
        last = min(first + rows, stop * n_rows)
        pixels = (last - first) * n_columns
        see(x, layout, first, last, seen)
        at = first * n_columns * filters
        if relu:
            above, after = vector(da, at, pixels * filters), vector(a, at, pixels * filters)
            for q in range(pixels * filters):
                slopes[q] = above[q] if after[q] > zero else above[q] * zero
            dz = matrix(slopes, 0, pixels, filters)
        else:
            dz = matrix(da, at, pixels, filters)
        np.dot(matrix(seen, 0, taps, pixels), dz, scratch)
        more = vector(scratch, 0, taps * filters)
        for q in range(numbers.shape[0]):
            numbers[q] += more[q]
        if dx.size > 0:  # what the taps saw is not needed any more: their gradient takes its place
            np.dot(matrix(weights, 0, taps - 1, filters), dz.T, matrix(seen, 0, taps - 1, pixels))
            unsee(seen, layout, first, last, dx)


def compile_for(dtype):
    """Compile for one dtype, or load it from the cache.

    Parameters
    ----------
    dtype : numpy.dtype
    """
    x, weights, layout = np.zeros((1, 1, 1, 1), dtype), np.zeros((2, 1), dtype), (1, 1, 1, 1, 1, 1, 0, 0, 1, 1)
    forward_piece(x, weights, layout, True, 0, 1, np.zeros_like(x))
    backward_piece(x, weights, x, x, layout, True, 0, 1, np.zeros_like(weights), np.zeros_like(x))
