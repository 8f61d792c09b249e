"""What `lstm_gates` draws: a sequence to click, the gates of a unit, its cell state, and the output below."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from nnlab.explorers.chapter_14._recall_task import STEPS
from nnlab.explorers.letters import Label, Labels
from nnlab.explorers.tiles import Table
from nnlab.language import _
from nnlab.plots.style import CLASS_0, CLASS_1, GHOST, INK, QUIET, RIGHT, RIGHT_TEXT, Picture, axes_at

Array = NDArray[Any]
Arrays = dict[str, Any]

SIZE = (840, 424)
LEFT, WIDE = 120, 600
TALL = 1.6  # a cell state beyond it is drawn at the edge

#: Values blue and orange, marks dark: what the numbers of the tiles stand for.
_INPUTS = LinearSegmentedColormap.from_list("nnlab-inputs", [CLASS_0, "#ffffff", CLASS_1])
_OPEN = LinearSegmentedColormap.from_list("nnlab-gate", ["#ffffff", "#bfe3d6", "#009E73", "#00513b"])
_MARKS = LinearSegmentedColormap.from_list("nnlab-marks", ["#f5f5f5", INK])


class GatesFigure:
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
        inputs = axes_at(figure, LEFT, 12, WIDE, 84)
        inputs.set_label("inputs")
        _rows(inputs, (_("value"), _("store"), _("recall")))
        # Two images: values have two colors, marks are there or not.
        value, marks = axes_at(figure, LEFT, 12, WIDE, 28), axes_at(figure, LEFT, 40, WIDE, 56)
        self._value, self._marks = Table(value, _INPUTS, -1, 1), Table(marks, _MARKS, 0, 1)
        for axes in (value, marks):
            axes.set_axis_off()
        self._signs = Labels(inputs)
        gates = axes_at(figure, LEFT, 112, WIDE, 84)
        _rows(gates, (_("input gate i"), _("forget gate f"), _("output gate o")))
        self._gates = Table(gates, _OPEN, 0, 1)
        words = (_("white: closed, 0"), _("dark: open, 1"))
        for text, at, color in zip(words, (0.75, 0.45), (QUIET, RIGHT_TEXT), strict=True):
            gates.text(1.015, at, text, transform=gates.transAxes, color=color, va="center", fontsize=10)
        cell = _lines(axes_at(figure, LEFT, 214, WIDE, 76), _("state c"), 1.6)
        self._others = LineCollection([], colors=GHOST, linewidths=1.2)
        cell.add_collection(self._others, autolim=False)
        (self._cell,) = cell.plot([], [], "o-", color=INK, markersize=4)
        cell.text(1.015, 0.75, _("this unit"), transform=cell.transAxes, color=INK, va="center")
        cell.text(1.015, 0.45, _("the others"), transform=cell.transAxes, color=QUIET, va="center")
        output = _lines(axes_at(figure, LEFT, 308, WIDE, 68), _("output"), 1.5)
        output.set_xlabel(_("step"))
        output.set_xticks(np.arange(STEPS) + 0.5, [str(k + 1) for k in range(STEPS)])
        (self._target,) = output.plot(
            [], [], "o", markersize=11, markerfacecolor="none", markeredgecolor=RIGHT, markeredgewidth=2
        )
        (self._output,) = output.plot([], [], "o-", color=INK, markersize=4)
        output.text(1.015, 0.75, _("asked for"), transform=output.transAxes, color=RIGHT_TEXT, va="center")
        output.text(1.015, 0.4, _("given"), transform=output.transAxes, color=INK, va="center")
        borders = [_borders(axes) for axes in (inputs, gates)]
        self.moving: list[Artist] = [
            self._value, self._marks, self._gates, *borders, self._signs, self._others, self._cell,
            self._target, self._output,
        ]  # fmt: skip

    def update(self, arrays: Arrays) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        """
        x = arrays["x"]  # (T, 3)
        self._value.values, self._marks.values = 0.55 * x[None, :, 0], x[:, 1:].T
        at = np.arange(STEPS) + 0.5
        signs = [
            Label("+1" if sign > 0 else "−1", place, 0.5, "center") for sign, place in zip(x[:, 0], at, strict=True)
        ]
        stored = [Label("S", at[t], 1.5, "center", "white", bold=True) for t in np.flatnonzero(x[:, 1])]
        asked = [Label("R", at[t], 2.5, "center", "white", bold=True) for t in np.flatnonzero(x[:, 2])]
        self._signs.texts = [*signs, *stored, *asked]
        self._gates.values = arrays["gates"]
        self._others.set_segments([np.stack([at, cell], axis=1) for cell in np.clip(arrays["cells"].T, -TALL, TALL)])
        self._cell.set_data(at, np.clip(arrays["cell"], -TALL, TALL))
        self._output.set_data(at, arrays["output"])
        recalled = np.flatnonzero(x[:, 2])
        self._target.set_data(at[recalled], arrays["target"][recalled])


def _rows(axes: Axes, names: tuple[str, ...]) -> None:
    """Prepare axes for rows of tiles, with their names at the left."""
    axes.set(xlim=(0, STEPS), ylim=(len(names), 0), xticks=[])
    axes.set_yticks(np.arange(len(names)) + 0.5, names)
    axes.tick_params(length=0)
    axes.grid(visible=False)


def _lines(axes: Axes, name: str, reach: float) -> Axes:
    """Prepare axes for lines over the steps."""
    axes.set(xlim=(0, STEPS), ylim=(-reach, reach))
    axes.set_xticks(np.arange(STEPS) + 0.5, [""] * STEPS)
    axes.set_yticks([-1, 0, 1])
    axes.set_ylabel(name)
    axes.axhline(0, color=GHOST, linewidth=1)
    return axes


def _borders(axes: Axes) -> Line2D:
    """Draw white lines between the tiles, and return them."""
    rows = int(axes.get_ylim()[0])
    x, y = [], []
    for step in range(STEPS + 1):
        x += [step, step, np.nan]
        y += [0, rows, np.nan]
    for row in range(rows + 1):
        x += [0, STEPS, np.nan]
        y += [row, row, np.nan]
    (line,) = axes.plot(x, y, color="#d0d0d0", linewidth=1)
    return line
