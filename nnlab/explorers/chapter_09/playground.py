"""Chapter 9's playground: choose points, features, a network and how it is trained, and watch all of it learn.

What is trained stands in `_playground_run`, the points in `_playground_data`, the drawing in `_playground_figure` and
`_playground_network`, the words in `_playground_words`, the controls in `_playground_controls` and
`_playground_panels`, all beside this file.
"""

from __future__ import annotations

import time
from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.artist import Artist
from numpy.typing import ArrayLike

from nnlab.explorers.chapter_09 import _playground_data as data_sets
from nnlab.explorers.chapter_09 import _playground_edits as edits
from nnlab.explorers.chapter_09 import _playground_words as words
from nnlab.explorers.chapter_09._playground_board import Board, make_controls
from nnlab.explorers.chapter_09._playground_data import Point
from nnlab.explorers.chapter_09._playground_figure import PlaygroundFigure, epoch_under
from nnlab.explorers.chapter_09._playground_pictures import arrays_of
from nnlab.explorers.chapter_09._playground_places import LOSSES, SIZE, places
from nnlab.explorers.chapter_09._playground_program import program
from nnlab.explorers.chapter_09._playground_run import Run
from nnlab.explorers.controls import nearest
from nnlab.explorers.core import Arrays, Explorer, Task, Values, _write, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

FIRST, AGAIN = 0.012, 0.15  # seconds of training before the first picture, and between two others
SHOWN_ONLY = ("epoch", "look", "typed", "discretize", "show_test")  # what does not touch the training

DEFAULTS: dict[str, Any] = {
    "data": "circles", "noise": 10, "training": 50, "batch": 10, "draw": 0, "formula": "sin(2*x1)", "points": (),
    "features": ("x1", "x2"), "hidden": (4, 2), "activation": "tanh", "initialization": "glorot_uniform", "seed": 0,
    "optimizer": "adam", "learning_rate": 0.03, "loss": "cross_entropy", "regularization": "none", "rate": 0.001,
    "epoch": 100, "look": "output", "typed": {}, "discretize": False, "show_test": True,
}  # fmt: skip
PLAIN = {name: value for name, value in DEFAULTS.items() if name != "points"}  # what is painted stays


@explorer(chapter="09")
def playground(
    data: str = "circles",
    noise: int = 10,
    training: int = 50,
    batch: int = 10,
    draw: int = 0,
    formula: str = "sin(2*x1)",
    points: tuple[Point, ...] = (),
    features: tuple[str, ...] = ("x1", "x2"),
    hidden: tuple[int, ...] = (4, 2),
    activation: str = "tanh",
    initialization: str = "glorot_uniform",
    seed: int = 0,
    optimizer: str = "adam",
    learning_rate: float = 0.03,
    loss: str = "cross_entropy",
    regularization: str = "none",
    rate: float = 0.001,
    epoch: int = 100,
    look: str = "output",
    typed: dict[str, float] | None = None,
    discretize: bool = False,
    show_test: bool = True,
) -> Playground:
    """Choose points, features, a network and how it is trained, and watch every unit of it learn.

    Parameters
    ----------
    data : {"circles", "xor", "gauss", "spiral", "moons", "plane", "hills", "formula", "own"}
        Points of two classes; "plane" and "hills" give numbers to learn; "formula" those that are typed as y > f(x),
        "own" those that are painted or loaded.
    noise : int
        Percent, from 0 to 50.
    training : int
        Percent of the points that are trained on, from 10 to 90; the others are for the test.
    batch : int
        Training points a step, from 1 to 30; 0 takes all at once.
    draw : int
        Seed of the points.
    formula : str
        f in x1: class 1 is where x2 > f(x1).
    points : tuple of (float, float, int)
        x1, x2 and class of each painted point.
    features : tuple of str
        Of "x1", "x2", "x1*x1", "x2*x2", "x1*x2", "sin(x1)", "sin(x2)"; at least one.
    hidden : tuple of int
        Units of each hidden layer, from 1 to 8; at most four layers.
    activation : {"tanh", "relu", "sigmoid", "leaky_relu", "gelu", "linear"}
    initialization : {"glorot_uniform", "he_normal", "large", "zeros"}
        How the first weights are drawn; "large" are normal with standard deviation 3.
    seed : int
        Of the first weights and of the order of the points.
    optimizer : {"sgd", "momentum", "rmsprop", "adam", "adamw"}
    learning_rate : float
        From 0.0001 to 10.
    loss : {"cross_entropy", "mse", "mae"}
        Where numbers are learned, squared errors take the place of cross-entropy.
    regularization : {"none", "l1", "l2"}
    rate : float
        What the penalty is multiplied by, from 0.0001 to 1.
    epoch : int
        The epoch that is shown, from 0 to 3000.
    look : str
        What the large field shows: "output", or a hidden unit such as "1.2", the second of the first layer.
    typed : dict of str to float, optional
        Values in the place of trained weights, such as {"x1->1.2": 0.5, "1.2->output": -1, "bias 1.2": 0}.
    discretize : bool
        Whether the large field shows only the class that is answered.
    show_test : bool
        Whether the test points are shown.

    Returns
    -------
    Playground
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value. A formula that is wrong is explained in the explorer instead.
    """
    given = {name: value for name, value in locals().items() if name in DEFAULTS}
    return Playground(**{**given, "typed": typed or {}})


class Playground(Explorer):
    """The widget that `playground` returns."""

    name = "playground"
    size = SIZE
    trains = True
    pointer = {"field": ((None, None),), "network": ((None, None),)}
    presets = {
        N_("circles"): PLAIN,
        N_("spiral"): {
            **PLAIN, "data": "spiral", "noise": 0, "training": 80, "hidden": (8, 8), "epoch": 500, "seed": 1,
            "regularization": "l2", "rate": 0.0001,
        },
        N_("overfitting"): {
            **PLAIN, "data": "moons", "noise": 40, "training": 20, "hidden": (8, 8), "epoch": 1000
        },
        N_("with L2"): {
            **PLAIN, "data": "moons", "noise": 40, "training": 20, "hidden": (8, 8), "epoch": 1000,
            "regularization": "l2", "rate": 0.01,
        },
        N_("all alike"): {**PLAIN, "initialization": "zeros"},
        N_("dead units"): {**PLAIN, "activation": "relu", "learning_rate": 0.5, "optimizer": "sgd", "seed": 1},
        N_("diverges"): {
            **PLAIN, "data": "plane", "loss": "mse", "hidden": (), "optimizer": "sgd", "learning_rate": 0.8, "batch": 0
        },
        N_("hills"): {**PLAIN, "data": "hills", "hidden": (8, 4), "epoch": 200, "loss": "mse"},
    }  # fmt: skip
    _run: tuple[dict[str, Any], Run] | None = None  # the last training, and what it depends on

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return make_controls(DEFAULTS)

    def compute(self, values: Values, task: Task) -> Arrays:
        """Train up to the epoch that is shown: on from where the last training was, where only time has moved."""
        run = self._run_of(values, task.eagerly)
        due = time.monotonic() + FIRST
        for reached in run.train(values.epoch):
            if task.stop.is_set():
                break
            if reached < values.epoch and time.monotonic() > due:
                task.show(arrays_of(run, values, reached))
                due = time.monotonic() + AGAIN
        return arrays_of(run, values, values.epoch)

    def _run_of(self, values: Values, eagerly: bool) -> Run:
        key = {name: value for name, value in vars(values).items() if name not in SHOWN_ONLY} | {"eagerly": eagerly}
        if self._run is None or self._run[0] != key:
            self._run = key, Run(values, eagerly)
        return self._run[1]

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the axes."""
        self._picture = PlaygroundFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move everything."""
        self._picture.update(values, arrays)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what was trained."""
        return words.status(values, arrays)

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Explain what went wrong."""
        return words.warning(values, arrays)

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say what was learned."""
        return words.description(values, arrays)

    def load(self, x: ArrayLike, y: ArrayLike) -> None:
        """Show points of your own; they can then be painted on.

        Parameters
        ----------
        x : array_like of shape (N, 2)
            From -3 to 3; at most 500 points.
        y : array_like of shape (N,)
            Classes 0 and 1, or -1 and 1.

        Raises
        ------
        ValueError
            If they do not fit; then nothing has changed.
        """
        self.set(data="own", points=data_sets.from_arrays(x, y))

    def as_python(self) -> str:
        """Write the displayed network as a program on nnlab.

        Returns
        -------
        str
            When it has run, ``model`` has the displayed weights to the last bit.

        Raises
        ------
        ValueError
            If there are no points to train on.
        """
        values = self._values()
        data = data_sets.make(values)
        if not data.training.any():
            raise ValueError(_("There are no training points yet: paint some first."))
        return program(values, data.training)

    def weights(self) -> list[Any]:
        """Return the displayed weights: kernel and bias of each layer in turn, as ``model.get_weights()`` does.

        Returns
        -------
        list of ndarray
        """
        self.settle()
        return [part.copy() for part in self._arrays["_weights"]]

    def code(self) -> str:
        """Give the line of Python that reproduces the present state: what is not as it is without arguments."""
        values = vars(self._values())
        shown = {name: value for name, value in values.items() if value != DEFAULTS[name]}
        if values["data"] != "own":
            shown.pop("points", None)
        return f"explorers.{self.name}({', '.join(f'{name}={_write(value)}' for name, value in shown.items())})"

    def pointed(self, axes: str, x: float, y: float) -> None:
        """Paint in the field; turn a feature on or off, look at a unit, or go to an epoch of the losses."""
        values = self._values()
        if axes == "field" and self._board.paints:
            self._board.painting.stroke(x, y, self.pressed)
        elif axes == "field" and self.pressed and values.look != "output":
            self.set(look="output")
        elif axes == "network" and y > LOSSES[1] - 10:
            self.set(epoch=nearest(self.controls["epoch"], epoch_under(x)))
        elif axes == "network" and self.pressed:
            name = places(values.hidden).under(x, y)
            if name in data_sets.FEATURES:
                self.controls["features"].toggle(name)
            elif name:
                self.set(look="output" if values.look == name else name)

    def _checked(self, values: dict[str, Any]) -> dict[str, Any]:
        """Check also what is made of several parts, and bring it into the form in which it is kept."""
        several = {name: value for name, value in values.items() if hasattr(self.controls.get(name), "check")}
        single = super()._checked({name: value for name, value in values.items() if name not in several})
        kept = {name: self.controls[name].check(f"{self.name}: {name}", value) for name, value in several.items()}
        network = Values(**{part: kept.get(part, self.controls[part].value) for part in ("hidden", "features")})
        if "look" in kept:
            edits.check_unit(f"{self.name}: look", kept["look"], network.hidden)
        edits.check_names(f"{self.name}: typed", kept.get("typed", {}), network)
        return {**single, **kept}

    def _put(self, values: Any) -> None:
        """Set controls in their own order: which units can be looked at depends on the layers."""
        super()._put({name: values[name] for name in self.controls if name in values})

    def _layout(self) -> list[Any]:
        """Group the controls."""
        self._first.pop("points")  # Reset leaves what is painted
        self._board = Board(self.controls, super()._buttons(), self._present, self.set, self._failed)
        self.add_class("nnlab-playground")
        return self._board.rows

    def _buttons(self) -> Any:
        """Nothing below the tabs: the first of them holds the presets."""
        return widgets.Box(layout=widgets.Layout(display="none"))

    def _present(self) -> tuple[Point, ...]:
        """Give the points that are shown, as classes."""
        arrays = self._arrays
        inside = np.abs(arrays["x"]).max(axis=1, initial=0) <= data_sets.REACH
        return data_sets.from_arrays(arrays["x"][inside].round(2), arrays["y"][inside] > 0)

    def _show(self, values: Values, arrays: Arrays, final: bool) -> None:
        super()._show(values, arrays, final)
        if final:
            self._board.tell_program(program(values, arrays["training"]) if arrays["training"].any() else "")
