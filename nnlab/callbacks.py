"""Callbacks: what happens beside the training. Names are those of Keras 3; `on_progress` is an addition."""

from __future__ import annotations

import sys
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
    """

    def __init__(self) -> None:
        self.epoch: list[int] = []
        self.history: dict[str, list[float]] = {}

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Keep the numbers of this epoch."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def __repr__(self) -> str:
        last = ", ".join(f"{name} {values[-1]:.4g}" for name, values in self.history.items())
        return f"<History of {len(self.epoch)} epochs{': ' + last if last else ''}>"


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
