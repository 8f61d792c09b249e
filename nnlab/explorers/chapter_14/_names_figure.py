"""What `temperature_names` draws: the probabilities of the next letter as bars, and the names beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import PolyCollection
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from nnlab.explorers.chapter_14._name_model import LETTERS
from nnlab.explorers.letters import Label, Labels
from nnlab.language import _
from nnlab.plots.style import CLASS_0, INK, QUIET, Picture, axes_at

Array = NDArray[Any]
Arrays = dict[str, Any]

SIZE = (840, 330)
COLUMNS, LINES = 2, 8
NAMES = COLUMNS * LINES
PLACES = np.append(np.arange(26.0), 27.0)  # of the bars; the end stands apart


class NamesFigure:
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
        bars = axes_at(figure, 80, 36, 410, 232)
        bars.set(xlim=(-0.7, 27.6), ylim=(0, 1), xlabel=_("next letter; “end” ends the name"))
        bars.set_xticks(PLACES, [*LETTERS, _("end")])
        bars.grid(axis="x", visible=False)
        bars.tick_params(axis="x", length=0)
        bars.set_yticks([0, 0.25, 0.5, 0.75, 1])
        bars.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
        bars.set_ylabel(_("probability"))
        self._bars = PolyCollection([], facecolors=CLASS_0, linewidths=0)
        bars.add_collection(self._bars, autolim=False)
        (self._as_learned,) = bars.plot([], [], "_", color=INK, markersize=10, markeredgewidth=1.6, clip_on=False)
        self._title = Labels(bars)
        names = axes_at(figure, 520, 36, 310, 262)
        names.set(xlim=(0, 310), ylim=(262, 0), xticks=[], yticks=[])
        names.set_axis_off()
        names.text(0, 2, _("written"), fontweight="bold", va="center", color=INK)
        names.text(0, 244, _("gray: in the list it learned from"), va="center", color=QUIET)
        self._names = Labels(names)
        self._texts = _("after “{prefix}”"), _("the first letter"), _("— at temperature 1")
        self.moving: list[Artist] = [self._bars, self._as_learned, self._title, self._names]

    def update(self, arrays: Arrays, prefix: str) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        prefix : str
        """
        order = np.roll(np.arange(27), -1)  # a to z, then the end
        heights = arrays["probability"][order]
        at = PLACES
        left, right = at - 0.36, at + 0.36
        low = np.zeros(27)
        corners = [np.stack([left, right, right, left], 1), np.stack([low, low, heights, heights], 1)]
        self._bars.set_verts(list(np.stack(corners, axis=-1)))
        self._as_learned.set_data(at, arrays["at_1"][order])
        after = self._texts[0].format(prefix=prefix) if prefix else self._texts[1]
        mark = Label(self._texts[2], 27.5, 1.07, "right")
        self._title.texts = [Label(after, -0.6, 1.07, bold=True), mark]
        places = [(160.0 * (k // LINES), 30.0 + 26.0 * (k % LINES)) for k in range(NAMES)]
        self._names.texts = [
            Label(str(name) or "·", x, y, color=QUIET if there else INK, bold=not there)
            for name, there, (x, y) in zip(arrays["names"], arrays["known"], places, strict=True)
        ]
