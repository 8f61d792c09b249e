"""What a small network does to the plane, drawn: a sheet of cells with its points, and four moments of its way.

The geometry is in `nnlab.plots.passages`. Explorers move a `Sheet` and a `Compass`; `bent_plane` is a figure.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import LinearSegmentedColormap
from numpy.typing import ArrayLike

from nnlab.language import _
from nnlab.plots._check import checked
from nnlab.plots.passages import REACH, Array, Passage
from nnlab.plots.style import FIELD, INK, QUIET, Picture, class_marks, new_figure, styled

CELLS = 26  # along an edge of the sheet
WIDER = 1.22  # than what shows all points
ARROW = 0.52  # of the way from the middle of a compass to its edge
SHORT = 0.3  # an arrow that points nearly towards the eye has no name
EDGES = LinearSegmentedColormap.from_list("nnlab-edges", ["#3f8fc4", "#9fb8c6", "#c9c4b4", "#dfa22a"])


class Sheet:
    """The artists of the bent plane: a sheet of cells in the colors of the answer, the border, the samples, the origin.

    Parameters
    ----------
    axes : Axes
    size : float
        Of the marks.

    Attributes
    ----------
    moving : list of Artist
        In drawing order.
    """

    def __init__(self, axes: Axes, size: float = 5.0) -> None:
        self._axes = axes
        axes.set(xticks=[], yticks=[], xlim=(-1, 1), ylim=(-1, 1))
        axes.grid(False)
        for side in axes.spines.values():
            side.set_visible(False)
        self._cells = PolyCollection([], linewidths=0.7, antialiaseds=True)
        axes.add_collection(self._cells)
        (self._halo,) = axes.plot([], [], color="white", linewidth=4.2, alpha=0.8)
        (self._border,) = axes.plot([], [], color=INK, linewidth=2)
        self._zeros, self._ones = class_marks(axes, size, 0.5)
        (self._origin,) = axes.plot([0], [0], "+", color=INK, markersize=11, markeredgewidth=1.6)
        self.moving: list[Artist] = [
            self._cells, self._halo, self._border, self._zeros, self._ones, self._origin,
        ]  # fmt: skip
        along = np.linspace(-REACH, REACH, CELLS + 1)
        self._corners = np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)
        row, column = np.divmod(np.arange(CELLS * CELLS), CELLS)
        first = row * (CELLS + 1) + column
        self._ring = np.stack([first, first + 1, first + CELLS + 2, first + CELLS + 1], axis=1)

    def update(self, passage: Passage, position: float, x: Array, y: Array) -> None:
        """Move everything to where it is after so many stages.

        Parameters
        ----------
        passage : Passage
        position : float
        x : ndarray of shape (N, 2)
        y : ndarray of shape (N,)
            0 or 1.
        """
        box = self._axes.bbox
        center, half = passage.box(position)
        wide = half * max(1.0, box.width / box.height), half * max(1.0, box.height / box.width)
        self._axes.set(xlim=(center[0] - wide[0], center[0] + wide[0]), ylim=(center[1] - wide[1], center[1] + wide[1]))
        answers = passage.forward(self._corners)[self._ring].mean(axis=1)  # a cell may reach across the border
        share = 1 / (1 + np.exp(-np.clip(answers, -40, 40)))
        corners = passage.place(self._corners, position)[self._ring]  # (cells, 4, 2 or 3)
        if corners.shape[2] == 3:
            order = np.argsort(corners[:, :, 2].mean(axis=1), kind="stable")  # the farthest first
            corners, share = corners[order], share[order]
        self._cells.set_verts(corners[:, :, :2])
        self._cells.set(facecolors=FIELD(share), edgecolors=EDGES(share))
        border = passage.place(passage.border, position)
        for line in (self._halo, self._border):
            line.set_data(border[:, 0], border[:, 1])
        seen = passage.place(x, position)
        self._zeros.set_data(*seen[y == 0, :2].T)
        self._ones.set_data(*seen[y == 1, :2].T)


class Compass:
    """Arrows from the middle of their axes: where each number of a point grows.

    Parameters
    ----------
    axes : Axes
        Small and square; all that surrounds them is hidden.

    Attributes
    ----------
    moving : list of Artist
        In drawing order.
    """

    def __init__(self, axes: Axes) -> None:
        axes.set(xlim=(-1, 1), ylim=(-1, 1))
        axes.set_axis_off()
        self._arrows = LineCollection([], colors=QUIET, linewidths=1.6, capstyle="round")
        axes.add_collection(self._arrows, autolim=False)
        self._names = [axes.text(0, 0, "", ha="center", va="center", color=INK) for _k in range(3)]
        self.moving: list[Artist] = [self._arrows, *self._names]

    def update(self, directions: dict[str, Array]) -> None:
        """Turn the arrows.

        Parameters
        ----------
        directions : dict of str to ndarray of shape (2,)
            As `Passage.compass` gives them.
        """
        self._arrows.set_segments([np.array([0 * way, ARROW * way]) for way in directions.values()])
        taken: list[Array] = []
        for text in self._names:
            text.set_visible(False)
        for text, (name, way) in zip(self._names, directions.items(), strict=False):
            length = float(np.hypot(*way))
            at = (ARROW + 0.3 / max(length, SHORT)) * way
            free = all(np.abs(at - other).max() > 0.4 for other in taken)
            text.set(text=name, visible=length > SHORT and free, position=at)
            taken.append(at)


@styled
@checked
def bent_plane(x: ArrayLike, y: ArrayLike, weights: Sequence[Array], activation: str = "tanh") -> Picture:
    """Draw what one hidden layer of two or three units does to the plane, in four moments.

    Parameters
    ----------
    x : array_like of shape (N, 2)
    y : array_like of shape (N,)
        0 or 1.
    weights : sequence of ndarray
        Of a trained network 2-2-1 or 2-3-1, as ``model.get_weights()`` gives them.
    activation : str
        Of the hidden layer.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If the network has other sizes.
    """
    x, y = np.asarray(x, np.float64), np.asarray(y).reshape(-1)
    shapes = [np.shape(w) for w in weights]
    if shapes not in ([(2, 2), (2,), (2, 1), (1,)], [(2, 3), (3,), (3, 1), (1,)]):
        words = _("plots.bent_plane expected the weights of a network 2-2-1 or 2-3-1, got shapes {shapes}.")
        raise ValueError(words.format(shapes=shapes))
    passage = Passage(weights, activation, x)
    moments = (
        (0.0, _("the plane x")),
        (2.0, _("z = x W₁ + b₁")),
        (3.0, _("a = f(z), bent")),
        (4.0, _("from the side")),
    )
    figure = new_figure(840, 250)
    for axes, (position, title) in zip(figure.subplots(1, 4), moments, strict=True):
        axes.set_title(title)
        Sheet(axes, 3.6).update(passage, position, x, y)
        if position >= 3:  # the bent sheet has an end, which is to be seen
            for limits, put in ((axes.get_xlim(), axes.set_xlim), (axes.get_ylim(), axes.set_ylim)):
                put(np.mean(limits) + WIDER * (np.array(limits) - np.mean(limits)))
        Compass(axes.inset_axes((-0.03, -0.03, 0.34, 0.34))).update(passage.compass(position))
    right = float(np.mean((passage.forward(x) > 0) == (y == 1)))
    told = _("The plane with its points on its way through a layer of {units} units: multiplied, shifted, bent.")
    ends = _("In the last picture a level line parts the classes.") if right > 0.97 else _("No line parts the classes.")
    figure.alt = f"{told.format(units=passage.dimensions)} {ends}"
    return figure
