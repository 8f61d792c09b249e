"""Chapter 13's training: a small convolutional network learns digits anew whenever a slider moves.

What is drawn stands in `nnlab.explorers.chapter_13._cnn_training_figure`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist

from nnlab.explorers import controls
from nnlab.explorers.chapter_13._cnn_training_figure import EPOCHS, GUESS, SIZE, TrainingFigure
from nnlab.explorers.chapter_13._network import TEST, build, digits
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

TRAINED, BATCH = 500, 25
PART = 250  # digits between two pictures
FILTERS, KERNELS = (1, 2, 4, 8, 16), (1, 3, 5, 7)
POOLING = ("none", "2 × 2")
OFF = 1000.0  # what stands for a loss that is no number


@explorer(chapter="13")
def cnn_training(
    filters: int = 8, kernel_size: int = 3, learning_rate: float = 0.01, pooling: str = "2 × 2"
) -> CnnTraining:
    """Train a small convolutional network on 500 digits, live, and watch its filters.

    Parameters
    ----------
    filters : {1, 2, 4, 8, 16}
    kernel_size : {1, 3, 5, 7}
    learning_rate : float
        Of Adam, from 0.0003 to 1.
    pooling : {"none", "2 × 2"}

    Returns
    -------
    CnnTraining
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return CnnTraining(filters=filters, kernel_size=kernel_size, learning_rate=learning_rate, pooling=pooling)


class _Run:
    """One network, and what its training has told so far."""

    def __init__(self, values: Values, eagerly: bool, before: Arrays | None) -> None:
        self._before = before  # the run that is drawn pale
        self.model = build(values.filters, values.kernel_size, values.pooling != "none", values.learning_rate, eagerly)
        self._epoch: list[float] = []
        self._loss: list[float] = []
        self._test: list[tuple[float, float, float]] = []  # epoch, loss, share of right answers
        self._rng = np.random.default_rng(0)

    def test(self, epoch: float) -> None:
        """Ask the network about digits that it does not learn from."""
        _x, _y, x, y = digits()
        loss, right = self.model.evaluate(x, y, verbose=0)
        self._test.append((epoch, _finite(loss), float(right)))

    def train(self, epoch: int, task: Task) -> None:
        """Train an epoch, with a picture now and then."""
        x, y, _x_test, _y_test = digits()
        order = self._rng.permutation(TRAINED).reshape(-1, PART)
        for k, rows in enumerate(order):
            history = self.model.fit(x[rows], y[rows], batch_size=BATCH, verbose=0, shuffle=False, stop=task.stop)
            if task.stop.is_set():
                return
            self._epoch.append(epoch + (k + 0.5) / len(order))
            self._loss.append(_finite(history.history["loss"][-1]) if history.history.get("loss") else OFF)
            if k < len(order) - 1:
                task.show(self.arrays())

    def arrays(self) -> Arrays:
        """Name what is drawn."""
        test = np.array(self._test)
        return {
            "kernels": self.model.layers[0].kernel[:, :, 0].copy(), "epoch": np.array(self._epoch),
            "loss": np.array(self._loss), "test_epoch": test[:, 0], "test_loss": test[:, 1], "right": test[:, 2],
            "_before": self._before, "_parameters": self.model.count_params(),
        }  # fmt: skip


def _finite(loss: float) -> float:
    return float(min(loss, OFF)) if np.isfinite(loss) else OFF


class CnnTraining(Explorer):
    """The widget that `cnn_training` returns."""

    name = "cnn_training"
    size = SIZE
    rows = (("filters", "kernel_size"), ("learning_rate", "pooling"))
    trains = True
    presets = {
        N_("default"): {"filters": 8, "kernel_size": 3, "learning_rate": 0.01, "pooling": "2 × 2"},
        N_("one filter"): {"filters": 1, "kernel_size": 3, "learning_rate": 0.01, "pooling": "2 × 2"},
        N_("kernels of one pixel"): {"filters": 8, "kernel_size": 1, "learning_rate": 0.01, "pooling": "2 × 2"},
        N_("large kernels"): {"filters": 8, "kernel_size": 7, "learning_rate": 0.01, "pooling": "2 × 2"},
        N_("no pooling"): {"filters": 8, "kernel_size": 3, "learning_rate": 0.01, "pooling": "none"},
        N_("too fast"): {"filters": 8, "kernel_size": 3, "learning_rate": 1.0, "pooling": "2 × 2"},
    }
    _last: tuple[Values, Arrays] | None = None  # the run that was finished last
    _before: tuple[Values, Arrays] | None = None  # and the one before it, of other settings

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "filters": controls.steps(_("filters"), 8, FILTERS),
            "kernel_size": controls.steps(_("kernel size, pixels"), 3, KERNELS),
            "learning_rate": controls.log_slider(_("learning rate"), 0.01, 3e-4, 1.0),
            "pooling": controls.choice(_("max pooling"), "2 × 2", POOLING),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Train epoch by epoch, and show how far it is; the formulas train one epoch."""
        if self._last is not None and self._last[0] != values:
            self._before = self._last
        run = _Run(values, task.eagerly, self._before[1] if self._before else None)
        run.test(0.0)
        task.show(run.arrays())
        epochs = 1 if task.eagerly else EPOCHS
        for epoch in range(epochs):
            run.train(epoch, task)
            if task.stop.is_set():
                return run.arrays()
            run.test(epoch + 1.0)
            if epoch < epochs - 1:
                task.show(run.arrays())
        arrays = run.arrays()
        self._last = values, {name: a for name, a in arrays.items() if name[0] != "_"}  # not all runs before it
        return arrays

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the axes."""
        self._picture = TrainingFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move filters, curves and numbers."""
        self._picture.update(arrays, arrays["_before"], arrays["_parameters"])

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what is trained."""
        words = _(
            "Conv2D({filters}, {size}, relu), {pooling}, Flatten, Dense(10, softmax): {digits} digits, batches of "
            "{batch}, Adam, {epochs} epochs."
        )
        pooling = _("no pooling") if values.pooling == "none" else "MaxPooling2D(2)"
        return words.format(
            filters=values.filters, size=values.kernel_size, pooling=pooling, digits=TRAINED, batch=BATCH, epochs=EPOCHS
        )

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Say that the training has failed."""
        if not _failed(arrays):
            return ""
        return _("The network guesses: its loss is no better than that of ten equal answers. Lower the learning rate.")

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say how many test digits are right, in steps of 5 percent."""
        words = _(
            "A convolutional network, with filters: {filters}, of {size} by {size} pixels, and pooling: {pooling}, "
            "learns {digits} digits in {epochs} epochs at learning rate {rate}."
        )
        text = words.format(
            filters=values.filters, size=values.kernel_size, pooling=values.pooling, digits=TRAINED,
            epochs=int(arrays["test_epoch"][-1]), rate=f"{values.learning_rate:g}",
        )  # fmt: skip
        if _failed(arrays):
            return f"{text} " + _("It ends no better than guessing.")
        share = 10 * int(10 * (arrays["right"][-1] - 0.01))
        words = _("At least {share} % of {test} test digits are right.")
        return f"{text} " + words.format(share=share, test=TEST)


def _failed(arrays: Arrays) -> bool:
    """Whether whole epochs have taught the network next to nothing."""
    return len(arrays["test_loss"]) > 1 and bool(arrays["test_loss"][-1] > 0.9 * GUESS and arrays["right"][-1] < 0.3)
