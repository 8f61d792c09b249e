"""Chapter 14's gates: a trained LSTM that stores a value and gives it back, on a sequence that one clicks together.

The task and the network are in `nnlab.explorers.chapter_14._recall_task`, the drawing in `_gates_figure`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from nnlab.explorers import controls
from nnlab.explorers.chapter_14._gates_figure import SIZE, GatesFigure
from nnlab.explorers.chapter_14._recall_task import MOST, STEPS, UNITS, run, target, trained
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

Array = NDArray[Any]

VALUES = "+-+--+-++-+--++-+-+-"
_AT_LAST = "..S.............R..."
_TWICE = "..S....R.S......R..."
_NOTHING = "......R.......S....R"


@explorer(chapter="14")
def lstm_gates(values: str = VALUES, marks: str = _AT_LAST, epochs: int = 12, unit: int = 1) -> LSTMGates:
    """Look into an LSTM that has learned to store a value at one mark and to give it back at another.

    Parameters
    ----------
    values : str
        A plus or a minus for each of 20 steps: the values 1 and -1.
    marks : str
        For each step "S" (store), "R" (recall) or "." (neither).
    epochs : int
        How long it has been trained, from 0 to 20.
    unit : int
        Which of the 4 is shown; 1 is the one whose cell state goes most with what is stored.

    Returns
    -------
    LSTMGates
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.

    References
    ----------
    Hochreiter & Schmidhuber (1997), Neural Computation 9(8), 1735-1780.
    """
    return LSTMGates(values=values, marks=marks, epochs=epochs, unit=unit)


def encode(values: str, marks: str) -> Array:
    """Make the inputs of two texts.

    Parameters
    ----------
    values, marks : str

    Returns
    -------
    ndarray of shape (1, 20, 3)

    Raises
    ------
    ValueError
        If they have other characters, or another length.
    """
    values, marks = values.strip(), marks.strip().upper()
    if len(values) != STEPS or set(values) - set("+-"):
        raise ValueError(_("The values need {count} signs, each + or −.").format(count=STEPS))
    if len(marks) != STEPS or set(marks) - set("SR."):
        raise ValueError(_("The marks need {count} characters, each S, R or a dot.").format(count=STEPS))
    columns = [[1.0 if sign == "+" else -1.0 for sign in values], *([m == which for m in marks] for which in "SR")]
    return np.array(columns, dtype=np.float64).T[None]


class LSTMGates(Explorer):
    """The widget that `lstm_gates` returns."""

    name = "lstm_gates"
    size = SIZE
    rows = (("values", "marks"), ("epochs", "unit"))
    pointer = {"inputs": ((None, None),)}
    trains = True
    presets = {
        N_("a long wait"): {"values": VALUES, "marks": _AT_LAST, "epochs": 12, "unit": 1},
        N_("overwritten"): {"values": VALUES, "marks": _TWICE, "epochs": 12, "unit": 1},
        N_("nothing stored"): {"values": VALUES, "marks": _NOTHING, "epochs": 12, "unit": 1},
        N_("untrained"): {"values": VALUES, "marks": _AT_LAST, "epochs": 0, "unit": 1},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls; values and marks are clicked in the picture, too."""
        return {
            "values": controls.text(_("values"), VALUES),
            "marks": controls.text(_("marks"), _AT_LAST),
            "epochs": controls.count(_("epochs"), 12, 0, MOST),
            "unit": controls.count(_("unit"), 1, 1, UNITS),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Train as far as asked, with a picture after each epoch, and run over the sequence."""
        x = encode(values.values, values.marks)
        network = trained(task.eagerly)
        while network.done < values.epochs and not task.stop.is_set():
            task.show(self._found(values, x, *network.weights(network.done, task)))
            network.weights(network.done + 1, task)
        return self._found(values, x, *network.weights(values.epochs, task))

    def _found(self, values: Values, x: Array, weights: list[Array], order: Array) -> Arrays:
        found = run(weights, x)
        unit = order[values.unit - 1]
        return {
            "x": x[0],
            "gates": np.stack([found[name][0, :, unit] for name in "ifo"]),
            "cell": found["c"][0, :, unit],
            "cells": found["c"][0][:, order],
            "output": found["output"][0],
            "target": target(x)[0, :, 0],
        }

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the axes."""
        self._picture = GatesFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move tiles and lines."""
        self._picture.update(arrays)

    def pointed(self, axes: str, x: float, y: float) -> None:
        """Turn a value, or set and remove a mark."""
        step, row = int(np.floor(x)), int(np.floor(y))
        if not self.pressed or not (0 <= step < STEPS and 0 <= row < 3):
            return
        now = self._values()
        if row == 0:
            turned = "-" if now.values[step] == "+" else "+"
            self.set(values=now.values[:step] + turned + now.values[step + 1 :])
        else:
            mark = "SR"[row - 1]
            mark = "." if now.marks[step].upper() == mark else mark
            self.set(marks=now.marks[:step] + mark + now.marks[step + 1 :])

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what it was trained on."""
        words = _("Click the tiles. An LSTM of {units} units, trained for {epochs} epochs on sequences like this one.")
        return words.format(units=UNITS, epochs=values.epochs)

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say whether it gives back what it stored."""
        words = _(
            "An LSTM reads {steps} steps with values of 1 and −1. Marked to store: {stored}; to recall: {recalled}. "
            "Epochs trained: {epochs}. Shown are the gates of unit {unit}, its cell state, and the output."
        )
        stored, recalled = (
            ", ".join(str(k + 1) for k in np.flatnonzero(arrays["x"][:, mark] > 0)) or _("none") for mark in (1, 2)
        )
        asked = arrays["x"][:, 2] > 0
        wrong = np.abs(arrays["output"] - arrays["target"])[asked] > 0.5
        if not asked.any():
            told = _("Nothing is asked for.")
        elif not wrong.any():
            told = _("Wherever it is asked, the output is what was stored last.")
        else:
            told = _("Where it is asked, the output is not what was stored.")
        text = words.format(steps=STEPS, stored=stored, recalled=recalled, epochs=values.epochs, unit=values.unit)
        return " ".join([text, told])
