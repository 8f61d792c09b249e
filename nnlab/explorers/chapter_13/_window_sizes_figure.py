"""What `window_sizes` draws: an image with its padding, the stops of a window, the output. It computes nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection, PolyCollection
from numpy.typing import NDArray

from nnlab.explorers.blocks import squares
from nnlab.explorers.letters import Letters
from nnlab.explorers.tiles import WINDOW, frame, page
from nnlab.language import _
from nnlab.plots.style import GRADIENT, INK, QUIET, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 396)
AREA = 306.0  # pixels of the page for the padded image, and for the output
CELL = 38.0  # of a pixel, at most
_LEFT, _RIGHT, _TOP = 14.0, 476.0, 40.0
_WRITTEN = 22.0  # pixels from which on a number fits in a cell
_SEEN = np.array([[0.86, 0.93, 0.97], [0.35, 0.65, 0.84]])  # colors of pixels seen once, and most often
_UNSEEN, _PAD = "#bdbdbd", "#ffffff"


class SizesFigure:
    """The artists that move, and their data.

    Parameters
    ----------
    figure : Picture
        Empty, of the size `SIZE`.

    Attributes
    ----------
    moving : list of Artist
        In drawing order.
    """

    def __init__(self, figure: Picture) -> None:
        axes = page(figure)
        self._pointed = axes_at(figure, _LEFT, _TOP, AREA, AREA)
        self._pointed.set(label="image", xticks=[], yticks=[])
        self._pointed.set_axis_off()
        words = _("image: how many windows see each pixel")
        axes.text(_LEFT, 20, words, va="center", color=INK, fontweight="bold")
        axes.text(_RIGHT, 20, _("output: a number for each stop"), va="center", color=INK, fontweight="bold")
        self._cells = PolyCollection([], linewidths=0.8, edgecolors="#9a9a9a")
        self._window = LineCollection([], linewidths=2.6)
        for collection in (self._cells, self._window):
            axes.add_collection(collection, autolim=False)
        self._counts = Letters(axes, INK)
        self._stops = Letters(axes, WINDOW, "bold", size=11)
        self._sum = Letters(axes, INK, "mono", left=True)
        self._lost = Letters(axes, GRADIENT, "bold", left=True)
        self._note = Letters(axes, QUIET, left=True)
        letters = [one.artist for one in (self._counts, self._stops, self._sum, self._lost, self._note)]
        self.moving: list[Artist] = [self._cells, self._window, *letters]

    def update(self, arrays: dict[str, Any], sentence: str, note: str) -> None:
        """Draw the grid anew.

        Parameters
        ----------
        arrays : dict
            "seen" of shape (padded, padded), "before", "size" of the image, "kernel", "stride", "stops", "row",
            "column".
        sentence, note : str
            The arithmetic, and what there is to say of it.
        """
        seen, stops, kernel, stride = arrays["seen"], arrays["stops"], arrays["kernel"], arrays["stride"]
        cell = min(CELL, AREA / max(len(seen), kernel, 1))
        inside = np.zeros(seen.shape, dtype=bool)
        first = slice(arrays["before"], arrays["before"] + arrays["size"])
        inside[first, first] = True
        colors = _colors(seen, inside)
        corners = squares(seen, _LEFT, _TOP, cell)
        row, column = arrays["row"], arrays["column"]
        frames = [frame((_LEFT + column * stride * cell, _TOP + row * stride * cell, kernel * cell, kernel * cell))]
        output = np.zeros((stops, stops))
        if stops:
            corners = np.concatenate([corners, squares(output, _RIGHT, _TOP, cell)])
            white = np.ones((output.size, 3))
            colors = np.concatenate([colors, white])
            frames.append(frame((_RIGHT + column * cell, _TOP + row * cell, cell, cell)))
        self._cells.set_verts(list(corners))
        self._cells.set(facecolor=colors)
        self._window.set_segments(frames)
        self._window.set_color(WINDOW if stops else GRADIENT)
        self._number(seen, inside, cell)
        along = (np.arange(stops) * stride + kernel / 2) * cell
        self._stops.write([("•", (_LEFT + x, _TOP + y)) for y in along for x in along if cell < _WRITTEN])
        self._sum.write([(sentence, (_LEFT, 362.0))])
        self._note.write([(note, (_LEFT, 384.0))])
        self._lost.write([] if stops else [(_("does not fit: no output"), (_RIGHT, _TOP + 14))])
        x0, x1 = (-kernel / 2) / stride, (AREA / cell - kernel / 2) / stride
        self._pointed.set(xlim=(x0, x1), ylim=(x1, x0))  # in stops, the middle of the window under the pointer

    def _number(self, seen: Array, inside: Array, cell: float) -> None:
        """Write into the pixels how often they are seen, where there is room."""
        if cell < _WRITTEN:
            self._counts.write([])
            return
        places = [(i, j) for (i, j), here in np.ndenumerate(inside) if here]
        self._counts.write([(str(seen[i, j]), (_LEFT + (j + 0.5) * cell, _TOP + (i + 0.5) * cell)) for i, j in places])


def _colors(seen: Array, inside: Array) -> Array:
    """Color pixels by how often they are seen; padding is white, what no window sees is gray."""
    from matplotlib.colors import to_rgb

    share = (seen - 1) / max(seen.max() - 1, 1)
    colors = _SEEN[0] + np.clip(share, 0, 1)[..., None] * (_SEEN[1] - _SEEN[0])
    colors[seen == 0] = to_rgb(_UNSEEN)
    colors[~inside] = to_rgb(_PAD)
    return np.asarray(colors.reshape(-1, 3))
