"""Chapter 7's step size: how wrong a measured slope is, for every step. Drawn by `_difference_figure`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from nnlab.explorers import controls
from nnlab.explorers.chapter_07._difference_figure import SIZE, WAYS, DifferenceFigure
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

Array = NDArray[Any]

GRID = 10.0 ** np.linspace(-16, 0, 241)
KINDS: dict[str, tuple[Any, Any, int]] = {
    "float64": (np.float64, np.complex128, 15),
    "float32": (np.float32, np.complex64, 7),
}  # real and complex type, and the digits that it holds


class Function(NamedTuple):
    """A function and its first three derivatives."""

    f: Callable[[Any], Any]
    slope: Callable[[float], float]
    second: Callable[[float], float]
    third: Callable[[float], float]


def _relu(z: Any) -> Any:
    return np.where(np.real(z) > 0, z, z.dtype.type(0))


FUNCTIONS = {
    "exp": Function(np.exp, np.exp, np.exp, np.exp),
    "sin": Function(np.sin, np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x)),
    "tanh": Function(
        np.tanh,
        lambda x: 1 - np.tanh(x) ** 2,
        lambda x: -2 * np.tanh(x) * (1 - np.tanh(x) ** 2),
        lambda x: (6 * np.tanh(x) ** 2 - 2) * (1 - np.tanh(x) ** 2),
    ),
    "x³": Function(lambda z: z * z * z, lambda x: 3 * x * x, lambda x: 6 * x, lambda _x: 6.0),
    "relu": Function(_relu, lambda x: float(x > 0), lambda _x: 0.0, lambda _x: 0.0),
}


@explorer(chapter="07")
def finite_difference(
    function: str = "exp", precision: str = "float64", x: float = 0.7, h: float = 1e-4
) -> FiniteDifference:
    """Choose a step, and see how wrong the slope is that it measures.

    Parameters
    ----------
    function : {"exp", "sin", "tanh", "x³", "relu"}
    precision : {"float64", "float32"}
        How many digits the arithmetic keeps.
    x : float
        Where the slope is measured, from -2 to 2.
    h : float
        The step, from 1e-16 to 1; it can be dragged in the figure.

    Returns
    -------
    FiniteDifference
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return FiniteDifference(function=function, precision=precision, x=x, h=h)


def measured(f: Callable[[Any], Any], x: float, h: Array, precision: str) -> Array:
    """Measure a slope in three ways.

    Parameters
    ----------
    f : callable
        Takes real and complex arrays.
    x : float
    h : ndarray of shape (steps,)
    precision : {"float64", "float32"}

    Returns
    -------
    ndarray of shape (3, steps)
        By the forward and the central difference, and by the complex step.
    """
    real, imaginary, _digits = KINDS[precision]
    at, step = np.full(h.shape, x, dtype=real), h.astype(real)
    forward = (f(at + step) - f(at)) / step
    central = (f(at + step) - f(at - step)) / (2 * step)
    tilted = np.imag(f(at + imaginary(1j) * step)) / step
    return np.stack([forward, central, tilted]).astype(np.float64)


class FiniteDifference(Explorer):
    """The widget that `finite_difference` returns."""

    name = "finite_difference"
    size = SIZE
    rows = (("function", "precision"), ("x", "h"))
    pointer = {"error": (("h", None),)}
    presets = {
        N_("too large"): {"function": "exp", "precision": "float64", "h": 0.1},
        N_("too small"): {"function": "exp", "precision": "float64", "h": 1e-15},
        N_("best central"): {"function": "exp", "precision": "float64", "x": 0.7, "h": 6e-6},
        N_("float32"): {"function": "exp", "precision": "float32", "x": 0.7, "h": 1e-5},
        N_("a kink nearby"): {"function": "relu", "precision": "float64", "x": 0.1, "h": 0.2},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "function": controls.choice(_("function f"), "exp", tuple(FUNCTIONS)),
            "precision": controls.choice(_("numbers"), "float64", tuple(KINDS)),
            "x": controls.slider(_("at x"), 0.7, -2.0, 2.0, 0.05),
            "h": controls.log_slider(_("step h"), 1e-4, 1e-16, 1.0),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Measure with every step, and with the chosen one."""
        chosen = FUNCTIONS[values.function]
        x = float(KINDS[values.precision][0](values.x))  # the number that the computer holds
        exact = float(chosen.slope(x))
        found = measured(chosen.f, x, np.append(GRID, values.h), values.precision)
        error = np.abs(found - exact)
        eps = float(np.finfo(KINDS[values.precision][0]).eps)
        height = abs(float(chosen.f(np.array(x))))
        guides = np.array([abs(float(chosen.second(x))) / 2, abs(float(chosen.third(x))) / 6, eps * height / 2])
        return {
            "h": GRID, "error": error[:, :-1], "at": np.array(values.h), "error_at": error[:, -1],
            "slope_at": found[:, -1], "exact": np.array(exact), "guides": guides, "best": best_steps(*guides),
        }  # fmt: skip

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the axes and the frame of the table."""
        self._picture = DifferenceFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move the curves, the step and the digits."""
        digits = KINDS[values.precision][2]
        exact = float(arrays["exact"])
        rows = {}
        for k, name in enumerate(WAYS):
            text = _digits(arrays["slope_at"][k], digits)
            step = float(arrays["best"][k][0])
            said = _("best step about {h}").format(h=f"{step:.0e}")
            if name == "complex":
                said = _("the smaller, the better")
            elif not np.isfinite(step):
                said = _("nothing is cut off near x")
            rows[name] = text, _agreeing(text, _digits(exact, digits)), said
        head = _("with h = {h}").format(h=f"{values.h:g}")
        self._picture.update(arrays, head, _digits(exact, digits), rows)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what the red digits are."""
        return _("Drag the black line. Red digits are wrong. Diamonds: the step at which both errors are alike.")

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Say where there is no slope, or no step."""
        if values.function == "relu" and abs(values.x) <= values.h:
            if values.x == 0:
                return _("At 0 the ReLU has a corner and no slope: one side says 1, both sides say ½, nnlab says 0.")
            return _("The corner at 0 lies within h of x: the step reaches over it, and measures neither side.")
        real = KINDS[values.precision][0]
        if real(values.x) + real(values.h) == real(values.x):
            return _("x + h is x: so small a step is lost in the rounding, and both differences say 0.")
        return ""

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say what is measured, and which step is best."""
        words = _("Errors of three measured slopes of {function} at x = {x} in {precision}, against the step h.")
        sentences = [words.format(function=values.function, x=f"{values.x:g}", precision=values.precision)]
        forward, central = (float(arrays["best"][k][0]) for k in (0, 1))
        if np.isfinite([forward, central]).all():
            words = _(
                "Forward and central differences fall as h gets smaller, down to a best step of about {forward} and "
                "{central}, and rise again, as rounding takes over."
            )
            sentences.append(words.format(forward=f"{forward:.0e}", central=f"{central:.0e}"))
        sentences.append(_("The complex step gets no worse as h gets smaller."))
        sentences.append(_("Chosen is h = {h}.").format(h=f"{values.h:g}"))
        return " ".join(sentences)


def best_steps(first: float, second: float, rounding: float) -> Array:
    """Find where the errors by cutting off and by rounding are alike.

    Parameters
    ----------
    first, second : float
        The forward difference is off by ``first * h``, the central one by ``second * h**2``.
    rounding : float
        Rounding brings ``rounding / h``.

    Returns
    -------
    ndarray of shape (3, 2)
        Step and error of the forward and the central difference; NaN where there is none, as for the complex step.
    """
    found = np.full((3, 2), np.nan)
    for k, (factor, power) in enumerate(((first, 1), (second, 2))):
        if factor > 0 and rounding > 0:
            h = (rounding / factor) ** (1 / (power + 1))
            found[k] = h, factor * h**power
    return found


def _digits(value: float, digits: int) -> str:
    return f"{value:.{digits - 1}f}".replace("-", "−") if abs(value) < 1e4 else f"{value:.3e}"


def _agreeing(text: str, exact: str) -> int:
    """Count the characters that are right, from the left."""
    for k, (one, other) in enumerate(zip(text, exact, strict=False)):
        if one != other:
            return k
    return min(len(text), len(exact))
