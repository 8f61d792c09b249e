"""Chapter 11's hook: the document's program, and what its network answers for each row as epochs go by.

What is drawn stands in `nnlab.explorers.chapter_11._point_by_point_figure`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist

from nnlab.engine.threads import single_blas_thread
from nnlab.explorers import controls
from nnlab.explorers.chapter_11._laps import Laps
from nnlab.explorers.chapter_11._perceptron import Array, build, entropy, random_rows
from nnlab.explorers.chapter_11._point_by_point_figure import EPOCHS, SIZE, PointFigure
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

BATCH = 32
EAGER = 10  # epochs that the formulas train
WIDTHS, ROWS = (2, 4, 8, 16, 32, 64, 128, 256), (20, 50, 100, 200)
CLOSE = 0.05  # how near a target an output counts as remembered


@explorer(chapter="11")
def point_by_point(epochs: int = 100, width: int = 64, rows: int = 100, learning_rate: float = 0.001) -> PointByPoint:
    """Train the network of document D on random targets, and compare its answers with them, row by row.

    Parameters
    ----------
    epochs : {0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000}
    width : {2, 4, 8, 16, 32, 64, 128, 256}
        Units of the hidden layer.
    rows : {20, 50, 100, 200}
    learning_rate : float
        Of Adam, from 0.0001 to 0.1.

    Returns
    -------
    PointByPoint
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return PointByPoint(epochs=epochs, width=width, rows=rows, learning_rate=learning_rate)


class _Run(Laps):
    """One training: answers and losses after each number of epochs in `EPOCHS`."""

    def __init__(self, key: tuple[int, int, float, bool]) -> None:
        width, rows, rate, eagerly = key
        x, y = random_rows(rows, 0)
        self.x_new, self.y_new = random_rows(rows, 1)
        self.answers: list[Array] = []
        self.fresh: list[Array] = []
        self.losses: list[float] = []
        self.new_losses: list[float] = []
        super().__init__(key, build(x.shape[1], width, rate, 0, eagerly), x, y, BATCH)

    def note(self) -> None:
        """Keep what the network answers, and what that costs."""
        with single_blas_thread():
            a, a_new = (self.model.predict(x)[:, 0].astype(np.float64) for x in (self.x, self.x_new))
        self.answers.append(a)
        self.fresh.append(a_new)
        self.losses.append(_loss(self.y, a))
        self.new_losses.append(_loss(self.y_new, a_new))

    def arrays(self, epochs: int) -> Arrays:
        """Name what is drawn after so many epochs."""
        last = self.last(epochs)
        order, order_new = np.argsort(self.y), np.argsort(self.y_new)
        return {
            "epoch": np.array(self.epochs[: last + 1]),
            "target": self.y[order],
            "answer": self.answers[last][order],
            "target_new": self.y_new[order_new],
            "answer_new": self.fresh[last][order_new],
            "loss": np.array(self.losses[: last + 1]),
            "loss_new": np.array(self.new_losses[: last + 1]),
            "floor": np.array(entropy(self.y)),
        }


def _loss(y: Array, a: Array) -> float:
    """Compute the mean binary cross-entropy as Keras does: answers stay 1e-7 away from 0 and 1."""
    a = np.clip(a, 1e-7, 1 - 1e-7)
    return float(-(y * np.log(a) + (1 - y) * np.log(1 - a)).mean())


class PointByPoint(Explorer):
    """The widget that `point_by_point` returns."""

    name = "point_by_point"
    size = SIZE
    rows = (("epochs", "width"), ("rows", "learning_rate"))
    trains = True
    _run: _Run | None = None
    presets = {
        N_("the document's program"): {"epochs": 100, "width": 64, "rows": 100, "learning_rate": 0.001},
        N_("learned by heart"): {"epochs": 2000, "width": 64, "rows": 100, "learning_rate": 0.005},
        N_("too few units"): {"epochs": 2000, "width": 4, "rows": 100, "learning_rate": 0.005},
        N_("too many rows"): {"epochs": 2000, "width": 16, "rows": 200, "learning_rate": 0.005},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "epochs": controls.steps(_("epochs"), 100, list(EPOCHS)),
            "width": controls.steps(_("hidden units H"), 64, list(WIDTHS)),
            "rows": controls.steps(_("rows N"), 100, list(ROWS)),
            "learning_rate": controls.log_slider(_("learning rate"), 0.001, 1e-4, 0.1),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Train on from where the last run stood, or anew where a setting has changed."""
        key = (values.width, values.rows, values.learning_rate, task.eagerly)
        if self._run is None or self._run.key != key or not self._run.whole:
            self._run = _Run(key)
        run, most = self._run, min(values.epochs, EAGER) if task.eagerly else values.epochs
        for epochs in run.go_on(EPOCHS, most, task):
            if EPOCHS[6] <= epochs < most:
                task.show(run.arrays(epochs))
        return run.arrays(most)

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the three axes."""
        self._picture = PointFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move everything."""
        self._picture.update(arrays)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Count epochs, updates and parameters."""
        epochs = int(arrays["epoch"][-1])
        words = _(
            "{rows} random rows, network 10-{width}-1 with {parameters} parameters; {epochs} epochs in batches of "
            "{batch}: {updates} updates."
        )
        updates = epochs * -(-values.rows // BATCH)
        return words.format(
            rows=values.rows, width=values.width, parameters=f"{12 * values.width + 1:,}", epochs=f"{epochs:,}",
            batch=BATCH, updates=f"{updates:,}",
        )  # fmt: skip

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say how much is remembered, in words that a last bit does not change."""
        words = _("A 10-{width}-1 network has seen {rows} random rows for {epochs} epochs. {memory} {fresh}")
        away = float(arrays["loss"][-1] - arrays["floor"]) / max(float(arrays["loss"][0] - arrays["floor"]), 0.05)
        if away < 0.15:
            memory = _("Its answers lie on the targets, and the training loss near its floor.")
        elif away < 0.65:
            memory = _("Its answers follow the targets roughly, and the training loss is above its floor.")
        else:
            memory = _("Its answers hardly follow the targets, and the training loss is far above its floor.")
        worse = float(arrays["loss_new"][-1]) - np.log(2)
        fresh = (
            _("On fresh rows it is much worse than always answering one half.")
            if worse > 0.04
            else _("On fresh rows it is no better than always answering one half.")
        )
        return words.format(
            width=values.width, rows=values.rows, epochs=int(arrays["epoch"][-1]), memory=memory, fresh=fresh
        )
