"""Chapter 5's prediction: one output of a network that is moved, its losses, and their slopes.

What is drawn stands in `nnlab.explorers.chapter_05._prediction_drag_figure`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from nnlab import losses
from nnlab.activations import sigmoid
from nnlab.explorers import controls
from nnlab.explorers.chapter_05._prediction_drag_figure import REACH, SIZE, DragFigure, signed
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

Array = NDArray[Any]

KINDS = {"regression": ["squared", "absolute", "Huber"], "classification": ["squared", "cross-entropy"]}
LOST = 0.02  # a slope below this moves next to nothing


@explorer(chapter="05")
def prediction_drag(
    task: str = "regression", z: float = 3.0, target: float = 1.0, delta: float = 1.0
) -> PredictionDrag:
    """Move the output of a network for one sample, and read its losses and their slopes.

    Parameters
    ----------
    task : {"regression", "classification"}
        Whether the output z is the prediction itself, or goes through a sigmoid to be a probability.
    z : float
        The output, from -6 to 6; it can also be dragged in the figure.
    target : float
        What is right, from 0 to 1; between them, a share of cases that are of class 1.
    delta : float
        The error at which Huber's loss turns from squared to absolute, from 0.2 to 3; of no effect in classification.

    Returns
    -------
    PredictionDrag
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return PredictionDrag(task=task, z=z, target=target, delta=delta)


def against_z(values: Values, z: Array) -> tuple[Array, Array]:
    """Compute the losses of one sample, and their slopes against its output.

    Parameters
    ----------
    values : SimpleNamespace
        The controls' values.
    z : ndarray of shape (points,)

    Returns
    -------
    loss, slope : ndarray of shape (losses, points)
    """
    p, y = z[:, None], np.full((len(z), 1), values.target)  # a row for each place of the output
    if values.task == "regression":
        chosen: list[losses.Loss] = [losses.MeanSquaredError(), losses.MeanAbsoluteError(), losses.Huber(values.delta)]
        through = np.ones_like(p)
    else:
        chosen, a = [losses.MeanSquaredError()], sigmoid(p)
        through = a * (1 - a)  # the slope of the sigmoid
    outputs = p if values.task == "regression" else sigmoid(p)
    # A loss gives the gradient of the mean: for a single sample it is that times the number of rows.
    loss = [each.per_sample(y, outputs) for each in chosen]
    slope = [(each.gradient(y, outputs) * len(z) * through)[:, 0] for each in chosen]
    if values.task == "classification":
        entropy = losses.BinaryCrossentropy(from_logits=True)
        loss.append(entropy.per_sample(y, p))
        slope.append((entropy.gradient(y, p) * len(z))[:, 0])
    return np.array(loss), np.array(slope)


class PredictionDrag(Explorer):
    """The widget that `prediction_drag` returns."""

    name = "prediction_drag"
    size = SIZE
    rows = (("task",), ("z", "target"), ("delta",))
    pointer = {"loss": (("z", None),), "slope": (("z", None),)}
    presets = {
        N_("far off"): {"task": "regression", "z": 5.0, "target": 1.0, "delta": 1.0},
        N_("nearly there"): {"task": "regression", "z": 1.1, "target": 1.0, "delta": 1.0},
        N_("confidently wrong"): {"task": "classification", "z": -6.0, "target": 1.0, "delta": 1.0},
        N_("three cases in ten"): {"task": "classification", "z": -0.85, "target": 0.3, "delta": 1.0},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "task": controls.choice(_("task"), "regression", tuple(KINDS)),
            "z": controls.slider(_("output z"), 3.0, -REACH, REACH, 0.05),
            "target": controls.slider(_("target y"), 1.0, 0.0, 1.0, 0.1, ".1f"),
            "delta": controls.slider(_("δ of Huber"), 1.0, 0.2, 3.0, 0.1, ".1f"),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Compute curves and slopes, and both at the point."""
        z = np.linspace(-REACH, REACH, 481)
        loss, slope = against_z(values, z)
        at_loss, at_slope = against_z(values, np.array([values.z]))
        return {
            "z": z,
            "loss": loss,
            "slope": slope,
            "at": np.array(values.z),
            "point": np.concatenate([at_loss, at_slope], axis=1),  # (losses, 2)
        }

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw both axes."""
        self._picture = DragFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move the curves and the point."""
        self._picture.update(values.task, values.target, arrays, KINDS[values.task])

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what the network says."""
        if values.task == "regression":
            words = _("The prediction is ŷ = z = {z}; it is off by ŷ − y = {error}.")
            return words.format(z=f"{values.z:.2f}", error=f"{values.z - values.target:.2f}").replace("-", "−")
        words = _("The network says: class 1 with the probability a = σ(z) = {share}. The target is {target}.")
        share = float(sigmoid(np.array(values.z)))
        return words.format(share=f"{share:.4f}", target=f"{values.target:g}")

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Point at a wrong answer that the squared error does not correct."""
        if values.task == "classification":
            squared, entropy = np.abs(arrays["point"][:, 1])
            if squared < LOST and entropy > 0.5:
                return _("Confidently wrong, and the squared error is flat here: it hardly moves the weights.")
        return ""

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say how large the losses and their slopes are at the point."""
        words = _("One sample with the target {target}; the network's output is z = {z}.")
        if values.task == "classification":
            words = _("One sample with the target {target}; the output z = {z} goes through a sigmoid.")
        rows = [
            _("{loss}: loss {value}, slope {slope}").format(loss=name, value=signed(value), slope=signed(slope))
            for name, (value, slope) in zip(KINDS[values.task], arrays["point"], strict=True)
        ]
        return " ".join(
            [words.format(target=f"{values.target:g}", z=f"{values.z:.2f}".replace("-", "−")), "; ".join(rows) + "."]
        )
