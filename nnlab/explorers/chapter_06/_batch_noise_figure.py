"""What `batch_noise` draws: three paths, their losses over the samples seen, and the size of the noise ball."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.ticker import FuncFormatter, NullLocator
from numpy.typing import NDArray

from nnlab.explorers.line_fit import BEST, ellipses
from nnlab.language import _
from nnlab.plots.labels import spread
from nnlab.plots.style import GHOST, INK, QUIET, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 440)
SIZES = (1, 2, 5, 10, 20, 50)  # of batches whose balls are measured; all points make no ball
REACH = 1.6  # the plane shows so much around its minimum
# For each its line, an ink for its name, and its width: one sample is drawn first, as it covers most.
KINDS = {"one": ("#8cc7ec", "#20719f", 0.9), "batch": ("#009E73", "#00704f", 1.4), "all": (INK, INK, 2.0)}
_LEVELS = 0.01 * 4.0 ** np.arange(7)
_LOW, _HIGH = 1e-4, 100.0  # of the loss above its minimum
_SMALL, _LARGE = 0.003, 3.0  # of the ball's radius
_OUT = 1e3


class NoiseFigure:
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
        self._plane, self._race, self._balls = _Plane(figure), _Race(figure), _Balls(figure)
        self.moving = [*self._plane.moving, *self._race.moving, *self._balls.moving]

    def update(self, arrays: dict[str, Any], batch: int, seen: int) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        batch : int
        seen : int
            Samples, at the end.
        """
        self._plane.update(arrays)
        self._race.update(arrays, batch, seen)
        self._balls.update(arrays, batch)


class _Plane:
    """The three paths on the contours of the loss."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, 58, 32, 352, 352)
        axes.set(xlim=(BEST[0] - REACH, BEST[0] + REACH), ylim=(BEST[1] - REACH, BEST[1] + REACH))
        axes.set(xticks=(0, 1, 2), yticks=(-1, 0, 1, 2), title=_("the same start, the same samples seen"))
        axes.set_xlabel(_("slope w"))
        axes.set_ylabel(_("intercept b"))
        axes.grid(False)
        (self._contours,) = axes.plot([], [], color="#d3d9dd", linewidth=1.1)
        self._lines = {name: axes.plot([], [], color=c, linewidth=w)[0] for name, (c, _ink, w) in KINDS.items()}
        self._lines["all"].set(marker="o", markersize=4)
        (self._best,) = axes.plot(*BEST, "+", color=INK, markersize=12, markeredgewidth=1.8)
        self.moving: list[Artist] = [self._contours, *self._lines.values(), self._best]

    def update(self, arrays: dict[str, Any]) -> None:
        self._contours.set_data(*ellipses(arrays["hessian"], _LEVELS).T)
        for name, line in self._lines.items():
            path = arrays[f"path_{name}"]
            out = np.flatnonzero(np.abs(path).max(axis=1) > _OUT)
            line.set_data(*path[: int(out[0]) + 1 if len(out) else len(path)].T)


class _Race:
    """The loss above its minimum, over the samples seen."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, 478, 32, 238, 150)
        axes.set(xlim=(0, 1), ylim=(_LOW, _HIGH), yscale="log", xticks=(0, 0.5, 1), xticklabels=("0", "", ""))
        axes.set_yticks([10.0**k for k in range(-4, 3, 2)])
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:g}"))
        axes.set_xlabel(_("samples seen"))
        axes.set_title(_("loss above the best line"))
        self._lines = {name: axes.plot([], [], color=c, linewidth=w)[0] for name, (c, _ink, w) in KINDS.items()}
        self._names = {name: axes.text(1, 1, "", color=ink, va="center") for name, (_c, ink, _w) in KINDS.items()}
        self._end = axes.text(1, -0.055, "", transform=axes.transAxes, color=QUIET, ha="center", va="top")
        self.moving: list[Artist] = [*self._lines.values(), *self._names.values(), self._end]

    def update(self, arrays: dict[str, Any], batch: int, seen: int) -> None:
        height = np.log(_HIGH / _LOW)
        ends = []
        for name, line in self._lines.items():
            loss = np.clip(np.nan_to_num(arrays[f"loss_{name}"], nan=_HIGH, posinf=_HIGH), _LOW, _HIGH)
            every = max(1, len(loss) // 400)  # more than the picture has columns
            line.set_data(np.linspace(0, 1, len(loss))[::every], loss[::every])
            ends.append(float(np.log(np.exp(np.log(loss[-(len(loss) // 4) :]).mean()) / _LOW) / height))
        words = {"one": _("one sample"), "batch": _("batches of {batch}"), "all": _("all 200")}
        for (name, text), place in zip(self._names.items(), spread(np.array(ends), 0.13), strict=True):
            text.set(position=(1.04, _LOW * np.exp(height * place)), text=words[name].format(batch=batch))
        self._end.set_text(f"{seen}")


class _Balls:
    """How far a descent that has arrived is thrown about, for each batch size; dashed what theory says."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, 478, 266, 238, 118)
        axes.set(xscale="log", yscale="log", xlim=(0.8, 62), ylim=(_SMALL, _LARGE))
        axes.set_xticks(SIZES)
        axes.set_yticks([0.01, 0.1, 1.0])
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_minor_locator(NullLocator())
            axis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:g}"))
        axes.set_xlabel(_("batch size B"))
        axes.set_title(_("radius of the noise ball"))
        (self._theory,) = axes.plot([], [], color=GHOST, linewidth=1.8, linestyle=(0, (4, 2)))
        (self._dots,) = axes.plot([], [], "o", color="white", markeredgecolor=INK, markersize=7)
        marks: dict[str, Any] = {"marker": "o", "linestyle": "", "markersize": 8, "markeredgecolor": "white"}
        self._chosen = {name: axes.plot([], [], color=KINDS[name][1], **marks)[0] for name in ("one", "batch")}
        self._words = axes.text(1.04, 0.5, "σ √(2η/B)", transform=axes.transAxes, color=QUIET, va="center")
        self.moving: list[Artist] = [self._theory, self._dots, *self._chosen.values(), self._words]

    def update(self, arrays: dict[str, Any], batch: int) -> None:
        balls = np.where(arrays["balls"] < _LARGE, arrays["balls"], np.nan)
        self._theory.set_data(SIZES, arrays["expected"])
        self._dots.set_data(SIZES, balls)
        for name, size in (("one", 1), ("batch", batch)):
            self._chosen[name].set_data([size], [balls[SIZES.index(size)]])
        place = np.log(arrays["expected"][-1] / _SMALL) / np.log(_LARGE / _SMALL)
        self._words.set_position((1.03, float(np.clip(place, 0.05, 0.95))))
