"""What a call is: a public function, used as learners use it, with arguments that are right."""

import copy
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ipywidgets import Widget


@dataclass(frozen=True)
class Call:
    """A function and arguments that it takes; the attack replaces them one by one."""

    run: Callable[..., Any]  # takes the arguments by name; returns what can be compared
    arguments: dict[str, Any]
    raises: tuple[type[Exception], ...] = ()  # documented, beside TypeError and ValueError
    leave_out: tuple[
        str, ...
    ] = ()  # labels of bad values that the argument is documented to take, or that cost too much
    words: bool = True  # whether each error has to be in nnlab's own words
    shared: frozenset[str] = frozenset()  # arguments that are the same ones in other functions of `shared_by`
    shared_by: str = ""

    def base(self):
        """Fresh arguments."""
        memo = {id(widget): widget for widget in self.arguments.values() if isinstance(widget, Widget)}
        return copy.deepcopy(self.arguments, memo)


def call(function, /, _raises=(), _leave_out=(), _use=lambda result: result, **given):
    """A call of a public function; arguments that are not given have their defaults."""
    return Call(lambda **arguments: _use(function(**arguments)), defaults(function) | given, _raises, _leave_out)


def defaults(function):
    """The arguments that have defaults."""
    parameters = inspect.signature(function).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not p.empty}
