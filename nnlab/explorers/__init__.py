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
    from nnlab.explorers.chapter_01.hidden_layer import hidden_layer
    from nnlab.explorers.chapter_01.perceptron_steps import perceptron_steps
    from nnlab.explorers.chapter_01.threshold_unit import threshold_unit
    from nnlab.explorers.chapter_02.neuron_by_hand import neuron_by_hand
    from nnlab.explorers.chapter_02.neuron_surface import neuron_surface
    from nnlab.explorers.chapter_02.neuron_training import neuron_training
    from nnlab.explorers.chapter_03.activation_curve import activation_curve
    from nnlab.explorers.chapter_03.activation_race import activation_race
    from nnlab.explorers.chapter_03.own_activation import own_activation
    from nnlab.explorers.chapter_03.signal_depth import signal_depth
    from nnlab.explorers.chapter_04.bending_plane import bending_plane
    from nnlab.explorers.chapter_04.random_surface import random_surface
    from nnlab.explorers.chapter_04.shape_panel import shape_panel
    from nnlab.explorers.chapter_05.loss_scalings import loss_scalings
    from nnlab.explorers.chapter_05.outlier_losses import outlier_losses
    from nnlab.explorers.chapter_05.prediction_drag import prediction_drag
    from nnlab.explorers.chapter_06.batch_noise import batch_noise
    from nnlab.explorers.chapter_06.gradient_descent import gradient_descent
    from nnlab.explorers.chapter_06.phase_map import phase_map
    from nnlab.explorers.chapter_07.backward_matrices import backward_matrices
    from nnlab.explorers.chapter_07.finite_difference import finite_difference
    from nnlab.explorers.chapter_07.gradient_quiz import gradient_quiz
    from nnlab.explorers.chapter_07.graph_scrubber import graph_scrubber
    from nnlab.explorers.chapter_08.optimizer_digits import optimizer_digits
    from nnlab.explorers.chapter_08.optimizer_race import optimizer_race
    from nnlab.explorers.chapter_08.schedule_pad import schedule_pad
    from nnlab.explorers.chapter_09.clinic import clinic
    from nnlab.explorers.chapter_09.playground import playground
    from nnlab.explorers.chapter_09.threshold_metrics import threshold_metrics
    from nnlab.explorers.chapter_10.extrapolation import extrapolation
    from nnlab.explorers.chapter_10.line_training import line_training
    from nnlab.explorers.chapter_10.loss_causes import loss_causes
    from nnlab.explorers.chapter_11.flipped_labels import flipped_labels
    from nnlab.explorers.chapter_11.gradient_spread import gradient_spread
    from nnlab.explorers.chapter_11.memory_or_rule import memory_or_rule
    from nnlab.explorers.chapter_11.point_by_point import point_by_point
    from nnlab.explorers.chapter_12.digits import train_digits
    from nnlab.explorers.chapter_12.more import more_digits
    from nnlab.explorers.chapter_12.pad import digit_pad
    from nnlab.explorers.chapter_12.units import units_over_time
    from nnlab.explorers.chapter_13.cnn_training import cnn_training
    from nnlab.explorers.chapter_13.feature_maps import feature_maps
    from nnlab.explorers.chapter_13.kernel_window import kernel_window
    from nnlab.explorers.chapter_13.window_sizes import window_sizes
    from nnlab.explorers.chapter_14.forecast_horizon import forecast_horizon
    from nnlab.explorers.chapter_14.lstm_gates import lstm_gates
    from nnlab.explorers.chapter_14.temperature_names import temperature_names
    from nnlab.explorers.chapter_14.unrolled_rnn import unrolled_rnn

__all__ = [
    "activation_curve",
    "activation_race",
    "backward_matrices",
    "batch_noise",
    "bending_plane",
    "catalogue",
    "clinic",
    "cnn_training",
    "digit_pad",
    "extrapolation",
    "feature_maps",
    "finite_difference",
    "flipped_labels",
    "forecast_horizon",
    "gradient_descent",
    "gradient_quiz",
    "gradient_spread",
    "graph_scrubber",
    "hidden_layer",
    "kernel_window",
    "line_training",
    "loss_causes",
    "loss_scalings",
    "lstm_gates",
    "memory_or_rule",
    "more_digits",
    "neuron_by_hand",
    "neuron_surface",
    "neuron_training",
    "optimizer_digits",
    "optimizer_race",
    "outlier_losses",
    "own_activation",
    "perceptron_steps",
    "phase_map",
    "playground",
    "point_by_point",
    "prediction_drag",
    "random_surface",
    "schedule_pad",
    "shape_panel",
    "signal_depth",
    "temperature_names",
    "threshold_metrics",
    "threshold_unit",
    "train_digits",
    "units_over_time",
    "unrolled_rnn",
    "window_sizes",
]

_HOME = {
    "activation_curve": "chapter_03.activation_curve",
    "activation_race": "chapter_03.activation_race",
    "backward_matrices": "chapter_07.backward_matrices",
    "batch_noise": "chapter_06.batch_noise",
    "bending_plane": "chapter_04.bending_plane",
    "clinic": "chapter_09.clinic",
    "cnn_training": "chapter_13.cnn_training",
    "digit_pad": "chapter_12.pad",
    "extrapolation": "chapter_10.extrapolation",
    "feature_maps": "chapter_13.feature_maps",
    "finite_difference": "chapter_07.finite_difference",
    "flipped_labels": "chapter_11.flipped_labels",
    "forecast_horizon": "chapter_14.forecast_horizon",
    "gradient_descent": "chapter_06.gradient_descent",
    "gradient_quiz": "chapter_07.gradient_quiz",
    "gradient_spread": "chapter_11.gradient_spread",
    "graph_scrubber": "chapter_07.graph_scrubber",
    "hidden_layer": "chapter_01.hidden_layer",
    "kernel_window": "chapter_13.kernel_window",
    "line_training": "chapter_10.line_training",
    "loss_causes": "chapter_10.loss_causes",
    "loss_scalings": "chapter_05.loss_scalings",
    "lstm_gates": "chapter_14.lstm_gates",
    "memory_or_rule": "chapter_11.memory_or_rule",
    "more_digits": "chapter_12.more",
    "neuron_by_hand": "chapter_02.neuron_by_hand",
    "neuron_surface": "chapter_02.neuron_surface",
    "neuron_training": "chapter_02.neuron_training",
    "optimizer_digits": "chapter_08.optimizer_digits",
    "optimizer_race": "chapter_08.optimizer_race",
    "outlier_losses": "chapter_05.outlier_losses",
    "own_activation": "chapter_03.own_activation",
    "perceptron_steps": "chapter_01.perceptron_steps",
    "phase_map": "chapter_06.phase_map",
    "playground": "chapter_09.playground",
    "point_by_point": "chapter_11.point_by_point",
    "prediction_drag": "chapter_05.prediction_drag",
    "random_surface": "chapter_04.random_surface",
    "schedule_pad": "chapter_08.schedule_pad",
    "shape_panel": "chapter_04.shape_panel",
    "signal_depth": "chapter_03.signal_depth",
    "temperature_names": "chapter_14.temperature_names",
    "threshold_metrics": "chapter_09.threshold_metrics",
    "threshold_unit": "chapter_01.threshold_unit",
    "train_digits": "chapter_12.digits",
    "units_over_time": "chapter_12.units",
    "unrolled_rnn": "chapter_14.unrolled_rnn",
    "window_sizes": "chapter_13.window_sizes",
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
