"""What `gradient_descent` draws: the path on the surface, the line among its points, the loss, and the gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.ticker import FuncFormatter, NullLocator
from numpy.typing import NDArray

from nnlab.explorers.line_fit import BEST, ellipses
from nnlab.language import _
from nnlab.plots.style import CLASS_0, GHOST, GRADIENT, INK, QUIET, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 430)
STEPS = 60
REACH = 2.5  # the surface shows so much around its minimum
_LEVELS = 0.02 * 4.0 ** np.arange(8)  # of the loss above its minimum: each four times the one before
_OUT = 1e3  # a path is not drawn farther out
_LOSS, _NORM = (0.1, 1000.0), (1e-3, 1000.0)  # what is shown of them
_PALE = "#8fb9d6"


class DescentFigure:
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
        self._surface, self._fit = _Surface(figure), _Fit(figure)
        self._loss = _Curve(figure, 464, _("loss"), _LOSS, INK)
        self._norm = _Curve(figure, 676, _("gradient's length"), _NORM, GRADIENT)
        parts = (self._surface, self._fit, self._loss, self._norm)
        self.moving = [artist for part in parts for artist in part.moving]

    def update(self, arrays: dict[str, Any], step: int) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        step : int
            So many steps are taken.
        """
        self._surface.update(arrays["hessian"], arrays["path"], step)
        self._fit.update(arrays, step)
        self._loss.update(arrays["loss"], step, float(arrays["floor"]))
        self._norm.update(arrays["norm"], step, None)


class _Surface:
    """The loss against slope and intercept as contours, the path, and the next step."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, 58, 34, 346, 346)
        axes.set(
            label="surface",
            xlim=(BEST[0] - REACH, BEST[0] + REACH),
            ylim=(BEST[1] - REACH, BEST[1] + REACH),
            xticks=range(-1, 4),
            yticks=range(-2, 4),
        )
        axes.set_xlabel(_("slope w"))
        axes.set_ylabel(_("intercept b"))
        axes.set_title(_("the loss, seen from above"))
        axes.grid(False)
        (self._contours,) = axes.plot([], [], color="#c3ccd2", linewidth=1.1)
        axes.plot(*BEST, "+", color=QUIET, markersize=11, markeredgewidth=1.6)
        (self._rest,) = axes.plot([], [], color=_PALE, linewidth=1, marker=".", markersize=4)
        (self._path,) = axes.plot([], [], color=CLASS_0, linewidth=1.8, marker="o", markersize=4)
        (self._start,) = axes.plot([], [], "s", color="white", markeredgecolor=INK, markeredgewidth=1.8, markersize=11)
        (self._next,) = axes.plot([], [], color=GRADIENT, linewidth=3, marker="o", markersize=6, markevery=[-1])
        (self._now,) = axes.plot([], [], "o", color=INK, markersize=8, markeredgecolor="white")
        box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5}
        self._words = axes.text(
            0.97, 0.03, _("the next step"), transform=axes.transAxes, ha="right", color="#a84a00", bbox=box
        )
        self.moving: list[Artist] = [self._contours, self._rest, self._path, self._next, self._start, self._now]
        self.moving.append(self._words)

    def update(self, hessian: Array, path: Array, step: int) -> None:
        self._contours.set_data(*ellipses(hessian, _LEVELS).T)
        out = np.flatnonzero(np.abs(path).max(axis=1) > _OUT)
        end = int(out[0]) + 1 if len(out) else len(path)
        self._rest.set_data(*path[: min(end, STEPS + 1)].T)
        self._path.set_data(*path[: min(end, step + 1)].T)
        self._start.set_data(*path[:1].T)
        self._now.set_data(*path[step : step + 1].T if step < end else ([], []))
        shown = step + 1 < end
        self._next.set_data(*path[step : step + 2].T if shown else ([], []))
        self._words.set_visible(shown)


class _Fit:
    """The points with the line of the moment, and how far it is from each."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, 464, 34, 356, 136)
        axes.set(xlim=(-2.6, 5.6), ylim=(-4, 8), xlabel="x", ylabel="y", xticks=range(-2, 6, 2), yticks=(-4, 0, 4, 8))
        axes.set_title(_("the line among its points"))
        axes.xaxis.set_label_coords(1.0, -0.1)
        (self._points,) = axes.plot([], [], "o", color="#9aa4ab", markersize=4)
        (self._taken,) = axes.plot([], [], "o", color=GRADIENT, markersize=5.5)
        axes.plot([-3, 6], [BEST[0] * x + BEST[1] for x in (-3, 6)], color=GHOST, linewidth=1.6, linestyle=(0, (4, 2)))
        (self._line,) = axes.plot([], [], color=CLASS_0, linewidth=2.4)
        self._words = axes.text(0.02, 0.95, "", transform=axes.transAxes, va="top", color=INK)
        self.moving: list[Artist] = [self._points, self._taken, self._line, self._words]

    def update(self, arrays: dict[str, Any], step: int) -> None:
        x, taken = arrays["x"], arrays["next"]
        self._points.set_data(x, arrays["y"])
        some = len(taken) < len(x)
        self._taken.set_data(taken if some else [], arrays["next_y"] if some else [])
        w, b = arrays["path"][step]
        inside = abs(w) < _OUT and abs(b) < _OUT
        self._line.set_data([-3, 6] if inside else [], [b - 3 * w, b + 6 * w] if inside else [])
        words = f"y = {w:.2f} x {'+' if b >= 0 else '−'} {abs(b):.2f}".replace("-", "−")
        self._words.set_text(words if inside else _("beyond all bounds"))


class _Curve:
    """One number after each step, on a logarithmic axis."""

    def __init__(self, figure: Picture, left: float, title: str, shown: tuple[float, float], color: str) -> None:
        axes = axes_at(figure, left, 236, 144, 144)
        axes.set(xlim=(0, STEPS), ylim=shown, yscale="log", xticks=(0, 20, 40, 60))
        axes.set_xlabel(_("step"))
        axes.set_yticks([10.0**k for k in range(-3, 4) if shown[0] <= 10.0**k <= shown[1]])
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:g}"))
        axes.set_title(title)
        self._shown = shown
        (self._floor,) = axes.plot([], [], color=GHOST, linestyle=(0, (4, 2)), linewidth=1.6)
        (self._rest,) = axes.plot([], [], color=color, linewidth=1.1, alpha=0.45)
        (self._line,) = axes.plot([], [], color=color, linewidth=2.2)
        (self._now,) = axes.plot([], [], "o", color=color, markersize=7, markeredgecolor="white")
        self.moving: list[Artist] = [self._floor, self._rest, self._line, self._now]

    def update(self, values: Array, step: int, floor: float | None) -> None:
        low, high = self._shown
        clipped = np.clip(np.nan_to_num(values, nan=high, posinf=high), low, 3 * high)
        if floor is not None:
            self._floor.set_data([0, STEPS], [floor, floor])
        self._rest.set_data(np.arange(STEPS + 1), clipped[: STEPS + 1])
        self._line.set_data(np.arange(step + 1), clipped[: step + 1])
        self._now.set_data([step], [clipped[step]])
