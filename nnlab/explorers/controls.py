"""The controls of an explorer: ipywidgets in one look, and what values each of them takes.

Labels are translated by who calls, at the call.
"""

from __future__ import annotations

import math
import time as clock
from collections import deque
from collections.abc import Hashable, Sequence
from typing import Any

import ipywidgets as widgets
import numpy as np
import traitlets

from nnlab.language import _

_STYLE = {"description_width": "120px"}
_WIDE = "400px"
_PREFERRED = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
_FEW = 12  # as many numbers as a message lists
_FAR = 1e300  # beside such a number no option is near


def slider(label: str, value: float, low: float, high: float, step: float, format: str = ".2f") -> Any:
    """Make a slider of numbers at equal distances.

    Parameters
    ----------
    label : str
    value, low, high, step : float
    format : str
        Of the number beside it.

    Returns
    -------
    ipywidgets.FloatSlider
    """
    return _FloatSlider(
        value, min=low, max=high, step=step, description=label, readout_format=format, style=_STYLE, layout=_layout()
    )


class _FloatSlider(widgets.FloatSlider):  # type: ignore[misc]
    """A slider that the page does not move back.

    The page answers a value from Python with its own arithmetic: 3.0500000000000003 to 3.05. While a point is dragged,
    such an answer may come after a later value, and must not replace it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._sent: deque[tuple[float, float]] = deque(maxlen=200)  # when Python has set which value
        super().__init__(*args, **kwargs)
        self.observe(lambda change: self._sent.append((clock.monotonic(), round(change["new"], 10))), names="value")

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take a value from the page, unless it is an answer to what Python has set within the last second."""
        value = sync_data.get("value")
        recent = {number for when, number in self._sent if when > clock.monotonic() - 1}
        if isinstance(value, int | float) and round(value, 10) in recent:
            sync_data = {name: part for name, part in sync_data.items() if name != "value"}
        super().set_state(sync_data)
        if "value" in sync_data:
            self._sent.clear()  # a hand is on the slider


def log_slider(label: str, value: float, low: float, high: float) -> Any:
    """Make a slider of numbers at about equal ratios, such as learning rates; ten positions a factor of ten.

    The positions are preferred numbers: 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, and the same times powers of ten.

    Parameters
    ----------
    label : str
    value, low, high : float
        Preferred numbers; `low` and `high` are positive.

    Returns
    -------
    ipywidgets.SelectionSlider

    Notes
    -----
    ipywidgets' own logarithmic slider cannot stand at 0.03: the page moves it to the next tenth of a decade, 0.0316.
    """
    numbers = preferred_numbers(low, high)
    return steps(label, value, [(f"{number:g}", number) for number in numbers])


def preferred_numbers(low: float, high: float) -> list[float]:
    """List the preferred numbers from `low` to `high`.

    Parameters
    ----------
    low, high : float
        Positive.

    Returns
    -------
    list of float

    Examples
    --------
    >>> preferred_numbers(0.5, 2)
    [0.5, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0]
    """
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    # Written and read, so that they are the same numbers as those that one types.
    numbers = (float(f"{digits}e{decade}") for decade in decades for digits in _PREFERRED)
    return [number for number in numbers if low <= number <= high]


def count(label: str, value: int, low: int, high: int) -> Any:
    """Make a slider of whole numbers.

    Parameters
    ----------
    label : str
    value, low, high : int

    Returns
    -------
    ipywidgets.IntSlider
    """
    return widgets.IntSlider(value, min=low, max=high, description=label, style=_STYLE, layout=_layout())


def steps(label: str, value: Any, values: Sequence[Any]) -> Any:
    """Make a slider over given values.

    Parameters
    ----------
    label : str
    value : object
    values : sequence

    Returns
    -------
    ipywidgets.SelectionSlider
    """
    return widgets.SelectionSlider(options=values, value=value, description=label, style=_STYLE, layout=_layout())


def choice(label: str, value: str, values: Sequence[str]) -> Any:
    """Make a row of buttons, of which one is down.

    Parameters
    ----------
    label : str
    value : str
    values : sequence of str

    Returns
    -------
    ipywidgets.ToggleButtons
    """
    return widgets.ToggleButtons(
        options=list(values), value=value, description=label, style={**_STYLE, "button_width": "auto"}
    )


def menu(label: str, value: Any, options: Sequence[Any]) -> Any:
    """Make a list that opens.

    Parameters
    ----------
    label : str
    value : object
    options : sequence of object or of (str, object)
        Values, or labels, translated by who calls, and values.

    Returns
    -------
    ipywidgets.Dropdown
    """
    return widgets.Dropdown(options=list(options), value=value, description=label, style=_STYLE, layout=_layout())


def text(label: str, value: str) -> Any:
    """Make a field for a line of text, which counts when Enter is pressed or the field is left.

    Parameters
    ----------
    label : str
    value : str

    Returns
    -------
    ipywidgets.Text
    """
    return widgets.Text(value, description=label, continuous_update=False, style=_STYLE, layout=_layout())


def time(label: str, value: int, last: int, milliseconds: int = 150) -> Any:
    """Make a slider over the steps of something that goes on, with a button that plays it.

    The page plays it, so that a page that is gone plays nothing.

    Parameters
    ----------
    label : str
    value, last : int
    milliseconds : int
        Between two steps.

    Returns
    -------
    Time
    """
    return Time(label, value, last, milliseconds)


class Time(widgets.HBox):  # type: ignore[misc]
    """A slider with the buttons play, pause, stop and repeat; its ``value`` is the slider's."""

    value = traitlets.Int(0)

    def __init__(self, label: str, value: int, last: int, milliseconds: int) -> None:
        self.slider = count(label, value, 0, last)
        self.play = widgets.Play(value=value, min=0, max=last, interval=milliseconds, show_repeat=False)
        super().__init__([self.slider, self.play])
        self.link = widgets.jslink((self.play, "value"), (self.slider, "value"))
        traitlets.link((self.slider, "value"), (self, "value"))


def read(control: Any) -> Any:
    """Return a control's value.

    Parameters
    ----------
    control : widget

    Returns
    -------
    object
    """
    if isinstance(control, widgets.FloatSlider):
        return round(control.value, 10)  # 0.1 and not 0.1 + 1.4e-17
    return control.value


def check(control: Any, name: str, value: Any) -> None:
    """Refuse a value that a control does not offer.

    Parameters
    ----------
    control : widget
    name : str
        For the message.
    value : object

    Raises
    ------
    ValueError
        Saying what it offers.
    """
    control = getattr(control, "slider", control)
    if hasattr(control, "options"):
        options = offered(control)
        known = isinstance(value, Hashable) and value in options  # an array has no single answer
        if not known or isinstance(value, bool) != isinstance(options[0], bool):
            words = _("{name} must be one of {offered}; got {value}.")
            raise ValueError(words.format(name=name, offered=_list(options, value), value=repr(value)))
        return
    if isinstance(control, widgets.Text):
        if not isinstance(value, str):
            raise ValueError(_("{name} is a text; got {value}.").format(name=name, value=repr(value)))
        return
    low, high = control.min, control.max
    whole = isinstance(control, widgets.IntSlider)
    number = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
    if not number or not low <= value <= high:
        words = _("{name} must be a number between {low} and {high}; got {value}.")
        if whole:
            words = _("{name} must be a whole number between {low} and {high}; got {value}.")
        raise ValueError(words.format(name=name, low=f"{low:g}", high=f"{high:g}", value=repr(value)))


def offered(control: Any) -> list[Any]:
    """List the values of a control that has options.

    Parameters
    ----------
    control : widget

    Returns
    -------
    list
    """
    return [option[1] if isinstance(option, tuple) else option for option in control.options]


def nearest(control: Any, value: float) -> Any:
    """Bring a number to the nearest value that a control of numbers offers.

    Parameters
    ----------
    control : widget
    value : float

    Returns
    -------
    int or float
    """
    control = getattr(control, "slider", control)
    if hasattr(control, "options"):
        return min(offered(control), key=lambda option: abs(option - value))
    value = float(np.clip(value, control.min, control.max))
    stepped = control.min + round((value - control.min) / control.step) * control.step
    return type(control.value)(round(min(stepped, control.max), 10))


def moved(control: Any, positions: int) -> Any:
    """Give the value that lies some positions from where a control of numbers stands, or at its end.

    Parameters
    ----------
    control : widget
    positions : int
        Below 0 for smaller values.

    Returns
    -------
    int or float
    """
    control = getattr(control, "slider", control)
    if hasattr(control, "options"):
        return offered(control)[int(np.clip(control.index + positions, 0, len(control.options) - 1))]
    return nearest(control, control.value + positions * control.step)


def _list(options: list[Any], value: Any) -> str:
    """List options for a message; of many numbers the ends, and those beside `value`."""
    if len(options) <= _FEW or not isinstance(value, int | float) or abs(value) > _FAR:
        return ", ".join(map(repr, options))
    beside = sorted(sorted(options, key=lambda option: abs(option - value))[:2])
    ends = ", ".join(f"{option:g}" for option in options[:3])
    words = _("{first}, … {last} (near yours are {below} and {above})")
    return words.format(first=ends, last=f"{options[-1]:g}", below=f"{beside[0]:g}", above=f"{beside[1]:g}")


def _layout() -> Any:
    return widgets.Layout(width=_WIDE)
