"""Callbacks that write files while a model is trained: the model itself, and its numbers."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

from nnlab._files import check_path, write_atomically
from nnlab._numbers import check_flag, check_number, check_verbose, is_one_of, is_whole
from nnlab.callbacks.base import Callback, Logs
from nnlab.callbacks.stopping import Monitor


class ModelCheckpoint(Monitor):
    """Saves the model after epochs, so that a training that was broken off can go on.

    A file is written whole or not at all: whenever the process is killed, the last complete one is there. It is
    called after all other callbacks, whose state (`Callback.state_names`) is in the file, too.

    Parameters
    ----------
    filepath : str or path
        Ends in ``.nnlab``. It may have fields in braces, filled by the number of the epoch, from 1, and by the logs, as
        in ``"model-{epoch:02d}-{val_loss:.2f}.nnlab"``.
    monitor : str
        Name of the number that says which epoch is best.
    verbose : {0, 1}
        1 prints a line for each file.
    save_best_only : bool
        Whether to save only when that number is better than ever.
    mode : {"auto", "min", "max"}
        Whether less is better; "auto" takes "max" for accuracies, and "min" for all others.
    save_freq : "epoch" or int
        Save after each epoch, or whenever so many have passed. (Keras counts batches here.)
    initial_value_threshold : float, optional
        With `save_best_only`, the value that the first file has to be better than.

    Attributes
    ----------
    best : float
        The best value so far.

    Notes
    -----
    An epoch whose loss is not finite is not saved: it would replace the last good file.

    To go on with a training, load the model and run the same ``fit``, with the same data and callbacks, from the epoch
    that comes next. It gives the same bits as if there had been no break, provided each epoch or the last epochs of
    both are saved (`save_best_only` throws the steps after the best epoch away).

    Examples
    --------
    >>> import os, tempfile
    >>> import numpy as np
    >>> import nnlab
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = os.path.join(folder.name, "line.nnlab")
    >>> x, y = np.arange(10.0), np.arange(10.0)
    >>> def train(epochs):
    ...     if os.path.exists(path):
    ...         model = nnlab.load_model(path)
    ...     else:
    ...         model = nnlab.Sequential([nnlab.Input((1,)), nnlab.layers.Dense(1)], seed=0)
    ...         model.compile("adam", "mse")
    ...     keep = ModelCheckpoint(path)
    ...     model.fit(x, y, epochs=epochs, initial_epoch=model.epochs_done, callbacks=keep, verbose=0)
    ...     return model
    >>> train(epochs=3).epochs_done  # imagine that the computer is switched off after this
    3
    >>> train(epochs=5).epochs_done
    5
    >>> folder.cleanup()
    """

    comes_last = True
    state_names = ("best",)

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        *,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__(monitor, mode, 0.0)
        check_path("filepath", filepath)
        if not str(filepath).endswith(".nnlab"):
            raise ValueError(f"the name of a model file ends in .nnlab, got {str(filepath)!r}")
        is_count = is_whole(save_freq) and save_freq > 0
        if not is_count and not is_one_of(save_freq, ("epoch",)):
            raise ValueError(f"save_freq is 'epoch' or a number of epochs, from 1 up, got {save_freq!r}")
        start = initial_value_threshold
        self.initial_value_threshold = None if start is None else check_number("initial_value_threshold", start)
        self.filepath, self.verbose = filepath, check_verbose(verbose)
        self.save_best_only, self.save_freq = check_flag("save_best_only", save_best_only), save_freq

    def on_train_begin(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Forget an earlier training, and see whether the folder is there."""
        folder = Path(self.filepath).absolute().parent
        if "{" not in str(folder) and not folder.is_dir():
            raise FileNotFoundError(f"ModelCheckpoint: there is no folder {folder}: make it first")
        self.best = self.worst() if self.initial_value_threshold is None else self.initial_value_threshold

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Save the model if it is its turn."""
        logs = logs or {}
        every = 1 if self.save_freq == "epoch" else int(self.save_freq)
        current = self.watched(logs) if self.save_best_only else 0.0
        if (epoch + 1) % every or not abs(logs.get("loss", 0.0)) < float("inf"):
            return
        if self.save_best_only:
            if not self.better(current, self.best):
                return
            self.best = current
        path = self._path(epoch, logs)
        self.model.save(path)
        if self.verbose:
            print(f"epoch {epoch + 1}: saved {path}")

    def _path(self, epoch: int, logs: Logs) -> str:
        try:
            return str(self.filepath).format(epoch=epoch + 1, **logs)
        except (KeyError, IndexError, ValueError) as error:
            raise ValueError(
                f"ModelCheckpoint cannot fill the fields of {str(self.filepath)!r} ({type(error).__name__}: {error}); "
                f"there is: epoch, {', '.join(logs)}"
            ) from None


class CSVLogger(Callback):
    """Writes the numbers of each epoch as a line of a table.

    A line is written at once and whole, after each epoch, so the file can be read while the training goes on.

    Parameters
    ----------
    filename : str or path
    separator : str
        One character between two columns.
    append : bool
        Whether to keep the lines that are there. Those of epochs that are trained again, from ``initial_epoch`` of
        ``fit`` on, are replaced.
    """

    def __init__(self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False) -> None:
        if not isinstance(separator, str) or len(separator) != 1:
            raise ValueError(f"separator is one character, such as ',' or ';', got {separator!r}")
        self.filename, self.separator = check_path("filename", filename), separator
        self.append = check_flag("append", append)

    def on_train_begin(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Begin the file, or look what is there."""
        path = Path(self.filename)
        self._columns: list[str] | None = None
        if not self.append or not path.exists():
            path.write_bytes(b"")
            return
        text = path.read_text(encoding="utf-8")
        lines = text[: text.rfind("\n") + 1].splitlines()  # a line without an end was never finished
        rows = list(csv.reader(lines, delimiter=self.separator))
        if rows and (not rows[0] or rows[0][0] != "epoch"):
            raise ValueError(
                f"CSVLogger cannot append to {path}: its first line is {lines[0]!r:.80}, not one of its own"
            )
        first = self.model.epochs_done
        kept = rows[:1] + [row for row in rows[1:] if not first or (row and int(row[0]) < first)]
        if kept:
            self._columns = kept[0]
        write_atomically(path, "".join(self._line(row) for row in kept))

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write a line."""
        logs = logs or {}
        text = ""
        if self._columns is None:
            self._columns = ["epoch", *logs]
            text = self._line(self._columns)
        missing = [name for name in self._columns[1:] if name not in logs]
        more = [name for name in logs if name not in self._columns]
        if missing or more:
            raise ValueError(
                f"CSVLogger: {self.filename} has the columns {', '.join(self._columns[1:])}, and this training tells "
                f"{', '.join(logs)}: write to another file"
            )
        text += self._line([str(epoch), *(repr(float(logs[name])) for name in self._columns[1:])])
        with open(self.filename, "ab", buffering=0) as file:
            end, rest = file.tell(), text.encode()
            try:
                while rest:  # one call, and no reader sees half a line; but a disk may take a part before it is full
                    rest = rest[file.write(rest) :]
            except OSError as error:
                file.truncate(end)
                error.filename = str(self.filename)
                raise

    def _line(self, row: list[str]) -> str:
        line = io.StringIO()
        csv.writer(line, delimiter=self.separator, lineterminator="\n").writerow(row)
        return line.getvalue()
