"""Chapter 10's program: document C's regression, with its line, its two landscapes of loss, and its two losses.

What is drawn stands in `nnlab.explorers.chapter_10._line_training_figure`, the program in `_program`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist

from nnlab.explorers import controls
from nnlab.explorers.chapter_10._line_training_figure import SIZE, TrainingFigure
from nnlab.explorers.chapter_10._program import (
    POINTS,
    RATE,
    STEPS,
    TRUTH,
    Array,
    above,
    draw,
    loss_on,
    train,
)
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

CLOSE = 0.01  # of the first loss above the best line's: a training below it has arrived
_FIRST = {"learning_rate": RATE, "steps": STEPS, "noise": 1.0, "points": POINTS, "seed": 0}


@explorer(chapter="10")
def line_training(
    learning_rate: float = RATE, steps: int = STEPS, noise: float = 1.0, points: int = POINTS, seed: int = 0
) -> LineTraining:
    """Run document C's linear regression, and see its line, the losses of all lines, and its path among them.

    Parameters
    ----------
    learning_rate : float
        From 0.001 to 2.
    steps : int
        On all points each, from 10 to 10,000.
    noise : float
        Width of the noise, from 0 to 2; the document's is 1.
    points : int
        From 10 to 1,000.
    seed : int
        Of points and first line, from 0 to 9.

    Returns
    -------
    LineTraining
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return LineTraining(learning_rate=learning_rate, steps=steps, noise=noise, points=points, seed=seed)


class LineTraining(Explorer):
    """The widget that `line_training` returns."""

    name = "line_training"
    size = SIZE
    rows = (("learning_rate", "steps"), ("noise", "points"), ("seed",))
    presets = {
        N_("as written"): _FIRST,
        N_("ten times the steps"): {**_FIRST, "steps": 10_000},
        N_("a good rate"): {**_FIRST, "learning_rate": 1.0},
        N_("no noise"): {**_FIRST, "learning_rate": 1.0, "noise": 0.0},
        N_("ten points"): {**_FIRST, "learning_rate": 1.0, "points": 10, "seed": 1},
        N_("diverges"): {**_FIRST, "learning_rate": 2.0, "steps": 25},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "learning_rate": controls.log_slider(_("learning rate η"), RATE, 0.001, 2.0),
            "steps": controls.log_slider(_("steps"), STEPS, 10, 10_000),
            "noise": controls.slider(_("width of the noise"), 1.0, 0.0, 2.0, 0.25),
            "points": controls.log_slider(_("points N"), POINTS, 10, 1000),
            "seed": controls.count(_("seed"), 0, 0, 9),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Take all steps, and measure the line after each on both kinds of points."""
        data = draw(values.seed, int(values.points), values.noise)
        path = train(data, values.learning_rate, int(values.steps))
        best, hessian = data.best, data.hessian
        return {
            "x": data.x,
            "y": data.y,
            "path": path,
            "best": best,
            "hessian": hessian,
            "training": data.floor + above(path, hessian, best),
            "test": loss_on(path),
            "floor": np.array(data.floor),
            "best_test": loss_on(best),
            "limit": np.array(4 / np.linalg.eigvalsh(hessian)[-1]),
        }

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the three axes."""
        self._picture = TrainingFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move everything."""
        self._picture.update(arrays)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Give the line, the best one, and both losses of each."""
        words = _(
            "The line {line}: training loss {training}, test loss {test}. "
            "The best line {best}: training loss {floor}, test loss {best_test}."
        )
        return words.format(
            line=_line(arrays["path"][-1]),
            training=_short(arrays["training"][-1]),
            test=_short(arrays["test"][-1]),
            best=_line(arrays["best"]),
            floor=_short(arrays["floor"]),
            best_test=_short(arrays["best_test"]),
        )

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Say why it diverges."""
        if not _diverges(values, arrays):
            return ""
        words = _(
            "Diverges: η = {rate} is above {limit}. That is twice the limit of chapter 06, because this gradient is "
            "half of the mean squared error's."
        )
        return words.format(rate=f"{values.learning_rate:g}", limit=f"{float(arrays['limit']):.2f}")

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say where the program has come, in words that a last bit does not change."""
        words = _("A line is fit to {points} points in {steps} steps with a learning rate of {rate}.")
        sentences = [
            words.format(points=f"{values.points:g}", steps=f"{values.steps:,.0f}", rate=f"{values.learning_rate:g}")
        ]
        gap = arrays["training"] - arrays["floor"]
        if _diverges(values, arrays):
            sentences.append(_("It diverges."))
        elif _off(arrays["path"][-1], arrays["best"]) < CLOSE:
            sentences.append(_("It arrives at the best line."))
        elif gap[-1] < CLOSE * gap[0]:
            sentences.append(_("The training loss is close to the least one, but the line is not the best one yet."))
        else:
            sentences.append(_("It is not there yet."))
        words = _("The best line through these points is not the true one, {truth}.")
        if values.noise > 0:
            sentences.append(words.format(truth=_line(np.array(TRUTH))))
        return " ".join(sentences)


def _diverges(values: Values, arrays: Arrays) -> bool:
    return bool(values.learning_rate > arrays["limit"])


def _off(line: Array, best: Array) -> float:
    """Distance of two lines, as the larger of the differences of slope and intercept."""
    return float(np.abs(line - best).max())


def _line(line: Array) -> str:
    """Write a line."""
    w, b = line
    if np.abs(line).max() > 1e4:
        return _("beyond all bounds")
    return f"{w:.2f} x {'+' if b >= 0 else '−'} {abs(b):.2f}".replace("-", "−")


def _short(loss: Any) -> str:
    value = float(loss)
    if value > 1e4:
        return "> 10,000"
    return f"{value:.3f}" if value < 1 else f"{value:.2f}"
