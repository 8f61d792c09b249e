"""Chapter 10's test loss, taken apart: three switches, one for each thing that hides in it.

What is drawn stands in `nnlab.explorers.chapter_10._loss_causes_figure`, the program in `_program`.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist

from nnlab.explorers import controls
from nnlab.explorers.chapter_10._loss_causes_figure import SIZE, CausesFigure
from nnlab.explorers.chapter_10._program import POINTS, RATE, STEPS, TEST, TRUTH, Array, Data, draw, loss_on, train
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

NOISES = {"mean 1/2": 0.5, "mean 0": 0.0}  # to the mean of the noise
TESTS = {"2 to 5": TEST, "0.2 to 0.8": np.array([0.2, 0.4, 0.6, 0.8])}
FITS = ("1,000 steps", "best line")
DRAWS = 2000
_SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)


class Draws(NamedTuple):
    """The document's data with many seeds, one a row."""

    x: Array  # (draws, N)
    noise: Array  # (draws, N)
    start: Array  # (draws, 2)


@explorer(chapter="10")
def loss_causes(noise: str = "mean 1/2", test: str = "2 to 5", fit: str = "1,000 steps", seed: int = 0) -> LossCauses:
    """Mend the three causes of document C's test loss one by one, in any order.

    Parameters
    ----------
    noise : {"mean 1/2", "mean 0"}
        Of the training points: drawn from [0, 1), or from [-½, ½).
    test : {"2 to 5", "0.2 to 0.8"}
        Where the test points stand: beyond the training points, or among them.
    fit : {"1,000 steps", "best line"}
        How far the training goes.
    seed : int
        Of the points that are shown, from 0 to 9.

    Returns
    -------
    LossCauses
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return LossCauses(noise=noise, test=test, fit=fit, seed=seed)


class LossCauses(Explorer):
    """The widget that `loss_causes` returns."""

    name = "loss_causes"
    size = SIZE
    rows = (("noise", "test"), ("fit", "seed"))
    presets = {
        N_("as written"): {"noise": "mean 1/2", "test": "2 to 5", "fit": "1,000 steps"},
        N_("only the noise"): {"noise": "mean 0", "test": "2 to 5", "fit": "1,000 steps"},
        N_("only the place"): {"noise": "mean 1/2", "test": "0.2 to 0.8", "fit": "1,000 steps"},
        N_("only the steps"): {"noise": "mean 1/2", "test": "2 to 5", "fit": "best line"},
        N_("all three"): {"noise": "mean 0", "test": "0.2 to 0.8", "fit": "best line"},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "noise": controls.choice(_("noise"), "mean 1/2", tuple(NOISES)),
            "test": controls.choice(_("test points at"), "2 to 5", tuple(TESTS)),
            "fit": controls.choice(_("training"), "1,000 steps", FITS),
            "seed": controls.count(_("seed"), 0, 0, 9),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Fit the line of this seed, and look up what 2,000 seeds give."""
        data = draw(values.seed, POINTS, 1.0, NOISES[values.noise])
        line = _fitted(data, values.fit)
        x = TESTS[values.test]
        return {
            "x": data.x,
            "y": data.y,
            "line": line,
            "test_x": x,
            "test_y": TRUTH[0] * x + TRUTH[1],
            "loss": loss_on(line, x),
            "mended": np.array(_mended(values)),
            "all": all_shares(),
        }

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw both axes."""
        self._picture = CausesFigure(figure, all_shares())
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move everything."""
        self._picture.update(arrays)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Give the test loss of this seed, and the median."""
        words = _("Test loss with seed {seed}: {loss}. Median of {draws} seeds: {median}; as written it is {first}.")
        return words.format(
            seed=values.seed,
            loss=f"{float(arrays['loss']):#.2g}",
            draws=f"{DRAWS:,}",
            median=f"{_median(values):#.2g}",
            first=f"{all_shares()[0, 2]:#.2g}",
        )

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say what is mended, and how the median compares with that of the program as written."""
        names = [_("the mean of the noise"), _("the place of the test points"), _("the number of steps")]
        mended = [name for name, done in zip(names, _mended(values), strict=True) if done]
        if not mended:
            return _("The program as written: its line, its four test points and their errors.")
        ratio = _median(values) / all_shares()[0, 2]
        if ratio > 1:
            told = _("The median test loss is larger than that of the program as written.")
        elif ratio > 0.1:
            told = _("The median test loss is smaller than that of the program as written, but not ten times.")
        else:
            told = _("The median test loss is less than a tenth of that of the program as written.")
        return " ".join([_("Mended: {names}.").format(names=", ".join(mended)), told])


def _mended(values: Values) -> tuple[bool, bool, bool]:
    """Say which of the three is not as in the document: noise, place, steps."""
    return NOISES[values.noise] == 0, values.test != "2 to 5", values.fit == "best line"


def _median(values: Values) -> float:
    row = list(product((False, True), repeat=3)).index(_mended(values))
    return float(all_shares()[row, 2])


def _fitted(data: Data, fit: str) -> Array:
    return data.best if fit == "best line" else np.asarray(train(data, RATE, STEPS)[-1])


@cache
def draws() -> Draws:
    """Draw the document's data with 2,000 seeds."""
    rng, drawn = np.random.RandomState(), np.empty((DRAWS, 2 * POINTS + 2))
    for seed in range(DRAWS):
        rng.seed(seed)
        drawn[seed] = rng.random_sample(2 * POINTS + 2)
    return Draws(drawn[:, :POINTS], drawn[:, POINTS:-2], drawn[:, -2:])


def ends(drawn: Draws, mean: float, steps: int | None) -> Array:
    """Give the line of each draw after some steps of the document's program.

    Parameters
    ----------
    drawn : Draws
    mean : float
        Of the noise.
    steps : int or None
        None for the best line.

    Returns
    -------
    ndarray of shape (draws, 2)

    Notes
    -----
    Along each eigenvector of the Hessian a step multiplies the distance to the best line by 1 − ηλ.
    """
    x, y = drawn.x, TRUTH[0] * drawn.x + TRUTH[1] + drawn.noise + mean - 0.5
    x_mean, y_mean, xx = x.mean(axis=1), y.mean(axis=1), (x * x).mean(axis=1)
    slope = ((x * y).mean(axis=1) - x_mean * y_mean) / (xx - x_mean**2)
    best = np.stack([slope, y_mean - slope * x_mean], axis=1)  # (draws, 2)
    if steps is None:
        return best
    half = np.stack([np.stack([xx, x_mean], axis=1), np.stack([x_mean, np.ones_like(xx)], axis=1)], axis=2)
    curvatures, axes = np.linalg.eigh(half)  # (draws, 2), (draws, 2, 2)
    along = np.einsum("nji,nj->ni", axes, drawn.start - best) * (1 - RATE * curvatures) ** steps
    return np.asarray(best + np.einsum("nij,nj->ni", axes, along))


@cache
def all_shares() -> Array:
    """Give the quantiles of the test loss over all draws, for each of the eight settings of the switches.

    Returns
    -------
    ndarray of shape (8, 5)
        5 %, 25 %, the median, 75 %, 95 %. In the first four rows the noise is the document's, in the first two of
        each four the place, in the first of each two the number of steps.
    """
    rows = [
        np.quantile(loss_on(ends(draws(), mean, steps), x), _SHARES)
        for mean, x, steps in product(NOISES.values(), TESTS.values(), (STEPS, None))
    ]
    return np.array(rows)
