"""Chapter 06's four linked pictures: a line is fit by steps down the gradient, from where one puts it.

What is drawn stands in `nnlab.explorers.chapter_06._gradient_descent_figure`, the steps in `nnlab.explorers.line_fit`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist

from nnlab.explorers import controls
from nnlab.explorers.chapter_06._gradient_descent_figure import REACH, SIZE, STEPS, DescentFigure
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.explorers.line_fit import BEST, batches, descend, losses, points
from nnlab.language import N_, _
from nnlab.plots.style import Picture

POINTS, NOISE = 40, 0.5
NEAR = 0.01  # what is left of the first loss, above that of the best line, where a path has arrived
BATCHES = {"all 40": 40, "10": 10, "1": 1}
_START = {"w0": -1.0, "b0": 1.5}


@explorer(chapter="06")
def gradient_descent(
    learning_rate: float = 0.05,
    batch: str = "all 40",
    mean_x: float = 1.0,
    step: int = 4,
    w0: float = -1.0,
    b0: float = 1.5,
) -> GradientDescent:
    """Fit a line by gradient descent, and see path, line, loss and gradient side by side.

    Parameters
    ----------
    learning_rate : float
        From 0.001 to 2.
    batch : {"all 40", "10", "1"}
        Samples from which the gradient of a step is computed.
    mean_x : float
        Where the points lie, from 0 to 3: the farther from 0, the longer the valley of the loss.
    step : int
        After which of the 60 steps it is shown.
    w0, b0 : float
        Slope and intercept at the start, from -1.5 to 3.5 and from -2 to 3; they are dragged in the figure.

    Returns
    -------
    GradientDescent
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return GradientDescent(learning_rate=learning_rate, batch=batch, mean_x=mean_x, step=step, w0=w0, b0=b0)


class GradientDescent(Explorer):
    """The widget that `gradient_descent` returns."""

    name = "gradient_descent"
    size = SIZE
    rows = (("learning_rate", "step"), ("mean_x", "batch"))
    pointer = {"surface": (("w0", "b0"),)}
    presets = {
        N_("crawls"): {"learning_rate": 0.005, "batch": "all 40", "mean_x": 1.0, "step": STEPS, **_START},
        N_("zigzags"): {"learning_rate": 0.15, "batch": "all 40", "mean_x": 2.0, "step": 25, **_START},
        N_("a little too large"): {"learning_rate": 0.4, "batch": "all 40", "mean_x": 1.0, "step": 14, **_START},
        N_("diverges"): {"learning_rate": 1.0, "batch": "all 40", "mean_x": 1.0, "step": 4, **_START},
        N_("round bowl"): {"learning_rate": 0.4, "batch": "all 40", "mean_x": 0.0, "step": 8, **_START},
        N_("one sample a step"): {"learning_rate": 0.1, "batch": "1", "mean_x": 1.0, "step": STEPS, **_START},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls; the start is dragged."""
        return {
            "learning_rate": controls.log_slider(_("learning rate η"), 0.05, 0.001, 2.0),
            "batch": controls.choice(_("samples a step"), "all 40", tuple(BATCHES)),
            "mean_x": controls.slider(_("mean of x"), 1.0, 0.0, 3.0, 0.5, ".1f"),
            "step": controls.time(_("steps taken"), 4, STEPS, 150),
            "w0": controls.slider("w0", _START["w0"], BEST[0] - REACH, BEST[0] + REACH, 0.05),
            "b0": controls.slider("b0", _START["b0"], BEST[1] - REACH, BEST[1] + REACH, 0.05),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Take all steps, and one more, which is the next one at the end."""
        found = points(POINTS, values.mean_x, NOISE)
        chosen = batches(POINTS, BATCHES[values.batch], STEPS + 1)
        path = descend(found, chosen, values.learning_rate, (values.w0, values.b0))
        above, norm = losses(found, path)
        return {
            "x": found.x,
            "y": found.y,
            "path": path,
            "loss": found.floor + above,
            "floor": np.array(found.floor),
            "norm": norm,
            "hessian": found.hessian,
            "curvatures": np.linalg.eigvalsh(found.hessian),
            "next": found.x[chosen[values.step]],
            "next_y": found.y[chosen[values.step]],
        }

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the four axes."""
        self._picture = DescentFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move everything."""
        self._picture.update(arrays, values.step)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say how the valley is curved, and which learning rates it bears."""
        low, high = arrays["curvatures"]
        words = _(
            "Drag the start. The valley's curvatures are {low} and {high}: steps on all samples converge below "
            "η = 2 / {high} = {limit}, and now η = {rate}."
        )
        return words.format(
            low=f"{low:.2f}", high=f"{high:.2f}", limit=_limit(arrays), rate=f"{values.learning_rate:g}"
        )

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Say why it diverges."""
        if not _diverges(arrays):
            return ""
        if BATCHES[values.batch] == POINTS:
            words = _(
                "Diverges: η = {rate} is above 2 / λ_max = {limit}. Each step lands higher than the last one did."
            )
        else:
            words = _(
                "Diverges: with η = {rate} the steps on single batches are too long. On all samples the limit would be "
                "2 / λ_max = {limit}; batches are steeper in turn, and bear less."
            )
        return words.format(rate=f"{values.learning_rate:g}", limit=_limit(arrays))

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say how the path ends, in words that a last bit does not change."""
        words = _("A line is fit to {count} points by gradient descent: samples a step {batch}, learning rate {rate}.")
        sentences = [words.format(count=POINTS, batch=BATCHES[values.batch], rate=f"{values.learning_rate:g}")]
        above = arrays["loss"] - arrays["floor"]
        if _diverges(arrays):
            sentences.append(_("It diverges: the loss grows from step to step."))
        elif above[STEPS] < NEAR * above[0]:
            sentences.append(_("It arrives: after {steps} steps next to nothing is left to gain.").format(steps=STEPS))
        else:
            sentences.append(_("After {steps} steps it is not there yet.").format(steps=STEPS))
        if values.batch == "all 40":
            sentences.append(_("The limit of the learning rate is {limit}.").format(limit=_limit(arrays)))
        return " ".join(sentences)


def _limit(arrays: Arrays) -> str:
    return f"{2 / float(arrays['curvatures'][-1]):.3f}"


def _diverges(arrays: Arrays) -> bool:
    above = arrays["loss"] - arrays["floor"]
    return bool(above[STEPS] > 1.0001 * above[0] and above[STEPS] > float(arrays["floor"]))
