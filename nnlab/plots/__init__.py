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
    from nnlab.plots.bands import seed_bands
    from nnlab.plots.batches import batch
    from nnlab.plots.convolutions import shared_matrix, through_network
    from nnlab.plots.descents import loss_contours, parabolas
    from nnlab.plots.digits import signal_flow, widths
    from nnlab.plots.fits import fits, mended
    from nnlab.plots.graphs import graph
    from nnlab.plots.grids import images, mistakes, weights
    from nnlab.plots.lines import curves, seeds
    from nnlab.plots.losses import best_constants, noise_and_loss, pulls, runs
    from nnlab.plots.maps import course_map
    from nnlab.plots.neuron import filtered, neuron_lines, one_neuron, responses
    from nnlab.plots.optimizers import range_test, rates_and_seeds, schedules, tuned
    from nnlab.plots.passes import costs
    from nnlab.plots.permutations import permutation_test
    from nnlab.plots.planes import bent_plane
    from nnlab.plots.sequences import unrolled
    from nnlab.plots.style import Picture, new_figure
    from nnlab.plots.timelines import timeline
    from nnlab.plots.training import learning_curves
    from nnlab.plots.units import cell_and_unit, hidden_space, unit_to_network
    from nnlab.plots.ways import mistakes_and_bound, nested_ways

__all__ = [
    "Picture",
    "activation_family",
    "batch",
    "bends",
    "bent_plane",
    "best_constants",
    "cell_and_unit",
    "confusion_matrix",
    "costs",
    "course_map",
    "curves",
    "filtered",
    "fits",
    "graph",
    "hidden_space",
    "images",
    "learning_curves",
    "loss_contours",
    "mended",
    "mistakes",
    "mistakes_and_bound",
    "nested_ways",
    "neuron_lines",
    "new_figure",
    "noise_and_loss",
    "one_neuron",
    "parabolas",
    "permutation_test",
    "probabilities",
    "pulls",
    "range_test",
    "rates_and_seeds",
    "responses",
    "runs",
    "schedules",
    "seed_bands",
    "seeds",
    "shared_matrix",
    "signal_flow",
    "through_network",
    "timeline",
    "tuned",
    "unit_to_network",
    "unrolled",
    "weights",
    "widths",
]

_HOME = {
    "Picture": "style",
    "activation_family": "activations",
    "batch": "batches",
    "bends": "activations",
    "bent_plane": "planes",
    "best_constants": "losses",
    "cell_and_unit": "units",
    "confusion_matrix": "answers",
    "costs": "passes",
    "course_map": "maps",
    "curves": "lines",
    "filtered": "neuron",
    "fits": "fits",
    "graph": "graphs",
    "hidden_space": "units",
    "images": "grids",
    "learning_curves": "training",
    "loss_contours": "descents",
    "mended": "fits",
    "mistakes": "grids",
    "mistakes_and_bound": "ways",
    "nested_ways": "ways",
    "neuron_lines": "neuron",
    "new_figure": "style",
    "noise_and_loss": "losses",
    "one_neuron": "neuron",
    "parabolas": "descents",
    "permutation_test": "permutations",
    "probabilities": "answers",
    "pulls": "losses",
    "range_test": "optimizers",
    "rates_and_seeds": "optimizers",
    "responses": "neuron",
    "runs": "losses",
    "schedules": "optimizers",
    "seed_bands": "bands",
    "seeds": "lines",
    "shared_matrix": "convolutions",
    "signal_flow": "digits",
    "through_network": "convolutions",
    "timeline": "timelines",
    "tuned": "optimizers",
    "unit_to_network": "units",
    "unrolled": "sequences",
    "weights": "grids",
    "widths": "digits",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(importlib.import_module(f"nnlab.plots.{_HOME[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"nnlab.plots has no attribute {name!r}; it has: {', '.join(__all__)}")


def __dir__() -> list[str]:
    return list(__all__)
