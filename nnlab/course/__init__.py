"""Exercises that say what is wrong, hints, solutions, recall questions, and what a learner has done so far.

Chapters write ``from nnlab.course import check, hint, solution, recall, progress``. Begin to read with
`nnlab.course.checking`; what an exercise is stands in `nnlab.course.exercise`, and those of a chapter in modules
such as `nnlab.course.chapter_03_functions`. Widgets and matplotlib are loaded only when something asks for them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnlab.course.checking import check, hint, solution
    from nnlab.course.overview import progress
    from nnlab.course.predicting import predict
    from nnlab.course.recalling import recall

__all__ = ["check", "hint", "predict", "progress", "recall", "solution"]

_HOME = {
    "check": "checking",
    "hint": "checking",
    "predict": "predicting",
    "solution": "checking",
    "progress": "overview",
    "recall": "recalling",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(importlib.import_module(f"nnlab.course.{_HOME[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"nnlab.course has no attribute {name!r}; it has: {', '.join(__all__)}")


def __dir__() -> list[str]:
    return list(__all__)
