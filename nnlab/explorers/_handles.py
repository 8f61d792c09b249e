"""The handles of an explorer's picture: where they are, which one is held, and what pointer and keys make of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.explorers import controls as control_kinds
from nnlab.plots.style import Picture

#: What follows the pointer's x and y: the name of a control, a number where the handle stands still, or nothing.
Handle = tuple[str | float | None, str | float | None]


class Handles:
    """All handles of a picture.

    Parameters
    ----------
    picture : Picture
    pointer : mapping of str to tuple of Handle
        By the labels of the axes.
    controls : mapping of str to widget

    Attributes
    ----------
    held : (str, int)
        Label of the axes and number of the handle that pointer and keys move.
    """

    def __init__(
        self, picture: Picture, pointer: Mapping[str, tuple[Handle, ...]], controls: Mapping[str, Any]
    ) -> None:
        self._picture, self._pointer, self._controls = picture, pointer, controls
        self.held: tuple[str, int] = next(iter(pointer), ""), 0
        self._holding = False  # whether the pointer was pressed on one of the axes

    def under(self, x: float, y: float, pressed: bool) -> tuple[str, float, float] | None:
        """Find the axes and the handle under the pointer.

        A handle once taken is held until the pointer is pressed anew, also outside of its axes.

        Parameters
        ----------
        x, y : float
            Shares of the figure, from its upper left corner.
        pressed : bool
            Whether the pointer was pressed there; else it was moved.

        Returns
        -------
        (str, float, float) or None
            Label of the axes, and the place in data coordinates.
        """
        place = x * self._picture.bbox.width, (1 - y) * self._picture.bbox.height
        if pressed:
            below = [label for label, axes in self._axes().items() if axes.get_position().contains(x, 1 - y)]
            self._holding = bool(below)
            if below:
                self.held = below[0], self._nearest(below[0], place)
        if not self._holding:
            return None
        at = self._axes()[self.held[0]].transData.inverted().transform(place)
        return self.held[0], float(at[0]), float(at[1])

    def follow(self, label: str, x: float, y: float) -> dict[str, Any]:
        """Give the controls of the held handle their values at a place.

        Parameters
        ----------
        label : str
            Of the axes.
        x, y : float
            In data coordinates.

        Returns
        -------
        dict of str to object
        """
        number = self.held[1] if self.held[0] == label else 0
        return {
            name: control_kinds.nearest(self._controls[name], value)
            for name, value in zip(self._pointer[label][number], (x, y), strict=True)
            if isinstance(name, str)
        }

    def step(self, right: int, up: int) -> dict[str, Any]:
        """Move the held handle by so many positions of its controls, or take the next one where both are 0.

        Parameters
        ----------
        right, up : int

        Returns
        -------
        dict of str to object
            New values of controls.
        """
        handles = [(label, k) for label in self._axes() for k in range(len(self._pointer[label]))]
        if not right and not up:
            self.held = handles[(handles.index(self.held) + 1) % len(handles)]
        label, number = self.held
        return {
            name: control_kinds.moved(self._controls[name], by)
            for name, by in zip(self._pointer[label][number], (right, up), strict=True)
            if isinstance(name, str) and by
        }

    def ring(self) -> list[float]:
        """Say where the held handle is, in shares of the figure from its upper left corner."""
        label, number = self.held
        width, height = self._picture.bbox.size
        x, y = self._place(label, number, self._axes()[label].bbox.get_points().mean(axis=0))
        return [float(x / width), float(1 - y / height)]

    def _axes(self) -> dict[str, Any]:
        """Collect the axes in which something can be dragged, by their labels."""
        labelled = [(str(axes.get_label()), axes) for axes in self._picture.axes]
        return {label: axes for label, axes in labelled if label in self._pointer}

    def _nearest(self, label: str, place: tuple[float, float]) -> int:
        """Find the handle that is nearest to a place in pixels."""
        distances = [np.hypot(*(self._place(label, k, place) - place)) for k in range(len(self._pointer[label]))]
        return int(np.argmin(distances))

    def _place(self, label: str, number: int, place: tuple[float, float]) -> NDArray[Any]:
        """Say where a handle is, in pixels; at `place` along an axis that nothing follows."""
        axes = self._axes()[label]
        free = axes.transData.inverted().transform(place)
        at = [
            self._controls[name].value if isinstance(name, str) else here if name is None else name
            for name, here in zip(self._pointer[label][number], free, strict=True)
        ]
        return np.asarray(axes.transData.transform(at))
