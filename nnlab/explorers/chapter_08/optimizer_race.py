"""Chapter 8's race: six optimizers set off from one point of a valley, a saddle or a bowl.

They are the package's own, `nnlab.optimizers`. The surfaces stand in `nnlab.explorers.chapter_08._landscapes`, what
is drawn in `nnlab.explorers.chapter_08._optimizer_race_figure`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist

from nnlab.explorers import controls
from nnlab.explorers.chapter_08._landscapes import LANDSCAPES, STEEP
from nnlab.explorers.chapter_08._optimizer_race_figure import FAR, NAMES, SIZE, STEPS, Array, RaceFigure
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.optimizers import SGD, Adagrad, Adam, Optimizer, RMSprop
from nnlab.plots.style import Picture

BETAS_1 = [0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99]
BETAS_2 = [0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999]
ON, OFF = N_("on"), N_("off")
CLOSE = 0.01  # a loss below this counts as arrived
GONE = 1e3  # a loss above this, at the end, counts as diverged


class Uncorrected(Adam):
    """Adam without its bias correction, to see what that is good for."""

    def step(self, parameters: Array, gradient: Array) -> None:
        """Change the parameters in place."""
        assert self.slots is not None
        m, v = self.slots
        m += (gradient - m) * (1 - self.beta_1)
        v += (gradient**2 - v) * (1 - self.beta_2)
        parameters -= self.learning_rate * m / (np.sqrt(v) + self.epsilon)


@explorer(chapter="08")
def optimizer_race(
    landscape: str = "valley",
    learning_rate: float = 0.05,
    beta_1: float = 0.9,
    beta_2: float = 0.99,
    noise: float = 0.0,
    correction: str = ON,
    x0: float = -1.7,
    y0: float = 1.2,
) -> OptimizerRace:
    """Let six optimizers race from one start, while you move their hyperparameters and the start.

    Parameters
    ----------
    landscape : {"valley", "tilted valley", "saddle", "bowl"}
        The loss of two weights.
    learning_rate : float
        Of all six, from 0.001 to 1.
    beta_1 : float
        The momentum of *momentum* and *Nesterov*, and Adam's beta_1.
    beta_2 : float
        RMSprop's rho and Adam's beta_2.
    noise : float
        Standard deviation of what is added to each number of each gradient; the same for all six.
    correction : {"on", "off"}
        Adam's bias correction.
    x0, y0 : float
        The start, from -2 to 2; it can be dragged.

    Returns
    -------
    OptimizerRace
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return OptimizerRace(
        landscape=landscape, learning_rate=learning_rate, beta_1=beta_1, beta_2=beta_2, noise=noise,
        correction=correction, x0=x0, y0=y0,
    )  # fmt: skip


def build(values: Values) -> list[Optimizer]:
    """Make the six, in the order of the names.

    Parameters
    ----------
    values : SimpleNamespace
        The controls' values.

    Returns
    -------
    list of Optimizer
    """
    rate, beta_1, beta_2 = values.learning_rate, values.beta_1, values.beta_2
    adam = Adam if values.correction == ON else Uncorrected
    return [
        SGD(rate),
        SGD(rate, momentum=beta_1),
        SGD(rate, momentum=beta_1, nesterov=True),
        Adagrad(rate),
        RMSprop(rate, rho=beta_2),
        adam(rate, beta_1=beta_1, beta_2=beta_2),
    ]


@cache
def _noise() -> Array:
    """Draw random numbers, the same for all optimizers and settings, (STEPS, 2)."""
    return np.random.default_rng(8).normal(size=(STEPS, 2))


def walk(values: Values) -> Array:
    """Take all steps of all optimizers.

    Parameters
    ----------
    values : SimpleNamespace
        The controls' values.

    Returns
    -------
    ndarray of shape (6, STEPS + 1, 2)
        The weights before the first step, and after each.
    """
    gradient, noise = LANDSCAPES[values.landscape].gradient, values.noise * _noise()
    paths = np.empty((len(NAMES), STEPS + 1, 2))
    w = np.full((len(NAMES), 2), (values.x0, values.y0))
    optimizers = build(values)
    for optimizer in optimizers:
        optimizer.build(2, w.dtype)
    paths[:, 0] = w
    for t in range(STEPS):
        slope = gradient(w) + noise[t]  # (6, 2)
        for k, optimizer in enumerate(optimizers):
            optimizer.update(w[k], slope[k])
        paths[:, t + 1] = w
    return paths


class OptimizerRace(Explorer):
    """The widget that `optimizer_race` returns."""

    name = "optimizer_race"
    size = SIZE
    rows = (("landscape",), ("learning_rate", "noise"), ("beta_1", "beta_2"))
    pointer = {"plane": (("x0", "y0"),)}
    presets = {
        N_("SGD zigzags"): {
            "landscape": "valley", "learning_rate": 0.2, "beta_1": 0.0, "beta_2": 0.99, "noise": 0.0,
            "correction": ON, "x0": -1.7, "y0": 1.2,
        },
        N_("tilted"): {
            "landscape": "tilted valley", "learning_rate": 0.1, "beta_1": 0.9, "beta_2": 0.99, "noise": 0.0,
            "correction": ON, "x0": -1.8, "y0": 0.3,
        },
        N_("saddle"): {
            "landscape": "saddle", "learning_rate": 0.02, "beta_1": 0.9, "beta_2": 0.99, "noise": 0.0,
            "correction": ON, "x0": 1.5, "y0": 0.02,
        },
        N_("noisy bowl"): {
            "landscape": "bowl", "learning_rate": 0.1, "beta_1": 0.9, "beta_2": 0.99, "noise": 0.5,
            "correction": ON, "x0": -1.6, "y0": 1.2,
        },
        N_("Adagrad stops"): {
            "landscape": "bowl", "learning_rate": 0.05, "beta_1": 0.9, "beta_2": 0.99, "noise": 0.0,
            "correction": ON, "x0": -1.8, "y0": 1.4,
        },
        N_("no bias correction"): {
            "landscape": "bowl", "learning_rate": 0.1, "beta_1": 0.9, "beta_2": 0.999, "noise": 0.0,
            "correction": OFF, "x0": -1.6, "y0": 1.2,
        },
        N_("diverges"): {
            "landscape": "valley", "learning_rate": 0.25, "beta_1": 0.9, "beta_2": 0.99, "noise": 0.0,
            "correction": ON, "x0": -1.7, "y0": 1.2,
        },
    }  # fmt: skip

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "landscape": controls.choice(_("landscape"), "valley", tuple(LANDSCAPES)),
            "learning_rate": controls.log_slider(_("learning rate"), 0.05, 1e-3, 1.0),
            "beta_1": controls.steps(_("momentum, β₁"), 0.9, BETAS_1),
            "beta_2": controls.steps(_("ρ, β₂"), 0.99, BETAS_2),
            "noise": controls.slider(_("gradient noise"), 0.0, 0.0, 3.0, 0.1, ".1f"),
            "correction": controls.choice(_("bias correction"), ON, (ON, OFF)),
            "x0": controls.slider("w₁", -1.7, -2.0, 2.0, 0.02),
            "y0": controls.slider("w₂", 1.2, -2.0, 2.0, 0.02),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Walk, and look up the losses along the way."""
        paths = walk(values)
        loss = LANDSCAPES[values.landscape].loss(paths)  # (6, STEPS + 1)
        return {"path": paths, "loss": np.where(np.isfinite(loss), np.minimum(loss, FAR), FAR)}

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the axes."""
        self._picture = RaceFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move paths, curves and names."""
        self._picture.update(values.landscape, arrays["path"], arrays["loss"], values.correction == ON)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what races, and with which numbers."""
        words = _("{steps} steps of each, all at learning rate {rate}; a dot is a step. Drag the white start.")
        sentences = [words.format(steps=STEPS, rate=f"{values.learning_rate:g}")]
        if values.correction == OFF:
            sentences.append(_("Adam runs without its bias correction."))
        if values.landscape in ("valley", "tilted valley"):
            words = _("Plain SGD converges here below 2/λ = {limit}.")
            sentences.append(words.format(limit=f"{2 / STEEP:.2g}"))
        return " ".join(sentences)

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Name what diverges."""
        gone = _sorted(arrays)[2]
        if not gone:
            return ""
        words = _("Diverges: {names}. Across the valley each step lands farther out than the last: lower the rate.")
        return words.format(names=", ".join(gone))

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say which optimizers have arrived."""
        words = _("Six optimizers on the {landscape}, {steps} steps at learning rate {rate}, gradient noise {noise}.")
        sentences = [
            words.format(
                landscape=_(values.landscape), steps=STEPS, rate=f"{values.learning_rate:g}", noise=f"{values.noise:g}"
            )
        ]
        arrived, under_way, gone = _sorted(arrays)
        if arrived:
            words = _("Loss below {close} at the end: {names}.")
            sentences.append(words.format(close=CLOSE, names=", ".join(arrived)))
        if under_way:
            words = _("Above it: {names}.") if arrived else _("Loss above {close} at the end: {names}.")
            sentences.append(words.format(close=CLOSE, names=", ".join(under_way)))
        if gone:
            sentences.append(_("Diverged: {names}.").format(names=", ".join(gone)))
        return " ".join(sentences)


def _sorted(arrays: Arrays) -> tuple[list[str], list[str], list[str]]:
    """Names of those that have arrived, that are under way, and that have diverged."""
    out: tuple[list[str], list[str], list[str]] = ([], [], [])
    for name, loss in zip(NAMES, arrays["loss"][:, -1], strict=True):
        out[0 if loss < CLOSE else 1 if loss < GONE else 2].append(name)
    return out
