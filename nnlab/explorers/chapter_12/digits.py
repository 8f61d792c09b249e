"""Chapter 12's explorer: train a dense network on handwritten digits, anew for each position of the sliders.

`train_digits` is what a notebook calls. What is drawn stands in `nnlab.explorers.chapter_12._digits_figure`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from nnlab.callbacks import Callback
from nnlab.explorers import controls
from nnlab.explorers.chapter_12._digits_figure import EPOCHS, DigitsFigure, Trace
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots._check import at_least
from nnlab.plots.style import Picture

WIDTHS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
ACTIVATIONS = ("relu", "sigmoid", "tanh", "linear")


@explorer(chapter="12")
def train_digits(learning_rate: float = 0.001, width: int = 64, activation: str = "relu") -> TrainDigits:
    """Train a 784-width-10 network on 8,000 handwritten digits while you move the sliders.

    Parameters
    ----------
    learning_rate : float
        Step size of Adam, from 0.0001 to 1.
    width : int
        Number of hidden units: a power of two from 1 to 256.
    activation : {"relu", "sigmoid", "tanh", "linear"}
        What the hidden units do.

    Returns
    -------
    TrainDigits
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a value is not one that the controls offer.
    """
    return TrainDigits(learning_rate=learning_rate, width=width, activation=activation)


@cache
def _data() -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Load the digits as rows of 784 numbers from 0 to 1."""
    from nnlab.datasets import digits

    (x, y), (x_test, y_test) = digits.load_data()
    flat = [images.reshape(len(images), -1).astype(np.float32) / 255 for images in (x, x_test)]
    return flat[0], y, flat[1], y_test


def build(values: Values, run_eagerly: bool) -> Any:
    """Make and compile the network that the controls ask for."""
    import nnlab
    from nnlab import layers, optimizers

    model = nnlab.Sequential(
        [
            layers.Input(shape=(784,)),
            layers.Dense(values.width, activation=values.activation),
            layers.Dense(10, activation="softmax"),
        ],
        seed=0,
    )
    model.compile(
        optimizer=optimizers.Adam(learning_rate=values.learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        run_eagerly=run_eagerly,
    )
    return model


class _Watch(Callback):
    """Hands what a training tells to its trace, and asks for a picture."""

    def __init__(self, trace: Trace, draw: Callable[[], None]) -> None:
        self._trace, self._draw = trace, draw

    def on_progress(self, epoch: int, done: float, logs: dict[str, float]) -> None:
        if self._trace.progress(epoch, done, logs["loss"], logs["accuracy"]):
            self._draw()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self._trace.epoch_end(epoch, logs or {})
        self._draw()


class TrainDigits(Explorer):
    """The widget that `train_digits` returns."""

    name = "train_digits"
    size = (840, 312)
    rows = (("learning_rate", "width"), ("activation",))
    trains = True
    presets = {
        N_("default"): {"learning_rate": 0.001, "width": 64, "activation": "relu"},
        N_("too slow"): {"learning_rate": 0.0001, "width": 64, "activation": "relu"},
        N_("too fast"): {"learning_rate": 1.0, "width": 64, "activation": "relu"},
        N_("one hidden unit"): {"learning_rate": 0.001, "width": 1, "activation": "relu"},
    }
    _finished: tuple[Values, Trace] | None = None  # the last whole run
    _before: tuple[Values, Trace] | None = None  # the one before it, with other settings

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "learning_rate": controls.log_slider(_("learning rate"), 0.001, 1e-4, 1.0),
            "width": controls.steps(_("hidden units"), 64, WIDTHS),
            "activation": controls.choice(_("activation"), "relu", ACTIVATIONS),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Train from scratch, with a picture whenever the page is ready for one."""
        same = self._finished is not None and self._finished[0] == values
        before = self._before if same else self._finished
        x, y, x_test, y_test = _data()
        trace = Trace()

        def draw() -> None:
            if task.watched:
                task.show(_arrays(trace, before))

        model = build(values, task.eagerly)
        trace.start(model.evaluate(x[:1000], y[:1000], verbose=0), model.evaluate(x_test, y_test, verbose=0))
        model.fit(
            x, y, batch_size=32, epochs=EPOCHS, verbose=0, callbacks=[_Watch(trace, draw)],
            validation_data=(x_test, y_test), stop=task.stop,
        )  # fmt: skip
        if not task.stop.is_set():
            self._finished, self._before = (values, trace), before
        return _arrays(trace, before)

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the axes."""
        self._picture = DigitsFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move the curves and the numbers."""
        trace, before = arrays["_run"], arrays["_before"]
        self._picture.update(trace, before[1] if before else None, _words(before[0]) if before else "")

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what was trained."""
        if not arrays["_run"].complete:
            return _("Training …")
        return _("Trained from scratch: {epochs} epochs of 8,000 digits, Adam, batches of 32.").format(epochs=EPOCHS)

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Explain a training that went wrong."""
        trace, rate = arrays["_run"], f"{values.learning_rate:g}"
        if not np.isfinite(trace.loss + trace.test_loss).all():
            return _(
                "Diverged: the loss is no longer a number. At a learning rate of {rate} each step jumps over the "
                "valley, farther every time. Move the learning rate to the left."
            ).format(rate=rate)
        if trace.diverged:
            return _(
                "Diverged: the loss shot up far above log 10 = 2.3, that of guessing. At a learning rate of {rate} "
                "each step jumps over the valley. Move the learning rate to the left."
            ).format(rate=rate)
        if trace.guessing and values.width > 1:
            return _(
                "No better than guessing. At a learning rate of {rate} the first steps were so large that the hidden "
                "units no longer react to the image. Move the learning rate to the left."
            ).format(rate=rate)
        return ""

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Describe a finished run in words that another processor's last bit does not change."""
        trace = arrays["_run"]
        start = _(
            "A 784-{width}-10 network with {activation} is trained on 8,000 handwritten digits for {epochs} epochs at "
            "learning rate {rate}:"
        ).format(width=values.width, activation=values.activation, epochs=EPOCHS, rate=f"{values.learning_rate:g}")
        if trace.diverged:
            return f"{start} " + _("the loss diverges.")
        falls = trace.test_loss[-1] < 0.75 * float(np.log(10))
        end = (
            _("the loss falls, and {share} of the 2,000 test digits are right.")
            if falls
            else _("the loss hardly falls, and {share} of the 2,000 test digits are right.")
        )
        return f"{start} " + end.format(share=at_least(trace.test_accuracy[-1]))


def _arrays(trace: Trace, before: tuple[Values, Trace] | None) -> Arrays:
    """Name what is drawn; the run before has names that begin with "previous_"."""
    previous = before[1].arrays() if before else {}
    ghosts = {f"previous_{name}": a for name, a in previous.items()}
    return {**trace.arrays(), **ghosts, "_run": trace, "_before": before}


def _words(values: Values) -> str:
    units = _("1 unit") if values.width == 1 else _("{width} units").format(width=values.width)
    rate = _("learning rate {rate}").format(rate=f"{values.learning_rate:g}")
    return f"{rate}\n{units}, {values.activation}"
