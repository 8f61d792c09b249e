"""Chapter 1's perceptron: it learns from its mistakes, one after the other. What is drawn: `_perceptron_figure`."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist

from nnlab.explorers import controls
from nnlab.explorers.chapter_01._perceptron_figure import EPOCHS, SIZE, PerceptronFigure
from nnlab.explorers.chapter_01._plane import Array
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

PATTERNS = {"AND": (0, 0, 0, 1), "OR": (0, 1, 1, 1), "XOR": (0, 1, 1, 0)}
CLOUDS = {"clouds": (0.7, 8), "overlap": (1.2, 11)}  # how wide they are, and a seed: a line can part the first
POINTS = 40
LAST = 40  # corrections that are kept
# Powers of two only change the exponent of a float, so that each learning rate makes the very same mistakes.
RATES = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


@explorer(chapter="01")
def perceptron_steps(data: str = "AND", learning_rate: float = 1.0, order: int = 0, step: int = 3) -> PerceptronSteps:
    """Follow a perceptron from mistake to mistake.

    Parameters
    ----------
    data : {"AND", "OR", "XOR", "clouds", "overlap"}
        What it should learn: a truth table, or two clouds of 40 points that a line can part or not.
    learning_rate : {0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0}
        By what each correction is multiplied.
    order : int
        The order in which it sees the samples: 0 as they are listed, others shuffled, up to 20.
    step : int
        After how many corrections to look, from 0 to 40.

    Returns
    -------
    PerceptronSteps
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return PerceptronSteps(data=data, learning_rate=learning_rate, order=order, step=step)


@cache
def _samples(data: str) -> tuple[Array, Array]:
    """Make the samples: (N, 2) and their classes (N,)."""
    if data in PATTERNS:
        return np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float), np.array(PATTERNS[data])
    from nnlab.datasets import toy

    noise, seed = CLOUDS[data]
    x, y = toy.gaussians(POINTS, noise=noise, seed=seed)
    return np.round(0.5 - 0.36 * x.astype(float), 2), y  # class 1 in the upper right, as with AND


def learn(x: Array, y: Array, rate: float) -> Arrays:
    """Train a perceptron from zero weights, and keep every correction.

    Parameters
    ----------
    x : ndarray of shape (N, 2)
    y : ndarray of shape (N,)
        0 or 1.
    rate : float

    Returns
    -------
    dict of str to ndarray
        ``weights`` (corrections + 1, 3): w₁, w₂ and b, at first and after each correction; ``fault`` and ``epoch``,
        (corrections,): which sample was wrong, and when; ``mistakes`` (EPOCHS,): corrections in each epoch.
    """
    w, weights, fault, when = np.zeros(3), [np.zeros(3)], [], []
    rows, mistakes = np.column_stack([x, np.ones(len(x))]), np.zeros(EPOCHS, dtype=int)
    for epoch in range(EPOCHS):
        for n, (row, label) in enumerate(zip(rows, y, strict=True)):
            error = label - int(row @ w >= 0)
            if error:
                w = w + rate * error * row
                mistakes[epoch] += 1
                weights.append(w)
                fault.append(n)
                when.append(epoch)
        if not mistakes[epoch]:
            break
    return {
        "weights": np.array(weights), "fault": np.array(fault, dtype=int), "epoch": np.array(when, dtype=int),
        "mistakes": mistakes, "done": np.array(not mistakes[epoch]), "epochs": np.array(epoch + 1),
    }  # fmt: skip


def period(run: Arrays) -> int:
    """Count the epochs after which the weights are again what they were, or 0 if they are not within the run."""
    ends = np.searchsorted(run["epoch"], np.arange(int(run["epochs"])), side="right")  # corrections made until then
    at = run["weights"][ends]
    same = [k for k in range(1, len(at)) if np.array_equal(at[-1], at[-1 - k])]
    return same[0] if same and not run["done"] else 0


class PerceptronSteps(Explorer):
    """The widget that `perceptron_steps` returns."""

    name = "perceptron_steps"
    size = SIZE
    rows = (("data", "learning_rate"), ("order", "step"))
    presets = {
        N_("AND"): {"data": "AND", "learning_rate": 1.0, "order": 0, "step": 3},
        N_("clouds"): {"data": "clouds", "learning_rate": 1.0, "order": 0, "step": 2},
        N_("XOR never ends"): {"data": "XOR", "learning_rate": 1.0, "order": 0, "step": LAST},
        N_("nor does overlap"): {"data": "overlap", "learning_rate": 1.0, "order": 0, "step": LAST},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "data": controls.choice(_("data"), "AND", (*PATTERNS, *CLOUDS)),
            "learning_rate": controls.steps(_("learning rate η"), 1.0, RATES),
            "order": controls.count(_("order"), 0, 0, 20),
            "step": controls.time(_("correction"), 3, LAST, 700),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Train from the beginning."""
        x, y = _samples(values.data)
        if values.order:
            shuffled = np.random.default_rng(values.order).permutation(len(x))
            x, y = x[shuffled], y[shuffled]
        run = learn(x, y, values.learning_rate)
        step = min(values.step, len(run["fault"]))
        return {"x": x, "y": y, **run, "step": np.array(step), "period": np.array(period(run))}

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the axes."""
        self._picture = PerceptronFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move the line, the ring, the bars and the table."""
        self._picture.update(arrays)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what the last correction was."""
        step, total = int(arrays["step"]), len(arrays["fault"])
        if not step:
            return _("Before the first sample all weights are 0: z is 0 everywhere, so the answer is 1 everywhere.")
        n = int(arrays["fault"][step - 1])
        row, label = _point(arrays["x"][n]), int(arrays["y"][n])
        if label:
            words = _(
                "Correction {step} (of {total}), epoch {epoch}: {row} got a 0, is a 1: η·{row} is added to w, η to b."
            )
        else:
            words = _(
                "Correction {step} (of {total}), epoch {epoch}: {row} got a 1, is a 0: η·{row} is taken from w, η "
                "from b."
            )
        return words.format(
            step=step, total=total if arrays["done"] else "∞", epoch=int(arrays["epoch"][step - 1]) + 1, row=row
        )

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say how many corrections it takes, or that there is no end."""
        words = _("A perceptron learns {data} from zero weights with learning rate {rate}, order {order}.")
        first = words.format(data=values.data, rate=f"{values.learning_rate:g}", order=values.order)
        if arrays["done"]:
            words = _("After {count} corrections, in epoch {epoch}, none of the {samples} samples is wrong any more.")
            second = words.format(count=len(arrays["fault"]), epoch=int(arrays["epochs"]), samples=len(arrays["x"]))
        elif arrays["period"]:
            words = _("It never ends: every {period} epochs all weights are again what they were.")
            if int(arrays["period"]) == 1:
                words = _("It never ends: after every epoch all weights are again what they were.")
            second = words.format(period=int(arrays["period"]))
        else:
            second = _("After {epochs} epochs there are still mistakes.").format(epochs=EPOCHS)
        third = _("Shown is the line after {step} corrections.").format(step=int(arrays["step"]))
        if int(arrays["step"]) == 1:
            third = _("Shown is the line after one correction.")
        return " ".join([first, second, third])


def _point(x: Array) -> str:
    return f"({x[0]:g}, {x[1]:g})"
