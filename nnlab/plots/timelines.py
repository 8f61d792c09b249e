"""The history of neural networks as a picture of three lines of years. The sources are in chapter 01."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from nnlab.language import N_, _
from nnlab.plots.style import GHOST, GRADIENT, INK, QUIET, Picture, axes_at, beside, new_figure, styled


@dataclass(frozen=True)
class Milestone:
    """One milestone.

    Parameters
    ----------
    year : int
    what, who : str
        Both short: they stand in one line each.
    above : bool
        On which side of the line the label stands.
    align : {"center", "left", "right"}
        Which of its edges stands at the year.
    gradient : bool
        Whether it is a step on the way to backpropagation.
    """

    year: int
    what: str
    who: str
    above: bool
    align: str = "center"
    gradient: bool = False


UNIT = (
    Milestone(1943, N_("threshold unit"), "McCulloch & Pitts", True),
    Milestone(1949, N_("learning between cells"), "Hebb", False),
    Milestone(1958, N_("perceptron"), "Rosenblatt", True),
    Milestone(1960, "Adaline", "Widrow & Hoff", False),
    Milestone(1962, N_("convergence"), "Novikoff", True),
    Milestone(1969, N_("limits of one layer"), "Minsky & Papert", False, "right"),
)
LAYERS = (
    Milestone(1970, N_("derivatives backward"), "Linnainmaa", True, "left", gradient=True),
    Milestone(1974, N_("ordered derivatives"), "Werbos", False, gradient=True),
    Milestone(1980, N_("neocognitron"), "Fukushima", True),
    Milestone(1982, N_("associative memory"), "Hopfield", False),
    Milestone(1986, N_("backpropagation"), N_("Rumelhart and others"), True, gradient=True),
    Milestone(1989, N_("convolutional network"), N_("LeCun and others"), False),
    Milestone(1997, "LSTM", "Hochreiter & Schmidhuber", True),
    Milestone(1998, "LeNet-5", N_("LeCun and others"), False),
)
DEPTH = (
    Milestone(2006, N_("deep belief nets"), "Hinton, Osindero & Teh", True),
    Milestone(2012, "AlexNet", N_("Krizhevsky and others"), True),
    Milestone(2014, N_("attention · GAN"), "Bahdanau · Goodfellow", False, "right"),
    Milestone(2015, "ResNet", N_("He and others"), True, "left"),
    Milestone(2017, N_("transformer"), N_("Vaswani and others"), False),
    Milestone(2020, "GPT-3", N_("Brown and others"), True),
    Milestone(2021, "AlphaFold 2", N_("Jumper and others"), False),
)
WINTERS = ((1974, 1980), (1987, 1993))

_WIDTH, _BAND, _NAMES = 840, 150, 92  # in pixels; the last is the column of the parts' names


@styled
def timeline() -> Picture:
    """Draw the milestones from the threshold unit to today, with the two winters of artificial intelligence.

    Returns
    -------
    Picture

    Examples
    --------
    >>> timeline().alt.startswith("A timeline from 1943 to 2021")
    True
    """
    figure = new_figure(_WIDTH, 3 * _BAND + 8, layout=None)
    unit = _band(figure, 0, (1941, 1971), UNIT, _("one unit"))
    layers = _band(figure, 1, (1969, 2001), LAYERS, _("layers"))
    _band(figure, 2, (2004.5, 2022.5), DEPTH, _("depth"))
    for begin, end in WINTERS:
        layers.axvspan(begin, end, ymin=0.45, ymax=0.55, color="#dbe9f3", linewidth=0, zorder=0)
        at = end - 1.4  # beside the year that stands under the line
        beside(layers, _("winter"), (at, 0), (0, -13), ha="center", va="top", color="#3f6a87", fontsize=10)
    words = _("vermilion: on the way\nto backpropagation")
    beside(unit, words, (0.34, 0.84), (0, 0), "axes fraction", ha="center", color="#a84a00")
    figure.alt = _(
        "A timeline from 1943 to 2021 in three parts. One unit: {unit}. Layers: {layers}. Depth: {depth}. Winters of "
        "artificial intelligence: about 1974 to 1980 and 1987 to 1993."
    ).format(unit=_told(UNIT), layers=_told(LAYERS), depth=_told(DEPTH))
    return figure


def _band(figure: Picture, number: int, years: tuple[float, float], stones: tuple[Milestone, ...], name: str) -> Axes:
    """Draw one line of years with its milestones."""
    axes = axes_at(figure, _NAMES, 4 + number * _BAND, _WIDTH - _NAMES - 22, _BAND)
    axes.set(xlim=years, ylim=(-1, 1), xticks=[], yticks=[])
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.plot(years, (0, 0), color=GHOST, linewidth=2.5, solid_capstyle="butt", zorder=1)
    beside(axes, name, (0, 0.5), (-8, 0), "axes fraction", color=INK, ha="right", fontweight="bold", fontsize=11.5)
    for stone in stones:
        _stone(axes, stone)
    return axes


def _stone(axes: Axes, stone: Milestone) -> None:
    """Draw a milestone: its dot, a stem, and three lines of text."""
    side = 1 if stone.above else -1
    color = GRADIENT if stone.gradient else INK
    axes.plot([stone.year] * 2, (0, side * 0.2), color=GHOST, linewidth=1)
    axes.plot([stone.year], [0], "o", color=color, markersize=8, zorder=3)
    shift = {"center": 0, "left": -4, "right": 4}[stone.align]
    lines: list[tuple[str, dict[str, Any]]] = [
        (f"{stone.year}", {"fontweight": "bold", "color": "#a84a00" if stone.gradient else INK}),
        (_(stone.what), {"color": INK}),
        (_(stone.who), {"color": QUIET}),
    ]
    for k, (text, style) in enumerate(lines):
        height = 13 + 12.5 * (2 - k) if stone.above else -13 - 12.5 * k
        align: dict[str, Any] = {"ha": stone.align, "va": "bottom" if stone.above else "top", "fontsize": 10}
        beside(axes, text, (stone.year, 0), (shift, height), **align, **style)


def _told(stones: tuple[Milestone, ...]) -> str:
    return ", ".join(f"{stone.year} {_(stone.what)} ({_(stone.who)})" for stone in stones)
