"""Explorers: figures under the learner's finger that retrain or recompute for real while a slider moves.

Each is one line in a notebook. They use `nnlab.plots` and the public API, never the other way round. Begin with
`nnlab.explorers.core`, then
`nnlab.explorers.chapter_03.activation_curve`, the smallest.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnlab.explorers.chapter_03.activation_curve import activation_curve
    from nnlab.explorers.chapter_03.activation_race import activation_race
    from nnlab.explorers.chapter_03.own_activation import own_activation
    from nnlab.explorers.chapter_03.signal_depth import signal_depth
    from nnlab.explorers.chapter_12.digits import train_digits
    from nnlab.explorers.chapter_12.pad import digit_pad

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
    "activation_curve": "chapter_03.activation_curve",
    "activation_race": "chapter_03.activation_race",
    "digit_pad": "chapter_12.pad",
    "own_activation": "chapter_03.own_activation",
    "signal_depth": "chapter_03.signal_depth",
    "train_digits": "chapter_12.digits",
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
