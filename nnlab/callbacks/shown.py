"""What is shown while a model is trained: a bar, or a line an epoch."""

from __future__ import annotations

import sys
from typing import Any

from nnlab.callbacks.base import Callback, Logs


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
    try:
        return ", ".join(f"{name} {value:.4f}" for name, value in logs.items())
    except (AttributeError, TypeError, ValueError):
        raise TypeError(f"logs is a dict from names to numbers, got {logs!r}") from None
