"""What `bending_plane` draws: the sheet on its way, the list of the steps, and the answers in the plane.

It trains nothing: it draws the arrays that the explorer computed.
"""

from __future__ import annotations

import math
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from nnlab.explorers.decision import DecisionSurface
from nnlab.language import _
from nnlab.plots.passages import FINE, REACH, Passage
from nnlab.plots.planes import Compass, Sheet
from nnlab.plots.style import CLASS_0, INK, QUIET, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 420)
LINE = 22  # pixels of a line of the list


class BendingFigure:
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
        plane = axes_at(figure, 16, 36, 520, 372)
        plane.set_title(_("the plane on its way through the network"))
        frame = Rectangle((0, 0), 1, 1, transform=plane.transAxes, fill=False, edgecolor="#d5d5d5", linewidth=0.8)
        plane.add_patch(frame)
        self._sheet = Sheet(plane)
        self._steps = _Steps(axes_at(figure, 556, 36, 276, LINE * 5))
        answers = axes_at(figure, 582, 206, 180, 180)
        answers.set(xticks=[-2, 0, 2], yticks=[-2, 0, 2], xlabel="x₁", ylabel="x₂")
        answers.xaxis.set_label_coords(0.75, -0.06)
        answers.yaxis.set_label_coords(-0.07, 0.75)
        answers.set_title(_("its answers in the plane"))
        self._answers = DecisionSurface(answers, REACH, FINE, 3.6)
        self._share = answers.text(1.05, 0.93, "", transform=answers.transAxes, va="top", color=INK)
        self._compass = Compass(axes_at(figure, 766, 312, 74, 74))
        self.moving: list[Artist] = [
            *self._sheet.moving, frame, *self._steps.moving, *self._answers.moving, self._share, *self._compass.moving,
        ]  # fmt: skip

    def update(self, arrays: dict[str, Any]) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        """
        passage: Passage = arrays["_passage"]
        stage = float(arrays["stage"])
        self._sheet.update(passage, stage, arrays["x"], arrays["y"])
        self._compass.update(passage.compass(stage))
        self._steps.update(passage.stages, stage)
        self._answers.update(arrays["surface"], arrays["x"], arrays["y"])
        self._share.set_text(_("{percent} %\nright").format(percent=int(100 * arrays["accuracy"] + 1e-6)))


class _Steps:
    """The steps one below the other, which stand still; a bar fills the present one, and says of which layer it is."""

    def __init__(self, axes: Axes) -> None:
        axes.set(xlim=(0, 276), ylim=(5 * LINE, 0), xticks=[], yticks=[])
        axes.set_title(_("step by step"))
        axes.grid(False)
        for side in axes.spines.values():
            side.set_visible(False)
        steps = (
            ("x", _("the plane as it is")),
            ("x W", _("stretched and turned")),
            ("+ b", _("shifted")),
            ("f(z)", _("bent")),
            ("= 0", _("turned: the border is level")),
        )
        for k, (formula, words) in enumerate(steps):
            axes.text(8, (k + 0.5) * LINE, formula, va="center", color=INK, fontweight="bold")
            axes.text(58, (k + 0.5) * LINE, words, va="center", color=INK)
        # Blended with the words that stand below it already: they cost nothing then.
        self._bar = Rectangle((0, 0), 0, LINE - 2, color=CLASS_0, alpha=0.16, linewidth=0)
        axes.add_patch(self._bar)
        self._layer = axes.text(272, 0, "", ha="right", va="center", color=QUIET)
        self.moving: list[Artist] = [self._bar, self._layer]

    def update(self, stages: list[str], stage: float) -> None:
        now = max(0, math.ceil(stage) - 1)  # a step that is done stays marked until the next begins
        row = 0 if stage == 0 else ROWS[stages[now]]
        self._bar.set(y=row * LINE + 1, width=276 * (stage - now if row else 1))
        layered = len(stages) > 4 and 0 < row < 4
        words = _("layer {number}").format(number=now // 3 + 1) if layered else ""
        self._layer.set(text=words, y=(row + 0.5) * LINE)


ROWS = {"linear": 1, "shift": 2, "bend": 3, "turn": 4}
