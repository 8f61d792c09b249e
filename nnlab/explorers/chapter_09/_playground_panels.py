"""How the playground's controls are grouped: two rows that are always there, and tabs for the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget
import ipywidgets as widgets
import traitlets

from nnlab.explorers._page import module, style
from nnlab.explorers.chapter_09._playground_controls import sized
from nnlab.explorers.chapter_09._playground_data import MOST, REACH, Point
from nnlab.language import _

NEAR, ERASER = 0.16, 0.3  # distance between two points of a stroke; reach of the eraser


class Program(anywidget.AnyWidget):
    """A program to read and to copy."""

    _esm = module("chapter_09/_program.js")
    _css = style("chapter_09/_program.css")

    text = traitlets.Unicode("").tag(sync=True)
    words = traitlets.Dict().tag(sync=True)

    def __init__(self) -> None:
        super().__init__(
            words={"copy": _("Copy"), "copied": _("Copied"), "label": _("The program that makes this network")}
        )


def row(*children: Any) -> Any:
    """Put controls side by side.

    Parameters
    ----------
    *children : widget

    Returns
    -------
    ipywidgets.HBox
    """
    return widgets.HBox(list(children), layout=widgets.Layout(flex_flow="row wrap", align_items="center"))


def tabs(panels: dict[str, Any]) -> Any:
    """Make tabs.

    Parameters
    ----------
    panels : dict of str to widget
        By their titles.

    Returns
    -------
    ipywidgets.Tab
    """
    tab = widgets.Tab(list(panels.values()))
    tab.titles = tuple(panels)
    tab.selected_index = 0
    return tab


class Painting:
    """Everything by which points are painted: brush, buttons, and fields for those who paint with the keyboard.

    Parameters
    ----------
    points : Points
        The control that holds them.
    begin : callable
        Called when the learner turns to painting.
    present : callable
        Returns the points of the set that is shown.

    Attributes
    ----------
    panel : widget
    """

    def __init__(self, points: Any, begin: Callable[[], None], present: Callable[[], tuple[Point, ...]]) -> None:
        self._points, self._begin, self._present = points, begin, present
        self._last: tuple[float, float] | None = None
        self._fresh = True  # whether the present stroke has not changed anything yet
        options = [(_("● class 0 (blue)"), 0), (_("■ class 1 (orange)"), 1), (_("erase"), -1)]
        self.brush = widgets.ToggleButtons(
            options=options, value=1, description=_("brush"),
            style={"description_width": "50px", "button_width": "auto"},
        )  # fmt: skip
        self.count = widgets.Label()
        fields = [
            sized(widgets.BoundedFloatText(0.0, min=-REACH, max=REACH, step=0.1, description=name), 110, 26)
            for name in ("x₁", "x₂")
        ]
        actions = {
            _("Paint here"): lambda: self.stroke(fields[0].value, fields[1].value, pressed=True),
            _("Undo"): lambda: self._change(self._points.undo),
            _("Clear all"): lambda: self._change(lambda: self._points.stroke((), begins=True)),
            _("Copy the points shown"): self._take_over,
        }
        buttons = [_button(label, action) for label, action in actions.items()]
        self.panel = widgets.VBox([row(self.brush, self.count), row(*fields, *buttons)])
        self.tell()
        points.observe(lambda _change: self.tell(), names="value")

    def tell(self) -> None:
        """Say how many points there are."""
        ones = sum(kind for _x1, _x2, kind in self._points.value)
        words = _("{zeros} blue, {ones} orange: press in the large field, or drag")
        self.count.value = words.format(zeros=len(self._points.value) - ones, ones=ones)

    def stroke(self, x: float, y: float, pressed: bool) -> None:
        """Paint or erase at a place, where the pointer is pressed or goes on.

        Parameters
        ----------
        x, y : float
        pressed : bool
            Whether a stroke begins.
        """
        x, y = (min(REACH, max(-REACH, value)) for value in (x, y))
        near = self._last is not None and (x - self._last[0]) ** 2 + (y - self._last[1]) ** 2 < NEAR**2
        self._fresh = self._fresh or pressed
        if pressed or not near:
            self._dab(x, y)

    def _dab(self, x: float, y: float) -> None:
        self._last = x, y
        points = before = self._points.value
        if self.brush.value == -1:
            points = tuple(p for p in points if (p[0] - x) ** 2 + (p[1] - y) ** 2 > ERASER**2)
        elif len(points) < MOST:
            points = (*points, (round(x, 2), round(y, 2), self.brush.value))
        if points != before:
            self._points.stroke(points, self._fresh)
            self._fresh = False
        self._begin()

    def _change(self, action: Callable[[], None]) -> None:
        action()
        self._begin()

    def _take_over(self) -> None:
        self._points.stroke(self._present(), begins=True)
        self._begin()


def _button(label: str, action: Callable[[], None]) -> Any:
    button = widgets.Button(description=label, layout=widgets.Layout(width="auto"))
    button.on_click(lambda _clicked: action())
    return button
