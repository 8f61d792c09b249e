"""From a drawing to what a network trained on MNIST expects: cropped, scaled, centered. NumPy only.

MNIST's digits were scaled into a box of 20 by 20 pixels with their proportions kept, then put into a field of
28 by 28 so that the center of mass of the ink is in the middle (LeCun et al. 1998, Proc. IEEE 86, 2278-2324).
A drawing that skips these steps is a picture of a kind that the network has never seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlab.language import _

SIDE = 112  # pixels along a side of a drawing: 4 for each pixel that the network sees
PEN = 9.0  # width of the pen in those pixels; as thick, after scaling, as the strokes of MNIST
_FIELD, _BOX = 28, 20

Image = NDArray[np.float32]

# A hand-drawn 3 as two arcs, so that the first screen is not empty: x to the right and y down, from 0 to 1.
_CORNERS = (
    ((0.31, 0.27), (0.33, 0.14), (0.53, 0.12), (0.69, 0.17), (0.67, 0.36), (0.60, 0.44), (0.44, 0.465)),
    ((0.44, 0.465), (0.62, 0.46), (0.73, 0.55), (0.72, 0.74), (0.58, 0.86), (0.38, 0.86), (0.29, 0.74)),
)  # fmt: skip


def sample() -> list[NDArray[np.float64]]:
    """Give the strokes of a hand-drawn 3.

    Returns
    -------
    list of ndarray of shape (points, 2)
    """
    strokes = []
    for corners in _CORNERS:
        points = np.array(corners)
        for _round in range(4):  # Chaikin's corner cutting, the ends kept
            quarter = points[:-1] * 0.75 + points[1:] * 0.25
            points = np.concatenate(
                [points[:1], np.stack([quarter, points[:-1] * 0.25 + points[1:] * 0.75], 1).reshape(-1, 2), points[-1:]]
            )
        strokes.append(points)
    return strokes


def center_digit(drawing: ArrayLike) -> Image | None:
    """Crop, scale and center a drawn digit as MNIST's were.

    Parameters
    ----------
    drawing : array_like of shape (height, width), or a sequence of strokes
        Ink from 0 (paper) to 1, or to 255, at any size; or strokes as for `draw_strokes`.

    Returns
    -------
    ndarray of shape (28, 28) or None
        float32 from 0 to 1; None where the drawing is empty.

    Raises
    ------
    ValueError
        If it is not a gray image.
    """
    ink = as_drawing(drawing)
    inked = ink > 1e-3
    if not inked.any():
        return None
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = _BOX / max(ink.shape)
    height, width = (max(1, round(side * scale)) for side in ink.shape)
    digit = _averages(ink.shape[0], height) @ ink @ _averages(ink.shape[1], width).T

    field = np.zeros((_FIELD, _FIELD), dtype=np.float32)
    top, left = (_start(digit.sum(axis=1 - axis)) for axis in (0, 1))
    field[top : top + height, left : left + width] = digit
    return np.clip(field, 0, 1)


def _start(mass: NDArray[np.float64]) -> int:
    """Where a digit begins in the field, so that its center of mass comes to the middle, as near as pixels allow."""
    center = float(mass @ np.arange(mass.size)) / float(mass.sum())
    return int(np.clip(round(_FIELD / 2 - center), 0, _FIELD - mass.size))


def _averages(n: int, m: int) -> NDArray[np.float64]:
    """Weights of shape (m, n) that average n pixels over m equal intervals: no pixel is skipped, so no jags."""
    edges = np.linspace(0, n, m + 1)
    pixels = np.arange(n)
    low = np.maximum(edges[:-1, None], pixels)  # (m, n)
    high = np.minimum(edges[1:, None], pixels + 1)
    return np.asarray(np.maximum(high - low, 0) * (m / n))


def as_drawing(drawing: ArrayLike) -> Image:
    """Turn an image or strokes into ink from 0 to 1.

    Parameters
    ----------
    drawing : array_like of shape (height, width) or (784,), or a sequence of strokes

    Returns
    -------
    ndarray of shape (height, width)

    Raises
    ------
    ValueError
        If it is neither.
    """
    if isinstance(drawing, (list, tuple)) and _are_strokes(drawing):
        return draw_strokes(drawing)
    a = np.asarray(drawing)
    if a.size == _FIELD**2:
        a = a.reshape(_FIELD, _FIELD)  # (784,), (1, 784), (1, 28, 28), (28, 28, 1)
    if a.ndim != 2 or a.size == 0 or not (np.issubdtype(a.dtype, np.number) or a.dtype == np.bool_):
        words = _(
            "A drawing is a gray image of shape (height, width), or a list of strokes, each a list of points (x, y) "
            "from 0 to 1; got an array of shape {shape}."
        )
        raise ValueError(words.format(shape=a.shape))
    if not np.all(np.isfinite(a)):
        raise ValueError(_("The drawing holds NaN or infinity; ink goes from 0 (paper) to 1, or to 255."))
    white = 255.0 if a.dtype == np.uint8 or a.max() > 1 else 1.0
    return np.asarray(np.clip(a.astype(np.float32) / np.float32(white), 0, 1), dtype=np.float32)


def _are_strokes(drawing: Sequence[Any]) -> bool:
    """Whether each member is a list of points (x, y)."""
    if not drawing:
        return True
    try:
        return all(np.ndim(s) == 2 and np.shape(s)[1] == 2 for s in drawing)
    except ValueError:  # lists of unequal lengths
        return False


def draw_strokes(strokes: Sequence[ArrayLike], side: int = SIDE, pen: float = PEN) -> Image:
    """Draw strokes with a round, soft pen.

    Parameters
    ----------
    strokes : sequence of array_like of shape (points, 2)
        Points (x, y), x to the right and y down, from 0 to 1.
    side : int
        Pixels along a side.
    pen : float
        Width of the pen in pixels.

    Returns
    -------
    ndarray of shape (side, side)
        float32 from 0 to 1.
    """
    center = np.arange(side) + 0.5
    distance = np.full((side, side), np.inf)
    for stroke in strokes:
        points = np.asarray(stroke, dtype=np.float64).reshape(-1, 2) * side
        for (x0, y0), (x1, y1) in zip(points, points[1:] if len(points) > 1 else points, strict=False):
            dx, dy = x1 - x0, y1 - y0
            length2 = dx * dx + dy * dy
            along = ((center[None] - x0) * dx + (center[:, None] - y0) * dy) / (length2 or 1.0)
            t = np.clip(along, 0, 1)
            np.minimum(distance, np.hypot(center[None] - x0 - t * dx, center[:, None] - y0 - t * dy), out=distance)
    return np.clip((pen / 2 + 1 - distance) / 2, 0, 1).astype(np.float32)
