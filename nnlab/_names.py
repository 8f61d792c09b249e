"""Look up what a learner names by a string, and help when the name is not quite right."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any, TypeVar

T = TypeVar("T")


def look_up(kind: str, name: str, known: Mapping[str, T]) -> T:
    """Return the entry with this name; case and underscores do not matter, as in Keras.

    Parameters
    ----------
    kind : str
        What is looked up, for the message: "activation", "loss".
    name : str
    known : mapping of str to object

    Returns
    -------
    object

    Raises
    ------
    ValueError
        If there is no such name; the message suggests the nearest one.

    Examples
    --------
    >>> look_up("fruit", "RedApple", {"red_apple": 1})
    1
    """
    for entry, value in known.items():
        if _fold(entry) == _fold(name):
            return value
    near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.7)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise ValueError(f"unknown {kind} {name!r}: {hint}Known names: {', '.join(sorted(known))}.")


def _fold(name: str) -> str:
    return name.lower().replace("_", "")


def call_hint(value: Any) -> str:
    """Say what to do with a class that stands where an object should.

    Parameters
    ----------
    value : object

    Returns
    -------
    str
        Empty if it is not a class.
    """
    return f": write {value.__name__}(), with brackets" if isinstance(value, type) else ""
