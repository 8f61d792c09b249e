"""Chapter 02's live training: one neuron learns two clouds that one drags, anew at every move."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from nnlab.explorers import controls
from nnlab.explorers.chapter_02._margin import distances
from nnlab.explorers.chapter_02._neuron_training_figure import EPOCHS, SIZE, TrainingFigure
from nnlab.explorers.chapter_02._plane import answer
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

Array = NDArray[Any]

EACH = 50  # samples of a cloud
SEED = 2
FAR = 2.5  # how far out a center may stand
FEW = 8  # epochs that the formulas train
RESTLESS = 0.02  # an error that still goes up and down by as much, in the last ten epochs, tells of steps too large


@explorer(chapter="02")
def neuron_training(
    x0: float = -1.0,
    y0: float = -0.5,
    x1: float = 1.0,
    y1: float = 0.8,
    spread_0: float = 0.6,
    spread_1: float = 0.6,
    learning_rate: float = 0.1,
    activation: str = "sigmoid",
    epoch: int = EPOCHS,
    unit: int = 1,
) -> NeuronTraining:
    """Drag two clouds of samples, and train one neuron anew at every move.

    Parameters
    ----------
    x0, y0 : float
        The center of class 0, blue, from -2.5 to 2.5; it is dragged in the figure.
    x1, y1 : float
        The center of class 1, orange.
    spread_0, spread_1 : float
        Standard deviation of each cloud, from 0.1 to 1.5.
    learning_rate : float
        From 0.0001 to 10.
    activation : {"sigmoid", "step"}
    epoch : int
        After which of the 40 epochs the line is drawn.
    unit : {1, 10, 100}
        By how much the numbers of the second feature are larger, for the neuron, than in the picture: it is then
        given in smaller units, and the features are not on one scale.

    Returns
    -------
    NeuronTraining
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return NeuronTraining(
        x0=x0, y0=y0, x1=x1, y1=y1, spread_0=spread_0, spread_1=spread_1, learning_rate=learning_rate,
        activation=activation, epoch=epoch, unit=unit,
    )  # fmt: skip


@cache
def _drawn() -> tuple[Array, Array]:
    """Draw both clouds before they are moved and spread, in the order in which they are learned: always the same."""
    rng = np.random.default_rng(SEED)
    noise = rng.standard_normal((2, EACH, 2))
    noise -= noise.mean(axis=1, keepdims=True)  # so that the handle stands in the middle
    y = np.repeat([0, 1], EACH)
    order = rng.permutation(2 * EACH)
    return noise.reshape(-1, 2)[order], y[order]


def clouds(values: Values) -> tuple[Array, Array]:
    """Put the clouds in their places.

    Parameters
    ----------
    values : SimpleNamespace
        The controls' values.

    Returns
    -------
    x : ndarray of shape (N, 2)
    y : ndarray of shape (N,)
        0 or 1.
    """
    noise, y = _drawn()
    centers = np.array([[values.x0, values.y0], [values.x1, values.y1]])
    return centers[y] + np.array([values.spread_0, values.spread_1])[y, None] * noise, y


class NeuronTraining(Explorer):
    """The widget that `neuron_training` returns."""

    name = "neuron_training"
    size = SIZE
    rows = (("spread_0", "spread_1"), ("learning_rate", "activation"), ("epoch",))
    pointer = {"plane": (("x0", "y0"), ("x1", "y1"))}
    trains = True
    presets = {
        N_("overlapping"): {
            "x0": -0.5, "y0": -0.3, "x1": 0.5, "y1": 0.4, "spread_0": 0.8, "spread_1": 0.8, "learning_rate": 0.1,
            "activation": "sigmoid", "epoch": EPOCHS, "unit": 1,
        },
        N_("far apart"): {
            "x0": -1.6, "y0": -1.2, "x1": 1.6, "y1": 1.2, "spread_0": 0.4, "spread_1": 0.4, "learning_rate": 0.1,
            "activation": "sigmoid", "epoch": EPOCHS, "unit": 1,
        },
        N_("one inside the other"): {
            "x0": 0.0, "y0": 0.0, "x1": 0.0, "y1": 0.0, "spread_0": 1.3, "spread_1": 0.3, "learning_rate": 0.1,
            "activation": "sigmoid", "epoch": EPOCHS, "unit": 1,
        },
        N_("rate too large"): {
            "x0": -0.5, "y0": -0.3, "x1": 0.5, "y1": 0.4, "spread_0": 0.8, "spread_1": 0.8, "learning_rate": 10.0,
            "activation": "sigmoid", "epoch": EPOCHS, "unit": 1,
        },
        N_("x₂ times 100"): {
            "x0": -0.6, "y0": -0.2, "x1": 0.6, "y1": 0.2, "spread_0": 0.6, "spread_1": 0.6, "learning_rate": 0.02,
            "activation": "sigmoid", "epoch": EPOCHS, "unit": 100,
        },
        N_("x₂ times 1"): {"unit": 1},
    }  # fmt: skip

    def make_controls(self) -> dict[str, Any]:
        """Make the controls; those of the centers and of the unit are not shown."""
        centers = {"x0": (_("blue x₁"), -1.0), "y0": (_("blue x₂"), -0.5), "x1": (_("orange x₁"), 1.0)}
        centers["y1"] = _("orange x₂"), 0.8
        return {
            **{key: controls.slider(label, at, -FAR, FAR, 0.05) for key, (label, at) in centers.items()},
            "spread_0": controls.slider(_("spread of blue"), 0.6, 0.1, 1.5, 0.05),
            "spread_1": controls.slider(_("spread of orange"), 0.6, 0.1, 1.5, 0.05),
            "learning_rate": controls.log_slider(_("learning rate"), 0.1, 0.0001, 10.0),
            "activation": controls.choice(_("activation"), "sigmoid", ("sigmoid", "step")),
            "epoch": controls.time(_("epoch"), EPOCHS, EPOCHS),
            "unit": controls.steps(_("numbers of x₂, times"), 1, (1, 10, 100)),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Train from weights of 0, one sample at a time."""
        x, y = clouds(values)
        scales = np.array([1.0, values.unit, 1.0])
        given = x * scales[:2]
        if values.activation == "step":
            weights = _perceptron(given, y, values.learning_rate)
        else:
            weights = _fitted(given, y, values.learning_rate, task)
        seen = weights * scales  # the same neuron, for the picture's units
        z = seen[:, :2] @ x.T + seen[:, 2:]  # (epochs + 1, N)
        return {
            "x": x,
            "y": y,
            "centers": np.array([[values.x0, values.y0], [values.x1, values.y1]]),
            "weights": weights,
            "seen": seen,
            "error": np.abs(y - answer(values.activation, z)).mean(axis=1),
            "right": ((z >= 0) == (y == 1)).sum(axis=1),
            "margin": np.array([distances(x, y, row[:2], row[2]).min() for row in seen]),
        }

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the three pictures."""
        self._picture = TrainingFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move everything."""
        self._picture.update(arrays, values.activation, values.epoch)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say how it was trained."""
        words = _(
            "Drag the two large marks. {count} samples, one at a time: each moves the weights by {rate} times its "
            "error times its features; {epochs} epochs, from weights of 0."
        )
        return words.format(count=len(arrays["x"]), rate=f"{values.learning_rate:g}", epochs=len(arrays["weights"]) - 1)

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Say where the steps are too large."""
        if values.activation == "sigmoid" and _restless(arrays):
            return _(
                "The error goes up and down and does not settle: each sample throws the line about. The learning "
                "rate is too large; move it to the left."
            )
        return ""

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say how many are right, in steps of 5 %."""
        epoch = min(values.epoch, len(arrays["weights"]) - 1)
        words = _(
            "One neuron with a {activation} has learned two clouds of {each} samples for {epoch} epochs at learning "
            "rate {rate}."
        )
        rate = f"{values.learning_rate:g}"
        sentences = [words.format(activation=values.activation, each=EACH, epoch=epoch, rate=rate)]
        if values.unit > 1:
            sentences.append(_("It got x₂ in units {unit} times smaller.").format(unit=values.unit))
        if self.warn(values, arrays):
            sentences.append(_("The error goes up and down: the learning rate is too large."))
        else:
            sentences.append(_share(int(arrays["right"][epoch]) / len(arrays["x"])))
        return " ".join(sentences)


def _share(right: float) -> str:
    """Say a share in steps of 5 %, with room for a sample that lies on the line."""
    percent = min(95, 5 * int(20 * right - 0.2))
    return _("At least {percent} % are right.").format(percent=percent) if percent > 60 else _("About half are right.")


def _restless(arrays: Arrays) -> bool:
    """Whether the error still goes up and down when it should have settled."""
    steps = np.diff(arrays["error"][-10:])
    return bool(np.abs(steps).mean() - abs(steps.mean()) > RESTLESS)  # a steady fall does not count


def _fitted(x: Array, y: Array, learning_rate: float, task: Task) -> Array:
    """Train a neuron with a sigmoid by nnlab's own fit; weights and bias after each epoch: (epochs + 1, 3).

    With this loss the gradient of a sample is its error times its features: chapter 06 derives it.
    """
    from nnlab import Sequential, callbacks, layers, optimizers

    neuron = layers.Dense(1, activation="sigmoid", kernel_initializer="zeros", input_shape=(2,))
    model = Sequential([neuron], seed=0, dtype="float64")
    model.compile(optimizers.SGD(learning_rate=learning_rate), loss="binary_crossentropy", run_eagerly=task.eagerly)
    found = [np.zeros(3)]

    def keep(_epoch: int, _logs: Any) -> None:
        found.append(np.concatenate([part.reshape(-1) for part in model.get_weights()]))

    epochs = FEW if task.eagerly else EPOCHS
    watch = callbacks.LambdaCallback(on_epoch_end=keep)
    model.fit(x, y, batch_size=1, epochs=epochs, shuffle=False, verbose=0, callbacks=[watch], stop=task.stop)
    return np.array(found)


def _perceptron(x: Array, y: Array, learning_rate: float) -> Array:
    """Train a neuron with a step, which has no gradient; weights and bias after each epoch: (epochs + 1, 3)."""
    samples = [(float(x1), float(x2), int(each)) for (x1, x2), each in zip(x, y, strict=True)]
    w1 = w2 = b = 0.0
    found = [(w1, w2, b)]
    for _epoch in range(EPOCHS):
        for x1, x2, each in samples:
            error = each - (w1 * x1 + w2 * x2 + b >= 0)
            if error:
                w1, w2, b = w1 + learning_rate * error * x1, w2 + learning_rate * error * x2, b + learning_rate * error
        found.append((w1, w2, b))
    return np.array(found)
