"""Chapter 4's bending plane: a network trained live, and the way of the plane through its hidden layers, step by step.

The geometry is in `nnlab.plots.passages`; what is drawn stands in `nnlab.explorers.chapter_04._bending_plane_figure`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist

from nnlab.explorers import controls
from nnlab.explorers.chapter_04._bending_plane_figure import SIZE, Array, BendingFigure
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.passages import Passage
from nnlab.plots.style import Picture

NOISE = {"circles": 0.1, "moons": 0.12, "xor": 0.1, "spiral": 0.05}
HIDDEN = {"2": (2,), "3": (3,), "2-2": (2, 2), "3-3": (3, 3)}
NAMES = ("linear", "tanh", "relu")
POINTS, BATCH, RATE = 200, 20, 0.03
EPOCHS = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
END = 100  # the last position of the slider
NEARLY_ALL, FEW = 0.965, 0.9  # shares of right answers


@explorer(chapter="04")
def bending_plane(
    data: str = "circles",
    hidden: str = "3",
    activation: str = "tanh",
    epochs: int = 200,
    position: int = 100,
    seed: int = 0,
) -> BendingPlane:
    """Push the plane with its points through the hidden layers of a network, step by step.

    Parameters
    ----------
    data : {"circles", "moons", "xor", "spiral"}
        The 200 points that have to be told apart.
    hidden : {"2", "3", "2-2", "3-3"}
        Units of each hidden layer.
    activation : {"linear", "tanh", "relu"}
        Of the hidden layers.
    epochs : int
        How long the network is trained: 0, 1, 2, 5, 10, 20, 50, 100, 200, 500 or 1000.
    position : int
        How far the plane has come on its way through the layers, from 0 to 100 percent.
    seed : int
        Of the first weights and of the order of the points, from 0 to 9; it has no slider.

    Returns
    -------
    BendingPlane
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return BendingPlane(data=data, hidden=hidden, activation=activation, epochs=epochs, position=position, seed=seed)


@cache
def _points(name: str) -> tuple[Array, Array]:
    """Make a toy set: its points and their classes."""
    from nnlab.datasets import toy

    x, y = getattr(toy, name)(POINTS, noise=NOISE[name], seed=0)
    return x, y


def build(values: Values, run_eagerly: bool) -> Any:
    """Make and compile the network.

    Parameters
    ----------
    values : SimpleNamespace
        The controls' values.
    run_eagerly : bool

    Returns
    -------
    Sequential
    """
    import nnlab
    from nnlab import layers, optimizers

    stack = [layers.Dense(units, activation=values.activation) for units in HIDDEN[values.hidden]]
    model = nnlab.Sequential(
        [layers.Input(shape=(2,)), *stack, layers.Dense(1, activation="sigmoid")], seed=values.seed
    )
    model.compile(optimizers.Adam(learning_rate=RATE), loss="binary_crossentropy", run_eagerly=run_eagerly)
    return model


class BendingPlane(Explorer):
    """The widget that `bending_plane` returns."""

    name = "bending_plane"
    size = SIZE
    rows = (("data", "hidden"), ("activation", "epochs"), ("position",))
    trains = True
    presets = {
        N_("three units"): {"data": "circles", "hidden": "3", "activation": "tanh", "epochs": 200, "seed": 0},
        N_("two units"): {"data": "circles", "hidden": "2", "activation": "tanh", "epochs": 200, "seed": 0},
        N_("ReLUs fold"): {"data": "circles", "hidden": "3", "activation": "relu", "epochs": 500, "seed": 3},
        N_("moons"): {"data": "moons", "hidden": "2", "activation": "tanh", "epochs": 50, "seed": 4},
        N_("XOR in space"): {"data": "xor", "hidden": "3", "activation": "tanh", "epochs": 500, "seed": 4},
        N_("no bend"): {"data": "circles", "hidden": "3", "activation": "linear", "epochs": 200, "seed": 0},
        N_("not trained"): {"data": "circles", "hidden": "3", "activation": "tanh", "epochs": 0, "seed": 0},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "data": controls.choice(_("data"), "circles", tuple(NOISE)),
            "hidden": controls.choice(_("hidden units"), "3", tuple(HIDDEN)),
            "activation": controls.choice(_("activation"), "tanh", NAMES),
            "epochs": controls.steps(_("epochs trained"), 200, EPOCHS),
            "position": controls.time(_("how far, in %"), END, END, 100),
            "seed": controls.count(_("seed"), 0, 0, 9),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Train, unless only the position has moved; then see how far the plane has come."""
        wanted = {name: value for name, value in vars(values).items() if name != "position"}
        if getattr(self, "_trained", (None,))[0] != (wanted, task.eagerly):
            self._trained = (wanted, task.eagerly), self._train(values, task)
        arrays: Arrays = dict(self._trained[1])
        passage: Passage = arrays["_passage"]
        stage = values.position / END * len(passage.stages)
        return {**arrays, "stage": np.array(stage), "place": passage.place(arrays["x"], stage)}

    def _train(self, values: Values, task: Task) -> Arrays:
        x, y = _points(values.data)
        model = build(values, task.eagerly)
        if values.epochs:
            model.fit(x, y, batch_size=BATCH, epochs=values.epochs, verbose=0)
        passage = Passage(model.get_weights(), values.activation, x)
        return {
            "x": x,
            "y": y,
            "surface": 1 / (1 + np.exp(-np.clip(passage.field, -40, 40))),
            "accuracy": np.array(np.mean((passage.forward(x) > 0) == (y == 1))),
            "border": passage.border,
            "_passage": passage,
        }

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the sheet, the list of the steps, and the plane as the network answers in it."""
        self._picture = BendingFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move the sheet and mark the step."""
        self._picture.update(arrays)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what was trained."""
        words = _(
            "Network {layers}, seed {seed}: {points} points, batches of {batch}, Adam at {rate}, {epochs} epochs. "
            "Colors: what the network answers there. The cross is the origin."
        )
        return words.format(
            layers=_layers(values), seed=values.seed, points=POINTS, batch=BATCH, rate=RATE, epochs=values.epochs
        )

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Say when no line parts the classes, although the network was trained."""
        if values.epochs < 50 or arrays["accuracy"] >= FEW:
            return ""
        words = _("After {epochs} epochs the network is right for {percent} % only: no straight cut parts the classes.")
        return words.format(epochs=values.epochs, percent=int(100 * arrays["accuracy"] + 1e-6))

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say what the network is, how many points are right, and how far the plane has come."""
        words = _("The plane with {points} points ({data}) goes through a {layers} network with {name}, {training}.")
        training = _("trained for {epochs} epochs").format(epochs=values.epochs) if values.epochs else _("not trained")
        sentences = [
            words.format(
                points=POINTS, data=values.data, layers=_layers(values), name=values.activation, training=training
            )
        ]
        if values.position == 0:
            sentences.append(_("It is not moved yet: the border between the answers stands where it is in the plane."))
        elif values.position == END:
            sentences.append(_("It is at the end: stretched, shifted, bent, and turned until the border is level."))
        else:
            sentences.append(_("It has come {percent} % of the way.").format(percent=values.position))
        if values.epochs and arrays["accuracy"] >= NEARLY_ALL:
            sentences.append(_("Nearly all points lie on their side of the border."))
        elif values.epochs and arrays["accuracy"] < FEW:
            sentences.append(_("Many points lie on the wrong side of the border."))
        return " ".join(sentences)


def _layers(values: Values) -> str:
    return "-".join(["2", *map(str, HIDDEN[values.hidden]), "1"])
