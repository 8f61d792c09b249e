"""Chapter 02's first explorer: one neuron with two inputs, its line, its surface, and one sample to carry around."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist

from nnlab.explorers import controls
from nnlab.explorers.chapter_02._neuron_surface_figure import REACH, SIZE, SurfaceFigure, written
from nnlab.explorers.chapter_02._plane import answer
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

ACTIVATIONS = ("step", "sigmoid", "linear")
FINE = 0.05  # between two positions of a slider
WITHIN = 2.8  # how far out a sample may stand, so that its mark is seen whole


@explorer(chapter="02")
def neuron_surface(
    w1: float = 1.0,
    w2: float = 0.5,
    b: float = -0.5,
    activation: str = "sigmoid",
    x1: float = 1.5,
    x2: float = 1.0,
) -> NeuronSurface:
    """Move the weights and the bias of a neuron with two inputs, and see its line and its answers.

    Parameters
    ----------
    w1, w2 : float
        The weights, from -3 to 3; the tip of their arrow can also be dragged in the figure.
    b : float
        The bias, from -4 to 4; the threshold can also be dragged in the lower right picture.
    activation : {"step", "sigmoid", "linear"}
    x1, x2 : float
        A sample, from -2.8 to 2.8; it is dragged in the figure.

    Returns
    -------
    NeuronSurface
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return NeuronSurface(w1=w1, w2=w2, b=b, activation=activation, x1=x1, x2=x2)


class NeuronSurface(Explorer):
    """The widget that `neuron_surface` returns."""

    name = "neuron_surface"
    size = SIZE
    rows = (("w1", "w2"), ("b", "activation"))
    pointer = {"plane": (("w1", "w2"), ("x1", "x2")), "profile": ((None, None),)}
    presets = {
        N_("all doubled"): {"w1": 2.0, "w2": 1.0, "b": -1.0, "activation": "sigmoid"},
        N_("all signs turned"): {"w1": -1.0, "w2": -0.5, "b": 0.5, "activation": "sigmoid"},
        N_("bias 0"): {"w1": 1.0, "w2": 0.5, "b": 0.0, "activation": "sigmoid"},
        N_("hard step"): {"w1": 1.0, "w2": 0.5, "b": -0.5, "activation": "step"},
        N_("no weights"): {"w1": 0.0, "w2": 0.0, "b": -0.5, "activation": "sigmoid"},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls; those of the sample are moved in the figure only."""
        return {
            "w1": controls.slider(_("weight w₁"), 1.0, -REACH, REACH, FINE),
            "w2": controls.slider(_("weight w₂"), 0.5, -REACH, REACH, FINE),
            "b": controls.slider(_("bias b"), -0.5, -4.0, 4.0, FINE),
            "activation": controls.choice(_("activation"), "sigmoid", ACTIVATIONS),
            "x1": controls.slider(_("sample x₁"), 1.5, -WITHIN, WITHIN, FINE),
            "x2": controls.slider(_("sample x₂"), 1.0, -WITHIN, WITHIN, FINE),
        }

    def pointed(self, axes: str, x: float, y: float) -> None:
        """Move the arrow or the sample; in the profile, move the threshold by means of the bias."""
        if axes != "profile":
            super().pointed(axes, x, y)
            return
        size = float(np.hypot(self.controls["w1"].value, self.controls["w2"].value))
        self.set(b=controls.nearest(self.controls["b"], -x * size))

    def compute(self, values: Values, task: Task) -> Arrays:
        """Compute the answer for the sample, and along the arrow."""
        w, x = np.array([values.w1, values.w2]), np.array([values.x1, values.x2])
        size = float(np.hypot(*w))
        u = w / size if size else np.array([1.0, 0.0])
        edge = -values.b / size if size else np.nan
        along = np.linspace(-4, 4, 401)
        if values.activation == "step" and size:
            along = np.sort(np.append(along, [edge - 1e-9, edge]))  # so that it rises straight up
        z = w @ x + values.b
        return {
            "w": w,
            "b": np.array(values.b),
            "sample": x,
            "z": np.array(z),
            "a": answer(values.activation, np.array(z)),
            "distance": np.array(z / size if size else np.nan),
            "foot": x - (z / size) * u if size else x,
            "edge": np.array(edge),
            "place": u @ x,
            "along": along,
            "profile": answer(values.activation, size * along + values.b),
        }

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the three pictures."""
        self._picture = SurfaceFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move everything."""
        self._picture.update(arrays, values.activation)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what can be dragged, and where the line is."""
        if not arrays["w"].any():
            return _("All weights are 0: the neuron hears nothing, gives the same everywhere, and has no line.")
        words = _(
            "Drag the tip of w, the sample (diamond), or the threshold (lower right). Length of w: {size}; "
            "the line crosses the arrow's direction at {edge}."
        )
        return words.format(size=written(float(np.hypot(*arrays["w"]))), edge=written(float(arrays["edge"])))

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say where the line is and what the neuron gives for the sample."""
        words = _("A neuron with weights {w1} and {w2}, bias {b} and the activation {name}.")
        numbers = {name: written(getattr(values, name)) for name in ("w1", "w2", "b")}
        sentences = [words.format(name=values.activation, **numbers)]
        if arrays["w"].any():
            words = _("Its line, at right angles to the arrow of the weights, lies at {edge} along that arrow.")
            sentences.append(words.format(edge=written(float(arrays["edge"]))))
        else:
            sentences.append(_("Without weights it has no line."))
        words = _("For the sample ({x1}, {x2}) it gives z = {z} and a = {a}.")
        given = {name: written(float(arrays[name])) for name in ("z", "a")}
        sentences.append(words.format(x1=written(values.x1), x2=written(values.x2), **given))
        return " ".join(sentences)
