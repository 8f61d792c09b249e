"""What `finite_difference` draws: the error of three measured slopes against the step, and their digits at one step."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import PolyCollection
from numpy.typing import NDArray

from nnlab.explorers.letters import Letters, Placed, width
from nnlab.language import _
from nnlab.plots.style import ACTIVATION_COLORS, GHOST, INK, QUIET, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 384)
STEPS = (1e-16, 1.0)
ERRORS = (1e-18, 1e3)
NOTHING = 1e-17  # where an error of 0 is drawn
WAYS = {
    "forward": ACTIVATION_COLORS["sigmoid"],
    "central": ACTIVATION_COLORS["relu"],
    "complex": ACTIVATION_COLORS["tanh"],
}  # name -> line and ink
_WIDTHS = {"forward": 1.5, "central": 2.8, "complex": 1.5}  # two of them may coincide
PLACE = (84.0, 38.0, 454.0, 288.0)  # of the axes
LEFT = 564.0  # of the table
PANEL = (124.0, 88.0)  # its first row, and from row to row


class DifferenceFigure:
    """The artists that move.

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
        axes = axes_at(figure, *PLACE)
        axes.set(
            xscale="log", yscale="log", xlim=STEPS, ylim=ERRORS, label="error", xlabel=_("step h"),
            ylabel=_("error of the slope"), title=_("three ways to measure a slope"),
        )  # fmt: skip
        axes.set_xticks(10.0 ** np.arange(-16, 1, 4))
        axes.set_yticks(10.0 ** np.arange(-16, 4, 4))
        axes.minorticks_off()
        self._axes = axes
        self._at = axes.axvline(1.0, color=INK, linewidth=1.2)
        self._guides = [axes.plot([], [], color=QUIET, linestyle=(0, (4, 3)), linewidth=1.2)[0] for _name in range(3)]
        self._curves = {
            name: axes.plot([], [], color=color, linewidth=_WIDTHS[name])[0] for name, (color, _i) in WAYS.items()
        }
        self._best = {
            name: axes.plot([], [], "D", color="white", mec=ink, markersize=7, mew=1.6)[0]
            for name, (_c, ink) in WAYS.items()
        }
        self._dots = {name: axes.plot([], [], "o", color=ink, markersize=7)[0] for name, (_c, ink) in WAYS.items()}
        page = axes_at(figure, 0, 0, *SIZE)  # on top of all, measured in pixels
        page.set(xlim=(0, SIZE[0]), ylim=(SIZE[1], 0))
        page.set_axis_off()
        style: dict[str, Any] = {"va": "center", "fontsize": 10, "weight": "bold"}
        page.text(LEFT, 56, _("exact: f′(x)"), color=INK, **style)
        for k, (name, (_color, ink)) in enumerate(WAYS.items()):
            y = PANEL[0] + k * PANEL[1]
            page.plot([LEFT, SIZE[0] - 8], [y - 20, y - 20], color=GHOST, linewidth=0.8)
            page.text(LEFT, y, _NAMES[name](), color=ink, **style)
        self._grounds = PolyCollection([], facecolors="white", linewidths=0)
        page.add_collection(self._grounds, autolim=False)
        self._title = Letters(page, INK, "bold", left=True)
        self._good, self._bad = Letters(page, INK, "mono", left=True), Letters(page, "#c0392b", "mono", left=True)
        self._notes = Letters(page, QUIET, left=True)
        letters = [writer.artist for writer in (self._title, self._good, self._bad, self._notes)]
        self.moving: list[Artist] = [
            *self._guides, *self._curves.values(), self._at, *self._best.values(), *self._dots.values(),
            self._grounds, *letters,
        ]  # fmt: skip

    def update(self, arrays: dict[str, Any], head: str, exact: str, rows: dict[str, tuple[str, int, str]]) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            ``h``, ``error`` (3, steps), ``at``, ``error_at`` (3,), ``best`` (3, 2) and ``guides`` (3,), the factors of
            h, h² and 1/h.
        head, exact : str
        rows : dict of str to (str, int, str)
            For each way its number, how many characters of it are right, and what is said of it.
        """
        h, at = arrays["h"], float(arrays["at"])
        self._at.set_xdata([at, at])
        for k, name in enumerate(WAYS):
            self._curves[name].set_data(h, np.maximum(arrays["error"][k], NOTHING))
            self._dots[name].set_data([at], [max(float(arrays["error_at"][k]), NOTHING)])
            place = arrays["best"][k]
            self._best[name].set_data([[place[0]], [place[1]]] if np.isfinite(place).all() else [[], []])
        notes: list[Placed] = []
        for k, power in enumerate((1, 2, -1)):
            factor = float(arrays["guides"][k])
            self._guides[k].set_data(*([h, factor * h**power] if factor > 0 else [[], []]))
            if factor > (1e-12 if k < 2 else 0):
                notes.append((_GUIDES[k](), _place(k, factor)))
        self._grounds.set_verts([_ground(text, place) for text, place in notes])
        self._title.write([(head, (LEFT, 28))])
        good, bad = [(exact, (LEFT, 78.0))], []
        for k, (number, right, said) in enumerate(rows.values()):
            y = PANEL[0] + k * PANEL[1]
            good.append((number[:right], (LEFT, y + 22)))
            bad.append((number[right:], (LEFT + width(number[:right], "mono"), y + 22)))
            notes.append((said, (LEFT, y + 44)))
        self._good.write(good)
        self._bad.write(bad)
        self._notes.write(notes)


def _place(k: int, factor: float) -> tuple[float, float]:
    """Find a place beside a guide, where no curve runs, in pixels."""
    if k == 2:
        h, error = 100 * factor, 0.6  # to the right of where it says 0.01
    else:
        h = (1e-12, 1e-3)[k]
        h, error = 2.2 * h, factor * h ** (k + 1) / (30, 300)[k]
    left, top, wide, high = PLACE
    down = np.log10(ERRORS[1] / error) / np.log10(ERRORS[1] / ERRORS[0])
    return left + wide * float(1 + np.log10(h) / 16), top + high * float(down)


def _ground(text: str, place: tuple[float, float]) -> Array:
    x, y = place
    right = x + width(text) + 3
    return np.array([(x - 3, y - 9), (right, y - 9), (right, y + 9), (x - 3, y + 9)])


_GUIDES = (lambda: _("cut off: ∝ h"), lambda: _("∝ h²"), lambda: _("rounded: ∝ 1/h"))
_NAMES = {
    "forward": lambda: _("forward: (f(x + h) − f(x)) / h"),
    "central": lambda: _("central: (f(x + h) − f(x − h)) / 2h"),
    "complex": lambda: _("complex: Im f(x + ih) / h"),
}
