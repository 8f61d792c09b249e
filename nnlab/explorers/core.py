"""What all explorers share. An explorer says four things: its controls, what it computes, what it draws, and in words.

Subclass `Explorer` and define ``make_controls``, ``compute``, ``draw`` and ``update``, and ``describe``; all else is
done here: layout, one figure, the latest state winning, quick pictures under the finger and sharp ones at rest, the
banner, presets, Reset, the line of Python to copy, pointer, keyboard, the static twin. How states replace each other
stands in `nnlab.explorers._live`, how pictures reach the page in `nnlab.explorers._figure`.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any, TypeVar

import ipywidgets as widgets
import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from nnlab import engine
from nnlab.explorers import controls as control_kinds
from nnlab.explorers._cells import shown
from nnlab.explorers._figure import FigureWidget, Stage, twin
from nnlab.explorers._handles import Handle, Handles
from nnlab.explorers._live import Live, Run, compiler
from nnlab.language import _
from nnlab.plots.style import Picture, applied, new_figure

Arrays = dict[str, Any]
Values = SimpleNamespace  # the controls' values by name

REST = 0.15  # seconds without a new state after which the sharp picture is made
GONE = 10.0  # seconds without the page's word after which a run is given up

F = TypeVar("F", bound=Callable[..., Any])


def explorer(chapter: str) -> Callable[[F], F]:
    """Mark a function that makes an explorer with the chapter it belongs to (a decorator).

    Parameters
    ----------
    chapter : str
        Such as "03".

    Returns
    -------
    callable
    """

    def mark(function: F) -> F:
        function.chapter = chapter  # type: ignore[attr-defined]
        return function

    return mark


class Task:
    """One computation, as `Explorer.compute` sees it.

    Attributes
    ----------
    stop : threading.Event
        Set when the computation is no longer needed; give it to ``model.fit(stop=...)``.
    eagerly : bool
        Whether the compiled code is not there yet: give it to ``model.compile(run_eagerly=...)``.
    """

    def __init__(self, explorer: Explorer, run: Run[Values]) -> None:
        self._explorer, self._run = explorer, run
        self.stop = run.stop
        self._begun = time.monotonic()
        self.eagerly = not compiler.ready()

    @property
    def watched(self) -> bool:
        """Whether a picture of the present arrays would be shown: worth asking before making them."""
        return self._run.live and self._explorer.figure.ready

    def show(self, arrays: Arrays) -> None:
        """Show how far the computation is; returns at once where the page is not ready for another picture.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As `Explorer.compute` returns them.
        """
        figure = self._explorer.figure
        if self._run.live and not figure.ready and time.monotonic() - max(figure.sent, self._begun) > GONE:
            self._explorer._given_up = True
            self.stop.set()
        if self.watched:
            self._explorer._show(self._run.state, arrays, final=False)
            self._run.drew()


class Explorer(widgets.VBox):  # type: ignore[misc]
    """A figure with controls that computes anew whenever one of them moves.

    Parameters
    ----------
    **values
        Where the controls stand at first.

    Attributes
    ----------
    controls : dict of str to widget
    figure : FigureWidget
    handles : Handles
    pressed : bool
        Whether what the pointer did last was to be pressed; else it was dragged.
    """

    name = "explorer"
    size = (840, 320)  # of the figure, in pixels of the page
    rows: tuple[tuple[str, ...], ...] = ()  # names of the controls that stand side by side
    presets: Mapping[str, Mapping[str, Any]] = {}  # label -> values; labels are marked for translation with N_
    pointer: Mapping[str, tuple[Handle, ...]] = {}  # axes' label -> what can be dragged there
    trains = False  # whether it needs the compiled runner
    pressed = False

    def make_controls(self) -> dict[str, Any]:
        """Make the controls, with functions of `nnlab.explorers.controls`."""
        raise NotImplementedError(f"{type(self).__name__} has to define make_controls()")

    def compute(self, values: Values, task: Task) -> Arrays:
        """Compute what is drawn, from the controls' values; may call ``task.show`` with what is there already."""
        raise NotImplementedError(f"{type(self).__name__} has to define compute(values, task)")

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw what stands still, once, and return the artists that move, in drawing order."""
        raise NotImplementedError(f"{type(self).__name__} has to define draw(figure)")

    def update(self, values: Values, arrays: Arrays) -> None:
        """Give the moving artists their data."""
        raise NotImplementedError(f"{type(self).__name__} has to define update(values, arrays)")

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say what the finished picture shows, in words that another processor's last bit does not change."""
        raise NotImplementedError(f"{type(self).__name__} has to define describe(values, arrays)")

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Explain what went wrong, such as divergence; empty where nothing did."""
        return ""

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say in a line what the picture is of."""
        return ""

    def pointed(self, axes: str, x: float, y: float) -> None:
        """Take a click or drag at a place in data coordinates; moves the handle that the pointer holds.

        Parameters
        ----------
        axes : str
            Their label.
        x, y : float
        """
        self.set(**self.handles.follow(axes, x, y))

    def __init__(self, **values: Any) -> None:
        self._live: Live[Values] = Live(self._work, self._failed)  # first: what fails below is closed
        self._drawing = threading.RLock()
        self._quiet = False  # while several controls are set at once
        self._arrays: Arrays = {}
        self._given_up = False  # a run was stopped because the page had gone silent
        self.controls = self.make_controls()
        self._put(self._checked(values))
        self._first = dict(vars(self._values()))
        with applied():
            picture = new_figure(*self.size, layout=None)
            self._stage = Stage(picture, self.draw(picture))
        self.handles = Handles(picture, self.pointer, self.controls)
        self.figure = FigureWidget(width=self.size[0], height=self.size[1], name=self.name, code=self.code())
        self.figure.answered = self._page_is_back
        if self.pointer:
            self.figure.points, self.figure.pointed, self.figure.stepped = True, self._pointed, self._stepped
            self.figure.begin = self.handles.ring()
        self.figure.words = self._words_of_the_page()
        for control in self.controls.values():
            control.observe(self._moved, names="value")
        super().__init__([*self._layout(), self._buttons(), self.figure])
        self.add_class("nnlab-explorer")
        if self.trains:
            compiler.start()
            # What is compiled is only to be loaded; what is not may take long, and the formulas begin.
            if not compiler.ready(timeout=30.0 if engine.is_compiled() else 1.0):
                compiler.then(self._compiled)
        self._live.now(self._values())

    @property
    def data(self) -> dict[str, NDArray[Any]]:
        """The arrays as drawn, by name."""
        with self._drawing:
            return {name: np.array(a) for name, a in self._arrays.items() if not name.startswith("_")}

    @property
    def alt(self) -> str:
        """What the picture shows, in a sentence or two."""
        return self.figure.latest[1]

    @property
    def png(self) -> bytes:
        """The picture as PNG."""
        return self.figure.latest[0]

    def set(self, **values: Any) -> None:
        """Move controls, all at once.

        Parameters
        ----------
        **values
            By the names in ``controls``.

        Raises
        ------
        ValueError
            If a control does not exist or does not offer the value; then none has moved.
        """
        self._put(self._checked(values))
        self._moved()

    def code(self) -> str:
        """Give the line of Python that reproduces the present state."""
        values = ", ".join(f"{name}={_write(value)}" for name, value in vars(self._values()).items())
        return f"explorers.{self.name}({values})"

    def settle(self, timeout: float = 60.0) -> None:
        """Wait for the sharp picture of the present state.

        Parameters
        ----------
        timeout : float
            Seconds.

        Raises
        ------
        TimeoutError
            If it takes longer.
        """
        self._live.settle(timeout)

    def close(self) -> None:
        """Take it out of the page; a run under way ends."""
        self._live.stop()
        super().close()

    def _words_of_the_page(self) -> dict[str, str]:
        """Say what stands in the page beside the picture."""
        words = {
            "copy": _("Copy"),
            "copied": _("Copied"),
            "hint": _("Copy the line of Python that gives this state"),
            "play": _("Play"),
            "pause": _("Pause"),
            "stop": _("Back to the beginning"),
            "retweet": _("Repeat"),
        }
        if any(isinstance(name, str) for handles in self.pointer.values() for handle in handles for name in handle):
            words["keys"] = _(
                "Arrow keys move a point of the picture, with Shift in larger steps; Space takes the next point."
            )
        elif self.pointer:
            words["pen"] = _(
                "Arrow keys move the pointer in the picture, with Shift in small steps; Space presses or lifts it."
            )
        return words

    def _values(self) -> Values:
        return Values(**{name: control_kinds.read(control) for name, control in self.controls.items()})

    def _checked(self, values: dict[str, Any]) -> dict[str, Any]:
        for name, value in values.items():
            if name not in self.controls:
                known = ", ".join(self.controls)
                raise ValueError(
                    _("{explorer} has no control {name!r}; it has: {known}.").format(
                        explorer=self.name, name=name, known=known
                    )
                )
            value = values[name] = value.item() if isinstance(value, np.generic) else value
            control_kinds.check(self.controls[name], f"{self.name}: {name}", value)
        return values

    def _put(self, values: Mapping[str, Any]) -> None:
        self._quiet = True
        try:
            for name, value in values.items():
                self.controls[name].value = value
        finally:
            self._quiet = False

    def _moved(self, _change: object = None) -> None:
        if not self._quiet:
            self._live.request(self._values())

    def _pointed(self, x: float, y: float, pressed: bool) -> None:
        """Take a press or a drag; x and y are shares of the figure, from its upper left corner."""
        try:
            with self._drawing:  # a picture under way may change the scale meanwhile
                self.pressed = pressed
                found = self.handles.under(x, y, pressed)
            if found:
                self.pointed(*found)
        except Exception as error:  # a callback's exception would be lost
            self._failed(error)

    def _stepped(self, right: int, up: int) -> None:
        """Take an arrow key, or Space where both are 0."""
        self.set(**self.handles.step(right, up))
        with self._drawing:
            ring = self.handles.ring()
        self.figure.send({"ring": ring})

    def _work(self, run: Run[Values]) -> None:
        """Compute one state: quick pictures under the finger, the sharp one when it rests."""
        with np.errstate(all="ignore"):  # what diverges is a lesson here: it gets a banner, not a warning
            begin = time.monotonic()
            arrays = self.compute(run.state, Task(self, run))
            if run.stop.is_set():
                return
            rest = max(0.0, REST - (time.monotonic() - begin))  # a long computation was rest enough
            if run.live and (rest or self._live.moved_within(0.0)):
                if self.figure.ready:
                    self._show(run.state, arrays, final=False)
                run.drew()
                if self._live.moved_within(rest):
                    return
            self._show(run.state, arrays, final=True)

    def _show(self, values: Values, arrays: Arrays, final: bool) -> None:
        with self._drawing:
            with applied():
                self.update(values, arrays)
            png = self._stage.png(2 if final else 1)
            self._arrays = arrays
            text = {"banner": self.warn(values, arrays), "status": self._status(values, arrays), "code": self.code()}
            if final:
                text["alt"] = self.describe(values, arrays)
            self.figure.show(png, **text)

    def _status(self, values: Values, arrays: Arrays) -> str:
        if self.trains and compiler.error is not None:
            words = _("No compiled code ({reason}): the formulas train, more slowly.")
            return words.format(reason=compiler.error)
        if self.trains and compiler.at_work():
            return _(
                "The compiler is at work, once on this computer. Until it is done the formulas train, more slowly."
            )
        return self.status(values, arrays)

    def _page_is_back(self) -> None:
        """Compute what a silent page has missed."""
        if self._given_up:
            self._given_up = False
            self._live.request(self._values())

    def _compiled(self) -> None:
        if self.comm is not None:  # else it was closed meanwhile
            self._live.request(self._values())  # anew, with compiled code

    def _failed(self, error: BaseException) -> None:
        """Show an error in the explorer: an exception in a thread would be lost."""
        with self._drawing:
            words = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
            alt = _("Nothing could be drawn: {reason}").format(reason=words)
            self.figure.show(
                self.figure.latest[0] or self._stage.png(2), banner=words, alt=alt, code=self.code(), status=""
            )

    def _layout(self) -> list[Any]:
        """Put the controls into rows."""
        rows = self.rows or tuple((name,) for name in self.controls)
        flow = widgets.Layout(flex_flow="row wrap", align_items="center")
        return [widgets.HBox([self.controls[name] for name in row], layout=flow) for row in rows]

    def _buttons(self) -> Any:
        title = _("presets") if self.presets else ""
        row = [widgets.Label(title, layout=widgets.Layout(width="120px", justify_content="flex-end"))]
        presets = {**{_(name): values for name, values in self.presets.items()}, _("Reset"): self._first}
        for label, values in presets.items():
            row.append(_button(label, partial(self.set, **values)))
        row[-1].icon = "undo"
        buttons = widgets.HBox(row, layout=widgets.Layout(flex_flow="row wrap"))
        buttons.add_class("nnlab-presets")
        return buttons

    def small_png(self) -> bytes:
        """Return the sharp picture of the present state in 256 colors, to be stored in a notebook."""
        with self._drawing:
            return self._stage.png(2, small=True)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Give a notebook the live view, and beside it the picture and its text."""
        self.settle()  # controls may have been set in the same cell
        shown(self)
        text = f"{self.name}: {self.alt}"
        return twin(super()._repr_mimebundle_(**kwargs), self.small_png(), text, *self.size)


def _button(label: str, action: Callable[[], None]) -> Any:
    button = widgets.Button(description=label, layout=widgets.Layout(width="auto"))
    button.on_click(lambda _clicked: action())
    return button


def _write(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return repr(value).removesuffix(".0")
