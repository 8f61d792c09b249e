"""Chapter 1's first explorer: a threshold unit whose two weights and bias are set by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection
from matplotlib.ticker import NullLocator

from nnlab.explorers import controls
from nnlab.explorers.chapter_01._plane import Plane
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import CLASS_0, CLASS_1, INK, RIGHT_TEXT, WRONG_TEXT, Picture, axes_at

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
PATTERNS = {"AND": (0, 0, 0, 1), "OR": (0, 1, 1, 1), "NOT x₁": (1, 1, 0, 0), "XOR": (0, 1, 1, 0)}
REACH = 8.0  # of the z axis: the largest weights and bias give 7


@explorer(chapter="01")
def threshold_unit(pattern: str = "AND", w1: float = 1.0, w2: float = -0.5, b: float = -0.2) -> ThresholdUnit:
    """Set two weights and a bias by hand, and see which of the four inputs the unit gets right.

    Parameters
    ----------
    pattern : {"AND", "OR", "NOT x₁", "XOR"}
        What the unit should say.
    w1, w2 : float
        The weights, from -2 to 2.
    b : float
        The bias, from -3 to 3.

    Returns
    -------
    ThresholdUnit
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return ThresholdUnit(pattern=pattern, w1=w1, w2=w2, b=b)


class ThresholdUnit(Explorer):
    """The widget that `threshold_unit` returns."""

    name = "threshold_unit"
    size = (840, 330)
    rows = (("pattern", "b"), ("w1", "w2"))
    presets = {
        N_("only x₁ counts"): {"w1": 1.0, "w2": 0.0, "b": -0.5},
        N_("no input counts"): {"w1": 0.0, "w2": 0.0, "b": -1.0},
        N_("three of XOR's four"): {"pattern": "XOR", "w1": 1.0, "w2": 1.0, "b": -0.5},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "pattern": controls.choice(_("pattern"), "AND", tuple(PATTERNS)),
            "w1": controls.slider(_("weight w₁"), 1.0, -2.0, 2.0, 0.1, ".1f"),
            "w2": controls.slider(_("weight w₂"), -0.5, -2.0, 2.0, 0.1, ".1f"),
            "b": controls.slider(_("bias b"), -0.2, -3.0, 3.0, 0.1, ".1f"),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Compute the four sums and what the unit says."""
        w = np.array([values.w1, values.w2])
        z = np.round(X @ w + values.b, 9)  # 0.3 + 0.6 - 0.9 is to be 0
        says, y = (z >= 0).astype(int), np.array(PATTERNS[values.pattern])
        return {"x": X, "y": y, "w": w, "b": np.array(values.b), "z": z, "says": says, "right": says == y}

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the plane and the four sums."""
        self._plane = Plane(figure, 58, 30, 242)
        self._plane.axes.set_title(_("ground: orange where it says 1"), pad=6)
        axes = axes_at(figure, 420, 30, 262, 242)
        axes.set(xlim=(-REACH, REACH), ylim=(-0.6, 3.6), xlabel="z = w₁x₁ + w₂x₂ + b", xticks=range(-6, 7, 2))
        axes.set(yticks=range(4), yticklabels=[f"({p}, {q})" for p, q in X[::-1]])
        axes.yaxis.set_minor_locator(NullLocator())
        axes.set_title(_("from z = 0 on it says 1"), pad=6)
        axes.axvline(0, color=INK, linewidth=1.4)
        self._bars = LineCollection([], linewidths=12, capstyle="butt")
        axes.add_collection(self._bars, autolim=False)
        (self._ends,) = axes.plot([], [], "o", color=INK, markersize=6)
        self._words = [axes.text(1.03 * REACH, 3 - k, "", va="center") for k in range(4)]
        return [*self._plane.moving, self._bars, self._ends, *self._words]

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move the line, the bars and the answers."""
        z, says, right = arrays["z"], arrays["says"], arrays["right"]
        self._plane.points(arrays["x"], arrays["y"])
        self._plane.step(arrays["w"], float(arrays["b"]))
        self._plane.rings(arrays["x"][~right])
        rows = 3.0 - np.arange(4)
        self._bars.set_segments([np.array([[0, row], [end, row]]) for end, row in zip(z, rows, strict=True)])
        self._bars.set_color([CLASS_1 if said else CLASS_0 for said in says])
        self._ends.set_data(z, rows)
        for text, said, good in zip(self._words, says, right, strict=True):
            words = _("says {said}: right") if good else _("says {said}: wrong")
            text.set_text(words.format(said=said))
            text.set_color(RIGHT_TEXT if good else WRONG_TEXT)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Count the right answers."""
        right = int(arrays["right"].sum())
        if right == 4:
            return _("All four are right: this unit computes {pattern}.").format(pattern=values.pattern)
        return _("{right} of 4 are right; the wrong ones are ringed.").format(right=right)

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say which inputs are right."""
        words = _("A threshold unit with the weights {w1} and {w2} and the bias {b} is to compute {pattern}.")
        first = words.format(w1=f"{values.w1:g}", w2=f"{values.w2:g}", b=f"{values.b:g}", pattern=values.pattern)
        wrong = [f"({p}, {q})" for p, q in X[~arrays["right"]]]
        if not wrong:
            return " ".join([first, _("All four inputs are right.")])
        second = _("{right} of 4 inputs are right, and wrong are: {wrong}.")
        return " ".join([first, second.format(right=4 - len(wrong), wrong=", ".join(wrong))])
