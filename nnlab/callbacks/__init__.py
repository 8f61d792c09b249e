"""Callbacks: what happens beside the training. Names are those of Keras 3; `on_progress` is an addition."""

from nnlab.callbacks.base import Callback, History, LambdaCallback, Logs
from nnlab.callbacks.keeping import CSVLogger, ModelCheckpoint
from nnlab.callbacks.rates import LearningRateScheduler, ReduceLROnPlateau
from nnlab.callbacks.shown import EpochLines, ProgressBar, format_logs
from nnlab.callbacks.stopping import EarlyStopping, Monitor, TerminateOnNaN

__all__ = [
    "CSVLogger",
    "Callback",
    "EarlyStopping",
    "EpochLines",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "Logs",
    "ModelCheckpoint",
    "Monitor",
    "ProgressBar",
    "ReduceLROnPlateau",
    "TerminateOnNaN",
    "format_logs",
]
