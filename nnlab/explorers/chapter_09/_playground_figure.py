"""What the playground draws beside the network: the large field with the points, the losses, and what is right.

`PlaygroundFigure` puts all together. It trains nothing: it draws the arrays that the explorer computed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from contourpy import contour_generator
from matplotlib.artist import Artist
from matplotlib.patches import Rectangle
from matplotlib.ticker import NullLocator
from numpy.typing import NDArray

from nnlab.explorers.chapter_09._playground_data import REACH, REGRESSION
from nnlab.explorers.chapter_09._playground_edits import place
from nnlab.explorers.chapter_09._playground_network import NetworkFigure, number
from nnlab.explorers.chapter_09._playground_places import FIELD, LOSSES
from nnlab.explorers.chapter_09._playground_run import EPOCHS
from nnlab.explorers.core import Arrays, Values
from nnlab.explorers.decision import RUGGED, Field
from nnlab.explorers.letters import Label, Labels
from nnlab.language import _
from nnlab.plots.style import CLASS_0, CLASS_1, INK, LOSS, QUIET, SIGNED, VALIDATION_DASHES, Picture, axes_at

Array = NDArray[Any]

SIDE = 50  # points of the large field along each axis
LOWEST, HIGHEST = 0.001, 3.0  # the losses that are shown
TICKS = (0, 1, 10, 100, 1000)
_TABLE = (552, 322)  # left and top of what is right


class PlaygroundFigure:
    """The artists that move, and their data.

    Parameters
    ----------
    figure : Picture
        Empty, of the size of `nnlab.explorers.chapter_09._playground_places`.

    Attributes
    ----------
    moving : list of Artist
        In drawing order.
    """

    def __init__(self, figure: Picture) -> None:
        self.field, self.network = LargeField(figure), NetworkFigure(figure)
        self.losses, self.score = Losses(figure), Score(figure)
        self._parts: list[Any] = [self.field, self.network, self.losses, self.score]
        self.moving: list[Artist] = [artist for part in self._parts for artist in part.moving]

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move everything.

        Parameters
        ----------
        values : SimpleNamespace
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        """
        for part in self._parts:
            part.update(values, arrays)


class LargeField:
    """What the output, or the unit that is looked at, answers in the plane; and the points."""

    def __init__(self, figure: Picture) -> None:
        self._axes = axes = axes_at(figure, *FIELD)
        axes.set(label="field", xlim=(-REACH, REACH), ylim=(-REACH, REACH), xticks=(-2, 0, 2), yticks=(-2, 0, 2))
        axes.grid(False)
        axes.yaxis.tick_right()
        for name, y in (("x₁", -0.05), ("x₂", 0.97)):
            axes.text(1.03, y, name, transform=axes.transAxes, ha="left", va="center", color=QUIET)
        self._field = Field(axes, np.full((SIDE, SIDE), 0.5))
        self._smooth = self._field._colors
        self._two = np.where(np.arange(256)[:, None] < 128, self._smooth[0], self._smooth[-1]).astype(np.uint8)
        axes.add_artist(self._field)
        (self._border,) = axes.plot([], [], color=INK, linewidth=1.4)
        self._along = np.linspace(-REACH, REACH, SIDE)
        self._marks = {}
        for k, (color, marker, size) in enumerate(((CLASS_0, "o", 6.0), (CLASS_1, "s", 5.5))):
            style: dict[str, Any] = {"linestyle": "", "marker": marker, "markersize": size}
            trained = {"color": color, "markeredgecolor": "white", "markeredgewidth": 0.5}
            tested = {"color": "white", "markeredgecolor": color, "markeredgewidth": 1.6, "markersize": size - 1.2}
            self._marks[k, False] = axes.plot([], [], **{**style, **tested})[0]
            self._marks[k, True] = axes.plot([], [], **{**style, **trained})[0]
        self._numbers = [
            axes.scatter([], [], s=size, marker="o", edgecolors=INK, linewidths=width, zorder=3)
            for size, width in ((20, 0.4), (32, 0.8))
        ]
        frame = Rectangle((0, 0), 1, 1, transform=axes.transAxes, fill=False, edgecolor="#999999", linewidth=0.8)
        axes.add_patch(frame)
        self._text = Labels(axes)
        axes.add_artist(self._text)
        marks = [self._marks[k, trained] for trained in (False, True) for k in (0, 1)]
        self.moving: list[Artist] = [self._field, self._border, *marks, *self._numbers, frame, self._text]

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move everything."""
        field = arrays["field"]
        self._field.values = np.where(np.isfinite(field), field, np.nan)
        self._field._colors = self._two if values.discretize else self._smooth
        self._border.set_data(*_crossing(self._along, np.ma.masked_invalid(field)).T)
        title = _("output") if values.look == "output" else _("unit {unit}").format(unit=values.look)
        bias = f"bias {values.look}"
        at = place(bias, values)
        value = number(float(arrays["_weights"][at[0]][at[1:]]))
        above = 1.09 * REACH
        self._text.texts = [
            Label(title, -REACH, above, bold=True),
            Label(f"  {_what(values)}, ", 0, above, follows=True),
            Label(_("bias {number}").format(number=value), 0, above, bold=bias in values.typed, follows=True),
        ]
        x, y, trained = arrays["x"], arrays["y"], arrays["training"]
        regression = values.data in REGRESSION
        for (k, side), mark in self._marks.items():
            shown = (y == k) & (trained == side) & (side or values.show_test) & (not regression)
            mark.set_data(*x[shown].T)
        for side, marks in zip((False, True), self._numbers, strict=True):
            marks.set_visible(regression and (side or values.show_test))
            if regression:
                chosen = trained == side
                marks.set_offsets(x[chosen])
                marks.set_facecolor(SIGNED((y[chosen].clip(-1.2, 1.2) / 1.2 + 1) / 2))


def _what(values: Values) -> str:
    """Say what the numbers in the large field are."""
    if values.look != "output":
        return str(values.activation)
    return _("number, −1 to 1") if values.data in REGRESSION else _("probability of class 1")


def _crossing(along: Array, surface: Array) -> Array:
    """Find where a surface crosses one half: all lines in one, (points, 2), with a gap between two."""
    lines = contour_generator(along, along, surface).lines(0.5)
    gap = np.full((1, 2), np.nan)
    pieces = [] if len(lines) > RUGGED else lines
    return np.concatenate([gap, *(part for line in pieces for part in (np.asarray(line), gap))])


def at_epoch(epoch: Any) -> Any:
    """Place of an epoch on the axis of the losses: in equal ratios, with 0 at the left end."""
    return np.log10(np.asarray(epoch, dtype=np.float64) + 1)


def epoch_under(x: float) -> float:
    """Give the epoch above a place on that axis, in pixels of the picture."""
    share = min(1.0, max(0.0, (x - LOSSES[0]) / LOSSES[2]))
    return float(10 ** (share * at_epoch(EPOCHS[-1])) - 1)


class Losses:
    """The losses of training and test points up to the epoch that is shown."""

    def __init__(self, figure: Picture) -> None:
        self._axes = axes = axes_at(figure, *LOSSES)
        axes.set(yscale="log", xlim=(0, at_epoch(EPOCHS[-1])), ylim=(LOWEST, HIGHEST))
        axes.set_yticks([0.01, 0.1, 1.0], ["0.01", "0.1", "1"])
        axes.yaxis.set_minor_locator(NullLocator())
        axes.set_xticks(at_epoch(TICKS), [f"{epoch}" for epoch in TICKS])
        axes.text(0, 1.2, _("loss"), transform=axes.transAxes, color=INK, weight="bold", ha="left", va="center")
        axes.text(1.02, -0.25, _("epoch"), transform=axes.transAxes, color=QUIET, ha="left", va="center")
        (self._test,) = axes.plot([], [], color=LOSS, linewidth=1.7, linestyle=VALIDATION_DASHES)
        (self._training,) = axes.plot([], [], color=LOSS, linewidth=1.7)
        (self._ends,) = axes.plot([], [], "o", color=LOSS, markersize=4, clip_on=False)
        self._text = Labels(axes)
        self._text.set_transform(axes.transAxes)
        axes.add_artist(self._text)
        self.moving: list[Artist] = [self._test, self._training, self._ends, self._text]

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move everything."""
        del values
        x = at_epoch(arrays["epochs"])
        lines = [np.clip(arrays[name], LOWEST, HIGHEST) for name in ("training_loss", "test_loss")]
        self._training.set_data(x, lines[0])
        self._test.set_data(x, lines[1])
        now = arrays["loss"]
        self._ends.set_data([x[-1]] * 2, np.clip(now, LOWEST, HIGHEST))
        height = np.log(np.clip(np.nan_to_num(now, nan=LOWEST), LOWEST, HIGHEST) / LOWEST) / np.log(HIGHEST / LOWEST)
        upper = int(height[1] >= height[0])  # the name of the higher line stands higher
        middle = float(np.clip(height.mean(), 0.32, 0.85))
        apart = max(0.17, abs(height[1] - height[0]) / 2)
        words = _("— training {loss}"), _("- - test {loss}")
        places = [middle + (apart if k == upper else -apart) for k in range(2)]
        self._text.texts = [  # clear of the name of the axis below
            Label(words[k].format(loss=loss_text(float(now[k]))), 1.02, max(0.14, places[k])) for k in range(2)
        ]


class Score:
    """How many are right, and which class is taken for which."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, *_TABLE, 286, 80)
        axes.set(xlim=(0, 286), ylim=(80, 0))
        axes.axis("off")
        marks: dict[str, Any] = {"linestyle": "", "clip_on": False}
        (self._blue,) = axes.plot([200, 158], [28, 47], marker="o", color=CLASS_0, markersize=7, **marks)
        (self._orange,) = axes.plot([250, 158], [28, 68], marker="s", color=CLASS_1, markersize=6.5, **marks)
        self._text = Labels(axes)
        axes.add_artist(self._text)
        self.moving: list[Artist] = [self._blue, self._orange, self._text]

    def update(self, values: Values, arrays: Arrays) -> None:
        """Write everything."""
        regression = values.data in REGRESSION
        self._blue.set_visible(not regression)
        self._orange.set_visible(not regression)
        self._text.texts = _distances(arrays) if regression else _shares(arrays)


def _distances(arrays: Arrays) -> list[Label]:
    texts = [loss_text(float(distance)) for distance in arrays["distance"]]
    lines = _("mean distance from the target"), _("test {distance}"), _("training {distance}")
    return [
        Label(lines[0], 0, 8),
        Label(lines[1].format(distance=texts[1]), 0, 30, bold=True),
        Label(lines[2].format(distance=texts[0]), 0, 52),
    ]


def _shares(arrays: Arrays) -> list[Label]:
    training, test = (share_text(right) for right in arrays["right"])
    counts = arrays["confusion"]
    cells = [Label(f"{counts[i, j]}", 200 + 50 * j, 47 + 21 * i, "center") for i in range(2) for j in range(2)]
    return [
        Label(_("test: {percent} right").format(percent=test), 0, 8, bold=True),
        Label(_("training: {percent}").format(percent=training), 0, 30),
        Label(_("test: predicted"), 222, 8, "center", QUIET),
        Label(_("truly"), 146, 58, "right", QUIET),
        *cells,
    ]


def share_text(right: Array) -> str:
    """Write a share in percent; a dash where there are no points."""
    count, of = int(right[0]), int(right[1])
    return f"{100 * count // of} %" if of else "–"


def loss_text(loss: float) -> str:
    """Write a loss shortly; a dash where there is none."""
    if not np.isfinite(loss):
        return "–"
    if loss < 0.001:
        return "< 0.001"
    return f"{loss:.3f}" if loss < 10 else number(loss)
