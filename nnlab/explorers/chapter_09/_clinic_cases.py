"""The ten patients of the clinic: what is wrong with each run, what each cure changes, and the training itself.

An illness is one field of a `Case` that is not as it should be; a cure puts one field right, whether it was wrong or
not. So a wrong cure is tried as honestly as the right one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.language import N_

Array = NDArray[Any]

FRESH = 2000  # points that nobody has seen
BATCH = 20
HONEST = 0.08  # by so much the validation accuracy may differ from that on points that nobody has seen
COPIES = 4  # times that each measurement was taken down where copies leak


@dataclass(frozen=True)
class Case:
    """How a run is made.

    Parameters
    ----------
    data : {"circles", "moons"}
    noise : float
        Of the points.
    units : tuple of int
        Of the hidden layers.
    activation : str
        Of the hidden layers.
    rate : float
        Learning rate.
    epochs : int
    size : float
        Of the first weights, as a multiple of Glorot's.
    alike : bool
        Whether all units of a layer begin with the same weights.
    bias : float
        With which the hidden units begin.
    standardized : bool
        Whether the inputs are; else they are in units of very different size.
    flipped : float
        Share of the labels that are wrong, in training and validation data.
    adam : bool
        Whether Adam trains in place of SGD.
    points : int
        To train on, and as many to validate on.
    copies : bool
        Whether each measurement was taken down several times.
    together : bool
        Whether the copies of a measurement stay on one side of the split.
    sign : int
        -1 where the derivative of the activation has a wrong sign.
    floor : float
        Share of right answers on fresh points from which on the run is healthy.
    """

    data: str = "circles"
    noise: float = 0.1
    units: tuple[int, ...] = (16,)
    activation: str = "tanh"
    rate: float = 0.3
    epochs: int = 80
    size: float = 1.0
    alike: bool = False
    bias: float = 0.0
    standardized: bool = True
    flipped: float = 0.0
    adam: bool = False
    points: int = 200
    copies: bool = False
    together: bool = False
    sign: int = 1
    floor: float = 0.95


ILLNESSES = {
    "learning rate too small": Case(rate=0.003),
    "copies in the validation data": Case(
        data="moons",
        noise=0.6,
        units=(32, 24),
        activation="relu",
        rate=0.005,
        epochs=250,
        adam=True,
        points=400,
        copies=True,
        floor=0.7,
    ),
    "dead ReLUs": Case(activation="relu", bias=-10.0),
    "all units alike": Case(alike=True),
    "inputs of very different size": Case(data="moons", noise=0.15, standardized=False),
    "wrong labels": Case(units=(16, 16), activation="relu", rate=0.2, epochs=150, flipped=0.3),
    "too few units": Case(units=(1,), epochs=150),
    "learning rate too large": Case(rate=30.0),
    "saturated sigmoids": Case(activation="sigmoid", units=(8, 8), rate=3.0, epochs=150, size=60.0),
    "a sign error in the derivative": Case(epochs=25, rate=0.6, sign=-1),
}

CURES: dict[str, Callable[[Case], Case]] = {
    "learning rate × 100": lambda case: replace(case, rate=100 * case.rate),
    "learning rate ÷ 100": lambda case: replace(case, rate=case.rate / 100),
    "different first weights for each unit": lambda case: replace(case, alike=False),
    "first weights of Glorot's size": lambda case: replace(case, size=1.0),
    "first biases 0": lambda case: replace(case, bias=0.0),
    "standardize the inputs": lambda case: replace(case, standardized=True),
    "check and mend the labels": lambda case: replace(case, flipped=0.0),
    "keep copies on one side of the split": lambda case: replace(case, together=True),
    "mend the derivative": lambda case: replace(case, sign=1),
    "more units": lambda case: replace(case, units=tuple(max(16, 2 * count) for count in case.units)),
}

RIGHT_CURE = {
    "learning rate too small": "learning rate × 100",
    "copies in the validation data": "keep copies on one side of the split",
    "dead ReLUs": "first biases 0",
    "all units alike": "different first weights for each unit",
    "inputs of very different size": "standardize the inputs",
    "wrong labels": "check and mend the labels",
    "too few units": "more units",
    "learning rate too large": "learning rate ÷ 100",
    "saturated sigmoids": "first weights of Glorot's size",
    "a sign error in the derivative": "mend the derivative",
}

#: What the right test shows, told when the illness is named rightly.
SIGNS = {
    "learning rate too small": N_("A larger learning rate brings the loss down; with this one it hardly moves."),
    "copies in the validation data": N_(
        "Training and validation look splendid, fresh points do not: most validation points also stand in the "
        "training data."
    ),
    "dead ReLUs": N_("All hidden units give 0 for all points, so no gradient comes back to them."),
    "all units alike": N_("All units have the same weights, so they get the same gradient and stay one unit."),
    "inputs of very different size": N_("One input is in the hundreds, the other in thousandths."),
    "wrong labels": N_("Many points have a label that most of their neighbors have not."),
    "too few units": N_("As bad on the training points as on others, and no learning rate helps: one unit is a line."),
    "learning rate too large": N_("A smaller learning rate brings the loss down; with this one it jumps about."),
    "saturated sigmoids": N_(
        "Before the training nearly all units stand at 0 or 1, and next to no gradient reaches the first layer."
    ),
    "a sign error in the derivative": N_(
        "Nudges give the gradient of the hidden layer with the other sign: it climbs where it should go down."
    ),
}


@dataclass
class Data:
    """What a run learns from and is judged by; inputs as the network gets them, and as they were measured."""

    x: Array
    y: Array
    x_val: Array
    y_val: Array
    x_new: Array
    y_new: Array
    raw: Array
    twins: int


@cache
def data_of(case: Case) -> Data:
    """Make the data of a case.

    Parameters
    ----------
    case : Case

    Returns
    -------
    Data
    """
    from nnlab.datasets import toy

    make, rng, points = getattr(toy, case.data), np.random.default_rng(0), case.points
    x, y = make(2 * points // (COPIES if case.copies else 1), noise=case.noise, seed=0)
    x_new, y_new = make(FRESH, noise=case.noise, seed=1)
    if case.copies:
        x, y = (np.repeat(part, COPIES, axis=0) for part in (x, y))
        order = np.arange(len(x)) if case.together else rng.permutation(len(x))
        x, y = x[order], y[order]
    y = np.where(rng.random(len(y)) < case.flipped, 1 - y, y)
    if case.data == "moons":
        x, x_new = (np.array([500.0, 0.0]) + part * np.array([300.0, 0.003]) for part in (x, x_new))
    raw = x[:points]
    if case.standardized:
        mean, deviation = raw.mean(axis=0), raw.std(axis=0)
        x, x_new = (x - mean) / deviation, (x_new - mean) / deviation
    seen = {point.tobytes() for point in x[:points]}
    twins = sum(point.tobytes() in seen for point in x[points:])
    return Data(x[:points], y[:points], x[points:], y[points:], x_new, y_new, raw, twins)


def build(case: Case, run_eagerly: bool = False) -> Any:
    """Make and compile the network of a case, with the weights it begins with.

    Parameters
    ----------
    case : Case
    run_eagerly : bool

    Returns
    -------
    Sequential
    """
    from nnlab import Sequential, activations, layers, optimizers

    bend: Any = case.activation
    if case.sign < 0:
        right = activations.get(case.activation)
        bend = activations.Activation("wrong", right.function, lambda z: -right.derivative(z))
    hidden = [layers.Dense(units, activation=bend) for units in case.units]
    model = Sequential([layers.Input(shape=(2,)), *hidden, layers.Dense(1, activation="sigmoid")], seed=2)
    model.compile(
        (optimizers.Adam if case.adam else optimizers.SGD)(learning_rate=case.rate),
        loss="binary_crossentropy",
        metrics=["accuracy"],
        run_eagerly=run_eagerly,
    )
    weights = model.get_weights()
    for k in range(0, len(weights), 2):
        if case.alike:
            weights[k] = np.full_like(weights[k], 0.5)
        if k < 2 * len(case.units):
            weights[k], weights[k + 1] = case.size * weights[k], weights[k + 1] + np.float32(case.bias)
    model.set_weights(weights)
    return model


@dataclass
class Run:
    """A finished training."""

    case: Case
    model: Any
    loss: Array
    val_loss: Array
    accuracies: tuple[float, float, float]  # on training, validation and fresh points

    @property
    def healthy(self) -> bool:
        """Whether it answers well on fresh points, and its validation points are new and say so truly."""
        _training, validation, fresh = self.accuracies
        return fresh >= self.case.floor and abs(validation - fresh) <= HONEST and not data_of(self.case).twins


def train(case: Case, run_eagerly: bool = False, stop: Any = None) -> Run:
    """Train the network of a case.

    Parameters
    ----------
    case : Case
    run_eagerly : bool
    stop : threading.Event, optional

    Returns
    -------
    Run
    """
    data, model = data_of(case), build(case, run_eagerly)
    history = model.fit(
        data.x, data.y, batch_size=BATCH, epochs=case.epochs, verbose=0,
        validation_data=(data.x_val, data.y_val), stop=stop,
    )  # fmt: skip
    curves = [np.asarray(history.history.get(name, []), dtype=np.float64) for name in ("loss", "val_loss")]
    pairs = (data.x, data.y), (data.x_val, data.y_val), (data.x_new, data.y_new)
    shares = [float(np.mean((model.predict(x)[:, 0] > 0.5) == (y == 1))) for x, y in pairs]
    return Run(case, model, curves[0], curves[1], (shares[0], shares[1], shares[2]))
