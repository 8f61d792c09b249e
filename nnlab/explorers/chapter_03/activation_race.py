"""Chapter 3's race: the same network, trained live from the same seeds with five activations.

What is drawn stands in `nnlab.explorers.chapter_03._activation_race_figure`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist

from nnlab.explorers import controls
from nnlab.explorers.chapter_03._activation_race_figure import (
    EPOCHS,
    HIGHEST,
    REACH,
    SIDE,
    SIZE,
    Array,
    RaceFigure,
)
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.explorers.decision import grid
from nnlab.explorers.seeds import Runs
from nnlab.language import N_, _
from nnlab.plots.style import ACTIVATION_COLORS, Picture

ACTIVATIONS = tuple(ACTIVATION_COLORS)
NOISE = {"moons": 0.2, "circles": 0.15, "xor": 0.15, "spiral": 0.1}  # so that nearly all points can be told apart
POINTS, BATCH = 200, 20
SEEDS = 8
EARLY = 20  # epochs of the first seed before the first picture, and all that the formulas train
SHOWN = (1, 3)  # numbers of seeds after which there is another picture; drawing takes as long as training a seed
OFF = 100 * HIGHEST  # what stands for a loss that is no number
COIN = float(np.log(2)) + 0.01  # a loss above this is worse than that of tossing a coin
FAST = 0.05  # with a learning rate below this such a loss is still on its way down
MANY = 6  # failed runs, of all activations together, from which on the medians say little


@explorer(chapter="03")
def activation_race(learning_rate: float = 0.03, depth: int = 2, width: int = 8, data: str = "moons") -> ActivationRace:
    """Train the same network with five activations, from the same seeds, while you move the sliders.

    Parameters
    ----------
    learning_rate : float
        Step size of Adam, from 0.001 to 1.
    depth : int
        Number of hidden layers, from 1 to 4.
    width : int
        Units in each of them, from 2 to 16.
    data : {"moons", "circles", "xor", "spiral"}
        The 200 points that have to be told apart.

    Returns
    -------
    ActivationRace
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return ActivationRace(learning_rate=learning_rate, depth=depth, width=width, data=data)


@cache
def _points(name: str) -> tuple[Array, Array]:
    """Make a toy set: its points and their classes."""
    from nnlab.datasets import toy

    x, y = getattr(toy, name)(POINTS, noise=NOISE[name], seed=0)
    return x, y


def build(values: Values, activation: str, seed: int, run_eagerly: bool) -> Any:
    """Make and compile one network of the race.

    Parameters
    ----------
    values : SimpleNamespace
        The controls' values.
    activation : str
    seed : int
        The same seed gives the same first weights and the same batches with each activation.
    run_eagerly : bool

    Returns
    -------
    Sequential
    """
    import nnlab
    from nnlab import layers, optimizers

    hidden = [layers.Dense(values.width, activation=activation) for _ in range(values.depth)]
    model = nnlab.Sequential(
        [layers.Input(shape=(2,)), *hidden, layers.Dense(1, activation="sigmoid")],
        seed=seed,
    )
    model.compile(
        optimizer=optimizers.Adam(learning_rate=values.learning_rate),
        loss="binary_crossentropy",
        run_eagerly=run_eagerly,
    )
    return model


class ActivationRace(Explorer):
    """The widget that `activation_race` returns."""

    name = "activation_race"
    size = SIZE
    rows = (("learning_rate", "depth"), ("width", "data"))
    trains = True
    presets = {
        N_("default"): {"learning_rate": 0.03, "depth": 2, "width": 8, "data": "moons"},
        N_("linear cannot bend"): {"learning_rate": 0.03, "depth": 2, "width": 8, "data": "circles"},
        N_("deep sigmoid"): {"learning_rate": 0.03, "depth": 4, "width": 8, "data": "circles"},
        N_("too fast"): {"learning_rate": 1.0, "depth": 2, "width": 8, "data": "moons"},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "learning_rate": controls.log_slider(_("learning rate"), 0.03, 1e-3, 1.0),
            "depth": controls.count(_("hidden layers"), 2, 1, 4),
            "width": controls.count(_("units in each"), 8, 2, 16),
            "data": controls.choice(_("data"), "moons", tuple(NOISE)),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Train all activations from one seed, then from the next, with a picture now and then."""
        x, y = _points(values.data)
        seeds, epochs = (2, EARLY) if task.eagerly else (SEEDS, EPOCHS)
        runs = Runs(
            ACTIVATIONS, SEEDS, EPOCHS, early=EARLY, off=OFF,
            build=lambda name, seed: build(values, name, seed, task.eagerly),
            fit=lambda model, done, until: model.fit(
                x, y, batch_size=BATCH, epochs=until, verbose=0, initial_epoch=done, stop=task.stop
            ),
            judge=lambda model: np.mean((model.predict(x)[:, 0] > 0.5) == (y == 1)),
            stop=task.stop,
        )  # fmt: skip
        arrays: Arrays = {}
        surfaces: Array = np.empty(0)
        for trained, done in runs.train(seeds, epochs):
            if trained == 1:
                surfaces = np.array([model.predict(grid(REACH, SIDE)) for model in runs.first]).reshape(-1, SIDE, SIDE)
            arrays = {"x": x, "y": y, "surface": surfaces}
            arrays |= runs.arrays(trained, done) | _failed(runs, trained, done, values)
            if done < epochs or trained in SHOWN:
                task.show(arrays)
        return arrays

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the axes."""
        self._picture = RaceFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move surfaces, curves and names."""
        self._picture.update(arrays)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what was trained so far."""
        words = _(
            "Trained from {seeds} of {all} seeds, the same for each activation: {points} points, batches of {batch}, "
            "Adam, {epochs} epochs. Under each surface, that of the first seed: the median share of right answers."
        )
        return words.format(
            seeds=arrays["accuracies"].shape[1], all=SEEDS, points=POINTS, batch=BATCH, epochs=len(arrays["epoch"])
        )

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Say which runs went wrong, and how many."""
        rate, sentences = f"{values.learning_rate:g}", []
        if arrays["diverged"].any():
            words = _("Diverged: at a learning rate of {rate} the loss is no longer a number in {runs}.")
            sentences.append(words.format(rate=rate, runs=_counted(arrays, "diverged")))
        if arrays["lost"].any():
            words = _("At a learning rate of {rate} these end no better than tossing a coin: {runs}.")
            sentences.append(words.format(rate=rate, runs=_counted(arrays, "lost")))
        if sentences:
            sentences.append(_("Each step jumps over the valley: move the learning rate to the left."))
        return " ".join(sentences)

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say how many points are right with each activation, and which one is late."""
        words = _(
            "A {layers} network is trained on {data} from the same {seeds} seeds with each of five activations, "
            "{epochs} epochs at learning rate {rate}."
        )
        sentences = [
            words.format(
                layers="-".join(["2", *[str(values.width)] * values.depth, "1"]), data=values.data,
                seeds=arrays["accuracies"].shape[1], epochs=len(arrays["epoch"]), rate=f"{values.learning_rate:g}",
            )
        ]  # fmt: skip
        if arrays["lost"].sum() + arrays["diverged"].sum() >= MANY:
            sentences.append(_("Many runs end no better than tossing a coin: the learning rate is too high."))
        else:
            sentences.append(_("Median share of right answers: {shares}.").format(shares=_shares(arrays)))
            late = _late(arrays)
            if late:
                words = _("After {epochs} epochs the loss of {name} is more than twice that of the others that bend.")
                sentences.append(words.format(epochs=EARLY, name=late))
        return " ".join(sentences)


def _counted(arrays: Arrays, what: str) -> str:
    """List activations with the number of their runs that went wrong."""
    seeds = arrays["accuracies"].shape[1]
    words = _("{name} in {count} of {seeds} runs")
    counts = zip(ACTIVATIONS, arrays[what], strict=True)
    return ", ".join(words.format(name=name, count=count, seeds=seeds) for name, count in counts if count)


def _shares(arrays: Arrays) -> str:
    """List the median accuracies in steps of 5 %, which another processor's last bit does not change."""
    parts = []
    for name, accuracy, seeds in zip(ACTIVATIONS, arrays["accuracy"], arrays["accuracies"], strict=True):
        low, high = np.quantile(seeds, (0.25, 0.75))
        percent = min(95, 5 * int(20 * accuracy + 1e-6))
        if percent <= 50:
            words = _("{name} no better than tossing a coin")
        elif high - low > 0.1:
            words = _("{name} differs from seed to seed")
        else:
            words = _("{name} at least {percent} %")
        parts.append(words.format(name=name, percent=percent))
    return ", ".join(parts)


def _late(arrays: Arrays) -> str:
    """Name the activation that bends and learns much later than the others, if there is one."""
    bending = dict(zip(ACTIVATIONS[1:], arrays["loss"][1:, EARLY - 1], strict=True))
    name = max(bending, key=lambda key: bending[key])
    others = max(loss for key, loss in bending.items() if key != name)
    return name if bending[name] > 3 * others else ""  # three times, so that "twice" holds with a margin


def _failed(runs: Runs, seeds: int, epochs: int, values: Values) -> Arrays:
    """Count the failed runs of each activation."""
    diverged = runs.diverged[:, :seeds]
    late = runs.losses[:, :seeds, :epochs][:, :, -5:].mean(axis=2)
    lost = ~diverged & (late > COIN) & (values.learning_rate >= FAST)
    return {
        "lost": lost.sum(axis=1),  # runs that steps too large left no better than tossing a coin
        "diverged": diverged.sum(axis=1),  # runs whose loss is no longer a number
    }
