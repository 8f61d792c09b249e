"""Chapter 12's film: what 32 hidden units look for, as pictures, from the first weights to the fifth epoch.

The training is in `nnlab.explorers.chapter_12._film`, the drawing in `nnlab.explorers.chapter_12._units_figure`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist

from nnlab.engine.threads import single_blas_thread
from nnlab.explorers import controls
from nnlab.explorers.chapter_12._film import HEAPS, LAST, UNITS, Film, film_of, images_of_test
from nnlab.explorers.chapter_12._units_figure import EXCITING, SIZE, UnitsFigure, unit_at
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots._check import at_least
from nnlab.plots.style import Picture

LEARNED, WEIGHTS = N_("what was learned"), N_("weights")


@explorer(chapter="12")
def units_over_time(seen: int = LAST, digits: int = 8000, show: str = LEARNED, unit: int = 0) -> UnitsOverTime:
    """Watch the weights into 32 hidden units while a network learns to read, and choose a unit.

    Parameters
    ----------
    seen : int
        How many thousand images have been learned from, repetitions counted, from 0 to 40.
    digits : {100, 1000, 8000}
        How many different digits there are to learn from.
    show : {"what was learned", "weights"}
        The weights minus the first ones, or the weights as they are.
    unit : int
        Which one is shown in full, from 0 to 31.

    Returns
    -------
    UnitsOverTime
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return UnitsOverTime(seen=seen, digits=digits, show=show, unit=unit)


class UnitsOverTime(Explorer):
    """The widget that `units_over_time` returns."""

    name = "units_over_time"
    size = SIZE
    rows = (("seen",), ("digits", "unit"), ("show",))
    pointer = {"units": ((None, None),)}  # a click takes the unit below it: see `pointed`
    trains = True
    presets = {
        N_("before training"): {"seen": 0, "digits": 8000, "show": WEIGHTS},
        N_("an eighth of an epoch"): {"seen": 1, "digits": 8000, "show": LEARNED},
        N_("five epochs"): {"seen": LAST, "digits": 8000, "show": LEARNED},
        N_("only 100 digits"): {"seen": LAST, "digits": 100, "show": LEARNED},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "seen": controls.time(_("thousand images"), LAST, LAST, 120),
            "digits": controls.steps(_("different digits"), 8000, [(f"{heap:,}", heap) for heap in HEAPS]),
            "show": controls.choice(_("show"), LEARNED, (LEARNED, WEIGHTS)),
            "unit": controls.count(_("unit"), 0, 0, UNITS - 1),
        }

    def pointed(self, axes: str, x: float, y: float) -> None:
        """Take the unit under the pointer, if there is one."""
        unit = unit_at(x, y)
        if unit is not None:
            self.set(unit=unit)

    def compute(self, values: Values, task: Task) -> Arrays:
        """Take the moment from the film, which is shot now if it is not there yet."""
        film = film_of(values.digits, task.eagerly)
        while film.moments <= (LAST if not task.eagerly else 2) and not task.stop.is_set():
            if film.moments:
                task.show(_arrays(film, values))
            film.shoot()
        return _arrays(film, values)

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the places of the units, and the axes."""
        self._picture = UnitsFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move everything."""
        self._picture.update(arrays, values.unit, values.show == LEARNED)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what is trained, and what was read by now."""
        words = _(
            "784-{units}-10, relu, Adam, batches of 32. After {seen} thousand images {share} % of 2,000 test digits "
            "are right. Click a unit."
        )
        share = arrays["accuracy"][int(arrays["seen"])]
        return words.format(units=UNITS, seen=int(arrays["seen"]), share=f"{100 * share:.0f}")

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say what the pictures are, and how well the network reads by then."""
        seen = int(arrays["seen"])
        what = _("what training has added to the weights") if values.show == LEARNED else _("the weights")
        words = _(
            "{what} of {units} hidden units, as pictures, after {seen} thousand images from a heap of {digits}; unit "
            "{unit} in full."
        )
        told = words.format(
            what=what[:1].upper() + what[1:], units=UNITS, seen=seen, digits=f"{values.digits:,}", unit=values.unit
        )
        share = float(arrays["accuracy"][seen])
        if share < 0.3:
            return told + " " + _("The network still guesses.")
        return told + " " + _("By then {share} of the test digits are right.").format(share=at_least(share - 0.01, 10))


def _arrays(film: Film, values: Values) -> Arrays:
    """Name what is drawn: the moment asked for, or the last one that there is."""
    seen = min(values.seen, film.moments - 1)
    first, now = film.kernels[0], film.kernels[seen]
    with single_blas_thread():  # a product this small is slower on several; the bias would not change the order
        answers = images_of_test() @ np.ascontiguousarray(now[:, values.unit])  # (2000,)
    return {
        "seen": np.array(seen),
        "exciting": images_of_test()[np.argsort(-answers, kind="stable")[:EXCITING]].reshape(-1, 28, 28),
        "pictures": (now - first if values.show == LEARNED else now).T.reshape(UNITS, 28, 28),
        "outgoing": film.outgoing[seen][values.unit],
        "accuracy": np.array(film.accuracy),
        "training_accuracy": np.array(film.training_accuracy),
    }
