"""Callbacks that change the learning rate from epoch to epoch; for every step: `nnlab.optimizers.schedules`."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from nnlab._numbers import check_number, check_verbose
from nnlab.callbacks.base import Callback, Logs
from nnlab.callbacks.stopping import Monitor, _check_epochs


def _check_no_schedule(callback: Callback) -> None:
    schedule = callback.model.optimizer.schedule
    if schedule is not None:
        raise ValueError(
            f"{type(callback).__name__} sets the learning rate, and the optimizer has a {type(schedule).__name__} for "
            f"that: give the optimizer a number, or leave the callback out"
        )


class LearningRateScheduler(Callback):
    """Sets the learning rate before each epoch; the logs then tell it as "learning_rate".

    Parameters
    ----------
    schedule : callable
        Called with the number of the epoch, from 0, and the present learning rate, or with the first alone; returns
        the new learning rate.
    verbose : {0, 1}
        1 prints it.

    Examples
    --------
    >>> halving = LearningRateScheduler(lambda epoch, rate: rate / 2 if epoch % 10 == 9 else rate)
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        if not callable(schedule):
            raise TypeError(f"schedule is a function of (epoch, learning_rate), got {schedule!r}")
        self.schedule, self.verbose = schedule, check_verbose(verbose)

    def on_train_begin(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """See whether the learning rate is free."""
        _check_no_schedule(self)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Set the learning rate."""
        optimizer = self.model.optimizer
        given = (epoch, optimizer.learning_rate)
        try:
            inspect.signature(self.schedule).bind(*given)
        except (TypeError, ValueError):  # another signature, or one that Python cannot tell
            rate = self.schedule(epoch)
        else:
            rate = self.schedule(*given)
        what = f"the learning rate that the schedule returns for epoch {epoch}"
        optimizer.learning_rate = check_number(what, rate, at_least=0)
        if self.verbose:
            print(f"epoch {epoch + 1}: learning rate {optimizer.learning_rate:g}")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Tell it."""
        if logs is not None:
            logs["learning_rate"] = self.model.optimizer.learning_rate


class ReduceLROnPlateau(Monitor):
    """Shortens the steps when a number has not become better for some epochs.

    The logs tell the learning rate of each epoch as "learning_rate".

    Parameters
    ----------
    monitor : str
        Name of the number: "loss", a metric, or one of them with "val_".
    factor : float
        From 0 to below 1: what the learning rate is multiplied by.
    patience : int
        Epochs without anything better after which to do so.
    verbose : {0, 1}
        1 prints when.
    mode : {"auto", "min", "max"}
        Whether less is better; "auto" takes "max" for accuracies, and "min" for all others.
    min_delta : float
        A smaller change does not count as better.
    cooldown : int
        Epochs after a reduction before it begins to wait again.
    min_lr : float
        The learning rate is not made smaller than this.

    Attributes
    ----------
    best : float
        The best value so far.
    """

    state_names = ("best", "_waited", "_cooling")

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        _check_epochs(patience=patience, cooldown=cooldown)
        self.factor = check_number("factor", factor, at_least=0, below=1)
        self.min_lr = check_number("min_lr", min_lr, at_least=0)
        self.patience, self.cooldown, self.verbose = patience, cooldown, check_verbose(verbose)

    def on_train_begin(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Forget an earlier training."""
        _check_no_schedule(self)
        self.best = self.worst()
        self._waited = self._cooling = 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compare the number with the best so far."""
        optimizer = self.model.optimizer
        if logs is not None:
            logs["learning_rate"] = optimizer.learning_rate
        current = self.watched(logs)
        if self._cooling > 0:
            self._cooling -= 1
            self._waited = 0
        if self.better(current, self.best):
            self.best, self._waited = current, 0
        elif self._cooling == 0:
            self._waited += 1
            if self._waited >= self.patience and optimizer.learning_rate > self.min_lr:
                optimizer.learning_rate = max(optimizer.learning_rate * self.factor, self.min_lr)
                self._cooling, self._waited = self.cooldown, 0
                if self.verbose:
                    print(f"epoch {epoch + 1}: learning rate reduced to {optimizer.learning_rate:g}")
