"""Chapter 3's first explorer: an activation, its slope, and the tangent at a point that one moves."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist

from nnlab import activations
from nnlab.explorers import controls
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import CLASS_0, GHOST, GRADIENT, INK, Picture

NAMES = ("step", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus")
REACH = 6.0
FLAT = 0.01  # a slope below this is called flat


@explorer(chapter="03")
def activation_curve(activation: str = "sigmoid", z: float = 1.0, parameter: float = 0.2) -> ActivationCurve:
    """Move a point along an activation and read its value and its slope.

    Parameters
    ----------
    activation : str
        Name of the activation.
    z : float
        Where the point stands, from -6 to 6; it can also be dragged in the figure.
    parameter : float
        The negative slope of leaky_relu and the alpha of elu, from 0 to 2; the others have none.

    Returns
    -------
    ActivationCurve
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return ActivationCurve(activation=activation, z=z, parameter=parameter)


class ActivationCurve(Explorer):
    """The widget that `activation_curve` returns."""

    name = "activation_curve"
    size = (840, 320)
    rows = (("activation",), ("z", "parameter"))
    pointer = {"value": (("z", None),), "slope": (("z", None),)}
    presets = {
        N_("steepest sigmoid"): {"activation": "sigmoid", "z": 0.0},
        N_("saturated"): {"activation": "sigmoid", "z": 5.0},
        N_("dead ReLU"): {"activation": "relu", "z": -3.0},
        N_("the kink"): {"activation": "relu", "z": 0.0},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "activation": controls.choice(_("activation"), "sigmoid", NAMES),
            "z": controls.slider(_("input z"), 1.0, -REACH, REACH, 0.05),
            "parameter": controls.slider(_("slope or alpha"), 0.2, 0.0, 2.0, 0.05),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Compute the curves, and value and slope at the point."""
        f = _activation(values)
        z = np.linspace(-REACH, REACH, 481)
        at = np.array([values.z])
        z_at, line = at[0], np.array([-1.6, 1.6])
        value, slope = float(f(at)[0]), float(_slope(f, at)[0])
        tangent_z = z_at + line / np.hypot(1, slope)
        return {
            "z": z,
            "f": f(z),
            "slope": _slope(f, z),
            "point": np.array([z_at, value, slope]),
            "tangent_z": tangent_z,
            "tangent": value + slope * (tangent_z - z_at),
        }

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw both axes."""
        left, right = figure.add_axes((0.075, 0.165, 0.4, 0.715)), figure.add_axes((0.575, 0.165, 0.4, 0.715))
        left.set(title=_("the activation a = f(z)"), xlabel="z", ylabel="f(z)", ylim=(-2.2, 4.2), label="value")
        right.set(title=_("its slope f′(z)"), xlabel="z", ylabel="f′(z)", ylim=(-0.25, 1.45), label="slope")
        self._shadows = []
        for axes in (left, right):
            axes.set(xlim=(-REACH, REACH), xticks=range(-6, 7, 2))
            axes.axhline(0, color=GHOST, linewidth=1)
            axes.axvline(0, color=GHOST, linewidth=1)
            (shadow,) = axes.plot([], [], color=GHOST, linestyle=(0, (2, 2)), linewidth=1.2)
            self._shadows.append(shadow)
        (self._f,) = left.plot([], [], color=CLASS_0, linewidth=2.4)
        (self._tangent,) = left.plot([], [], color=GRADIENT, linewidth=2)
        (self._slope,) = right.plot([], [], color=GRADIENT, linewidth=2.4)
        (self._point,) = left.plot([], [], "o", color=INK, markersize=8)
        (self._height,) = right.plot([], [], "o", color=INK, markersize=8)
        self._words = [
            axes.text(0.03, 0.95, "", transform=axes.transAxes, va="top", color=INK) for axes in (left, right)
        ]
        return [*self._shadows, self._f, self._tangent, self._slope, self._point, self._height, *self._words]

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move the curves and the point."""
        z, value, slope = arrays["point"]
        self._f.set_data(arrays["z"], arrays["f"])
        self._slope.set_data(arrays["z"], arrays["slope"])
        self._tangent.set_data(arrays["tangent_z"], arrays["tangent"])
        self._point.set_data([z], [value])
        self._height.set_data([z], [slope])
        for shadow in self._shadows:
            shadow.set_data([z, z], [-10, 10])
        self._words[0].set_text(f"f({z:.2f}) = {value:.3f}")
        self._words[1].set_text(f"f′({z:.2f}) = {slope:.3f}")

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say how much of a gradient comes through here."""
        slope = arrays["point"][2]
        if values.activation == "step":
            return _("The step is flat on both sides and has no slope at 0: nothing of a gradient comes through.")
        return _("Of a gradient that arrives here, {share} times as much goes on to the layer below.").format(
            share=f"{slope:.3f}"
        )

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say where the point is, and whether the curve is flat there."""
        z, value, slope = arrays["point"]
        words = _("The activation {name} at z = {z}: its value is {value}, and its slope is {slope}.")
        if abs(slope) < FLAT:
            words = _("The activation {name} at z = {z}: its value is {value}, and it is flat there.")
        return words.format(name=values.activation, z=f"{z:.2f}", value=f"{value:.2f}", slope=f"{slope:.2f}")


def _activation(values: Values) -> activations.Activation:
    if values.activation == "leaky_relu":
        return activations.LeakyReLU(values.parameter)
    if values.activation == "elu":
        return activations.ELU(values.parameter)
    return activations.get(values.activation)


def _slope(f: activations.Activation, z: Any) -> Any:
    return np.zeros_like(z) if f is activations.step else f.derivative(z)
