"""Look up what a learner names by a string, and help when the name is not quite right."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


def look_up(kind: str, name: str, known: Mapping[str, T]) -> T:
    """Return the entry with this name.

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
    """
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise ValueError(f"unknown {kind} {name!r}: {hint}Known names: {', '.join(sorted(known))}.")
