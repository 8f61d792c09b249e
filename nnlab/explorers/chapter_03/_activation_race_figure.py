"""What `activation_race` draws: a small decision surface for each activation, and one race of losses.

It trains nothing: it draws the arrays that the explorer computed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from contourpy import contour_generator
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, NullLocator
from numpy.typing import NDArray

from nnlab.language import _
from nnlab.plots.style import CLASS_0, CLASS_1, FIELD, INK, QUIET, Picture

Array = NDArray[Any]

SIZE = (840, 420)
REACH = 2.75  # the surfaces show the square from -2.75 to 2.75
SIDE = 49  # points of a surface along each axis
EPOCHS = 60  # at the right end of the race
LOWEST, HIGHEST = 0.003, 3.0  # the losses that are shown
LINE = 0.125  # of the race's height that a name needs

# Not blue, orange or vermilion: those mean the classes and the gradient. Each line, and ink dark enough for its name.
COLORS = {
    "linear": ("#8c8c8c", QUIET),
    "sigmoid": ("#B35C8F", "#9c3f73"),
    "tanh": ("#56B4E9", "#20719f"),
    "relu": ("#009E73", "#00704f"),
    "gelu": (INK, INK),
}


def grid() -> Array:
    """Points at which a surface is computed, row by row from below.

    Returns
    -------
    ndarray of shape (SIDE * SIDE, 2)
    """
    along = np.linspace(-REACH, REACH, SIDE, dtype=np.float32)
    return np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)


class RaceFigure:
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
        self._panels = [_Panel(figure, k, name) for k, name in enumerate(COLORS)]
        self._race = _Race(figure)
        self.moving = [artist for panel in self._panels for artist in panel.moving] + self._race.moving

    def update(self, arrays: dict[str, Any]) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        """
        for k, panel in enumerate(self._panels):
            panel.update(arrays["surface"][k], arrays["x"], arrays["y"], float(arrays["accuracy"][k]))
        self._race.update(arrays["epoch"], arrays["loss_low"], arrays["loss"], arrays["loss_high"])


class _Panel:
    """One activation: its surface of the first seed, the points, and how many of them are right."""

    def __init__(self, figure: Picture, column: int, name: str) -> None:
        axes = _place(figure, 38 + 160.5 * column, 26, 148, 148)
        axes.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), xticks=[], yticks=[])
        axes.grid(False)
        axes.set_title(name, color=COLORS[name][1], pad=6)
        axes.text(1, -0.05, "x₁", transform=axes.transAxes, ha="right", va="top", color=QUIET)
        if column == 0:
            axes.text(-0.05, 0.5, "x₂", transform=axes.transAxes, ha="right", va="center", color=QUIET)
        self._surface = axes.imshow(
            np.full((SIDE, SIDE), 0.5), cmap=FIELD, vmin=0, vmax=1, origin="lower", interpolation="bilinear",
            extent=(-REACH, REACH, -REACH, REACH),
        )  # fmt: skip
        (self._border,) = axes.plot([], [], color=INK, linewidth=1.3)
        marks: dict[str, Any] = {"linestyle": "", "markeredgecolor": "white", "markeredgewidth": 0.4}
        (self._zeros,) = axes.plot([], [], marker="o", markersize=4.2, color=CLASS_0, **marks)
        (self._ones,) = axes.plot([], [], marker="s", markersize=3.8, color=CLASS_1, **marks)
        frame = Rectangle((0, 0), 1, 1, transform=axes.transAxes, fill=False, edgecolor="#999999", linewidth=0.8)
        axes.add_patch(frame)
        self._right = axes.text(0, -0.05, "", transform=axes.transAxes, va="top", color=INK)
        self.moving: list[Artist] = [self._surface, self._border, self._zeros, self._ones, frame, self._right]

    def update(self, surface: Array, x: Array, y: Array, accuracy: float) -> None:
        self._surface.set_data(surface)
        self._border.set_data(*_border(surface))
        self._zeros.set_data(*x[y == 0].T)
        self._ones.set_data(*x[y == 1].T)
        self._right.set_text(_("median {percent} %").format(percent=int(100 * accuracy + 1e-6)))


class _Race:
    """The losses: a line and a band for each activation, with its name at the end."""

    def __init__(self, figure: Picture) -> None:
        self._axes = axes = _place(figure, 70, 236, 686, 138)
        axes.set_title(_("loss: median over the seeds, and the band between the quartiles"))
        axes.set(xlabel=_("epoch"), ylabel=_("loss"), yscale="log", xlim=(1, EPOCHS), ylim=(LOWEST, HIGHEST))
        axes.set(xticks=[1, *range(10, EPOCHS + 1, 10)], yticks=[0.01, 0.1, 1.0])
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:g}"))
        self._bands = [
            axes.fill_between([1], [1], [1], color=color, alpha=0.22, linewidth=0) for color, _ink in COLORS.values()
        ]
        self._lines = [axes.plot([], [], color=color, linewidth=2.2)[0] for color, _ink in COLORS.values()]
        self._leaders = [
            axes.plot([], [], color=color, linewidth=1, clip_on=False)[0] for color, _ink in COLORS.values()
        ]
        self._names = [axes.text(1, 1, name, color=ink, va="center") for name, (_color, ink) in COLORS.items()]
        self.moving: list[Artist] = [*self._bands, *self._lines, *self._leaders, *self._names]

    def update(self, epoch: Array, low: Array, middle: Array, high: Array) -> None:
        low, middle, high = (np.clip(a, LOWEST, HIGHEST) for a in (low, middle, high))
        height = np.log(HIGHEST / LOWEST)
        places = spread(np.log(middle[:, -1] / LOWEST) / height, LINE)  # shares of the height of the axes
        for k, name in enumerate(self._names):
            outline = np.concatenate([[epoch, low[k]], [epoch[::-1], high[k, ::-1]]], axis=1).T
            self._bands[k].set_verts([outline])
            self._bands[k].set_visible(bool((low[k] < high[k]).any()))  # no band of one seed: 2 ms
            self._lines[k].set_data(epoch, middle[k])
            at = LOWEST * np.exp(height * places[k])
            self._leaders[k].set_data([epoch[-1], epoch[-1] + 0.8], [middle[k, -1], at])
            name.set_position((epoch[-1] + 1.1, at))


def spread(places: Array, gap: float) -> Array:
    """Move places on a line from 0 to 1 apart where they are closer than `gap`, and keep their order.

    Parameters
    ----------
    places : ndarray of shape (K,)
    gap : float
        Less than 1 / (K - 1).

    Returns
    -------
    ndarray of shape (K,)

    Examples
    --------
    >>> spread(np.array([0.5, 0.98, 0.95]), 0.1).round(2).tolist()
    [0.5, 1.0, 0.9]
    """
    order = np.argsort(places, kind="stable")
    out = np.asarray(places, dtype=np.float64)[order]
    for k in range(1, len(out)):
        out[k] = max(out[k], out[k - 1] + gap)
    out[-1] = min(out[-1], 1.0)
    for k in range(len(out) - 2, -1, -1):
        out[k] = min(out[k], out[k + 1] - gap)
    return out[np.argsort(order)]


def _border(surface: Array) -> tuple[Array, Array]:
    """Where the surface crosses one half: all lines in one, with a gap between two."""
    along = np.linspace(-REACH, REACH, SIDE)
    lines = contour_generator(along, along, surface).lines(0.5)
    gap = np.full((1, 2), np.nan)
    points = np.concatenate([gap, *(part for line in lines for part in (np.asarray(line), gap))])
    return points[:, 0], points[:, 1]


def _place(figure: Picture, left: float, top: float, width: float, height: float) -> Axes:
    """Make axes at a place in pixels from the figure's upper left corner."""
    return figure.add_axes((left / SIZE[0], 1 - (top + height) / SIZE[1], width / SIZE[0], height / SIZE[1]))
