"""Chapter 5's outlier: one point that is dragged away, and the best line for each of four losses.

How a line is fit stands in `nnlab.explorers.chapter_05._lines`, what is drawn in `_outlier_losses_figure`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist

from nnlab.explorers import controls
from nnlab.explorers.chapter_05._lines import fit, slopes
from nnlab.explorers.chapter_05._outlier_losses_figure import HIGH, LOSSES, LOW, REACH, SIZE, WIDE, Array, OutlierFigure
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

POINTS = 9
MOVED = 0.3  # a line whose slope is off by more has followed the outlier


@explorer(chapter="05")
def outlier_losses(outlier_x: float = 5.0, outlier_y: float = 11.0, delta: float = 1.0) -> OutlierLosses:
    """Drag one point away from a line, and see which losses let it drag the line along.

    Parameters
    ----------
    outlier_x, outlier_y : float
        Where the tenth point stands, from 0 to 16 and from -2 to 12; it can also be dragged in the figure.
    delta : float
        The error at which Huber's loss and the capped one turn, from 0.3 to 5.

    Returns
    -------
    OutlierLosses
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return OutlierLosses(outlier_x=outlier_x, outlier_y=outlier_y, delta=delta)


def points() -> tuple[Array, Array]:
    """Make the nine points that stay: a line of slope ½ with a little noise."""
    x = np.linspace(1, 5, POINTS)
    return x, 0.5 * x + 1 + np.random.default_rng(5).normal(0, 0.3, POINTS)


class OutlierLosses(Explorer):
    """The widget that `outlier_losses` returns."""

    name = "outlier_losses"
    size = SIZE
    rows = (("outlier_x", "outlier_y"), ("delta",))
    pointer = {"plane": (("outlier_x", "outlier_y"),)}
    presets = {
        N_("in line"): {"outlier_x": 5.0, "outlier_y": 3.6, "delta": 1.0},
        N_("a typing error"): {"outlier_x": 5.0, "outlier_y": 11.0, "delta": 1.0},
        N_("far to the right"): {"outlier_x": 15.0, "outlier_y": -1.0, "delta": 1.0},
        N_("δ too large"): {"outlier_x": 5.0, "outlier_y": 11.0, "delta": 5.0},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "outlier_x": controls.slider(_("outlier: x"), 5.0, 0.0, WIDE, 0.1, ".1f"),
            "outlier_y": controls.slider(_("outlier: y"), 11.0, LOW, HIGH, 0.1, ".1f"),
            "delta": controls.slider(_("δ: where it turns"), 1.0, 0.3, 5.0, 0.1, ".1f"),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Fit the four lines, and see how hard the outlier pulls at each."""
        x, y = points()
        without = fit(x, y, values.delta)["squared"]
        x, y = np.append(x, values.outlier_x), np.append(y, values.outlier_y)
        best = fit(x, y, values.delta)
        lines = np.array([best[name] for name in LOSSES])  # (losses, 2)
        error = lines @ np.array([values.outlier_x, 1.0]) - values.outlier_y
        # The absolute line passes exactly through two points: what is 0 must not be a tiny number with a sign.
        error = np.where(np.abs(error) < 1e-9, 0.0, error)
        e = np.linspace(-REACH, REACH, 961)
        curves, at = slopes(e, values.delta), slopes(error, values.delta)
        return {
            "x": x,
            "y": y,
            "without": without,
            "lines": lines,
            "error": error,
            "pull": np.array([at[name][k] for k, name in enumerate(LOSSES)]),
            "e": e,
            "slopes": np.array([curves[name] for name in LOSSES]),
        }

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw both axes."""
        self._picture = OutlierFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move points, lines and marks."""
        self._picture.update(arrays)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Compare the slopes of the lines."""
        words = _("Slope of the line: {slopes}. Without the outlier (dashed): {without}.")
        listed = ", ".join(f"{name} {line[0]:.2f}" for name, line in zip(LOSSES, arrays["lines"], strict=True))
        return words.format(slopes=listed, without=f"{arrays['without'][0]:.2f}").replace("-", "−")

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say which lines follow the outlier."""
        words = _("Nine points near a line, a tenth at ({x}, {y}), and the best line for each of four losses.")
        off = np.abs(arrays["lines"][:, 0] - arrays["without"][0])
        moved = [name for name, much in zip(LOSSES, off, strict=True) if much > MOVED]
        if not moved:
            told = _("All four lie nearly as they would without the tenth point.")
        else:
            told = _("The slope is changed by more than {much} in: {names}.").format(
                much=f"{MOVED:g}", names=", ".join(moved)
            )
        where = words.format(x=f"{values.outlier_x:g}", y=f"{values.outlier_y:g}".replace("-", "−"))
        return f"{where} {told}"
