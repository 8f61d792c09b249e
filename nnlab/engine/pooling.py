"""Pooling, compiled: each window in one pass; the formulas: `nnlab.layers.pooling`."""

import numpy as np

from nnlab.engine import sharing
from nnlab.engine._jit import kernel, part
from nnlab.engine.views import vector

# Numbers of a piece, from which on a second thread brings more than the 20 us it takes to ask it.
WORTH_SHARING = 100_000


def max_pooling_forward(x, windows):
    """Do as `nnlab.layers.pooling.max_pooling_forward`."""
    x = np.ascontiguousarray(x)
    r, c = windows.rows, windows.columns
    shape = (len(x), r.stops, c.stops, x.shape[3])
    a = np.empty(shape, x.dtype)
    winners = np.empty(shape, np.uint8 if r.size * c.size <= 256 else np.int32)
    layout, cuts = laid_out(windows), cut(x)
    sharing.share(lambda k: max_forward_piece(x, layout, *cuts[k], a, winners), len(cuts))
    return a, winners


def max_pooling_backward(winners, da, windows):
    """Do as `nnlab.layers.pooling.max_pooling_backward`."""
    da = np.ascontiguousarray(da)
    dx = np.empty((len(da), windows.rows.length, windows.columns.length, da.shape[3]), da.dtype)
    layout, cuts = laid_out(windows), cut(dx)
    sharing.share(lambda k: max_backward_piece(winners, da, layout, *cuts[k], dx), len(cuts))
    return dx


def laid_out(windows):
    """Return what the kernels have to know about the windows, as plain numbers."""
    r, c = windows.rows, windows.columns
    return (r.size, c.size, r.stride, c.stride, r.before, c.before)


def cut(x):
    """Cut a batch in pieces that are worth a thread."""
    return sharing.pieces(len(x), max(1, WORTH_SHARING // max(1, x[:1].size)))


@kernel
def max_forward_piece(x, layout, start, stop, a, winners):
    """Pool the images from start to stop."""
    for image in range(start, stop):
        pool_image(x, image, layout, a, winners, image)


@part
def pool_image(x, source, layout, a, winners, image):
    """Write the largest number of each window of x[source], and which tap saw it first, to a[image], winners[image]."""
    high, wide, down, along, top, left = layout
    height, width, channels = x.shape[1], x.shape[2], x.shape[3]
    n_rows, n_columns = a.shape[1], a.shape[2]
    for row in range(n_rows):
        y = row * down - top
        for column in range(n_columns):
            z = column * along - left
            at = ((image * n_rows + row) * n_columns + column) * channels
            best, winner = vector(a, at, channels), vector(winners, at, channels)
            inside = y >= 0 and y + high <= height and z >= 0 and z + wide <= width
            if high == 2 and wide == 2 and inside:
                max_of_four(x, ((source * height + y) * width + z) * channels, best, winner)
            else:
                max_of_any(x, source, y, z, layout, best, winner)


@part
def max_of_four(x, start, best, winner):
    """Do as `max_of_any` for 2 x 2 taps within the image, 3.7 times as fast: all is kept in registers."""
    channels = best.shape[0]
    below = start + x.shape[2] * channels
    first, second = vector(x, start, channels), vector(x, start + channels, channels)
    third, fourth = vector(x, below, channels), vector(x, below + channels, channels)
    for c in range(channels):
        top, tap = first[c], np.int32(0)
        value = second[c]
        wins = above(value, top)
        top, tap = value if wins else top, np.int32(1) if wins else tap
        value = third[c]
        wins = above(value, top)
        top, tap = value if wins else top, np.int32(2) if wins else tap
        value = fourth[c]
        wins = above(value, top)
        best[c], winner[c] = value if wins else top, np.int32(3) if wins else tap


@part
def max_of_any(x, image, y, z, layout, best, winner):
    """Write the largest of the window that begins at row y and column z, and which tap saw it first."""
    high, wide = layout[0], layout[1]
    height, width, channels = x.shape[1], x.shape[2], x.shape[3]
    fresh = True
    for i in range(max(0, -y), min(high, height - y)):
        for j in range(max(0, -z), min(wide, width - z)):
            seen = vector(x, ((image * height + y + i) * width + z + j) * channels, channels)
            tap = winner.dtype.type(i * wide + j)
            for c in range(channels):
                value, top = seen[c], best[c]
                wins = fresh or above(value, top)
                best[c] = value if wins else top
                winner[c] = tap if wins else winner[c]
            fresh = False


@part
def above(value, top):
    """Say whether a value is larger than the largest so far: not where they are equal; NaN is above all numbers."""
    return not (value <= top) and top == top


@kernel
def max_backward_piece(winners, da, layout, start, stop, dx):
    """Give each gradient of the images from start to stop to the place that the winning tap saw."""
    for image in range(start, stop):
        unpool_image(winners, da, image, image, layout, dx, image)


@part
def unpool_image(winners, da, image, source, layout, dx, target):
    """Write to dx[target] the gradients da[source], each at the place of the winner in winners[image]."""
    high, wide, down, along, top, left = layout
    height, width, channels = dx.shape[1], dx.shape[2], dx.shape[3]
    n_rows, n_columns = da.shape[1], da.shape[2]
    zero = da.dtype.type(0)
    # Where each pixel is seen once, it is written, and not read before: twice as fast.
    once = high == down and wide == along and n_rows * down - top >= height and n_columns * along - left >= width
    places = vector(dx, target * height * width * channels, height * width * channels)
    if not once:
        for q in range(places.shape[0]):
            places[q] = zero
    for row in range(n_rows):
        y = row * down - top
        for column in range(n_columns):
            z = column * along - left
            at = (row * n_columns + column) * channels
            each = n_rows * n_columns * channels
            slope, winner = vector(da, source * each + at, channels), vector(winners, image * each + at, channels)
            for i in range(max(0, -y), min(high, height - y)):
                for j in range(max(0, -z), min(wide, width - z)):
                    pixel = vector(places, ((y + i) * width + z + j) * channels, channels)
                    tap = np.int32(i * wide + j)
                    if once:
                        for c in range(channels):
                            pixel[c] = slope[c] if np.int32(winner[c]) == tap else zero
                    else:
                        for c in range(channels):
                            pixel[c] += slope[c] if np.int32(winner[c]) == tap else zero


def compile_for(dtype):
    """Compile for one dtype, or load it from the cache.

    Parameters
    ----------
    dtype : numpy.dtype
    """
    x, winners, layout = np.zeros((1, 1, 1, 1), dtype), np.zeros((1, 1, 1, 1), np.uint8), (1, 1, 1, 1, 0, 0)
    max_forward_piece(x, layout, 0, 1, np.zeros_like(x), winners)
    max_backward_piece(winners, x, layout, 0, 1, np.zeros_like(x))
