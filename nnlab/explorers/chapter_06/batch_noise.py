"""Chapter 06's batches: full-batch, mini-batch and single-sample descent, after the same number of samples seen.

What is drawn stands in `nnlab.explorers.chapter_06._batch_noise_figure`, the steps in `nnlab.explorers.line_fit`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from nnlab.explorers import controls
from nnlab.explorers.chapter_06._batch_noise_figure import SIZE, SIZES, NoiseFigure
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.explorers.line_fit import BEST, Sums, descend, follow, losses, points, sums
from nnlab.language import N_, _
from nnlab.plots.style import Picture

Array = NDArray[Any]

POINTS, NOISE, MEAN = 200, 1.0, 1.0
START = (-0.2, 1.6)

NEAR = 0.1  # of the first loss: a mean below it counts as arrived
WARM, LONG = 200, 2000  # steps before a ball is measured, and while it is


@explorer(chapter="06")
def batch_noise(learning_rate: float = 0.02, batch: int = 10, epochs: int = 10, seed: int = 0) -> BatchNoise:
    """Descend with all samples a step, with a batch, and with one, until each has seen as many samples.

    Parameters
    ----------
    learning_rate : float
        From 0.005 to 0.5.
    batch : {2, 5, 10, 20, 50}
        Samples in a mini-batch.
    epochs : int
        How many times 200 samples each of them sees, from 1 to 30.
    seed : int
        Of the draws, from 0 to 9.

    Returns
    -------
    BatchNoise
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return BatchNoise(learning_rate=learning_rate, batch=batch, epochs=epochs, seed=seed)


def drawn(size: int, steps: int, seed: int) -> NDArray[np.int64]:
    """Draw batches, each anew from all samples, so that every one is an estimate of the same gradient.

    Parameters
    ----------
    size : int
        `POINTS` takes all of them.
    steps : int
    seed : int

    Returns
    -------
    ndarray of shape (steps, size)
    """
    if size == POINTS:
        return np.tile(np.arange(POINTS), (steps, 1))
    return np.random.default_rng(seed).integers(0, POINTS, (steps, size))


@lru_cache(maxsize=64)  # the same draws for all learning rates
def _draws(size: int, seed: int) -> Sums:
    return sums(points(POINTS, MEAN, NOISE), drawn(size, WARM + LONG, seed))


def ball(size: int, rate: float, seed: int) -> float:
    """Measure how far a descent that has arrived is thrown about: the root of its mean squared distance.

    Parameters
    ----------
    size : int
        Of the batches.
    rate : float
    seed : int

    Returns
    -------
    float
        Infinite where it is thrown beyond all bounds.
    """
    path = follow(_draws(size, seed), rate, BEST)[WARM:]
    away = float(np.sqrt(((path - np.array(BEST)) ** 2).sum(axis=1).mean()))
    return away if away < 1e3 else np.inf


class BatchNoise(Explorer):
    """The widget that `batch_noise` returns."""

    name = "batch_noise"
    size = SIZE
    rows = (("learning_rate", "batch"), ("epochs", "seed"))
    presets = {
        N_("default"): {"learning_rate": 0.02, "batch": 10, "epochs": 10, "seed": 0},
        N_("a large ball"): {"learning_rate": 0.06, "batch": 10, "epochs": 20, "seed": 0},
        N_("a small ball"): {"learning_rate": 0.005, "batch": 10, "epochs": 20, "seed": 0},
        N_("too much for one sample"): {"learning_rate": 0.2, "batch": 20, "epochs": 10, "seed": 0},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "learning_rate": controls.log_slider(_("learning rate η"), 0.02, 0.005, 0.5),
            "batch": controls.steps(_("mini-batch B"), 10, list(SIZES[1:])),
            "epochs": controls.count(_("epochs"), 10, 1, 30),
            "seed": controls.count(_("seed of the draws"), 0, 0, 9),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Descend three times, and measure the balls of all batch sizes."""
        found = points(POINTS, MEAN, NOISE)
        arrays: Arrays = {"hessian": found.hessian, "rate": np.array(values.learning_rate)}
        for name, size in (("all", POINTS), ("batch", values.batch), ("one", 1)):
            steps = values.epochs * POINTS // size
            path = descend(found, drawn(size, steps, values.seed), values.learning_rate, START)
            arrays |= {f"path_{name}": path, f"loss_{name}": losses(found, path)[0]}
        arrays["balls"] = np.array([ball(size, values.learning_rate, values.seed + 100) for size in SIZES])
        arrays["expected"] = NOISE * np.sqrt(2 * values.learning_rate / np.array(SIZES))
        return arrays

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the three axes."""
        self._picture = NoiseFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move everything."""
        self._picture.update(arrays, values.batch, values.epochs * POINTS)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Count the steps."""
        words = _(
            "Each has seen {seen} samples. Steps on all {points}: {all}; on batches of {batch}: {some}; on one: {one}."
        )
        seen = values.epochs * POINTS
        return words.format(
            seen=seen, all=values.epochs, points=POINTS, some=seen // values.batch, batch=values.batch, one=seen
        )

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Name what diverges."""
        lost = _lost(values, arrays)
        if not lost:
            return ""
        words = _(
            "Thrown higher than it began: {names}. The smaller the batch, the steeper the worst of them, and the "
            "shorter the steps that it bears."
        )
        return words.format(names=", ".join(lost))

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say who has arrived, in words that a last bit does not change."""
        words = _(
            "A line is fit, with {points}, {batch} and 1 of the points a step; epochs {epochs}, learning rate {rate}."
        )
        sentences = [
            words.format(points=POINTS, batch=values.batch, epochs=values.epochs, rate=f"{values.learning_rate:g}")
        ]
        first, ends = arrays["loss_all"][0], _ends(values, arrays)
        groups = (
            (_("Near the minimum at the end: {names}."), [name for name, loss in ends.items() if loss < NEAR * first]),
            (_("Thrown higher than it began: {names}."), _lost(values, arrays)),
        )
        sentences += [words.format(names=", ".join(names)) for words, names in groups if names]
        return " ".join(sentences)


def _ends(values: Values, arrays: Arrays) -> dict[str, float]:
    """Give the mean loss of the last quarter of each descent, above that of the best line."""
    names = {
        "all": _("all samples"),
        "batch": _("batches of {batch}").format(batch=values.batch),
        "one": _("one sample"),
    }
    losses_of = {words: arrays[f"loss_{name}"] for name, words in names.items()}
    return {words: float(np.mean(loss[-(len(loss) // 4 + 1) :])) for words, loss in losses_of.items()}


def _lost(values: Values, arrays: Arrays) -> list[str]:
    """List what ends higher than it began, or beyond all numbers."""
    return [name for name, loss in _ends(values, arrays).items() if not loss < arrays["loss_all"][0]]
