"""All controls of the playground, and where they stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from nnlab.explorers import controls
from nnlab.explorers.chapter_09 import _playground_edits as edits
from nnlab.explorers.chapter_09._playground_controls import (
    Epochs,
    Features,
    Hidden,
    Look,
    Points,
    Switch,
    Typed,
    dropdown,
    sized,
)
from nnlab.explorers.chapter_09._playground_data import Point
from nnlab.explorers.chapter_09._playground_network import LABELS
from nnlab.explorers.chapter_09._playground_panels import Painting, Program, row, tabs
from nnlab.explorers.chapter_09._playground_run import ACTIVATIONS
from nnlab.explorers.core import Values
from nnlab.language import _

PAINTING = 4  # number of the tab with which one paints


def make_controls(first: dict[str, Any]) -> dict[str, Any]:
    """Make the controls.

    Parameters
    ----------
    first : dict
        Where they stand.

    Returns
    -------
    dict of str to widget
    """
    batches = [*((str(size), size) for size in range(1, 31)), (_("all"), 0)]
    made = {
        "data": dropdown(_("data"), first["data"], _sets(), 200, 36),
        "noise": sized(_percent(_("noise %"), first["noise"], 0, 50, 5), 250, 60),
        "training": sized(_percent(_("for training %"), first["training"], 10, 90, 10), 290, 100),
        "batch": sized(controls.steps(_("batch size"), first["batch"], batches), 280, 80),
        "draw": sized(controls.count(_("other points"), first["draw"], 0, 20), 250, 90),
        "formula": sized(controls.text(_("formula: class 1 where x₂ >"), first["formula"]), 400, 190),
        "points": Points(first["points"]),
        "features": Features(_("features"), first["features"], LABELS),
        "hidden": Hidden(first["hidden"]),
        "activation": dropdown(_("activation"), first["activation"], _same(ACTIVATIONS), 166, 66),
        "initialization": dropdown(_("first weights"), first["initialization"], _first_weights(), 270, 90),
        "seed": sized(controls.count(_("seed"), first["seed"], 0, 50), 260, 60),
        "optimizer": dropdown(_("optimizer"), first["optimizer"], _optimizers(), 220, 70),
        "learning_rate": sized(controls.log_slider(_("learning rate"), first["learning_rate"], 1e-4, 10), 300, 90),
        "loss": dropdown(_("loss"), first["loss"], _losses(), 240, 40),
        "regularization": dropdown(_("regularization"), first["regularization"], _penalties(), 220, 100),
        "rate": sized(controls.log_slider(_("its rate"), first["rate"], 1e-4, 1.0), 260, 60),
        "epoch": Epochs(_("epoch"), first["epoch"]),
        "look": Look(_("look at"), first["hidden"]),
        "typed": Typed(LABELS),
        "discretize": Switch(_("discretize the large field"), first["discretize"]),
        "show_test": Switch(_("show the test points"), first["show_test"]),
    }
    made["hidden"].observe(lambda change: made["look"].follow(change["new"]), names="value")
    return made


def _percent(label: str, value: int, low: int, high: int, step: int) -> Any:
    return controls.steps(label, value, [(f"{percent} %", percent) for percent in range(low, high + 1, step)])


def _same(names: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(name, name) for name in names]


def _sets() -> list[tuple[str, str]]:
    return [
        (_("circles"), "circles"), (_("xor"), "xor"), (_("gauss: two clouds"), "gauss"), (_("spiral"), "spiral"),
        (_("moons"), "moons"), (_("plane (numbers)"), "plane"), (_("hills (numbers)"), "hills"),
        (_("y > f(x): your formula"), "formula"), (_("own: paint them"), "own"),
    ]  # fmt: skip


def _first_weights() -> list[tuple[str, str]]:
    return [
        ("glorot_uniform", "glorot_uniform"), ("he_normal", "he_normal"), (_("large: spread 3"), "large"),
        ("zeros", "zeros"),
    ]  # fmt: skip


def _optimizers() -> list[tuple[str, str]]:
    return [
        ("SGD", "sgd"), (_("SGD, momentum 0.9"), "momentum"), ("RMSprop", "rmsprop"), ("Adam", "adam"),
        ("AdamW", "adamw"),
    ]  # fmt: skip


def _losses() -> list[tuple[str, str]]:
    return [(_("cross-entropy"), "cross_entropy"), (_("squared error, MSE"), "mse"), (_("absolute error, MAE"), "mae")]


def _penalties() -> list[tuple[str, str]]:
    return [(_("none"), "none"), ("L1", "l1"), ("L2", "l2")]


class Board:
    """The controls in their places: two rows, and tabs.

    Parameters
    ----------
    parts : dict of str to widget
        The explorer's controls.
    examples : widget
        The row of presets.
    present : callable
        Returns the points that are shown.
    move : callable
        Sets controls.
    failed : callable
        Shows an error.

    Attributes
    ----------
    rows : list of widget
    painting : Painting
    """

    def __init__(
        self,
        parts: dict[str, Any],
        examples: Any,
        present: Callable[[], tuple[Point, ...]],
        move: Callable[..., None],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._parts = parts

        def begin() -> None:
            if parts["data"].value != "own":
                move(data="own")

        self.painting = Painting(parts["points"], begin, present)
        self._program = Program()
        parts["typed"].failed = failed
        for name in ("look", "hidden", "features"):
            parts[name].observe(self._offer_weights, names="value")
        self._offer_weights()
        p = parts
        panels = {
            _("examples"): [examples],
            _("data"): [row(p["noise"], p["training"], p["draw"]), row(p["formula"], p["show_test"])],
            _("network"): [p["features"], row(p["initialization"], p["seed"])],
            _("training"): [
                row(p["optimizer"], p["loss"], p["batch"]), row(p["regularization"], p["rate"]),
            ],
            _("your own points"): [self.painting.panel],
            _("look inside"): [row(p["look"], p["discretize"]), p["typed"]],
            _("as Python"): [self._program],
        }  # fmt: skip
        self.tabs = tabs({title: widgets.VBox(rows) for title, rows in panels.items()})
        self.rows = [
            row(p["epoch"], p["learning_rate"]),
            row(p["data"], p["activation"], p["hidden"]),
            self.tabs,
        ]

    @property
    def paints(self) -> bool:
        """Whether the pointer paints in the large field."""
        return self._parts["data"].value == "own" or self.tabs.selected_index == PAINTING

    def _offer_weights(self, _change: Any = None) -> None:
        values = Values(hidden=self._parts["hidden"].value, features=self._parts["features"].value)
        unit = self._parts["look"].value
        if unit == "output" or unit in edits.units(values.hidden):
            self._parts["typed"].offer(edits.names_into(unit, values))

    def tell_program(self, text: str) -> None:
        """Show the program.

        Parameters
        ----------
        text : str
            Empty where there is none.
        """
        self._program.text = text or _("There are no training points yet: paint some first.")
