"""A training in laps: what is noted after each lap is kept, so that the slider of epochs moves back and on in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from nnlab.explorers.chapter_11._perceptron import Array
from nnlab.explorers.core import Task


class Laps:
    """One training that goes on where it stood; what `note` keeps is for who derives from it to say.

    Parameters
    ----------
    key : tuple
        The settings that it was made with.
    model : Sequential
        Compiled.
    x, y : ndarray
        Training rows and targets.
    batch : int

    Attributes
    ----------
    key : tuple
    epochs : list of int
        After how many there is a note.
    whole : bool
        Whether no lap was broken off; else the notes are not to be gone on from.
    """

    def __init__(self, key: tuple[Any, ...], model: Any, x: Array, y: Array, batch: int) -> None:
        self.key, self.model, self.x, self.y, self._batch = key, model, x, y, batch
        self.epochs = [0]
        self.whole = True
        self.note()

    def note(self) -> None:
        """Keep what is drawn of the model as it is now."""
        raise NotImplementedError(f"{type(self).__name__} has to define note()")

    def go_on(self, stops: Sequence[int], most: int, task: Task) -> Iterator[int]:
        """Train on, with a note at each stop.

        Parameters
        ----------
        stops : sequence of int
            Numbers of epochs, rising.
        most : int
            Where it ends.
        task : Task

        Yields
        ------
        int
            Each stop that was reached.
        """
        for stop in stops:
            if not self.epochs[-1] < stop <= most or task.stop.is_set():
                continue
            self.model.fit(
                self.x, self.y, batch_size=self._batch, epochs=stop, initial_epoch=self.epochs[-1], verbose=0,
                stop=task.stop,
            )  # fmt: skip
            self.whole = not task.stop.is_set()
            self.epochs.append(stop)
            self.note()
            yield stop

    def last(self, epochs: int) -> int:
        """Give the number of the last note after at most so many epochs."""
        return sum(noted <= epochs for noted in self.epochs) - 1
