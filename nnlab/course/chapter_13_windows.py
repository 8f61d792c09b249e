"""Exercises of chapter 13 on windows: 13.1 to 13.4. Those on gradients are in `nnlab.course.chapter_13_gradients`.

The references are written as a learner would write them: their source is the solution that is shown.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake
from nnlab.language import N_

_RNG = np.random.default_rng(13)


def _whole(*shape: int) -> Array:
    """Draw whole numbers from 1 to 9."""
    return _RNG.integers(1, 10, shape).astype(float)


def convolve(x: Array, k: Array) -> Array:
    """Slide the kernel k over the image x, one pixel a stop, without padding."""
    H, W = x.shape[0] - k.shape[0] + 1, x.shape[1] - k.shape[1] + 1
    output = np.zeros((H, W))
    for i in range(H):
        for j in range(W):
            output[i, j] = (x[i : i + k.shape[0], j : j + k.shape[1]] * k).sum()
    return output


def _per_window(x: Array, k: Array, function: Any) -> Array:
    """Compute a number from each window."""
    H, W = x.shape[0] - k.shape[0] + 1, x.shape[1] - k.shape[1] + 1
    places = [[(i, j) for j in range(W)] for i in range(H)]
    return np.array(
        [[function(x[i : i + k.shape[0], j : j + k.shape[1]]) for i, j in row] for row in places], dtype=float
    ).reshape(max(H, 0), max(W, 0))


def _padded(x: Array, k: Array) -> Array:
    top, left = (k.shape[0] - 1) // 2, (k.shape[1] - 1) // 2
    edges = ((top, k.shape[0] - 1 - top), (left, k.shape[1] - 1 - left))
    return convolve(np.pad(x, edges), k)


CONVOLVE = Exercise(
    number="13.1",
    name="convolve",
    task=N_("Write convolve(x, k): the kernel k slides over the image x, stride 1, no padding, and is not flipped."),
    reference=convolve,
    probes=(
        (np.array([[2.0, 5.0]]), np.array([[1.0, 3.0]])),
        (np.array([[1.0, 2.0, 4.0]]), np.array([[1.0, 10.0]])),
        (np.array([[1.0], [2.0], [5.0]]), np.array([[1.0], [-10.0]])),
        (_whole(3, 3), _whole(2, 2)),
        (_whole(4, 6), _whole(3, 2)),
        (_whole(5, 5), _whole(3, 3)),
    ),
    hints=(
        N_("How many stops has the window in a column, how many in a row? Make an array of zeros of that size first."),
        N_("At the stop (i, j) the window begins at row i and column j, and is as large as the kernel."),
        N_("Two loops over i and j; each number is the sum of the window, a slice of x, times k."),
    ),
    why=N_("Every number of the output is a weighted sum of one window, and the weights are the same at each stop."),
    mistakes=(
        Mistake(
            "flipped",
            N_(
                "You flip the kernel. Mathematicians do; networks do not, because a flipped kernel can be learned, too."
            ),
            lambda x, k: convolve(x, k[::-1, ::-1]),
        ),
        Mistake(
            "padded",
            N_("Your output is as large as the image: you have padded it. Here the window stays inside the image."),
            _padded,
        ),
        Mistake(
            "last stop forgotten",
            N_("The last stop is missing: from n pixels and a kernel of m there are n − m + 1 stops, not n − m."),
            lambda x, k: convolve(x, k)[: x.shape[0] - k.shape[0], : x.shape[1] - k.shape[1]],
        ),
        Mistake(
            "mean",
            N_("You take the mean of the products. A convolution sums them."),
            lambda x, k: convolve(x, k) / k.size,
        ),
        Mistake(
            "no kernel",
            N_("You sum the pixels of each window, but the kernel is not in it: multiply number by number first."),
            lambda x, k: _per_window(x, k, np.sum),
        ),
        Mistake(
            "product of sums",
            N_("You multiply the sum of the window by the sum of the kernel. Multiply number by number, then sum."),
            lambda x, k: _per_window(x, k, lambda window: window.sum() * k.sum()),
        ),
        Mistake(
            "window jumps",
            N_("Your window jumps by its own size from stop to stop. The stride is 1."),
            lambda x, k: convolve(x, k)[:: k.shape[0], :: k.shape[1]],
        ),
    ),
)


def output_size(n: Array, kernel: int, stride: int, padding: int) -> Array:
    """Count the stops of a kernel on n pixels, with so many pixels of padding at each end."""
    return (n + 2 * padding - kernel) // stride + 1


OUTPUT_SIZE = Exercise(
    number="13.2",
    name="output_size",
    task=N_("Write output_size(n, kernel, stride, padding): the stops along n pixels (n is an array)."),
    reference=output_size,
    probes=tuple(
        (np.array(n), *rest)
        for n, *rest in (
            ([3], 3, 1, 0),
            ([5], 3, 1, 0),
            ([5], 3, 1, 1),
            ([8], 3, 2, 0),
            ([28, 9], 3, 2, 1),
            ([28, 9, 12], 5, 3, 2),
        )
    ),
    hints=(
        N_("How far can the window move from its first stop to its last? And how long is a step?"),
        N_("With padding there are n + 2 · padding places. The window covers kernel of them; the rest is its way."),
        N_("The way divided by the stride, rounded down with //, gives the moves; there is one stop more than moves."),
    ),
    why=N_("Stops are one more than moves, and the last move counts only if it is a whole one."),
    mistakes=(
        Mistake(
            "moves",
            N_("You count the moves. There is one stop more: the one where the window begins."),
            lambda n, kernel, stride, padding: (n + 2 * padding - kernel) // stride,
        ),
        Mistake(
            "padding at one end",
            N_("You count the padding once, but it stands at both ends."),
            lambda n, kernel, stride, padding: (n + padding - kernel) // stride + 1,
        ),
        Mistake(
            "rounded up",
            N_("You round up. A move that does not fit as a whole is not made, so round down."),
            lambda n, kernel, stride, padding: np.ceil((n + 2 * padding - kernel) / stride).astype(int) + 1,
        ),
        Mistake(
            "not rounded",
            N_("There are no half stops: divide with //, which rounds down."),
            lambda n, kernel, stride, padding: (n + 2 * padding - kernel) / stride + 1,
        ),
        Mistake(
            "stride ignored",
            N_("The stride is missing: the way of the window is divided by it."),
            lambda n, kernel, _stride, padding: n + 2 * padding - kernel + 1,
        ),
        Mistake(
            "padding ignored",
            N_("The padding is missing: it makes the way of the window longer."),
            lambda n, kernel, stride, _padding: (n - kernel) // stride + 1,
        ),
        Mistake(
            "brackets missing",
            N_("// comes before − and +, so only the kernel is divided: put brackets around the whole way."),
            lambda n, kernel, stride, padding: n + 2 * padding - kernel // stride + 1,
        ),
        Mistake(
            "one added too early",
            N_("You add 1 before you divide. The first stop is counted after the moves are."),
            lambda n, kernel, stride, padding: (n + 2 * padding - kernel + 1) // stride,
        ),
    ),
)


def conv_parameters(kernel: Array, channels: int, filters: int) -> Array:
    """Count the parameters of a convolution with square kernels and biases."""
    return kernel * kernel * channels * filters + filters


CONV_PARAMETERS = Exercise(
    number="13.3",
    name="conv_parameters",
    task=N_(
        "Write conv_parameters(kernel, channels, filters): weights and biases of Conv2D (kernel is an array of sides)."
    ),
    reference=conv_parameters,
    probes=tuple(
        (np.array(kernel), *rest)
        for kernel, *rest in (([1], 1, 1), ([2], 1, 1), ([3], 1, 32), ([3], 5, 2), ([5, 1], 3, 7), ([7, 3, 5], 4, 16))
    ),
    hints=(
        N_("How many numbers does one filter have? It sees a square window, in all channels of its input."),
        N_("One filter has kernel times kernel times channels weights, and one bias."),
        N_("(kernel · kernel · channels + 1) · filters; the size of the image does not matter."),
    ),
    why=N_("The image's size is not in it: the same weights serve at every place."),
    mistakes=(
        Mistake(
            "no bias",
            N_("The biases are missing: each filter has one."),
            lambda kernel, channels, filters: kernel * kernel * channels * filters,
        ),
        Mistake(
            "one bias",
            N_("You count one bias for the whole layer. Each filter has its own."),
            lambda kernel, channels, filters: kernel * kernel * channels * filters + 1,
        ),
        Mistake(
            "one channel",
            N_("A filter looks into all channels of its input: it has a kernel for each of them."),
            lambda kernel, _channels, filters: kernel * kernel * filters + filters,
        ),
        Mistake(
            "one side",
            N_("The kernel is a square: its side counts twice."),
            lambda kernel, channels, filters: kernel * channels * filters + filters,
        ),
        Mistake(
            "bias for each channel",
            N_("There is a bias for each filter, not for each pair of a filter and a channel."),
            lambda kernel, channels, filters: kernel * kernel * channels * filters + channels * filters,
        ),
        Mistake(
            "biases of channels",
            N_("You count a bias for each channel of the input. Each filter has one."),
            lambda kernel, channels, filters: kernel * kernel * channels * filters + channels,
        ),
        Mistake(
            "side doubled",
            N_("You double the side of the kernel. A square has side times side numbers."),
            lambda kernel, channels, filters: 2 * kernel * channels * filters + filters,
        ),
        Mistake(
            "one filter",
            N_("That is one filter. The layer has several, with weights of their own."),
            lambda kernel, channels, _filters: kernel * kernel * channels + 1,
        ),
    ),
)


def max_pool(x: Array) -> Array:
    """Keep the largest number of each 2 by 2 window of x, stride 2; an odd last row or column is left out."""
    H, W = x.shape[0] // 2, x.shape[1] // 2
    blocks = x[: 2 * H, : 2 * W].reshape(H, 2, W, 2)
    return blocks.max(axis=(1, 3))


def _blocks(x: Array, axis: tuple[int, ...], function: Any, order: str = "right") -> Array:
    H, W = x.shape[0] // 2, x.shape[1] // 2
    even = x[: 2 * H, : 2 * W]
    return np.asarray(function(even.reshape((H, 2, W, 2) if order == "right" else (2, H, 2, W)), axis=axis))


def _rest_kept(x: Array) -> Array:
    """Pool with the odd last row and column, too."""
    edges = ((0, x.shape[0] % 2), (0, x.shape[1] % 2))
    return max_pool(np.pad(x, edges, constant_values=-np.inf))


_SIGNED = _RNG.permutation(np.arange(-18, 18)).reshape(6, 6).astype(float)

MAX_POOL = Exercise(
    number="13.4",
    name="max_pool",
    task=N_("Write max_pool(x): the largest number of each 2 × 2 window of x, shape (H, W), with a stride of 2."),
    reference=max_pool,
    probes=(
        (np.array([[1.0, 2.0], [-5.0, -3.0]]),),
        (np.array([[4.0, 1.0, 2.0, 8.0], [3.0, 9.0, 7.0, 5.0]]),),
        (np.array([[1.0, 6.0, 7.0], [5.0, 2.0, 8.0], [4.0, 9.0, 3.0]]),),
        (np.array([[-4.0, -2.0], [-1.0, -9.0], [-3.0, -8.0], [-7.0, -6.0]]),),
        (_SIGNED,),
    ),
    hints=(
        N_("Cut off an odd last row or column first. How many windows are there then, down and across?"),
        N_("reshape(H, 2, W, 2) gives four axes: window row, row inside it, window column, column inside it."),
        N_("Reshape to (H, 2, W, 2), with the halved H and W, and take the maximum along the axes 1 and 3."),
    ),
    why=N_(
        "With stride 2 no two windows overlap, so that the image falls into blocks, and reshape can make them axes."
    ),
    mistakes=(
        Mistake("mean", N_("You take the mean: that is average pooling."), lambda x: _blocks(x, (1, 3), np.mean)),
        Mistake("smallest", N_("You keep the smallest number of each window."), lambda x: _blocks(x, (1, 3), np.min)),
        Mistake(
            "stride of one",
            N_("Your windows overlap: you move by one pixel. The stride is 2."),
            lambda x: _per_window(x, np.ones((2, 2)), np.max),
        ),
        Mistake(
            "one pixel of four",
            N_("You take every second pixel without looking at the other three of its window."),
            lambda x: x[: x.shape[0] // 2 * 2 : 2, : x.shape[1] // 2 * 2 : 2],
        ),
        Mistake(
            "rows only",
            N_("You pool along the rows only: a window is two pixels wide and two high."),
            lambda x: _blocks(x, (3,), np.max).reshape(x.shape[0] // 2 * 2, x.shape[1] // 2),
        ),
        Mistake(
            "axes mixed up",
            N_("Your windows are made of pixels that lie far apart: the shape to reshape to is (H, 2, W, 2)."),
            lambda x: _blocks(x, (0, 2), np.max, "wrong"),
        ),
        Mistake(
            "rest kept",
            N_("An odd last row or column fills no window: it is left out."),
            _rest_kept,
        ),
        Mistake(
            "largest in size",
            N_("You compare sizes without signs. The largest number is asked for: −1 is larger than −5."),
            lambda x: _blocks(np.abs(x), (1, 3), np.max),
        ),
    ),
)

EXERCISES = (CONVOLVE, OUTPUT_SIZE, CONV_PARAMETERS, MAX_POOL)
