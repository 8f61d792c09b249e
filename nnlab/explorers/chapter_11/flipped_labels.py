"""Chapter 11's islands: a share of the labels is wrong, and the border shows what the network does about it.

What is drawn stands in `nnlab.explorers.chapter_11._flipped_figure`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist

from nnlab.engine.threads import single_blas_thread
from nnlab.explorers import controls
from nnlab.explorers.chapter_11._flipped_figure import EPOCHS, REACH, SIDE, SIZE, FlippedFigure
from nnlab.explorers.chapter_11._laps import Laps
from nnlab.explorers.chapter_11._perceptron import Array, build
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.explorers.decision import grid
from nnlab.language import N_, _
from nnlab.plots.style import Picture

RATE, BATCH, NOISE = 0.02, 20, 0.15
EAGER = 10  # epochs that the formulas train
SHOWN = 100  # epochs before the first picture
WIDTHS, ROWS = (2, 4, 8, 16, 32, 64, 128, 256), (20, 40, 60, 100, 200)


@explorer(chapter="11")
def flipped_labels(flipped: int = 20, epochs: int = 3000, width: int = 128, rows: int = 40) -> FlippedLabels:
    """Train on two moons of which some points have the wrong label, and look for the islands around them.

    Parameters
    ----------
    flipped : int
        Percent of the labels that are wrong, from 0 to 50 in steps of 5.
    epochs : {0, 10, 30, 100, 300, 1000, 3000}
    width : {2, 4, 8, 16, 32, 64, 128, 256}
        Units of the hidden layer.
    rows : {20, 40, 60, 100, 200}
        Training points.

    Returns
    -------
    FlippedLabels
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return FlippedLabels(flipped=flipped, epochs=epochs, width=width, rows=rows)


@cache
def _moons(rows: int, seed: int) -> tuple[Array, Array]:
    from nnlab.datasets import toy

    return toy.moons(rows, noise=NOISE, seed=seed)


def labels(rows: int, flipped: int) -> tuple[Array, Array, Array]:
    """Make points whose labels are partly wrong; more percent flip more of the same points.

    Parameters
    ----------
    rows : int
    flipped : int
        Percent.

    Returns
    -------
    x, y, wrong : ndarray of shape (rows, 2), (rows,), (rows,)
        y as given to the network; wrong is True where it is not the true class.
    """
    x, true = _moons(rows, 0)
    wrong = np.zeros(rows, bool)
    wrong[np.random.default_rng(14).permutation(rows)[: round(rows * flipped / 100)]] = True
    return x, np.where(wrong, 1 - true, true), wrong


class _Run(Laps):
    """One training: after each lap the surface, and how many labels are answered as they were given."""

    def __init__(self, key: tuple[int, int, int, bool]) -> None:
        flipped, width, rows, eagerly = key
        x, y, self.wrong = labels(rows, flipped)
        self.surfaces: list[Array] = []
        self.right: list[tuple[float, float, float]] = []
        super().__init__(key, build(2, width, RATE, 0, eagerly), x, y, BATCH)

    def note(self) -> None:
        """Keep the surface and the shares of right answers."""
        x_new, y_new = _moons(1000, 1)
        with single_blas_thread():
            surface = self.model.predict(grid(REACH, SIDE))[:, 0].reshape(SIDE, SIDE)
            given = (self.model.predict(self.x)[:, 0] > 0.5) == self.y
            fresh = (self.model.predict(x_new)[:, 0] > 0.5) == y_new
        self.surfaces.append(surface)
        learned = float(given[self.wrong].mean()) if self.wrong.any() else np.nan
        self.right.append((float(given.mean()), float(fresh.mean()), learned))

    def arrays(self, epochs: int) -> Arrays:
        """Name what is drawn after so many epochs."""
        last = self.last(epochs)
        right = np.array(self.right[: last + 1])
        return {
            "x": self.x,
            "y": self.y,
            "wrong": self.wrong,
            "surface": self.surfaces[last],
            "epoch": np.array(self.epochs[: last + 1]),
            "right": right[:, 0],
            "right_new": right[:, 1],
            "learned": right[:, 2],
        }


class FlippedLabels(Explorer):
    """The widget that `flipped_labels` returns."""

    name = "flipped_labels"
    size = SIZE
    rows = (("flipped", "epochs"), ("width", "rows"))
    trains = True
    _run: _Run | None = None
    presets = {
        N_("islands"): {"flipped": 20, "epochs": 3000, "width": 128, "rows": 40},
        N_("stopped early"): {"flipped": 20, "epochs": 30, "width": 128, "rows": 40},
        N_("a narrow network"): {"flipped": 20, "epochs": 3000, "width": 4, "rows": 40},
        N_("many points"): {"flipped": 20, "epochs": 1000, "width": 128, "rows": 200},
        N_("pure chance"): {"flipped": 50, "epochs": 3000, "width": 256, "rows": 60},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "flipped": controls.steps(_("wrong labels"), 20, [(f"{p} %", p) for p in range(0, 51, 5)]),
            "epochs": controls.steps(_("epochs"), 3000, list(EPOCHS)),
            "width": controls.steps(_("hidden units H"), 128, list(WIDTHS)),
            "rows": controls.steps(_("training points"), 40, list(ROWS)),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Train on from where the last run stood, or anew where a setting has changed."""
        key = (values.flipped, values.width, values.rows, task.eagerly)
        if self._run is None or self._run.key != key or not self._run.whole:
            self._run = _Run(key)
        run, most = self._run, min(values.epochs, EAGER) if task.eagerly else values.epochs
        for epochs in run.go_on(EPOCHS, most, task):
            if SHOWN <= epochs < most:
                task.show(run.arrays(epochs))
        return run.arrays(most)

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw both axes."""
        self._picture = FlippedFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move everything."""
        self._picture.update(arrays)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Count the wrong labels."""
        words = _(
            "{wrong} of {rows} training points have the wrong label (ringed). Network 2-{width}-1, Adam at learning "
            "rate {rate}, {epochs} epochs. The 1,000 fresh points have true labels."
        )
        return words.format(
            wrong=int(arrays["wrong"].sum()), rows=values.rows, width=values.width, rate=f"{RATE:g}",
            epochs=f"{int(arrays['epoch'][-1]):,}",
        )  # fmt: skip

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say what became of the wrong labels, in words that a last bit does not change."""
        words = _(
            "A 2-{width}-1 network on {rows} points, {flipped} % of them with wrong labels, {epochs} epochs. {memory}"
        )
        learned, fresh = float(arrays["learned"][-1]), float(arrays["right_new"][-1])
        if not np.isfinite(learned):
            memory = _("No label is wrong.")
        elif learned > 0.55:
            memory = _("Most wrong labels are learned by heart.")
        elif learned < 0.4:
            memory = _("Most wrong labels are not learned.")
        else:
            memory = _("Some wrong labels are learned by heart.")
        if fresh > 0.9:
            memory = " ".join([memory, _("Fresh points: more than 85 % right.")])
        return words.format(
            width=values.width, rows=values.rows, flipped=values.flipped, epochs=int(arrays["epoch"][-1]), memory=memory
        )
