"""What `own_activation` draws: the curve with its slope, the decision surface, and the loss.

It reads no formula and trains nothing: it draws the arrays that the explorer computed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator
from numpy.typing import NDArray

from nnlab.explorers.decision import DecisionSurface
from nnlab.language import _
from nnlab.plots.style import CLASS_0, CLASS_1, GHOST, GRADIENT, INK, Picture, axes_at

Array = NDArray[Any]
Arrays = dict[str, Any]

SIZE = (840, 320)
REACH = 6.0  # of the curve
SQUARE, SIDE = 2.75, 49  # the surface shows the square from -2.75 to 2.75, with so many points along an edge
EPOCHS = 400
LOWEST, HIGHEST = 1e-4, 10.0  # the losses that are shown


class OwnFigure:
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
        self._curve = _Curve(axes_at(figure, 50, 54, 206, 212))
        self._surface = _Surface(axes_at(figure, 352, 54, 212, 212))
        self._loss = _Loss(axes_at(figure, 658, 54, 162, 212))
        self.moving = [*self._curve.moving, *self._surface.moving, *self._loss.moving]

    def update(self, formula: str, arrays: Arrays) -> None:
        """Move everything.

        Parameters
        ----------
        formula : str
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        """
        self._curve.update(formula, arrays)
        self._surface.update(arrays)
        self._loss.update(arrays)


class _Curve:
    """The activation and its slope in one axes; what is not finite is a gap."""

    def __init__(self, axes: Axes) -> None:
        axes.set(xlim=(-REACH, REACH), xticks=range(-6, 7, 2), xlabel="z", ylim=(-1, 1))
        axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:g}".replace("-", "−")))
        axes.set_title(_("your activation"), pad=26)
        axes.axvline(0, color=GHOST, linewidth=1)
        self._zero = axes.axhline(0, color=GHOST, linewidth=1)
        (self._f,) = axes.plot([], [], color=CLASS_0, linewidth=3.4)
        (self._slope,) = axes.plot([], [], color=GRADIENT, linewidth=1.8)
        names = (("f(z)", CLASS_0), ("f′(z)", GRADIENT))
        self._names = [axes.text(REACH + 0.35, 0, name, color=color, va="center") for name, color in names]
        self._words = _note(axes)
        self._axes = axes
        self.moving: list[Artist] = [axes.yaxis, self._zero, self._f, self._slope, *self._names, self._words]

    def update(self, formula: str, arrays: Arrays) -> None:
        z, curves = arrays["z"], [arrays["f"], arrays["slope"]]
        low, high = _limits(z, curves)
        self._axes.set_ylim(low, high)
        for line, curve in zip((self._f, self._slope), curves, strict=True):
            line.set_data(z, _gaps(curve, low, high))
        ends = _apart([curve[np.isfinite(curve)] for curve in curves], low, high)
        for name, end in zip(self._names, ends, strict=True):
            name.set_y(end)
        self._words.set_text("f(z) = " + (formula if len(formula) <= 24 else formula[:23] + "…"))


def _limits(z: Array, curves: list[Array]) -> tuple[float, float]:
    """Choose the heights to show: those of the inner half, where most z are, with steep ends and poles cut off."""
    low, high = 0.0, 0.0
    for curve in curves:
        finite = np.isfinite(curve)
        inner, core = curve[finite & (np.abs(z) <= REACH / 2)], curve[finite & (np.abs(z) <= 1)]
        if len(inner):
            most = 4 * max(1.0, float(np.median(np.abs(core)))) if len(core) else np.inf
            low, high = min(low, max(-most, float(inner.min()))), max(high, min(most, float(inner.max())))
    span = max(high - low, 0.5)
    return low - 0.12 * span, high + 0.12 * span


def _apart(curves: list[Array], low: float, high: float) -> list[float]:
    """Place the names of two curves at their right ends, inside the axes and a line of type apart."""
    gap, edge = 0.09 * (high - low), 0.03 * (high - low)
    ends = [float(np.clip(curve[-1], low + edge, high - edge)) if len(curve) else 0.0 for curve in curves]
    upper = int(ends[1] > ends[0])
    if abs(ends[0] - ends[1]) < gap:
        middle = float(np.clip(sum(ends) / 2, low + edge + gap / 2, high - edge - gap / 2))
        ends[upper], ends[1 - upper] = middle + gap / 2, middle - gap / 2
    return ends


def _gaps(curve: Array, low: float, high: float) -> Array:
    """Leave out what is not finite, and the line from one side of a pole to the other."""
    seen = np.where(np.isfinite(curve), curve, np.nan)
    far = high - low
    seen[1:][(seen[1:] > high) & (seen[:-1] < low) | (seen[1:] < low) & (seen[:-1] > high)] = np.nan
    return np.clip(seen, low - far, high + far)


class _Surface:
    """What the network answers, from blue to orange, where it changes its mind, and the points."""

    def __init__(self, axes: Axes) -> None:
        axes.set(xlabel="x₁", ylabel="x₂", xticks=range(-2, 3), yticks=range(-2, 3))
        axes.set_title(_("what it separates"), pad=26)
        for at, mark, color, words in ((0.0, "●", CLASS_0, _("class 0")), (0.42, "■", CLASS_1, _("class 1"))):
            _note(axes, at).set(text=mark, color=color)
            _note(axes, at + 0.075).set_text(words)
        self._surface = DecisionSurface(axes, SQUARE, SIDE, 5.0)
        self.moving = self._surface.moving

    def update(self, arrays: Arrays) -> None:
        self._surface.update(arrays["surface"], arrays["x"], arrays["y"])


class _Loss:
    """The loss of each epoch, and how many points are right now."""

    def __init__(self, axes: Axes) -> None:
        axes.set(xlim=(0, EPOCHS), ylim=(LOWEST, HIGHEST), yscale="log", xlabel=_("epoch"), ylabel=_("loss"))
        axes.set(xticks=range(0, EPOCHS + 1, 100), yticks=[10.0**k for k in range(-4, 2)])
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:g}"))
        axes.set_title(_("how it learns"), pad=26)
        (self._line,) = axes.plot([], [], color=INK, linewidth=2.2)
        self._words = _note(axes)
        self.moving: list[Artist] = [self._line, self._words]

    def update(self, arrays: Arrays) -> None:
        self._line.set_data(arrays["epoch"], np.clip(arrays["loss"], LOWEST, HIGHEST))
        words = _("{percent} % are right")
        if int(arrays["diverged"]):
            words = _("diverged at step {step}")
        percent = int(100 * float(arrays["accuracy"]) + 1e-6)
        self._words.set_text(words.format(percent=percent, step=int(arrays["diverged"])))


def _note(axes: Axes, at: float = 0.0) -> Text:
    """Make room for a line between the title and the axes."""
    return axes.annotate("", (at, 1), (0, 8), xycoords="axes fraction", textcoords="offset points", color=INK)
