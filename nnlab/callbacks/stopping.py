"""Callbacks that end a training, or shorten its steps, by what they see."""

from __future__ import annotations

import math
from typing import Any

from numpy.typing import NDArray

from nnlab._numbers import check_flag, check_number, check_verbose, is_one_of, is_whole
from nnlab.callbacks.base import Callback, Logs

Array = NDArray[Any]


class TerminateOnNaN(Callback):
    """Stops the training after an epoch whose loss, or loss on the validation data, is not finite.

    ``fit`` itself stops at a step whose training loss is not finite; this also watches the validation data.
    """

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Look at the losses."""
        if not all(math.isfinite(value) for name, value in (logs or {}).items() if name in ("loss", "val_loss")):
            self.model.stop_training = True


class Monitor(Callback):
    """What callbacks share that watch whether a number gets better: what is better, and where the number is found."""

    def __init__(self, monitor: str, mode: str, min_delta: float) -> None:
        if not isinstance(monitor, str):
            raise TypeError(f"monitor is the name of a number, such as 'val_loss', got {monitor!r}")
        if not is_one_of(mode, ("auto", "min", "max")):
            raise ValueError(f"mode is 'auto', 'min' or 'max', got {mode!r}")
        self.monitor, self.mode = monitor, mode
        self.min_delta = check_number("min_delta", min_delta, at_least=0)
        rises = mode == "max" or (mode == "auto" and monitor.endswith(("accuracy", "acc")))
        self._sign = -1.0 if rises else 1.0

    def watched(self, logs: Logs | None) -> float:
        """Return the number that is watched.

        Parameters
        ----------
        logs : dict of str to float

        Returns
        -------
        float

        Raises
        ------
        ValueError
            If there is none of this name.
        """
        if self.monitor not in (logs or {}):
            hint = " Give fit validation_data or validation_split." if self.monitor.startswith("val_") else ""
            raise ValueError(
                f"{type(self).__name__} watches {self.monitor!r}; there is: {', '.join(logs or {})}.{hint}"
            )
        return (logs or {})[self.monitor]

    def better(self, value: float, than: float) -> bool:
        """Say whether a value is better than another, by more than ``min_delta``."""
        return self._sign * value < self._sign * than - self.min_delta

    def worst(self) -> float:
        """Return the value that any other is better than."""
        return self._sign * math.inf


def _check_epochs(**given: Any) -> None:
    for name, value in given.items():
        if not is_whole(value) or value < 0:
            raise ValueError(f"{name} is a number of epochs, from 0 up, got {value!r}")


class EarlyStopping(Monitor):
    """Stops the training when a number has not become better for some epochs.

    Parameters
    ----------
    monitor : str
        Name of the number: "loss", a metric, or one of them with "val_".
    min_delta : float
        A smaller change does not count as better.
    patience : int
        Epochs without anything better after which to stop.
    verbose : {0, 1}
        1 prints at which epoch it stopped.
    mode : {"auto", "min", "max"}
        Whether less is better; "auto" takes "max" for accuracies, and "min" for all others.
    baseline : float, optional
        Until the number is better than this, epochs count as without anything better.
    restore_best_weights : bool
        Whether to give the model the weights of its best epoch at the end, however it ended.
    start_from_epoch : int
        Epochs before which nothing is watched.

    Attributes
    ----------
    best : float
        The best value so far.
    best_epoch : int
        Its epoch, from 0.
    stopped_epoch : int or None
        The epoch after which it stopped; None if it did not.

    References
    ----------
    Prechelt (1998), Early Stopping - But When?, in Neural Networks: Tricks of the Trade, LNCS 1524, 55-69.
    """

    state_names = ("best", "best_epoch", "_waited", "_best_weights")

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        _check_epochs(patience=patience, start_from_epoch=start_from_epoch)
        self.patience, self.verbose = patience, check_verbose(verbose)
        self.baseline = None if baseline is None else check_number("baseline", baseline)
        self.restore_best_weights = check_flag("restore_best_weights", restore_best_weights)
        self.start_from_epoch = start_from_epoch

    def on_train_begin(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Forget an earlier training."""
        self.best = self.worst()
        self.best_epoch = self.start_from_epoch
        self.stopped_epoch: int | None = None
        self._waited = 0
        self._best_weights: list[Array] | None = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compare the number with the best so far."""
        current = self.watched(logs)
        if epoch < self.start_from_epoch:
            return
        self._waited += 1
        if self.better(current, self.best):
            self.best, self.best_epoch = current, epoch
            if self.restore_best_weights:
                self._best_weights = self.model.get_weights()
            if self.baseline is None or self.better(current, self.baseline):
                self._waited = 0
        elif self._waited >= max(1, self.patience):
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Put the best weights back."""
        if self.stopped_epoch is not None and self.verbose:
            print(f"epoch {self.stopped_epoch + 1}: stopped early; best {self.monitor} {self.best:.4g} in epoch "
                  f"{self.best_epoch + 1}")  # fmt: skip
        if self._best_weights is not None:
            self.model.set_weights(self._best_weights)
