"""Chapter 02's game: set two weights and a bias by hand so that a neuron answers right, with the widest margin."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from nnlab.explorers import controls
from nnlab.explorers.chapter_02._margin import distances, widest
from nnlab.explorers.chapter_02._neuron_by_hand_figure import REACH, SIZE, HandFigure, percent
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

Array = NDArray[Any]

FINE = 0.05  # between two positions of a slider
CLOSE = 0.95  # a share of the largest margin that counts as won
_CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
_TABLES = {"AND": (0, 0, 0, 1), "OR": (0, 1, 1, 1), "NAND": (1, 1, 1, 0), "XOR": (0, 1, 1, 0)}
_CLOUDS = (
    ((-1.5, 0.3), (-1.1, 1.3), (-0.7, -0.4), (-0.4, 0.9), (-1.3, -0.9), (0.2, 1.5)),
    ((0.0, -1.2), (0.7, -0.5), (1.3, 0.4), (0.5, -1.5), (1.5, -0.9), (1.0, 1.1)),
)
TASKS = (*_TABLES, "clouds")


@explorer(chapter="02")
def neuron_by_hand(task: str = "AND", w1: float = 1.0, w2: float = 0.3, b: float = -0.5) -> NeuronByHand:
    """Set a neuron with a step by hand, and be scored by its right answers and its margin.

    Parameters
    ----------
    task : {"AND", "OR", "NAND", "XOR", "clouds"}
    w1, w2 : float
        The weights, from -2 to 2; the tip of their arrow can also be dragged in the figure.
    b : float
        The bias, from -3 to 3.

    Returns
    -------
    NeuronByHand
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return NeuronByHand(task=task, w1=w1, w2=w2, b=b)


@cache
def samples(task: str) -> tuple[Array, Array, float]:
    """Give a task's samples, their classes, and the largest margin that a line can have; 0 where none is right.

    Parameters
    ----------
    task : str

    Returns
    -------
    x : ndarray of shape (N, 2)
    y : ndarray of shape (N,)
    largest : float
    """
    if task == "clouds":
        x = np.array([*_CLOUDS[0], *_CLOUDS[1]])
        y = np.repeat([0, 1], [len(cloud) for cloud in _CLOUDS])
    else:
        x, y = _CORNERS, np.array(_TABLES[task])
    return x, y, widest(x, y)[0]


class NeuronByHand(Explorer):
    """The widget that `neuron_by_hand` returns."""

    name = "neuron_by_hand"
    size = SIZE
    rows = (("task", "b"), ("w1", "w2"))
    pointer = {"plane": (("w1", "w2"),)}
    presets = {
        N_("the line through the origin"): {"w1": 1.0, "w2": 1.0, "b": 0.0},
        N_("one weight only"): {"w1": 1.0, "w2": 0.0, "b": -0.5},
        N_("twice as long"): {"w1": 2.0, "w2": 0.6, "b": -1.0},
    }

    def __init__(self, **values: Any) -> None:
        self._best: dict[str, float] = {}
        super().__init__(**values)

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "task": controls.choice(_("task"), "AND", TASKS),
            "w1": controls.slider(_("weight w₁"), 1.0, -REACH, REACH, FINE),
            "w2": controls.slider(_("weight w₂"), 0.3, -REACH, REACH, FINE),
            "b": controls.slider(_("bias b"), -0.5, -3.0, 3.0, FINE),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Measure how far each sample lies from the line, and on which side."""
        x, y, largest = samples(values.task)
        w = np.array([values.w1, values.w2])
        says = x @ w + values.b >= 0
        distance = distances(x, y, w, values.b)
        right = says == (y == 1)
        margin = float(distance.min())
        share = margin / largest if right.all() and largest and margin > 0 else 0.0
        share = min(share, 1.0) if share < 1 - 1e-9 else 1.0
        self._best[values.task] = max(self._best.get(values.task, 0.0), share)
        return {
            "x": x,
            "y": y,
            "w": w,
            "b": np.array(values.b),
            "distance": distance,
            "wrong": ~right,
            "right": np.array(right.sum()),
            "margin": np.array(margin if right.all() or not np.isfinite(margin) else min(margin, 0.0)),
            "largest": np.array(largest),
            "share": np.array(share),
        }

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the three pictures."""
        self._picture = HandFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move everything."""
        self._picture.update(arrays, self._best[values.task])

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what is still wrong, or how good it is."""
        best = percent(self._best[values.task])
        sentences = [_wrong(arrays)] if arrays["wrong"].any() else [_won(float(arrays["share"]))]
        if not arrays["largest"]:
            sentences.append(_("No line gets all of them right."))
        elif best:
            sentences.append(_("Best so far: {percent} %.").format(percent=best))
        return " ".join(sentences)

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say how many are right, and how wide the margin is."""
        words = _("Task {task}: a neuron with a step, weights {w1} and {w2}, bias {b}, gets {right} of {count} right.")
        numbers = {name: f"{getattr(values, name):g}".replace("-", "−") for name in ("w1", "w2", "b")}
        right, count = int(arrays["right"]), len(arrays["x"])
        sentences = [words.format(task=values.task, right=right, count=count, **numbers)]
        if right == count:
            words = _("Its margin is {percent} % of the largest.")
            sentences.append(words.format(percent=percent(float(arrays["share"]))))
        elif not arrays["largest"]:
            sentences.append(_("No line gets all of them right."))
        return " ".join(sentences)


def _wrong(arrays: Arrays) -> str:
    """Name the first sample that is wrong, and count the others."""
    if not arrays["w"].any():
        return _("All weights are 0: there is no line, and the answer is the same everywhere.")
    k = int(np.argmax(arrays["wrong"]))
    distance = f"{abs(float(arrays['distance'][k])):.2f}"
    words = _("Still wrong: ({x1}, {x2}) should be {y}, and lies {distance} on the other side.")
    if distance == "0.00":
        words = _("Still wrong: ({x1}, {x2}) should be {y}. It lies on the line, and there a step says 1.")
    said = words.format(x1=f"{arrays['x'][k, 0]:g}", x2=f"{arrays['x'][k, 1]:g}", y=arrays["y"][k], distance=distance)
    others = int(arrays["wrong"].sum()) - 1
    return " ".join([said, _("{count} more are wrong.").format(count=others)]) if others else said


def _won(share: float) -> str:
    if share >= 1 - 1e-9:
        return _("The widest margin there is: no line is farther from its nearest samples.")
    if share >= CLOSE:
        return _("All right, and the margin is nearly as wide as it can be.")
    return _("All right. Now make the margin wider: move the line away from the sample that is nearest.")
