"""A curve that a learner draws, point by point: with the pointer, or with a slider for each point."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from nnlab.explorers import controls
from nnlab.explorers.core import Arrays, Explorer, Task, Values
from nnlab.language import _
from nnlab.plots.style import CLASS_0, GRADIENT, INK, Picture


class CurvePad(Explorer):
    """A curve to be drawn with the pointer, or point by point with sliders.

    Parameters
    ----------
    x : ndarray of shape (points,)
    between : tuple of float
        The range of y.
    labels : tuple of str
        Of the axes.
    """

    name = "curve"
    size = (560, 300)
    pointer = {"curve": ((None, None),)}

    def __init__(self, x: NDArray[Any], between: tuple[float, float], labels: tuple[str, str]) -> None:
        self._x, self._between, self._labels = x, between, labels
        self._answer: NDArray[Any] | None = None
        super().__init__()

    def make_controls(self) -> dict[str, Any]:
        """Make a slider for each point."""
        low, high = self._between
        middle, step = (low + high) / 2, (high - low) / 100
        return {
            f"y{k}": controls.slider(f"{self._labels[0]} {x:g}", middle, low, high, step, ".3g")
            for k, x in enumerate(self._x)
        }

    def code(self) -> str:
        """Give nothing: a prediction is not to be copied."""
        return ""

    def curve(self) -> NDArray[np.float64]:
        """Return the curve as it is drawn.

        Returns
        -------
        ndarray of shape (points,)
        """
        return np.array(list(vars(self._values()).values()))

    def reveal(self, answer: NDArray[Any]) -> None:
        """Draw the true curve beside the learner's.

        Parameters
        ----------
        answer : ndarray of shape (points,)
        """
        self._answer = answer
        self._moved()

    def pointed(self, axes: str, x: float, y: float) -> None:
        """Move the point that is nearest to the pointer."""
        name = f"y{int(np.argmin(np.abs(self._x - x)))}"
        low, high = self._between
        self.set(**{name: float(np.clip(y, low, high))})

    def compute(self, values: Values, task: Task) -> Arrays:
        """Collect the points."""
        arrays = {"x": self._x, "drawn": np.array(list(vars(values).values()))}
        return arrays if self._answer is None else {**arrays, "answer": self._answer}

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the axes."""
        axes = figure.add_axes((0.12, 0.17, 0.72, 0.76), label="curve")
        low, high = self._between
        pad = 0.05 * (high - low)
        axes.set(xlabel=self._labels[0], ylabel=self._labels[1], ylim=(low - pad, high + pad), xticks=self._x)
        (self._drawn,) = axes.plot(self._x, self._x, "o-", color=CLASS_0)
        (self._true,) = axes.plot([], [], "s--", color=GRADIENT)
        self._names = [
            axes.text(0, 0, "", color=color, va="center_baseline", clip_on=False) for color in (CLASS_0, GRADIENT)
        ]
        axes.tick_params(labelcolor=INK)
        return [self._true, self._drawn, *self._names]

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move the curves."""
        self._drawn.set_data(self._x, arrays["drawn"])
        lines = [(arrays["drawn"], _("yours"))]
        if "answer" in arrays:
            self._true.set_data(self._x, arrays["answer"])
            lines.append((arrays["answer"], _("measured")))
        for name, (y, word) in zip(self._names, lines, strict=False):
            name.set_text(f" {word}")
            name.set_position((self._x[-1], y[-1]))

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say through which points the curve goes."""
        points = ", ".join(f"{y:.2g}" for y in arrays["drawn"])
        return _("Your curve goes through {points}.").format(points=points)
