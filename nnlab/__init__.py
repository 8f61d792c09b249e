"""nnlab: neural networks that you can read, and that retrain while you move a slider.

The public names are loaded when they are first used, so that ``import nnlab`` is quick and compiles nothing.
Begin to read with `nnlab.layers.core` and `nnlab.model`; what makes training fast is in `nnlab.engine`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnlab import (
        activations,
        autodiff,
        callbacks,
        course,
        datasets,
        explorers,
        initializers,
        layers,
        losses,
        metrics,
        optimizers,
        plots,
        regularizers,
    )
    from nnlab.finder import find_learning_rate
    from nnlab.gradient_check import gradcheck
    from nnlab.landscapes import landscape
    from nnlab.language import set_language
    from nnlab.layers import Input
    from nnlab.model import Model
    from nnlab.saving import load_model
    from nnlab.sequential import Sequential
    from nnlab.sweeping import sweep

__version__ = "0.1.0"

_SUBMODULES = (
    "activations",
    "autodiff",
    "callbacks",
    "course",
    "datasets",
    "explorers",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "optimizers",
    "plots",
    "regularizers",
)
_NAMES = {
    "Input": "nnlab.layers",
    "Model": "nnlab.model",
    "Sequential": "nnlab.sequential",
    "find_learning_rate": "nnlab.finder",
    "gradcheck": "nnlab.gradient_check",
    "landscape": "nnlab.landscapes",
    "load_model": "nnlab.saving",
    "set_language": "nnlab.language",
    "sweep": "nnlab.sweeping",
}

__all__ = [  # noqa: RUF022 (in reading order)
    "Sequential",
    "Model",
    "Input",
    "load_model",
    "sweep",
    "landscape",
    "find_learning_rate",
    "gradcheck",
    "set_language",
    "activations",
    "autodiff",
    "callbacks",
    "course",
    "datasets",
    "explorers",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "optimizers",
    "plots",
    "regularizers",
]


def __getattr__(name: str) -> Any:
    if name in _SUBMODULES:
        return importlib.import_module(f"nnlab.{name}")
    if name in _NAMES:
        return getattr(importlib.import_module(_NAMES[name]), name)
    raise AttributeError(f"nnlab has no attribute {name!r}; it has: {', '.join(__all__)}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
