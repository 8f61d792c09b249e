"""Figures: data in, a matplotlib figure out. Nothing here knows widgets.

matplotlib is loaded with the first figure. A cell that ends in ``plots.confusion_matrix(y, p)`` shows the
picture and stores its alternative text. Colors and style are in `nnlab.plots.style`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnlab.plots.activations import activation_family, bends
    from nnlab.plots.answers import confusion_matrix, probabilities
    from nnlab.plots.graphs import graph
    from nnlab.plots.grids import images, mistakes, weights
    from nnlab.plots.lines import curves, seeds
    from nnlab.plots.style import Picture, new_figure
    from nnlab.plots.training import learning_curves

__all__ = [
    "Picture",
    "activation_family",
    "bends",
    "confusion_matrix",
    "curves",
    "graph",
    "images",
    "learning_curves",
    "mistakes",
    "new_figure",
    "probabilities",
    "seeds",
    "weights",
]

_HOME = {
    "Picture": "style",
    "activation_family": "activations",
    "bends": "activations",
    "confusion_matrix": "answers",
    "curves": "lines",
    "graph": "graphs",
    "images": "grids",
    "learning_curves": "training",
    "mistakes": "grids",
    "new_figure": "style",
    "probabilities": "answers",
    "seeds": "lines",
    "weights": "grids",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(importlib.import_module(f"nnlab.plots.{_HOME[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"nnlab.plots has no attribute {name!r}; it has: {', '.join(__all__)}")


def __dir__() -> list[str]:
    return list(__all__)
