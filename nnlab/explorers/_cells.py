"""A widget of ours lives as long as a cell shows it, or a variable of the notebook names it, or a list that holds it.

ipywidgets keeps every widget for as long as the kernel runs: a cell that a learner runs a hundred times would keep a
hundred explorers, 10 MB each, in the kernel and in the page. So they are closed when their cell has run again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ipywidgets import Widget


class Cells:
    """Which cell of a notebook shows which widgets.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
        The notebook's. A front end that does not name its cells, or a plain Python, keeps its widgets.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._shown: list[tuple[str, str, Widget]] = []  # cell, request to run it, widget
        shell.events.register("post_run_cell", self._ran)

    def show(self, widget: Widget) -> None:
        """Note that the cell which runs now shows a widget."""
        cell, request = self._now()
        if cell:
            self._shown.append((cell, request, widget))

    def _now(self) -> tuple[str, str]:
        """Cell and request that are being answered; a widget's message belongs to no cell."""
        parent: dict[str, Any] = getattr(self._shell, "get_parent", dict)()
        return parent.get("metadata", {}).get("cellId", ""), parent.get("header", {}).get("msg_id", "")

    def _ran(self, _result: object) -> None:
        """Close what the cell showed when it ran before."""
        cell, request = self._now()
        before = [entry for entry in self._shown if cell and entry[0] == cell and entry[1] != request]
        if not before:
            return
        named = list(_named(self._shell.user_ns))
        # What has a name may be shown again: it is asked for again when the cell runs again.
        left = [entry for entry in before if not any(entry[2] is widget for widget in named)]
        self._shown = [entry for entry in self._shown if entry not in left]
        kept = {id(part) for widget in (*named, *(entry[2] for entry in self._shown)) for part in parts(widget)}
        for _cell, _request, widget in left:
            self._forget(widget)
            for part in parts(widget):
                if id(part) not in kept:
                    part.close()

    def _forget(self, widget: Widget) -> None:
        """Take it out of IPython's memory of outputs, ``Out`` and ``_``."""
        outputs = self._shell.user_ns.get("_oh", {})
        for number in [number for number, output in outputs.items() if output is widget]:
            if f"_{number}" in self._shell.user_ns:
                self._shell.del_var(f"_{number}", by_name=False)


def _named(variables: dict[str, Any]) -> Iterator[Widget]:
    """Yield the widgets that a learner can still name: in variables, and in lists, tuples and dicts that these name."""
    for name, value in variables.items():
        if not _OF_IPYTHON.fullmatch(name):
            inside = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
            yield from (part for part in (value, *inside) if isinstance(part, Widget))


_OF_IPYTHON = re.compile(r"_+|_[0-9]+|_oh|Out")  # its memory of outputs is no name of the learner's
_cells: list[Cells] = []  # none or one


def shown(widget: Widget) -> None:
    """Note that the cell which runs now shows a widget, which is closed when the cell has run again.

    Parameters
    ----------
    widget : Widget
    """
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        return
    if not _cells:
        _cells.append(Cells(shell))
    _cells[0].show(widget)


def parts(widget: Widget) -> list[Widget]:
    """Return a widget and all widgets that it is made of.

    Parameters
    ----------
    widget : Widget

    Returns
    -------
    list of Widget
        Whatever its traits and attributes hold, and theirs.
    """
    found = {id(widget): widget}
    waiting = [widget]
    while waiting:
        for part in _held(vars(waiting.pop())):
            if id(part) not in found:
                found[id(part)] = part
                waiting.append(part)
    return list(found.values())


def _held(value: Any) -> Iterator[Widget]:
    if isinstance(value, Widget):
        yield value
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _held(part)
