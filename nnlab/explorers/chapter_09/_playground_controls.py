"""Controls of the playground that consist of several parts: hidden layers, features, epochs, painted points.

Each has a ``value`` as other controls have, and a method ``check`` that says what it takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets
import traitlets

from nnlab._numbers import is_one_of
from nnlab.explorers import controls
from nnlab.explorers.chapter_09 import _playground_edits as edits
from nnlab.explorers.chapter_09._playground_data import FEATURES, Point, checked_points
from nnlab.explorers.chapter_09._playground_run import EPOCHS
from nnlab.language import _

LAYERS, UNITS = 4, 8  # at most


def layout(width: int) -> Any:
    """Make a layout of so many pixels.

    Parameters
    ----------
    width : int

    Returns
    -------
    ipywidgets.Layout
    """
    return widgets.Layout(width=f"{width}px", flex="0 0 auto")


def sized(control: Any, width: int, label: int) -> Any:
    """Make a control narrower than those of `nnlab.explorers.controls` are.

    Parameters
    ----------
    control : widget
    width, label : int
        Pixels of the whole, and of its label.

    Returns
    -------
    widget
        The same.
    """
    control.layout.width, control.layout.flex = f"{width}px", "0 0 auto"
    control.style.description_width = f"{label}px"
    return control


def dropdown(label: str, value: Any, options: Sequence[tuple[str, Any]], width: int = 200, about: int = 70) -> Any:
    """Make a list that opens.

    Parameters
    ----------
    label : str
    value : object
    options : sequence of (str, object)
        Labels, translated by who calls, and values.
    width, about : int
        Pixels of the whole, and of its label.

    Returns
    -------
    ipywidgets.Dropdown
    """
    return sized(controls.menu(label, value, options), width, about)


class Switch(widgets.Checkbox):  # type: ignore[misc]
    """A box to tick."""

    options = (False, True)

    def __init__(self, label: str, value: bool) -> None:
        super().__init__(value, description=label, indent=False, layout=widgets.Layout(width="auto"))


class Epochs(widgets.HBox):  # type: ignore[misc]
    """A slider over the kept epochs, with buttons to play and to go one of them on."""

    value = traitlets.Int(0)

    def __init__(self, label: str, value: int) -> None:
        options = [(f"{epoch:,}", epoch) for epoch in EPOCHS]
        self.slider = sized(controls.steps(label, value, options), 330, 50)
        self.play = widgets.Play(
            value=self.slider.index, min=0, max=len(EPOCHS) - 1, interval=150, show_repeat=False, layout=layout(110)
        )
        self.step = widgets.Button(description=_("Step"), icon="step-forward", layout=layout(74))
        self.step.on_click(self._on_step)
        super().__init__([self.slider, self.play, self.step])
        self.link = widgets.jslink((self.play, "value"), (self.slider, "index"))
        traitlets.link((self.slider, "value"), (self, "value"))

    def _on_step(self, _clicked: Any) -> None:
        self.slider.value = controls.moved(self.slider, 1)


class Hidden(widgets.HBox):  # type: ignore[misc]
    """The number of hidden layers, and a number of units for each: ``value`` is such as (4, 2)."""

    value = traitlets.Tuple()

    def __init__(self, value: tuple[int, ...]) -> None:
        self._quiet = False
        self.layers = sized(_number(_("hidden layers"), len(value), 0, LAYERS), 146, 94)
        first = _("units: 1.")
        self.units = [
            sized(_number(first if k == 1 else f"{k}.", 2, 1, UNITS), 100 if k == 1 else 62, 54 if k == 1 else 16)
            for k in range(1, LAYERS + 1)
        ]
        for k, box in enumerate(self.units, 1):
            box.tooltip = _("units of hidden layer {layer}").format(layer=k)  # its name in the page
        super().__init__([self.layers, *self.units], layout=widgets.Layout(flex="0 0 auto"))
        for box in self.children:
            box.observe(self._on_part, names="value")
        self.observe(self._on_value, names="value")
        self.value = value
        self._on_value(None)

    def _on_part(self, _change: Any) -> None:
        if not self._quiet:
            self.value = tuple(box.value for box in self.units[: self.layers.value])

    def _on_value(self, _change: Any) -> None:
        self._quiet = True
        self.layers.value = len(self.value)
        for k, box in enumerate(self.units):
            box.layout.display = None if k < len(self.value) else "none"
            if k < len(self.value):
                box.value = self.value[k]
        self._quiet = False

    def check(self, name: str, value: Any) -> tuple[int, ...]:
        """Return what is wanted as a tuple; an error says what is taken."""
        good = isinstance(value, tuple | list) and len(value) <= LAYERS
        whole = good and all(isinstance(n, int) and not isinstance(n, bool) and 1 <= n <= UNITS for n in value)
        if not whole:
            words = _(
                "{name} holds the units of each hidden layer, from 1 to {units}, for 0 to {layers} layers, such as "
                "(4, 2) or (8,) or (); got {value}."
            )
            raise ValueError(words.format(name=name, units=UNITS, layers=LAYERS, value=repr(value)))
        return tuple(value)


def _number(label: str, value: int, low: int, high: int) -> Any:
    return widgets.BoundedIntText(value, min=low, max=high, description=label)


class Features(widgets.HBox):  # type: ignore[misc]
    """Boxes to tick, a feature each: ``value`` holds the names of those that are on, in their order."""

    value = traitlets.Tuple()

    def __init__(self, label: str, value: tuple[str, ...], words: dict[str, str]) -> None:
        self._quiet = False
        self._boxes = {name: Switch(words[name], name in value) for name in FEATURES}
        super().__init__([widgets.Label(label), *self._boxes.values()], layout=widgets.Layout(flex_flow="row wrap"))
        for box in self._boxes.values():
            box.observe(self._on_box, names="value")
        self.observe(self._on_value, names="value")
        self.value = value

    def toggle(self, name: str) -> None:
        """Turn one feature on, or off if another is left."""
        self._boxes[name].value = not self._boxes[name].value

    def _on_box(self, change: Any) -> None:
        chosen = tuple(name for name, box in self._boxes.items() if box.value)
        if self._quiet:
            return
        if chosen:
            self.value = chosen
        else:
            change["owner"].value = True  # the last one stays

    def _on_value(self, _change: Any) -> None:
        self._quiet = True
        for name, box in self._boxes.items():
            box.value = name in self.value
        self._quiet = False

    def check(self, name: str, value: Any) -> tuple[str, ...]:
        """Return the features in their order; an error says which there are."""
        good = isinstance(value, tuple | list) and len(value) > 0 and all(is_one_of(one, FEATURES) for one in value)
        if not good:
            words = _("{name} holds one feature or more of {known}; got {value}.")
            raise ValueError(words.format(name=name, known=", ".join(map(repr, FEATURES)), value=repr(value)))
        return tuple(one for one in FEATURES if one in value)


class Points(widgets.HBox):  # type: ignore[misc]
    """Painted points: ``value`` holds (x1, x2, class) of each. What was there before can be had again."""

    value = traitlets.Tuple()

    def __init__(self, value: tuple[Point, ...]) -> None:
        self._before: list[tuple[Point, ...]] = []
        self._stroke = False  # whether points come one after the other, to be undone at once
        super().__init__(layout=widgets.Layout(display="none"))
        self.value = value
        self.observe(self._on_value, names="value")

    def _on_value(self, change: Any) -> None:
        if not self._stroke:
            self._before = [*self._before[-99:], change["old"]]

    def stroke(self, value: tuple[Point, ...], begins: bool) -> None:
        """Change the points within one stroke of the pointer."""
        self._stroke = not begins
        self.value = value
        self._stroke = False

    def undo(self) -> None:
        """Bring back what was there before the last stroke."""
        if self._before:
            self._stroke = True
            self.value = self._before.pop()
            self._stroke = False

    def check(self, name: str, value: Any) -> tuple[Point, ...]:
        """Return the points in the form in which they are kept."""
        return checked_points(value)


class Look(widgets.Dropdown):  # type: ignore[misc]
    """Which unit is shown large: the output, or a hidden one; its options follow the hidden layers."""

    def __init__(self, label: str, hidden: tuple[int, ...]) -> None:
        super().__init__(options=self._options_of(hidden), value="output", description=label)
        sized(self, 230, 70)

    def follow(self, hidden: tuple[int, ...]) -> None:
        """Offer the units of these layers."""
        options = self._options_of(hidden)
        value = str(self.value)  # type: ignore[has-type]
        if options != list(self.options):  # type: ignore[has-type]
            self.options = options  # its value becomes the first
            self.value = value if value in [unit for _label, unit in options] else "output"

    @staticmethod
    def _options_of(hidden: tuple[int, ...]) -> list[tuple[str, str]]:
        words = _("unit {unit}")
        return [(_("output"), "output"), *((words.format(unit=unit), unit) for unit in edits.units(hidden))]

    def check(self, name: str, value: Any) -> str:
        """Take any text: which units there are, depends on the hidden layers that come with it."""
        return str(value)


class Typed(widgets.HBox):  # type: ignore[misc]
    """Values typed in the place of trained weights: ``value`` is a dict such as {"x1->1.2": 0.5}."""

    value = traitlets.Dict()

    def __init__(self, words: dict[str, str]) -> None:
        self._words = words
        self.weight = dropdown(_("weight"), None, [("", None)], 220, 56)
        self.number = sized(controls.text(_("value"), ""), 170, 44)
        self.number.placeholder = _("type a number")
        self.clear = widgets.Button(description=_("Back to the trained values"), layout=widgets.Layout(width="auto"))
        self.clear.on_click(self._on_clear)
        super().__init__([self.weight, self.number, self.clear])
        self.number.observe(self._on_number, names="value")
        self.failed: Any = lambda _error: None  # told what is no number

    def offer(self, names: list[str]) -> None:
        """Offer the weights of the unit that is looked at."""
        options = [(self._label(name), name) for name in names]
        if options != list(self.weight.options):
            value = self.weight.value
            self.weight.options = options
            self.weight.value = value if value in names else names[0]

    def _label(self, name: str) -> str:
        source, arrow, unit = name.partition("->")
        if not arrow:
            return _("bias of {unit}").format(unit=name.removeprefix("bias "))
        return _("{source} to {unit}").format(source=self._words.get(source, source), unit=unit)

    def _on_number(self, _change: Any) -> None:
        text = self.number.value.strip().replace("−", "-")
        if not text or self.weight.value is None:
            return
        try:
            self.value = {**self.value, **edits.checked({self.weight.value: float(text)})}
        except ValueError:
            words = _("{text} is no number that a weight can have: write one such as -0.5.")
            self.failed(ValueError(words.format(text=text)))
            return
        self.number.value = ""

    def _on_clear(self, _clicked: Any) -> None:
        self.value = {}

    def check(self, name: str, value: Any) -> dict[str, float]:
        """Return the values in the form in which they are kept."""
        return edits.checked(value)
