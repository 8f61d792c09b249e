"""What `neuron_training` draws: the clouds with the line, the error of each epoch, and the weights of each epoch."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from numpy.typing import NDArray

from nnlab.explorers.chapter_02._plane import NeuronPlane
from nnlab.language import _
from nnlab.plots.labels import spread
from nnlab.plots.style import CLASS_0, CLASS_1, GHOST, INK, LOSS, SERIES, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 366)
REACH = 3.0  # the plane shows the square from -3 to 3
EPOCHS = 40
WEIGHTS = ("w₁", "w₂", "b")
_INKS = (SERIES[1], "#20719f", INK)


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
        plane = axes_at(figure, 70, 28, 285, 285)
        plane.set(label="plane", xticks=range(-3, 4), yticks=range(-3, 4))
        self._plane = NeuronPlane(plane, REACH, 6, pointing=False)
        rim: dict[str, Any] = {"markersize": 14, "markeredgecolor": INK, "markeredgewidth": 2.0, "linestyle": ""}
        (self._zero,) = plane.plot([], [], "o", color=CLASS_0, **rim)
        (self._one,) = plane.plot([], [], "s", color=CLASS_1, **rim)
        self._right = plane.text(0, 1.03, "", transform=plane.transAxes, color=INK, fontweight="bold", fontsize=11.5)
        self._error = _Error(axes_at(figure, 450, 28, 345, 100))
        self._weights = _Weights(axes_at(figure, 450, 208, 345, 105))
        self.moving: list[Artist] = [*self._plane.moving, self._zero, self._one, self._right]
        self.moving += [*self._error.moving, *self._weights.moving]

    def update(self, arrays: dict[str, Any], activation: str, epoch: int) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        activation : str
        epoch : int
            Whose line is drawn.
        """
        done = len(arrays["weights"]) - 1
        epoch = min(epoch, done)
        w1, w2, b = arrays["seen"][epoch]
        self._plane.neuron(np.array([w1, w2]), float(b), activation)
        self._plane.samples(arrays["x"], arrays["y"])
        self._zero.set_data(*arrays["centers"][0][:, None])
        self._one.set_data(*arrays["centers"][1][:, None])
        margin = float(arrays["margin"][epoch])
        words = _("after epoch {epoch}: {right} of {count} right")
        if margin > 0:
            words = _("after epoch {epoch}: all right, margin {margin}")
        numbers = {"right": int(arrays["right"][epoch]), "count": len(arrays["x"]), "margin": f"{margin:.2f}"}
        self._right.set_text(words.format(epoch=epoch, **numbers))
        self._error.update(arrays["error"], epoch)
        self._weights.update(arrays["weights"], epoch)


class _Error:
    """The error of each epoch."""

    def __init__(self, axes: Axes) -> None:
        axes.set(xlim=(0, EPOCHS), ylim=(0, 0.7), yticks=(0, 0.25, 0.5), yticklabels=("0", "¼", "½"))
        axes.set(xlabel=_("epoch"), ylabel=_("error"))
        axes.set_title(_("error: the mean of |y − a|"))
        (self._now,) = axes.plot([], [], color=GHOST, linewidth=1.6)
        (self._line,) = axes.plot([], [], color=LOSS, linewidth=2.2)
        (self._point,) = axes.plot([], [], "o", color=LOSS, markersize=7, clip_on=False)
        self.moving: list[Artist] = [self._now, self._line, self._point]

    def update(self, error: Array, epoch: int) -> None:
        self._line.set_data(np.arange(len(error)), error)
        self._now.set_data([epoch, epoch], [0, 1])
        self._point.set_data([epoch], [min(error[epoch], 0.7)])


class _Weights:
    """The weights and the bias after each epoch, on an axis that grows with them."""

    def __init__(self, axes: Axes) -> None:
        axes.set(xlim=(0, EPOCHS), ylim=(-1, 1), xlabel=_("epoch"), title=_("weights and bias"))
        axes.set(yticks=(-1, -0.5, 0, 0.5, 1), yticklabels=())
        beside: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "ha": "right", "va": "center"}
        self._ticks = [axes.text(-0.025, at, "", color="#555555", fontsize=10, **beside) for at in (-1, 0, 1)]
        (self._now,) = axes.plot([], [], color=GHOST, linewidth=1.6)
        self._lines = [axes.plot([], [], color=ink, linewidth=2.2)[0] for ink in _INKS]
        self._names = [
            axes.text(EPOCHS + 0.8, 0, name, color=ink, va="center") for name, ink in zip(WEIGHTS, _INKS, strict=True)
        ]
        self.moving: list[Artist] = [self._now, *self._lines, *self._names, *self._ticks]

    def update(self, weights: Array, epoch: int) -> None:
        room = round_up(float(np.abs(weights).max()))
        for tick, value in zip(self._ticks, ("−{room}", "0", "{room}"), strict=True):
            tick.set_text(value.format(room=f"{room:,}"))
        shown = weights / room
        places = 2 * spread(shown[-1] / 2 + 0.5, 0.165) - 1
        for k, (line, name) in enumerate(zip(self._lines, self._names, strict=True)):
            line.set_data(np.arange(len(shown)), shown[:, k])
            name.set_y(places[k])
        self._now.set_data([epoch, epoch], [-1, 1])


def round_up(size: float) -> int:
    """Find the next of 1, 2, 5, 10, 20, 50, ...

    Parameters
    ----------
    size : float

    Returns
    -------
    int

    Examples
    --------
    >>> [round_up(size) for size in (0.2, 3.1, 12.0, 5000.0)]
    [1, 5, 20, 5000]
    """
    rounds = [first * 10**power for power in range(12) for first in (1, 2, 5)]
    return next((each for each in rounds if each >= size), rounds[-1])
