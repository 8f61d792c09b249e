"""Warping images, compiled. The formulas: `nnlab.layers.augmentation`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.engine._jit import kernel, part

Array = NDArray[Any]

_MODES = {"reflect": 0, "nearest": 1, "wrap": 2, "constant": 3}


def warp(x: Array, rows: Array, columns: Array, fill_mode: str, fill_value: float) -> Array:
    """Return the images as seen at these places, 4 to 5 times as fast as the formula."""
    out = np.empty_like(x, order="C")
    look_up(np.ascontiguousarray(x), rows, columns, _MODES[fill_mode], fill_value, out)
    return out


def warp_backward(da: Array, rows: Array, columns: Array, fill_mode: str) -> Array:
    """Give each pixel's gradient to the four it came from: the transpose of `warp`."""
    dx = np.zeros(da.shape)
    hand_back(np.ascontiguousarray(da), rows, columns, _MODES[fill_mode], dx)
    return dx.astype(da.dtype)


@part
def _inside(i: int, size: int, mode: int) -> int:
    """Where index i lies in the image, as `fill_mode` says; -1: nowhere."""
    if 0 <= i < size:
        return i
    if mode == 0:
        i = i % (2 * size)
        return min(i, 2 * size - 1 - i)
    if mode == 1:
        return min(max(i, 0), size - 1)
    if mode == 2:
        return i % size
    return -1


@kernel
def look_up(x: Array, rows: Array, columns: Array, mode: int, fill_value: float, out: Array) -> None:
    """Set each pixel of out to the weighted mean of the four around its place in x."""
    n, height, width, channels = x.shape
    kind = out.dtype.type
    for k in range(n):
        for i in range(height):
            for j in range(width):
                row, column = rows[k, i, j], columns[k, i, j]
                top, left = int(np.floor(row)), int(np.floor(column))
                target = out[k, i, j]
                for c in range(channels):
                    target[c] = 0
                for corner in range(4):
                    a, b = corner >> 1, corner & 1
                    share = (row - top if a else 1 - (row - top)) * (column - left if b else 1 - (column - left))
                    r, s = _inside(top + a, height, mode), _inside(left + b, width, mode)
                    weight = kind(share)
                    if r < 0 or s < 0:
                        for c in range(channels):
                            target[c] += weight * kind(fill_value)
                    else:
                        source = x[k, r, s]
                        for c in range(channels):
                            target[c] += weight * source[c]


@kernel
def hand_back(da: Array, rows: Array, columns: Array, mode: int, dx: Array) -> None:
    """Add each pixel of da to the four around its place in dx, by their weights."""
    n, height, width, channels = da.shape
    kind = da.dtype.type
    for k in range(n):
        for i in range(height):
            for j in range(width):
                row, column = rows[k, i, j], columns[k, i, j]
                top, left = int(np.floor(row)), int(np.floor(column))
                source = da[k, i, j]
                for corner in range(4):
                    a, b = corner >> 1, corner & 1
                    share = (row - top if a else 1 - (row - top)) * (column - left if b else 1 - (column - left))
                    r, s = _inside(top + a, height, mode), _inside(left + b, width, mode)
                    if r >= 0 and s >= 0:
                        weight, target = kind(share), dx[k, r, s]
                        for c in range(channels):
                            target[c] += weight * source[c]
