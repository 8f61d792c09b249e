"""The controls of an explorer: ipywidgets in one look, and what values each of them takes.

Labels are translated by who calls, at the call.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets
import traitlets

from nnlab.language import _

_STYLE = {"description_width": "120px"}
_WIDE = "400px"


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
    return widgets.FloatSlider(
        value, min=low, max=high, step=step, description=label, readout_format=format, style=_STYLE, layout=_layout()
    )


def log_slider(label: str, value: float, low: float, high: float) -> Any:
    """Make a slider of numbers at equal ratios, such as learning rates; ten positions a factor of ten.

    Parameters
    ----------
    label : str
    value, low, high : float
        Positive.

    Returns
    -------
    ipywidgets.FloatLogSlider
    """
    return widgets.FloatLogSlider(
        value, base=10, min=math.log10(low), max=math.log10(high), step=0.1, description=label, readout_format=".2g",
        style=_STYLE, layout=_layout(),
    )  # fmt: skip


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
        widgets.jslink((self.play, "value"), (self.slider, "value"))
        traitlets.link((self.slider, "value"), (self, "value"))


def read(control: Any) -> Any:
    """Return a control's value; one of a logarithmic slider as its readout shows it.

    Parameters
    ----------
    control : widget

    Returns
    -------
    object
    """
    if isinstance(control, widgets.FloatLogSlider):
        return float(f"{control.value:.2g}")
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
        offered = [option[1] if isinstance(option, tuple) else option for option in control.options]
        if value not in offered or isinstance(value, bool) != isinstance(offered[0], bool):
            words = _("{name} must be one of {offered}; got {value}.")
            raise ValueError(words.format(name=name, offered=", ".join(map(repr, offered)), value=repr(value)))
        return
    if isinstance(control, widgets.Text):
        if not isinstance(value, str):
            raise ValueError(_("{name} is a text; got {value}.").format(name=name, value=repr(value)))
        return
    low, high = control.min, control.max
    if isinstance(control, widgets.FloatLogSlider):
        low, high = control.base**low, control.base**high
    whole = isinstance(control, widgets.IntSlider)
    number = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
    slack = 1e-9 * max(abs(low), abs(high))  # 10^-1 is not quite 0.1
    if not number or not low - slack <= value <= high + slack:
        words = _("{name} must be a number between {low} and {high}; got {value}.")
        if whole:
            words = _("{name} must be a whole number between {low} and {high}; got {value}.")
        raise ValueError(words.format(name=name, low=f"{low:g}", high=f"{high:g}", value=repr(value)))


def _layout() -> Any:
    return widgets.Layout(width=_WIDE)
