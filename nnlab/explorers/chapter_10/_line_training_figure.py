"""What `line_training` draws: the line among its points, both losses by step, and the path in both landscapes."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.ticker import FuncFormatter, NullLocator
from numpy.typing import NDArray

from nnlab.explorers.chapter_10._program import TEST, TRUTH, curvature
from nnlab.explorers.letters import Label, Labels
from nnlab.explorers.line_fit import BEST, ellipses
from nnlab.language import _
from nnlab.plots.labels import spread
from nnlab.plots.style import (
    CLASS_0,
    INK,
    QUIET,
    RIGHT,
    RIGHT_TEXT,
    VALIDATION_DASHES,
    Picture,
    axes_at,
)

Array = NDArray[Any]

SIZE = (840, 452)
_ENDS = np.array([0.0, 5.4])
_LOW, _HIGH = 1e-3, 100.0  # losses that are shown
_LAST = 10_000
_LEVELS = 0.01 * 4.0 ** np.arange(6)  # of the training loss above its minimum
_TEST_LEVELS = np.array([0.1, 1.0, 10.0])


class TrainingFigure:
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
        self._plane, self._losses, self._surface = _Plane(figure), _Losses(figure), _Surface(figure)
        self.moving = [*self._plane.moving, *self._losses.moving, *self._surface.moving]

    def update(self, arrays: dict[str, Any]) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        """
        shown = _some(len(arrays["path"]))
        self._plane.update(arrays)
        self._losses.update(arrays, shown)
        self._surface.update(arrays, arrays["path"][shown])


def _some(count: int) -> NDArray[np.int64]:
    """Choose steps to be drawn: the first ones all, the later ones at equal ratios, and the last."""
    later = np.geomspace(60, max(count, 61), 160).astype(int)
    return np.unique(np.concatenate([np.arange(min(count, 60)), later.clip(max=count - 1)]))


class _Plane:
    """The points, the line and the best one, and the test points far to the right."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, 60, 34, 350, 166)
        axes.set(xlim=_ENDS, ylim=(0, 13), xlabel="x", ylabel="y", xticks=range(6), yticks=(0, 5, 10))
        axes.xaxis.set_label_coords(1.0, -0.09)
        axes.set_title(_("the line, its points, the test ◇"))
        axes.plot(_ENDS, TRUTH[0] * _ENDS + TRUTH[1], color=RIGHT, linewidth=1.6, linestyle=VALIDATION_DASHES)
        (self._points,) = axes.plot([], [], "o", color="#9aa4ab", markersize=3)
        axes.plot(TEST, TRUTH[0] * TEST + TRUTH[1], "D", color="white", markeredgecolor=RIGHT, markeredgewidth=1.8)
        (self._best,) = axes.plot([], [], color=INK, linewidth=1.2)
        (self._line,) = axes.plot([], [], color=CLASS_0, linewidth=2.6)
        self._words = Labels(axes)
        axes.add_artist(self._words)
        self.moving: list[Artist] = [self._points, self._best, self._line, self._words]

    def update(self, arrays: dict[str, Any]) -> None:
        self._points.set_data(arrays["x"], arrays["y"])
        ends = []
        for artist, (w, b) in ((self._best, arrays["best"]), (self._line, arrays["path"][-1])):
            seen = max(abs(w), abs(b)) < 1e4
            artist.set_data(_ENDS if seen else [], w * _ENDS + b if seen else [])
            ends.append(w * _ENDS[1] + b if seen else np.inf)
        ends.append(TRUTH[0] * _ENDS[1] + TRUTH[1])
        places = 13 * spread(np.clip(np.nan_to_num(ends), 0, 13) / 13, 0.11)
        names = (_("best"), INK), (_("fit"), CLASS_0), (_("true"), RIGHT_TEXT)
        self._words.texts = [
            Label(name, 5.46, place, color=color) for (name, color), place in zip(names, places, strict=True)
        ]


class _Losses:
    """Training loss and test loss after each step, both axes logarithmic."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, 60, 262, 350, 144)
        axes.set(xlim=(1, _LAST), ylim=(_LOW, _HIGH), xscale="log", yscale="log", xlabel=_("step"), ylabel=_("loss"))
        axes.set(xticks=(1, 10, 100, 1000, 10_000), yticks=(0.001, 0.01, 0.1, 1, 10, 100))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_minor_locator(NullLocator())
            axis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:,g}"))
        axes.set_title(_("dotted: the losses of the best line"))
        dots: dict[str, Any] = {"color": QUIET, "linewidth": 1.6, "linestyle": (0, (1, 2))}
        self._floors = [axes.plot([], [], **dots)[0] for _k in range(2)]
        (self._training,) = axes.plot([], [], color=INK, linewidth=2.2)
        (self._test,) = axes.plot([], [], color=INK, linewidth=2.2, linestyle=VALIDATION_DASHES)
        self._words = Labels(axes)
        axes.add_artist(self._words)
        self.moving: list[Artist] = [*self._floors, self._training, self._test, self._words]

    def update(self, arrays: dict[str, Any], shown: NDArray[np.int64]) -> None:
        ends = []
        for artist, name in ((self._training, "training"), (self._test, "test")):
            loss = np.clip(np.nan_to_num(arrays[name][shown], nan=np.inf), _LOW, 3 * _HIGH)
            artist.set_data(np.maximum(shown, 0.5), loss)  # step 0 stands to the left of the axis
            ends.append(min(float(loss[-1]), _HIGH))
        for artist, name in zip(self._floors, ("floor", "best_test"), strict=True):
            artist.set_data([1, _LAST], [float(np.clip(arrays[name], _LOW, _HIGH))] * 2)
        decades = np.log10(_HIGH / _LOW)
        places = _LOW * 10 ** (decades * spread(np.log10(np.array(ends) / _LOW) / decades, 0.13))
        right = min(1.06 * float(shown[-1]), 1.06 * _LAST)
        self._words.texts = [
            Label(_("training"), right, places[0], color=INK, plate=right < _LAST),
            Label(_("test"), right, places[1], color=INK, plate=right < _LAST),
        ]


class _Surface:
    """All lines as places, slope against intercept: contours of both losses, and the path."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, 506, 34, 320, 372)
        axes.set(label="surface", xlim=(-0.5, 3.8), ylim=(0, 5), xticks=range(4), yticks=range(6))
        axes.set(xlabel=_("slope w"), ylabel=_("intercept b"))
        axes.set_title(_("both losses, seen from above"))
        axes.grid(False)
        off = ellipses(curvature(TEST), _TEST_LEVELS) - BEST + TRUTH
        axes.plot(*off.T, color=RIGHT, linewidth=1.3, linestyle=VALIDATION_DASHES, alpha=0.8)
        (self._contours,) = axes.plot([], [], color="#b4bec5", linewidth=1.1)
        (self._path,) = axes.plot([], [], color=CLASS_0, linewidth=2.0, marker="o", markersize=2.6)
        (self._start,) = axes.plot([], [], "s", color="white", markeredgecolor=INK, markeredgewidth=1.8, markersize=10)
        (self._best,) = axes.plot([], [], "+", color=INK, markersize=13, markeredgewidth=2)
        axes.plot(*TRUTH, "D", color="white", markeredgecolor=RIGHT, markeredgewidth=2, markersize=8)
        (self._now,) = axes.plot([], [], "o", color=CLASS_0, markersize=9, markeredgecolor="white")
        words = Labels(axes)
        axes.add_artist(words)
        words.texts = [
            Label(_("gray: training loss, + its minimum"), 3.72, 4.78, "right", QUIET, plate=True),
            Label(_("dashed: test loss, ◇ its minimum"), 3.72, 4.5, "right", RIGHT_TEXT, plate=True),
        ]
        self.moving: list[Artist] = [self._contours, self._path, self._start, self._best, self._now, words]

    def update(self, arrays: dict[str, Any], path: Array) -> None:
        self._contours.set_data(*(ellipses(arrays["hessian"], _LEVELS) - BEST + arrays["best"]).T)
        out = np.flatnonzero(np.abs(path).max(axis=1) > 100)
        end = int(out[0]) + 1 if len(out) else len(path)
        self._path.set_data(*path[:end].T)
        self._start.set_data(*path[:1].T)
        self._best.set_data(*arrays["best"][:, None])
        self._now.set_data(*path[-1:].T if end == len(path) else ([], []))
