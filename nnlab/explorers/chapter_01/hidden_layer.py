"""Chapter 1's last explorer: one hidden layer, trained live, from forty seeds. What is drawn: `_hidden_layer_figure`.

One network is trained in pieces, so that its weights are known at each time; all seeds together by `nnlab.sweep`. Both
are kept until a control that matters moves, so that the time slider only looks something up.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist

from nnlab.explorers import controls
from nnlab.explorers.chapter_01._hidden_layer_figure import SEEDS, SIDE, SIZE, HiddenLayerFigure
from nnlab.explorers.chapter_01._plane import Array, grid
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

DATA = ("XOR", "circles", "moons")
NOISE = {"circles": 0.1, "moons": 0.15}
POINTS = 100
EPOCHS, FRAMES = 600, 30
PIECE = EPOCHS // FRAMES  # epochs from one position of the time slider to the next
SOLVED = 0.95  # share of right answers from which on a seed counts as having learned it; of four points: all
EAGER_SEEDS, EAGER_FRAMES = 4, 6  # what the formulas train


@explorer(chapter="01")
def hidden_layer(
    data: str = "XOR", units: int = 2, learning_rate: float = 2.0, seed: int = 0, time: int = FRAMES
) -> HiddenLayer:
    """Train a network with one hidden layer from forty seeds, and look at it at any time of the training.

    Parameters
    ----------
    data : {"XOR", "circles", "moons"}
        What it should learn: the four points of XOR, or 100 points.
    units : int
        Units of the hidden layer, from 1 to 8.
    learning_rate : float
        Step size of gradient descent, from 0.1 to 10.
    seed : int
        Which of the forty networks is shown, from 0 to 39.
    time : int
        When, from 0 to 30, in steps of 20 epochs.

    Returns
    -------
    HiddenLayer
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return HiddenLayer(data=data, units=units, learning_rate=learning_rate, seed=seed, time=time)


@cache
def _samples(data: str) -> tuple[Array, Array]:
    """Make the points, (N, 2), and their classes, (N,)."""
    if data == "XOR":
        return np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float), np.array([0, 1, 1, 0])
    from nnlab.datasets import toy

    x, y = getattr(toy, data)(POINTS, noise=NOISE[data], seed=0)
    return 0.5 + 0.36 * x.astype(float), y  # into the square of the corners


def build(values: Values, seed: int, run_eagerly: bool) -> Any:
    """Make and compile a network.

    Parameters
    ----------
    values : SimpleNamespace
        The controls' values.
    seed : int
    run_eagerly : bool

    Returns
    -------
    Sequential
    """
    import nnlab
    from nnlab import layers, optimizers

    model = nnlab.Sequential(
        [
            layers.Dense(values.units, activation="tanh", input_shape=(2,)),
            layers.Dense(1, activation="sigmoid"),
        ],
        seed=seed,
    )
    model.compile(
        optimizers.SGD(learning_rate=values.learning_rate), loss="binary_crossentropy", metrics=["accuracy"],
        run_eagerly=run_eagerly,
    )  # fmt: skip
    return model


def answer(weights: list[Array], x: Array) -> Array:
    """Compute what a network with these weights says.

    Parameters
    ----------
    weights : list of ndarray
        Of shapes (2, H), (H,), (H, 1) and (1,).
    x : ndarray of shape (N, 2)

    Returns
    -------
    ndarray of shape (N,)
    """
    w1, b1, w2, b2 = weights
    z = np.tanh(x @ w1 + b1) @ w2 + b2  # (N, 1)
    return np.asarray(1 / (1 + np.exp(-z[:, 0])))


class HiddenLayer(Explorer):
    """The widget that `hidden_layer` returns."""

    name = "hidden_layer"
    size = SIZE
    rows = (("data", "units"), ("learning_rate", "seed"), ("time",))
    trains = True
    pointer = {"seeds": (("seed", None),)}
    presets = {
        N_("two units, a good seed"): {"data": "XOR", "units": 2, "learning_rate": 2.0, "seed": 0, "time": FRAMES},
        N_("two units, stuck"): {"data": "XOR", "units": 2, "learning_rate": 2.0, "seed": 1, "time": FRAMES},
        N_("one unit"): {"data": "XOR", "units": 1, "learning_rate": 2.0, "seed": 0, "time": FRAMES},
        N_("eight units"): {"data": "XOR", "units": 8, "learning_rate": 2.0, "seed": 0, "time": FRAMES},
        N_("too fast"): {"data": "XOR", "units": 3, "learning_rate": 10.0, "seed": 0, "time": FRAMES},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        self._films: dict[tuple[Any, ...], Arrays] = {}
        self._sweeps: dict[tuple[Any, ...], Arrays] = {}
        return {
            "data": controls.choice(_("data"), "XOR", DATA),
            "units": controls.count(_("hidden units"), 2, 1, 8),
            "learning_rate": controls.log_slider(_("learning rate"), 2.0, 0.1, 10.0),
            "seed": controls.count(_("seed"), 0, 0, SEEDS - 1),
            "time": controls.time(_("time, 20 epochs"), FRAMES, FRAMES, 200),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Train the network that is shown, then all seeds."""
        what = (values.data, values.units, values.learning_rate, task.eagerly)
        film = _kept(self._films, (*what, values.seed), lambda: self._film(values, task))
        if what not in self._sweeps:
            task.show(_frame(values, film, _nothing()))
            if task.stop.is_set():
                return {}
        every = _kept(self._sweeps, what, lambda: _all_seeds(values, task))
        if task.stop.is_set():  # what was broken off must not be kept
            self._films.pop((*what, values.seed), None)
            self._sweeps.pop(what, None)
            return {}
        return _frame(values, film, every)

    def _film(self, values: Values, task: Task) -> Arrays:
        """Train one network piece by piece, and keep its weights in between."""
        x, y = _samples(values.data)
        model = build(values, values.seed, task.eagerly)
        weights, loss = [model.get_weights()], []
        for frame in range(EAGER_FRAMES if task.eagerly else FRAMES):
            history = model.fit(
                x, y, batch_size=len(x), epochs=(frame + 1) * PIECE, initial_epoch=frame * PIECE, verbose=0,
                stop=task.stop,
            )  # fmt: skip
            weights.append(model.get_weights())
            loss.extend(history.history.get("loss", []))
            if history.diverged or task.stop.is_set():
                break
        return {"weights": weights, "loss": np.array(loss), "x": x, "y": y}

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the axes."""
        self._picture = HiddenLayerFigure(figure, EPOCHS)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move the surface, the lines, the curve and the seeds."""
        self._picture.update(arrays, values.seed)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what was trained."""
        words = _(
            "A 2-{units}-1 network, trained on all {points} points at once; loss of one seed, and of all. Green: at "
            "least 95 % right; crosses: not. Click one to see it."
        )
        said = words.format(units=values.units, points=len(arrays["x"]))
        if not len(arrays["last"]):  # all seeds come after the first picture
            return said
        learned = arrays["solved_at_last"][values.seed]
        words = _("Seed {seed} learns it.") if learned else _("Seed {seed} does not learn it.")
        return f"{said} {words.format(seed=values.seed)}"

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Say that the steps are too large."""
        losses = arrays["last"]
        lost = int((np.nan_to_num(losses, nan=9.0) > LOST).sum())
        if lost < MANY:
            return ""
        words = _(
            "At a learning rate of {rate} many seeds end worse than with a coin: each step jumps over the valley. Move "
            "the learning rate to the left."
        )
        return words.format(rate=f"{values.learning_rate:g}")

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say how many seeds learn it, in words that no last bit changes."""
        words = _("A network with {units} hidden units is trained on {data} from {seeds} seeds, learning rate {rate}.")
        if values.units == 1:
            words = _("A network with one hidden unit is trained on {data} from {seeds} seeds, learning rate {rate}.")
        first = words.format(
            units=values.units, data=values.data, seeds=len(arrays["last"]), rate=f"{values.learning_rate:g}"
        )
        if self.warn(values, arrays):
            return " ".join([first, _("Many end worse than with a coin: the learning rate is too high.")])
        second = _("After {epochs} epochs {share} of the seeds have learned it.")
        share = _share(float(arrays["solved_at_last"].mean()))
        return " ".join([first, second.format(epochs=int(arrays["epochs"]), share=share)])


LOST = float(np.log(2)) + 0.15  # well above the loss of tossing a coin
MANY = 10


def _kept(shelf: dict[tuple[Any, ...], Arrays], key: tuple[Any, ...], make: Any) -> Arrays:
    """Look something up, or make it; only the latest few are kept."""
    if key not in shelf:
        if len(shelf) >= 8:
            shelf.pop(next(iter(shelf)))
        shelf[key] = make()
    return shelf[key]


def _nothing() -> Arrays:
    """Stand for the seeds before they are trained."""
    return {"losses": np.empty((0, 1)), "accuracies": np.empty((0, 1))}


def _all_seeds(values: Values, task: Task) -> Arrays:
    """Train from every seed: the losses and the shares of right answers, (seeds, epochs)."""
    import nnlab

    x, y = _samples(values.data)
    if task.eagerly:
        runs = [build(values, seed, True) for seed in range(EAGER_SEEDS)]
        each = [m.fit(x, y, batch_size=len(x), epochs=EAGER_FRAMES * PIECE, verbose=0, stop=task.stop) for m in runs]
        most = EAGER_FRAMES * PIECE
        padded = {k: [np.pad(h.history[k], (0, most - len(h.history[k])), constant_values=np.nan) for h in each]
                  for k in ("loss", "accuracy")}  # fmt: skip
        return {"losses": np.array(padded["loss"]), "accuracies": np.array(padded["accuracy"])}
    model = build(values, 0, False)
    done = nnlab.sweep(model, {"seed": range(SEEDS)}, (x, y), epochs=EPOCHS, batch_size=len(x), stop=task.stop)
    return {"losses": done.history["loss"], "accuracies": done.history["accuracy"]}


def _frame(values: Values, film: Arrays, every: Arrays) -> Arrays:
    """Name what is drawn at one time."""
    frame = min(values.time, len(film["weights"]) - 1)
    weights = [np.asarray(a, dtype=np.float64) for a in film["weights"][frame]]
    epoch = frame * PIECE
    at = min(max(epoch - 1, 0), every["losses"].shape[1] - 1)
    return {
        "x": film["x"],
        "y": film["y"],
        "w": weights[0],
        "b": weights[1],
        "surface": answer(weights, grid(SIDE)).reshape(SIDE, SIDE),
        "right": (answer(weights, film["x"]) > 0.5) == (film["y"] == 1),
        "epoch": np.array(epoch),
        "loss": film["loss"],
        "losses": every["losses"][:, at],
        "solved": every["accuracies"][:, at] >= SOLVED,
        "last": every["losses"][:, -1],
        "epochs": np.array(every["losses"].shape[1]),
        "solved_at_last": every["accuracies"][:, -1] >= SOLVED,
    }


def _share(share: float) -> str:
    """Describe a share in words that a single seed more or less does not change."""
    names = ((0.03, N_("none or hardly any")), (0.35, N_("a few")), (0.65, N_("about half")), (0.97, N_("most")))
    return next((_(name) for edge, name in names if share < edge), _("all or nearly all"))
