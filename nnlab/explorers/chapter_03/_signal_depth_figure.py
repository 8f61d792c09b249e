"""What `signal_depth` draws: bars of activations, bars of flat units, and the line of gradients."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter, FuncFormatter, NullLocator
from numpy.typing import NDArray

from nnlab.language import N_, _
from nnlab.plots.labels import power_of_ten, short
from nnlab.plots.style import CLASS_0, GHOST, GRADIENT, INK, QUIET, RIGHT_TEXT, Picture, axes_at

Array = NDArray[Any]
Arrays = dict[str, Any]

SIZE = (840, 340)
DEEPEST = 20  # layers
EDGE = 3.2  # of the axis of activations
LOW, HIGH = 1e-10, 1e10  # of the axis of gradients
USEFUL = (0.1, 10.0)  # gradients of a size that a layer can learn from


class DepthFigure:
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
        self._signal = _Signal(axes_at(figure, 64, 54, 266, 152))
        self._flat = _Flat(axes_at(figure, 64, 238, 266, 52))
        self._gradient = _Gradient(axes_at(figure, 490, 54, 256, 236))
        self.moving = [*self._signal.moving, *self._flat.moving, *self._gradient.moving]

    def update(self, arrays: Arrays) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        """
        self._signal.update(arrays)
        self._flat.update(arrays)
        self._gradient.update(arrays)


class _Signal:
    """How the activations are spread in each layer: a pale bar for 90 % of them, a dark one for half, the median."""

    def __init__(self, axes: Axes) -> None:
        axes.set(xlim=(-0.7, DEEPEST + 0.7), ylim=(-EDGE, EDGE))
        axes.set_yticks(range(-3, 4))
        axes.set_xticks(range(0, DEEPEST + 1, 5), [""] * 5)
        axes.set_title(_("forward: the activations"), pad=26)
        axes.set_ylabel(_("activation"), labelpad=12)
        axes.axhline(0, color=GHOST, linewidth=1)
        self._wide = _bars(axes, "#a9cfe6")
        self._narrow = _bars(axes, CLASS_0)
        self._middle = _bars(axes, INK)
        names = ((_("90 %"), "#3f83ad"), (_("half"), CLASS_0), (_("median"), INK))
        self._names = [axes.text(0, 0, name, color=color, va="center") for name, color in names]
        self._words = _note(axes)
        self._axes = axes
        self.moving: list[Artist] = [self._wide, self._narrow, self._middle, *self._names, self._words]

    def update(self, arrays: Arrays) -> None:
        at = arrays["layer"]
        quantiles = np.clip(np.nan_to_num(arrays["quantiles"], posinf=EDGE, neginf=-EDGE), -EDGE, EDGE)
        for bars, low, high in ((self._wide, 0, 4), (self._narrow, 1, 3), (self._middle, 2, 2)):
            thin = 0.03  # so that a bar of height 0 is seen
            bars.set_verts(_boxes(at, quantiles[low] - thin, quantiles[high] + thin))
        self._name(float(at[-1]), quantiles[:, -1])
        words = _("root mean square in layer {depth}: {size}")
        self._words.set_text(words.format(depth=at[-1], size=short(float(arrays["size"][-1]))))

    def _name(self, at: float, places: Array) -> None:
        """Write what the bars mean beside the last one, the three names one above the other."""
        gap = 0.66  # a line of type
        wide, narrow, middle = places[4], (places[2] + places[3]) / 2, places[2]
        narrow = max(narrow, middle + gap)
        wide = max((wide + narrow) / 2, narrow + gap)
        down = max(0.0, wide - EDGE + 0.3)
        for name, place in zip(self._names, (wide, narrow, middle), strict=True):
            name.set_position((at + 0.95, place - down))


class _Flat:
    """In each layer the share of units that are on a flat piece for a sample, and of those that are for all samples."""

    def __init__(self, axes: Axes) -> None:
        axes.set(xlim=(-0.7, DEEPEST + 0.7), ylim=(0, 1), xlabel=_("layer"))
        axes.set_yticks([0, 1], ["0 %", "100 %"])
        axes.set_xticks(range(0, DEEPEST + 1, 5))
        axes.xaxis.set_major_formatter(FixedFormatter([_("input"), *map(str, range(5, DEEPEST + 1, 5))]))
        words = _("units where the slope is almost 0")
        axes.text(0, 1.1, words, transform=axes.transAxes, color="#444444", va="bottom")
        self._flat, self._dead = _bars(axes, "#b5b5b5"), _bars(axes, "#333333")
        self._names = [axes.text(0, 0, "", va="center", color=color) for color in (QUIET, INK)]
        self.moving: list[Artist] = [self._flat, self._dead, *self._names]

    def update(self, arrays: Arrays) -> None:
        at, flat, dead = arrays["layer"][1:], arrays["flat"], arrays["dead"]
        self._flat.set_verts(_boxes(at, 0 * flat, flat))
        self._dead.set_verts(_boxes(at, 0 * dead, dead))
        low = float(np.clip(dead[-1], 0.14, 0.56))
        high = float(np.clip(flat[-1], low + 0.32, 0.88))
        words = (_("{percent} % flat"), _("{percent} % dead"))
        for name, sentence, share, place in zip(self._names, words, (flat, dead), (high, low), strict=True):
            name.set_text(sentence.format(percent=round(100 * float(share[-1]))))
            name.set_position((at[-1] + 0.95, place))


class _Gradient:
    """The size of the gradient in each layer, and the regions in which it is useful, vanishes or explodes."""

    def __init__(self, axes: Axes) -> None:
        axes.set(xlim=(-0.7, DEEPEST + 0.7), ylim=(LOW, HIGH), yscale="log", xlabel=_("layer"))
        axes.set_yticks([10.0**k for k in range(-9, 10, 3)])
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _position: power_of_ten(round(math.log10(value)))))
        axes.set_xticks(range(0, DEEPEST + 1, 5))
        axes.xaxis.set_major_formatter(FixedFormatter([_("input"), *map(str, range(5, DEEPEST + 1, 5))]))
        axes.set_title(_("backward: the gradient"), pad=26)
        axes.set_ylabel(_("gradient"))
        axes.axhspan(*USEFUL, color="#dff1e9", zorder=0)
        regions = ((N_("explodes"), 1e6), (N_("useful"), 1.0), (N_("vanishes"), 1e-6))
        self._regions = [axes.text(DEEPEST + 1.2, at, _(word), va="center", color=QUIET) for word, at in regions]
        (self._line,) = axes.plot([], [], "o-", color=GRADIENT, markersize=5, clip_on=False)
        (self._beyond,) = axes.plot([], [], linestyle="", color=GRADIENT, markersize=8, clip_on=False)
        self._words = _note(axes)
        self.moving: list[Artist] = [*self._regions, self._line, self._beyond, self._words]

    def update(self, arrays: Arrays) -> None:
        at, gradient = arrays["layer"], arrays["gradient"]
        inside = (gradient >= LOW) & (gradient <= HIGH)
        first = int(np.argmax(inside))  # the line ends where it leaves the axes
        shown = np.clip(np.nan_to_num(gradient, nan=HIGH, posinf=HIGH), LOW, HIGH)
        start = max(0, first - 1)
        self._line.set_data(at[start:], shown[start:])
        self._beyond.set_data(at[start:first], shown[start:first])
        self._beyond.set_marker("^" if shown[0] == HIGH else "v")
        bottom = float(gradient[0])
        course = 0 if not bottom <= USEFUL[1] else 2 if bottom < USEFUL[0] else 1
        for k, region in enumerate(self._regions):
            region.set(color=(GRADIENT, RIGHT_TEXT, GRADIENT)[k] if k == course else QUIET)
            region.set_fontweight("bold" if k == course else "normal")
        words = _("root mean square at the input: {size}")
        self._words.set_text(words.format(size=short(bottom)))


def _bars(axes: Axes, color: str) -> PolyCollection:
    bars = PolyCollection([], facecolors=color, linewidths=0)
    axes.add_collection(bars, autolim=False)
    return bars


def _boxes(at: Array, low: Array, high: Array) -> list[Array]:
    """Give the corners of a bar for each layer, each (4, 2)."""
    left, right = at - 0.38, at + 0.38
    return list(np.stack([np.stack([left, right, right, left], 1), np.stack([low, low, high, high], 1)], axis=-1))


def _note(axes: Axes) -> Text:
    """Make room for a line between the title and the axes."""
    return axes.annotate("", (0, 1), (0, 8), xycoords="axes fraction", textcoords="offset points", color=INK)
