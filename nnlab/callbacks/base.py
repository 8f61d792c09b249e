"""What a callback is; the history that `fit` returns; functions of your own as a callback."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnlab.model import Model

Logs = dict[str, float]


class Callback:
    """Something that is told how the training goes. Override what you need.

    Attributes
    ----------
    model : Model
        The model that is trained; set before `on_train_begin`, like params.
    params : dict
        "epochs" and "steps", the number of steps an epoch.
    state_names : tuple of str
        Attributes that have to be kept for the training to go on after a break as if there was none: numbers, texts,
        lists, arrays. A model that is saved while it is trained takes them into its file.
    comes_last : bool
        Whether it is called after all that are not so, wherever it stands in the list.
    """

    state_names: tuple[str, ...] = ()
    comes_last = False

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


def go_on(callbacks: list[Callback], kept: list[tuple[str, dict[str, Any]]]) -> None:
    """Give callbacks back what they knew when the model was saved.

    Parameters
    ----------
    callbacks : list of Callback
    kept : list of (str, dict)
        Name of the class, and its `Callback.state_names`; the first of a class goes to the first of that class.
    """
    waiting = list(callbacks)
    for kind, state in kept:
        for callback in waiting:
            if type(callback).__name__ == kind:
                vars(callback).update({name: state[name] for name in callback.state_names if name in state})
                waiting.remove(callback)
                break


def listens(callbacks: list[Callback]) -> bool:
    """Whether somebody wants to be told of each epoch when it happens.

    Parameters
    ----------
    callbacks : list of Callback

    Returns
    -------
    bool
    """
    return any(
        getattr(getattr(callback, name), "__func__", None) is not getattr(Callback, name)
        for callback in callbacks
        if type(callback) is not History  # it only writes down
        for name in ("on_epoch_begin", "on_epoch_end")
    )


def check_callbacks(callbacks: list[Callback]) -> None:
    """Refuse callbacks with methods that Keras has and that are never called here.

    Parameters
    ----------
    callbacks : list of Callback

    Raises
    ------
    ValueError
        The message says what to define instead.
    """
    for callback in callbacks:
        for name in ("on_batch_end", "on_batch_begin", "on_train_batch_end", "on_train_batch_begin"):
            if hasattr(callback, name):
                raise ValueError(
                    f"{type(callback).__name__}.{name} would never be called: a batch takes microseconds here. "
                    f"Use on_progress(epoch, done, logs), which is called about 20 times a second."
                )
