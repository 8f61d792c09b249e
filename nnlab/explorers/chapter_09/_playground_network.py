"""The left part of the playground's picture: features, hidden units and their pictures, weights as lines.

All small pictures are copied into the canvas by one artist, and all lines of one sign are one collection.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.collections import LineCollection
from numpy.typing import NDArray

from nnlab.explorers.chapter_09._playground_data import FEATURES
from nnlab.explorers.chapter_09._playground_edits import names_into, place, sources
from nnlab.explorers.chapter_09._playground_places import (
    HEIGHT,
    NETWORK,
    OUTPUT,
    SIZE,
    TOP,
    Places,
    curves,
    on_curve,
    places,
)
from nnlab.explorers.core import Arrays, Values
from nnlab.explorers.letters import Label, Labels
from nnlab.language import _
from nnlab.plots.style import INK, QUIET, SIGNED, Picture, axes_at

Array = NDArray[Any]

TILE = 20  # points of a small picture along each axis
POSITIVE, NEGATIVE = "#d98a00", "#0072B2"
FAINT = 0.22  # share of its color that is left of what is not looked at, and of a feature that is off
OUTPUT_BAR = 20  # length of the output's longest bias in pixels
ROOM = 25  # pixels between a unit and the middle of a number
BAR = 5  # width of a bias in pixels
DEPTH = 0.75  # of the colors' range that is used: its ends are too dark to see a frame on
FULL = 5.0  # a weight of this size has the widest line, a bias the longest bar
LABELS = {
    "x1": "x₁",
    "x2": "x₂",
    "x1*x1": "x₁²",
    "x2*x2": "x₂²",
    "x1*x2": "x₁x₂",
    "sin(x1)": "sin x₁",
    "sin(x2)": "sin x₂",
}


class Tiles(Artist):
    """Small square pictures of numbers: blue below 0, orange above.

    Each has its own scale where its numbers exceed 1, so that a unit whose answers are small looks pale.
    """

    def __init__(self, axes: Axes) -> None:
        super().__init__()
        self.axes = axes
        self.set_transform(axes.transData)
        self._colors = (SIGNED(np.linspace(0, 1, 256)) * 255).round().astype(np.uint8)
        self.show(np.zeros((0, TILE, TILE)), np.zeros((0, 2)), np.zeros(0), np.zeros(0))

    def show(self, values: Array, middles: Array, sides: Array, strength: Array) -> None:
        """Take other pictures.

        Parameters
        ----------
        values : ndarray of shape (T, TILE, TILE)
            The lowest row first; NaN is left white.
        middles : ndarray of shape (T, 2)
            In pixels, y down.
        sides : ndarray of shape (T,)
        strength : ndarray of shape (T,)
            1 for full colors, 0 for white.
        """
        self._values, self._middles, self._sides, self._strength = values, middles, sides, strength

    def draw(self, renderer: RendererBase) -> None:
        """Copy the colors into the picture."""
        assert self.axes is not None
        scale = self.axes.bbox.width / NETWORK
        context = renderer.new_gc()
        for side in np.unique(self._sides):
            chosen, wide = self._sides == side, round(side * scale)
            places = self.get_transform().transform(self._middles[chosen]) - wide / 2
            pictures = self._pixels(self._values[chosen], self._strength[chosen], wide)
            for (x, y), picture in zip(places.round().astype(int).tolist(), pictures, strict=True):
                renderer.draw_image(context, x, y, picture)
        context.restore()

    def _pixels(self, values: Array, strength: Array, side: int) -> Array:
        """Spread, color and frame: (T, side, side, 4)."""
        at = (np.arange(side) + 0.5) / side * (TILE - 1)
        low = np.minimum(at.astype(int), TILE - 2)
        spread = np.zeros((side, TILE), np.float32)
        spread[np.arange(side), low], spread[np.arange(side), low + 1] = 1 - (at - low), at - low
        size = np.abs(np.nan_to_num(values)).max(axis=(1, 2), initial=1, keepdims=True)
        values = (DEPTH * np.nan_to_num(values) / size).astype(np.float32)
        shade = (spread @ values @ spread.T * 127.5 + 127.5).round().clip(0, 255).astype(np.uint8)
        colors = self._colors[shade]
        for k in np.flatnonzero(strength < 1):
            colors[k, :, :, :3] = 255 - ((255 - colors[k, :, :, :3]) * strength[k]).astype(np.uint8)
        edge = np.round(255 - (255 - 110) * np.maximum(strength, 0.3))[:, None, None]
        thick = max(1, side // 32)
        for part in (colors[:, :thick], colors[:, -thick:], colors[:, :, :thick], colors[:, :, -thick:]):
            part[..., :3] = edge[..., None]
        return colors


class NetworkFigure:
    """The artists that move, and their data.

    Parameters
    ----------
    figure : Picture

    Attributes
    ----------
    moving : list of Artist
        In drawing order.
    """

    def __init__(self, figure: Picture) -> None:
        self._axes = axes = axes_at(figure, 0, 0, NETWORK, SIZE[1])
        axes.set(label="network", xlim=(0, NETWORK), ylim=(SIZE[1], 0), zorder=3)
        axes.patch.set_visible(False)
        axes.axis("off")
        axes.text(4, TOP - 12, _("features"), ha="left", va="center", color=INK, weight="bold")
        legend = _("line: weight, dashed below 0 · bar: bias")
        axes.text(NETWORK, TOP + HEIGHT + 12, legend, ha="right", va="center", color=QUIET)
        for name, (x, y) in places(()).features.items():
            axes.text(x - 23, y, LABELS[name], ha="right", va="center_baseline", color=INK)
        self._lines = [
            LineCollection([], colors=color, linestyles=style, capstyle="butt")
            for color, style in ((POSITIVE, "-"), (NEGATIVE, (0, (2.2, 1.1))))
        ]
        self._bars = LineCollection([], linewidths=BAR * 0.72, capstyle="butt")
        self._tiles = Tiles(axes)
        self._ring = axes.plot([], [], color=INK, linewidth=2)[0]
        self._text = Labels(axes)
        for artist in (*self._lines, self._bars, self._tiles, self._text):
            axes.add_artist(artist)
        self.moving: list[Artist] = [*self._lines, self._bars, self._tiles, self._ring, self._text]

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move everything."""
        at = places(values.hidden)
        self._draw_lines(values, arrays, at)
        self._draw_tiles(values, arrays, at)
        titles = [_("layer {number}").format(number=k + 1) for k in range(len(values.hidden))]
        heads = [Label(title, x, TOP - 12, "center") for title, x in zip(titles, at.columns, strict=True)]
        self._text.texts = heads + self._numbers(values, arrays, at)

    def _draw_lines(self, values: Values, arrays: Arrays, at: Places) -> None:
        wires = wires_of(values.features, values.hidden)
        kernels, biases = arrays["_weights"][::2], arrays["_weights"][1::2]
        weight = np.concatenate([kernel.ravel() for kernel in kernels])
        shares, sizes = _shares(weight), np.abs(np.nan_to_num(weight)).clip(0, 1)
        seen = wires.into == values.look if values.look != "output" else np.ones(len(weight), bool)
        alpha = np.where(seen, 0.35 + 0.65 * sizes, FAINT)
        for collection, chosen in zip(self._lines, (shares >= 0, shares < 0), strict=True):
            collection.set_visible(bool(chosen.any()))
            if not chosen.any():
                continue  # matplotlib cannot draw no lines with widths of their own
            collection.set_segments(list(wires.curves[chosen]))
            collection.set_linewidth((0.5 + 3.7 * np.abs(shares[chosen])).tolist())
            collection.set_alpha(alpha[chosen].tolist())
        shares = _shares(np.concatenate(biases))
        ends = wires.bars.copy()
        ends[:, 1, 1] -= shares * np.append(np.full(len(shares) - 1, at.side / 2), OUTPUT_BAR)
        self._bars.set_segments(list(ends))
        self._bars.set_color([POSITIVE if share >= 0 else NEGATIVE for share in shares])

    def _draw_tiles(self, values: Values, arrays: Arrays, at: Places) -> None:
        names = [*FEATURES, *at.units]
        middles = np.array([at.source(name) for name in names])
        strength = np.array([1.0 if name in values.features or name in at.units else FAINT for name in names])
        sides = np.array([round(2 * at.half(name)) for name in names])
        self._tiles.show(arrays["tiles"], middles, sides, strength)
        self._ring.set_data([], [])
        if values.look in at.units:
            (x, y), r = at.units[values.look], at.side / 2 + 2
            self._ring.set_data([x - r, x + r, x + r, x - r, x - r], [y - r, y - r, y + r, y + r, y - r])

    def _numbers(self, values: Values, arrays: Arrays, at: Places) -> list[Label]:
        """Write the weights of the unit that is looked at on its lines; its bias stands over the large field."""
        words = []
        for name in names_into(values.look, values)[:-1]:
            where, source = place(name, values), name.partition("->")[0]
            text = number(float(arrays["_weights"][where[0]][where[1:]]))
            ends = _ends(source, values.look, at)
            x, y = on_curve(ends, max(0.3, ROOM / (ends[2] - ends[0])))
            words.append(Label(text, x, y, "center", bold=name in values.typed, plate=True))
        return words


class Wires(NamedTuple):
    """The lines of a network, in the order of its kernels' elements."""

    curves: Array  # (K, points, 2)
    into: Array  # (K,): names of the units at which they end
    bars: Array  # (B, 2, 2): of the biases, all of length 0


@lru_cache(maxsize=64)
def wires_of(features: tuple[str, ...], hidden: tuple[int, ...]) -> Wires:
    """Lay the lines of a network.

    Parameters
    ----------
    features : tuple of str
    hidden : tuple of int

    Returns
    -------
    Wires
    """
    at, values = places(hidden), Values(features=features, hidden=hidden)
    ends, into, bars = [], [], []
    for layer in range(len(hidden) + 1):
        level = [f"{layer + 1}.{k + 1}" for k in range(hidden[layer])] if layer < len(hidden) else ["output"]
        for source in sources(level[0], values):
            ends += [_ends(source, unit, at) for unit in level]
            into += level
        for unit in level:
            x, y = at.units.get(unit, OUTPUT)
            left = x - 3 if unit == "output" else x - at.side / 2 - 5
            bars.append([(left, y), (left, y)])
    return Wires(curves(np.array(ends)), np.array(into), np.array(bars))


def _ends(source: str, unit: str, at: Places) -> tuple[float, float, float, float]:
    """Where the line from a feature or unit to a unit begins and ends."""
    x0, y0 = at.source(source)
    x1, y1 = at.units.get(unit, OUTPUT)
    return x0 + at.half(source), y0, x1 - 8 - (0 if unit == "output" else at.side / 2), y1


def _shares(weights: Array) -> Array:
    """Bring weights to -1 ... 1 for what is drawn of them; small ones are not lost."""
    weights = np.nan_to_num(weights.astype(np.float64), posinf=FULL, neginf=-FULL)
    return np.asarray(np.sign(weights) * (np.abs(weights) / FULL).clip(0, 1) ** 0.8)


def number(value: float) -> str:
    """Write a weight with two digits behind the point, or shortly where it is large."""
    if not np.isfinite(value):
        return "–"
    text = f"{value:.2f}" if abs(value) < 100 else f"{value:.0e}".replace("e+", "e")
    return text.replace("-", "−")
