"""Explorers: figures under the learner's finger that retrain or recompute for real while a slider moves.

Each is one line in a notebook. They use `nnlab.plots` and the public API, never the other way round. Begin with
`nnlab.explorers.digits`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnlab.explorers.digits import train_digits
    from nnlab.explorers.pad import digit_pad

__all__ = ["digit_pad", "train_digits"]

_HOME = {"digit_pad": "pad", "train_digits": "digits"}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"nnlab.explorers.{_HOME[name]}"), name)
    raise AttributeError(f"nnlab.explorers has no attribute {name!r}; it has: {', '.join(__all__)}")


def __dir__() -> list[str]:
    return list(__all__)
