"""Chapter 14's names: what a character model writes at a temperature, and what it thinks of the next letter.

The model is in `nnlab.explorers.chapter_14._name_model`, the drawing in `_names_figure`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist

from nnlab.explorers import controls
from nnlab.explorers.chapter_14._name_model import LETTERS, LONGEST, known, model, softmax, write
from nnlab.explorers.chapter_14._names_figure import NAMES, SIZE, NamesFigure
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

TRAINED = (0, 1, 3, 10)  # epochs
PREFIX = 8  # letters at most


@explorer(chapter="14")
def temperature_names(
    temperature: float = 1.0, prefix: str = "ma", epochs: int = 10, seed: int = 0
) -> TemperatureNames:
    """Let a recurrent network write first names, at a temperature.

    Parameters
    ----------
    temperature : float
        By what the scores are divided before softmax, from 0.1 to 5.
    prefix : str
        How the names begin: up to 8 letters, a to z.
    epochs : int
        How long it has been trained: 0, 1, 3 or 10.
    seed : int
        Of the drawing, from 0 to 20.

    Returns
    -------
    TemperatureNames
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return TemperatureNames(temperature=temperature, prefix=prefix, epochs=epochs, seed=seed)


def plain(prefix: str) -> str:
    """Bring a prefix to small letters.

    Parameters
    ----------
    prefix : str

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If it is too long or has other signs.
    """
    prefix = prefix.strip().lower()
    if len(prefix) > PREFIX or set(prefix) - set(LETTERS):
        raise ValueError(_("A name begins with up to {count} letters, a to z.").format(count=PREFIX))
    return prefix


class TemperatureNames(Explorer):
    """The widget that `temperature_names` returns."""

    name = "temperature_names"
    size = SIZE
    rows = (("temperature", "prefix"), ("epochs", "seed"))
    trains = True
    presets = {
        N_("cautious"): {"temperature": 0.3, "prefix": "ma", "epochs": 10},
        N_("as learned"): {"temperature": 1.0, "prefix": "ma", "epochs": 10},
        N_("wild"): {"temperature": 2.5, "prefix": "ma", "epochs": 10},
        N_("after q"): {"temperature": 1.0, "prefix": "q", "epochs": 10},
        N_("untrained"): {"temperature": 1.0, "prefix": "", "epochs": 0},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "temperature": controls.log_slider(_("temperature"), 1.0, 0.1, 5.0),
            "prefix": controls.text(_("begins with"), "ma"),
            "epochs": controls.steps(_("epochs"), 10, TRAINED),
            "seed": controls.count(_("seed"), 0, 0, 20),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Train as far as asked, with a picture now and then, and write."""
        prefix = plain(values.prefix)
        trained = model(task.eagerly)
        while trained.done < values.epochs and not task.stop.is_set():
            task.show(self._written(values, prefix, trained.done, task.eagerly))
            trained.step(task)
        return self._written(values, prefix, min(values.epochs, trained.done), task.eagerly)

    def _written(self, values: Values, prefix: str, epochs: int, eagerly: bool) -> Arrays:
        weights = model(eagerly).weights(epochs)
        scores, names = write(weights, prefix, values.temperature, NAMES, values.seed)
        return {
            "names": np.array(names),
            "known": np.array([name in known() for name in names]),
            "probability": softmax(scores, values.temperature),
            "at_1": softmax(scores, 1.0),
            "epochs": np.array(epochs),
        }

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the axes."""
        self._picture = NamesFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move bars and names."""
        self._picture.update(arrays, values.prefix.strip().lower())

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say how many of the names are in the list, and how far the training is."""
        words = _(
            "Trained for {done} of {epochs} epochs. {count} of these {all} names are in the list it learned from. The "
            "first are {some}."
        )
        return words.format(
            done=int(arrays["epochs"]), epochs=values.epochs, count=int(arrays["known"].sum()), all=NAMES,
            some=", ".join(map(str, arrays["names"][:4])),
        )  # fmt: skip

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say at what temperature it writes; what it writes, a last bit may change."""
        words = _(
            "{count} names that begin with “{prefix}”, of up to {letters} letters, written by a recurrent network at "
            "temperature {temperature} after {epochs} epochs. Beside them are the probabilities of the next letter."
        )
        if not values.prefix:
            words = _(
                "{count} names of up to {letters} letters, written by a recurrent network at temperature {temperature} "
                "after {epochs} epochs. Beside them are the probabilities of the first letter."
            )
        return words.format(
            count=NAMES, prefix=values.prefix, letters=LONGEST, temperature=f"{values.temperature:g}",
            epochs=values.epochs,
        )  # fmt: skip
