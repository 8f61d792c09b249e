"""Explorers: figures under the learner's finger that retrain or recompute for real while a slider moves.

Each is one line in a notebook. They use `nnlab.plots` and the public API, never the other way round. Begin with
`nnlab.explorers.digits`.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnlab.explorers.activation_curve import activation_curve
    from nnlab.explorers.activation_race import activation_race
    from nnlab.explorers.digits import train_digits
    from nnlab.explorers.own_activation import own_activation
    from nnlab.explorers.pad import digit_pad
    from nnlab.explorers.signal_depth import signal_depth

__all__ = [
    "activation_curve",
    "activation_race",
    "catalogue",
    "digit_pad",
    "own_activation",
    "signal_depth",
    "train_digits",
]

_HOME = {
    "activation_curve": "activation_curve",
    "activation_race": "activation_race",
    "digit_pad": "pad",
    "own_activation": "own_activation",
    "signal_depth": "signal_depth",
    "train_digits": "digits",
}


def catalogue() -> dict[str, Callable[..., Any]]:
    """List all explorers in the order of their chapters.

    Returns
    -------
    dict of str to callable
        From each name to the function that makes the explorer; all its arguments have defaults, and its ``chapter``
        is such as "03".

    Examples
    --------
    >>> catalogue()["activation_race"].chapter
    '03'
    """
    functions = {name: __getattr__(name) for name in _HOME}
    return dict(sorted(functions.items(), key=lambda item: (item[1].chapter, item[0])))


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"nnlab.explorers.{_HOME[name]}"), name)
    raise AttributeError(f"nnlab.explorers has no attribute {name!r}; it has: {', '.join(__all__)}")


def __dir__() -> list[str]:
    return list(__all__)


class _Package(ModuleType):
    """Keeps an explorer's name for its function, where importing a module of the same name would take it."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
