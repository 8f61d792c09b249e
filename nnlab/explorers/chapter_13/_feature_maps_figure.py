"""What `feature_maps` draws: the pad, what the network sees, its filters, their maps, and its answer."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection, PolyCollection
from numpy.typing import NDArray

from nnlab.explorers.blocks import outline
from nnlab.explorers.letters import Letters
from nnlab.explorers.tiles import Box, Tiles, frame, gray, page, signed
from nnlab.language import _
from nnlab.plots.style import CLASS_0, INK, QUIET, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 410)
FILTERS = 8
_PAD: Box = (14.0, 38.0, 176.0, 176.0)
_SEEN: Box = (14.0, 246.0, 140.0, 140.0)
_KERNEL, _MAP = 30.0, 78.0  # sides, in pixels of the page
_LEFT, _TOP, _WIDE, _HIGH = 214.0, 38.0, 218.0, 92.0  # of the first filter's place, and of each
_BARS, _LONGEST = 690.0, 92.0


class MapsFigure:
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
        pad = axes_at(figure, *_PAD)
        pad.set(label="pad", xlim=(0, 100), ylim=(100, 0), xticks=[], yticks=[])
        pad.set_axis_off()
        bars = (_BARS - 14, 20)
        for words, (x, y) in (
            (_("draw here"), (_PAD[0], 20)), (_("the network sees"), (_SEEN[0], 230)), (_("it says"), bars),
        ):  # fmt: skip
            axes.text(x, y, words, va="center", color=INK, fontweight="bold")
        for k in range(2):
            for words, x in ((_("filter"), 0.0), (_("map"), _KERNEL + 20), (_("pooled"), _KERNEL + _MAP + 16)):
                axes.text(_LEFT + k * _WIDE + x, 20, words, va="center", color=QUIET)
        for digit in range(10):
            axes.text(_BARS - 14, _row(digit), str(digit), va="center_baseline", color=INK)
        axes.add_collection(LineCollection([frame(box) for box in _boxes()], colors="#c4c4c4", linewidths=2))
        self._tiles = Tiles(axes)  # they cover the inner half of their frames, which stand still
        axes.add_artist(self._tiles)
        self._bars = PolyCollection([], facecolors=CLASS_0, linewidths=0)
        axes.add_collection(self._bars, autolim=False)
        self._percent = Letters(axes, INK, left=True)
        self.moving: list[Artist] = [self._tiles, self._bars, self._percent.artist]

    def update(self, arrays: dict[str, Array]) -> None:
        """Show a drawing and what the network makes of it.

        Parameters
        ----------
        arrays : dict of str to ndarray
            "drawing", "image", "kernels" (3, 3, F), "maps" (26, 26, F), "pooled" (13, 13, F), "probabilities".
        """
        kernels, maps, pooled, p = (arrays[name] for name in ("kernels", "maps", "pooled", "probabilities"))
        limit, top = float(np.abs(kernels).max()), max(float(maps.max()), 1e-9)
        images = [gray(arrays["drawing"]), gray(arrays["image"])]
        for k in range(FILTERS):
            images += [signed(kernels[..., k], limit), signed(maps[..., k], top), signed(pooled[..., k], top)]
        self._tiles.shown = list(zip(images, _boxes(), strict=True))
        boxes = [(_BARS, _row(digit) - 9, max(_LONGEST * share, 0.5), 18.0) for digit, share in enumerate(p)]
        self._bars.set_verts([outline(box) for box in boxes])
        best = int(np.argmax(p))
        place = (min(_BARS + _LONGEST * p[best] + 6, SIZE[0] - 52), _row(best))
        self._percent.write([(f"{min(int(100 * p[best]), 99)} %", place)] if p.any() else [])


def _row(digit: int) -> float:
    """Height of a digit's bar."""
    return 52.0 + 35.0 * digit


def _boxes() -> list[Box]:
    """List the places of the images, in the order in which they are drawn."""
    boxes = [_PAD, _SEEN]
    for k in range(FILTERS):
        left, top = _LEFT + (k % 2) * _WIDE, _TOP + (k // 2) * _HIGH
        boxes.append((left, top + (_MAP - _KERNEL) / 2, _KERNEL, _KERNEL))
        boxes += [(left + _KERNEL + 8 + step * (_MAP + 8), top, _MAP, _MAP) for step in range(2)]
    return boxes
