"""Chapter 8's second race: five optimizers train the same network on real digits, live, from the same seeds.

The digits and the network stand in `nnlab.explorers.chapter_08._digits`, what is drawn in
`nnlab.explorers.chapter_08._optimizer_digits_figure`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist

from nnlab.explorers import controls
from nnlab.explorers.chapter_08._digits import TRAINED, build, digits, share_right
from nnlab.explorers.chapter_08._optimizer_digits_figure import EPOCHS, HIGHEST, NAMES, SIZE, DigitsFigure
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.explorers.seeds import Array, Runs
from nnlab.language import N_, _
from nnlab.optimizers import SGD, Adagrad, Adam, Optimizer, RMSprop
from nnlab.plots.style import Picture

SEEDS = 5
EARLY = 2  # epochs of the first seed before the first picture, and all that the formulas train
SHOWN = (1, 2)  # numbers of seeds after which there is another picture
ONE, OWN = N_("one for all"), N_("each its own")
# Each optimizer's learning rate as a multiple of Adam's: with 0.01 for Adam, all stand near the tops of chapter 08's
# search.
TIMES = {"SGD": 100.0, "momentum": 10.0, "Adagrad": 30.0, "RMSprop": 1.0, "Adam": 1.0}
OFF = 100 * HIGHEST  # what stands for a loss that is no number
POOR, FAST = 0.3, 3.0  # so few right answers at so many times the best rate: the steps are too long


@explorer(chapter="08")
def optimizer_digits(learning_rate: float = 0.01, batch_size: int = 32, rates: str = ONE) -> OptimizerDigits:
    """Train the same network on digits with five optimizers, from the same seeds, while you move the sliders.

    Parameters
    ----------
    learning_rate : float
        Of all five, or of Adam, from 0.0001 to 3.
    batch_size : int
        16, 32, 64, 128 or 256 digits a step.
    rates : {"one for all", "each its own"}
        Whether all have this learning rate, or each a multiple of it that suits it.

    Returns
    -------
    OptimizerDigits
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return OptimizerDigits(learning_rate=learning_rate, batch_size=batch_size, rates=rates)


def rates_of(values: Values) -> dict[str, float]:
    """Give the learning rate of each optimizer.

    Parameters
    ----------
    values : SimpleNamespace
        The controls' values.

    Returns
    -------
    dict of str to float
    """
    factors = TIMES if values.rates == OWN else dict.fromkeys(TIMES, 1.0)
    return {name: values.learning_rate * factor for name, factor in factors.items()}


def make(name: str, rate: float) -> Optimizer:
    """Make one of the five.

    Parameters
    ----------
    name : str
    rate : float

    Returns
    -------
    Optimizer
    """
    if name == "momentum":
        return SGD(rate, momentum=0.9)
    return {"SGD": SGD, "Adagrad": Adagrad, "RMSprop": RMSprop, "Adam": Adam}[name](rate)


class OptimizerDigits(Explorer):
    """The widget that `optimizer_digits` returns."""

    name = "optimizer_digits"
    size = SIZE
    rows = (("learning_rate", "batch_size"), ("rates",))
    trains = True
    presets = {
        N_("Adam's rate for all"): {"learning_rate": 0.01, "batch_size": 32, "rates": ONE},
        N_("SGD's rate for all"): {"learning_rate": 1.0, "batch_size": 32, "rates": ONE},
        N_("each its own"): {"learning_rate": 0.01, "batch_size": 32, "rates": OWN},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "learning_rate": controls.log_slider(_("learning rate"), 0.01, 1e-4, 3.0),
            "batch_size": controls.steps(_("batch size"), 32, [16, 32, 64, 128, 256]),
            "rates": controls.choice(_("learning rates"), ONE, (ONE, OWN)),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Train all optimizers from one seed, then from the next, with a picture now and then."""
        x, y, _x_new, _y_new = digits()
        rates = rates_of(values)
        seeds, epochs = (1, EARLY) if task.eagerly else (SEEDS, EPOCHS)
        runs = Runs(
            NAMES, SEEDS, EPOCHS, early=EARLY, off=OFF,
            build=lambda name, seed: build(make(name, rates[name]), seed, task.eagerly),
            fit=lambda model, done, until: model.fit(
                x, y, batch_size=values.batch_size, epochs=until, verbose=0, initial_epoch=done, stop=task.stop
            ),
            judge=share_right,
            stop=task.stop,
        )  # fmt: skip
        arrays: Arrays = {}
        for trained, done in runs.train(seeds, epochs):
            arrays = {"rate": np.array(list(rates.values())), **runs.arrays(trained, done)}
            arrays["lost"] = _lost(runs.diverged[:, :trained], arrays["accuracies"], arrays["rate"])
            if done < epochs or trained in SHOWN:
                task.show(arrays)
        return arrays

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the axes."""
        self._picture = DigitsFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move curves, dots and names."""
        self._picture.update(arrays)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what was trained so far."""
        words = _(
            "Trained from {seeds} of {all} seeds: {digits} digits of 14 × 14 pixels, 196-32-10 units, {epochs} epochs. "
            "Learning rates: {rates}."
        )
        rates = ", ".join(f"{name} {rate:.3g}" for name, rate in zip(NAMES, arrays["rate"], strict=True))
        return words.format(
            seeds=arrays["accuracies"].shape[1], all=SEEDS, digits=f"{TRAINED:,}", epochs=len(arrays["epoch"]),
            rates=rates,
        )  # fmt: skip

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Say which runs learned nothing, and how many."""
        seeds = arrays["accuracies"].shape[1]
        one = _("{name} in {count} of {seeds} runs")
        listed = [
            one.format(name=name, count=count, seeds=seeds)
            for name, count in zip(NAMES, arrays["lost"], strict=True)
            if count
        ]
        if not listed:
            return ""
        words = _("Hardly better than guessing, or no number at all: {runs}. These steps are too long.")
        return words.format(runs=", ".join(listed))

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say how many new digits are right with each optimizer."""
        words = _(
            "Five optimizers train one network on {digits} digits from the same {seeds} seeds; {rates}, {rate}, "
            "batch size {batch}. Median share of new digits right: {shares}."
        )
        return words.format(
            digits=f"{TRAINED:,}", seeds=arrays["accuracies"].shape[1], batch=values.batch_size,
            rates=_("one learning rate for all") if values.rates == ONE else _("each with its own learning rate"),
            rate=f"{values.learning_rate:g}", shares=_shares(arrays),
        )  # fmt: skip


def _shares(arrays: Arrays) -> str:
    """List the median accuracies in words that another processor's last bit does not change."""
    parts = []
    for name, accuracy in zip(NAMES, arrays["accuracy"], strict=True):
        if accuracy > 0.82:
            words = _("{name} above 80 %")
        elif accuracy < 0.4:
            words = _("{name} below 50 %")
        else:
            words = _("{name} between 35 % and 85 %")
        parts.append(words.format(name=name))
    return ", ".join(parts)


def _lost(diverged: Array, accuracies: Array, rates: Array) -> Array:
    """Count the runs of each optimizer whose steps were too long."""
    best = 0.01 * np.array([TIMES[name] for name in NAMES])
    return (diverged | ((accuracies < POOR) & (rates > FAST * best)[:, None])).sum(axis=1)
