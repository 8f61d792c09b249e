"""Exercises of chapter 13 on the backward pass: 13.5 and 13.6. The others are in `nnlab.course.chapter_13_windows`."""

from __future__ import annotations

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake
from nnlab.language import N_

_RNG = np.random.default_rng(135)


def _whole(*shape: int) -> Array:
    return _RNG.integers(1, 10, shape).astype(float)


def kernel_gradient(x: Array, dz: Array) -> Array:
    """Give the gradient of the kernel of a convolution with stride 1, without padding."""
    H, W = dz.shape
    gradient = np.zeros((x.shape[0] - H + 1, x.shape[1] - W + 1))
    for u in range(gradient.shape[0]):
        for v in range(gradient.shape[1]):
            gradient[u, v] = (x[u : u + H, v : v + W] * dz).sum()
    return gradient


def _first_stop(x: Array, dz: Array) -> Array:
    """Take the first stop for all."""
    shape = kernel_gradient(x, dz).shape
    return x[: shape[0], : shape[1]] * dz[0, 0]


def _last_stop(x: Array, dz: Array) -> Array:
    """Overwrite where one should add."""
    high, wide = kernel_gradient(x, dz).shape
    H, W = dz.shape
    return x[H - 1 : H - 1 + high, W - 1 : W - 1 + wide] * dz[-1, -1]


def _ignoring_dz(x: Array, dz: Array) -> Array:
    return kernel_gradient(x, np.ones_like(dz))


KERNEL_GRADIENT = Exercise(
    number="13.5",
    name="kernel_gradient",
    task=N_("Write kernel_gradient(x, dz): the gradient dk of the kernel, from the image x and the gradient dz."),
    reference=kernel_gradient,
    probes=(
        (np.array([[2.0, 5.0]]), np.array([[3.0]])),
        (np.array([[1.0, 2.0, 4.0]]), np.array([[1.0, 10.0]])),
        (np.array([[1.0], [2.0], [5.0]]), np.array([[1.0], [-10.0]])),
        (_whole(3, 3), _whole(2, 2)),
        (_whole(4, 6), _whole(2, 4)),
        (_whole(6, 5), _whole(3, 3)),
    ),
    hints=(
        N_("How large is the kernel, if the image has n rows and dz has H? Solve the formula of the output's size."),
        N_("The weight k[u, v] is used at each stop (i, j), times the pixel x[i + u, j + v]. What does each stop add?"),
        N_("dk[u, v] is the sum of dz times the pixels that this weight has met, a slice of x that begins at [u, v]."),
    ),
    why=N_("A shared weight collects a share from every stop: the gradient is the image, convolved with dz."),
    mistakes=(
        Mistake(
            "dz flipped",
            N_("You flip dz. Forwards nothing was flipped, so nothing is flipped here."),
            lambda x, dz: kernel_gradient(x, dz[::-1, ::-1]),
        ),
        Mistake(
            "mean over stops",
            N_("You take the mean over the stops. A shared weight gets the sum: every stop has used it."),
            lambda x, dz: kernel_gradient(x, dz) / dz.size,
        ),
        Mistake(
            "first stop only",
            N_("You count the first stop only. The same weight is used at all stops, and all their shares add up."),
            _first_stop,
        ),
        Mistake(
            "overwritten",
            N_("Only the last stop is left: you overwrite dk at each stop, where you should add with +=."),
            _last_stop,
        ),
        Mistake(
            "dz ignored",
            N_("You sum pixels without dz. By the chain rule each pixel counts as much as the slope at its stop."),
            _ignoring_dz,
        ),
        Mistake(
            "sums multiplied",
            N_("You multiply a sum of pixels by the sum of dz. Each pixel belongs to the slope of its own stop."),
            lambda x, dz: _ignoring_dz(x, dz) * dz.sum(),
        ),
    ),
)


def input_gradient(k: Array, dz: Array) -> Array:
    """Give the gradient of the image of a convolution with stride 1, without padding."""
    gradient = np.zeros((dz.shape[0] + k.shape[0] - 1, dz.shape[1] + k.shape[1] - 1))
    for i in range(dz.shape[0]):
        for j in range(dz.shape[1]):
            gradient[i : i + k.shape[0], j : j + k.shape[1]] += dz[i, j] * k
    return gradient


def _overwritten(k: Array, dz: Array) -> Array:
    dx = np.zeros_like(input_gradient(k, dz))
    for (i, j), slope in np.ndenumerate(dz):
        dx[i : i + k.shape[0], j : j + k.shape[1]] = slope * k
    return dx


def _seen(k: Array, dz: Array) -> Array:
    """How many windows see each pixel."""
    return input_gradient(np.ones_like(k), np.ones_like(dz))


def _smaller(k: Array, dz: Array) -> Array:
    """Slide the kernel over dz as forwards."""
    H, W = dz.shape[0] - k.shape[0] + 1, dz.shape[1] - k.shape[1] + 1
    if min(H, W) < 1:
        return np.zeros((max(H, 0), max(W, 0)))
    return np.array(
        [[(dz[i : i + k.shape[0], j : j + k.shape[1]] * k).sum() for j in range(W)] for i in range(H)], dtype=float
    )


INPUT_GRADIENT = Exercise(
    number="13.6",
    name="input_gradient",
    task=N_("Write input_gradient(k, dz): the gradient dx of the image, from the kernel k and the gradient dz."),
    reference=input_gradient,
    probes=(
        (np.array([[2.0, 5.0]]), np.array([[3.0]])),
        (np.array([[1.0, 10.0]]), np.array([[1.0, 2.0, 4.0]])),
        (np.array([[1.0], [-10.0]]), np.array([[1.0], [2.0]])),
        (_whole(2, 2), _whole(2, 2)),
        (_whole(3, 2), _whole(2, 4)),
        (_whole(3, 3), _whole(4, 4)),
    ),
    hints=(
        N_("How large is the image, if dz has H rows and the kernel has m? And what does one stop give back to it?"),
        N_("At the stop (i, j) each pixel of the window was multiplied by its number of the kernel: give that back."),
        N_("For each stop add dz[i, j] times the whole kernel to the slice of dx that the window has seen."),
    ),
    why=N_("Windows overlap, so a pixel collects a share from each window that has seen it: add, do not overwrite."),
    mistakes=(
        Mistake(
            "overwritten",
            N_("Where windows overlap you overwrite what was there. Shares add up: use +=."),
            _overwritten,
        ),
        Mistake(
            "kernel flipped",
            N_(
                "The kernel comes out flipped. Spread from each stop, it is used as it is; slid over dz with zeros "
                "around, it has to be flipped."
            ),
            lambda k, dz: input_gradient(k[::-1, ::-1], dz),
        ),
        Mistake(
            "as forwards",
            N_("You slide the kernel over dz as if forwards, and get fewer numbers. dx is as large as the image."),
            _smaller,
        ),
        Mistake(
            "mean over windows",
            N_("You divide by the number of windows that see a pixel. Their shares add up; there is no mean."),
            lambda k, dz: input_gradient(k, dz) / _seen(k, dz),
        ),
        Mistake(
            "dz ignored",
            N_("You spread the kernel without dz: each stop counts as much as its slope."),
            lambda k, dz: input_gradient(k, np.ones_like(dz)),
        ),
        Mistake(
            "kernel ignored",
            N_("You spread the slopes without the kernel: a pixel counts as much as the weight that it has met."),
            lambda k, dz: input_gradient(np.ones_like(k), dz),
        ),
    ),
)

EXERCISES = (KERNEL_GRADIENT, INPUT_GRADIENT)
