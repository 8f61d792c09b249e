"""What `phase_map` draws: the map with its chosen pixel, and beside it that very training."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import FuncFormatter, NullLocator
from numpy.typing import NDArray

from nnlab.explorers.chapter_06._phase_runs import LOST, SIDE, STEPS, data, graded
from nnlab.explorers.decision import DecisionSurface
from nnlab.language import _
from nnlab.plots.style import GHOST, INK, QUIET, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 410)
REACH, SURFACE = 2.75, 49  # the plane shows the square from -2.75 to 2.75 in so many points along an edge
_MAP = (88, 30, 330, 330)  # in pixels of the page; six for each pixel of the map
_LOW, _HIGH = 1e-3, 1e5  # of the loss as a multiple of the first one

#: Trained at once (green), got nowhere (white), diverged late to at once (purple, soon darker than any green: to eyes
#: that do not tell the two apart, too).
PHASES = LinearSegmentedColormap.from_list(
    "nnlab-phases",
    [(0.0, "#009E73"), (0.25, "#74cbb0"), (0.5, "#f4f7f5"), (0.53, "#d39abf"), (0.62, "#9c4a7e"), (1.0, "#2c0b20")],
)


class Pixels(Artist):
    """A square of numbers from -1 to 1 that fills its axes, each as a plain square of its color.

    Parameters
    ----------
    axes : Axes
    values : ndarray of shape (side, side)
        The lowest row first; NaN is left white.
    """

    def __init__(self, axes: Axes, values: Array) -> None:
        super().__init__()
        self.axes, self.values = axes, values
        self.set_transform(axes.transData)
        self._colors = (PHASES(np.linspace(0, 1, 256)) * 255).round().astype(np.uint8)

    def draw(self, renderer: RendererBase) -> None:
        """Copy the colors into the picture."""
        assert self.axes is not None
        box = self.axes.bbox
        left, bottom, right, top = (round(edge) for edge in (box.x0, box.y0, box.x1, box.y1))
        shade = np.nan_to_num((self.values + 1) * 127.5).clip(0, 255).round().astype(np.uint8)
        pixels = self._colors[shade]
        pixels[np.isnan(self.values)] = 255
        rows, columns = (np.arange(size) * len(pixels) // size for size in (top - bottom, right - left))
        context = renderer.new_gc()
        renderer.draw_image(context, left, bottom, np.ascontiguousarray(pixels[rows[:, None], columns]))
        context.restore()


class PhaseFigure:
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
        self._map, self._loss = _Map(figure), _Loss(figure)
        plane = axes_at(figure, 516, 236, 124, 124)
        plane.set(xticks=[], yticks=[])
        plane.set_title(_("what it has learned"))
        plane.text(1, -0.04, "x₁", transform=plane.transAxes, ha="right", va="top", color=QUIET)
        plane.text(-0.05, 0.5, "x₂", transform=plane.transAxes, ha="right", va="center", color=QUIET)
        self._plane = DecisionSurface(plane, REACH, SURFACE, 7)
        _legend(figure)
        self.moving: list[Artist] = [*self._map.moving, *self._loss.moving, *self._plane.moving]

    def update(self, arrays: dict[str, Any], column: int, row: int, zoom: int) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        column, row : int
            The chosen pixel.
        zoom : int
        """
        self._map.update(arrays, column, row, zoom)
        self._loss.update(arrays["loss"])
        x, y = data()
        self._plane.update(arrays["surface"], x, y > 0)


class _Map:
    """The grades of all trainings, the numbers at its edges, and a frame around the chosen pixel."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, *_MAP)
        axes.set(label="map", xlim=(-0.5, SIDE - 0.5), ylim=(-0.5, SIDE - 0.5), xticks=[], yticks=[])
        axes.grid(False)
        axes.set_title(_("each pixel is a training"))
        axes.set_xlabel(_("learning rate"), labelpad=20)
        axes.set_ylabel(_("scale of the first weights"))
        axes.yaxis.set_label_coords(-0.21, 0.5)
        self._pixels = Pixels(axes, np.full((SIDE, SIDE), np.nan))
        axes.add_artist(self._pixels)
        marks: dict[str, Any] = {"marker": "s", "linestyle": "", "markerfacecolor": "none", "markersize": 8}
        (self._outer,) = axes.plot([], [], markeredgecolor="white", markeredgewidth=4, **marks)
        (self._inner,) = axes.plot([], [], markeredgecolor=INK, markeredgewidth=1.8, **marks)
        ends = ((0, "left"), (SIDE // 2, "center"), (SIDE - 1, "right"))
        self._x = [axes.text(at, -1.6, "", ha=side, va="top", color=INK, clip_on=False) for at, side in ends]
        lines = ((0, "bottom"), (SIDE // 2, "center"), (SIDE - 1, "top"))
        self._y = [axes.text(-1.4, at, "", ha="right", va=side, color=INK, clip_on=False) for at, side in lines]
        self.moving: list[Artist] = [self._pixels, self._outer, self._inner, *self._x, *self._y]

    def update(self, arrays: dict[str, Any], column: int, row: int, zoom: int) -> None:
        self._pixels.values = arrays["grade"]
        for frame in (self._outer, self._inner):
            frame.set_data([column], [row])
        digits = 2 + int(np.log10(zoom))
        places = (0, SIDE // 2, SIDE - 1)
        for texts, values in ((self._x, arrays["rates"]), (self._y, arrays["scales"])):
            for text, place in zip(texts, places, strict=True):
                text.set_text(f"{values[place]:.{digits}g}")


class _Loss:
    """The loss of the chosen training after each step, as a multiple of the first one."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, 516, 30, 300, 132)
        axes.set(xlim=(0, STEPS), ylim=(_LOW, _HIGH), yscale="log", xlabel=_("step"), xticks=range(0, STEPS + 1, 50))
        axes.set_yticks([10.0**k for k in range(-3, 6, 2)])
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _position: f"$10^{{{round(np.log10(value))}}}$"))
        axes.set_ylabel(_("loss ÷ its first"))
        axes.plot([0, STEPS], [LOST, LOST], color=GHOST, linestyle=(0, (4, 2)), linewidth=1.6)
        (self._line,) = axes.plot([], [], color=INK, linewidth=1.8)
        self._verdict = axes.text(0, 1.06, "", transform=axes.transAxes, color=INK, fontweight="bold")
        self.moving: list[Artist] = [self._line, self._verdict]

    def update(self, loss: Array) -> None:
        share = np.nan_to_num(loss / loss[0], nan=np.inf)
        over = np.flatnonzero(share > 10 * _HIGH)
        end = int(over[0]) + 1 if len(over) else STEPS
        self._line.set_data(np.arange(end), np.clip(share[:end], _LOW / 10, 10 * _HIGH))
        self._verdict.set_text(verdict(loss))


def verdict(loss: Array) -> str:
    """Say in some words how a training went.

    Parameters
    ----------
    loss : ndarray of shape (steps,)

    Returns
    -------
    str
    """
    share = loss / loss[0]
    if graded(loss) > 0:
        return _("diverged: lost at step {step}").format(step=int(np.argmax(~(share < LOST))))
    last = float(share[-20:].mean())
    if last < 0.5:
        return _("trained: {percent} of its first loss left").format(percent=f"{last:.0%}")
    return _("got nowhere, but did not diverge")


def _legend(figure: Picture) -> None:
    """Show the colors beside the words for their ends."""
    axes = axes_at(figure, 686, 236, 13, 124)
    axes.set(xticks=[], yticks=[], xlim=(0, 1), ylim=(-1, 1))
    axes.add_artist(Pixels(axes, np.repeat(np.linspace(-1, 1, 78)[:, None], 78, axis=1)))
    places = (
        (1.0, "top", _("diverged\nat once")),
        (0.0, "center", _("got nowhere")),
        (-1.0, "bottom", _("trained\nat once")),
    )
    for at, side, words in places:
        axes.text(1.45, at, words, va=side, color=INK, fontsize=10, clip_on=False)
