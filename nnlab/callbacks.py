"""Callbacks: what happens beside the training. Names are those of Keras 3; `on_progress` is an addition."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnlab._numbers import check_number

if TYPE_CHECKING:
    from nnlab.model import Model

Array = NDArray[Any]
Logs = dict[str, float]


class Callback:
    """Something that is told how the training goes. Override what you need.

    Attributes
    ----------
    model : Model
        The model that is trained; set before `on_train_begin`, like params.
    params : dict
        "epochs" and "steps", the number of steps an epoch.
    """

    model: Model
    params: dict[str, int]

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Before the first epoch."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Before epoch number ``epoch``, from 0."""

    def on_progress(self, epoch: int, done: float, logs: Logs) -> None:
        """Every 50 ms or so within an epoch: the share that is done and the means so far.

        A batch takes some microseconds; to be told of each would make the training many times slower.
        """

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """After an epoch, with its mean loss and metrics and those of the validation data (``val_...``)."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """After the last epoch, or when the training was stopped."""


class History(Callback):
    """What happened in each epoch; ``fit`` returns one.

    Attributes
    ----------
    epoch : list of int
    history : dict of str to list of float
        "loss", each metric, and the same with "val_" for the validation data: a number an epoch.
    diverged : int or None
        The step, from 1, whose loss was not finite, so that the training stopped there; its epoch is the last.
    """

    def __init__(self) -> None:
        self.epoch: list[int] = []
        self.diverged: int | None = None
        self.history: dict[str, list[float]] = {}

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Keep the numbers of this epoch."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def __repr__(self) -> str:
        last = ", ".join(f"{name} {values[-1]:.4g}" for name, values in self.history.items())
        end = f"; diverged at step {self.diverged}" if self.diverged else ""
        return f"<History of {len(self.epoch)} epochs{': ' + last if last else ''}{end}>"


class ProgressBar(Callback):
    """A bar that shows how far the training is, and disappears when it is done, so that a notebook stores no text.

    ``TQDM_DISABLE=1`` in the environment switches it off.
    """

    def on_train_begin(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Draw the bar."""
        from tqdm import tqdm

        layout = "{percentage:3.0f}%|{bar:20}| {desc}"
        epochs = self.params["epochs"]
        self.bar: Any = tqdm(total=epochs, leave=False, file=sys.stdout, bar_format=layout, mininterval=0)

    def on_progress(self, epoch: int, done: float, logs: Logs) -> None:
        """Move it."""
        self.bar.set_description_str(f"epoch {epoch + 1}/{self.bar.total}, {format_logs(logs)}", refresh=False)
        self.bar.n = epoch + done
        self.bar.refresh()

    def on_train_end(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Take it away."""
        self.bar.close()


class EpochLines(Callback):
    """Prints a line an epoch (``verbose=2``)."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Print the line."""
        print(f"epoch {epoch + 1}/{self.params['epochs']}: {format_logs(logs or {})}")


class LambdaCallback(Callback):
    """Calls functions of your own.

    Parameters
    ----------
    on_epoch_begin, on_epoch_end : callable, optional
        Called with the number of the epoch, from 0, and the logs.
    on_train_begin, on_train_end : callable, optional
        Called with the logs.
    on_progress : callable, optional
        Called with the number of the epoch, the share of it that is done, and the logs.

    Examples
    --------
    >>> tell = LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs["loss"]))
    >>> tell.on_epoch_end(3, {"loss": 0.5})
    3 0.5
    """

    def __init__(
        self,
        on_epoch_begin: Callable[..., Any] | None = None,
        on_epoch_end: Callable[..., Any] | None = None,
        on_train_begin: Callable[..., Any] | None = None,
        on_train_end: Callable[..., Any] | None = None,
        *,
        on_progress: Callable[..., Any] | None = None,
    ) -> None:
        for name, function in list(locals().items()):
            if name != "self" and function is not None:
                if not callable(function):
                    raise TypeError(f"{name} is a function, got {function!r}")
                setattr(self, name, function)


class TerminateOnNaN(Callback):
    """Stops the training after an epoch whose loss, or loss on the validation data, is not finite.

    ``fit`` itself stops at a step whose training loss is not finite; this also watches the validation data.
    """

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Look at the losses."""
        if not all(math.isfinite(value) for name, value in (logs or {}).items() if name in ("loss", "val_loss")):
            self.model.stop_training = True


class EarlyStopping(Callback):
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
        if mode not in ("auto", "min", "max"):
            raise ValueError(f"mode is 'auto', 'min' or 'max', got {mode!r}")
        for name, value in (("patience", patience), ("start_from_epoch", start_from_epoch)):
            if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < 0:
                raise ValueError(f"{name} is a number of epochs, from 0 up, got {value!r}")
        self.monitor, self.mode, self.patience, self.verbose = monitor, mode, patience, verbose
        self.min_delta = check_number("min_delta", min_delta, at_least=0)
        self.baseline = None if baseline is None else check_number("baseline", baseline)
        self.restore_best_weights, self.start_from_epoch = restore_best_weights, start_from_epoch

    def on_train_begin(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Forget an earlier training."""
        rises = self.mode == "max" or (self.mode == "auto" and self.monitor.endswith(("accuracy", "acc")))
        self._sign = -1.0 if rises else 1.0
        self.best = self._sign * math.inf
        self.best_epoch = self.start_from_epoch
        self.stopped_epoch: int | None = None
        self._waited = 0
        self._best_weights: list[Array] | None = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compare the number with the best so far."""
        if self.monitor not in (logs or {}):
            hint = " Give fit validation_data or validation_split." if self.monitor.startswith("val_") else ""
            raise ValueError(f"EarlyStopping watches {self.monitor!r}; there is: {', '.join(logs or {})}.{hint}")
        if epoch < self.start_from_epoch:
            return
        current = (logs or {})[self.monitor]
        self._waited += 1
        if self._better(current, self.best):
            self.best, self.best_epoch = current, epoch
            if self.restore_best_weights:
                self._best_weights = self.model.get_weights()
            if self.baseline is None or self._better(current, self.baseline):
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

    def _better(self, value: float, than: float) -> bool:
        return self._sign * value < self._sign * than - self.min_delta


def format_logs(logs: Logs) -> str:
    """Write numbers for a line of text.

    Parameters
    ----------
    logs : dict of str to float

    Returns
    -------
    str

    Examples
    --------
    >>> format_logs({"loss": 0.25, "accuracy": 0.9})
    'loss 0.2500, accuracy 0.9000'
    """
    return ", ".join(f"{name} {value:.4f}" for name, value in logs.items())
