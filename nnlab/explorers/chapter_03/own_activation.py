"""Chapter 3's own activation: type a formula, see it and its slope, and a network that trains with it.

The formula is read in `nnlab.explorers.formula`; what is drawn stands in `_own_activation_figure` beside this file.
"""

from __future__ import annotations

import time
from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from nnlab.callbacks import Callback, Logs
from nnlab.explorers import controls
from nnlab.explorers.chapter_03._own_activation_figure import EPOCHS, REACH, SIDE, SIZE, SQUARE, OwnFigure
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.explorers.decision import grid
from nnlab.explorers.formula import Formula, parse
from nnlab.language import N_, _
from nnlab.plots.style import Picture

Array = NDArray[Any]

EARLY = 15  # epochs before the first picture
BETWEEN = 0.06  # seconds of training between two pictures
COIN = float(np.log(2)) + 0.01  # a loss above this is worse than that of tossing a coin
FAST = 0.1  # with a learning rate below this such a loss is still on its way down


@explorer(chapter="03")
def own_activation(formula: str = "z / (1 + abs(z))", learning_rate: float = 0.03) -> OwnActivation:
    """Type an activation as a formula in z, and train a network of 2-8-8-1 units with it on two moons.

    Parameters
    ----------
    formula : str
        Numbers, z, pi, e, ``+ - * / **``, brackets, and the functions exp, log, sqrt, abs, tanh, sigmoid, sin, cos,
        max, min and ``where(condition, a, b)``, whose condition is a comparison such as ``z > 0``. The slope at a
        kink is a choice: that of ``abs`` at 0 is 0, and where the sides of max or min are equal the flatter counts.
    learning_rate : float
        Step size of Adam, from 0.001 to 1.

    Returns
    -------
    OwnActivation
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value. A text that is no formula is explained in the explorer instead.
    """
    return OwnActivation(formula=formula, learning_rate=learning_rate)


@cache
def _points() -> tuple[Array, Array]:
    from nnlab.datasets import moons

    x, y = moons(200, noise=0.2, seed=0)
    return x, y


def build(formula: Formula, learning_rate: float) -> Any:
    """Make and compile the network; it trains through the formulas, because its activation has no compiled twin.

    Parameters
    ----------
    formula : Formula
    learning_rate : float

    Returns
    -------
    Sequential
    """
    import nnlab
    from nnlab import layers, optimizers

    f = formula.activation()
    model = nnlab.Sequential(
        [
            layers.Input(shape=(2,)),
            layers.Dense(8, activation=f),
            layers.Dense(8, activation=f),
            layers.Dense(1, activation="sigmoid"),
        ],
        seed=0,
        dtype="float64",
    )
    model.compile(optimizer=optimizers.Adam(learning_rate=learning_rate), loss="binary_crossentropy")
    return model


class _Watch(Callback):
    """Keeps the losses, and shows how far the training is: first after `EARLY` epochs, then now and again."""

    def __init__(self, task: Task, curve: Arrays) -> None:
        self._task, self._curve = task, curve
        self._losses: list[float] = []
        self._shown = 0.0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        loss = (logs or {})["loss"]
        if np.isfinite(loss):
            self._losses.append(loss)
        due = epoch + 1 == EARLY or (epoch + 1 > EARLY and time.monotonic() - self._shown > BETWEEN)
        if due and self._task.watched:
            self._task.show(self.arrays(diverged=0))
            self._shown = time.monotonic()

    def arrays(self, diverged: int) -> Arrays:
        """Name what is drawn.

        Parameters
        ----------
        diverged : int
            The step at which the loss was no longer a number; 0 if it always was.

        Returns
        -------
        dict of str to ndarray
        """
        x, y = _points()
        return {
            **self._curve,
            "x": x,
            "y": y,
            "surface": self.model.predict(grid(SQUARE, SIDE))[:, 0].reshape(SIDE, SIDE),
            "epoch": np.arange(1.0, len(self._losses) + 1),
            "loss": np.array(self._losses),
            "accuracy": np.mean((self.model.predict(x)[:, 0] > 0.5) == (y == 1)),
            "diverged": np.array(diverged),
        }


class OwnActivation(Explorer):
    """The widget that `own_activation` returns."""

    name = "own_activation"
    size = SIZE
    rows = (("formula", "learning_rate"),)
    presets = {
        N_("softsign"): {"formula": "z / (1 + abs(z))", "learning_rate": 0.03},
        N_("sine"): {"formula": "sin(z)", "learning_rate": 0.03},
        N_("a bump: exp(-z*z)"): {"formula": "exp(-z*z)", "learning_rate": 0.03},
        N_("ReLU: max(z, 0)"): {"formula": "max(z, 0)", "learning_rate": 0.03},
        N_("linear: z"): {"formula": "z", "learning_rate": 0.03},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "formula": controls.text(_("formula f(z) ="), "z / (1 + abs(z))"),
            "learning_rate": controls.log_slider(_("learning rate"), 0.03, 1e-3, 1.0),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Read the formula, compute its curves, and train with it."""
        formula = parse(values.formula)
        z = np.linspace(-REACH, REACH, 481)
        f, slope = formula(z)
        slope[~np.isfinite(f)] = np.nan  # where there is no curve there is no slope, whatever the rules give
        x, y = _points()
        watch = _Watch(task, {"z": z, "f": f, "slope": slope})
        model = build(formula, values.learning_rate)
        history = model.fit(
            x, y, batch_size=len(x), epochs=EPOCHS, verbose=0, callbacks=watch, shuffle=False, stop=task.stop
        )
        watch.model = model
        return watch.arrays(diverged=history.diverged or 0)

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the three axes."""
        self._picture = OwnFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move everything."""
        self._picture.update(values.formula, arrays)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what the slope means for the network."""
        if _flat(arrays):
            return _("The slope is 0 everywhere: no gradient comes through, and the layers below learn nothing.")
        if _straight(arrays):
            return _("The slope is the same everywhere: all layers together are one, and the border is straight.")
        words = _("A network of 2-8-8-1 units with your activation takes {epochs} steps, each on all {points} points.")
        return words.format(points=len(arrays["x"]), epochs=EPOCHS)

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Explain a formula that is not defined everywhere, and a training that diverged."""
        sentences = []
        missing = _missing(arrays)
        if int(arrays["diverged"]):
            sentences.append(_("Diverged: at step {step} the loss is no longer a number."))
            if int(arrays["diverged"]) == 1 and not missing:
                sentences.append(_("The formula turns the points into numbers too large for the computer."))
            elif not missing:
                sentences.append(_("The steps are too long for this formula: move the learning rate to the left."))
        elif _lost(values, arrays):
            sentences.append(_("No better than tossing a coin: the steps are too long."))
            sentences.append(_("Move the learning rate to the left."))
        if missing:
            sentences.append(_("{formula} has no finite value {places}: a gap in the curve."))
            sentences.append(_("A z that gets there ends the training."))
        elif not np.isfinite(arrays["slope"]).all():
            sentences.append(_("The slope of {formula} is not finite everywhere."))
            sentences.append(_("A z that gets there ends the training."))
        return " ".join(sentences).format(step=int(arrays["diverged"]), formula=values.formula, places=missing)

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say how the training with this formula went."""
        words = _("The activation f(z) = {formula} with its slope, and a 2-8-8-1 network with it on two moons:")
        sentences = [words.format(formula=values.formula)]
        percent = min(95, 5 * int(20 * float(arrays["accuracy"]) + 1e-6))
        if int(arrays["diverged"]):
            sentences.append(_("the training diverges, the loss is no longer a number."))
        elif _lost(values, arrays) or percent <= 50:
            sentences.append(_("after {epochs} epochs it is no better than tossing a coin.").format(epochs=EPOCHS))
        else:
            border = _("a straight line") if _straight(arrays) else _("a curve")
            words = _("after {epochs} epochs at least {percent} % of the points are right, and the border is {border}.")
            sentences.append(words.format(epochs=EPOCHS, percent=percent, border=border))
        return " ".join(sentences)


def _flat(arrays: Arrays) -> bool:
    return bool(np.all(arrays["slope"] == 0))


def _straight(arrays: Arrays) -> bool:
    return bool(np.ptp(arrays["slope"]) < 1e-9)  # False where it is not finite


def _lost(values: Values, arrays: Arrays) -> bool:
    """Whether steps too long left the network no better than tossing a coin."""
    loss = arrays["loss"][-5:]
    return values.learning_rate >= FAST and len(loss) > 0 and float(loss.mean()) > COIN and not _flat(arrays)


def _missing(arrays: Arrays) -> str:
    """Say for which z the formula has no finite value; empty if for none."""
    z, missing = arrays["z"], ~np.isfinite(arrays["f"])
    if not missing.any():
        return ""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], missing, [False]]).astype(int)))
    runs = list(zip(edges[::2], edges[1::2] - 1, strict=True))
    if len(runs) > 2:
        return _("in {count} places").format(count=len(runs))
    places = [_interval(float(z[first]), float(z[last])) for first, last in runs]
    return _("{one} and {other}").format(one=places[0], other=places[1]) if len(runs) == 2 else places[0]


def _interval(low: float, high: float) -> str:
    if low == high:
        return _("at z = {low}").format(low=f"{low:g}")
    if low == -REACH and high == REACH:
        return _("for any z shown")
    words = _("for z up to {high}") if low == -REACH else _("for z from {low} on")
    if low != -REACH and high != REACH:
        words = _("for z from {low} to {high}")
    return words.format(low=f"{low:.3g}", high=f"{high:.3g}")
