"""Chapter 10's line beyond its points: the lines of resampled points, and a truth that may bend.

What is drawn stands in `nnlab.explorers.chapter_10._extrapolation_figure`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from nnlab.explorers import controls
from nnlab.explorers.chapter_10._extrapolation_figure import LEFT, LINES, RIGHT_END, SIZE, ExtrapolationFigure
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

Array = NDArray[Any]

RESAMPLES = 400
MOST = 200  # points
NINETY = 1.6449  # standard errors around the mean that hold 90 % of a normal distribution
BEND = 1.0  # from here on the truth may bend
DEGREES = {"line": 1, "cubic": 3}
_FIRST = {"points": 20, "reach": 1.0, "noise": 1.0, "truth": "straight", "model": "line", "x0": 3.5}


@explorer(chapter="10")
def extrapolation(
    points: int = 20,
    reach: float = 1.0,
    noise: float = 1.0,
    truth: str = "straight",
    model: str = "line",
    x0: float = 3.5,
) -> Extrapolation:
    """Fit resampled points, and see how far the fits agree beyond the range of the points.

    Parameters
    ----------
    points : int
        From 10 to 200.
    reach : float
        The points stand between 0 and here, 0.5 to 5.
    noise : float
        Width of the noise, whose mean is 0; from 0.25 to 2.
    truth : {"straight", "bends"}
        Whether what lies behind the points stays straight beyond x = 1.
    model : {"line", "cubic"}
        What is fit.
    x0 : float
        Where the prediction is read, from -1 to 6; it is dragged in the figure.

    Returns
    -------
    Extrapolation
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return Extrapolation(points=points, reach=reach, noise=noise, truth=truth, model=model, x0=x0)


class Extrapolation(Explorer):
    """The widget that `extrapolation` returns."""

    name = "extrapolation"
    size = SIZE
    rows = (("points", "reach"), ("noise", "truth"), ("model",))
    pointer = {"plane": (("x0", None),)}
    presets = {
        N_("20 points"): _FIRST,
        N_("200 points"): {**_FIRST, "points": 200},
        N_("20 points up to 5"): {**_FIRST, "reach": 5.0},
        N_("unseen bend"): {**_FIRST, "points": 200, "truth": "bends"},
        N_("seen bend"): {**_FIRST, "points": 200, "truth": "bends", "reach": 5.0},
        N_("a cubic"): {**_FIRST, "points": 200, "model": "cubic"},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls; the place of the prediction is dragged."""
        return {
            "points": controls.log_slider(_("points N"), 20, 10, MOST),
            "reach": controls.slider(_("points up to x ="), 1.0, 0.5, 5.0, 0.25),
            "noise": controls.slider(_("width of the noise"), 1.0, 0.25, 2.0, 0.25),
            "truth": controls.choice(_("the truth"), "straight", ("straight", "bends")),
            "model": controls.choice(_("we fit a"), "line", tuple(DEGREES)),
            "x0": controls.slider("x", 3.5, LEFT, RIGHT_END, 0.1, ".1f"),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Fit the points, and 400 times points drawn from them."""
        u, drawn, picks = _draws(int(values.points))
        x = values.reach * u
        y = true(x, values.truth) + values.noise * drawn
        at = np.append(np.linspace(LEFT, RIGHT_END, 71), values.x0)
        degree = DEGREES[values.model]
        own, resampled = fits(x, y, degree, picks)
        F = features(at, degree)  # (places, degree + 1)
        curves = resampled @ F.T  # (resamples, places)
        low, high = np.quantile(curves, [0.05, 0.95], axis=0)
        fit, truth = F @ own, true(at, values.truth)
        return {
            "x": x,
            "y": y,
            "at": at,
            "fit": fit,
            "true": truth,
            "low": low,
            "high": high,
            "curves": curves[:LINES],
            "measured": (high - low) / 2,
            "formula": NINETY * standard_error(x, y, degree, at),
            "error": np.abs(fit - truth),
        }

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw both axes."""
        self._picture = ExtrapolationFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move everything."""
        self._picture.update(arrays, values.reach)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Read the prediction at the place that is dragged."""
        words = _(
            "Drag the vertical line. At x = {x}: the fit says {fit}, 90 % of the resampled fits lie between {low} and "
            "{high}, the truth is {truth}."
        )
        read = {name: f"{float(arrays[name][-1]):.1f}".replace("-", "−") for name in ("fit", "low", "high")}
        return words.format(
            x=f"{values.x0:g}".replace("-", "−"), truth=f"{arrays['true'][-1]:.1f}".replace("-", "−"), **read
        )

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say how the band widens, and whether the truth stays in it."""
        words = _("{points} points between 0 and {reach}, fit by a {model}, with the fits of resampled points.")
        sentences = [words.format(points=f"{values.points:g}", reach=f"{values.reach:g}", model=values.model)]
        middle = np.argmin(np.abs(arrays["at"] - values.reach / 2))
        times = arrays["measured"][70] / arrays["measured"][middle]
        if times > 8:
            sentences.append(_("At the right edge they spread more than five times as far as among the points."))
        elif times > 4:
            sentences.append(_("They spread far more at the right edge than among the points."))
        else:
            sentences.append(_("They spread little more at the right edge than among the points."))
        if values.truth == "bends" and values.reach <= BEND:
            sentences.append(_("The truth bends where there are no points, and leaves the band."))
        return " ".join(sentences)


def true(x: Array, shape: str) -> Array:
    """Give what lies behind the points: 2x + 1, which may bend down beyond x = 1.

    Parameters
    ----------
    x : ndarray
    shape : {"straight", "bends"}

    Returns
    -------
    ndarray
    """
    bend = 0.5 * np.maximum(x - BEND, 0) ** 2 if shape == "bends" else 0.0
    return np.asarray(2 * x + 1 - bend)


def features(x: Array, degree: int) -> Array:
    """Give the powers of x, one a column: (N, degree + 1)."""
    return np.asarray(np.stack([x**k for k in range(degree + 1)], axis=1))


def fits(x: Array, y: Array, degree: int, picks: Array) -> tuple[Array, Array]:
    """Solve the normal equations for all points, and for resampled ones.

    Parameters
    ----------
    x, y : ndarray of shape (N,)
    degree : int
    picks : ndarray of shape (resamples, N)
        How often each point is taken.

    Returns
    -------
    own : ndarray of shape (degree + 1,)
    resampled : ndarray of shape (resamples, degree + 1)

    Notes
    -----
    The sums are einsum's and not a matrix product's: BLAS takes several threads for one of this size, and on a busy
    machine they wait tens of milliseconds for one another.
    """
    powers = np.arange(degree + 1)
    terms = np.concatenate([features(x, 2 * degree).T, features(x, degree).T * y])  # (3 degree + 2, N)
    counts = np.concatenate([np.ones((1, len(x))), picks])
    sums = np.einsum("bn,kn->bk", counts, terms)
    left = sums[:, np.add.outer(powers, powers)] + 1e-9 * np.eye(degree + 1)  # few points may coincide
    right = sums[:, 2 * degree + 1 :]
    found = np.linalg.solve(left, right[:, :, None])[:, :, 0]
    return found[0], found[1:]


def standard_error(x: Array, y: Array, degree: int, at: Array) -> Array:
    """Give the standard error of the fit at some places, from the points alone.

    Parameters
    ----------
    x, y : ndarray of shape (N,)
    degree : int
    at : ndarray of shape (K,)

    Returns
    -------
    ndarray of shape (K,)
    """
    F, places = features(x, degree), features(at, degree)
    e = F @ np.linalg.lstsq(F, y, rcond=None)[0] - y
    s = np.sqrt(e @ e / (len(x) - degree - 1))
    return np.asarray(s * np.sqrt((places @ np.linalg.inv(F.T @ F) * places).sum(axis=1)))


@cache
def _draws(points: int) -> tuple[Array, Array, Array]:
    """Draw the places of the points as shares of the reach, their noise, and the resampling."""
    rng = np.random.default_rng(1)
    u, noise = rng.random(MOST), rng.random(MOST) - 0.5
    picks = np.random.default_rng(2).multinomial(points, np.full(points, 1 / points), size=RESAMPLES)
    return u[:points], noise[:points], picks.astype(np.float64)
