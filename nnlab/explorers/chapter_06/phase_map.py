"""Chapter 06's phase map: thousands of trainings, a pixel each, and the border where training begins to diverge.

The trainings are in `nnlab.explorers.chapter_06._phase_runs`, the drawing in `_phase_map_figure`.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import numpy as np
from matplotlib.artist import Artist

from nnlab.explorers import controls
from nnlab.explorers.chapter_06._phase_map_figure import REACH, SIZE, SURFACE, PhaseFigure
from nnlab.explorers.chapter_06._phase_runs import COARSE, SIDE, STEPS, View, graded, replay, train
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.explorers.decision import grid
from nnlab.language import N_, _
from nnlab.plots.style import Picture

ZOOMS = tuple(4**k for k in range(8))
MIDDLE = SIDE // 2
FEW = 5  # pixels along an edge for the formulas, without compiled code
KEPT = 12  # maps that are remembered
_FINE = 1e-10  # exponents are given as exactly as sliders read them
_HOME: dict[str, Any] = {"activation": "tanh", "zoom": 1, "log_rate": 0.0, "log_scale": 0.0, "column": 17, "row": 34}


def _at(zoom: int, log_rate: float, log_scale: float) -> dict[str, Any]:
    """Name a place of the map."""
    here = {"zoom": zoom, "log_rate": log_rate, "log_scale": log_scale, "column": MIDDLE, "row": MIDDLE}
    return {**_HOME, **here}


@explorer(chapter="06")
def phase_map(
    activation: str = "tanh",
    zoom: int = 1,
    log_rate: float = 0.0,
    log_scale: float = 0.0,
    column: int = 17,
    row: int = 34,
) -> PhaseMap:
    """Train a network for each pixel of a map of learning rates and scales, and replay the one that is clicked.

    Parameters
    ----------
    activation : {"tanh", "relu", "linear"}
        Of the hidden units of the network 2-3-1.
    zoom : int
        1, 4, 16, and so on to 16384. Moved by hand, it makes the chosen pixel the middle of the map.
    log_rate, log_scale : float
        What is in the middle of the map, as exponents of 10, from -2 to 2.
    column, row : int
        The chosen pixel, from 0 to 54, from the lower left.

    Returns
    -------
    PhaseMap
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return PhaseMap(
        activation=activation, zoom=zoom, log_rate=log_rate, log_scale=log_scale, column=column, row=row
    )  # fmt: skip


class PhaseMap(Explorer):
    """The widget that `phase_map` returns."""

    name = "phase_map"
    size = SIZE
    rows = (("zoom", "activation"),)
    pointer = {"map": (("column", "row"),)}
    trains = True
    presets = {
        N_("the whole map"): _HOME,
        N_("border 4 ×"): _at(4, -0.2, 0.4),
        N_("fjords 64 ×"): _at(64, 0.04609375, 0.186328125),
        N_("folds 64 ×"): _at(64, -0.24296875, 0.509765625),
        N_("1024 ×"): _at(1024, -0.2473632812, 0.5207519531),
        N_("16384 ×"): _at(16384, -0.2481414795, 0.5202255249),
    }

    def __init__(self, **values: Any) -> None:
        self._maps: OrderedDict[View, Any] = OrderedDict()  # the last sharp maps
        super().__init__(**values)

    def make_controls(self) -> dict[str, Any]:
        """Make the controls; the pixel is clicked, and the middle follows the zoom."""
        zoom = controls.steps(_("zoom"), 1, [(f"{factor} ×", factor) for factor in ZOOMS])
        zoom.observe(self._zoomed, names="value")
        return {
            "activation": controls.choice(_("activation"), "tanh", ("tanh", "relu", "linear")),
            "zoom": zoom,
            "log_rate": controls.slider("log_rate", 0.0, -2.0, 2.0, _FINE),
            "log_scale": controls.slider("log_scale", 0.0, -2.0, 2.0, _FINE),
            "column": controls.count("column", _HOME["column"], 0, SIDE - 1),
            "row": controls.count("row", _HOME["row"], 0, SIDE - 1),
        }

    def _zoomed(self, change: Any) -> None:
        """Put the chosen pixel into the middle, where the zoom was moved by hand; the whole map stays in its place."""
        if self._quiet:
            return
        values = self._values()
        before = _view(values)._replace(zoom=change["old"])
        rate, scale = (part[k] for part, k in zip(before.exponents(SIDE), (values.column, values.row), strict=True))
        if change["new"] == 1:
            places = [int(np.abs(part - at).argmin()) for part, at in _ends(rate, scale)]
            self._put({"log_rate": 0.0, "log_scale": 0.0, "column": places[0], "row": places[1]})
        else:
            self._put({"log_rate": round(rate, 10), "log_scale": round(scale, 10), "column": MIDDLE, "row": MIDDLE})

    def compute(self, values: Values, task: Task) -> Arrays:
        """Replay the chosen training, and train the map: a coarse one first, unless it is there already."""
        view = _view(values)
        arrays = self._chosen(values, view, task)
        grades = self._maps.get(view)
        if grades is not None:
            self._maps.move_to_end(view)
            return {**arrays, "grade": grades}
        for side in (FEW,) if task.eagerly else (COARSE, SIDE):
            found = train(view, side, task.stop, task.eagerly)
            if found is None:
                break
            grades = found
            if side == COARSE:
                task.show({**arrays, "grade": grades})
        if grades is None:
            grades = np.full((COARSE, COARSE), np.nan)
        if len(grades) == SIDE:
            self._maps[view] = grades
            while len(self._maps) > KEPT:
                self._maps.popitem(last=False)
        return {**arrays, "grade": grades}

    def _chosen(self, values: Values, view: View, task: Task) -> Arrays:
        rates, scales = (10.0**part for part in view.exponents(SIDE))
        rate, scale = float(rates[values.column]), float(scales[values.row])
        loss, model = replay(values.activation, rate, scale, task.eagerly)
        answers = np.full(SURFACE * SURFACE, np.nan)
        if all(np.isfinite(part).all() for part in model.get_weights()):
            answers = model.predict(grid(REACH, SURFACE).astype(np.float64))[:, 0]
        return {
            "rates": rates,
            "scales": scales,
            "chosen": np.array([rate, scale]),
            "loss": loss,
            "surface": np.clip((answers.reshape(SURFACE, SURFACE) + 1) / 2, 0, 1),
        }

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the map, the loss and the plane."""
        self._picture = PhaseFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move everything."""
        self._picture.update(arrays, values.column, values.row, values.zoom)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what a pixel is, and which is chosen."""
        rate, scale = arrays["chosen"]
        digits = _digits(values.zoom)
        words = _(
            "Click: each of {count} pixels is a network, trained for {steps} steps. Chosen: learning rate {rate}, "
            "weights × {scale}."
        )
        return words.format(
            count=arrays["grade"].size, steps=STEPS, rate=f"{rate:.{digits}g}", scale=f"{scale:.{digits}g}"
        )

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Say when the chosen training diverged."""
        if graded(arrays["loss"]) <= 0:
            return ""
        return _("The chosen training diverges. Click a pixel on the other side of the border.")

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say how much of the map diverges, roughly: near the border a last bit decides."""
        words = _(
            "A map of {side} by {side} trainings with the activation {activation}: learning rate from left to right, "
            "scale of the first weights upwards, enlarged {zoom} times."
        )
        side = len(arrays["grade"])
        sentences = [words.format(side=side, zoom=values.zoom, activation=values.activation)]
        diverged = arrays["grade"] > 0
        share = float(diverged.mean())
        if share < 0.02:
            sentences.append(_("Nearly all of them train."))
        elif share > 0.98:
            sentences.append(_("Nearly all of them diverge."))
        else:
            sentences.append(_("Some train, some diverge, and a border runs between them."))
        return " ".join(sentences)


def _view(values: Values) -> View:
    return View(values.activation, values.log_rate, values.log_scale, values.zoom)


def _ends(rate: float, scale: float) -> list[tuple[Any, float]]:
    along = View("", 0.0, 0.0, 1).exponents(SIDE)
    return list(zip(along, (rate, scale), strict=True))


def _digits(zoom: int) -> int:
    """Digits that tell neighbors apart."""
    return 3 + int(np.log10(zoom))
