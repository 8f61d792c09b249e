"""What `unrolled_rnn` draws: the states as tiles, the gradient below them, and the eigenvalues of the matrix."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullLocator
from numpy.typing import NDArray

from nnlab.explorers.letters import Label, Labels
from nnlab.explorers.tiles import Table
from nnlab.language import _
from nnlab.plots.labels import power_of_ten, short
from nnlab.plots.style import CLASS_0, GHOST, GRADIENT, INK, SIGNED, Picture, axes_at

Array = NDArray[Any]
Arrays = dict[str, Any]

SIZE = (840, 416)
LONGEST = 60  # steps
LOW, HIGH = 1e-12, 1e12  # of the axis of gradients
REACH = 1.75  # of the plane of eigenvalues
LEVELS = (1e-9, 1e-6, 1e-3, 1.0, 1e3, 1e6, 1e9)


class UnrolledFigure:
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
        states = axes_at(figure, 66, 34, 456, 112)
        states.set(xlim=(0.5, LONGEST + 0.5), ylim=(16, 0), xticks=[], yticks=[])
        states.grid(visible=False)
        states.set_ylabel(_("16 units"))
        states.set_title(_("forward: the state after each step"), loc="left")
        self._tiles = Table(states, SIGNED, -1.0, 1.0)
        self._line, self._beyond, self._notes = self._gradient(axes_at(figure, 66, 212, 456, 150))
        whole = axes_at(figure, 566, 212, 60, 150)
        (self._whole,) = _log(whole).plot([], [], "o", color=GRADIENT, markersize=8, clip_on=False)
        whole.set(xlim=(-0.7, 0.7), xticks=[])
        whole.set_title(_("gradient of W"), loc="left")
        whole.set_yticklabels([])
        whole.axhline(1.0, color=GHOST, linewidth=1)
        self._whole_note = Labels(whole)
        (self._before,) = whole.plot([], [], "o", color="white", markeredgecolor=GRADIENT, markersize=8, clip_on=False)
        plane = axes_at(figure, 676, 30, 106, 106)
        self._eigenvalues = _plane(plane)
        self.moving: list[Artist] = [
            self._tiles, self._line, self._beyond, self._notes, self._before, self._whole,
            self._whole_note, self._eigenvalues,
        ]  # fmt: skip

    def _gradient(self, axes: Axes) -> tuple[Any, Any, Labels]:
        _log(axes).set(xlim=(0.5, LONGEST + 0.5), xlabel=_("step"))
        axes.set_xticks([1, 10, 20, 30, 40, 50, 60])
        axes.set_ylabel(_("length"))
        axes.set_title(_("backward: the gradient at each state"), loc="left")
        axes.axhline(1.0, color=GHOST, linewidth=1)
        (line,) = axes.plot([], [], "o-", color=GRADIENT, markersize=3.5, clip_on=False)
        (beyond,) = axes.plot([], [], linestyle="", color=GRADIENT, markersize=8, clip_on=False)
        return line, beyond, Labels(axes)

    def update(self, arrays: Arrays, clip: float) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        clip : float
            0 for no clipping.
        """
        state, gradient = arrays["state"], arrays["gradient"]
        steps = len(state)
        tiles = np.full((state.shape[1], LONGEST), np.nan)
        tiles[:, :steps] = np.nan_to_num(state.T, posinf=9, neginf=-9)
        self._tiles.values = tiles
        at = np.arange(1, steps + 1)
        shown = _inside(gradient)
        self._line.set_data(at, shown)
        edge = (shown[0] >= HIGH) or (shown[0] <= LOW)
        self._beyond.set_data(at[:1] if edge else [], shown[:1] if edge else [])
        self._beyond.set_marker("^" if shown[0] >= HIGH else "v")
        self._notes.texts = [self._at_step_1(steps, float(gradient[0]), float(shown[0]))]
        whole, after = arrays["whole"]
        self._whole.set_data([0], _inside(np.array([after])))
        self._before.set_data([0] if after < whole else [], _inside(np.array([whole])) if after < whole else [])
        words = _("clipped") if after < whole else _("not clipped") if not clip else _("short enough")
        self._whole_note.texts = [Label(words, 0.75, float(_inside(np.array([after]))[0]), color=INK)]
        self._eigenvalues.set_data(arrays["eigenvalues"].real, arrays["eigenvalues"].imag)

    def _at_step_1(self, steps: int, size: float, place: float) -> Label:
        """Write the size at step 1 where the line is not."""
        above = place < 1
        words = _("at step 1: {size}").format(size=short(size))
        if abs(math.log10(max(place, LOW))) < 1:
            return Label(words, 2, 1e4, color=GRADIENT, bold=True)
        return Label(words, 2, 1e5 if above else 1e-5, color=GRADIENT, bold=True)


def _inside(gradient: Array) -> Array:
    return np.asarray(np.clip(np.nan_to_num(gradient, nan=HIGH, posinf=HIGH), LOW, HIGH))


def _log(axes: Axes) -> Axes:
    """Give the axes the common scale of gradients."""
    axes.set(ylim=(LOW, HIGH), yscale="log")
    axes.set_yticks(LEVELS)
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _position: power_of_ten(round(math.log10(value)))))
    return axes


def _plane(axes: Axes) -> Any:
    """Draw the unit circle, and return the dots of the eigenvalues."""
    turn = np.linspace(0, 2 * np.pi, 200)
    axes.plot(np.cos(turn), np.sin(turn), color=INK, linewidth=1.2)
    axes.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    axes.set_title(_("eigenvalues of W"), loc="left")
    axes.set_xlabel(_("real part"))
    axes.set_ylabel(_("imaginary"))
    (dots,) = axes.plot([], [], "o", color=CLASS_0, markersize=5, markeredgecolor="white", markeredgewidth=0.5)
    return dots
