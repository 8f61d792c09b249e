"""Chapter 13's feature maps: draw a digit, shift it, and see what eight trained filters make of it.

What is drawn stands in `nnlab.explorers.chapter_13._feature_maps_figure`; how a drawing becomes 28 by 28 pixels in
`nnlab.explorers.drawing`.
"""

from __future__ import annotations

import threading
from functools import cache, lru_cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from nnlab.explorers import controls
from nnlab.explorers.chapter_13._feature_maps_figure import FILTERS, SIZE, MapsFigure
from nnlab.explorers.chapter_13._network import build, digits, example
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.explorers.drawing import center_digit, draw_strokes, sample
from nnlab.language import N_, _
from nnlab.plots.style import Picture

Array = NDArray[Any]

DRAWN = "drawn"
SHIFT = 8  # pixels at most
TRAINED, EPOCHS, BATCH = 2000, 3, 32
_MOST = 300  # points of a drawing
_NEAR = 2  # hundredths of the pad that the pen must move before a point counts


def _written(strokes: list[list[tuple[int, int]]]) -> str:
    """Write strokes as a line of text: points "x,y" from 0 to 100, with spaces between and ";" between strokes."""
    return ";".join(" ".join(f"{x},{y}" for x, y in stroke) for stroke in strokes)


def read_strokes(text: str) -> list[list[tuple[int, int]]]:
    """Read what a drawing is kept as.

    Parameters
    ----------
    text : str
        Points "x,y" from 0 to 100, y downwards, with spaces between, and ";" between strokes.

    Returns
    -------
    list of list of (int, int)

    Raises
    ------
    ValueError
        If it is something else.

    Examples
    --------
    >>> read_strokes("20,30 40,30;50,60")
    [[(20, 30), (40, 30)], [(50, 60)]]
    """
    try:
        strokes = [[tuple(map(int, point.split(","))) for point in part.split()] for part in text.split(";")]
        right = all(len(point) == 2 and min(point) >= 0 and max(point) <= 100 for part in strokes for point in part)
    except ValueError:
        right = False
    if not right:
        words = _('A drawing is a text of points such as "20,30 40,30;50,60", each from 0 to 100; got {text}.')
        raise ValueError(words.format(text=repr(text)))
    return [[(point[0], point[1]) for point in part] for part in strokes if part]


THREE = _written([[(round(100 * x), round(100 * y)) for x, y in stroke[::6]] for stroke in sample()])


@explorer(chapter="13")
def feature_maps(image: str = DRAWN, right: int = 0, down: int = 0, drawing: str = THREE) -> FeatureMaps:
    """Draw a digit, or take one of the data, shift it, and see the maps of eight trained filters.

    Parameters
    ----------
    image : {"drawn", "0", "1", ... "9"}
        The drawing, or the first training image of a digit.
    right, down : int
        By how many pixels the image is shifted, from -8 to 8.
    drawing : str
        Points "x,y" from 0 to 100, y downwards; ";" between strokes.

    Returns
    -------
    FeatureMaps
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value, or the drawing cannot be read.
    """
    read_strokes(drawing)
    return FeatureMaps(image=image, right=right, down=down, drawing=drawing)


class _Network:
    """The one trained network of all pads."""

    def __init__(self) -> None:
        self._lock, self._model = threading.Lock(), None

    def model(self, eagerly: bool) -> Any:
        """Return the network, trained when it is first asked for."""
        with self._lock:
            if self._model is None:
                model = build(FILTERS, 3, pooling=True, learning_rate=0.005, run_eagerly=eagerly)
                x, y, _x_test, _y_test = digits()
                model.fit(x[:TRAINED], y[:TRAINED], batch_size=BATCH, epochs=EPOCHS, verbose=0)
                self._model = model
            return self._model


@cache
def network() -> _Network:
    """Return the network of all pads.

    Returns
    -------
    _Network
    """
    return _Network()


@lru_cache(maxsize=8)
def _drawing(text: str) -> tuple[Array, Array]:
    """Draw strokes, and bring the drawing to the middle of 28 by 28 pixels."""
    drawing = draw_strokes([np.array(stroke) / 100 for stroke in read_strokes(text)])
    centered = center_digit(drawing)
    return drawing, np.zeros((28, 28), np.float32) if centered is None else centered


def shifted(image: Array, right: int, down: int) -> Array:
    """Shift an image; paper comes in at the edges.

    Parameters
    ----------
    image : ndarray of shape (height, width)
    right, down : int

    Returns
    -------
    ndarray of shape (height, width)

    Examples
    --------
    >>> shifted(np.array([[1, 2, 3]]), 1, 0).tolist()
    [[0, 1, 2]]
    """
    out = np.zeros_like(image)
    high, wide = image.shape
    rows, columns = slice(max(down, 0), high + min(down, 0)), slice(max(right, 0), wide + min(right, 0))
    out[rows, columns] = image[max(-down, 0) : high - max(down, 0), max(-right, 0) : wide - max(right, 0)]
    return out


class FeatureMaps(Explorer):
    """The widget that `feature_maps` returns."""

    name = "feature_maps"
    size = SIZE
    rows = (("image",), ("right", "down"))
    pointer = {"pad": ((None, None),)}  # a stroke goes where the pointer goes: see `pointed`
    trains = True
    presets = {
        N_("clear"): {"image": DRAWN, "drawing": ""},
        N_("the drawn 3"): {"image": DRAWN, "drawing": THREE, "right": 0, "down": 0},
        N_("shifted by 4"): {"right": 4, "down": 0},
        N_("shifted by 8"): {"right": 8, "down": 0},
        N_("back in the middle"): {"right": 0, "down": 0},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls; the drawing itself is one that the page does not show."""
        return {
            "image": controls.choice(_("image"), DRAWN, (DRAWN, *map(str, range(10)))),
            "right": controls.count(_("to the right, pixels"), 0, -SHIFT, SHIFT),
            "down": controls.count(_("downwards, pixels"), 0, -SHIFT, SHIFT),
            "drawing": controls.text(_("drawing"), THREE),
        }

    def pointed(self, axes: str, x: float, y: float) -> None:
        """Begin a stroke, or go on with it; a stroke over a digit of the data begins a new drawing."""
        point = int(np.clip(round(x), 0, 100)), int(np.clip(round(y), 0, 100))
        values = self._values()
        strokes = read_strokes(values.drawing) if values.image == DRAWN else []
        if self.pressed or not strokes:
            strokes.append([point])
        elif max(abs(point[0] - strokes[-1][-1][0]), abs(point[1] - strokes[-1][-1][1])) >= _NEAR:
            strokes[-1].append(point)
        if sum(map(len, strokes)) <= _MOST:
            self.set(image=DRAWN, drawing=_written(strokes))

    def compute(self, values: Values, task: Task) -> Arrays:
        """Bring the image to what the network expects, shift it, and go forward layer by layer."""
        if values.image == DRAWN:
            drawing, image = _drawing(values.drawing)
        else:
            image = example(int(values.image)).astype(np.float32) / 255
            drawing = image
        empty = not image.any()
        image = shifted(image, values.right, values.down)
        model = network().model(task.eagerly)
        convolution, pooling, flatten, dense = model.layers
        maps = convolution.forward(image[None, :, :, None])
        pooled = pooling.forward(maps)
        p = dense.forward(flatten.forward(pooled))[0]
        return {
            "drawing": drawing, "image": image, "kernels": convolution.kernel[:, :, 0], "maps": maps[0],
            "pooled": pooled[0], "probabilities": np.zeros(10) if empty else np.asarray(p, dtype=np.float64),
        }  # fmt: skip

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw what stands still."""
        self._picture = MapsFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Show images, maps and bars."""
        self._picture.update(arrays)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what network it is."""
        words = _(
            "A network with {filters} filters of 3 × 3, ReLU, max pooling and ten outputs, trained on {digits} "
            "centered digits. The drawing is centered as they are, then shifted."
        )
        return words.format(filters=FILTERS, digits=f"{TRAINED:,}")

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Say that there is nothing to see."""
        return "" if arrays["probabilities"].any() else _("Nothing is drawn yet: draw on the pad, or choose a digit.")

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say what goes in; what comes out only where it is clear."""
        p = np.sort(arrays["probabilities"])
        what = _("a drawing") if values.image == DRAWN else _("a handwritten {digit}").format(digit=values.image)
        words = _(
            "The eight filters of a trained network, with their feature maps and pooled maps, for {what}, shifted by "
            "{right} pixels to the right and {down} downwards."
        )
        text = words.format(what=what, right=values.right, down=values.down)
        if not arrays["probabilities"].any():
            return f"{text} " + _("Nothing is drawn yet.")
        if p[-1] - p[-2] < 0.3:
            return f"{text} " + _("The network is not sure.")
        return f"{text} " + _("The network says {digit}.").format(digit=int(arrays["probabilities"].argmax()))
