"""What `clinic` draws: the losses of the patient, those after the cure, and the picture of one test."""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from nnlab.explorers.chapter_09 import _clinic_pictures as pictures
from nnlab.explorers.chapter_09._clinic_cases import Array, Run
from nnlab.language import _
from nnlab.plots.style import (
    GHOST,
    INK,
    LOSS,
    QUIET,
    RIGHT_TEXT,
    VALIDATION_DASHES,
    WRONG_TEXT,
    Picture,
    axes_at,
    beside,
)

SIZE = (840, 346)
LOW, HIGH = 1e-2, 1e2  # losses that are shown
WIDTH = 196


class ClinicFigure:
    """The artists that move, and their data.

    Parameters
    ----------
    figure : Picture
        Empty, of the size `SIZE`.

    Attributes
    ----------
    moving : list of Artist
        In drawing order.
    """

    def __init__(self, figure: Picture) -> None:
        self._sick = _Losses(figure, 66, _("the patient"))
        self._cured = _Losses(figure, 282, "")
        self._sick.axes.set_ylabel(_("loss"))
        self._cured.axes.set_yticklabels([])
        words = _("solid: training · dashed: validation")
        figure.text(66 / SIZE[0], 8 / SIZE[1], words, color=QUIET, fontsize=10, va="bottom")
        self._test = axes_at(figure, 572, 40, 240, 222)
        self._drawn: object = None
        self.moving: list[Artist] = [*self._sick.moving, *self._cured.moving, self._test]

    def update(self, test: str, sick: Run, cured: Run | None, cure: str, numbers: dict[str, Array]) -> None:
        """Move everything.

        Parameters
        ----------
        test : str
        sick, cured : Run
        cure : str
            In the learner's language.
        numbers : dict of str to ndarray
            Of the test.
        """
        self._sick.update(sick)
        self._cured.update(cured)
        self._cured.title.set_text(cure if cured else _("no cure yet"))
        if self._drawn != (test, id(numbers)):
            self._drawn = (test, id(numbers))
            pictures.draw(self._test, test, numbers)


class _Losses:
    """The two losses of a run, on axes that are the same for all."""

    def __init__(self, figure: Picture, left: float, title: str) -> None:
        self.axes: Axes = axes_at(figure, left, 40, WIDTH, 222)
        self.axes.set(xlim=(0, 1), ylim=(LOW, HIGH), yscale="log", xticks=[], xlabel=_("epoch"))
        self.axes.xaxis.labelpad = 4
        self.axes.axhline(np.log(2), color=GHOST, linewidth=1)
        (self._loss,) = self.axes.plot([], [], color=LOSS, linewidth=2)
        (self._val,) = self.axes.plot([], [], color=LOSS, linewidth=2, linestyle=VALIDATION_DASHES)
        self._begin = beside(self.axes, "1", (0, 0), (0, -9), "axes fraction", ha="left", color=INK, fontsize=10)
        self._end = beside(self.axes, "", (1, 0), (0, -9), "axes fraction", ha="right", color=INK, fontsize=10)
        self.title = beside(self.axes, title, (0, 1), (0, 10), "axes fraction", ha="left", color=INK, fontsize=10)
        self._told = beside(self.axes, "", (0.97, 0.93), (0, 0), "axes fraction", ha="right", fontsize=10)
        self.moving: list[Artist] = [self._loss, self._val, self._begin, self._end, self.title, self._told]

    def update(self, run: Run | None) -> None:
        losses = (run.loss, run.val_loss) if run else (np.empty(0), np.empty(0))
        for line, loss in zip((self._loss, self._val), losses, strict=True):
            finite = np.where(np.isfinite(loss), loss, HIGH)
            line.set_data(np.linspace(0, 1, len(loss)), np.clip(finite, LOW, HIGH))
        self._end.set_text(f"{run.case.epochs}" if run else "")
        self._begin.set_text("1" if run else "")
        told, color = "", INK
        if run and self.title.get_text() != _("the patient"):
            good = _("honest") if run.case.copies else _("healthy")
            told = good if run.healthy else _("still ill")
            color = RIGHT_TEXT if run.healthy else WRONG_TEXT
        self._told.set(text=told, color=color)
